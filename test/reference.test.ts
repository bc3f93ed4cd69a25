import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listErrorCodes } from "./helpers/error-codes.ts";
import { configSchemaFile, listKeys, referenceDocuments, renderConfigSchema, renderReference } from "./helpers/reference-document.ts";

const read = (document: string): string => readFileSync(document, "utf8");

describe("what the documents say from the source: node scripts/write-reference.mjs", () => {
  it.each(referenceDocuments)("%s is current", (document) => {
    expect(read(document)).toContain("<!-- written: ");
    expect(renderReference(read(document))).toBe(read(document));
  });

  it("every key of the configuration is described in the schema, and stands in one of the tables", () => {
    const page = read("docs/configuration.md");
    expect(listKeys().length).toBeGreaterThan(80);
    expect(listKeys().filter(({ key, node }) => node.description === undefined || node.description === "" || page.split(`\n| \`${key}\` |`).length !== 2).map(({ key }) => key)).toEqual([]);
  });

  it("the configuration's schema is current", () => expect(read(configSchemaFile)).toBe(renderConfigSchema()));
});

describe("the codes of errors", () => {
  const codes = listErrorCodes();

  it.each([
    ["usage", ["2"]],
    ["plan-used", ["3"]], // from a table of states
    ["plan-expired", ["3"]], // through a function's parameter
    ["database-not-as-written", ["4"]],
    ["database-unreachable", ["2", "4"]], // facts made in one place, thrown in another
    ["kakao-401", ["2", "4"]],
    ["brake-…", ["3"]],
    ["stopped", ["130, 143"]],
  ])("%s: %j", (code, exits) => expect(codes.get(code)).toEqual(exits));

  it("hold every one that the runbooks name beside an exit", () => {
    const runbooks = readdirSync("docs/runbooks").filter((name) => name.endsWith(".md")).map((name) => read(join("docs/runbooks", name))).join("\n");
    const named = [...runbooks.matchAll(/^\|[^|]*\| ((?:`[a-z0-9-]+`(?:, …)?(?:, )?)+)(?:, …)?, \d/gm)].flatMap(([, list = ""]) => [...list.matchAll(/`([a-z0-9-]+)`/g)].map(([, code = ""]) => code));
    expect(named.length).toBeGreaterThan(30);
    const known = [...codes.keys()];
    expect(named.filter((code) => !codes.has(code) && !known.some((pattern) => pattern.includes("…") && code.startsWith(pattern.split("…")[0] ?? "")) && code !== "defect")).toEqual([]);
  });
});
