import type { Writable } from "node:stream";
import { wrapText } from "./wrapping.ts";

/** A stream of the terminal as Node has it; `isTTY` and `columns` only where it is one. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export type Variables = Readonly<Record<string, string | undefined>>;

/** `--no-color`, `NO_COLOR` (not empty) and a dumb terminal switch colours off; a file or a pipe never gets any. */
export function isColored(stream: TerminalStream, env: Variables, color: boolean): boolean {
  return color && stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/** Writes whole lines. A reader that has gone away (`… | head`) must not stop a run half-way: what is written then is lost. */
export function createLineWriter(stream: TerminalStream): (text: string) => void {
  // One process may run several commands on one stream (`demo`): it is listened to once.
  if (!stream.listeners("error").includes(ignoreLostReader)) stream.on("error", ignoreLostReader);
  return (text) => {
    stream.write(`${text}\n`);
  };
}

function ignoreLostReader(error: Error): void {
  if (!("code" in error) || error.code !== "EPIPE") throw error;
}

/** Columns that text may take. A terminal that says it has none, or hardly any, is taken for an ordinary one. */
export function readWidth({ isTTY, columns = 0 }: TerminalStream): number {
  return isTTY === true ? Math.max(40, columns || 80) : 80;
}

/** Breaks text at blanks where a person reads it; in a file or a pipe a line stays one line, however long. */
export function wrapFor(stream: TerminalStream, text: string): string {
  return stream.isTTY === true ? wrapText(text, readWidth(stream)) : text;
}
