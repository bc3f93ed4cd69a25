import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { FixedValues, LinkTable } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import { checkIdType, checkLinkType, describeWrongColumns } from "./postgres-checks.ts";
import { type ColumnShape, listTables, readTable, type TableShape } from "./postgres-schema.ts";
import type { KeyPart } from "./postgres-statements.ts";
import { columnOf, type Fill, quoteText, resolveFills } from "./postgres-values.ts";
import { wrapSql } from "./operator-sql.ts";
import { describeMissing, quoteName } from "./table-map.ts";

/** The table with a row a link (`link.table`), its names checked and quoted. */
export interface PostgresLinkTable {
  readonly table: TableShape;
  readonly member: ColumnShape;
  readonly kakao: ColumnShape;
  /** Which rows count as links: the `fixed` values, and `where`. */
  readonly counted: string;
  /** Columns that tell a row from every other one: its primary key, or another unique one that is never NULL. */
  readonly keyColumns: readonly string[];
  readonly key: readonly KeyPart[];
  /** Every stored column. */
  readonly columns: readonly ColumnShape[];
  readonly fixed: FixedValues;
  readonly where: string | null;
  /** What a new row gets: `fixed` and `set`. */
  readonly added: Readonly<Record<string, Fill>>;
  readonly set: Readonly<Record<string, Fill>>;
  readonly cleared: Readonly<Record<string, Fill>> | null;
}

/** Resolves the link table against the server; wrong names are added to `problems`, and null comes back. */
export async function resolveLinkTable(sql: Transaction, link: LinkTable, problems: string[]): Promise<PostgresLinkTable | null> {
  const table = await readTable(sql, link.table);
  if (table === undefined) problems.push(describeMissing(say`There is no table ${link.table}`, link.table, await listTables(sql)));
  if (table === undefined) return null;
  const wrong = describeWrongColumns(table, [link.memberId, link.kakaoId, ...Object.keys(link.fixed), ...Object.keys(link.set), ...Object.keys(link.cleared ?? {})]);
  problems.push(...wrong);
  if (wrong.length > 0) return null;
  const member = columnOf(table, link.memberId);
  const kakao = columnOf(table, link.kakaoId);
  checkIdType(table, member);
  checkLinkType(table, kakao);
  const keyColumns = keyOf(table);
  const set = await resolveFills(sql, table, link.set, "link.set");
  const fixed = await resolveFills(sql, table, Object.fromEntries(Object.entries(link.fixed).map(([name, literal]) => [name, { literal }])), "link.fixed");
  return {
    table,
    member,
    kakao,
    counted: countedSql(table, link.fixed, link.where),
    keyColumns,
    key: keyColumns.map((name) => ({ sql: `${table.alias}.${quoteName(name)}`, type: columnOf(table, name).base })),
    columns: [...table.columns.values()].filter((column) => !column.computed),
    fixed: link.fixed,
    where: link.where ?? null,
    added: { ...set, ...fixed },
    set,
    cleared: link.cleared === undefined ? null : await resolveFills(sql, table, link.cleared, "link.cleared"),
  };
}

/** Rows with all `fixed` values (null stands for NULL) that fulfil `where`. */
export function countedSql(table: TableShape, fixed: FixedValues, where: string | undefined): string {
  const values = Object.entries(fixed).map(([name, value]) => `${quoteName(name)} ${value === null ? "IS NULL" : `= ${quoteText(String(value))}::${columnOf(table, name).base}`}`);
  return [...values, ...(where === undefined ? [] : [`${wrapSql(where)} IS TRUE`]), "true"].join(" AND ");
}

/** Conditions of non-empty links: NULL, an empty text and 0 are none. */
export function notEmpty(column: ColumnShape): string {
  const name = quoteName(column.name);
  return column.kind === "text" ? `${name}::text NOT IN ('', '0')` : `${name} <> 0`;
}

function keyOf(table: TableShape): readonly string[] {
  const whole = table.uniqueIndexes.filter(({ where, columns }) => where === null && columns.every((name) => table.columns.get(name)?.nullable === false));
  const key = whole.find(({ primary }) => primary) ?? whole[0];
  if (key !== undefined) return key.columns;
  throw new StartError({
    code: "link-table-key",
    message: table.isView ? say`${table.name} is a view: its rows cannot be told apart.` : say`${table.name} has no primary key: its rows cannot be told apart.`,
    hint: table.isView ? "Name the table itself in link.table." : "Give it one: ALTER TABLE … ADD COLUMN … bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
  });
}
