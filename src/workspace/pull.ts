import type { Statement } from "better-sqlite3";
import type { KakaoId } from "../core/kakao-id.ts";
import type { KakaoUser } from "../core/kakao-user.ts";
import type { Comparison, Wiper } from "../core/matching/kept-hashes.ts";
import type { MergeChanges } from "./pull-merge.ts";
import { LISTED, type ListedState, type PullStaging } from "./pull-staging.ts";
import type { OpenSnapshot } from "./snapshot.ts";
import type { SnapshotCounts } from "./snapshot-file.ts";
import { type StateDatabase, transact } from "./state-file.ts";

/** What a pull is to do. */
export interface PullPlan {
  /** Kakao's property keys that are asked for. Other ones than last time: every user is read again. */
  readonly properties: readonly string[];
  /** Unix seconds: details read before this are read again. */
  readonly refreshBefore: number;
  /** True: all details are read again, those of wiped users in full, so that no hash is left. */
  readonly startsOver?: boolean;
  /** Unix seconds. */
  readonly now: number;
}

/** How a pull begins; kept in `pull.db`, so that it can go on after a crash. */
export interface PullFacts {
  readonly id: string;
  readonly generation: number;
  /** Unix seconds: the start of the listing. */
  readonly startedAt: number;
  readonly properties: readonly string[];
  readonly refreshBefore: number;
  /** True where wiped users are read in full; a pull that an earlier version began does not say. */
  readonly startsOver?: boolean;
  /** Generation of the snapshot that the pull goes on from; null where there is none. */
  readonly base: number | null;
}

/** What the basics of an asked id say: details may be read, or why not. */
export interface BasicsAnswer {
  readonly id: KakaoId;
  /** Unix seconds. */
  readonly connectedAt: number | null;
  readonly next: "details" | "young" | "unanswered" | "preregistered";
}

export interface PullCounts {
  readonly listed: number;
  readonly keep: number;
  readonly needsBasics: number;
  readonly needsDetails: number;
  readonly staged: number;
  readonly young: number;
  readonly unanswered: number;
  readonly preregistered: number;
}

export interface PullState {
  readonly startedAt: number;
  /** The highest id listed; the next listing request starts behind it. Null before the first. */
  readonly listingLastId: KakaoId | null;
  readonly listingDone: boolean;
  readonly counts: PullCounts;
}

export interface PullReport {
  readonly generation: number;
  readonly takenAt: number;
  /** When the snapshot was taken that new and gone ids are counted against; null: there is none, and both are 0. */
  readonly comparedWith: number | null;
  readonly total: number;
  readonly new: number;
  readonly gone: number;
  readonly returned: number;
  /** Known of those only whose basics this pull has asked for. */
  readonly relinked: number;
  /** Wiped before, read again because that was long ago, and wiped at once. */
  readonly wipedAgain: number;
  readonly young: number;
  /** Not answered, or sign-up at Kakao not finished. */
  readonly unread: number;
  readonly counts: SnapshotCounts;
}

/** What a pull goes on from. */
export interface PullBase {
  /** The snapshot before; null where there is none. */
  readonly base: OpenSnapshot | null;
  /** True for an id that is read again although it is not due. */
  readonly isAsked: (id: bigint) => boolean;
}

/** What the end of a pull needs of its caller. */
export interface PullCompletion {
  /** What takes details away again so that the rest can be compared with hashes of before; null where it cannot. Without it everything that was read is kept. */
  readonly wiperFor?: (comparison: Comparison) => Wiper | null;
  /** Called once the snapshot stands, before what was staged goes. */
  readonly announce?: (report: PullReport) => void;
}

/** What the snapshot store does for a pull at its end. */
export interface PullEnd {
  complete(now: number, wiperFor: PullCompletion["wiperFor"], announce: (made: { readonly changes: MergeChanges; readonly counts: SnapshotCounts }) => void): void;
  abandon(): void;
}

/**
 * An unfinished pull. Everything put is kept through a killed process; what was taken and not put is handed out again after a restart.
 * `take…` hands out in ascending order of ids, and an id once only in one process.
 */
export class Pull {
  readonly facts: PullFacts;
  readonly #db: StateDatabase;
  readonly #staging: PullStaging;
  readonly #base: OpenSnapshot | null;
  readonly #isAsked: (id: bigint) => boolean;
  readonly #end: PullEnd;
  readonly #readTimeOf: (id: bigint) => number | undefined;
  readonly #counts: Map<number, number>;
  readonly #setFact: Statement<[string, string]>;
  #lastId: bigint | null;
  #listingDone: boolean;

  constructor(db: StateDatabase, facts: PullFacts, staging: PullStaging, { base, isAsked }: PullBase, end: PullEnd) {
    this.#db = db;
    this.facts = facts;
    this.#staging = staging;
    this.#base = base;
    this.#isAsked = isAsked;
    this.#end = end;
    this.#readTimeOf = base?.lookUpReadTimes() ?? (() => undefined);
    transact(db, () => staging.returnTaken());
    this.#counts = staging.countStates();
    this.#setFact = db.prepare("insert or replace into pull (name, value) values (?, ?)");
    const read = db.prepare<[string], string>("select value from pull where name = ?").pluck();
    const lastId = read.get("listing_last_id");
    this.#lastId = lastId === undefined ? null : BigInt(lastId);
    this.#listingDone = read.get("listing_done") !== undefined;
  }

  get state(): PullState {
    const of = (...states: ListedState[]): number => states.reduce<number>((sum, state) => sum + (this.#counts.get(state) ?? 0), 0);
    return {
      startedAt: this.facts.startedAt,
      listingLastId: this.#lastId === null ? null : String(this.#lastId),
      listingDone: this.#listingDone,
      counts: {
        listed: of(...Object.values(LISTED)),
        keep: of(LISTED.keep),
        needsBasics: of(LISTED.needsBasics, LISTED.basicsTaken),
        needsDetails: of(LISTED.needsDetails, LISTED.detailsTaken),
        staged: of(LISTED.staged),
        young: of(LISTED.young),
        unanswered: of(LISTED.unanswered),
        preregistered: of(LISTED.preregistered),
      },
    };
  }

  /** A page of the listing, ascending. Ids listed before are skipped. Answers how many ids are new to this pull. */
  addListed(ids: readonly KakaoId[]): number {
    return transact(this.#db, () => {
      let added = 0;
      for (const text of ids) {
        const id = BigInt(text);
        const state = this.#stateOfListed(id);
        if (this.#staging.insert(id, state)) {
          this.#count(state, 1);
          added += 1;
        }
        if (this.#lastId === null || id > this.#lastId) this.#lastId = id;
      }
      if (this.#lastId !== null) this.#setFact.run("listing_last_id", String(this.#lastId));
      return added;
    });
  }

  /** The listing has come to its end. */
  finishListing(): void {
    this.#setFact.run("listing_done", "1");
    this.#listingDone = true;
  }

  /** How many ids are there to be taken. */
  countWaiting(what: "basics" | "details"): number {
    return this.#counts.get(what === "basics" ? LISTED.needsBasics : LISTED.needsDetails) ?? 0;
  }

  /** Up to `limit` ids whose link time must be asked for before anything else. */
  takeForBasics(limit: number): KakaoId[] {
    return this.#take(LISTED.needsBasics, LISTED.basicsTaken, limit);
  }

  /** The answer to taken ids. An asked id without an answer was unlinked meanwhile and leaves the pull. */
  putBasics(asked: readonly KakaoId[], answers: readonly BasicsAnswer[]): void {
    transact(this.#db, () => {
      const left = new Set(asked);
      for (const { id, connectedAt, next } of answers) {
        if (!left.delete(id)) throw new Error("basics were put for an id that was not asked for");
        const state = next === "details" ? LISTED.needsDetails : LISTED[next];
        this.#staging.setBasics(id, state, connectedAt);
        this.#count(state, 1);
      }
      for (const id of left) this.#staging.remove(id);
      this.#count(LISTED.basicsTaken, -asked.length);
    });
  }

  /** Up to `limit` ids, known to be old enough, whose details are to be read. */
  takeForDetails(limit: number): KakaoId[] {
    return this.#take(LISTED.needsDetails, LISTED.detailsTaken, limit);
  }

  /** Details of taken ids, sealed as one page; `unanswered` were asked for and left out of the answer. */
  putDetails(users: readonly KakaoUser[], unanswered: readonly KakaoId[]): void {
    transact(this.#db, () => {
      this.#staging.insertPage(users);
      for (const user of users) this.#staging.setState(user.id, LISTED.staged);
      for (const id of unanswered) this.#staging.setState(id, LISTED.unanswered);
      this.#count(LISTED.staged, users.length);
      this.#count(LISTED.unanswered, unanswered.length);
      this.#count(LISTED.detailsTaken, -users.length - unanswered.length);
    });
  }

  /** Makes the snapshot and puts it in the place of the one before. Killed half-way, it starts again. */
  complete(now: number, { wiperFor, announce }: PullCompletion = {}): PullReport {
    const { needsBasics, needsDetails } = this.state.counts;
    if (!this.#listingDone || needsBasics + needsDetails > 0) throw new Error("a pull is complete when all ids are listed and read");
    const comparedWith = this.#base?.takenAt ?? null;
    let report: PullReport | undefined;
    this.#end.complete(now, wiperFor, ({ changes, counts }) => {
      const { young, unanswered, preregistered } = counts.states;
      report = { generation: this.facts.generation, takenAt: this.facts.startedAt, comparedWith, total: counts.users, ...changes, young, unread: unanswered + preregistered, counts };
      announce?.(report);
    });
    if (report === undefined) throw new Error("a completed pull says what it has made");
    return report;
  }

  /** Throws the unfinished pull away; the snapshot before stays. */
  abandon(): void {
    this.#end.abandon();
  }

  #stateOfListed(id: bigint): ListedState {
    const readAt = this.#readTimeOf(id);
    return readAt === undefined || readAt === 0 || readAt < this.facts.refreshBefore || this.#isAsked(id) ? LISTED.needsBasics : LISTED.keep;
  }

  #take(from: ListedState, to: ListedState, limit: number): KakaoId[] {
    return transact(this.#db, () => {
      const ids = this.#staging.take(from, to, limit);
      this.#count(from, -ids.length);
      this.#count(to, ids.length);
      return ids;
    });
  }

  #count(state: ListedState, by: number): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + by);
  }
}
