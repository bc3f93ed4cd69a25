import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clearLine, cursorTo, moveCursor } from "node:readline";
import { PassThrough } from "node:stream";
import type Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { main } from "../../src/main.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/server.ts";
import type { SimulatedUser } from "../../src/simulator/users.ts";
import { createStore, type Store } from "./stores.ts";

/** One row of the member table; what is left out is NULL, and the member live. */
export interface MemberValues {
  readonly id: number;
  readonly ci?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly name?: string;
  readonly birthdate?: string;
  readonly verified?: string | null;
  readonly lastLogin?: string;
  readonly status?: "active" | "dormant" | "left";
  readonly link?: string;
  /** Columns of text, empty or wrong as a test needs them; of another type where `schema` alters them. */
  readonly agreed?: string;
  readonly agreedAt?: string;
  readonly reconfirmedAt?: string;
  readonly night?: string;
  readonly region?: string;
  readonly createdAt?: string;
  readonly vipLevel?: string;
}

/** `channel` of a configuration, over the columns of those values. */
export const usualChannel = {
  publicId: "_Abcd",
  idType: "app",
  marketing: { agreed: "marketing_agreed", agreedAt: "marketing_agreed_at", reconfirmedAt: "reconfirmed_at", night: "night_agreed" },
  fields: { 지역: "region", 가입일: { column: "created_at", format: "YYYYMMDD" }, vip_level: { column: "vip_level", type: "number" } },
};

/** What a Kakao user's account says; `young` was linked an hour ago, everybody else long before. */
export interface PersonValues {
  readonly ci?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly name?: string;
  readonly birthdate?: string;
  readonly young?: boolean;
}

/** A part of the configuration file, merged over the usual one section by section; undefined takes a key out. */
export type ConfigChanges = Readonly<Record<string, unknown>>;

export interface ServiceSetup {
  readonly members?: readonly MemberValues[];
  /** By Kakao id. */
  readonly users?: Readonly<Record<string, PersonValues>>;
  readonly config?: ConfigChanges;
  readonly simulator?: SimulatorOptions;
  /** Statements in place of the usual unique index on the link. */
  readonly schema?: readonly string[];
}

/** What one command line came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command line with `--json`: its one object. */
export interface RanJson extends Ran {
  readonly json: Readonly<Record<string, unknown>>;
  /** The run it is about, empty without one. */
  readonly id: string;
  /** What went wrong; all empty where nothing did. */
  readonly error: { readonly code: string; readonly message: string; readonly hint: string };
}

/** At a terminal: what is typed when the question comes up, `\r` for Enter. */
export interface RunOptions {
  readonly typed?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** A service that adopts Kakao Sync: a member database, a simulated Kakao, a configuration, and the program. */
export interface Service {
  readonly folder: string;
  /** `KAKAO_SYNC_KEY` of every command. */
  readonly workspaceKey: string;
  readonly simulator: Simulator;
  /** A second connection to the service's SQLite database, as its own application has one; tests that use it run on SQLite only. */
  readonly db: Database.Database;
  /** Statements of the service itself, on every engine. */
  change(sql: string): Promise<void>;
  /** Rows of a query, every value as text, on every engine. */
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  run(...argv: string[]): Promise<Ran>;
  runWith(options: RunOptions, ...argv: string[]): Promise<Ran>;
  /** Adds `--json`, and checks that stdout is one object and nothing else. */
  json(...argv: string[]): Promise<RanJson>;
  /** A fresh `map-members --apply`, confirmed by flags. */
  apply(...argv: string[]): Promise<RanJson>;
  addMember(values: MemberValues): Promise<void>;
  /** Writes the configuration file anew. */
  configure(changes: ConfigChanges): void;
  /** Kakao ids by member id, as stored. */
  links(): Promise<Readonly<Record<string, string | null>>>;
  path(name: string): string;
  write(name: string, content: string): void;
  /** A file of a run, as text; its name as in the JSON result. */
  file(run: string, name: string): string;
  /** The rows of a run's CSV file by column. */
  csv(run: string, name: string): readonly Readonly<Record<string, string>>[];
}

/** Files in memory where there is such a folder: waiting for the disk after every transaction would be half of the time. */
const memoryFolder = "/dev/shm";
const noError = { code: "", message: "", hint: "" };
const memberColumns =
  "id integer primary key, ci text, phone text, email text, name text, birthdate text, verified_at text, last_login_at text, status text not null, kakao_id bigint, " +
  "marketing_agreed text, marketing_agreed_at text, reconfirmed_at text, night_agreed text, region text, created_at text, vip_level text";

/** Sets a service up; everything goes when the test is over. */
export async function openService(setup: ServiceSetup = {}): Promise<Service> {
  const folder = mkdtempSync(join(existsSync(memoryFolder) ? memoryFolder : tmpdir(), "kakao-sync-service-"));
  // Asked each time, so that a test's clock is the simulator's, too.
  const simulator = await startSimulator({ listingPerMinute: Infinity, now: () => Date.now(), ...setup.simulator });
  const store = await createStore(folder);
  onTestFinished(async () => {
    await store.remove();
    await simulator.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await store.change(`create table members (${memberColumns})`);
  for (const statement of setup.schema ?? ["create unique index members_kakao_id on members (kakao_id)"]) await store.change(statement);
  for (const values of setup.members ?? []) await insertMember(store, values);
  for (const [id, values] of Object.entries(setup.users ?? {})) simulator.users.load([{ id, ...accountOf(values) }]);
  const environment = { KAKAO_ADMIN_KEY: simulator.adminKey, KAKAO_SYNC_KEY: randomBytes(32).toString("base64"), KAKAO_SYNC_OPERATOR: "tester" };
  const configure = (changes: ConfigChanges): void => writeFileSync(join(folder, "kakao-sync.config.yaml"), JSON.stringify(merge(usualConfig(store.url, simulator.url), changes), null, 2));
  configure(setup.config ?? {});

  const runWith = (options: RunOptions, ...argv: string[]): Promise<Ran> => runProgram(folder, environment, options, argv);
  const json = async (...argv: string[]): Promise<RanJson> => {
    const ran = await runWith({}, ...argv, "--json");
    const object = readOneObject(ran);
    const { code, message, hint } = { ...noError, ...(isSection(object["error"]) ? object["error"] : {}) };
    return { ...ran, json: object, id: String(object["run"] ?? ""), error: { code: String(code), message: String(message), hint: String(hint) } };
  };
  const file = (run: string, name: string): string => readFileSync(join(folder, ".kakao-sync", "runs", run, name), "utf8");
  return {
    folder, workspaceKey: environment.KAKAO_SYNC_KEY, simulator, runWith, json, configure, file,
    get db() {
      if (store.sqlite === undefined) throw new Error("this test uses SQLite itself and runs on no other engine");
      return store.sqlite;
    },
    change: (sql) => store.change(sql),
    rows: (sql) => store.rows(sql),
    run: (...argv) => runWith({}, ...argv),
    apply: (...argv) => json("map-members", "--apply", "--yes", "--operator", "tester", ...argv),
    addMember: (values) => insertMember(store, values),
    links: async () => Object.fromEntries((await store.rows("select id, kakao_id from members order by id")).map(([id, link]) => [id, link])),
    path: (name) => join(folder, name),
    write: (name, content) => writeFileSync(join(folder, name), content),
    csv: (run, name) => readRows(file(run, name)),
  };
}

/** A Kakao user as the simulator takes it, with every item agreed to. */
export function accountOf({ ci, phone, email, name, birthdate, young = false }: PersonValues): SimulatedUser {
  return {
    connected_at: young ? new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+/, "") : "2025-03-01T00:00:00Z",
    kakao_account: {
      ci_needs_agreement: false, phone_number_needs_agreement: false, email_needs_agreement: false, name_needs_agreement: false,
      ...(ci === undefined ? {} : { ci }),
      ...(phone === undefined ? {} : { phone_number: phone.replace(/^0/, "+82 ") }),
      ...(email === undefined ? {} : { email, is_email_valid: true, is_email_verified: true }),
      ...(name === undefined ? {} : { name }),
      ...(birthdate === undefined ? {} : { birthyear: birthdate.slice(0, 4), birthday: birthdate.slice(4), birthday_type: "SOLAR", birthyear_needs_agreement: false, birthday_needs_agreement: false }),
    },
  };
}

/** Rows of a CSV text by column. Cells of these files are quoted only by csv-stringify's rules. */
export function readRows(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = "", ...lines] = text.replace(/^\uFEFF/, "").split("\n").filter((line) => line !== "");
  const names = header.split(",");
  return lines.map((line) => {
    const cells = (line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []).map((cell) => cell.replace(/,$/, "").replace(/^"|"$/g, "").replaceAll('""', '"'));
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""]));
  });
}

async function insertMember(store: Store, values: MemberValues): Promise<void> {
  const { id, ci, phone, email, name, birthdate, verified = "2026-01-01 00:00:00", lastLogin, status = "active", link } = values;
  const { agreed, agreedAt, reconfirmedAt, night, region, createdAt, vipLevel } = values;
  const cells = [String(id), ci, phone, email, name, birthdate, verified, lastLogin, status, link, agreed, agreedAt, reconfirmedAt, night, region, createdAt, vipLevel];
  await store.insert("members", cells.map((cell) => cell ?? null));
}

function usualConfig(database: string, kakao: string): ConfigChanges {
  return {
    environment: "rehearsal",
    database: { url: database },
    members: {
      table: "members", id: "id", ci: "ci", phone: "phone", email: "email", name: "name", birthdate: "birthdate",
      phoneVerifiedAt: "verified_at", emailVerifiedAt: "verified_at", lastLoginAt: "last_login_at",
      where: "status = 'active'", withdrawn: "status = 'left'",
    },
    link: { column: "kakao_id" },
    kakao: { appId: 424242, adminKey: "${KAKAO_ADMIN_KEY}", baseUrl: kakao },
    limits: { requestsPerSecond: 100, listingPerMinute: 100 },
  };
}

function merge(base: ConfigChanges, changes: ConfigChanges): ConfigChanges {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const before = merged[key];
    merged[key] = isSection(before) && isSection(value) ? merge(before, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is ConfigChanges {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function runProgram(folder: string, environment: Readonly<Record<string, string>>, options: RunOptions, argv: readonly string[]): Promise<Ran> {
  const atTerminal = options.typed !== undefined;
  const stdin = Object.assign(new PassThrough(), { isTTY: atTerminal });
  let typed = false;
  const [stdout, stderr] = [capture(false), capture(atTerminal, (text) => {
    if (typed || !/(Write|Type|Approve|Remove) .*(links|users)/.test(text)) return;
    typed = true;
    // Once the question listens, as a person does.
    setTimeout(() => stdin.write(options.typed ?? ""), 20);
  })];
  const signal = options.signal ?? new AbortController().signal;
  const env = { ...environment, TERM: "dumb", ...options.env };
  const code = await main(argv, { stdin, stdout: stdout.stream, stderr: stderr.stream, env, cwd: options.cwd ?? folder, signal });
  return { code, out: stdout.text(), err: stderr.text() };
}

type CapturedStream = PassThrough & { readonly isTTY: boolean; readonly columns: number };

function capture(isTTY: boolean, seen: (text: string) => void = () => undefined): { readonly stream: CapturedStream; readonly text: () => string } {
  const stream: CapturedStream = Object.assign(new PassThrough(), {
    isTTY,
    columns: 100,
    // As process.stderr: what is piped into it does not end it.
    _isStdio: true,
    cursorTo: (column: number) => cursorTo(stream, column),
    moveCursor: (right: number, down: number) => moveCursor(stream, right, down),
    clearLine: (direction: -1 | 0 | 1) => clearLine(stream, direction),
  });
  const chunks: string[] = [];
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk.toString());
    seen(chunk.toString());
  });
  return { stream, text: () => chunks.join("") };
}

function readOneObject({ out, err, code }: Ran): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(out);
    if (isSection(value)) return value;
  } catch {
    // Told below with what was there instead.
  }
  throw new Error(`stdout is not one JSON object (exit ${code}):\n${out}\n${err}`);
}
