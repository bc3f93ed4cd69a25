import Database from "better-sqlite3";
import type { SampleRow, TableLook } from "../core/detect/look.ts";
import { countedRows, type DatabaseExplorer, sampleBothEnds, sampledCharacters, wrongNames } from "./explore.ts";
import { wrapSql } from "./operator-sql.ts";
import type { Engine } from "./service-database.ts";
import { type Connection, openReader, resolveFile } from "./sqlite-connection.ts";
import { withSqliteErrors } from "./sqlite-errors.ts";
import { say } from "../say.ts";
import { listTables, readTable, type TableShape } from "./sqlite-schema.ts";
import { quoteName } from "./table-map.ts";

/** Looks into a file of SQLite. Throws StartError where there is none, or it is no database. */
export function exploreSqlite(url: string): DatabaseExplorer {
  const path = resolveFile(url);
  return exploreConnection("sqlite", path, openReader(path));
}

/** Looks into what a connection of SQLite holds; closing closes it. */
export function exploreConnection(engine: Engine, path: string, db: Connection): DatabaseExplorer {
  const reading = <T>(work: () => T): T => withSqliteErrors(path, "read", work);
  return {
    engine,
    listTables: async () => reading(() => listTables(db).flatMap((name) => lookIfReadable(db, name) ?? [])),
    sampleRows: async (name, wish) => {
      const table = reading(() => requireTable(db, name));
      const existing = [...table.columns.values()].map((column) => column.name);
      const columns = wish.columns ?? existing;
      const wrong = columns.filter((column) => typeof column === "string").filter((column) => !table.columns.has(column.toLowerCase()));
      if (wrong.length > 0) throw wrongNames((column) => say`${name} has no column ${column}`, wrong, existing);
      const select = `SELECT ${columns.map((column) => readSql(typeof column === "string" ? quoteName(column) : wrapSql(column.sql))).join(", ")} FROM ${table.sql}`;
      return sampleBothEnds(wish, table.primaryKey.length > 0, async (end, rows) =>
        reading(() => db.prepare<[number], SampleRow>(`${select}${end === "last" ? ` ORDER BY ${table.primaryKey.map((key) => `${quoteName(key)} DESC`).join(", ")}` : ""} LIMIT ?`).raw().all(rows)),
      );
    },
    countRows: async (name, condition) => reading(() => db.prepare<[], number>(`SELECT count(*) FROM ${requireTable(db, name).sql} WHERE ${wrapSql(condition)}`).pluck().get() ?? 0),
    close: async () => void db.close(),
  };
}

function requireTable(db: Connection, name: string): TableShape {
  const table = readTable(db, name);
  if (table === undefined) throw wrongNames((wrong) => say`The database has no table ${wrong}`, [name], listTables(db));
  return table;
}

/** Integers as their digits: as a JavaScript number an id above 2^53 would be another one. */
function readSql(column: string): string {
  return `CASE typeof(${column}) WHEN 'blob' THEN '\\x' || lower(hex(substr(${column}, 1, ${sampledCharacters / 2}))) ELSE substr(CAST(${column} AS TEXT), 1, ${sampledCharacters}) END`;
}

/** A view over something that is gone is no table to look into. */
function lookIfReadable(db: Connection, name: string): TableLook | undefined {
  try {
    return lookAt(db, name);
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === "SQLITE_ERROR") return undefined;
    throw error;
  }
}

function lookAt(db: Connection, name: string): TableLook | undefined {
  const table = readTable(db, name);
  if (table === undefined) return undefined;
  const isView = db.prepare<[string], string>("SELECT type FROM sqlite_schema WHERE name = ?").pluck().get(table.name) === "view";
  const columns = db.prepare<[string], { name: string; type: string }>("SELECT name, lower(type) AS type FROM pragma_table_xinfo(?) WHERE hidden <> 1").all(table.name).map((column) => ({ ...column, mustBeGiven: mustBeGiven(table, column.name) }));
  return { name: table.name, isView, columns, primaryKey: table.primaryKey, uniqueKeys: table.uniqueKeys.filter(({ where }) => where === null).map((key) => key.columns), ...countTable(db, table, isView) };
}

/** SQLite lets a primary key of texts be NULL; nobody means that. */
function mustBeGiven({ columns, rowidColumn, primaryKey }: TableShape, name: string): boolean {
  const column = columns.get(name.toLowerCase());
  const isNeeded = column !== undefined && (!column.nullable || primaryKey.includes(column.name));
  return isNeeded && !column.hasDefault && !column.generated && rowidColumn !== column.name;
}

/** The highest rowid is found at once, and no table has more rows. */
function countTable(db: Connection, table: TableShape, isView: boolean): Pick<TableLook, "rows" | "isEstimate"> {
  if (isView) return { rows: null, isEstimate: false };
  const highest = table.rowid === null ? 0 : Number(db.prepare<[], number>(`SELECT max(${table.rowid}) FROM ${table.sql}`).pluck().get() ?? 0);
  if (highest > countedRows) return { rows: highest, isEstimate: true };
  return { rows: db.prepare<[], number>(`SELECT count(*) FROM ${table.sql}`).pluck().get() ?? 0, isEstimate: false };
}
