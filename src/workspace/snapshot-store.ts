import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { KakaoId } from "../core/kakao-id.ts";
import type { KakaoUser } from "../core/kakao-user.ts";
import { OperatorError } from "../errors.ts";
import { BrokenSeal } from "./encryption.ts";
import { removeStateFile } from "./folder.ts";
import { importInto } from "./import-users.ts";
import { Pull, type PullCompletion, type PullFacts, type PullPlan } from "./pull.ts";
import { mergeInto } from "./pull-merge.ts";
import { pullFileKind, type PullProgress, PullStaging } from "./pull-staging.ts";
import { ReadAgain } from "./read-again.ts";
import { openSnapshot, verifyAndClose, type OpenSnapshot, type Snapshot, type SnapshotFacts } from "./snapshot.ts";
import { createSnapshotFile, type Manifest, snapshotDamaged, type SnapshotWriter } from "./snapshot-file.ts";
import { factsOf, type SnapshotHome, type SnapshotRow, SnapshotRows } from "./snapshot-rows.ts";
import { openForReading, openStateFile, parseStored, type StateDatabase, transactDurably } from "./state-file.ts";
import { copyInto, wipeInto, type Wiping } from "./wipe-into.ts";

/** A time behind every time of reading: those are stored in four bytes. */
const everything = 2 ** 32;

/** What a pull that is not done with has read. */
export interface StagedCis {
  /** The pull's. */
  readonly id: string;
  readonly cis: number;
  /** True where its snapshot stands, and only its files are left. */
  readonly isOver: boolean;
}

/**
 * The app's Kakao users: at most one current generation of the app and any number that came from files, each a file of its own
 * (`snapshot-<n>.db`), so that wiping one gives its space back at once. Whoever changes something holds the workspace's lock.
 */
export class SnapshotStore {
  readonly #home: SnapshotHome;
  readonly #rows: SnapshotRows;

  /** Whom the next pull reads again. */
  readonly readAgain: ReadAgain;

  constructor(home: SnapshotHome) {
    this.#home = home;
    this.#rows = new SnapshotRows(home);
    this.readAgain = new ReadAgain(home.db);
  }

  /** The last completed listing of the app, or null. Close it after use. */
  snapshot(): Snapshot | null {
    const row = this.#rows.list().find((one) => one.source === "app");
    return row === undefined ? null : this.#open(row);
  }

  /** What is known of the last completed listing without reading it; null where there is none, or it is damaged: a pull needs neither. */
  last(): Pick<Snapshot, "count" | "counts" | "takenAt" | "properties"> | null {
    const snapshot = unlessDamaged(() => this.snapshot());
    snapshot?.close();
    return snapshot;
  }

  /** How many users of the last completed listing a pull reads that takes details from before `time` (Unix seconds) for old; some may be counted twice. 0 where there is none, or it is damaged. */
  countDue(time: number): number {
    const row = this.#rows.list().find((one) => one.source === "app");
    const snapshot = row === undefined ? null : unlessDamaged(() => this.#open(row));
    try {
      return (unlessDamaged(() => snapshot?.countReadBefore(time) ?? 0) ?? 0) + this.readAgain.count;
    } finally {
      snapshot?.close();
    }
  }

  /** The snapshot of a generation (a plan names it), or null when it was wiped or replaced since. */
  open(generation: number): Snapshot | null {
    const row = this.#rows.list().find((one) => one.generation === generation);
    return row === undefined ? null : this.#open(row);
  }

  /** All snapshots there are, without opening them. */
  list(): SnapshotFacts[] {
    return this.#rows.list().map((row) => factsOf(this.#home.db, row));
  }

  /** CIs in all snapshots. Throws StartError `snapshot-damaged`. */
  countCis(): number {
    return this.#rows.list().reduce((sum, row) => sum + this.#rows.readManifest(row).counts.cis, 0);
  }

  /** CIs that an unfinished pull has read; null without one. Throws StartError `pull-damaged`. */
  countStagedCis(): StagedCis | null {
    if (!this.hasUnfinishedPull()) return null;
    const db = openForReading(this.#pullFile, pullFileKind);
    try {
      const facts = this.#storedFacts(db);
      return facts === null ? null : { id: facts.id, cis: this.#stagingOf(db, facts).countCis(), isOver: this.#isOver(facts) };
    } finally {
      db.close();
    }
  }

  /** Destroys what an unfinished pull has read, whole or damaged. */
  discardPull(): void {
    removeStateFile(this.#pullFile);
  }

  /** Reads every byte of each snapshot. Throws StartError `snapshot-damaged`. */
  verifyAll(): void {
    for (const row of this.#rows.list()) verifyAndClose(this.#open(row));
  }

  /** When a snapshot first no longer had the id (Unix seconds); null where none has missed it, or it came back. */
  goneSince(id: KakaoId): number | null {
    return this.#home.db.prepare<[bigint], number>("select gone_at from gone_ids where id = ?").pluck().get(BigInt(id)) ?? null;
  }

  /** Starts a pull; an unfinished one is thrown away. A damaged snapshot is not gone on from: everything is read again. */
  beginPull(plan: PullPlan): Pull {
    this.#sweep();
    removeStateFile(this.#pullFile);
    const base = this.#openIntact((row) => row.source === "app");
    const known = base !== null && plan.properties.every((property) => base.properties.includes(property));
    const facts: PullFacts = {
      id: randomBytes(12).toString("hex"),
      generation: this.#rows.nextGeneration(),
      startedAt: Math.max(plan.now, this.#rows.lastTakenAt() + 1),
      properties: plan.properties,
      refreshBefore: known && plan.startsOver !== true ? plan.refreshBefore : everything,
      startsOver: plan.startsOver === true,
      base: base?.generation ?? null,
    };
    const db = openStateFile(this.#pullFile, pullFileKind);
    db.prepare("insert into pull (name, value) values ('facts', ?)").run(JSON.stringify(facts));
    return this.#startPull(db, facts, base);
  }

  /** What an unfinished pull was to do, and how far it has come; null without one. Nothing is changed. Throws StartError `pull-damaged`. */
  lookAtPull(): ({ readonly facts: PullFacts } & PullProgress) | null {
    if (!this.hasUnfinishedPull()) return null;
    const db = openForReading(this.#pullFile, pullFileKind);
    try {
      const facts = this.#readPullFacts(db);
      return facts === null ? null : { facts, ...this.#stagingOf(db, facts).countProgress() };
    } finally {
      db.close();
    }
  }

  hasUnfinishedPull(): boolean {
    return existsSync(this.#pullFile);
  }

  /** The unfinished pull, ready to go on, or null. Throws StartError `pull-damaged`. */
  resumePull(): Pull | null {
    this.#sweep();
    if (!existsSync(this.#pullFile)) return null;
    const db = openStateFile(this.#pullFile, pullFileKind);
    const facts = this.#readPullFacts(db);
    if (facts === null) {
      db.close();
      removeStateFile(this.#pullFile);
      return null;
    }
    const generation = facts.base === null ? null : this.#rows.latestOf(facts.base);
    const base = generation === null ? null : this.#openIntact((row) => row.generation === generation);
    if (generation !== null && base === null) {
      // What it was to keep of the snapshot before is no more: nothing of it can be gone on with.
      db.close();
      removeStateFile(this.#pullFile);
      return null;
    }
    return this.#startPull(db, facts, base);
  }

  /** Users that the operator brought, in any order, as a snapshot of its own. Throws StartError `kakao-id-twice`. */
  async importUsers(users: Iterable<KakaoUser> | AsyncIterable<KakaoUser>, now: number): Promise<Snapshot> {
    this.#sweep();
    const facts: SnapshotFacts = { generation: this.#rows.nextGeneration(), source: "file", takenAt: now, completedAt: now, properties: [] };
    const manifest = await this.#write(facts.generation, (writer) => importInto(writer, users, now, this.#importFile, this.#home.cipher()));
    transactDurably(this.#home.db, () => this.#rows.insert(facts, manifest));
    return this.#openAgain(facts.generation);
  }

  /**
   * Rewrites a snapshot with less in it, under a new generation, and removes the old file. Killed on the way, either of them stands. Where nothing is to go,
   * nothing is written.
   */
  wipeDetails(generation: number, { wipe, comparison, announce }: Wiping): Promise<void> {
    return this.#rewrite(generation, (writer, old) => wipeInto(writer, old, wipe, comparison), announce);
  }

  /** Writes a snapshot anew as it is, sealed with the newest key. */
  sealAnew(generation: number): Promise<void> {
    return this.#rewrite(generation, copyInto);
  }

  async #rewrite(generation: number, write: (writer: SnapshotWriter, old: OpenSnapshot) => Manifest | null, announce: () => void = () => undefined): Promise<void> {
    this.#sweep();
    const row = this.#rows.list().find((one) => one.generation === generation);
    if (row === undefined) throw new Error(`there is no snapshot ${generation}`);
    const facts = { ...factsOf(this.#home.db, row), generation: this.#rows.nextGeneration() };
    const old = this.#open(row);
    try {
      const writer = createSnapshotFile(this.#rows.fileOf(facts.generation), this.#home.cipher(), this.#home.appId, facts.generation);
      const manifest = write(writer, old);
      if (manifest === null) return;
      announce();
      transactDurably(this.#home.db, () => {
        this.#rows.delete(generation);
        this.#rows.insert(facts, manifest);
        this.#rows.succeed(generation, facts.generation);
      });
    } finally {
      old.close();
      this.#sweep();
    }
  }

  /** Removes a snapshot with everything in it. */
  wipe(generation: number): void {
    transactDurably(this.#home.db, () => this.#rows.delete(generation));
    this.#home.db.pragma("wal_checkpoint(TRUNCATE)");
    this.#sweep();
  }

  get #pullFile(): string {
    return join(this.#home.folder, "pull.db");
  }

  get #importFile(): string {
    return join(this.#home.folder, "import.db");
  }

  #startPull(db: StateDatabase, facts: PullFacts, base: OpenSnapshot | null): Pull {
    const staging = this.#stagingOf(db, facts);
    const close = (): void => {
      base?.close();
      db.close();
    };
    const end = (): void => {
      close();
      removeStateFile(this.#pullFile);
    };
    return new Pull(db, facts, staging, { base, isAsked: this.readAgain.look() }, {
      abandon: end,
      complete: (now, wiperFor, announce) => {
        const made = this.#completePull(facts, staging, base, now, wiperFor);
        try {
          announce(made);
        } catch (error) {
          // What it has read must yet be told of: by whoever comes next.
          close();
          throw error;
        }
        end();
        this.#sweep();
      },
    });
  }

  #completePull(pull: PullFacts, staging: PullStaging, base: OpenSnapshot | null, now: number, wiperFor: PullCompletion["wiperFor"]) {
    const anyGone = this.#home.db.prepare<[], number>("select exists (select 1 from gone_ids)").pluck().get() === 1;
    const isGone = this.#home.db.prepare<[bigint], number>("select 1 from gone_ids where id = ?").pluck();
    const writer = createSnapshotFile(this.#rows.fileOf(pull.generation), this.#home.cipher(), this.#home.appId, pull.generation);
    try {
      const isAsked = this.readAgain.look();
      const kept = base?.comparison ?? null;
      const wiper = kept === null || pull.startsOver === true ? null : (wiperFor?.(kept) ?? null);
      const { stillWiped, ...changes } = mergeInto(writer, { staging, base, readAt: pull.startedAt, wasGone: (id) => anyGone && isGone.get(id) === 1, isAsked, wiper });
      const manifest = writer.finish(kept);
      const { id, generation, startedAt: takenAt, properties } = pull;
      this.#flip({ generation, source: "app", takenAt, completedAt: now, properties }, manifest, id, stillWiped);
      return { changes, counts: manifest.counts };
    } catch (error) {
      writer.discard();
      throw error;
    }
  }

  /** The one moment at which the new generation takes the place of the old one. */
  #flip(facts: SnapshotFacts, manifest: Manifest, pullId: string, stillWiped: readonly bigint[]): void {
    const opened = openSnapshot(this.#rows.fileOf(facts.generation), this.#home.cipher(), this.#home.appId, facts, manifest);
    const { db } = this.#home;
    const remember = db.prepare("insert or replace into gone_ids (id, gone_at) values (?, ?)");
    const forget = db.prepare("delete from gone_ids where id = ?");
    try {
      transactDurably(db, () => {
        for (const id of opened.changes("gone")) remember.run(BigInt(id), facts.takenAt);
        for (const id of opened.changes("returned")) forget.run(BigInt(id));
        db.prepare("delete from snapshots where source = 'app'").run();
        this.#rows.forgetSuccessors();
        this.#rows.insert(facts, manifest);
        this.readAgain.replaceAll(stillWiped);
        db.prepare("insert or replace into meta (name, value) values ('completed_pull', ?)").run(pullId);
        db.prepare("insert or replace into meta (name, value) values ('last_taken_at', ?)").run(String(facts.takenAt));
      });
    } finally {
      opened.close();
    }
  }

  async #write(generation: number, fill: (writer: SnapshotWriter) => Promise<void> | void): Promise<Manifest> {
    const writer = createSnapshotFile(this.#rows.fileOf(generation), this.#home.cipher(), this.#home.appId, generation);
    try {
      await fill(writer);
      return writer.finish();
    } catch (error) {
      writer.discard();
      throw error;
    }
  }

  /** The snapshot with every byte of it read; null where there is none, or it is damaged. */
  #openIntact(isWanted: (row: SnapshotRow) => boolean): OpenSnapshot | null {
    const row = this.#rows.list().find(isWanted);
    const base = row === undefined ? null : unlessDamaged(() => this.#open(row));
    const isIntact = unlessDamaged(() => base?.verify() ?? true);
    if (isIntact !== null) return base;
    base?.close();
    return null;
  }

  #readPullFacts(db: StateDatabase): PullFacts | null {
    const facts = this.#storedFacts(db);
    return facts === null || this.#isOver(facts) ? null : facts;
  }

  /** Null where it was killed before it began. */
  #storedFacts(db: StateDatabase): PullFacts | null {
    const value = db.prepare<[], string>("select value from pull where name = 'facts'").pluck().get();
    return value === undefined ? null : parseStored<PullFacts>(db, value);
  }

  #isOver({ id }: PullFacts): boolean {
    return this.#home.db.prepare<[], string>("select value from meta where name = 'completed_pull'").pluck().get() === id;
  }

  #stagingOf(db: StateDatabase, { id }: PullFacts): PullStaging {
    return new PullStaging(db, this.#pullFile, this.#home.cipher(), this.#home.appId, id);
  }

  #open(row: SnapshotRow): OpenSnapshot {
    const path = this.#rows.fileOf(row.generation);
    const cipher = this.#home.cipher();
    try {
      return openSnapshot(path, cipher, this.#home.appId, factsOf(this.#home.db, row), this.#rows.readManifest(row));
    } catch (error) {
      throw error instanceof BrokenSeal ? snapshotDamaged(path, error) : error;
    }
  }

  #openAgain(generation: number): Snapshot {
    const opened = this.open(generation);
    if (opened === null) throw new Error(`snapshot ${generation} is not there`);
    return opened;
  }

  /** Removes files of snapshots that a crash left half-written or that could not be removed while something read them. */
  #sweep(): void {
    const wanted = new Set(this.#rows.list().map((row) => `snapshot-${row.generation}.db`));
    for (const name of readdirSync(this.#home.folder)) {
      if (/^snapshot-\d+\.db$/u.test(name) && !wanted.has(name)) removeStateFile(join(this.#home.folder, name));
    }
    removeStateFile(this.#importFile);
  }
}

/** Null where a snapshot is damaged. */
function unlessDamaged<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof OperatorError && error.code === "snapshot-damaged") return null;
    throw error;
  }
}
