import Database from "better-sqlite3";
import { existsSync, statSync } from "node:fs";
import { FailedError, type OperatorError, StartError } from "../errors.ts";
import { say } from "../say.ts";
import { makePrivateFile } from "./folder.ts";

export type StateDatabase = Database.Database;

/** `KSYN`: says that a SQLite file is one of ours. */
const applicationId = 0x4b53594e;

/** What a state file holds and how to come back from a damaged one. */
export interface StateFileKind {
  readonly schema: string;
  /** `user_version`; raised with every change of the schema. */
  readonly version: number;
  /** What brings a file of an earlier version to the next one, by the version that it has. */
  readonly upgrades?: Readonly<Record<number, string>>;
  /** Error code of a damaged file, e.g. `workspace-damaged`. */
  readonly damagedCode: string;
  /** The way back from a damaged file. */
  readonly damagedHint: string;
}

/**
 * Opens a state file for reading and writing, or makes it: 0600, WAL, `synchronous` NORMAL (a killed process loses nothing;
 * `transactDurably` also survives a power cut). Throws StartError for a newer, foreign or damaged file.
 */
export function openStateFile(path: string, kind: StateFileKind): StateDatabase {
  makePrivateFile(path);
  return guard(path, kind, () => {
    const db = new Database(path);
    try {
      prepare(db, path, kind);
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = NORMAL");
      db.pragma("secure_delete = ON");
      return guardStatements(db, kind);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens a new state file for writing in one go: nothing is journalled until `syncToDisk`, a crash leaves rubbish to be removed. */
export function openBulkFile(path: string, kind: StateFileKind): StateDatabase {
  makePrivateFile(path);
  return guard(path, kind, () => {
    const db = new Database(path);
    db.pragma("journal_mode = OFF");
    db.pragma("synchronous = OFF");
    prepare(db, path, kind);
    return guardStatements(db, kind);
  });
}

/** Opens a finished state file for reading. Throws StartError for a missing, newer, foreign or damaged file. */
export function openForReading(path: string, kind: StateFileKind): StateDatabase {
  return guard(path, kind, () => {
    const db = new Database(path, { readonly: true });
    try {
      if (isEmpty(db)) throw damaged(path, kind);
      refuseCutOff(db, path, kind);
      checkVersion(db, path, kind);
      return guardStatements(db, kind);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** What each open file is, to say of a value in it that it is damaged. */
const kinds = new WeakMap<StateDatabase, StateFileKind>();

/** Has every statement of a state file explain itself: whatever SQLite finds wrong with the file becomes the operator's error. */
function guardStatements(db: StateDatabase, kind: StateFileKind): StateDatabase {
  kinds.set(db, kind);
  const guarded = <Args extends readonly unknown[], Result>(work: (...args: Args) => Result) => (...args: Args): Result => guard(db.name, kind, () => work(...args));
  const prepareStatement = db.prepare.bind(db);
  const replace = (target: object, name: string, value: unknown): void => void Object.defineProperty(target, name, { value, configurable: true });
  replace(db, "prepare", guarded((sql: string) => {
    const statement = prepareStatement(sql);
    for (const name of ["get", "all", "run"] as const) replace(statement, name, guarded(statement[name].bind(statement)));
    return statement;
  }));
  replace(db, "exec", guarded(db.exec.bind(db)));
  return db;
}

/** The error for a value of a state file that is not what was written there. */
export function damagedBy(db: StateDatabase, cause?: unknown): OperatorError {
  const kind = kinds.get(db);
  if (kind === undefined) throw new Error("this database is no state file");
  return damaged(db.name, kind, cause);
}

/** A value that was stored as JSON. Throws StartError where it is none. */
export function parseStored<Value>(db: StateDatabase, text: unknown): Value {
  try {
    const value: Value = JSON.parse(String(text));
    return value;
  } catch (cause) {
    throw damagedBy(db, cause);
  }
}

function prepare(db: StateDatabase, path: string, kind: StateFileKind): void {
  if (!isEmpty(db)) {
    refuseCutOff(db, path, kind);
    upgrade(db, kind);
    return checkVersion(db, path, kind);
  }
  db.transaction(() => {
    if (!isEmpty(db)) return; // Another process made it just now.
    db.exec(kind.schema);
    db.pragma(`application_id = ${applicationId}`);
    db.pragma(`user_version = ${kind.version}`);
  }).immediate();
}

/** Step by step, each whole or not at all. */
function upgrade(db: StateDatabase, { version, upgrades = {} }: StateFileKind): void {
  if (db.pragma("application_id", { simple: true }) !== applicationId) return;
  for (let from = Number(db.pragma("user_version", { simple: true })); from < version; from += 1) {
    const step = upgrades[from];
    if (step === undefined) return;
    db.transaction(() => {
      if (db.pragma("user_version", { simple: true }) !== from) return; // Another process did it just now.
      db.exec(step);
      db.pragma(`user_version = ${from + 1}`);
    }).immediate();
  }
}

/** SQLite finds out that whole pages are missing at the end, and fills up with zeros what is missing of the last one. */
function refuseCutOff(db: StateDatabase, path: string, kind: StateFileKind): void {
  const pageSize = Number(db.pragma("page_size", { simple: true }));
  if (statSync(path).size % pageSize !== 0) throw damaged(path, kind);
}

function isEmpty(db: StateDatabase): boolean {
  return db.prepare("select count(*) from sqlite_schema").pluck().get() === 0;
}

function checkVersion(db: StateDatabase, path: string, kind: StateFileKind): void {
  if (db.pragma("application_id", { simple: true }) !== applicationId) {
    throw new StartError({
      code: "workspace-foreign",
      message: say`${path} is a SQLite file, but not one of kakao-sync.`,
      hint: "Move it away, or name another workspace folder.",
    });
  }
  const version = db.pragma("user_version", { simple: true });
  if (version === kind.version) return;
  throw new StartError({
    code: "workspace-newer",
    message: say`${path} was written by a newer kakao-sync (format ${String(version)}; this one reads format ${kind.version}).`,
    hint: "Run the newer kakao-sync that wrote it, or name another workspace folder.",
  });
}

function guard<Result>(path: string, kind: StateFileKind, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw explainSqliteError(error, path, kind) ?? error;
  }
}

/** The operator's error for what SQLite threw about a state file: damaged, disk full or busy; null for anything else. */
export function explainSqliteError(error: unknown, path: string, kind: StateFileKind): OperatorError | null {
  if (!(error instanceof Database.SqliteError)) return null;
  const { code } = error;
  const isUnfit = code === "SQLITE_ERROR" && /no such|has no column|malformed/.test(error.message);
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB" || code === "SQLITE_IOERR_SHORT_READ" || isUnfit) return damaged(path, kind, error);
  if (code.startsWith("SQLITE_CANTOPEN") && !existsSync(path)) return damaged(path, kind, error);
  return explainWriteError(error, path);
}

/** The operator's error for a state file that cannot be written now: disk full, or held by another program; null for anything else. */
function explainWriteError(error: unknown, path: string): FailedError | null {
  if (!(error instanceof Database.SqliteError)) return null;
  // With no byte left, WAL's shared memory file cannot even be made.
  if (error.code === "SQLITE_FULL" || error.code === "SQLITE_IOERR_SHMSIZE") {
    return new FailedError({
      code: "disk-full",
      message: say`The disk is full: ${path} could not be written.`,
      hint: "Free some space, then run the same command again: it goes on where it stopped.",
      cause: error,
    });
  }
  if (error.code.startsWith("SQLITE_READONLY") || error.code.startsWith("SQLITE_CANTOPEN") || error.code === "SQLITE_PERM") {
    return new FailedError({
      code: "not-writable",
      message: say`${path} cannot be written: permission denied, or a read-only disk.`,
      hint: "Look at owner and mode of the file and its folder, and whether the disk is mounted read-only; or name another folder with --workspace.",
      cause: error,
    });
  }
  if (error.code.startsWith("SQLITE_IOERR")) {
    return new FailedError({
      code: "disk-failed",
      message: say`The disk does not do what it should: ${path} could not be read or written (${error.code}).`,
      hint: "Look at the disk and the system's log; then run the same command again: it goes on where it stopped.",
      cause: error,
    });
  }
  if (!error.code.startsWith("SQLITE_BUSY")) return null;
  return new FailedError({
    code: "workspace-busy",
    message: say`${path} is held by another program.`,
    hint: "Close what has it open (a sqlite3 shell, a backup), then run the same command again.",
    cause: error,
  });
}

function damaged(path: string, kind: StateFileKind, cause?: unknown): StartError {
  return new StartError({ code: kind.damagedCode, message: say`${path} is damaged or cut off.`, hint: kind.damagedHint, cause });
}

/** Rows a page of `readPages`. */
const rowsAPage = 1000;

/**
 * All rows of `select`, which takes the last key and a limit, page by page: nothing stays open in between, so the same connection can
 * write meanwhile, and be closed.
 */
export function* readPages<Key, Row>(select: Database.Statement<[Key, number], Row>, before: Key, keyOf: (row: Row) => Key): Iterable<Row> {
  let rows = select.all(before, rowsAPage);
  for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
    yield* rows;
    rows = rows.length < rowsAPage ? [] : select.all(keyOf(last), rowsAPage);
  }
}

/** Does a write; throws FailedError `disk-full` or `workspace-busy` where the file cannot be written now. */
export function guardWrite<Result>(db: StateDatabase, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    throw explainWriteError(error, db.name) ?? error;
  }
}

/** One transaction; a killed process keeps all of it or nothing. Throws as `guardWrite`. */
export function transact<Result>(db: StateDatabase, work: () => Result): Result {
  return guardWrite(db, () => db.transaction(work).immediate());
}

/** One transaction that is on the disk, also through a power cut, before this returns. */
export function transactDurably<Result>(db: StateDatabase, work: () => Result): Result {
  db.pragma("synchronous = FULL");
  try {
    return transact(db, work);
  } finally {
    db.pragma("synchronous = NORMAL");
  }
}
