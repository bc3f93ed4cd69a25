import type { LinkedPlace, PlaceMap } from "./service-database.ts";
import { refuseFloatingPoint } from "./sqlite-columns.ts";
import { type Connection, openReader, Prepared, resolveFile } from "./sqlite-connection.ts";
import { withSqliteErrors } from "./sqlite-errors.ts";
import { say } from "../say.ts";
import { countedSql } from "./sqlite-link-table.ts";
import { listTables, readTable, type TableShape } from "./sqlite-schema.ts";
import { describeMissing, quoteName, refuseWrongNames } from "./table-map.ts";

const pageSize = 10_000;

/** The Kakao ids in use in another SQLite file. Throws OperatorErrors for a wrong file, name or condition. */
export function openSqlitePlace(map: PlaceMap): LinkedPlace {
  const path = resolveFile(map.url);
  const db = openReader(path);
  try {
    return createPlace(map, db, path, () => void db.close());
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The Kakao ids in use in a table behind this connection. Throws OperatorErrors for a wrong name or condition. */
export function createPlace(map: PlaceMap, db: Connection, path: string, close: () => void): LinkedPlace {
  const reader = new Prepared(db);
  const { table, pages } = withSqliteErrors(path, "open", () => {
    const found = findPlaceTable(db, map);
    const sql = pageOfIds(found, map);
    reader.rows(sql);
    return { table: found, pages: sql };
  });
  const held = heldIds(table, map);
  return { name: map.name, readIds: () => readIds(reader, path, pages), findHeldIds: async (ids) => findHeldIds(reader, path, held, ids), close: async () => close() };
}

function findPlaceTable(db: Connection, map: PlaceMap): TableShape {
  const table = readTable(db, map.table);
  if (table === undefined) {
    refuseWrongNames([describeMissing(say`There is no table ${map.table}`, map.table, listTables(db))]);
    throw new Error("unreachable");
  }
  const known = [...table.columns.values()].map((column) => column.name);
  const wrong = [map.kakaoId, ...Object.keys(map.fixed)].filter((name) => !table.columns.has(name.toLowerCase()));
  if (wrong.length > 0) refuseWrongNames(wrong.map((name) => describeMissing(say`${table.name} has no column ${name}`, name, known)));
  refuseFloatingPoint(table, map.kakaoId);
  return table;
}

/** Pages by rowid where the table has one, else by the ids themselves; no lock outlives a page. */
function pageOfIds(table: TableShape, map: PlaceMap): string {
  const id = idSql(map);
  const key = table.rowid ?? id;
  return `SELECT DISTINCT ${key}, ${id} FROM ${table.sql} WHERE ${key} > @after AND ${id} NOT IN ('', '0') AND ${countedSql(map.fixed, map.where)} ORDER BY 1 LIMIT ${pageSize}`;
}

function heldIds(table: TableShape, map: PlaceMap): string {
  return `SELECT ${idSql(map)} FROM ${table.sql} WHERE ${idSql(map)} IN (SELECT value FROM json_each(@ids)) AND ${countedSql(map.fixed, map.where)}`;
}

function idSql(map: PlaceMap): string {
  const link = quoteName(map.kakaoId);
  return `iif(typeof(${link}) = 'blob', quote(${link}), CAST(${link} AS TEXT))`;
}

async function* readIds(reader: Prepared, path: string, sql: string): AsyncGenerator<readonly string[]> {
  for (let after: unknown = -(2n ** 63n); ; ) {
    const rows = withSqliteErrors(path, "read", () => reader.rows(sql).all({ after }));
    if (rows.length > 0) yield rows.map(([, id]) => String(id));
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.[0];
  }
}

function findHeldIds(reader: Prepared, path: string, sql: string, ids: readonly string[]): ReadonlySet<string> {
  const rows = withSqliteErrors(path, "read", () => reader.rows(sql).all({ ids: JSON.stringify(ids) }));
  return new Set(rows.map(([id]) => String(id)));
}
