import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { StartError } from "../errors.ts";
import { withSqliteErrors } from "./sqlite-errors.ts";
import { say } from "../say.ts";

/** How long a statement waits for another program's lock, in milliseconds, before the command fails with `database-locked`. */
const busyTimeout = 5_000;

export type Connection = Database.Database;

/** A connection with its statements, each compiled once. */
export class Prepared {
  readonly db: Connection;
  readonly #statements = new Map<string, Database.Statement<unknown[], unknown[]>>();

  constructor(db: Connection) {
    this.db = db;
  }

  /** A statement whose rows come as arrays, integers as bigints: a JavaScript number would round above 2^53. */
  rows(sql: string): Database.Statement<unknown[], unknown[]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare<unknown[], unknown[]>(sql);
      if (statement.reader) statement.raw().safeIntegers();
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** The path behind `sqlite:./relative`, `sqlite:/abs/path` or `sqlite:///abs/path`, links resolved. Throws StartError without a file. */
export function resolveFile(url: string): string {
  const path = url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
  try {
    if (statSync(path).isFile()) return realpathSync(path);
  } catch (cause) {
    throw new StartError({ code: "database-missing", message: say`The database file ${path} cannot be read: it is missing, or its folder is closed to this user.`, hint: "Correct database.url; a relative path counts from the configuration file.", cause });
  }
  throw new StartError({ code: "database-not-a-file", message: say`${path} is no file.`, hint: "Set database.url to the database file itself." });
}

/** A connection that cannot write. A journal that a killed program left behind is rolled back first, as any writer would do. */
export function openReader(path: string): Connection {
  return withSqliteErrors(path, "open", () => {
    try {
      return openChecked(path, true);
    } catch (error) {
      if (!isLeftJournal(error)) throw error;
      openChecked(path, false).close();
      return openChecked(path, true);
    }
  });
}

/** The connection that writes; the journal mode and durability stay as the service set them. */
export function openWriter(path: string): Connection {
  return withSqliteErrors(path, "write", () => {
    const writer = openChecked(path, false);
    // A batch in primary-key order still touches the unique index of the links everywhere.
    writer.pragma("cache_size = -65536");
    return writer;
  });
}

/** True when this user can write neither the file nor, for the journal, its folder. */
export function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

function openChecked(path: string, readonly: boolean): Connection {
  const connection = new Database(path, { readonly, fileMustExist: true, timeout: busyTimeout });
  try {
    // The first look at the file: opening alone reads nothing.
    connection.prepare("SELECT count(*) FROM sqlite_schema").get();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** SQLite cannot roll back a killed writer's journal through a read-only connection. */
function isLeftJournal(error: unknown): boolean {
  return error instanceof Database.SqliteError && ["SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_CANTINIT"].includes(error.code);
}
