import type { MysqlConnection } from "./mysql-connection.ts";
import type { TableShape, UniqueKey } from "./mysql-schema.ts";
import { type ColumnShape, quoteMysqlName } from "./mysql-values.ts";

/** What a unique index must keep apart: a column, next to columns that are the same in all counted rows, in rows that fulfil a condition. */
export interface Uniqueness {
  readonly table: TableShape;
  readonly column: ColumnShape;
  readonly same: readonly string[];
  /** The condition of counted rows, as the operator wrote it. */
  readonly where: string | null;
}

/** True when a unique index keeps all non-empty values of this column apart. */
export function coversColumn(table: TableShape, column: ColumnShape): boolean {
  return isCovered({ table, column, same: [], where: null });
}

/**
 * True for a unique index over the column and some of the same ones; or over an expression of it that makes NULL of empty links and of rows that do not
 * count. MySQL has no partial indexes: such an expression stands in a generated column or in the index itself.
 */
export function isCovered({ table, column, same, where }: Uniqueness): boolean {
  const isSame = (name: string): boolean => same.some((one) => sameName(one, name));
  const stands = (key: UniqueKey, name: string): boolean => sameName(name, column.name) || isLeavingOut(table, key, column, where, expressionOf(table, name));
  return table.uniqueKeys.some((key) => {
    const others = key.columns.filter((name) => !isSame(name));
    if (key.expression !== null) return others.length === 0 && isLeavingOut(table, key, column, where, key.expression);
    return others.length === 1 && stands(key, others[0] ?? "");
  });
}

/** The statement that makes such an index. Empty links and rows that do not count are kept out of it by a generated column, which no `select *` shows. */
export async function createUniqueSql(connection: MysqlConnection, wanted: Uniqueness): Promise<string> {
  const { table, column, same } = wanted;
  const expressions = leaveOut(wanted, await storedEmpties(connection, table, column));
  const name = indexName(table, column);
  const others = same.map(quoteMysqlName);
  if (expressions === null) return `CREATE UNIQUE INDEX ${quoteMysqlName(name)} ON ${table.sql} (${[...others, indexPart(column)].join(", ")});`;
  const generated = quoteMysqlName(freeColumnName(table, `${column.name}_unique`));
  return `ALTER TABLE ${table.sql} ADD COLUMN ${generated} ${declare(column)} GENERATED ALWAYS AS (${expressions}) VIRTUAL INVISIBLE, ADD UNIQUE INDEX ${quoteMysqlName(name)} (${[...others, generated].join(", ")});`;
}

/** The name of the index that `createUniqueSql` makes. */
export function indexName(table: TableShape, column: Pick<ColumnShape, "name">): string {
  return `${`${table.name}_${column.name}`.slice(0, 57)}_unique`;
}

/** The kinds of empty link, other than NULL, that this column holds: an index would allow each of them once. */
async function storedEmpties(connection: MysqlConnection, table: TableShape, column: ColumnShape): Promise<string[]> {
  const kinds = column.kind === "text" ? ["''", "'0'"] : ["0"];
  // A column that cannot be NULL holds one of them in every row without a link, though there may be none yet.
  if (!column.nullable) return kinds;
  const found: string[] = [];
  for (const kind of kinds) {
    const [[exists = "0"] = []] = await connection.rows(`SELECT EXISTS (SELECT 1 FROM ${table.sql} WHERE ${column.sql} = ${kind})`);
    if (exists === "1") found.push(kind);
  }
  return found;
}

/** The expression of the generated column, or null where the column itself can be indexed. */
function leaveOut({ column, where }: Uniqueness, empties: readonly string[]): string | null {
  const value = empties.reduce((inner, empty) => `NULLIF(${inner}, ${empty})`, column.sql);
  if (where !== null) return `CASE WHEN (${where.trim()}) THEN ${value} END`;
  return empties.length === 0 ? null : value;
}

function isLeavingOut(table: TableShape, key: UniqueKey, column: ColumnShape, where: string | null, expression: string | null): boolean {
  if (expression === null) return false;
  const found = spell(expression);
  const kinds = column.kind === "text" ? [[], ["''"], ["'0'"], ["''", "'0'"], ["'0'", "''"]] : [[], ["0"]];
  const alike = kinds.flatMap((empties) => [leaveOut({ table, column, same: [], where }, empties), leaveOut({ table, column, same: [], where: null }, empties)]).flatMap((one) => (one === null ? [] : [spell(one)]));
  if (alike.includes(found)) return true;
  // The server spells longer conditions in its own way: an index by our name is the one that was printed.
  return where !== null && key.name === indexName(table, column) && found.startsWith("casewhen") && found.includes(spell(column.sql));
}

/** The expression behind a generated column. */
function expressionOf(table: TableShape, name: string): string | null {
  return table.columns.get(name.toLowerCase())?.generated ?? null;
}

/** An expression without what servers spell differently: case, blanks, brackets, quotes of names (" with ANSI_QUOTES), character sets of literals. */
function spell(sql: string): string {
  return sql.toLowerCase().replaceAll(/\\(?=')/g, "").replaceAll(/_(utf8mb[34]|utf8|latin1|ascii)\s*(?=')/g, "").replaceAll(/[`"\s()]/g, "");
}

function declare(column: ColumnShape): string {
  const type = column.type.replace(/\s*zerofill/, "");
  return column.charset === null || column.collation === null ? type : `${type} CHARACTER SET ${column.charset} COLLATE ${column.collation}`;
}

/** Long texts are indexed by their beginning: a Kakao id has 19 digits. */
function indexPart(column: ColumnShape): string {
  return /text$/.test(column.type) ? `${column.sql}(32)` : column.sql;
}

function freeColumnName(table: TableShape, wanted: string): string {
  let name = wanted;
  for (let at = 2; table.columns.has(name.toLowerCase()); at += 1) name = `${wanted}_${at}`;
  return name;
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
