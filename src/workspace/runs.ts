import Database from "better-sqlite3";
import { randomInt } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { makePrivateFolder } from "./folder.ts";
import { mayFollow, PLAN_LIFETIMES, RUN_STATES, type RunState } from "./run-states.ts";
import { damagedBy, parseStored, type StateDatabase, transactDurably } from "./state-file.ts";

/** Digests that a plan stands or falls with: it is `changed` when one of them is no longer the same. */
export interface RunDigests {
  readonly plan: string;
  readonly config: string;
  readonly decisions: string | null;
  /** The identity of the service's database. */
  readonly database: string | null;
}

export interface RunFacts {
  readonly command: string;
  readonly operator: string;
  readonly host: string;
  /** Unix seconds. */
  readonly createdAt: number;
  /** As in the JSON result of the command. */
  readonly counts: Readonly<Record<string, unknown>>;
  readonly digests: RunDigests;
  /** The snapshot that the plan was made from; null without one. */
  readonly snapshot: { readonly generation: number; readonly takenAt: number; readonly source?: "app" | "file" } | null;
  /** Name as in the JSON result (`plan`, `review` …) to file name in the run's folder. */
  readonly files: Readonly<Record<string, string>>;
  /** What was wiped of the snapshot once the run was over; not there before. */
  readonly wiped?: WipedDetails;
}

/** Details of linked users that were wiped: how many users', and how many CIs were among them. */
export interface WipedDetails {
  readonly users: number;
  readonly cis: number;
}

export interface Run extends RunFacts {
  /** `YYYYMMDD-HHMMSS-xxxx`, in Korean time. */
  readonly id: string;
  readonly appId: string;
  readonly state: RunState;
  /** Unix seconds. */
  readonly stateSince: number;
  readonly folder: string;
}

interface RunRow {
  readonly id: string;
  readonly command: string;
  readonly state: string;
  readonly stateSince: number;
  readonly createdAt: number;
  readonly facts: string;
}

/** What the registry needs of its workspace. */
export interface RunsHome {
  readonly folder: string;
  readonly appId: string;
  readonly db: StateDatabase;
  /** True while any process holds the workspace's lock. */
  readonly isLocked: () => boolean;
}

const idPattern = /^\d{8}-\d{6}-[a-z0-9]{4}$/u;
const select = `select id, command, state, state_since as "stateSince", created_at as "createdAt", facts from runs`;

/** The registry of runs. Whoever changes something holds the workspace's lock. */
export class Runs {
  readonly #home: RunsHome;
  readonly #prepared = new Set<string>();

  constructor(home: RunsHome) {
    this.#home = home;
  }

  /** Draws an id and makes the run's folder (0700). What a crash left of a run that was never created is removed. */
  prepare(now: number): { readonly id: string; readonly folder: string } {
    this.#removeStrays();
    const id = this.#drawId(now);
    this.#prepared.add(id);
    makePrivateFolder(this.#folderOf(id));
    return { id, folder: this.#folderOf(id) };
  }

  /** Registers a prepared run as `planned`, its plan being on disk; earlier plans of the same command are superseded. One that is done with its files comes as `applied`, and supersedes nothing. */
  create(id: string, facts: RunFacts, state: "planned" | "applied" = "planned"): Run {
    if (!this.#prepared.delete(id)) throw new Error(`run ${id} was not prepared`);
    const { db, appId } = this.#home;
    const { command, createdAt, ...rest } = facts;
    transactDurably(db, () => {
      if (state === "planned") db.prepare("update runs set state = 'superseded', state_since = ? where command = ? and state = 'planned'").run(createdAt, command);
      db.prepare("insert into runs (id, command, state, state_since, created_at, facts) values (?, ?, ?, ?, ?, ?)").run(
        id,
        command,
        state,
        createdAt,
        createdAt,
        JSON.stringify({ ...rest, appId }),
      );
    });
    return this.get(id);
  }

  /** Gives up a prepared run: its folder goes. */
  discard(id: string): void {
    if (this.#prepared.delete(id)) rmSync(this.#folderOf(id), { recursive: true, force: true });
  }

  /** Destroys the files of a run that is over; what it was stays in the list. The state first: a killed purge is done by the next one. */
  purge(id: string, now: number): void {
    this.transition(id, "purged", now, { files: {} });
    rmSync(this.#folderOf(id), { recursive: true, force: true });
  }

  /** Removes what a killed purge left of purged runs. */
  sweepPurged(): void {
    for (const { state, folder } of this.list()) if (state === "purged") rmSync(folder, { recursive: true, force: true });
  }

  /** All runs, newest first. */
  list(): Run[] {
    return this.#read(this.#home.db.prepare<[], RunRow>(`${select} order by created_at desc, rowid desc`).all());
  }

  /** A run by its id or the beginning of it. Throws StartError `run-unknown` or `run-ambiguous`. */
  get(id: string): Run {
    const rows = this.#home.db.prepare<[string, string], RunRow>(`${select} where substr(id, 1, length(?)) = ? order by id`).all(id, id);
    const [run, other] = this.#read(id === "" ? [] : rows);
    if (run !== undefined && (other === undefined || run.id === id)) return run;
    // What was typed is repeated only where it looks like a run: anything else may have slipped in from elsewhere.
    const unknown = /^\d{1,8}(-[\da-z-]{0,11})?$/u.test(id) ? say`There is no run ${id} in this workspace.` : "There is no run of that name in this workspace.";
    throw new StartError({
      code: run === undefined ? "run-unknown" : "run-ambiguous",
      message: run === undefined ? unknown : say`${rows.length} runs begin with ${id}.`,
      hint: "List the runs: kakao-sync runs",
    });
  }

  /** Brings a run into another state, durably. An illegal step is a defect. `facts` replaces counts and files. */
  transition(id: string, to: RunState, now: number, facts: Partial<Pick<RunFacts, "counts" | "files">> = {}): Run {
    const run = this.get(id);
    if (run.id !== id) throw new Error("a run is changed by its full id");
    if (!mayFollow(run.state, to)) throw new Error(`run ${id} cannot go from ${run.state} to ${to}`);
    transactDurably(this.#home.db, () => {
      this.#changeFacts(id, facts);
      this.#home.db.prepare("update runs set state = ?, state_since = ? where id = ?").run(to, now, id);
    });
    return this.get(id);
  }

  /** Notes that nothing more of a run is to be wiped. */
  markWiped(id: string, wiped: WipedDetails): void {
    transactDurably(this.#home.db, () => this.#changeFacts(id, { wiped }));
  }

  #changeFacts(id: string, facts: Partial<RunFacts>): void {
    const { db } = this.#home;
    const stored = parseStored<object>(db, db.prepare<[string], string>("select facts from runs where id = ?").pluck().get(id) ?? "{}");
    db.prepare("update runs set facts = ? where id = ?").run(JSON.stringify({ ...stored, ...facts }), id);
  }

  /** Seconds for which a plan of the command can be applied; Infinity where it does not expire. */
  lifetimeOf(command: string): number {
    return lifetimeOf(command);
  }

  /** Brings plans past their lifetime (run-states.ts) into `expired`; answers them. */
  expirePlans(now: number): Run[] {
    const expired = this.list().filter((run) => run.state === "planned" && now >= expiryOf(run));
    return expired.map((run) => this.transition(run.id, "expired", now));
  }

  /** Whoever has just taken the lock calls this: what is still `applying` was killed. Answers those runs. */
  markInterrupted(now: number): void {
    const { db } = this.#home;
    transactDurably(db, () => db.prepare("update runs set state = 'interrupted', state_since = ? where state = 'applying'").run(now));
  }

  #read(rows: readonly RunRow[]): Run[] {
    const killed = rows.some((row) => row.state === "applying") && !this.#home.isLocked();
    return rows.map((row) => {
      const state = RUN_STATES.find((one) => one === row.state);
      const facts = parseStored<Omit<RunFacts, "command" | "createdAt"> & { appId: string }>(this.#home.db, row.facts);
      if (state === undefined || !isWhole(facts)) throw damagedBy(this.#home.db);
      const { id, command, createdAt, stateSince } = row;
      const shown = state === "applying" && killed ? "interrupted" : state;
      return { ...facts, id, command, createdAt, stateSince, state: shown, folder: this.#folderOf(id) };
    });
  }

  #folderOf(id: string): string {
    return join(this.#home.folder, "runs", id);
  }

  #drawId(now: number): string {
    const time = new Date((now + 9 * 3600) * 1000).toISOString();
    const start = `${time.slice(0, 10).replaceAll("-", "")}-${time.slice(11, 19).replaceAll(":", "")}`;
    for (;;) {
      const id = `${start}-${randomInt(36 ** 4).toString(36).padStart(4, "0")}`;
      if (!existsSync(this.#folderOf(id))) return id;
    }
  }

  /** A folder in which something was done is no stray: the registry is an older copy, and the journal all that can take it back. */
  #removeStrays(): void {
    const all = join(this.#home.folder, "runs");
    makePrivateFolder(all);
    const known = new Set(this.#home.db.prepare<[], string>("select id from runs").pluck().all());
    for (const name of readdirSync(all)) {
      if (!idPattern.test(name) || known.has(name) || this.#prepared.has(name) || hasJournal(join(all, name, "run.db"))) continue;
      rmSync(join(all, name), { recursive: true, force: true });
    }
  }
}

function lifetimeOf(command: string): number {
  return PLAN_LIFETIMES[command] ?? Number.POSITIVE_INFINITY;
}

/** Unix seconds at which a plan expires; Infinity for commands whose plans do not. */
function expiryOf(run: Run): number {
  return run.createdAt + lifetimeOf(run.command);
}

/** Whether anything is in the journal of a run's file. One that cannot be read was never finished: nothing counts before. */
function hasJournal(file: string): boolean {
  if (!existsSync(file)) return false;
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare("select exists (select 1 from journal)").pluck().get() === 1;
  } catch (error) {
    if (error instanceof Database.SqliteError) return false;
    throw error;
  } finally {
    db.close();
  }
}

/** Whether every fact is there that others build on. */
function isWhole(facts: unknown): boolean {
  const of = (value: unknown, name: string): unknown => (typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined);
  const areTexts = (["appId", "operator", "host"] as const).every((name) => typeof of(facts, name) === "string");
  const areObjects = (["counts", "digests", "files"] as const).every((name) => typeof of(facts, name) === "object" && of(facts, name) !== null);
  return areTexts && areObjects && typeof of(of(facts, "digests"), "plan") === "string" && of(facts, "snapshot") !== undefined;
}
