import type { KakaoId } from "../core/kakao-id.ts";
import type { KakaoUser, ReadState } from "../core/kakao-user.ts";
import { BrokenSeal, type Cipher } from "./encryption.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { readPages, type StateDatabase, type StateFileKind } from "./state-file.ts";
import { decodeUsers, encodeUsers } from "./user-block.ts";

/** Where a listed id stands. Stored: append, never renumber. */
export const LISTED = {
  /** Details of the snapshot before are young enough. */
  keep: 0,
  needsBasics: 1,
  /** Handed out in this process; after a restart handed out again. */
  basicsTaken: 2,
  needsDetails: 3,
  detailsTaken: 4,
  /** Details lie in a sealed page. */
  staged: 5,
  young: 6,
  unanswered: 7,
  preregistered: 8,
} as const;

export type ListedState = (typeof LISTED)[keyof typeof LISTED];

/** `pull.db`: an unfinished pull; removed as soon as the snapshot that it led to stands. */
export const pullFileKind: StateFileKind = {
  version: 1,
  damagedCode: "pull-damaged",
  damagedHint: "Remove pull.db from the workspace folder and pull again: only the unfinished pull is lost.",
  schema: `
    create table pull (name text primary key, value text not null) strict, without rowid;
    create table listed (id integer primary key, state integer not null, connected_at integer) strict;
    create index listed_needs_basics on listed (id) where state in (1, 2);
    create index listed_needs_details on listed (id) where state in (3, 4);
    create table pages (number integer primary key, first_id integer not null, sealed blob not null) strict;
    create index pages_in_order on pages (first_id, number);`,
};

export interface ListedRow {
  readonly id: bigint;
  readonly state: bigint;
  readonly connectedAt: bigint | null;
}

/** How far a pull has come: users listed, those of them that are not kept as they are, and those who wait. */
export interface PullProgress {
  readonly listed: number;
  readonly due: number;
  readonly needsBasics: number;
  readonly needsDetails: number;
}

/** The listed ids of an unfinished pull and what was read of them. Every method is one transaction of its caller. */
export class PullStaging {
  readonly #db: StateDatabase;
  readonly #path: string;
  readonly #cipher: Cipher;
  readonly #seal: string;
  readonly #insert;
  readonly #setState;
  readonly #setBasics;
  readonly #remove;
  readonly #insertPage;
  readonly #waitForBasics;
  readonly #waitForDetails;

  constructor(db: StateDatabase, path: string, cipher: Cipher, appId: string, pullId: string) {
    this.#db = db;
    this.#path = path;
    this.#cipher = cipher;
    this.#seal = `staged page|${appId}|${pullId}`;
    this.#insert = db.prepare<[bigint, number]>("insert or ignore into listed (id, state) values (?, ?)");
    this.#setState = db.prepare<[number, bigint]>("update listed set state = ? where id = ?");
    this.#setBasics = db.prepare<[number, number | null, bigint]>("update listed set state = ?, connected_at = ? where id = ?");
    this.#remove = db.prepare<[bigint]>("delete from listed where id = ?");
    // The constant states let SQLite use the partial indexes: a search is as long as what waits, not as the listing.
    const waiting = (states: string): string => `select id from listed where state in (${states}) and state = ? order by id limit ?`;
    this.#waitForBasics = db.prepare<[number, number], bigint>(waiting("1, 2")).pluck().safeIntegers();
    this.#waitForDetails = db.prepare<[number, number], bigint>(waiting("3, 4")).pluck().safeIntegers();
    this.#insertPage = db.prepare<[bigint, Buffer]>("insert into pages (first_id, sealed) values (?, ?)");
  }

  /** False where the id was listed before. */
  insert(id: bigint, state: ListedState): boolean {
    return this.#insert.run(id, state).changes === 1;
  }

  /** The lowest ids in state `from`, brought to state `to`. */
  take(from: ListedState, to: ListedState, limit: number): KakaoId[] {
    const ids = (from === LISTED.needsBasics ? this.#waitForBasics : this.#waitForDetails).all(from, limit);
    for (const id of ids) this.#setState.run(to, id);
    return ids.map(String);
  }

  /** What was handed out by a process that is no more waits again. */
  returnTaken(): void {
    this.#db.exec("update listed set state = 1 where state in (1, 2) and state = 2; update listed set state = 3 where state in (3, 4) and state = 4");
  }

  setBasics(id: KakaoId, state: ListedState, connectedAt: number | null): void {
    this.#setBasics.run(state, connectedAt, BigInt(id));
  }

  setState(id: KakaoId, state: ListedState): void {
    this.#setState.run(state, BigInt(id));
  }

  remove(id: KakaoId): void {
    this.#remove.run(BigInt(id));
  }

  /** Seals a page of users, in any order. */
  insertPage(users: readonly KakaoUser[]): void {
    const ordered = [...users].sort((left, right) => (BigInt(left.id) < BigInt(right.id) ? -1 : 1));
    const first = ordered[0];
    if (first !== undefined) this.#insertPage.run(BigInt(first.id), this.#cipher.seal(encodeUsers(ordered), this.#seal));
  }

  /** CIs among what was read. Opens every page. */
  countCis(): number {
    const pages = this.#db.prepare<[number, number], { number: number; sealed: Buffer }>("select number, sealed from pages where number > ? order by number limit ?");
    let cis = 0;
    for (const { sealed } of readPages(pages, 0, ({ number }) => number)) for (const { ci } of this.#openPage(sealed)) if (typeof ci === "string") cis += 1;
    return cis;
  }

  countStates(): Map<number, number> {
    const rows = this.#db.prepare<[], { state: number; rows: number }>("select state, count(*) as rows from listed group by state").all();
    return new Map(rows.map((row) => [row.state, row.rows]));
  }

  countProgress(): PullProgress {
    const counts = this.countStates();
    const of = (...states: readonly number[]): number => states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
    const listed = of(...Object.values(LISTED));
    return { listed, due: listed - of(LISTED.keep), needsBasics: of(LISTED.needsBasics, LISTED.basicsTaken), needsDetails: of(LISTED.needsDetails, LISTED.detailsTaken) };
  }

  /** All listed ids, ascending. */
  listed(): Iterable<ListedRow> {
    const select = 'select id, state, connected_at as "connectedAt" from listed where id > ? order by id limit ?';
    return readPages(this.#db.prepare<[bigint, number], ListedRow>(select).safeIntegers(), 0n, (row) => row.id);
  }

  /**
   * Hands out the staged user of an id; ids must come in ascending order. Pages may overlap: every page that starts at or before the id
   * is open, its users held until they are asked for.
   */
  readStaged(): (id: bigint) => KakaoUser | undefined {
    const select = "select first_id as first, number, sealed from pages where (first_id, number) > (?, ?) order by first_id, number limit 1";
    const pageAfter = this.#db.prepare<[bigint, bigint], { first: bigint; number: bigint; sealed: Buffer }>(select).safeIntegers();
    const open = new Map<string, KakaoUser>();
    let next = pageAfter.get(0n, 0n);
    return (id) => {
      while (next !== undefined && next.first <= id) {
        for (const user of this.#openPage(next.sealed)) open.set(user.id, user);
        next = pageAfter.get(next.first, next.number);
      }
      const text = String(id);
      const user = open.get(text);
      open.delete(text);
      return user;
    };
  }

  #openPage(sealed: Buffer): KakaoUser[] {
    try {
      return decodeUsers(this.#cipher.open(sealed, this.#seal));
    } catch (error) {
      if (error instanceof BrokenSeal) throw pullDamaged(this.#path, error);
      throw error;
    }
  }
}

function pullDamaged(path: string, cause?: unknown): StartError {
  return new StartError({
    code: pullFileKind.damagedCode,
    message: say`The unfinished pull in ${path} is damaged.`,
    hint: pullFileKind.damagedHint,
    cause,
  });
}

/** A user whose details were not read. */
export function unreadUser(id: KakaoId, state: Exclude<ReadState, "read" | "wiped">, connectedAt: number | null): KakaoUser {
  return { id, state, connectedAt, ci: 0, phone: 0, email: 0, name: null, birthdate: null };
}
