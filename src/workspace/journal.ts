import { BrokenSeal, type Cipher } from "./encryption.ts";
import { damagedBy, type StateDatabase, transact, transactDurably } from "./state-file.ts";

/** What a journal is of: carrying the plan out, or taking it back; of an unlinking run also the consents kept and the links cleared. */
export type JournalName = "apply" | "undo" | "consents" | "clear";

export interface JournalEntry {
  readonly seq: number;
  /** What was about to be done, as JSON value. */
  readonly intent: unknown;
  /** What came of it; null where nobody knows (killed in between). */
  readonly outcome: unknown;
}

/**
 * Intents and outcomes of a run (U7, M "apply"), sealed: they hold former column values. An intent is on the disk before `intend`
 * returns, so before the change; an outcome survives a killed process and, after a power cut, may be unknown.
 */
export class Journal {
  readonly #db: StateDatabase;
  readonly #cipher: Cipher;
  readonly #seal: string;
  readonly #name: JournalName;

  constructor(db: StateDatabase, cipher: Cipher, runId: string, name: JournalName) {
    this.#db = db;
    this.#cipher = cipher;
    this.#seal = `journal|${runId}|${name}`;
    this.#name = name;
  }

  /** Puts an intent on the disk. An intent of the same number that has no outcome yet is replaced; one that has is a defect. */
  intend(seq: number, payload: unknown): void {
    const sealed = this.#sealed("intent", seq, payload);
    const insert = "insert into journal (name, seq, intent) values (?, ?, ?) on conflict do update set intent = excluded.intent where outcome is null";
    const { changes } = transactDurably(this.#db, () => this.#db.prepare(insert).run(this.#name, seq, sealed));
    if (changes !== 1) throw new Error(`step ${seq} is already done`);
  }

  outcome(seq: number, payload: unknown): void {
    const sealed = this.#sealed("outcome", seq, payload);
    const update = "update journal set outcome = ? where name = ? and seq = ?";
    const { changes } = transact(this.#db, () => this.#db.prepare(update).run(sealed, this.#name, seq));
    if (changes !== 1) throw new Error(`step ${seq} has an outcome without an intent`);
  }

  find(seq: number): JournalEntry | undefined {
    return this.#read("seq >= ? order by seq", seq, seq);
  }

  /** All entries in order, read one by one: the journal may be written meanwhile. */
  *entries(): Iterable<JournalEntry> {
    for (let entry = this.#next(-1); entry !== undefined; entry = this.#next(entry.seq)) yield entry;
  }

  /** Entries whose outcome nobody knows. */
  *unfinished(): Iterable<JournalEntry> {
    for (const entry of this.entries()) if (entry.outcome === null) yield entry;
  }

  #next(after: number): JournalEntry | undefined {
    return this.#read("seq > ? order by seq", after);
  }

  #read(condition: string, from: number, only?: number): JournalEntry | undefined {
    const select = `select seq, intent, outcome from journal where name = ? and ${condition} limit 1`;
    const row = this.#db.prepare<[string, number], { seq: number; intent: Buffer; outcome: Buffer | null }>(select).get(this.#name, from);
    if (row === undefined || (only !== undefined && row.seq !== only)) return undefined;
    return {
      seq: row.seq,
      intent: this.#opened("intent", row.seq, row.intent),
      outcome: row.outcome === null ? null : this.#opened("outcome", row.seq, row.outcome),
    };
  }

  #sealed(kind: "intent" | "outcome", seq: number, payload: unknown): Buffer {
    return this.#cipher.seal(Buffer.from(JSON.stringify(payload)), `${this.#seal}|${seq}|${kind}`);
  }

  /** Throws StartError `run-damaged`. */
  #opened(kind: "intent" | "outcome", seq: number, sealed: Buffer): unknown {
    try {
      return JSON.parse(this.#cipher.open(sealed, `${this.#seal}|${seq}|${kind}`).toString("utf8"));
    } catch (error) {
      throw error instanceof BrokenSeal ? damagedBy(this.#db, error) : error;
    }
  }
}
