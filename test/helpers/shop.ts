import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import type { Io } from "../../src/io.ts";

/** What a run of the built program came to; `code` is null where a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program while it runs. */
export interface Started {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly finished: Promise<Finished>;
}

export interface ShopSetup {
  /** The member table with its rows. */
  readonly fill: (db: Database.Database) => void;
  /** The configuration file. */
  readonly config: string;
  readonly adminKey: string;
}

/** The key that every shop's workspace is sealed with: 32 bytes. */
export const shopKey = Buffer.from("a key of thirty-two bytes, no more!".slice(0, 32)).toString("base64");

/**
 * A service's folder as an operator has it: configuration, member database, and the built program that runs in it. Without vitest, so that
 * scripts use it too; whoever opens a shop closes it.
 */
export class Shop {
  /** Resolved: the program's own messages name it. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), "kakao-sync-shop-")));
  readonly env: Readonly<Record<string, string>>;

  constructor({ fill, config, adminKey }: ShopSetup) {
    const temporary = join(this.folder, "tmp");
    mkdirSync(temporary);
    this.env = { PATH: process.env["PATH"] ?? "", HOME: this.folder, TMPDIR: temporary, SQLITE_TMPDIR: temporary, KAKAO_SYNC_KEY: shopKey, KAKAO_ADMIN_KEY: adminKey, KAKAO_SYNC_OPERATOR: "tester" };
    writeFileSync(this.path("kakao-sync.config.yaml"), config);
    const db = new Database(this.path("members.db"));
    fill(db);
    db.close();
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  get workspace(): string {
    return this.path(".kakao-sync");
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
    const child = spawn(process.execPath, [resolve("bin/kakao-sync.js"), ...args], { cwd: this.folder, env: { ...this.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    return { child, finished: collect(child) };
  }

  /** Runs to the end; throws with all that was said when the exit code is another one. */
  async run(args: readonly string[], code = 0): Promise<Finished> {
    const finished = await this.start(args).finished;
    if (finished.code === code) return finished;
    throw new Error(`kakao-sync ${args.join(" ")} ended with ${String(finished.code ?? finished.signal)} instead of ${code}\n${finished.stdout}${finished.stderr}`);
  }

  /** As `call`, with `--json`: answers the object. Throws when the exit code is another one. */
  async json<Result>(args: readonly string[], code = 0): Promise<Result> {
    const finished = await this.call([...args, "--json"]);
    if (finished.code !== code) throw new Error(`kakao-sync ${args.join(" ")} ended with ${String(finished.code)} instead of ${code}\n${finished.stdout}${finished.stderr}`);
    const result: Result = JSON.parse(finished.stdout);
    return result;
  }

  /** Runs the built program in this process, which is quicker; at a terminal where `isTTY` says so. */
  async call(args: readonly string[], isTTY = false): Promise<Finished> {
    const { main }: { main: (argv: readonly string[], io: Io) => Promise<number> } = await import(pathToFileURL(resolve("dist/main.js")).href);
    const said = { stdout: "", stderr: "" };
    const stream = (name: "stdout" | "stderr") => Object.assign(new PassThrough().on("data", (piece) => (said[name] += String(piece))), { isTTY, columns: 200, cursorTo: () => true, clearLine: () => true, moveCursor: () => true });
    const io = { stdin: Object.assign(new PassThrough(), { isTTY: false }), stdout: stream("stdout"), stderr: stream("stderr"), env: this.env, cwd: this.folder, signal: new AbortController().signal };
    const code = await main(args, io);
    return { code, signal: null, ...said };
  }

  /** Every row of the member table as text: all columns, with their types. */
  readMembers(): string[] {
    const db = new Database(this.path("members.db"), { readonly: true });
    try {
      const columns = db.pragma("table_info(members)") as readonly { readonly name: string }[];
      const values = columns.map(({ name }) => `typeof("${name}") || ' ' || quote("${name}")`).join(" || ', ' || ");
      return db.prepare<[], string>(`select ${values} from members order by id`).pluck().all();
    } finally {
      db.close();
    }
  }

  /** Every file below the folder, by its path in it. */
  listFiles(under = ""): string[] {
    return readdirSync(this.path(under), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .sort();
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function collect(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Finished> {
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}
