import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConsent, renderConsentJsonSchema } from "../../src/config/consent-load.ts";
import { StartError } from "../../src/errors.ts";
import { writeFolder } from "./write-config.ts";

const name = "kakao-sync.consent.yaml";

function load(text: string): ReturnType<typeof loadConsent> {
  const folder = writeFolder({ [name]: text });
  return loadConsent(join(folder, name), folder);
}

function loadError(text: string): StartError {
  try {
    load(text);
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

function problems(text: string): string[] {
  const error = loadError(text);
  expect(error).toMatchObject({ code: "consent-invalid", exitCode: 2 });
  return error.message.split("\n").slice(1).map((line) => line.trim().replace(`${name}:`, ""));
}

describe("loadConsent", () => {
  it.each(["shop", "applying", "guide-2019"])("reads the fixture %s", (fixture) => {
    expect(load(readFileSync(`fixtures/consent/${fixture}.yaml`, "utf8")).consent.console).toBeDefined();
  });

  it("fills in defaults, reads sizes and numbers as texts", () => {
    const { consent, file } = load("application:\n  documents: [{ kind: plan, file: a.pdf, size: 2.5KB }]\nconsole: { app: { id: 424242, businessNumber: 1208147521 }, items: { gender: off } }\n");
    expect(file).toBe(name);
    expect(consent).toMatchObject({
      application: { holidays: [], documents: [{ kind: "plan", file: "a.pdf", size: 2560 }] },
      console: { app: { id: "424242", businessNumber: "1208147521" }, items: { gender: "off" } },
      waive: [],
      newItems: [],
    });
  });

  it("says the line of a value, and of what a missing one is missing in", () => {
    const { lineOf } = load("console:\n  login: true\n  items:\n    name: required\nservice:\n  uses: {}\n");
    expect(lineOf(["console", "items", "name"])).toBe(4);
    expect(lineOf(["console", "items", "gender"])).toBe(3);
    expect(lineOf(["reviewed"])).toBe(1);
  });

  it("says every problem at once, with line and what to write", () => {
    const text = ["application:", "  submited: 2026-11-03", "  launch: 2026-02-30", "  permissions: { items: accepted }", "console:", "  login: yes", "  items:", "    phone_numbr: required", "    name: must", "waive:", "  - { rule: C-CON-01 }", ""].join("\n");
    expect(problems(text)).toEqual([
      "2  application.submited: unknown key; write submitted",
      "3  application.launch: this cannot be used; write a day that there is, like 2026-11-02",
      "4  application.permissions.items: this cannot be used; write draft or submitted or rejected or approved",
      "6  console.login: this cannot be used; write true or false",
      "8  console.items.phone_numbr: unknown item id; write phone_number, or name it in newItems if Kakao has it now",
      "9  console.items.name: this cannot be used; write required or optional or in-use or off",
      "11  waive[0].reason: missing; write why it is waived",
      "11  waive[0].until: missing; write a day that there is, like 2026-11-02",
    ]);
  });

  it("takes ids that Kakao may have brought since", () => {
    expect(load("console: { items: { zodiac_sign: optional } }\n").consent.console?.items).toEqual({ zodiac_sign: "optional" });
    expect(load("newItems: [account_name]\nconsole: { items: { account_name: optional } }\n").consent.newItems).toEqual(["account_name"]);
  });

  it.each<[string, string, string]>([
    ["tabs", "console:\n\tlogin: true\n", "2  a tab is used to indent; write blanks"],
    ["a key twice", "console: {}\nservice: {}\nconsole: {}\n", "3  this key stands twice; keep one of the two"],
    ["a text with a colon", "application:\n  purpose: delivery: and notices\n", "2  two colons stand in one line; put the text in quotes"],
    ["a list", "- console\n", "1  this cannot be used; write its keys below it: application, reviewed, console, service, newItems, waive"],
    ["a number beyond all counting", "console: { app: { id: 1e30 } }\n", "1  console.app.id: this cannot be used; write the number in quotes"],
    ["nothing", "", "1  this cannot be used; write its keys below it: application, reviewed, console, service, newItems, waive"],
    ["aliases without end", `a: &a [x]\n${Array.from({ length: 12 }, (_, at) => `b${String(at)}: &b${String(at)} [${`*${at === 0 ? "a" : `b${String(at - 1)}`}, `.repeat(10)}]`).join("\n")}\n`, "1  this cannot be unfolded; write it without anchors and aliases"],
  ])("%s: a clear error with the line", (_what, text, problem) => expect(problems(text)).toEqual([problem]));

  it("repeats no value of the file", () => {
    expect(loadError("console:\n  login: s3cret-value\n  webhooks: { unlink: [s3cret-value] }\n").message).not.toContain("s3cret");
  });

  it("refuses 10 MB before reading them", () => {
    expect(loadError(`# ${"x".repeat(10 * 1024 * 1024)}\n`)).toMatchObject({ code: "consent-too-large", exitCode: 2, message: `The consent file ${name} has 10241 KB; a consent file has at most 256 KB.` });
  });

  it("says when there is none, or none that can be read", () => {
    const folder = writeFolder({});
    expect(() => loadConsent(join(folder, name), folder)).toThrow(expect.objectContaining({ code: "consent-missing", hint: expect.stringContaining("audit-consent --init") }));
    expect(() => loadConsent(folder, join(folder, ".."))).toThrow(expect.objectContaining({ code: "consent-unreadable" }));
  });
});

describe("renderConsentJsonSchema", () => {
  it("describes the file for editors: sections, items with their Korean names, words", () => {
    expect(renderConsentJsonSchema()).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      additionalProperties: false,
      properties: {
        console: { properties: { items: { properties: { phone_number: { enum: ["required", "optional", "in-use", "off"], description: "카카오계정(전화번호) (phone number)" } } } } },
        waive: { items: { required: ["rule", "reason", "until"] } },
      },
    });
  });
});
