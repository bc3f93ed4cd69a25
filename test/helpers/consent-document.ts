import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { renderConsentJsonSchema } from "../../src/config/consent-load.ts";
import { RULE_GROUPS } from "../../src/core/consent/catalogue.ts";
import type { Actor, Stage } from "../../src/core/consent/finding.ts";
import { ITEMS, type Review } from "../../src/core/consent/items.ts";
import type { Rule } from "../../src/core/consent/rule.ts";
import { SOURCES } from "../../src/core/consent/sources.ts";
import { describeFix, textOf } from "../../src/messages/consent.ts";

/** The parts of the documents that are written from the catalogue, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  rules: () => RULE_GROUPS.map(({ title, rules }) => [`### ${title}`, "", ...table(["Rule", "Level", "What it wants, and what it says", "What to do", "Who, when", "Source"], rules.map(renderRule))].join("\n")).join("\n\n"),
  sources: () => table(["Name", "Document", "Publisher", "Edition"], Object.entries(SOURCES).map(([id, { title, publisher, edition, url }]) => [id, url === "" ? title : `[${title}](${encodeURI(url)})`, publisher, edition])).join("\n"),
  items: () => table(["Id", "Item", "Type", "Review"], Object.entries(ITEMS).map(([id, { en, ko, type, review, replacedBy }]) => [`\`${id}\``, `${ko} (${en})`, type, replacedBy === undefined ? reviews[review] : `replaced by ${replacedBy.map((other) => `\`${other}\``).join(" and ")}`])).join("\n"),
  example: () => ["```yaml", readFileSync("fixtures/consent/example.yaml", "utf8").trimEnd(), "```"].join("\n"),
};

const reviews: Readonly<Record<Review, string>> = {
  none: "none",
  "business-for-required": "none while optional; required needs a business app",
  always: "business app and review, optional too",
  partner: "partners under contract only",
};
const actors: Readonly<Record<Actor, string>> = { owner: "owner", editor: "editor", "channel-master": "channel master", service: "the service" };
const stages: Readonly<Record<Stage, string>> = { "before-review": "before the review", "after-approval": "after the approval", "before-launch": "before the launch" };

export const documents = ["docs/consent-rules.md", "docs/consent-file.md"];

/** For editors that complete and check YAML. */
export const schemaFile = "docs/kakao-sync.consent.schema.json";

export function renderSchema(): string {
  return `${JSON.stringify(renderConsentJsonSchema(), null, 1)}\n`;
}

/** The document with every part written anew. Throws for a marker that no part has. */
export function renderDocument(text: string): string {
  return text.replace(/(<!-- written: ([a-z]+) -->\n)[\s\S]*?(<!-- end -->)/g, (_all, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`there is no part ${name}`);
    return `${begin}\n${part()}\n\n${end}`;
  });
}

/** Writes the parts of every document, and the schema; tells which have changed. */
export function writeDocuments(): string[] {
  const rendered = documents.map((document) => ({ document, text: renderDocument(readFileSync(document, "utf8")) }));
  return [...rendered, { document: schemaFile, text: renderSchema() }]
    .filter(({ document, text }) => !existsSync(document) || readFileSync(document, "utf8") !== text)
    .map(({ document, text }) => {
      writeFileSync(document, text);
      return document;
    });
}

function renderRule(rule: Rule): string[] {
  const { title, message } = textOf(rule.id);
  const fix = describeFix(rule);
  return [rule.id, rule.level, `${title}. <br>“${message}”`, `${fix.en}<br>${fix.ko}`, `${actors[rule.who]}, ${stages[rule.stage]}`, `${rule.source.document}: ${rule.source.section}`];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---").join("|")}|`, ...rows.map(line)];
}
