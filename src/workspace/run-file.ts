import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { BrokenSeal, type Cipher, createKeyedDigest, type KeyedDigest } from "./encryption.ts";
import { removeStateFile, syncToDisk } from "./folder.ts";
import { guardWrite, openBulkFile, openStateFile, type StateDatabase, type StateFileKind } from "./state-file.ts";

const damaged = {
  damagedCode: "run-damaged",
  damagedHint: "A plan that was not applied: make a new one. Else restore the workspace folder from a backup before going on.",
};

const schema = `
  create table meta (name text primary key, value blob not null) strict, without rowid;
  create table batches (seq integer primary key, rows integer not null, body text not null) strict;
  create table answers (number integer primary key, first_id integer not null unique, body text not null) strict;
  create table candidates (
    code text not null, kakao_id integer not null, place integer not null, member_id text not null,
    reason text not null, evidence text not null, grouped text
  ) strict;
  create index candidates_by_code on candidates (code);
  create index candidates_by_user on candidates (kakao_id);
  create table journal (
    name text not null, seq integer not null, intent blob not null, outcome blob,
    primary key (name, seq)
  ) strict, without rowid;`;

/** `runs/<id>/run.db`: the plan as the apply obeys it, what was decided about everyone, and the journal of what was done. */
export const runFileKind: StateFileKind = { version: 1, ...damaged, schema };

/** The same of an unlinking run, with the links that Kakao no longer has. */
export const unlinkFileKind: StateFileKind = {
  version: 1,
  ...damaged,
  schema: `${schema}
  create table gone (seq integer primary key, rows integer not null, body text not null) strict;`,
};

/** The journal, and the sealed requests, of an upload. */
export const uploadFileKind: StateFileKind = {
  version: 1,
  ...damaged,
  schema: `
  create table meta (name text primary key, value blob not null) strict, without rowid;
  create table requests (kind integer not null, seq integer not null, body blob not null, primary key (kind, seq)) strict, without rowid;
  create table journal (
    name text not null, seq integer not null, intent blob not null, outcome blob,
    primary key (name, seq)
  ) strict, without rowid;`,
};

/** A `run.db` that is being made: one transaction, nothing counts before `finish`. */
export interface NewRunFile {
  readonly db: StateDatabase;
  readonly digest: KeyedDigest;
  /** Brings everything to the disk. */
  finish(): void;
  discard(): void;
}

/** Starts `run.db` in a prepared run's folder; the salt of the run's digests is drawn and kept sealed in it. */
export function createRunFile(folder: string, runId: string, cipher: Cipher, kind: StateFileKind): NewRunFile {
  const path = join(folder, "run.db");
  removeStateFile(path);
  const db = openBulkFile(path, kind);
  const salt = randomBytes(32);
  db.exec("begin");
  db.prepare("insert into meta (name, value) values ('salt', ?)").run(cipher.seal(salt, saltSeal(runId)));
  return {
    db,
    digest: createKeyedDigest(salt),
    finish: () => {
      guardWrite(db, () => db.exec("commit"));
      db.close();
      syncToDisk(path);
    },
    discard: () => {
      db.close();
      removeStateFile(path);
    },
  };
}

/** Opens `run.db` of a run. Throws StartError `run-damaged`. */
export function openRunFile(folder: string, runId: string, cipher: Cipher, kind: StateFileKind): { readonly db: StateDatabase; readonly digest: KeyedDigest } {
  const path = join(folder, "run.db");
  const db = openStateFile(path, kind);
  return { db, digest: createKeyedDigest(readSalt(db, path, runId, cipher)) };
}

function saltSeal(runId: string): string {
  return `run salt|${runId}`;
}

function readSalt(db: StateDatabase, path: string, runId: string, cipher: Cipher): Buffer {
  const sealed = db.prepare<[], Buffer>("select value from meta where name = 'salt'").pluck().get();
  let cause: unknown;
  try {
    if (sealed !== undefined) return cipher.open(sealed, saltSeal(runId));
  } catch (error) {
    if (!(error instanceof BrokenSeal)) throw error;
    cause = error;
  }
  db.close();
  throw runDamaged(path, cause);
}

/** The error for a run's file whose bytes are not those that were written. */
export function runDamaged(path: string, cause?: unknown): StartError {
  return new StartError({ code: damaged.damagedCode, message: say`${path} is damaged, or belongs to another run.`, hint: damaged.damagedHint, cause });
}
