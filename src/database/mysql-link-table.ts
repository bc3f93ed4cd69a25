import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { columnOf, describeWrongColumns, listTables, readTable, type TableShape } from "./mysql-schema.ts";
import { refuseWrongLinkType } from "./mysql-types.ts";
import { type ColumnShape, comparedLiteral, quoteMysqlName, readSql, wrapSql } from "./mysql-values.ts";
import type { FixedValues, LinkTable, SetValue } from "./service-database.ts";
import { describeMissing } from "./table-map.ts";

/** The table with a row a link (`link.table`), its names checked and quoted. */
export interface MysqlLinkTable {
  readonly table: TableShape;
  readonly row: string;
  readonly member: ColumnShape;
  readonly kakao: ColumnShape;
  /** The link as text, malformed or not, '' for NULL. */
  readonly kakaoText: string;
  /** Which rows count as links: the `fixed` values, and `where`. */
  readonly counted: string;
  /** Columns that tell a row from every other one. */
  readonly key: readonly ColumnShape[];
  /** Every column that can be written. */
  readonly columns: readonly ColumnShape[];
  /** By the names of the table. */
  readonly fixed: FixedValues;
  readonly where: string | null;
  readonly set: Readonly<Record<string, SetValue>>;
  readonly cleared: Readonly<Record<string, SetValue>> | null;
}

/** Resolves the link table against the server; wrong names are added to `problems`, and null comes back. */
export async function resolveLinkTable(connection: MysqlConnection, link: LinkTable, problems: string[]): Promise<MysqlLinkTable | null> {
  const table = await readTable(connection, link.table);
  if (table === undefined) problems.push(describeMissing(say`There is no table ${link.table}`, link.table, await listTables(connection)));
  if (table === undefined) return null;
  const wrong = describeWrongColumns(table, [link.memberId, link.kakaoId, ...Object.keys(link.fixed), ...Object.keys(link.set), ...Object.keys(link.cleared ?? {})]);
  problems.push(...wrong);
  if (wrong.length > 0) return null;
  refuseWrongLinkType(table, link.kakaoId);
  const inTable = <Value>(values: Readonly<Record<string, Value>>): Record<string, Value> => Object.fromEntries(Object.entries(values).map(([name, value]) => [columnOf(table, name).name, value]));
  const row = quoteMysqlName(table.name);
  const kakao = columnOf(table, link.kakaoId);
  return {
    table,
    row,
    member: columnOf(table, link.memberId),
    kakao,
    kakaoText: `IFNULL(${readSql(kakao, row)}, '')`,
    counted: countedSql(table, link.fixed, link.where),
    key: keyOf(table),
    columns: [...table.columns.values()].filter((column) => column.generated === null),
    fixed: inTable(link.fixed),
    where: link.where ?? null,
    set: inTable(link.set),
    cleared: link.cleared === undefined ? null : inTable(link.cleared),
  };
}

/** Rows with all `fixed` values (null stands for NULL) that fulfil `where`. */
export function countedSql(table: TableShape, fixed: FixedValues, where: string | undefined): string {
  const row = quoteMysqlName(table.name);
  const values = Object.entries(fixed).map(([name, value]) => {
    const column = columnOf(table, name);
    return `${row}.${column.sql} ${value === null ? "IS NULL" : `= ${comparedLiteral(column, value)}`}`;
  });
  return [...values, ...(where === undefined ? [] : [`${wrapSql(where)} IS TRUE`]), "TRUE"].join(" AND ");
}

/** The primary key, or another unique one whose columns are never NULL. */
function keyOf(table: TableShape): ColumnShape[] {
  const keys = [table.primaryKey, ...table.uniqueKeys.filter((key) => key.expression === null).map((key) => key.columns)].map((names) => names.map((name) => columnOf(table, name)));
  const key = keys.find((columns) => columns.length > 0 && columns.every((column) => !column.nullable && column.generated === null));
  if (key !== undefined) return key;
  throw new StartError({ code: "link-table-key", message: say`${table.name} has neither a primary key nor a unique one without NULLs: its rows cannot be told apart.`, hint: table.isView ? "Name the table itself in link.table, not a view of it." : "Give the table a primary key." });
}
