import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { change, goodDay, goodFile, lineIn } from "../helpers/consent.ts";
import { consentMenus } from "../../src/messages/consent-menus.ts";
import { openService, type RanJson, type Service } from "../helpers/service.ts";
import { readXml } from "../files/read-xml.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: goodDay });
});

afterEach(() => {
  vi.useRealTimers();
});

const optionalPhone = change(goodFile, { "    phone_number: required\n    account_ci: required\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends": "    phone_number: optional\n    account_ci: required\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends" });
const useless = change(goodFile, { "    profile_nickname: { for: 리뷰 작성자 이름, at: use }\n": "" });

/** A service with this consent file; no Kakao is asked. */
async function open(file: string, config: Readonly<Record<string, unknown>> = {}): Promise<Service> {
  const service = await openService({ config: { matching: { corroborators: ["name"] }, ...config } });
  service.write("kakao-sync.consent.yaml", file);
  return service;
}

interface Told {
  readonly rule: string;
  readonly level: string;
  readonly item?: string;
  readonly file: string;
  readonly line?: number;
}

function findingsOf({ json }: Pick<RanJson, "json">): readonly Told[] {
  return json["findings"] as readonly Told[];
}

describe("a file with nothing wrong", () => {
  test("has no finding, and exits 0 however strict", async () => {
    const service = await open(goodFile);
    for (const flags of [[], ["--fail-on", "note"]]) {
      const { code, json } = await service.json("audit-consent", ...flags);
      expect([code, json]).toEqual([0, { command: "audit-consent", findings: [], counts: { error: 0, warning: 0, note: 0, waived: 0 } }]);
    }
    expect(service.simulator.requests.count({})).toBe(0);
    expect(existsSync(service.path(".kakao-sync"))).toBe(false);
  });

  test("says so as text", async () => {
    expect(await (await open(goodFile)).run("audit-consent")).toMatchObject({ code: 0, out: "0 errors, 0 warnings, 0 notes.\n" });
  });
});

describe("findings", () => {
  test("hold everything that the JSON result promises, with the line of the file", async () => {
    const service = await open(optionalPhone);
    const ran = await service.json("audit-consent");
    expect(ran.code).toBe(1);
    const found = findingsOf(ran).find(({ item, level }) => item === "phone_number" && level === "error");
    expect(found).toMatchObject({ file: "kakao-sync.consent.yaml", stage: expect.any(String), fixKo: expect.stringContaining("[동의항목]") });
    for (const [member, value] of Object.entries({ ...found })) {
      if (member !== "line") expect(value).toEqual(expect.stringMatching(/\S/));
    }
    expect(optionalPhone.split("\n")[(found?.line ?? 0) - 1]).toContain("phone_number");
  });

  test("exit 1 from the level on that --fail-on names", async () => {
    const service = await open(useless);
    const { json } = await service.json("audit-consent");
    expect(json["counts"]).toMatchObject({ error: 0, warning: 1 });
    const codes = await Promise.all(["error", "warning", "note"].map(async (level) => (await service.run("audit-consent", "--fail-on", level)).code));
    expect(codes).toEqual([0, 1, 1]);
  });

  test("stand in a table for each item, no line wider than 80 columns, with the way there in English and Korean", async () => {
    const { code, out } = await (await open(optionalPhone)).run("audit-consent");
    expect(code).toBe(1);
    const lines = out.split("\n");
    const { measureWidth } = await import("../../src/terminal/text-width.ts");
    expect(Math.max(...lines.map(measureWidth))).toBeLessThanOrEqual(80);
    expect(lines).toContain("phone_number  카카오계정(전화번호)");
    const flowing = out.replace(/\s+/g, " ");
    for (const way of Object.values(consentMenus["consent-items"])) expect(flowing).toContain(`${way}:`);
    expect(lines.at(-2)).toMatch(/^\d+ errors?, \d+ warnings?, \d+ notes?\.$/);
  });

  test("what the file does not say stands in one table, a line each", async () => {
    const service = await open("console:\n  login: true\nservice:\n  company: 예시상점\n");
    const gaps = findingsOf(await service.json("audit-consent")).filter(({ rule }) => rule === "C-FILE-01");
    const { out } = await service.run("audit-consent");
    const [, table = ""] = out.split("What the file does not say\n");
    expect(gaps.length).toBeGreaterThan(20);
    expect(table.match(/^(application|reviewed|console|service)\b.* \d+ .*$/gm)).toHaveLength(gaps.length);
    expect(table).toMatch(/^console\.redirectUris +1 +C-CON-02$/m);
    expect(out.split("What the file does not say")[0]).not.toContain("C-FILE-01");
  });

  test("a waived one is shown and counted for nothing; an expired waiver is a finding", async () => {
    const waive = (until: string): string => `${useless}\nwaive:\n  - { rule: C-ITEM-12, item: profile_nickname, reason: used from December on, until: ${until} }\n`;
    const service = await open(waive("2026-12-31"));
    const waived = await service.json("audit-consent", "--fail-on", "note");
    expect([waived.code, waived.json["counts"]]).toEqual([0, { error: 0, warning: 0, note: 0, waived: 1 }]);
    expect(findingsOf(waived)).toMatchObject([{ rule: "C-ITEM-12", waived: { reason: "used from December on", until: "2026-12-31" } }]);
    expect((await service.run("audit-consent")).out).toContain("Waived until 2026-12-31: used from December on");
    service.write("kakao-sync.consent.yaml", waive("2026-11-01"));
    const expired = await service.json("audit-consent", "--fail-on", "warning");
    expect(expired.code).toBe(1);
    expect(findingsOf(expired).map(({ rule }) => rule).sort()).toEqual(["C-FILE-02", "C-ITEM-12"]);
  });
});

describe("what the configuration needs", () => {
  const withoutCi = change(goodFile, { "    account_ci: required\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends": "    account_ci: off\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends" });

  test("a key that is not on is a finding that names the key; without the key it is none", async () => {
    const service = await open(withoutCi);
    const messages = async (): Promise<string> => JSON.stringify(findingsOf(await service.json("audit-consent")).filter(({ item }) => item === "account_ci"));
    expect(await messages()).toContain("matching.keys: ci");
    service.configure({ matching: { keys: ["phone", "email"] } });
    expect(await messages()).not.toContain("matching.keys: ci");
  });

  test("--relation needs the item of the channel", async () => {
    const service = await open(change(goodFile, { "    plusfriends: optional\n": "    plusfriends: off\n" }));
    const items = async (...flags: string[]): Promise<string> => JSON.stringify(findingsOf(await service.json("audit-consent", ...flags)).filter(({ item }) => item === "plusfriends"));
    expect(await items("--relation")).toContain("--relation");
    expect(await items()).not.toContain("--relation");
  });

  test("without a configuration a file that is named is audited by itself", async () => {
    const service = await open(goodFile);
    service.write("alone.yaml", goodFile);
    const ran = await service.json("audit-consent", "--file", "alone.yaml", "--config", "kakao-sync.config.yaml");
    expect(ran.code).toBe(0);
    service.write("moved.yaml", readFileSync(service.path("kakao-sync.config.yaml"), "utf8"));
    writeFileSync(service.path("empty.yaml"), "");
    const alone = await service.json("audit-consent", "--file", "alone.yaml", "--config", "nowhere.yaml");
    expect([alone.code, findingsOf(alone)]).toEqual([0, []]);
    expect((await service.json("audit-consent", "--config", "nowhere.yaml")).error.code).toBe("config-missing");
    expect((await service.json("audit-consent", "--file", "alone.yaml", "--config", "empty.yaml")).error.code).toBe("config-invalid");
  });
});

describe("formats", () => {
  test("--format json prints what --json prints", async () => {
    const service = await open(optionalPhone);
    const { json } = await service.json("audit-consent");
    expect(JSON.parse((await service.run("audit-consent", "--format", "json")).out)).toEqual(json);
  });

  test("SARIF names every rule, and as many results as findings", async () => {
    const service = await open(optionalPhone);
    const findings = findingsOf(await service.json("audit-consent"));
    const { code, out } = await service.run("audit-consent", "--format", "sarif");
    const { version, runs } = JSON.parse(out) as { version: string; runs: { tool: { driver: { name: string; rules: { id: string }[] } }; results: { ruleId: string; locations: { physicalLocation: { region: { startLine: number } } }[] }[] }[] };
    expect([code, version, runs[0]?.tool.driver.name]).toEqual([1, "2.1.0", "kakao-sync"]);
    expect(runs[0]?.tool.driver.rules.length).toBeGreaterThanOrEqual(60);
    expect(runs[0]?.results.map(({ ruleId, locations }) => [ruleId, locations[0]?.physicalLocation.region.startLine])).toEqual(findings.map(({ rule, line }) => [rule, line]));
  });

  test("JUnit has a case for each rule, those of the live app skipped", async () => {
    const service = await open(useless);
    const root = readXml((await service.run("audit-consent", "--format", "junit", "--fail-on", "warning")).out);
    expect(root.attributes).toMatchObject({ failures: "1", errors: "0" });
    const live = root.children.find(({ attributes }) => attributes["name"] === "The live app");
    expect(live?.attributes["skipped"]).toBe(live?.attributes["tests"]);
    const { json } = await service.json("audit-consent", "--rules");
    expect(Number(root.attributes["tests"])).toBe((json["rules"] as unknown[]).length);
  });

  test("Markdown has a heading for the item", async () => {
    const { out } = await (await open(useless)).run("audit-consent", "--format", "markdown");
    expect(out).toContain("# Consent audit\n\nErrors: 0. Warnings: 1. Notes: 0. Waived: 0.\n\n## profile\\_nickname\n");
  });

  test("--output writes the report beside the text, in place of the one before, and --json names it", async () => {
    const service = await open(useless);
    service.write("report.sarif", "what was there before");
    const ran = await service.run("audit-consent", "--format", "sarif", "--output", "report.sarif");
    expect([ran.code, ran.out.includes("profile_nickname  닉네임"), ran.err]).toEqual([0, true, "Wrote report.sarif.\n"]);
    expect(JSON.parse(readFileSync(service.path("report.sarif"), "utf8"))).toMatchObject({ version: "2.1.0" });
    expect((await service.json("audit-consent", "--format", "junit", "--output", "report.xml")).json).toMatchObject({ counts: { warning: 1 }, files: { report: "report.xml" } });
    expect(readXml(readFileSync(service.path("report.xml"), "utf8")).name).toBe("testsuites");
  });
});

describe("--rules", () => {
  test("prints every rule with source, who and what to do; without a configuration", async () => {
    const service = await openService();
    const { code, json } = await service.json("audit-consent", "--rules", "--config", "nowhere.yaml");
    const rules = json["rules"] as readonly Readonly<Record<string, string>>[];
    expect(code).toBe(0);
    expect(rules.length).toBeGreaterThanOrEqual(60);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const rule of rules) {
      for (const member of ["id", "level", "group", "title", "fix", "fixKo", "who", "stage", "source"]) expect(rule[member]).toMatch(/\S/);
    }
    const { out } = await service.run("audit-consent", "--rules");
    for (const { id = "" } of rules) expect(out).toContain(id);
    expect(out).toContain(`${rules.length} rules.\n`);
  });
});

describe("--checklist", () => {
  test("tells by when and by whom, from the same findings", async () => {
    const service = await open(optionalPhone);
    const { code, json } = await service.json("audit-consent", "--checklist");
    const parts = json["checklist"] as readonly { readonly stage: string; readonly who: string; readonly findings: readonly Told[] }[];
    expect(code).toBe(1);
    expect(parts.flatMap(({ findings }) => findings).map(({ rule }) => rule).sort()).toEqual(findingsOf({ json }).filter(({ level }) => level !== "note").map(({ rule }) => rule).sort());
    const { out } = await service.run("audit-consent", "--checklist");
    for (const { who } of parts) expect(out).toMatch(new RegExp(`^(Before the review|After the approval|Before the launch): ${who}$`, "m"));
    expect(out).toContain("[ ]");
  });

  test("is empty where nothing is wrong", async () => {
    expect((await (await open(goodFile)).run("audit-consent", "--checklist")).out).toBe("Nothing is left to do.\n");
  });
});

describe("--diff", () => {
  test.each([
    ["switched off", "    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends", "    birthday: off\n    birthyear: optional\n    shipping_address: optional\n    plusfriends", { item: "birthday", kind: "item-removed", review: "no" }],
    ["required to optional", "    phone_number: required\n    account_ci: required\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends", "    phone_number: optional\n    account_ci: required\n    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends", { item: "phone_number", kind: "item-weaker", review: "no" }],
    ["a new item", "gender: off", "gender: optional", { item: "gender", kind: "item-added", review: "yes" }],
    ["optional to required", "    birthday: optional\n    birthyear: optional\n    shipping_address: optional\n    plusfriends", "    birthday: required\n    birthyear: optional\n    shipping_address: optional\n    plusfriends", { item: "birthday", kind: "item-stronger", review: "yes" }],
  ])("%s", async (_what, from, to, expected) => {
    const service = await open(change(goodFile, { [from]: to }));
    service.write("old.yaml", goodFile);
    const { code, json } = await service.json("audit-consent", "--diff", "old.yaml");
    expect([code, json["changes"]]).toMatchObject([0, [{ ...expected, file: "kakao-sync.consent.yaml" }]]);
    expect((await service.run("audit-consent", "--diff", "old.yaml")).out).toMatch(new RegExp(`${expected.item}.*${expected.review}`));
  });

  test("nothing changed", async () => {
    const service = await open(goodFile);
    service.write("old.yaml", goodFile);
    expect((await service.run("audit-consent", "--diff", "old.yaml")).out).toBe("Nothing that Kakao reviews has changed from old.yaml to kakao-sync.consent.yaml.\n");
  });

  test("a file that is not there, and one that is no consent file", async () => {
    const service = await open(goodFile);
    service.write("bad.yaml", "console: 7\n");
    expect((await service.json("audit-consent", "--diff", "nowhere.yaml")).error.code).toBe("file-missing");
    expect(await service.json("audit-consent", "--diff", "bad.yaml")).toMatchObject({ code: 2, error: { code: "consent-invalid", message: expect.stringContaining("bad.yaml:1") } });
  });
});

describe("--init", () => {
  test("writes a file that is then read without a problem, and never over one", async () => {
    const service = await openService({ config: { channel: { publicId: "_Abcd", idType: "app", marketing: { agreed: "status", agreedAt: "verified_at" }, fields: { 성별: "status" } }, kakao: { app: { autoLink: false, fixedIds: true } } } });
    expect((await service.json("audit-consent", "--init")).json).toEqual({ command: "audit-consent", file: "kakao-sync.consent.yaml" });
    const written = readFileSync(service.path("kakao-sync.consent.yaml"), "utf8");
    for (const known of ['app: { id: "424242" }', "autoLink: false", "fixedIds: true", 'channels: [{ id: "_Abcd" }]', "account_ci: { for:", "gender: { for:"]) expect(written).toContain(known);
    expect((await service.json("audit-consent")).error.code).toBe("");
    const again = await service.json("audit-consent", "--init");
    expect([again.code, again.error.code]).toEqual([2, "consent-exists"]);
    expect(readFileSync(service.path("kakao-sync.consent.yaml"), "utf8")).toBe(written);
  });
});

describe("a file that cannot be read", () => {
  test.each([
    ["not YAML", "console: [\n", "consent-invalid"],
    ["a tab", "console:\n\tlogin: true\n", "consent-invalid"],
    ["a key twice", "console:\n  login: true\n  login: false\n", "consent-invalid"],
    ["no day", "console:\n  readOn: 2026-02-30\n", "consent-invalid"],
    ["a mistyped item", "console:\n  items:\n    phone_nubmer: required\n", "consent-invalid"],
  ])("%s: exit 2 with the line", async (_what, text, code) => {
    const ran = await (await open(text)).json("audit-consent");
    expect([ran.code, ran.error.code]).toEqual([2, code]);
    expect(ran.error.message).toMatch(/kakao-sync\.consent\.yaml:\d+ /);
  });

  test("all problems come at once, in the order of the file", async () => {
    const { error } = await (await open("application:\n  submitted: tomorrow\nconsole:\n  login: perhaps\n  items: { phone_nubmer: required }\n")).json("audit-consent");
    expect(error.message.match(/kakao-sync\.consent\.yaml:\d+/g)).toEqual(["kakao-sync.consent.yaml:2", "kakao-sync.consent.yaml:4", "kakao-sync.consent.yaml:5"]);
  });

  test("one that is not there, and one of 10 MB", async () => {
    const service = await openService();
    expect(await service.json("audit-consent")).toMatchObject({ code: 2, error: { code: "consent-missing", hint: expect.stringContaining("--init") } });
    service.write("kakao-sync.consent.yaml", "#".repeat(10_000_000));
    expect(await service.json("audit-consent")).toMatchObject({ code: 2, error: { code: "consent-too-large" } });
  });
});

describe("usage", () => {
  test.each([
    [["--sample", "10"], "add --live"],
    [["--live", "--sample", "0"], "at least one"],
    [["--output", "x"], "--format"],
    [["--format", "sarif", "--json"], "--output FILE"],
    [["--rules", "--checklist"], "ask for one"],
    [["--rules", "--format", "junit"], "no form as junit"],
    [["--rules", "--live"], "does not ask Kakao"],
    [["--diff", "x", "--fail-on", "note"], "--fail-on"],
    [["--format", "xml"], "Write text, json"],
    [["--fail-on", "fatal"], "Write error, warning or note"],
  ])("%j: exit 2", async (flags, words) => {
    const { code, out, err } = await (await openService()).run("audit-consent", ...flags);
    expect(code).toBe(2);
    expect(`${out}${err}`).toContain(words);
  });
});

test("the helper finds lines", () => {
  expect(lineIn("a\nb\nc", "c")).toBe(3);
});
