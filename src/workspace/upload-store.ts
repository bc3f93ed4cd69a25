import { createHash } from "node:crypto";
import { USERS_A_REQUEST } from "../core/targets/send-parts.ts";
import { BrokenSeal, type Cipher } from "./encryption.ts";
import { Journal, type JournalName } from "./journal.ts";
import { createRunFile, openRunFile, runDamaged, uploadFileKind } from "./run-file.ts";
import { guardWrite, type StateDatabase, transact } from "./state-file.ts";

/** What a request does: takes users out whom the filter no longer lets in, sends users of the file anew, adds users. In the order in which it is done (T5). */
const UPLOAD_KINDS = ["filter", "change", "add"] as const;
export type UploadKind = (typeof UPLOAD_KINDS)[number];

/** A user of a planned request: the identifier, its member (none of a removal), the digest of the fields, and the fields in the order of `channel.fields`. */
export type UploadRow = readonly [id: bigint, place: number, memberId: string, digest: bigint, fields: readonly (string | number | null)[]];

export interface UploadRequest {
  /** From 1, in the order of sending: its number in the journal. */
  readonly step: number;
  readonly kind: UploadKind;
  readonly rows: readonly UploadRow[];
}

/** A new upload run's store while the plan is made: written in one go, nothing counts before `finish`. */
export interface UploadDraft {
  add(kind: UploadKind, row: UploadRow): void;
  /** Brings everything to the disk. Answers the plan's digest and the requests that it holds. */
  finish(): { readonly digest: string; readonly requests: number };
  discard(): void;
}

/** A planned upload. Everything is sealed: it holds identifiers and fields. Close it after use. */
export interface UploadStore {
  /** The planned requests one by one; the journal may be written meanwhile. */
  requests(): Iterable<UploadRequest>;
  /** Computes the plan's digest again from what is stored. */
  planDigest(): string;
  journal(name: JournalName): Journal;
  /** Destroys the planned requests and the journal, once nothing more will be sent: both hold identifiers. */
  wipe(): void;
  close(): void;
}

/** Starts `run.db` of an upload run in its prepared folder. */
export function createUploadStore(folder: string, runId: string, cipher: Cipher): UploadDraft {
  const file = createRunFile(folder, runId, cipher, uploadFileKind);
  const insert = file.db.prepare("insert into requests (kind, seq, body) values (?, ?, ?)");
  const waiting: Record<UploadKind, UploadRow[]> = { filter: [], change: [], add: [] };
  const written: Record<UploadKind, number> = { filter: 0, change: 0, add: 0 };
  const flush = (kind: UploadKind): void => {
    const rows = waiting[kind];
    if (rows.length === 0) return;
    const number = UPLOAD_KINDS.indexOf(kind);
    guardWrite(file.db, () => insert.run(number, written[kind], cipher.seal(encodeRows(rows), sealOf(runId, number, written[kind]))));
    written[kind] += 1;
    waiting[kind] = [];
  };
  return {
    add: (kind, row) => {
      waiting[kind].push(row);
      if (waiting[kind].length === USERS_A_REQUEST) flush(kind);
    },
    finish: () => {
      for (const kind of UPLOAD_KINDS) flush(kind);
      const digest = digestRequests(file.db);
      file.finish();
      return { digest, requests: written.filter + written.change + written.add };
    },
    discard: file.discard,
  };
}

/** Opens `run.db` of an upload run. Throws StartError `run-damaged`. */
export function openUploadStore(folder: string, runId: string, cipher: Cipher): UploadStore {
  const { db } = openRunFile(folder, runId, cipher, uploadFileKind);
  return {
    requests: () => readRequests(db, runId, cipher),
    planDigest: () => digestRequests(db),
    journal: (name) => new Journal(db, cipher, runId, name),
    wipe: () => {
      transact(db, () => db.exec("delete from requests; delete from journal"));
      db.pragma("wal_checkpoint(TRUNCATE)");
    },
    close: () => db.close(),
  };
}

interface StoredRequest {
  readonly kind: number;
  readonly seq: number;
  readonly body: Buffer;
}

function* readRequests(db: StateDatabase, runId: string, cipher: Cipher): Iterable<UploadRequest> {
  let step = 0;
  for (const { kind: number, seq, body } of readStored(db)) {
    const kind = UPLOAD_KINDS[number];
    step += 1;
    if (kind !== undefined) yield { step, kind, rows: decodeRows(openRows(cipher, db, runId, { kind: number, seq, body })) };
  }
}

function* readStored(db: StateDatabase): Iterable<StoredRequest> {
  const next = db.prepare<[number, number], StoredRequest>("select kind, seq, body from requests where (kind, seq) > (?, ?) order by kind, seq limit 1");
  for (let row = next.get(-1, 0); row !== undefined; row = next.get(row.kind, row.seq)) yield row;
}

/** Over the sealed bytes: a digest of what they hold could be tried out number by number. */
function digestRequests(db: StateDatabase): string {
  const hash = createHash("sha256");
  for (const { kind, seq, body } of readStored(db)) hash.update(`${kind} ${seq} ${body.byteLength}\n`).update(body);
  return hash.digest("hex");
}

function openRows(cipher: Cipher, db: StateDatabase, runId: string, { kind, seq, body }: StoredRequest): Buffer {
  try {
    return cipher.open(body, sealOf(runId, kind, seq));
  } catch (cause) {
    if (cause instanceof BrokenSeal) throw runDamaged(db.name, cause);
    throw cause;
  }
}

function sealOf(runId: string, kind: number, seq: number): string {
  return `upload|${runId}|${kind}|${seq}`;
}

function encodeRows(rows: readonly UploadRow[]): Buffer {
  return Buffer.from(JSON.stringify(rows.map(([id, place, memberId, digest, fields]) => [String(id), place, memberId, String(digest), fields])));
}

function decodeRows(plain: Buffer): readonly UploadRow[] {
  const rows: [string, number, string, string, (string | number | null)[]][] = JSON.parse(plain.toString("utf8"));
  return rows.map(([id, place, memberId, digest, fields]) => [BigInt(id), place, memberId, BigInt(digest), fields]);
}
