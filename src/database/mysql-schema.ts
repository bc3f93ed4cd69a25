import { say } from "../say.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { type ColumnShape, type Kind, quoteMysqlName, readSql, textLiteral, wrapSql } from "./mysql-values.ts";
import type { ColumnSource } from "./service-database.ts";
import { describeMissing, splitTable } from "./table-map.ts";

/** A unique index: plain columns as the table spells them, or one expression (a functional index of MySQL). */
export interface UniqueKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly expression: string | null;
}

/** A table or view as the catalogue describes it. */
export interface TableShape {
  /** The quoted name for SQL. */
  readonly sql: string;
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
  /** The storage engine; null for a view. */
  readonly engine: string | null;
  /** By lower-case name: MySQL ignores the case of column names. */
  readonly columns: ReadonlyMap<string, ColumnShape>;
  readonly uniqueKeys: readonly UniqueKey[];
  /** Every index with its plain columns. */
  readonly indexes: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly primaryKey: readonly string[];
}

/** All tables and views of the connection's database, for the "did you mean" of a wrong name. */
export async function listTables(connection: MysqlConnection): Promise<string[]> {
  const rows = await connection.rows("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()");
  return rows.map(([name]) => name ?? "");
}

/** The table of this name (`schema.table` allowed), or undefined when there is none that this user may read. */
export async function readTable(connection: MysqlConnection, wanted: string): Promise<TableShape | undefined> {
  const { schema, table } = splitTable(wanted);
  const found = (await findTable(connection, null, wanted)) ?? (schema === null ? undefined : await findTable(connection, schema, table));
  if (found === undefined) return undefined;
  const columns = await readColumns(connection, found.schema, found.name);
  const indexes = await readIndexes(connection, found.schema, found.name);
  return {
    ...found,
    sql: `${quoteMysqlName(found.schema)}.${quoteMysqlName(found.name)}`,
    columns: new Map(columns.map((column) => [column.name.toLowerCase(), column])),
    uniqueKeys: indexes.filter((index) => index.isUnique),
    indexes,
    primaryKey: indexes.find((index) => index.name === "PRIMARY")?.columns ?? [],
  };
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

/** SQL for the text of a configured column or expression. */
export function sourceSql(table: TableShape, source: ColumnSource): string {
  if (source.kind === "sql") return `CONVERT(${wrapSql(source.sql)} USING utf8mb4)`;
  const column = columnOf(table, source.column);
  const sql = readSql(column, quoteMysqlName(table.name));
  // Bytes as `\x` and hexadecimal digits, as on every engine.
  return column.kind === "bytes" ? `CONCAT(${textLiteral("\\x")}, ${sql})` : sql;
}

type FoundTable = Pick<TableShape, "schema" | "name" | "isView" | "engine">;

/** Names differ by case where the server's file system does (`lower_case_table_names` 0), else not. */
async function findTable(connection: MysqlConnection, schema: string | null, name: string): Promise<FoundTable | undefined> {
  const [[foldNames = null] = []] = await connection.rows("SELECT @@lower_case_table_names <> 0");
  const rows = await connection.rows(
    `SELECT table_schema, table_name, table_type, engine FROM information_schema.tables WHERE ${schema === null ? "table_schema = DATABASE()" : `table_schema = ${textLiteral(schema)}`}`,
  );
  const fold = (text: string | null | undefined): string => (foldNames === "1" ? (text ?? "").toLowerCase() : (text ?? ""));
  const row = rows.find(([, table]) => fold(table) === fold(name));
  if (row === undefined) return undefined;
  const [inSchema = null, table = null, type = null, engine = null] = row;
  return { schema: inSchema ?? "", name: table ?? "", isView: /view/i.test(type ?? ""), engine };
}

function inTable(schema: string, name: string): string {
  return `table_schema = ${textLiteral(schema)} AND table_name = ${textLiteral(name)}`;
}

async function readColumns(connection: MysqlConnection, schema: string, table: string): Promise<ColumnShape[]> {
  const rows = await connection.rows(
    "SELECT column_name, data_type, column_type, character_set_name, collation_name, is_nullable, column_default, extra, generation_expression, character_maximum_length, numeric_precision, numeric_scale " +
      `FROM information_schema.columns WHERE ${inTable(schema, table)} ORDER BY ordinal_position`,
  );
  return rows.map(([name, dataType, type, charset, collation, isNullable, preset, extra, expression, length, precision, scale]) => ({
    name: name ?? "",
    sql: quoteMysqlName(name ?? ""),
    kind: kindOf((dataType ?? "").toLowerCase(), (type ?? "").toLowerCase()),
    type: (type ?? "").toLowerCase(),
    charset: charset ?? null,
    collation: collation ?? null,
    nullable: isNullable === "YES",
    hasDefault: isNullable === "YES" || (preset ?? null) !== null || /auto_increment|default_generated/i.test(extra ?? ""),
    generated: /\b(virtual|stored|persistent)\b/i.test(extra ?? "") ? (expression ?? "") : null,
    length: length === null || length === undefined ? null : Number(length),
    precision: Number(precision ?? 0),
    scale: Number(scale ?? 0),
  }));
}

function kindOf(dataType: string, columnType: string): Kind {
  if (/^(tiny|small|medium|big)?int(eger)?$/.test(dataType)) return /unsigned/.test(columnType) ? "unsigned" : "integer";
  if (dataType === "decimal") return "decimal";
  if (dataType === "float" || dataType === "double") return "float";
  if (/char$|text$|^enum$|^set$/.test(dataType)) return "text";
  if (/binary$|blob$|^bit$|^geometry|point$|polygon$|linestring$|geom/.test(dataType)) return "bytes";
  return dataType === "uuid" ? "uuid" : "other";
}

async function readIndexes(connection: MysqlConnection, schema: string, table: string): Promise<(UniqueKey & { readonly isUnique: boolean })[]> {
  const hasExpressions = await connection.rows("SELECT 1 FROM information_schema.columns WHERE table_schema = 'information_schema' AND table_name = 'STATISTICS' AND column_name = 'EXPRESSION'");
  const rows = await connection.rows(
    `SELECT index_name, column_name, ${hasExpressions.length > 0 ? "expression" : "NULL"}, non_unique = 0 FROM information_schema.statistics WHERE ${inTable(schema, table)} ORDER BY index_name, seq_in_index`,
  );
  const indexes = new Map<string, { columns: string[]; expression: string | null; isUnique: boolean }>();
  for (const [name, column, expression, unique] of rows) {
    const index = indexes.get(name ?? "") ?? { columns: [], expression: null, isUnique: unique === "1" };
    indexes.set(name ?? "", index);
    if (column === null || column === undefined) index.expression = `${index.expression ?? ""}${expression ?? ""}`;
    else index.columns.push(column);
  }
  return [...indexes].map(([name, index]) => ({ name, ...index }));
}
