import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { LinkTable, SetValue } from "./service-database.ts";
import type { Connection } from "./sqlite-connection.ts";
import { wrapSql } from "./operator-sql.ts";
import { columnOf, describeWrongColumns, refuseFloatingPoint, storesIntegers } from "./sqlite-columns.ts";
import { listTables, readTable, type TableShape } from "./sqlite-schema.ts";
import { describeMissing, quoteName } from "./table-map.ts";

/** The table with a row a link (`link.table`), its names checked and quoted. */
export interface SqliteLinkTable {
  readonly table: TableShape;
  /** As the table spells it: keys of journalled rows. */
  readonly member: string;
  readonly kakao: string;
  /** The Kakao id as text, malformed or not; never NULL. */
  readonly kakaoText: string;
  /** Which rows count as links: the `fixed` values, and `where`. */
  readonly counted: string;
  /** Columns that tell a row from every other one: the rowid, or the primary key of a table without one. */
  readonly key: readonly string[];
  /** Every stored column, as the table spells it. */
  readonly columns: readonly string[];
  readonly integers: { readonly member: boolean; readonly kakao: boolean };
  readonly fixed: Readonly<Record<string, string | number | null>>;
  readonly where: string | null;
  readonly set: Readonly<Record<string, SetValue>>;
  readonly cleared: Readonly<Record<string, SetValue>> | null;
}

/** Resolves the link table against the file; wrong names are added to `problems`, and null comes back. */
export function resolveLinkTable(db: Connection, link: LinkTable, problems: string[]): SqliteLinkTable | null {
  const table = readTable(db, link.table);
  if (table === undefined) problems.push(describeMissing(say`There is no table ${link.table}`, link.table, listTables(db)));
  if (table === undefined) return null;
  const wrong = describeWrongColumns(table, [link.memberId, link.kakaoId, ...Object.keys(link.fixed), ...Object.keys(link.set), ...Object.keys(link.cleared ?? {})]);
  problems.push(...wrong);
  if (wrong.length > 0) return null;
  refuseFloatingPoint(table, link.kakaoId);
  const kakao = quoteName(link.kakaoId);
  const inTable = (values: Readonly<Record<string, SetValue>>): Record<string, SetValue> => Object.fromEntries(Object.entries(values).map(([name, value]) => [columnOf(table, name).name, value]));
  return {
    table,
    member: columnOf(table, link.memberId).name,
    kakao: columnOf(table, link.kakaoId).name,
    kakaoText: `iif(typeof(${kakao}) = 'blob', quote(${kakao}), ifnull(CAST(${kakao} AS TEXT), ''))`,
    counted: countedSql(link.fixed, link.where),
    key: keyOf(table),
    columns: [...table.columns.values()].filter((column) => !column.generated).map((column) => column.name),
    integers: { member: writesIntegers(db, table, link.memberId), kakao: writesIntegers(db, table, link.kakaoId) },
    fixed: Object.fromEntries(Object.entries(link.fixed).map(([name, value]) => [columnOf(table, name).name, value])),
    where: link.where ?? null,
    set: inTable(link.set),
    cleared: link.cleared === undefined ? null : inTable(link.cleared),
  };
}

/** Rows with all `fixed` values (null stands for NULL) that fulfil `where`. */
export function countedSql(fixed: Readonly<Record<string, string | number | null>>, where: string | undefined): string {
  const values = Object.entries(fixed).map(([column, value]) => `${quoteName(column)} ${value === null ? "IS NULL" : `= ${literalSql(value)}`}`);
  return [...values, ...(where === undefined ? [] : [`${wrapSql(where)} IS TRUE`]), "1"].join(" AND ");
}

/** A literal of the configuration. Bound as a parameter, 3 would be 3.0 to a text column. */
export function literalSql(value: string | number): string {
  if (typeof value === "number") return String(value);
  if (value.includes("\0")) throw new StartError({ code: "database-literal", message: "A value of link.fixed holds a zero byte.", hint: "Write the value as the database shows it." });
  return `'${value.replaceAll("'", "''")}'`;
}

function keyOf(table: TableShape): string[] {
  if (table.rowid !== null) return [table.rowid];
  if (table.primaryKey.length > 0) return table.primaryKey.map(quoteName);
  throw new StartError({ code: "link-table-key", message: say`${table.name} has neither a rowid nor a primary key: its rows cannot be told apart.`, hint: "Name the table itself in link.table, not a view of it." });
}

/** Only a column without an affinity stores ids as they are given; the others bring them to their own type. */
function writesIntegers(db: Connection, table: TableShape, name: string): boolean {
  const { affinity } = columnOf(table, name);
  return affinity === "blob" && storesIntegers(db, table, quoteName(name), affinity);
}
