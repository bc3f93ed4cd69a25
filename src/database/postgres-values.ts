import { randomUUID } from "node:crypto";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { SetValue } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import type { ColumnShape, TableShape } from "./postgres-schema.ts";
import type { StoredValue } from "./stored-values.ts";

/** A column's value as the server writes it, with its type: what the journal keeps and undo compares. */
export function decodeStored({ kind }: ColumnShape, text: string | null): StoredValue {
  if (text === null) return null;
  if (kind === "integer") return { int: text };
  if (kind === "bytes") return { hex: text.slice(2) };
  return kind === "float" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** The reverse of `decodeStored`: text that the server reads as this value in a column of its type. */
export function encodeStored(value: StoredValue | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "object") return String(value);
  return "int" in value ? value.int : `\\x${value.hex}`;
}

/** A text as an SQL literal; `standard_conforming_strings` is on in every transaction. */
export function quoteText(text: string): string {
  if (text.includes("\0")) throw new StartError({ code: "database-literal", message: "A value of the configuration holds a zero byte.", hint: "Write the value as the database shows it." });
  return `'${text.replaceAll("'", "''")}'`;
}

/** What fills a further column when a link is written: the time of the batch, a UUID a row, or a text as the column holds it. */
export type Fill = "now" | "uuid" | { readonly text: string | null };

/** The values of `set`, `cleared` or `fixed` as their columns will hold them. Throws StartError for what a column cannot hold. */
export async function resolveFills(sql: Transaction, table: TableShape, set: Readonly<Record<string, SetValue>>, where: string): Promise<Readonly<Record<string, Fill>>> {
  const fills: Record<string, Fill> = {};
  for (const [name, value] of Object.entries(set)) {
    const column = columnOf(table, name);
    checkSetType(column, value, `${where}.${name}`);
    if (typeof value === "string") fills[name] = value;
    else fills[name] = { text: value.literal === null ? null : await castToColumn(sql, column, String(value.literal), `${where}.${name}`) };
  }
  return fills;
}

/** The texts that `fills` put into one row; `nows` holds the time of the batch as each column will hold it. */
export function fillRow(fills: Readonly<Record<string, Fill>>, nows: ReadonlyMap<string, string | null>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(fills).map(([name, fill]) => [name, fill === "now" ? (nows.get(name) ?? null) : fill === "uuid" ? randomUUID() : fill.text]));
}

/** The time of a batch as the columns that are filled with it will hold it. */
export async function castNow(sql: Transaction, table: TableShape, fills: Readonly<Record<string, Fill>>, now: string): Promise<Map<string, string | null>> {
  const names = Object.keys(fills).filter((name) => fills[name] === "now");
  if (names.length === 0) return new Map();
  const [row = []] = await sql.rows(`SELECT ${names.map((name) => `($1::text::${columnOf(table, name).declared})::text`).join(", ")}`, [now]);
  return new Map(names.map((name, at) => [name, row[at] ?? null]));
}

/** The column of a name that was checked. */
export function columnOf(table: TableShape, name: string): ColumnShape {
  const column = table.columns.get(name);
  if (column === undefined) throw new Error(`column ${name} was not checked`);
  return column;
}

/** A cast to a text of limited length would cut the value without a word: what comes back is compared. */
async function castToColumn(sql: Transaction, column: ColumnShape, text: string, where: string): Promise<string | null> {
  try {
    const cast = await sql.savepoint(() => sql.rows(`SELECT ($1::text::${column.declared})::text`, [text]));
    const stored = cast[0]?.[0] ?? null;
    if (column.kind !== "text" || stored === text || stored === text.replace(/ +$/, "")) return stored;
  } catch (cause) {
    throw doesNotFit(column, where, cause);
  }
  throw doesNotFit(column, where, undefined);
}

function checkSetType(column: ColumnShape, set: SetValue, where: string): void {
  const fits = set === "now" ? ["time", "text"] : set === "uuid" ? ["uuid", "text"] : null;
  if (!column.computed && (fits === null || fits.includes(column.kind))) return;
  throw new StartError({
    code: "set-column-type",
    message: column.computed ? say`${where}: the column ${column.name} is of the type ${column.declared}, computed by the server, which cannot hold it.` : say`${where}: the column ${column.name} is of the type ${column.declared}, which cannot hold it.`,
    hint: "Name a column for a time (now), a UUID (uuid) or a fixed value.",
  });
}

function doesNotFit(column: ColumnShape, where: string, cause: unknown): StartError {
  return new StartError({ code: "set-column-value", message: say`${where}: the value does not fit the column ${column.name} of the type ${column.declared}.`, hint: "Correct the value in the configuration.", ...(cause === undefined ? {} : { cause }) });
}
