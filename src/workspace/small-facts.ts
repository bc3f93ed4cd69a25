import { OperatorError } from "../errors.ts";
import type { HeadNote, RecordedHead } from "./record.ts";
import { parseStored, type StateDatabase, transact, transactDurably } from "./state-file.ts";

/** Named JSON values: references such as the first applied run or the counts of the last completed one. */
export class Settings {
  readonly #db: StateDatabase;

  constructor(db: StateDatabase) {
    this.#db = db;
  }

  /** Undefined where nothing was set. */
  get(name: string): unknown {
    const value = this.#db.prepare<[string], string>("select value from settings where name = ?").pluck().get(name);
    return value === undefined ? undefined : parseStored(this.#db, value);
  }

  set(name: string, value: unknown): void {
    const insert = this.#db.prepare("insert or replace into settings (name, value) values (?, ?)");
    transactDurably(this.#db, () => insert.run(name, JSON.stringify(value)));
  }
}

/** When the listing was called lately (Unix milliseconds), so that a restarted program keeps Kakao's pace of 100 a minute. */
export class ListingTimes {
  readonly #db: StateDatabase;

  constructor(db: StateDatabase) {
    this.#db = db;
  }

  load(): readonly number[] {
    const value = this.#db.prepare<[], string>("select value from meta where name = 'listing_times'").pluck().get();
    const times: number[] = value === undefined ? [] : parseStored(this.#db, value);
    return times;
  }

  save(times: readonly number[]): void {
    this.#db.prepare("insert or replace into meta (name, value) values ('listing_times', ?)").run(JSON.stringify(times));
  }
}

/** The last entry on record, noted in the workspace's own database. It may lag behind, as after a kill, so it is not brought to the disk each time. */
export class NotedHead implements HeadNote {
  readonly #db: StateDatabase;

  constructor(db: StateDatabase) {
    this.#db = db;
  }

  read(): RecordedHead | undefined {
    const value = this.#db.prepare<[], string>("select value from settings where name = 'record.head'").pluck().get();
    return value === undefined ? undefined : parseStored(this.#db, value);
  }

  write(head: RecordedHead): void {
    try {
      transact(this.#db, () => this.#db.prepare("insert or replace into settings (name, value) values ('record.head', ?)").run(JSON.stringify(head)));
    } catch (error) {
      // The entry is on record: that counts.
      if (!(error instanceof OperatorError)) throw error;
    }
  }
}

/** Calls to Kakao a month, of all commands, against `limits.monthlyShare`. */
export class CallCounter {
  readonly #db: StateDatabase;

  constructor(db: StateDatabase) {
    this.#db = db;
  }

  /** `month`: `YYYY-MM`. */
  addCalls(month: string, calls: number): void {
    const insert = "insert into calls (month, calls) values (?, ?) on conflict do update set calls = calls + excluded.calls";
    transact(this.#db, () => this.#db.prepare(insert).run(month, calls));
  }

  callsOf(month: string): number {
    return this.#db.prepare<[string], number>("select calls from calls where month = ?").pluck().get(month) ?? 0;
  }
}
