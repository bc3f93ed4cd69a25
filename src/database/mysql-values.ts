import { randomUUID } from "node:crypto";
import type { SetValue } from "./service-database.ts";
import type { StoredValue } from "./stored-values.ts";
import { quoteName } from "./table-map.ts";

/** How a column's values become text and come back from it exactly. */
export type Kind = "integer" | "unsigned" | "decimal" | "float" | "text" | "bytes" | "uuid" | "other";

/** What reading and writing must know of a column. */
export interface ColumnShape {
  readonly name: string;
  /** The quoted name. */
  readonly sql: string;
  readonly kind: Kind;
  /** As the server spells it: `bigint(20) unsigned`, `varchar(40)`. */
  readonly type: string;
  readonly charset: string | null;
  readonly collation: string | null;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  /** The server's expression of a generated column; null for a stored one. */
  readonly generated: string | null;
  /** Characters or bytes; null where the type has none. */
  readonly length: number | null;
  readonly precision: number;
  readonly scale: number;
}

/** A name in backticks, embedded ones doubled, so that no name of a configuration can become SQL. Throws StartError for an empty name. */
export function quoteMysqlName(name: string): string {
  quoteName(name);
  return `\`${name.replaceAll("`", "``")}\``;
}

/** Text as SQL in hexadecimal digits: whatever the session's modes and character set, it cannot become anything else. */
export function textLiteral(text: string): string {
  return `_utf8mb4 X'${Buffer.from(text, "utf8").toString("hex")}'`;
}

/** Text or NULL. */
function literal(text: string | null): string {
  return text === null ? "NULL" : textLiteral(text);
}

/** The name of a column of `valuesSql`: one that no table of a service has. */
export function valueName(at: number): string {
  return `kakao_sync_${at}`;
}

/** A table of the given texts, its columns named by `valueName`; every engine of this protocol reads it. It must have a row. */
export function valuesSql(rows: readonly (readonly (string | null)[])[], alias: string): string {
  const selects = rows.map((row, index) => `SELECT ${row.map((cell, at) => (index === 0 ? `${literal(cell)} AS ${valueName(at)}` : literal(cell))).join(",")}`);
  return `(${selects.join(" UNION ALL ")}) AS ${alias}`;
}

/** SQL for the exact text of a column; `row` is the table's alias. Bytes as hexadecimal digits. */
export function readSql(column: ColumnShape, row: string): string {
  const cell = `${row}.${column.sql}`;
  switch (column.kind) {
    case "text":
      return `CONVERT(${cell} USING utf8mb4)`;
    case "bytes":
      return `CONVERT(LOWER(HEX(${cell})) USING utf8mb4)`;
    case "float":
      // A FLOAT alone is shown with six digits; as a DOUBLE it has all that it holds.
      return `CONVERT(${cell} + 0e0 USING utf8mb4)`;
    case "integer":
    case "unsigned":
      return `CONVERT(${/zerofill/i.test(column.type) ? `${cell} + 0` : cell} USING utf8mb4)`;
    default:
      return `CONVERT(CAST(${cell} AS CHAR) USING utf8mb4)`;
  }
}

/** SQL that brings a text to the type and collation of a column, so that an index on the column serves the comparison. */
export function asColumn(column: ColumnShape, text: string): string {
  switch (column.kind) {
    case "integer":
      return `CAST(${text} AS SIGNED)`;
    case "unsigned":
      return `CAST(${text} AS UNSIGNED)`;
    case "decimal":
      return `CAST(${text} AS DECIMAL(${column.precision},${column.scale}))`;
    case "bytes":
      return `UNHEX(${text})`;
    case "uuid":
      return `CAST(${text} AS UUID)`;
    case "text":
      if (/^(enum|set)/.test(column.type)) return text;
      return column.charset === null || column.collation === null ? text : `CONVERT(${text} USING ${column.charset}) COLLATE ${column.collation}`;
    default:
      return text;
  }
}

/** What rows are ordered and paged by: an ENUM sorts by its number and compares by its name, so its name is taken for both. */
export function orderSql(column: ColumnShape, row: string): string {
  return /^(enum|set)/.test(column.type) ? readSql(column, row) : `${row}.${column.sql}`;
}

/** A column of `row` in the type and collation of another one. */
export function asTypeOf(wanted: ColumnShape, given: ColumnShape, row: string): string {
  return wanted.kind === given.kind && wanted.collation === given.collation && wanted.scale === given.scale ? `${row}.${given.sql}` : asColumn(wanted, readSql(given, row));
}

/** SQL that is true where a column equals one of these texts, as its own type and collation compare them. */
export function isAmong(column: ColumnShape, row: string, texts: readonly string[]): string {
  const isWhole = column.kind === "integer" || column.kind === "unsigned";
  // Digits as they are: the server reads them twice as fast, and nothing else can equal an integer.
  const values = isWhole ? texts.filter((text) => /^-?\d{1,20}$/.test(text)) : texts.map((text) => asColumn(column, textLiteral(text)));
  return values.length === 0 ? "FALSE" : `${row}.${column.sql} IN (${values.join(",")})`;
}

/** SQL for what is assigned to a column: the server turns text into the column's type, and refuses what does not fit. */
export function assignSql(column: ColumnShape, text: string): string {
  return column.kind === "bytes" ? `UNHEX(${text})` : text;
}

/** SQL that is true when a column holds exactly this text, or both are NULL: no collation, no padding, no rounding. */
export function holdsSql(column: ColumnShape, row: string, text: string): string {
  return `CAST(${readSql(column, row)} AS BINARY) <=> CAST(${text} AS BINARY)`;
}

/** The value behind the text that `readSql` gave. */
export function decodeStored(column: ColumnShape, text: string | null): StoredValue {
  if (text === null) return null;
  switch (column.kind) {
    case "integer":
    case "unsigned":
      return { int: text };
    case "float":
      return Number(text);
    case "bytes":
      return { hex: text };
    default:
      return text;
  }
}

/** The reverse of `decodeStored`. */
export function encodeStored(value: StoredValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return String(value);
  return "int" in value ? value.int : value.hex;
}

/** What fills a column of `set` or `cleared`, as text. A UUID becomes its sixteen bytes where the column has no room for more. */
export function fillColumn(column: ColumnShape, set: SetValue, now: string): string | null {
  const text = set === "now" ? now : set === "uuid" ? randomUUID() : set.literal === null ? null : String(set.literal);
  if (text === null || column.kind !== "bytes") return text;
  if (set === "uuid" && column.length === 16) return text.replaceAll("-", "");
  return Buffer.from(text, "utf8").toString("hex");
}

/** A value of the configuration that a column is compared with. A number is text to a text column, or 'abc' would equal 0. */
export function comparedLiteral(column: ColumnShape, value: string | number): string {
  if (typeof value === "number" && column.kind !== "text" && column.kind !== "bytes") return String(value);
  return column.kind === "bytes" ? `X'${Buffer.from(String(value), "utf8").toString("hex")}'` : textLiteral(String(value));
}

/** An operator's SQL on lines of its own, so that a comment at its end hides nothing of ours. */
export function wrapSql(sql: string): string {
  return `(\n${sql}\n)`;
}
