import type { Statement } from "better-sqlite3";
import { createHash } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import type { KakaoUser } from "../core/kakao-user.ts";
import type { Comparison } from "../core/matching/kept-hashes.ts";
import { BrokenSeal, type Cipher } from "./encryption.ts";
import { blockSeal, type Manifest, type SnapshotCounts, snapshotDamaged, snapshotFileKind } from "./snapshot-file.ts";
import { explainSqliteError, openForReading, readPages, type StateDatabase } from "./state-file.ts";
import { decodeUsers } from "./user-block.ts";

/** How the ids of a completed listing differ from those of the listing before; `relinked` has another link date, where that was asked for. */
export const CHANGE_KINDS = ["new", "gone", "returned", "relinked"] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What is known of a snapshot without reading it. */
export interface SnapshotFacts {
  readonly generation: number;
  /** `app`: a completed listing of the app; `file`: users that the operator brought, of whom nobody knows whether they are all. */
  readonly source: "app" | "file";
  /** Unix seconds: the start of the listing. */
  readonly takenAt: number;
  /** Unix seconds. */
  readonly completedAt: number;
  /** Kakao's property keys that were asked for. */
  readonly properties: readonly string[];
}

/** A finished snapshot, read only. Every method throws StartError `snapshot-damaged` where the bytes are not those that were written. */
export interface Snapshot extends SnapshotFacts {
  /** True for a completed listing: an id that is not in it is not linked. */
  readonly complete: boolean;
  readonly count: number;
  readonly counts: SnapshotCounts;
  /** What the hashes of wiped users can be compared with; null while there are none. */
  readonly comparison: Comparison | null;
  /** All ids, ascending: 8 bytes a user, no details opened. */
  ids(): BigUint64Array;
  /** All users in ascending order of their ids, in blocks of 1,000. */
  blocks(): Iterable<readonly KakaoUser[]>;
  find(id: KakaoId): KakaoUser | undefined;
  /** Ids that the listing before did not have, no longer has, or had lost earlier (those are among the new ones too), or with another link date; ascending. */
  changes(kind: ChangeKind): Iterable<KakaoId>;
  close(): void;
}

/** A user with when the details were read: what the next pull goes on from. */
export interface ReadUser {
  readonly user: KakaoUser;
  /** Unix seconds; 0: to be read again. */
  readonly readAt: number;
}

interface BlockRow {
  readonly number: bigint;
  readonly ids: Buffer;
  readonly marks: Buffer;
  readonly sealed: Buffer;
}

/** Opens a snapshot file against its manifest. */
export function openSnapshot(path: string, cipher: Cipher, appId: string, facts: SnapshotFacts, manifest: Manifest): OpenSnapshot {
  return new OpenSnapshot(path, cipher, appId, facts, manifest);
}

export class OpenSnapshot implements Snapshot {
  readonly generation: number;
  readonly source: "app" | "file";
  readonly takenAt: number;
  readonly completedAt: number;
  readonly properties: readonly string[];
  readonly complete: boolean;
  readonly count: number;
  readonly counts: SnapshotCounts;
  readonly comparison: Comparison | null;
  readonly #path: string;
  readonly #cipher: Cipher;
  readonly #appId: string;
  readonly #manifest: Manifest;
  readonly #db: StateDatabase;

  constructor(path: string, cipher: Cipher, appId: string, facts: SnapshotFacts, manifest: Manifest) {
    this.generation = facts.generation;
    this.source = facts.source;
    this.takenAt = facts.takenAt;
    this.completedAt = facts.completedAt;
    this.properties = facts.properties;
    this.complete = facts.source === "app";
    this.count = manifest.counts.users;
    this.counts = manifest.counts;
    this.comparison = manifest.comparison;
    this.#path = path;
    this.#cipher = cipher;
    this.#appId = appId;
    this.#manifest = manifest;
    this.#db = openForReading(path, snapshotFileKind);
  }

  ids(): BigUint64Array {
    const all = new BigUint64Array(this.count);
    const digest = createHash("sha256");
    let at = 0;
    for (const row of this.#blockRows("x''")) {
      const ids = idsOf(row);
      if (at + ids.length > all.length) throw snapshotDamaged(this.#path);
      all.set(ids, at);
      at += ids.length;
      digest.update(row.ids).update(row.marks);
    }
    if (at !== all.length || digest.digest("base64") !== this.#manifest.idsDigest) throw snapshotDamaged(this.#path);
    return all;
  }

  *blocks(): Iterable<readonly KakaoUser[]> {
    for (const [, users] of this.#openBlocks()) yield users;
  }

  /** As `blocks`, a user at a time and with the time of reading. */
  *readUsers(): Iterable<ReadUser> {
    for (const [row, users] of this.#openBlocks()) {
      const marks = marksOf(row);
      for (let at = 0; at < users.length; at += 1) {
        const user = users[at];
        if (user !== undefined) yield { user, readAt: marks[at] ?? 0 };
      }
    }
  }

  find(id: KakaoId): KakaoUser | undefined {
    const row = this.#guarded(() => this.#blockAround("sealed").get(BigInt(id)));
    return row === undefined ? undefined : this.#openBlock(row).find((user) => user.id === id);
  }

  *changes(kind: ChangeKind): Iterable<KakaoId> {
    const select = `select id from changes where kind = '${kind}' and id > ? order by id limit ?`;
    const rows = this.#db.prepare<[bigint, number], bigint>(select).pluck().safeIntegers();
    for (const id of readPages(rows, 0n, (row) => row)) yield String(id);
  }

  /** The time of reading of each of these ids (ascending order is fastest): undefined where the snapshot does not have the id. */
  lookUpReadTimes(): (id: bigint) => number | undefined {
    const select = this.#blockAround("x''");
    let ids = new BigUint64Array(0);
    let marks = new Uint32Array(0);
    return (id) => {
      if (!covers(ids, id)) {
        const row = this.#guarded(() => select.get(id));
        if (row === undefined) return undefined;
        ids = idsOf(row);
        marks = marksOf(row);
      }
      const at = findIn(ids, id);
      return at < 0 ? undefined : marks[at];
    };
  }

  /** How many users' details were read before a time (Unix seconds), or are to be read again. */
  countReadBefore(time: number): number {
    let count = 0;
    for (const row of this.#blockRows("x''")) for (const readAt of marksOf(row)) if (readAt === 0 || readAt < time) count += 1;
    return count;
  }

  /** Reads every byte once; throws where something is wrong. */
  verify(): void {
    this.ids();
    const blocks = this.#openBlocks()[Symbol.iterator]();
    while (blocks.next().done !== true);
  }

  close(): void {
    this.#db.close();
  }

  *#openBlocks(): Iterable<[BlockRow, KakaoUser[]]> {
    let number = 0;
    for (const row of this.#blockRows("sealed")) {
      if (Number(row.number) !== number) throw snapshotDamaged(this.#path);
      number += 1;
      yield [row, this.#openBlock(row)];
    }
    if (number !== this.#manifest.blocks) throw snapshotDamaged(this.#path);
  }

  #openBlock(row: BlockRow): KakaoUser[] {
    try {
      const seal = blockSeal(this.#appId, this.generation, Number(row.number), row.ids, row.marks);
      return decodeUsers(this.#cipher.open(row.sealed, seal));
    } catch (error) {
      throw error instanceof BrokenSeal ? snapshotDamaged(this.#path, error) : error;
    }
  }

  /** The blocks one by one: nothing stays open in between. */
  *#blockRows(sealed: "sealed" | "x''"): Iterable<BlockRow> {
    const select = `select number, ids, marks, ${sealed} as sealed from blocks where number >= ? order by number limit 1`;
    const next = this.#db.prepare<[bigint], BlockRow>(select).safeIntegers();
    const read = (from: bigint): BlockRow | undefined => this.#guarded(() => next.get(from));
    for (let row = read(0n); row !== undefined; row = read(row.number + 1n)) yield row;
  }

  #blockAround(sealed: "sealed" | "x''"): Statement<[bigint], BlockRow> {
    const select = `select number, ids, marks, ${sealed} as sealed from blocks where first_id <= ? order by first_id desc limit 1`;
    return this.#db.prepare<[bigint], BlockRow>(select).safeIntegers();
  }

  #guarded<Result>(read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw explainSqliteError(error, this.#path, snapshotFileKind) ?? error;
    }
  }
}

function idsOf(row: BlockRow): BigUint64Array<ArrayBuffer> {
  return new BigUint64Array(copyOf(row.ids));
}

function marksOf(row: BlockRow): Uint32Array<ArrayBuffer> {
  return new Uint32Array(copyOf(row.marks));
}

/** Typed arrays need an aligned start, which a Buffer does not promise. */
function copyOf(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

function covers(ids: BigUint64Array, id: bigint): boolean {
  const first = ids[0];
  const last = ids[ids.length - 1];
  return first !== undefined && last !== undefined && first <= id && id <= last;
}

/** Reads every byte of a snapshot that was opened for that alone. Throws StartError `snapshot-damaged`. */
export function verifyAndClose(snapshot: OpenSnapshot): void {
  try {
    snapshot.verify();
  } finally {
    snapshot.close();
  }
}

function findIn(ids: BigUint64Array, id: bigint): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const value = ids[middle] ?? 0n;
    if (value === id) return middle;
    if (value < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
