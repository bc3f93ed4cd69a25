import { spawn, type ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { FailedError, StartError } from "../errors.ts";
import { say, translate } from "../say.ts";
import { readAnswer, renderRequest, type FilterAnswer, type FilterRequest } from "./filter-protocol.ts";

/** Lines of one write. */
const linesAtOnce = 500;
/** A line of the filter that is longer is no answer. */
const longestLine = 1024 * 1024;
/** What a filter has to end by itself once its input has ended, and then once it was told to. */
const graceMs = 2_000;

export interface FilterCommand {
  /** Places in the configuration that name it, for errors: its own words are never shown. */
  readonly columns: readonly string[];
  readonly argv: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** How long values may wait without any answer. */
  readonly timeoutMs: number;
}

interface Waiting {
  readonly answered: (answer: FilterAnswer) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * The program that decrypts columns (product.md section 4): started once, without a shell, a JSON line in and a JSON line out for each value, in any order. What it
 * writes to stderr goes nowhere, since it may hold values. After any failure it is stopped, and everything that waits for it fails.
 */
export class FilterProcess {
  private readonly command: FilterCommand;
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly waiting = new Map<number, Waiting>();
  private readonly ended: Promise<void>;
  private failure: { readonly error: unknown } | undefined;
  private nextId = 1;
  private rest = "";
  private timer: NodeJS.Timeout | undefined;
  /** Whoever waits until the pipe takes more. */
  private readonly writers: (() => void)[] = [];
  private readonly stop = (): void => this.fail(this.command.signal.reason);

  constructor(command: FilterCommand) {
    this.command = command;
    const [program = "", ...words] = command.argv;
    // A process group of its own: Ctrl-C at the terminal is for this program, which then ends the filter in order.
    const detached = process.platform !== "win32";
    this.child = spawn(program, words, { cwd: command.folder, env: command.env, stdio: ["pipe", "pipe", "ignore"], detached, windowsHide: true });
    this.ended = new Promise((resolve) => this.child.once("close", () => resolve()).once("error", () => resolve()));
    this.child.once("error", (cause) => this.fail(this.notStarted(cause)));
    this.child.once("close", (code, signal) => this.fail(this.stopped(code, signal)));
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => this.take(text));
    // A pipe that breaks is told by the end of the process.
    this.child.stdin.on("error", () => undefined).on("drain", () => this.wakeWriters());
    command.signal.addEventListener("abort", this.stop, { once: true });
  }

  /** The answers in the order of the requests. Throws StartError, FailedError, or why the command was interrupted. */
  async ask(requests: readonly FilterRequest[]): Promise<readonly FilterAnswer[]> {
    if (this.failure !== undefined) throw this.failure.error;
    const answers = requests.map(() => this.expect());
    const all = Promise.all(answers.map(({ answer }) => answer));
    // Heard of below; writing may still be under way when it fails.
    all.catch(() => undefined);
    for (let start = 0; start < requests.length && this.failure === undefined; start += linesAtOnce) {
      const lines = requests.slice(start, start + linesAtOnce).map((request, at) => renderRequest(answers[start + at]?.id ?? 0, request));
      if (!this.child.stdin.write(lines.join(""))) await new Promise<void>((resolve) => this.writers.push(resolve));
    }
    return all;
  }

  async close(): Promise<void> {
    this.command.signal.removeEventListener("abort", this.stop);
    clearTimeout(this.timer);
    this.failure ??= { error: new Error("the filter was closed") };
    this.child.stdin.end();
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (await this.hasEnded()) return;
      this.child.kill(signal);
    }
    await this.ended;
  }

  private async hasEnded(): Promise<boolean> {
    const timer: { stop?: NodeJS.Timeout } = {};
    const late = new Promise<false>((resolve) => (timer.stop = setTimeout(() => resolve(false), graceMs)));
    const ended = await Promise.race([this.ended.then(() => true), late]);
    clearTimeout(timer.stop);
    return ended;
  }

  private expect(): { readonly id: number; readonly answer: Promise<FilterAnswer> } {
    const id = this.nextId;
    this.nextId += 1;
    if (this.waiting.size === 0) this.watch();
    const answer = new Promise<FilterAnswer>((answered, failed) => this.waiting.set(id, { answered, failed }));
    return { id, answer };
  }

  private watch(): void {
    clearTimeout(this.timer);
    const late = (): void => {
      // Answers may lie in the pipe while this process was busy: they are read before anybody is blamed.
      const before = this.waiting.size;
      setImmediate(() => {
        if (this.waiting.size === before && before > 0) this.fail(this.silent());
      });
    };
    this.timer = setTimeout(late, this.command.timeoutMs);
  }

  private take(text: string): void {
    if (this.failure !== undefined) return;
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "" && this.failure === undefined) this.takeLine(line);
    if (this.rest.length > longestLine) this.fail(this.garbage());
    if (this.waiting.size === 0) clearTimeout(this.timer);
    else this.timer?.refresh();
  }

  private takeLine(line: string): void {
    const read = readAnswer(line);
    const waiting = read === null ? undefined : this.waiting.get(read.id);
    if (read === null || waiting === undefined) return this.fail(this.garbage());
    this.waiting.delete(read.id);
    waiting.answered(read.answer);
  }

  private fail(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = { error };
    clearTimeout(this.timer);
    for (const { failed } of this.waiting.values()) failed(error);
    this.waiting.clear();
    this.wakeWriters();
    this.child.kill();
  }

  private wakeWriters(): void {
    for (const wake of this.writers.splice(0)) wake();
  }

  private get subject(): string {
    return say`The decrypt program of ${this.command.columns.join(", ")}`;
  }

  private notStarted(cause: Error): StartError {
    return new StartError({
      code: "decrypt-not-started",
      message: say`${this.subject} could not be started.`,
      hint: "Look at its first word: a program in the PATH, or a path from the folder of the configuration. It is started without a shell.",
      cause,
    });
  }

  private stopped(code: number | null, signal: NodeJS.Signals | null): FailedError {
    const what =
      signal === null
        ? say`${this.subject} ended with exit code ${code ?? say`unknown`} before every value was answered.`
        : say`${this.subject} ended by ${signal} before every value was answered.`;
    return failed("decrypt-stopped", what, "Run it by hand with one line of the protocol (docs/configuration.md) and look at what it says; its stderr is not shown here.");
  }

  private silent(): FailedError {
    const seconds = Math.round(this.command.timeoutMs / 1000);
    return failed("decrypt-silent", say`${this.subject} gave no answer for ${seconds} s.`, "It must answer every line and must not buffer: one line out for each line in. Run it by hand with one line of the protocol (docs/configuration.md).");
  }

  private garbage(): FailedError {
    return failed("decrypt-garbage", say`${this.subject} wrote a line that is no answer, or answered something twice.`, `It may write nothing to stdout but {"id":…,"value":…} or {"id":…,"error":…}, a line each; notes belong to stderr (docs/configuration.md).`);
  }
}

function failed(code: string, message: string, hint: string): FailedError {
  return new FailedError({ code, message, hint: say`${translate(hint)} Nothing was written; then run the same command again.` });
}
