import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument, visit, type YAMLError } from "yaml";
import type { Path, Problem } from "./problems.ts";

/** A YAML file as plain values, with the line (from 1) of each path; of a path that is not there, that of what it is missing in. */
export interface YamlSource {
  readonly value: unknown;
  readonly lineOf: (path: Path) => number;
  /** What cannot be read as YAML: lines and sentences. If there is any, `value` is undefined. */
  readonly errors: readonly { readonly line: number; readonly problem: Problem }[];
}

export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const errors = [
    ...document.errors.map((error) => ({ line: lineAt(error.pos[0]), problem: describeError(error) })),
    ...findBrokenAliases(document).map((offset) => ({ line: lineAt(offset), problem: brokenAlias })),
  ];
  return {
    value: errors.length === 0 ? document.toJS() : undefined,
    lineOf: (path) => lineAt(findOffset(document.contents, path)),
    // A brace that is not closed makes the parser stumble over everything behind it.
    errors: errors.filter(({ line, problem }, at) => errors.findIndex((other) => other.line === line && other.problem.what === problem.what) === at),
  };
}

/** The parser's own sentences are not shown: some quote the file, and the file may hold a key. */
function describeError(error: YAMLError): Problem {
  const [what, instead] = sentences[error.code] ?? ["this is not YAML", "write it as in the documentation's example"];
  return { path: [], what, instead };
}

const sentences: Partial<Record<YAMLError["code"], readonly [string, string]>> = {
  DUPLICATE_KEY: ["this key stands twice", "keep one of the two"],
  TAB_AS_INDENT: ["a tab is used to indent", "write blanks"],
  BAD_INDENT: ["the indentation does not fit", "indent it like its neighbours, with two blanks a level"],
  MISSING_CHAR: ["a closing quote, bracket or colon is missing", "close it; a text with : # { } or ${NAME} in braces belongs in quotes"],
  UNEXPECTED_TOKEN: ["something stands where YAML expects nothing", "write a text with { } [ ] , or & in quotes"],
  BLOCK_AS_IMPLICIT_KEY: ["two colons stand in one line", "put the text in quotes"],
  MULTILINE_IMPLICIT_KEY: ["a colon is missing behind a key", "write key: value"],
  BAD_SCALAR_START: ["a text starts with a character that YAML keeps for itself", "put the text in quotes"],
  MULTIPLE_DOCS: ["the file holds several YAML documents", "remove the --- line"],
};

const brokenAlias: Problem = { path: [], what: "a value starts with * and so refers to an anchor that is not there", instead: "put the value in quotes" };

function findBrokenAliases(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) === undefined) offsets.push(alias.range?.[0] ?? 0);
    },
  });
  return offsets;
}

function findOffset(root: unknown, path: Path): number {
  let offset = 0;
  let node = root;
  for (const step of path) {
    if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      offset = startOf(node) ?? offset;
    } else if (isMap<Node, Node>(node)) {
      const pair = node.items.find((item) => String(item.key) === String(step));
      offset = startOf(pair?.key) ?? offset;
      node = pair?.value;
    } else {
      break;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range) ? Number(node.range[0]) : undefined;
}
