import Database from "better-sqlite3";
import { readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RefusedError } from "../errors.ts";
import { say } from "../say.ts";
import { makePrivateFile } from "./folder.ts";
import { explainSqliteError, type StateFileKind } from "./state-file.ts";

/** Who holds the lock; shown to whom it keeps waiting. */
export interface LockHolder {
  readonly command: string;
  readonly operator: string;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

export interface WorkspaceLock {
  release(): void;
}

const lockFileKind: StateFileKind = { version: 1, damagedCode: "workspace-damaged", damagedHint: "Remove lock.db: nothing stands in it.", schema: "" };

/** Locks of this process: one that nobody refers to any more must not end with the memory it stands in. */
const held = new Set<Database.Database>();

/**
 * Takes the workspace for one run, without waiting: an exclusive SQLite transaction on `lock.db`, which the operating system takes away
 * when the process ends, however it ends. Throws RefusedError `workspace-locked`.
 */
export function acquireLock(folder: string, holder: LockHolder): WorkspaceLock {
  const db = holdExclusively(folder);
  if (db === null) throw locked(folder);
  held.add(db);
  const side = join(folder, "lock.json");
  unlessUnwritable(() => {
    writeFileSync(`${side}.tmp`, JSON.stringify({ ...holder, pid: process.pid }), { mode: 0o600 });
    renameSync(`${side}.tmp`, side);
  });
  return {
    release: () => {
      if (!held.delete(db)) return;
      unlessUnwritable(() => rmSync(side, { force: true }));
      db.close();
    },
  };
}

/** `lock.json` is for show: that it cannot be written, or is no file, keeps nobody from working. */
function unlessUnwritable(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
  }
}

/** True while a process, also this one, holds the lock. */
export function isLocked(folder: string): boolean {
  const db = holdExclusively(folder);
  db?.close();
  return db === null;
}

function holdExclusively(folder: string): Database.Database | null {
  const file = join(folder, "lock.db");
  makePrivateFile(file);
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec("begin exclusive");
    return db;
  } catch (error) {
    db.close();
    const code = error instanceof Database.SqliteError ? error.code : "";
    if (code.startsWith("SQLITE_BUSY")) return null;
    if (!/^SQLITE_(NOTADB|CORRUPT)/.test(code) || statSync(file).size === 0) throw explainSqliteError(error, file, lockFileKind) ?? error;
    // Nothing stands in it. It is emptied, not removed: whoever came first holds the same file.
    truncateSync(file, 0);
    return holdExclusively(folder);
  }
}

function locked(folder: string): RefusedError {
  return new RefusedError({
    code: "workspace-locked",
    message: describeUse(folder),
    hint: "Wait until that run has ended, or stop it there with Ctrl-C; nothing needs to be removed by hand.",
  });
}

function describeUse(folder: string): string {
  const unknown = say`${folder} is in use by another run.`;
  try {
    const text: unknown = JSON.parse(readFileSync(join(folder, "lock.json"), "utf8"));
    if (typeof text !== "object" || text === null) return unknown;
    const field = (name: string): string => String(Object.entries(text).find(([key]) => key === name)?.[1] ?? "?");
    return say`${folder} is in use by ${field("command")} of ${field("operator")} on ${field("host")} (process ${field("pid")}, since ${field("since")}).`;
  } catch {
    return unknown; // It holds the lock but has not said yet who it is.
  }
}
