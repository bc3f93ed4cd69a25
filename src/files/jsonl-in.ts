import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { readLines } from "./text-in.ts";

export interface JsonLine {
  /** From 1. */
  readonly line: number;
  /** The parsed object; integers of 16 digits and more are text, since a JavaScript number would round them. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** JSON strings (left alone) and long integers outside of them. */
const stringsAndLongIntegers = /"(?:[^"\\]|\\.)*"|(?<![\w.+-])-?\d{16,}(?![\w.])/gu;

/** A file with a JSON object a line; empty lines are skipped. Throws StartError `jsonl-malformed`, `file-not-utf8`, `file-missing`. */
export async function* readJsonLines(path: string): AsyncIterable<JsonLine> {
  for await (const { line, text } of readLines(path)) {
    if (text.trim() !== "") yield { line, value: parseLine(path, line, text) };
  }
}

function parseLine(path: string, line: number, text: string): Readonly<Record<string, unknown>> {
  let cause: unknown;
  try {
    const exact = text.replace(stringsAndLongIntegers, (token) => (token.startsWith('"') ? token : `"${token}"`));
    const value: unknown = JSON.parse(exact);
    if (isObject(value)) return value;
  } catch (error) {
    cause = error;
  }
  throw new StartError({
    code: "jsonl-malformed",
    message: say`${path}, line ${line}: this is no JSON object.`,
    hint: "A .jsonl file has one complete JSON object a line, without commas between them.",
    cause,
  });
}

/** True for a JSON object, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
