import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderConsentJsonSchema } from "../src/config/consent-load.ts";
import { RULES } from "../src/core/consent/catalogue.ts";
import { ITEMS } from "../src/core/consent/items.ts";
import { SOURCES } from "../src/core/consent/sources.ts";
import { audit } from "./core/consent-file.ts";
import { documents, renderDocument, renderSchema, schemaFile } from "./helpers/consent-document.ts";

const read = (document: string): string => readFileSync(document, "utf8");
const rulesPage = read("docs/consent-rules.md");
const written = /<!-- written: [a-z]+ -->\n[\s\S]*?<!-- end -->/g;

describe("the documents of the consent audit", () => {
  it.each(documents)("%s is current: node scripts/write-consent-rules.mjs", (document) => {
    expect([...read(document).matchAll(written)].length).toBeGreaterThan(0);
    expect(renderDocument(read(document))).toBe(read(document));
  });

  it("have a schema for editors that is current: node scripts/write-consent-rules.mjs", () => expect(read(schemaFile)).toBe(renderSchema()));

  it("name rules that there are", () => {
    const named = new Set([...rulesPage.matchAll(/C-[A-Z]+-\d{2}/g)].map(([id]) => id));
    expect([...named].filter((id) => !RULES.some((rule) => rule.id === id))).toEqual([]);
  });

  it("go through the four documents, each rule that comes from one of them among the paragraphs", () => {
    const [, paragraphs = ""] = rulesPage.split("## The documents, paragraph by paragraph");
    const sections = new Map(paragraphs.split("\n### ").slice(1).map((section) => [section.slice(0, section.indexOf(":")), section]));
    expect([...sections.keys()]).toEqual(["design", "prerequisites", "notice", "guide2019"]);
    const expanded = (text: string): string => text.replace(/C-([A-Z]+)-(\d{2}) to C-\1-(\d{2})/g, (_all, group: string, from: string, to: string) => Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `C-${group}-${String(Number(from) + at).padStart(2, "0")}`).join(", "));
    const missing = RULES.filter(({ id, source }) => sections.has(source.document) && !expanded(sections.get(source.document) ?? "").includes(id)).map(({ id, source }) => `${source.document} ${id}`);
    expect(missing).toEqual([]);
    for (const row of paragraphs.split("\n").filter((line) => line.startsWith("| ") && !line.includes("Covered by"))) {
      expect(row).toMatch(/C-[A-Z]+-\d{2}|out of scope: \S|the checklist|the same \|$/);
    }
  });

  it("use every source, and no other", () => {
    const used = new Set(RULES.map(({ source }) => source.document));
    expect([...used].sort()).toEqual(Object.keys(SOURCES).sort());
  });

  it("name every key of the consent file", () => {
    const page = read("docs/consent-file.md").replace(/```[\s\S]*?```/g, "");
    const words = new Set((page.match(/`[^`\n]+`/g) ?? []).flatMap((code) => code.match(/[A-Za-z0-9]+/g) ?? []));
    const keys = listKeys(renderConsentJsonSchema()).filter((key) => !Object.hasOwn(ITEMS, key));
    expect(new Set(keys).size).toBeGreaterThan(80);
    expect([...new Set(keys)].filter((key) => !words.has(key))).toEqual([]);
  });

  it("have an example with nothing to find", () => expect(audit("example")).toEqual([]));
});

function listKeys(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(listKeys);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => [...(name === "properties" && typeof value === "object" && value !== null ? Object.keys(value) : []), ...listKeys(value)]);
}
