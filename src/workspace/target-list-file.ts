import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { BrokenSeal, type Cipher } from "./encryption.ts";
import { explainSqliteError, guardWrite, type StateDatabase, type StateFileKind, transact, transactDurably } from "./state-file.ts";

/** Lists by number: a list whose number is not among `lists` is being written, or was left by a killed run. */
export const targetFileKind: StateFileKind = {
  version: 1,
  damagedCode: "target-lists-damaged",
  damagedHint:
    "Restore targets.db, but only from a copy made after the last upload: an older one has forgotten whom a customer file was given since. Without one, move targets.db away: the next CSV export then comes without removed.csv, and uploads begin a new customer file (--file NAME); take the old file out of use in the partner centre.",
  schema: `
    create table lists (number integer primary key, name text not null unique, header blob not null) strict;
    create table blocks (list integer not null, seq integer not null, body blob not null, primary key (list, seq)) strict, without rowid;
    create table changes (list integer not null, seq integer not null, body blob not null, primary key (list, seq)) strict, without rowid;`,
};

/** Entries of 16 bytes in a sealed block. */
const entriesABlock = 4096;
const bytesAnEntry = 16;

type Facts = Readonly<Record<string, unknown>>;

export interface ListRow {
  readonly number: number;
  readonly entries: number;
  readonly facts: Facts;
}

/** What was appended to a list: identifiers with the digests of their fields, or taken out of it. */
export interface ListChange {
  readonly ids: BigUint64Array;
  readonly digests: BigUint64Array | null;
}

/** A list that is being written. */
export interface ListDraft {
  add(id: bigint, digest: bigint): void;
  /** As `add` for each of them. */
  addAll(ids: BigUint64Array, digests: BigUint64Array): void;
  /** On the disk before this returns. */
  finish(name: string, facts: Facts): void;
  discard(): void;
}

/** `targets.db`: lists of identifiers in sealed blocks, each under its list's number and place. */
export class TargetListFile {
  readonly #db: StateDatabase;
  readonly #cipher: Cipher;
  readonly #drafts = new Set<number>();

  constructor(db: StateDatabase, cipher: Cipher) {
    this.#db = db;
    this.#cipher = cipher;
  }

  names(): readonly string[] {
    return this.#guard(() => this.#db.prepare<[], string>("select name from lists order by name").pluck().all());
  }

  find(name: string): ListRow | undefined {
    const row = this.#guard(() => this.#db.prepare<[string], { number: number; header: Buffer }>("select number, header from lists where name = ?").get(name));
    if (row === undefined) return undefined;
    const header: Omit<ListRow, "number"> = JSON.parse(this.#open(row.header, `${row.number}|${name}`).toString("utf8"));
    return { ...header, number: row.number };
  }

  /** Fills both with the list's entries, in the order in which they were added. */
  readBlocks({ number, entries }: ListRow, ids: BigUint64Array, digests: BigUint64Array): void {
    const select = this.#db.prepare<[number, number], Buffer>("select body from blocks where list = ? and seq = ?").pluck();
    for (let at = 0; at < entries; at += entriesABlock) {
      const seq = at / entriesABlock;
      const count = Math.min(entriesABlock, entries - at);
      const body = this.#guard(() => select.get(number, seq));
      const plain = body === undefined ? undefined : this.#open(body, `${number}|block|${seq}`);
      if (plain?.byteLength !== count * bytesAnEntry) throw this.#damaged();
      copyInto(ids, at, plain.subarray(0, count * 8));
      copyInto(digests, at, plain.subarray(count * 8));
    }
  }

  /** Adds one sealed change to the end; `digests` null takes the identifiers out. */
  append({ number }: ListRow, ids: readonly bigint[], digests: readonly bigint[] | null, durably: boolean): void {
    const plain = Buffer.concat([Buffer.of(digests === null ? 0 : 1), bytesOf(ids), ...(digests === null ? [] : [bytesOf(digests)])]);
    const insert = this.#db.prepare("insert into changes (list, seq, body) values (?, ?, ?)");
    (durably ? transactDurably : transact)(this.#db, () => {
      const seq = this.countChanges({ number });
      insert.run(number, seq, this.#cipher.seal(plain, sealOf(`${number}|change|${seq}`)));
    });
  }

  countChanges({ number }: Pick<ListRow, "number">): number {
    return this.#db.prepare<[number], number>("select count(*) from changes where list = ?").pluck().get(number) ?? 0;
  }

  /** What was appended, in order. */
  *readChanges({ number }: ListRow): Iterable<ListChange> {
    const rows = this.#guard(() => this.#db.prepare<[number], { seq: number; body: Buffer }>("select seq, body from changes where list = ? order by seq").all(number));
    for (const [at, { seq, body }] of rows.entries()) {
      const plain = this.#open(body, `${number}|change|${seq}`);
      const hasDigests = plain[0] === 1;
      const count = (plain.byteLength - 1) / (hasDigests ? bytesAnEntry : 8);
      if (seq !== at || !Number.isInteger(count)) throw this.#damaged();
      const both = new BigUint64Array(hasDigests ? 2 * count : count);
      copyInto(both, 0, plain.subarray(1));
      yield { ids: both.subarray(0, count), digests: hasDigests ? both.subarray(count) : null };
    }
  }

  draft(): ListDraft {
    const number = this.#beginDraft();
    const insert = this.#db.prepare("insert into blocks (list, seq, body) values (?, ?, ?)");
    const block = new BigUint64Array(2 * entriesABlock);
    let entries = 0;
    const flush = (): void => {
      const count = entries % entriesABlock === 0 ? entriesABlock : entries % entriesABlock;
      const seq = Math.ceil(entries / entriesABlock) - 1;
      const plain = Buffer.concat([bytesIn(block.subarray(0, count)), bytesIn(block.subarray(entriesABlock, entriesABlock + count))]);
      guardWrite(this.#db, () => insert.run(number, seq, this.#cipher.seal(plain, sealOf(`${number}|block|${seq}`))));
    };
    return {
      add: (id, digest) => {
        const at = entries % entriesABlock;
        block[at] = id;
        block[entriesABlock + at] = digest;
        entries += 1;
        if (at === entriesABlock - 1) flush();
      },
      addAll: (ids, digests) => {
        for (let from = 0; from < ids.length;) {
          const at = entries % entriesABlock;
          const count = Math.min(entriesABlock - at, ids.length - from);
          block.set(ids.subarray(from, from + count), at);
          block.set(digests.subarray(from, from + count), entriesABlock + at);
          entries += count;
          from += count;
          if (at + count === entriesABlock) flush();
        }
      },
      finish: (name, facts) => {
        if (entries % entriesABlock !== 0) flush();
        this.#replace(name, number, this.#cipher.seal(Buffer.from(JSON.stringify({ entries, facts })), sealOf(`${number}|${name}`)));
        this.#drafts.delete(number);
      },
      discard: () => {
        this.#drafts.delete(number);
        this.#erase("list = ?", number);
      },
    };
  }

  remove(name: string): void {
    transactDurably(this.#db, () => this.#drop(name));
    this.#forget();
  }

  close(): void {
    this.#db.close();
  }

  /** A number of its own; what killed runs left of unfinished lists goes. */
  #beginDraft(): number {
    const numbers = "select number from lists union all select list from blocks";
    this.#erase(`list not in (select number from lists) and list not in (${[-1, ...this.#drafts].join(", ")})`);
    const last = this.#guard(() => this.#db.prepare<[], number | null>(`select max(number) from (${numbers})`).pluck().get()) ?? 0;
    const number = Math.max(last, ...this.#drafts) + 1;
    this.#drafts.add(number);
    return number;
  }

  #replace(name: string, number: number, header: Buffer): void {
    transactDurably(this.#db, () => {
      this.#drop(name);
      this.#db.prepare("insert into lists (number, name, header) values (?, ?, ?)").run(number, name, header);
    });
    this.#forget();
  }

  #drop(name: string): void {
    const former = this.#db.prepare<[string], number>("delete from lists where name = ? returning number").pluck().get(name);
    if (former !== undefined) this.#erase("list = ?", former);
  }

  #erase(condition: string, ...values: readonly number[]): void {
    for (const table of ["blocks", "changes"]) guardWrite(this.#db, () => this.#db.prepare(`delete from ${table} where ${condition}`).run(...values));
  }

  /**
   * `secure_delete` has overwritten what was deleted; the journal that still holds it is emptied. Where that does not work now (a full disk, a reader), it is done at the next
   * change or when the file is closed: the list itself is written by then.
   */
  #forget(): void {
    try {
      this.#db.pragma("wal_checkpoint(TRUNCATE)");
    } catch (error) {
      if (explainSqliteError(error, this.#db.name, targetFileKind) === null) throw error;
    }
  }

  #open(sealed: Buffer, place: string): Buffer {
    try {
      return this.#cipher.open(sealed, sealOf(place));
    } catch (cause) {
      if (cause instanceof BrokenSeal) throw this.#damaged(cause);
      throw cause;
    }
  }

  #guard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw explainSqliteError(error, this.#db.name, targetFileKind) ?? error;
    }
  }

  #damaged(cause?: unknown): StartError {
    const { damagedCode: code, damagedHint: hint } = targetFileKind;
    return new StartError({ code, message: say`${this.#db.name} is damaged or cut off.`, hint, cause });
  }
}

function sealOf(place: string): string {
  return `targets|${place}`;
}

/** The machine's own byte order: the file does not move to another kind of machine. */
function bytesIn(numbers: BigUint64Array): Buffer {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function bytesOf(numbers: readonly bigint[]): Buffer {
  return bytesIn(BigUint64Array.from(numbers));
}

function copyInto(numbers: BigUint64Array, at: number, bytes: Uint8Array): void {
  new Uint8Array(numbers.buffer, numbers.byteOffset + at * 8, bytes.byteLength).set(bytes);
}
