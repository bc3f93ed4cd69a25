import { createHash, type Hash } from "node:crypto";
import type { KakaoUser, ReadState } from "../core/kakao-user.ts";
import { KEY_NAMES, type KeyName } from "../core/member.ts";
import type { Comparison } from "../core/matching/kept-hashes.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { Cipher } from "./encryption.ts";
import { removeStateFile, syncToDisk } from "./folder.ts";
import { guardWrite, openBulkFile, type StateDatabase, type StateFileKind } from "./state-file.ts";
import { encodeUsers } from "./user-block.ts";

/** Users a sealed block: sealing costs 0.44 µs a user in blocks of 1,000 and 12 µs alone. */
export const USERS_A_BLOCK = 1000;

/** A snapshot file holds one generation; it is written once and then only read, wiped by removing it. */
export const snapshotFileKind: StateFileKind = {
  version: 1,
  damagedCode: "snapshot-damaged",
  damagedHint: "Take a new snapshot: kakao-sync pull. It reads everything again and does not need the damaged one.",
  schema: `
    create table blocks (
      number integer primary key,
      first_id integer not null unique,
      ids blob not null,    -- 8 bytes a user, little endian, ascending
      marks blob not null,  -- 4 bytes a user: Unix seconds at which details were read, 0: read them again
      sealed blob not null  -- the users (user-block.ts)
    ) strict;
    create table changes (kind text not null, id integer not null, primary key (kind, id)) strict, without rowid;`,
};

/** What a snapshot holds, summed up. */
export interface SnapshotCounts {
  readonly users: number;
  readonly states: Readonly<Record<ReadState, number>>;
  /** Users with a usable value of the key, or the hash that is left of it. */
  readonly usable: Readonly<Record<KeyName, number>>;
  /** CIs as they are. */
  readonly cis: number;
  /** Users of whom not even hashes are left: the next pull reads them again. */
  readonly forgotten: number;
}

/** Sealed with the generation, so that blocks can be neither taken away nor added. */
export interface Manifest {
  readonly generation: number;
  readonly blocks: number;
  readonly idsDigest: string;
  readonly counts: SnapshotCounts;
  /** Of the hashes that are left of wiped users; null without any. */
  readonly comparison: Comparison | null;
}

/** A sealed manifest; one that was written before there were wiped users says nothing of them. */
export function parseManifest(text: string): Manifest {
  const { counts, comparison = null, ...rest }: Omit<Manifest, "counts" | "comparison"> & { counts: Omit<SnapshotCounts, "cis" | "forgotten">; comparison?: Comparison | null } = JSON.parse(text);
  return { ...rest, comparison, counts: { cis: counts.usable.ci, forgotten: 0, ...counts, states: { ...counts.states, wiped: counts.states.wiped ?? 0 } } };
}

/** What ties a block to its place: app, generation, number, and the ids and marks that stand beside it in clear. */
export function blockSeal(appId: string, generation: number, number: number, ids: Uint8Array, marks: Uint8Array): string {
  const beside = createHash("sha256").update(ids).update(marks).digest("base64");
  return `snapshot block|${appId}|${generation}|${number}|${beside}`;
}

export interface SnapshotWriter {
  /** Users in ascending order of their ids. `readAt`: Unix seconds, 0 where details must be read again. */
  add(user: KakaoUser, readAt: number): void;
  addChange(kind: string, id: bigint): void;
  /** Seals the last block, brings the file to the disk and closes it. `comparison` is that of the wiped users' hashes. */
  finish(comparison?: Comparison | null): Manifest;
  /** Closes and removes what was written. */
  discard(): void;
}

/** Starts a snapshot file; what a crash left under that name is removed first. */
export function createSnapshotFile(path: string, cipher: Cipher, appId: string, generation: number): SnapshotWriter {
  removeStateFile(path);
  return new Writer(openBulkFile(path, snapshotFileKind), path, cipher, appId, generation);
}

class Writer implements SnapshotWriter {
  readonly #db: StateDatabase;
  readonly #path: string;
  readonly #cipher: Cipher;
  readonly #appId: string;
  readonly #generation: number;
  readonly #digest: Hash = createHash("sha256");
  readonly #states: Record<ReadState, number> = { read: 0, young: 0, unanswered: 0, preregistered: 0, wiped: 0 };
  readonly #usable: Record<KeyName, number> = { ci: 0, phone: 0, email: 0 };
  readonly #insertBlock;
  readonly #insertChange;
  readonly #ids = new BigUint64Array(USERS_A_BLOCK);
  readonly #marks = new Uint32Array(USERS_A_BLOCK);
  #users: KakaoUser[] = [];
  #last = 0n;
  #count = 0;
  #blocks = 0;
  #cis = 0;
  #forgotten = 0;

  constructor(db: StateDatabase, path: string, cipher: Cipher, appId: string, generation: number) {
    this.#db = db;
    this.#path = path;
    this.#cipher = cipher;
    this.#appId = appId;
    this.#generation = generation;
    this.#insertBlock = db.prepare("insert into blocks (number, first_id, ids, marks, sealed) values (?, ?, ?, ?, ?)");
    this.#insertChange = db.prepare("insert into changes (kind, id) values (?, ?)");
    db.exec("begin");
  }

  add(user: KakaoUser, readAt: number): void {
    const id = BigInt(user.id);
    if (id <= this.#last) throw new Error("the users of a snapshot come in ascending order of their ids");
    this.#last = id;
    this.#ids[this.#users.length] = id;
    this.#marks[this.#users.length] = readAt;
    this.#users.push(user);
    this.#tally(user, readAt);
    if (this.#users.length === USERS_A_BLOCK) this.#flush();
  }

  addChange(kind: string, id: bigint): void {
    guardWrite(this.#db, () => this.#insertChange.run(kind, id));
  }

  finish(comparison: Comparison | null = null): Manifest {
    this.#flush();
    guardWrite(this.#db, () => this.#db.exec("commit"));
    this.#db.close();
    syncToDisk(this.#path);
    const counts = { users: this.#count, states: this.#states, usable: this.#usable, cis: this.#cis, forgotten: this.#forgotten };
    const isCompared = this.#states.wiped > this.#forgotten;
    return { generation: this.#generation, blocks: this.#blocks, idsDigest: this.#digest.digest("base64"), counts, comparison: isCompared ? comparison : null };
  }

  discard(): void {
    this.#db.close();
    removeStateFile(this.#path);
  }

  #tally(user: KakaoUser, readAt: number): void {
    this.#count += 1;
    this.#states[user.state] += 1;
    if (user.state === "wiped" && readAt === 0) this.#forgotten += 1;
    if (user.state === "read" && typeof user.ci === "string") this.#cis += 1;
    for (const key of KEY_NAMES) if (typeof user[key] === "string") this.#usable[key] += 1;
  }

  #flush(): void {
    const length = this.#users.length;
    if (length === 0) return;
    const ids = Buffer.from(this.#ids.slice(0, length).buffer);
    const marks = Buffer.from(this.#marks.slice(0, length).buffer);
    this.#digest.update(ids).update(marks);
    const seal = blockSeal(this.#appId, this.#generation, this.#blocks, ids, marks);
    const sealed = this.#cipher.seal(encodeUsers(this.#users), seal);
    guardWrite(this.#db, () => this.#insertBlock.run(this.#blocks, this.#ids[0], ids, marks, sealed));
    this.#blocks += 1;
    this.#users = [];
  }
}

/** The error for a snapshot whose bytes are not those that were written. */
export function snapshotDamaged(path: string, cause?: unknown): StartError {
  return new StartError({
    code: snapshotFileKind.damagedCode,
    message: say`The snapshot ${path} is damaged, cut off or incomplete.`,
    hint: snapshotFileKind.damagedHint,
    cause,
  });
}
