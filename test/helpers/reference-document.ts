import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { renderJsonSchema } from "../../src/config/json-schema.ts";
import { rawSchema } from "../../src/config/schema.ts";
import { EXIT } from "../../src/errors.ts";
import { listErrorCodes } from "./error-codes.ts";

type ExitName = keyof typeof EXIT;

/** What each exit code means; the compiler says when one is missing. */
const meanings: Readonly<Record<ExitName, string>> = {
  done: "Done, or nothing to do. A plan was made.",
  found:
    "Ran to the end and found something: with `--check`, a plan with changes to make; `doctor` found something wrong; `audit-consent` found something of the level that `--fail-on` names (an error, unless you say otherwise), waived findings aside; rows that failed, or somebody who appeared while being unlinked; an upload some of whose users Kakao did not take. An export that leaves everybody out is done (0): the counts say why. Rows that have moved and that the next plan takes up do not count.",
  cannotStart: "Could not start: usage, configuration, an input file, the admin key.",
  refused: "Refused by a safety rule: not confirmed, nobody named as operator, brake, lock, a plan that is used, changed, expired or of another app.",
  failedPartWay: "Kakao, the database or the disk failed part-way: the printed command resumes. Or the result could not be written to stdout, of a command that would have ended with 0 or 1.",
  defect: "A defect in kakao-sync (`defect`).",
  interrupted: "Interrupted by Ctrl-C, by the file `stop`, at the end of `--until`, or by a no to a question. Resumable.",
  terminated: "Interrupted by SIGTERM. Resumable.",
};

/** The keys of the configuration by the section that they stand in; `top` are those outside any. */
const sections = ["top", "database", "members", "link", "alsoLinkedIn", "kakao", "matching", "limits", "approvers", "retention", "channel"];

/** The parts of the documents that are written from the source, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  exits: () => table(["Exit", "Meaning"], Object.entries(EXIT).map(([name, code]) => [String(code), isExitName(name) ? meanings[name] : ""])),
  codes: () => table(["Exit", "Codes"], [...groupCodes()].map(([exit, codes]) => [exit, codes.map((code) => `\`${code}\``).join(", ")])),
  ...Object.fromEntries(sections.map((section) => [section, () => table(["Key", "Type", "Default", "Meaning"], listKeys().filter(({ key }) => sectionOf(key) === section).map(renderKey))])),
};

export const referenceDocuments = ["docs/exit-codes.md", "docs/configuration.md"];

/** For editors that complete and check YAML. */
export const configSchemaFile = "docs/kakao-sync.config.schema.json";

export function renderConfigSchema(): string {
  return `${JSON.stringify(renderJsonSchema(), null, 1)}\n`;
}

/** The document with every part written anew. Throws for a marker that no part has. */
export function renderReference(text: string): string {
  return text.replace(/(<!-- written: ([a-zA-Z]+) -->\n)[\s\S]*?(<!-- end -->)/g, (_all, begin: string, name: string, end: string) => {
    const part = parts[name];
    if (part === undefined) throw new Error(`there is no part ${name}`);
    return `${begin}\n${part()}\n\n${end}`;
  });
}

/** Writes the parts of every document, and the schema. */
export function writeReference(): void {
  for (const document of referenceDocuments) writeFileSync(document, renderReference(readFileSync(document, "utf8")));
  writeFileSync(configSchemaFile, renderConfigSchema());
}

/** What zod's JSON schema says of a key. */
interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
}

export interface ConfigKey {
  /** Like `alsoLinkedIn[].name`. */
  readonly key: string;
  readonly node: SchemaNode;
  readonly required: boolean;
}

/** Every key that has a value of its own; a map or list with a word for its type is one key. */
export function listKeys(): readonly ConfigKey[] {
  const walk = (node: SchemaNode, path: string): ConfigKey[] =>
    Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
      const key = path === "" ? name : `${path}.${name}`;
      if (child.title === undefined && child.properties !== undefined) return walk(child, key);
      if (child.title === undefined && child.items?.properties !== undefined) return walk(child.items, `${key}[]`);
      return [{ key, node: child, required: node.required?.includes(name) === true }];
    });
  return walk(z.toJSONSchema(rawSchema, { io: "input" }) as SchemaNode, "");
}

function sectionOf(key: string): string {
  const [first = ""] = key.split(/[.[]/);
  return sections.includes(first) ? first : "top";
}

function renderKey({ key, node, required }: ConfigKey): string[] {
  const preset = node.default === undefined ? (required ? "required" : "none") : `\`${typeof node.default === "string" ? node.default : JSON.stringify(node.default)}\``;
  return [`\`${key}\``, renderType(node), preset, node.description ?? ""];
}

function renderType(node: SchemaNode): string {
  if (node.title !== undefined) return node.title;
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(", ").replace(/, (?=[^,]*$)/, " or ");
  if (node.type === "array") return node.items?.enum === undefined ? "list of texts" : `list of ${node.items.enum.map((word) => `\`${word}\``).join(", ")}`;
  if (node.type === "boolean") return "true or false";
  if (node.type === "number" || node.type === "integer") return node.maximum === undefined || node.maximum > 1000 ? "number" : `${String(node.minimum)} to ${String(node.maximum)}`;
  return "text";
}

function groupCodes(): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const [code, exits] of listErrorCodes()) {
    const exit = exits.join(" or ");
    groups.set(exit, [...(groups.get(exit) ?? []), code]);
  }
  return new Map([...groups].sort(([left], [right]) => left.length - right.length || (left < right ? -1 : 1)));
}

function isExitName(name: string): name is ExitName {
  return Object.hasOwn(EXIT, name);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
