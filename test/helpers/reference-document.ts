import { readFileSync, writeFileSync } from "node:fs";
import { renderJsonSchema } from "../../src/config/json-schema.ts";
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
  failedPartWay: "Kakao, the database or the disk failed part-way. The printed command resumes.",
  defect: "A defect in kakao-sync (`defect`).",
  interrupted: "Interrupted by Ctrl-C, by the file `stop`, at the end of `--until`, or by a no to a question. Resumable.",
  terminated: "Interrupted by SIGTERM. Resumable.",
};

/** The parts of the documents that are written from the source, by the name in their markers. */
const parts: Readonly<Record<string, () => string>> = {
  exits: () => table(["Exit", "Meaning"], Object.entries(EXIT).map(([name, code]) => [String(code), isExitName(name) ? meanings[name] : ""])),
  codes: () => table(["Exit", "Codes"], [...groupCodes()].map(([exit, codes]) => [exit, codes.map((code) => `\`${code}\``).join(", ")])),
};

export const referenceDocuments = ["docs/exit-codes.md"];

/** For editors that complete and check YAML. */
export const configSchemaFile = "docs/kakao-sync.config.schema.json";

export function renderConfigSchema(): string {
  return `${JSON.stringify(renderJsonSchema(), null, 1)}\n`;
}

/** The document with every part written anew. Throws for a marker that no part has. */
export function renderReference(text: string): string {
  return text.replace(/(<!-- written: ([a-z]+) -->\n)[\s\S]*?(<!-- end -->)/g, (_all, begin: string, name: string, end: string) => {
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
