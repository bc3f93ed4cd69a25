import type { Writable } from "node:stream";

/** A stream of the terminal as Node has it; `isTTY` and `columns` only where it is one. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export type Variables = Readonly<Record<string, string | undefined>>;

/** `--no-color`, `NO_COLOR` (not empty) and a dumb terminal switch colours off; a file or a pipe never gets any. */
export function isColored(stream: TerminalStream, env: Variables, color: boolean): boolean {
  return color && stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/** Writes whole lines. A reader that has gone away (`… | head`) must not stop a run half-way: what is written then is lost. */
export function createLineWriter(stream: TerminalStream): (text: string) => void {
  stream.on("error", (error: Error) => {
    if (!("code" in error) || error.code !== "EPIPE") throw error;
  });
  return (text) => {
    stream.write(`${text}\n`);
  };
}
