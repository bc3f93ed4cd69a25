import { FailedError } from "../errors.ts";
import type { Transaction } from "./postgres-connection.ts";
import { isUniqueViolation } from "./postgres-errors.ts";
import { say } from "../say.ts";
import type { ColumnShape, TableShape } from "./postgres-schema.ts";
import { columnOf } from "./postgres-values.ts";
import { quoteName } from "./table-map.ts";

/** How a row is told from every other one: an expression over the row, and the type that a text is cast to for comparing. */
export interface KeyPart {
  readonly sql: string;
  readonly type: string;
}

/** Columns of a table, by name. */
export interface Columns {
  readonly to: readonly string[];
  /** Those that must still hold what they held. */
  readonly from: readonly string[];
}

/** One row's key, its new values and what it must still hold: texts in the order of `Columns`. */
export interface RowWrite {
  readonly key: readonly string[];
  readonly to: Texts;
  readonly from: Texts;
}

export type Texts = readonly (string | null)[];

/** Gives rows new values in one statement that repeats every condition and must change each row. */
export async function updateRows(sql: Transaction, table: TableShape, key: readonly KeyPart[], columns: Columns, rows: readonly RowWrite[]): Promise<void> {
  if (rows.length === 0) return;
  const to = columns.to.map((name) => columnOf(table, name));
  const from = columns.from.map((name) => columnOf(table, name));
  const lists = [...key.map((_, at) => rows.map((row) => row.key[at] ?? null)), ...to.map((_, at) => rows.map((row) => row.to[at] ?? null)), ...from.map((_, at) => rows.map((row) => row.from[at] ?? null))];
  const sets = to.map((column, at) => `${quoteName(column.name)} = ${given(key.length + at)}::text::${column.declared}`);
  const where = [...matchKey(key), ...from.map((column, at) => isStill(column, key.length + to.length + at))];
  const same = to.map((column, at) => isStill(column, key.length + at)).join(" AND ");
  const [counts] = await sql.rows(
    `WITH kakao_sync_done AS (UPDATE ${table.sql} SET ${sets.join(", ")} FROM ${unnest(lists.length)} WHERE ${where.join(" AND ")} RETURNING ${same} AS same) SELECT count(*), count(*) FILTER (WHERE same) FROM kakao_sync_done`,
    lists,
  );
  const [touched, changed] = (counts ?? []).map(Number);
  if (touched !== rows.length || changed !== rows.length) throw notAsWritten(say`${rows.length - (changed ?? 0)} of ${rows.length} rows did not take their new values (table ${table.name}).`);
}

/** Adds rows in one statement that must add each. */
export async function insertRows(sql: Transaction, table: TableShape, names: readonly string[], rows: readonly Texts[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = names.map((name) => columnOf(table, name));
  const values = columns.map((column, at) => `${given(at)}::text::${column.declared}`);
  const overriding = columns.some((column) => column.identity) ? " OVERRIDING SYSTEM VALUE" : "";
  const lists = columns.map((_, at) => rows.map((row) => row[at] ?? null));
  const added = await sql.rows(`INSERT INTO ${table.sql} (${names.map(quoteName).join(", ")})${overriding} SELECT ${values.join(", ")} FROM ${unnest(lists.length)} RETURNING 1`, lists);
  if (added.length !== rows.length) throw notAsWritten(say`${rows.length - added.length} of ${rows.length} rows were not added (table ${table.name}).`);
}

/** Removes rows that still hold what they held, in one statement that must remove each. */
export async function deleteRows(sql: Transaction, table: TableShape, key: readonly KeyPart[], names: readonly string[], rows: readonly Omit<RowWrite, "to">[]): Promise<void> {
  if (rows.length === 0) return;
  const from = names.map((name) => columnOf(table, name));
  const lists = [...key.map((_, at) => rows.map((row) => row.key[at] ?? null)), ...from.map((_, at) => rows.map((row) => row.from[at] ?? null))];
  const where = [...matchKey(key), ...from.map((column, at) => isStill(column, key.length + at))];
  const gone = await sql.rows(`DELETE FROM ${table.sql} USING ${unnest(lists.length)} WHERE ${where.join(" AND ")} RETURNING 1`, lists);
  if (gone.length !== rows.length) throw notAsWritten(say`${rows.length - gone.length} of ${rows.length} rows were not removed (table ${table.name}).`);
}

/** How many of these rows hold what was written. */
export async function countHolding(sql: Transaction, table: TableShape, key: readonly KeyPart[], names: readonly string[], rows: readonly Omit<RowWrite, "from">[]): Promise<number> {
  if (rows.length === 0) return 0;
  const to = names.map((name) => columnOf(table, name));
  const lists = [...key.map((_, at) => rows.map((row) => row.key[at] ?? null)), ...to.map((_, at) => rows.map((row) => row.to[at] ?? null))];
  const [row] = await sql.rows(`SELECT count(*) FROM ${table.sql}, ${unnest(lists.length)} WHERE ${[...matchKey(key), ...to.map((column, at) => isStill(column, key.length + at))].join(" AND ")}`, lists);
  return Number(row?.[0]);
}

/** Writes rows at once, and where a unique index refuses them, in halves, so that one row does not stop the others; gives the refused ones. */
export async function writeInHalves<Item>(sql: Transaction, rows: readonly Item[], write: (some: readonly Item[]) => Promise<void>): Promise<readonly Item[]> {
  if (rows.length === 0) return [];
  try {
    await sql.savepoint(() => write(rows));
    return [];
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    if (rows.length === 1) return rows;
    const middle = Math.ceil(rows.length / 2);
    const refused = await writeInHalves(sql, rows.slice(0, middle), write);
    return [...refused, ...(await writeInHalves(sql, rows.slice(middle), write))];
  }
}

export function notAsWritten(message: string): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message,
    hint: "Look for triggers or programs that change these columns, then resume with --apply --plan RUN.",
  });
}

/** A column as text, compared byte by byte whatever its collation. */
function textOf(column: ColumnShape): string {
  return `${quoteName(column.name)}::text COLLATE "C"`;
}

function isStill(column: ColumnShape, at: number): string {
  return `${textOf(column)} IS NOT DISTINCT FROM ${given(at)}`;
}

function matchKey(key: readonly KeyPart[]): string[] {
  return key.map(({ sql, type }, at) => `${sql} = ${given(at)}::${type}`);
}

/** The lists side by side, row by row in the order given. */
function unnest(width: number): string {
  const at = Array.from({ length: width }, (_, index) => index);
  return `unnest(${at.map((index) => `$${index + 1}::text[]`).join(", ")}) AS kakao_sync_write (${at.map(given).join(", ")})`;
}

function given(at: number): string {
  return `kakao_sync_${at}`;
}
