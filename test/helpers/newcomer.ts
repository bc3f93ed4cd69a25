import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearLine, cursorTo, moveCursor } from "node:readline";
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { main } from "../../src/main.ts";
import { startSimulator, type Simulator } from "../../src/simulator/server.ts";
import type { Ran } from "./service.ts";
import { createStore, type Store } from "./stores.ts";

/** An answer at the terminal: typed once the question has come up. `down` is a step down in a list. */
export type TypedAnswer = readonly [question: RegExp, typed: string];

export const down = "\u001b[B";
export const enter = "\r";

/** Somebody who has a database and nothing else: no configuration, no workspace; and Kakao, simulated, for `doctor`. */
export interface Newcomer {
  readonly folder: string;
  readonly store: Store;
  readonly simulator: Simulator;
  run(...argv: string[]): Promise<Ran>;
  /** At a terminal of 80 columns; an answer that is left over fails the test. */
  answering(answers: readonly TypedAnswer[], ...argv: string[]): Promise<Ran>;
  /** With `--json`: its one object. */
  json(...argv: string[]): Promise<{ readonly code: number; readonly err: string; readonly json: Readonly<Record<string, unknown>> }>;
  /** The configuration as it is written. */
  config(): string;
  env: Record<string, string>;
  write(name: string, text: string): void;
  has(name: string): boolean;
}

const waitMs = 20_000;
const memoryFolder = "/dev/shm";

/** A database of this process's engine with these statements carried out; everything goes when the test is over. */
export async function openNewcomer(statements: readonly string[]): Promise<Newcomer> {
  const folder = mkdtempSync(join(existsSync(memoryFolder) ? memoryFolder : tmpdir(), "kakao-sync-newcomer-"));
  const simulator = await startSimulator({ listingPerMinute: Infinity, now: () => Date.now() });
  const store = await createStore(folder);
  onTestFinished(async () => {
    await store.remove();
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const statement of statements) await store.change(statement);
  const env: Record<string, string> = { TERM: "dumb", HOME: folder, XDG_CONFIG_HOME: join(folder, "home"), KAKAO_ADMIN_KEY: simulator.adminKey, KAKAO_SYNC_KAKAO_BASE_URL: simulator.url };
  const call = (argv: readonly string[], answers?: readonly TypedAnswer[]): Promise<Ran> => runAt(folder, env, argv, answers);
  return {
    folder, store, simulator, env,
    run: (...argv) => call(argv),
    answering: (answers, ...argv) => call(argv, answers),
    json: async (...argv) => {
      const { code, out, err } = await call([...argv, "--json"]);
      return { code, err, json: JSON.parse(out) as Readonly<Record<string, unknown>> };
    },
    config: () => readFileSync(join(folder, "kakao-sync.config.yaml"), "utf8"),
    write: (name, text) => writeFileSync(join(folder, name), text),
    has: (name) => existsSync(join(folder, name)),
  };
}

async function runAt(cwd: string, env: Readonly<Record<string, string>>, argv: readonly string[], answers: readonly TypedAnswer[] | undefined): Promise<Ran> {
  const stdin = Object.assign(new PassThrough(), { isTTY: answers !== undefined });
  const left = [...(answers ?? [])];
  let unread = "";
  const heard = (text: string): void => {
    unread += text;
    const [next] = left;
    if (next === undefined || !next[0].test(unread)) return;
    unread = "";
    left.shift();
    // Once the question listens, as a person does.
    setTimeout(() => stdin.write(next[1]), 30);
  };
  const [stdout, stderr] = [capture(answers !== undefined, () => undefined), capture(answers !== undefined, heard)];
  const running = main(argv, { stdin, stdout: stdout.stream, stderr: stderr.stream, env, cwd, signal: new AbortController().signal });
  const code = await Promise.race([running, tooLong(() => `a question that nobody answers, before ${String(left[0]?.[0])}:\n${stdout.text()}\n${stderr.text()}`)]);
  if (left.length > 0) throw new Error(`nobody asked ${left.map(([question]) => String(question)).join(", ")}:\n${stdout.text()}\n${stderr.text()}`);
  return { code, out: stdout.text(), err: stderr.text() };
}

/** A command that waits for an answer would wait until the test's own end, and nobody would know for which. */
async function tooLong(tell: () => string): Promise<never> {
  await new Promise((wake) => setTimeout(wake, waitMs).unref());
  throw new Error(tell());
}

type CapturedStream = PassThrough & { readonly isTTY: boolean; readonly columns: number };

function capture(isTTY: boolean, heard: (text: string) => void): { readonly stream: CapturedStream; readonly text: () => string } {
  const stream: CapturedStream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    _isStdio: true,
    cursorTo: (column: number) => cursorTo(stream, column),
    moveCursor: (right: number, below: number) => moveCursor(stream, right, below),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
  });
  const chunks: string[] = [];
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk.toString());
    heard(chunk.toString());
  });
  return { stream, text: () => chunks.join("") };
}
