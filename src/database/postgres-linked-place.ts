import { say } from "../say.ts";
import { recogniseKakaoId, type KakaoId } from "../core/kakao-id.ts";
import type { LinkedPlace, PlaceMap } from "./service-database.ts";
import { checkLinkType, describeWrongColumns } from "./postgres-checks.ts";
import { PostgresConnection, type Transaction } from "./postgres-connection.ts";
import { codeOf, tellSafely } from "./postgres-errors.ts";
import { refuse } from "./postgres-inspect.ts";
import { countedSql, notEmpty } from "./postgres-link-table.ts";
import { type ColumnShape, listTables, readTable, type TableShape } from "./postgres-schema.ts";
import { parsePostgresUrl } from "./postgres-url.ts";
import { columnOf } from "./postgres-values.ts";
import { describeMissing, quoteName, refuseWrongNames } from "./table-map.ts";

const pageSize = 10_000;

interface IdColumn {
  readonly table: TableShape;
  readonly column: ColumnShape;
  /** Which rows count as links. */
  readonly counted: string;
}

/** The Kakao ids in use in another PostgreSQL database. Throws OperatorErrors for a wrong URL, name or condition. */
export async function openPostgresPlace(map: PlaceMap, options: { readonly timeZone: string }): Promise<LinkedPlace> {
  const connection = new PostgresConnection(parsePostgresUrl(map.url), { timeZone: options.timeZone, session: {} });
  try {
    await connection.open();
    return await placeOn(connection, map, () => connection.close());
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** A place in a database that is open already: its connection stays open. */
export async function placeOn(connection: PostgresConnection, map: PlaceMap, close: () => Promise<void>): Promise<LinkedPlace> {
  const found = await connection.transaction("read", "open", (sql) => findColumn(sql, map));
  return {
    name: map.name,
    readIds: () => readIds(connection, found),
    findHeldIds: (ids) => connection.transaction("read", "read", (sql) => findHeldIds(sql, found, ids)),
    close,
  };
}

async function findColumn(sql: Transaction, map: PlaceMap): Promise<IdColumn> {
  const table = await readTable(sql, map.table);
  refuseWrongNames(table === undefined ? [describeMissing(say`There is no table ${map.table}`, map.table, await listTables(sql))] : describeWrongColumns(table, [map.kakaoId, ...Object.keys(map.fixed)]));
  if (table === undefined) throw new Error("unreachable");
  const column = columnOf(table, map.kakaoId);
  checkLinkType(table, column);
  const found = { table, column, counted: countedSql(table, map.fixed, map.where) };
  try {
    await sql.savepoint(() => sql.rows(`SELECT 1 FROM ${table.sql} WHERE ${found.counted} LIMIT 0`));
  } catch (error) {
    if (!/^(0A|22|42)/.test(codeOf(error)) || codeOf(error) === "42501") throw error;
    refuse("database-condition", "Correct the SQL in the configuration; it must be one expression over a row of its table.", [say`${"where"} is no SQL that ${table.name} can compute: ${tellSafely(error)}`]);
  }
  return found;
}

/** Pages by the ids themselves, byte by byte where they are text; no lock outlives a page. */
async function* readIds(connection: PostgresConnection, { table, column, counted }: IdColumn): AsyncGenerator<readonly KakaoId[]> {
  const id = column.kind === "text" ? `${quoteName(column.name)}::text COLLATE "C"` : quoteName(column.name);
  const type = column.kind === "text" ? "text" : column.base;
  for (let after: string | null = null; ; ) {
    const behind: string = after === null ? "" : ` AND ${id} > $1::text::${type}`;
    const values: readonly string[] = after === null ? [] : [after];
    const rows = await connection.transaction("read", "read", (sql) => sql.rows(`SELECT DISTINCT ${id} AS kakao_sync_id FROM ${table.sql} WHERE ${notEmpty(column)} AND ${counted}${behind} ORDER BY 1 LIMIT ${pageSize}`, values));
    if (rows.length > 0) yield rows.map(([text]) => String(text));
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.[0] ?? null;
  }
}

async function findHeldIds(sql: Transaction, { table, column, counted }: IdColumn, ids: readonly KakaoId[]): Promise<ReadonlySet<KakaoId>> {
  const asked = new Set(ids);
  const rows = await sql.rows(`SELECT ${quoteName(column.name)}::text FROM ${table.sql} WHERE ${quoteName(column.name)} = ANY($1::${column.base}[]) AND ${counted}`, [ids]);
  return new Set(rows.map(([id]) => recogniseKakaoId(String(id)) ?? "").filter((id) => asked.has(id)));
}
