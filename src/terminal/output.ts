import { fstatSync, writeFileSync } from "node:fs";
import { Writable } from "node:stream";
import { wrapText } from "./wrapping.ts";

/** A stream of the terminal as Node has it; `isTTY` and `columns` only where it is one. */
export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export type Variables = Readonly<Record<string, string | undefined>>;

/** `--no-color`, `NO_COLOR` (not empty) and a dumb terminal switch colours off; a file or a pipe never gets any. */
export function isColored(stream: TerminalStream, env: Variables, color: boolean): boolean {
  return color && stream.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
}

/**
 * The program's own stdout or stderr. Where it is a file, all of a text is written or the stream fails: Node's own stream writes once and takes no notice of how much
 * of it has arrived, so that a disk that gets full would cut a result off in silence.
 */
export function openOutput(stream: TerminalStream & { readonly fd: number }): TerminalStream {
  if (!fstatSync(stream.fd).isFile()) return stream;
  const write = (text: Buffer, _encoding: string, done: (error?: Error) => void): void => {
    try {
      writeFileSync(stream.fd, text);
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error("not written"));
    }
  };
  return new Writable({ write });
}

/** Writes whole lines. What cannot be written must not stop a run half-way: it is lost, and `findLostWrite` tells. */
export function createLineWriter(stream: TerminalStream): (text: string) => void {
  // One process may run several commands on one stream (`demo`): it is listened to once.
  if (!stream.listeners("error").includes(rememberLostWrite)) stream.on("error", rememberLostWrite);
  return (text) => {
    stream.write(`${text}\n`);
  };
}

const lostWrites = new WeakMap<TerminalStream, Error>();

function rememberLostWrite(this: TerminalStream, error: Error): void {
  if (!lostWrites.has(this)) lostWrites.set(this, error);
}

/** Why a line that was written to the stream is lost; undefined where none is. A reader that has gone away (`… | head`) wanted no more, and nothing is lost. */
export async function findLostWrite(stream: TerminalStream): Promise<Error | undefined> {
  // A stream tells it a little later.
  await new Promise((resolve) => setImmediate(resolve));
  const error = lostWrites.get(stream);
  return error !== undefined && "code" in error && error.code === "EPIPE" ? undefined : error;
}

/** Columns that text may take. A terminal that says it has none, or hardly any, is taken for an ordinary one. */
export function readWidth({ isTTY, columns = 0 }: TerminalStream): number {
  return isTTY === true ? Math.max(40, columns || 80) : 80;
}

/** Breaks text at blanks where a person reads it; in a file or a pipe a line stays one line, however long. */
export function wrapFor(stream: TerminalStream, text: string): string {
  return stream.isTTY === true ? wrapText(text, readWidth(stream)) : text;
}
