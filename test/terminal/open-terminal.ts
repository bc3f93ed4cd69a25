import { clearLine, cursorTo, moveCursor } from "node:readline";
import { PassThrough } from "node:stream";
import type { TerminalStream } from "../../src/terminal/output.ts";
import { createTerminal, type Terminal, type TerminalFlags } from "../../src/terminal/terminal.ts";

export interface OpenedTerminal {
  readonly terminal: Terminal;
  readonly stdin: PassThrough;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly setTime: (ms: number) => void;
}

export interface Conditions extends Partial<TerminalFlags> {
  readonly stdinIsTerminal?: boolean;
  readonly stdoutIsTerminal?: boolean;
  readonly stderrIsTerminal?: boolean;
  readonly columns?: number;
  readonly env?: Record<string, string>;
}

/** A terminal over streams in memory, which are terminals or not as the test says, and with a clock that the test sets. */
export function openTerminal(conditions: Conditions = {}): OpenedTerminal {
  const { stdinIsTerminal, stdoutIsTerminal, stderrIsTerminal, columns, env = {}, json = false, quiet = false, color = true } = conditions;
  let time = 0;
  const stdin = Object.assign(new PassThrough(), { isTTY: stdinIsTerminal ?? false });
  const stdout = capture(stdoutIsTerminal ?? false, columns);
  const stderr = capture(stderrIsTerminal ?? false, columns);
  const terminal = createTerminal({ stdin, stdout: stdout.stream, stderr: stderr.stream, env, now: () => time }, { json, quiet, color });
  return { terminal, stdin, stdout: stdout.text, stderr: stderr.text, setTime: (ms) => (time = ms) };
}

function capture(isTTY: boolean, columns = 80): { stream: TerminalStream; text: () => string } {
  const stream: TerminalStream = Object.assign(new PassThrough(), {
    isTTY,
    columns,
    cursorTo: (column: number) => cursorTo(stream, column),
    moveCursor: (right: number, down: number) => moveCursor(stream, right, down),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
  });
  const chunks: string[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk.toString()));
  return { stream, text: () => chunks.join("") };
}
