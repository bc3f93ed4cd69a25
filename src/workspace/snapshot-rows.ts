import { join } from "node:path";
import { BrokenSeal, type Cipher } from "./encryption.ts";
import type { SnapshotFacts } from "./snapshot.ts";
import { type Manifest, parseManifest, snapshotDamaged } from "./snapshot-file.ts";
import { parseStored, type StateDatabase, transact } from "./state-file.ts";

/** What the store needs of its workspace. */
export interface SnapshotHome {
  readonly folder: string;
  readonly appId: string;
  readonly db: StateDatabase;
  readonly cipher: () => Cipher;
}

/** Names in `meta` the generation that took the place of another one. */
const successor = "successor_";

export interface SnapshotRow {
  readonly generation: number;
  readonly source: "app" | "file";
  readonly takenAt: number;
  readonly completedAt: number;
  readonly properties: string;
  readonly manifest: Buffer;
}

/** The snapshots as `workspace.db` knows them, a row each: that is what makes a file count. Whoever changes several at once does so in a transaction. */
export class SnapshotRows {
  readonly #home: SnapshotHome;

  constructor(home: SnapshotHome) {
    this.#home = home;
  }

  /** The newest generation first. */
  list(): SnapshotRow[] {
    const select = `select generation, source, taken_at as "takenAt", completed_at as "completedAt", properties, manifest from snapshots order by generation desc`;
    return this.#home.db.prepare<[], SnapshotRow>(select).all();
  }

  fileOf(generation: number): string {
    return join(this.#home.folder, `snapshot-${generation}.db`);
  }

  /** Throws StartError `snapshot-damaged`. */
  readManifest(row: SnapshotRow): Manifest {
    try {
      return parseManifest(this.#home.cipher().open(row.manifest, this.#manifestSeal(row.generation)).toString("utf8"));
    } catch (error) {
      throw error instanceof BrokenSeal ? snapshotDamaged(this.fileOf(row.generation), error) : error;
    }
  }

  insert(facts: SnapshotFacts, manifest: Manifest): void {
    const sealed = this.#home.cipher().seal(Buffer.from(JSON.stringify(manifest)), this.#manifestSeal(facts.generation));
    this.#home.db
      .prepare("insert into snapshots (generation, source, taken_at, completed_at, properties, manifest) values (?, ?, ?, ?, ?, ?)")
      .run(facts.generation, facts.source, facts.takenAt, facts.completedAt, JSON.stringify(facts.properties), sealed);
  }

  delete(generation: number): void {
    this.#home.db.prepare("delete from snapshots where generation = ?").run(generation);
  }

  /** Notes which generation has taken the place of another. */
  succeed(generation: number, by: number): void {
    this.#home.db.prepare("insert or replace into meta (name, value) values (?, ?)").run(`${successor}${generation}`, String(by));
  }

  /** A new listing stands for itself. */
  forgetSuccessors(): void {
    this.#home.db.prepare("delete from meta where name glob ?").run(`${successor}*`);
  }

  /** The generation that a snapshot has by now, its details having been wiped since. */
  latestOf(generation: number): number {
    const next = this.#home.db.prepare<[string], string>("select value from meta where name = ?").pluck();
    let latest = generation;
    for (let found = next.get(`${successor}${latest}`); found !== undefined; found = next.get(`${successor}${latest}`)) latest = Number(found);
    return latest;
  }

  /** No listing begins at or before the time of an earlier one, whatever the clock says: whose details a plan has used is known by when they were read. */
  lastTakenAt(): number {
    const last = this.#home.db.prepare<[], string>("select value from meta where name = 'last_taken_at'").pluck().get();
    return Math.max(Number(last ?? 0), ...this.list().filter(({ source }) => source === "app").map(({ takenAt }) => takenAt));
  }

  /** Generations are never used twice: a block of a removed one can never pass for a block of a later one. */
  nextGeneration(): number {
    const { db } = this.#home;
    return transact(db, () => {
      const last = Number(db.prepare("select value from meta where name = 'last_generation'").pluck().get() ?? 0);
      db.prepare("insert or replace into meta (name, value) values ('last_generation', ?)").run(String(last + 1));
      return last + 1;
    });
  }

  #manifestSeal(generation: number): string {
    return `snapshot manifest|${this.#home.appId}|${generation}`;
  }
}

/** What a row says without its manifest. */
export function factsOf(db: StateDatabase, row: SnapshotRow): SnapshotFacts {
  const { generation, source, takenAt, completedAt } = row;
  const properties = parseStored<string[]>(db, row.properties);
  return { generation, source, takenAt, completedAt, properties };
}
