import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { damagedBy, openForReading, openStateFile, readPages, type StateDatabase, type StateFileKind, transactDurably } from "./state-file.ts";

/** `applying`: a plan is about to be carried out, or gone on with. `read`: personal data was looked at without a plan (an audit's sample, a file of Kakao users). `settled`: what a killed command could not tell of CIs. `lost`: entries before it are missing; `counts`: how many were `noted` and how many `found`, `digests`: the `head` that is gone. */
export type RecordedEvent = "pulled" | "planned" | "applying" | "applied" | "interrupted" | "approved" | "destroyed" | "undone" | "abandoned" | "refused" | "read" | "exported" | "rotated" | "settled" | "lost";

/** One line of the record: what a command read or changed, for whom, and on whose word. Never a value of a member. */
export interface RecordEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly command: string;
  readonly event: RecordedEvent;
  readonly operator: string;
  readonly host: string;
  readonly purpose?: string;
  /** Who approved. */
  readonly approver?: string;
  /** Kakao's app id. */
  readonly app: string;
  /** The database's own identity; null where the command did not open it. */
  readonly database: string | null;
  readonly run?: string;
  /** Of a refusal or an interruption: its code. */
  readonly code?: string;
  readonly counts?: Readonly<Record<string, unknown>>;
  /** CIs received from Kakao or in a file of its users, used to compare, destroyed; found here although an entry says that they were destroyed, or none knows of them. */
  readonly ci?: { readonly received?: number; readonly found?: number; readonly used?: number; readonly destroyed?: number };
  /** SHA-256 in hexadecimal digits, of the plan and of each file written, by name. */
  readonly digests?: Readonly<Record<string, string>>;
}

/** An entry in its place in the chain. */
export interface RecordedEntry {
  readonly seq: number;
  readonly entry: RecordEntry;
  /** SHA-256 over the hash before it and the entry's text. */
  readonly hash: string;
}

/** An entry's place and hash, as noted outside the record. */
export type RecordedHead = Pick<RecordedEntry, "seq" | "hash">;

/** Where the last entry is noted once it is on record: a note that lags behind raises no false alarm. */
export interface HeadNote {
  /** Undefined where nothing was noted yet. */
  read(): RecordedHead | undefined;
  /** Does not throw where it cannot be written now. */
  write(head: RecordedHead): void;
}

/** What `verify` finds: the first entry that does not fit, or null, and the end of the chain. */
export interface RecordCheck {
  readonly entries: number;
  /** The first sequence number whose entry was changed, is missing or does not follow the one before it. */
  readonly brokenAt: number | null;
  /** Where the chain fits but the entry noted last is not in it (cut off, or begun anew): its number. Else null. */
  readonly lost: number | null;
  /** Hash of the last entry: noted elsewhere, it also proves that nothing was cut off at the end. */
  readonly head: string;
}

const recordFileKind: StateFileKind = {
  version: 1,
  damagedCode: "record-damaged",
  damagedHint: "Keep the file as evidence and restore record.db from a backup, or move it away: a new record then begins, and says so by its first entry.",
  schema: `
    create table record (seq integer primary key, entry text not null, hash text not null) strict;
    create trigger record_is_not_changed before update on record begin select raise(abort, 'the record is append-only'); end;
    create trigger record_is_not_cut before delete on record begin select raise(abort, 'the record is append-only'); end;`,
};

const firstHash = "0".repeat(64);

/**
 * The workspace's append-only record: a chain in which each entry carries the hash of all before it. Whoever changes, drops or inserts an entry breaks the chain
 * behind it; one that was cut off at its end or begun anew lacks the entry noted last; whoever rewrites the note, too, is found out by a head that was noted elsewhere.
 */
export class AuditRecord {
  readonly #path: string;
  readonly #note: HeadNote;
  #db: StateDatabase | undefined;

  constructor(folder: string, note: HeadNote) {
    this.#path = join(folder, "record.db");
    this.#note = note;
  }

  /** Opens it for writing, ahead of what could not be done again once its entry cannot be kept. Throws StartError `record-damaged`. */
  open(): void {
    const db = this.#open();
    if (db.prepare<[], string>("pragma quick_check(1)").pluck().get() !== "ok") throw damagedBy(db);
  }

  /** On the disk before this returns. Where the entry noted last is gone, the loss is put on record before it. */
  append(entry: RecordEntry): void {
    const db = this.#open();
    const head = transactDurably(db, () => {
      const noted = this.#note.read();
      const last = readLast(db);
      if (noted === undefined || isOnRecord(db, noted)) return put(db, last, entry);
      const { at, command, operator, host, app, database } = entry;
      return put(db, put(db, last, { at, command, event: "lost", operator, host, app, database, counts: { noted: noted.seq, found: last.seq }, digests: { head: noted.hash } }), entry);
    });
    this.#note.write(head);
  }

  /** Every entry that can be read, the oldest first; `verify` names the others. */
  *entries(): Iterable<RecordedEntry> {
    for (const { seq, entry: text, hash } of this.#rows()) {
      const entry = readEntry(text);
      if (entry !== null) yield { seq, entry, hash };
    }
  }

  verify(): RecordCheck {
    // Read first: what is put on record from here on is ahead of it.
    const noted = this.#note.read();
    let [entries, head] = [0, firstHash];
    let isThere = noted === undefined;
    for (const { seq, entry, hash } of this.#rows()) {
      if (seq !== entries + 1 || hash !== hashEntry(head, seq, entry)) return { entries, brokenAt: entries + 1, lost: null, head };
      [entries, head] = [seq, hash];
      isThere ||= seq === noted?.seq && hash === noted.hash;
    }
    return isThere || noted === undefined ? { entries, brokenAt: null, lost: null, head } : { entries, brokenAt: Math.min(entries + 1, noted.seq), lost: noted.seq, head };
  }

  #open(): StateDatabase {
    return (this.#db ??= openStateFile(this.#path, recordFileKind));
  }

  close(): void {
    this.#db?.close();
  }

  *#rows(): Iterable<StoredEntry> {
    if (!existsSync(this.#path)) return;
    const db = openForReading(this.#path, recordFileKind);
    try {
      yield* readPages(db.prepare<[number, number], StoredEntry>("select seq, entry, hash from record where seq > ? order by seq limit ?"), 0, ({ seq }) => seq);
    } finally {
      db.close();
    }
  }
}

interface StoredEntry {
  readonly seq: number;
  readonly entry: string;
  readonly hash: string;
}

/** The end of the chain, also of an empty one. */
function readLast(db: StateDatabase): RecordedHead {
  return db.prepare<[], RecordedHead>("select seq, hash from record order by seq desc limit 1").get() ?? { seq: 0, hash: firstHash };
}

function isOnRecord(db: StateDatabase, { seq, hash }: RecordedHead): boolean {
  return db.prepare<[number], string>("select hash from record where seq = ?").pluck().get(seq) === hash;
}

/** Puts an entry behind the last one; answers the new end. */
function put(db: StateDatabase, last: RecordedHead, entry: RecordEntry): RecordedHead {
  const text = JSON.stringify(entry);
  const seq = last.seq + 1;
  const hash = hashEntry(last.hash, seq, text);
  db.prepare("insert into record (seq, entry, hash) values (?, ?, ?)").run(seq, text, hash);
  return { seq, hash };
}

/** Null for a text that is no entry any more. */
function readEntry(text: string): RecordEntry | null {
  try {
    const entry: RecordEntry = JSON.parse(text);
    const areTexts = [entry.command, entry.event, entry.operator, entry.host].every((value) => typeof value === "string");
    return areTexts && !Number.isNaN(Date.parse(entry.at)) ? entry : null;
  } catch {
    return null;
  }
}

function hashEntry(before: string, seq: number, text: string): string {
  return createHash("sha256").update(`${before}\n${seq}\n${text}`).digest("hex");
}
