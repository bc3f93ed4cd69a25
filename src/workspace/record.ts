import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { damagedBy, openForReading, openStateFile, readPages, type StateDatabase, type StateFileKind, transactDurably } from "./state-file.ts";

/** `applying`: a plan is about to be carried out, or gone on with. `read`: personal data was looked at without a plan (an audit's sample, a file of Kakao users). `settled`: what a killed command could not tell of CIs. */
export type RecordedEvent = "pulled" | "planned" | "applying" | "applied" | "interrupted" | "approved" | "destroyed" | "undone" | "abandoned" | "refused" | "read" | "exported" | "rotated" | "settled";

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

/** What `verify` finds: the first entry that does not fit, or null, and the end of the chain. */
export interface RecordCheck {
  readonly entries: number;
  /** The first sequence number whose entry was changed, is missing or does not follow the one before it. */
  readonly brokenAt: number | null;
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
 * behind it; whoever rewrites the whole end of it is found out by a head that was noted elsewhere.
 */
export class AuditRecord {
  readonly #path: string;
  #db: StateDatabase | undefined;

  constructor(folder: string) {
    this.#path = join(folder, "record.db");
  }

  /** Opens it for writing, ahead of what could not be done again once its entry cannot be kept. Throws StartError `record-damaged`. */
  open(): void {
    const db = this.#open();
    if (db.prepare<[], string>("pragma quick_check(1)").pluck().get() !== "ok") throw damagedBy(db);
  }

  /** On the disk before this returns. */
  append(entry: RecordEntry): void {
    const db = this.#open();
    transactDurably(db, () => {
      const last = db.prepare<[], { seq: number; hash: string }>("select seq, hash from record order by seq desc limit 1").get();
      const text = JSON.stringify(entry);
      const seq = (last?.seq ?? 0) + 1;
      db.prepare("insert into record (seq, entry, hash) values (?, ?, ?)").run(seq, text, hashEntry(last?.hash ?? firstHash, seq, text));
    });
  }

  /** Every entry that can be read, the oldest first; `verify` names the others. */
  *entries(): Iterable<RecordedEntry> {
    for (const { seq, entry: text, hash } of this.#rows()) {
      const entry = readEntry(text);
      if (entry !== null) yield { seq, entry, hash };
    }
  }

  verify(): RecordCheck {
    let [entries, head] = [0, firstHash];
    for (const { seq, entry, hash } of this.#rows()) {
      if (seq !== entries + 1 || hash !== hashEntry(head, seq, entry)) return { entries, brokenAt: entries + 1, head };
      [entries, head] = [seq, hash];
    }
    return { entries, brokenAt: null, head };
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
