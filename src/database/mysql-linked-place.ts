import { say } from "../say.ts";
import { recogniseKakaoId } from "../core/kakao-id.ts";
import { connectMysql, type MysqlConnection, withMysqlErrors } from "./mysql-connection.ts";
import { countedSql } from "./mysql-link-table.ts";
import { behind } from "./mysql-link-rows.ts";
import { inChunks } from "./mysql-read.ts";
import { columnOf, describeWrongColumns, listTables, readTable, type TableShape } from "./mysql-schema.ts";
import { refuseWrongPlaceType } from "./mysql-types.ts";
import { type ColumnShape, isAmong, orderSql, quoteMysqlName, readSql } from "./mysql-values.ts";
import type { PlaceOptions } from "./places.ts";
import type { LinkedPlace, PlaceMap } from "./service-database.ts";
import { describeMissing, refuseWrongNames } from "./table-map.ts";

const pageSize = 10_000;

/** The Kakao ids in use in another MySQL or MariaDB database. Throws OperatorErrors for a wrong server, name or condition. */
export async function openMysqlPlace(map: PlaceMap, { timeZone }: PlaceOptions, session: Readonly<Record<string, string>> = {}): Promise<LinkedPlace> {
  const connection = await connectMysql(map.url, { readOnly: true, session, timeZone });
  try {
    const place = await withMysqlErrors(connection.label, "open", async () => {
      const table = await findPlaceTable(connection, map);
      const found = { table, link: columnOf(table, map.kakaoId), row: quoteMysqlName(table.name), counted: countedSql(table, map.fixed, map.where) };
      // The first look shows whether the condition can be computed.
      await connection.rows(`SELECT 1 FROM ${table.sql} WHERE ${found.counted} LIMIT 0`);
      return found;
    });
    return {
      name: map.name,
      readIds: () => readIds(connection, place),
      findHeldIds: (ids) => withMysqlErrors(connection.label, "read", () => findHeldIds(connection, place, ids)),
      close: () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface OpenPlace {
  readonly table: TableShape;
  readonly row: string;
  readonly link: ColumnShape;
  readonly counted: string;
}

async function findPlaceTable(connection: MysqlConnection, map: PlaceMap): Promise<TableShape> {
  const table = await readTable(connection, map.table);
  if (table === undefined) {
    refuseWrongNames([describeMissing(say`There is no table ${map.table}`, map.table, await listTables(connection))]);
    throw new Error("unreachable");
  }
  refuseWrongNames(describeWrongColumns(table, [map.kakaoId, ...Object.keys(map.fixed)]));
  refuseWrongPlaceType(table, map.kakaoId);
  return table;
}

/** Pages by the primary key where the table has one, else by the ids themselves; nothing is open between two pages. */
async function* readIds(connection: MysqlConnection, { table, row, link, counted }: OpenPlace): AsyncGenerator<readonly string[]> {
  const key = table.primaryKey.length > 0 ? table.primaryKey.map((name) => columnOf(table, name)) : [link];
  const order = key.map((column) => orderSql(column, row)).join(", ");
  const text = `IFNULL(${readSql(link, row)}, '')`;
  const select = `SELECT ${[text, ...key.map((column) => readSql(column, row))].join(", ")} FROM ${table.sql} WHERE ${counted} AND ${text} NOT IN ('', '0')`;
  for (let after = ""; ; ) {
    const condition = after;
    const rows = await withMysqlErrors(connection.label, "read", () => connection.rows(`${select}${condition} ORDER BY ${order} LIMIT ${pageSize}`));
    if (rows.length > 0) yield [...new Set(rows.map(([id]) => id ?? ""))];
    if (rows.length < pageSize) return;
    after = ` AND ${behind(key, row, rows.at(-1)?.slice(1) ?? [])}`;
  }
}

async function findHeldIds(connection: MysqlConnection, { table, row, link, counted }: OpenPlace, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (const some of inChunks(ids)) {
    const rows = await connection.rows(`SELECT ${readSql(link, row)} FROM ${table.sql} WHERE ${isAmong(link, row, some)} AND ${counted}`);
    for (const [id] of rows) held.add(recogniseKakaoId(id ?? "") ?? "");
  }
  return held;
}
