import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { wrapSql } from "./operator-sql.ts";
import type { ColumnSource } from "./service-database.ts";
import type { Connection } from "./sqlite-connection.ts";
import type { Affinity, ColumnShape, TableShape } from "./sqlite-schema.ts";
import { describeMissing, quoteName } from "./table-map.ts";

/** Throws StartError for a column that would round Kakao ids. */
export function refuseFloatingPoint(table: TableShape, name: string): void {
  if (columnOf(table, name).affinity !== "real") return;
  throw new StartError({
    code: "link-column-real",
    message: say`${table.name}.${name} is declared as a floating-point column: it would lose digits of Kakao ids.`,
    hint: "Use a column declared as INTEGER, BIGINT or TEXT.",
  });
}

/** A column without an affinity stores what it is given: ids are then written in the type of those that are there, else as text. */
export function storesIntegers(db: Connection, table: TableShape, link: string, affinity: Affinity): boolean {
  if (affinity !== "blob") return affinity !== "text";
  const type = db.prepare<[], string>(`SELECT typeof(${link}) FROM ${table.sql} WHERE ${link} NOT IN ('', '0', 0) LIMIT 1`).pluck().get();
  return type === "integer";
}

/** The configured columns that the table lacks, each with the nearest name. */
export function describeWrongColumns(table: TableShape, names: readonly string[]): string[] {
  const wrong = names.filter((name) => !table.columns.has(name.toLowerCase()));
  return wrong.map((name) => describeMissing(say`${table.name} has no column ${name}`, name, [...table.columns.values()].map((column) => column.name)));
}

/** A column that was checked to be there. */
export function columnOf(table: TableShape, name: string): ColumnShape {
  const column = table.columns.get(name.toLowerCase());
  if (column === undefined) throw new Error(`column ${name} was not checked`);
  return column;
}

/** SQLite ignores the case of names. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

/** SQL of a configured column or expression. */
export function sourceSql(source: ColumnSource): string {
  return source.kind === "sql" ? wrapSql(source.sql) : quoteName(source.column);
}

/** The same for a value: bytes as `\x` and hexadecimal digits, as on every engine. A column of text or numbers holds none. */
export function valueSql(table: TableShape, source: ColumnSource): string {
  const sql = sourceSql(source);
  if (source.kind !== "column") return sql;
  const { affinity } = columnOf(table, source.column);
  return affinity === "blob" || affinity === "numeric" ? `iif(typeof(${sql}) = 'blob', '\\x' || lower(hex(${sql})), ${sql})` : sql;
}
