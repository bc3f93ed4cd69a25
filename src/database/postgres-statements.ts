import { FailedError } from "../errors.ts";
import type { Transaction } from "./postgres-connection.ts";
import { isUniqueViolation } from "./postgres-errors.ts";
import type { ColumnShape, TableShape } from "./postgres-schema.ts";
import { columnOf } from "./postgres-values.ts";
import { quoteName } from "./table-map.ts";

/** How a row is told from every other one: an expression over the row, and the type that a text is cast to for comparing. */
export interface KeyPart {
  readonly sql: string;
  readonly type: string;
}

/** One row's key, its new values by column, and what it must still hold; all as text. */
export interface RowWrite {
  readonly key: readonly string[];
  readonly to: Readonly<Record<string, string | null>>;
  readonly from: Readonly<Record<string, string | null>>;
}

/** Gives rows new values in one statement that repeats every condition and must change each row. All rows write and compare the same columns. */
export async function updateRows(sql: Transaction, table: TableShape, key: readonly KeyPart[], rows: readonly RowWrite[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const to = Object.keys(first.to).map((name) => columnOf(table, name));
  const from = Object.keys(first.from).map((name) => columnOf(table, name));
  const lists = [...listsOf(rows, key), ...to.map(({ name }) => rows.map((row) => row.to[name] ?? null)), ...from.map(({ name }) => rows.map((row) => row.from[name] ?? null))];
  const sets = to.map((column, at) => `${quoteName(column.name)} = ${given(key.length + at)}::text::${column.declared}`);
  const where = [...matchKey(key), ...from.map((column, at) => isStill(column, key.length + to.length + at))];
  const same = to.map((column, at) => isStill(column, key.length + at)).join(" AND ");
  const [counts] = await sql.rows(
    `WITH kakao_sync_done AS (UPDATE ${table.sql} SET ${sets.join(", ")} FROM ${unnest(lists.length)} WHERE ${where.join(" AND ")} RETURNING ${same} AS same) SELECT count(*), count(*) FILTER (WHERE same) FROM kakao_sync_done`,
    lists,
  );
  const [touched, changed] = (counts ?? []).map(Number);
  if (touched !== rows.length || changed !== rows.length) throw notAsWritten(table, `${rows.length - (changed ?? 0)} of ${rows.length} rows did not take their new values`);
}

/** Adds rows, all with the same columns, in one statement that must add each. */
export async function insertRows(sql: Transaction, table: TableShape, rows: readonly RowWrite["to"][]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).map((name) => columnOf(table, name));
  if (columns.length === 0) return;
  const lists = columns.map(({ name }) => rows.map((row) => row[name] ?? null));
  const values = columns.map((column, at) => `${given(at)}::text::${column.declared}`);
  const overriding = columns.some((column) => column.identity) ? " OVERRIDING SYSTEM VALUE" : "";
  const added = await sql.rows(`INSERT INTO ${table.sql} (${columns.map(({ name }) => quoteName(name)).join(", ")})${overriding} SELECT ${values.join(", ")} FROM ${unnest(lists.length)} RETURNING 1`, lists);
  if (added.length !== rows.length) throw notAsWritten(table, `${rows.length - added.length} of ${rows.length} rows were not added`);
}

/** Removes rows that still hold `from`, in one statement that must remove each. */
export async function deleteRows(sql: Transaction, table: TableShape, key: readonly KeyPart[], rows: readonly Omit<RowWrite, "to">[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const from = Object.keys(first.from).map((name) => columnOf(table, name));
  const lists = [...listsOf(rows, key), ...from.map(({ name }) => rows.map((row) => row.from[name] ?? null))];
  const where = [...matchKey(key), ...from.map((column, at) => isStill(column, key.length + at))];
  const gone = await sql.rows(`DELETE FROM ${table.sql} USING ${unnest(lists.length)} WHERE ${where.join(" AND ")} RETURNING 1`, lists);
  if (gone.length !== rows.length) throw notAsWritten(table, `${rows.length - gone.length} of ${rows.length} rows were not removed`);
}

/** How many of these rows hold `to`. */
export async function countHolding(sql: Transaction, table: TableShape, key: readonly KeyPart[], rows: readonly Omit<RowWrite, "from">[]): Promise<number> {
  const [first] = rows;
  if (first === undefined) return 0;
  const to = Object.keys(first.to).map((name) => columnOf(table, name));
  const lists = [...listsOf(rows, key), ...to.map(({ name }) => rows.map((row) => row.to[name] ?? null))];
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

export function notAsWritten(table: TableShape, what: string): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message: `${what} (table ${table.name}).`,
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

function listsOf(rows: readonly { readonly key: readonly string[] }[], key: readonly KeyPart[]): (string | null)[][] {
  return key.map((_, at) => rows.map((row) => row.key[at] ?? null));
}

/** The lists side by side, row by row in the order given. */
function unnest(width: number): string {
  const at = Array.from({ length: width }, (_, index) => index);
  return `unnest(${at.map((index) => `$${index + 1}::text[]`).join(", ")}) AS kakao_sync_write (${at.map(given).join(", ")})`;
}

function given(at: number): string {
  return `kakao_sync_${at}`;
}
