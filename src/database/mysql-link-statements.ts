import { FailedError } from "../errors.ts";
import { say } from "../say.ts";
import type { Cell, MysqlConnection } from "./mysql-connection.ts";
import type { LinkRow } from "./mysql-link-rows.ts";
import type { MysqlLinkTable } from "./mysql-link-table.ts";
import { columnOf } from "./mysql-schema.ts";
import { asColumn, assignSql, holdsSql, valueName, valuesSql } from "./mysql-values.ts";

type Cells = Readonly<Record<string, Cell>>;

/** Adds rows with these texts, all of the same columns, in one statement. */
export async function insertRows(writer: MysqlConnection, link: MysqlLinkTable, rows: readonly Cells[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).map((name) => columnOf(link.table, name));
  const values = valuesSql(rows.map((row) => columns.map(({ name }) => row[name] ?? null)), "kakao_sync_write");
  const cells = columns.map((column, at) => assignSql(column, `kakao_sync_write.${valueName(at)}`));
  const added = await writer.run(`INSERT INTO ${link.table.sql} (${columns.map(({ sql }) => sql).join(", ")}) SELECT ${cells.join(", ")} FROM ${values}`);
  if (added !== rows.length) throw notAsWritten(link);
}

/** Gives rows new texts, all of the same columns, in one statement, where every column still holds what was read. */
export async function updateRows(writer: MysqlConnection, link: MysqlLinkTable, rows: readonly { readonly row: LinkRow; readonly values: Cells }[]): Promise<void> {
  const columns = Object.keys(rows[0]?.values ?? {}).map((name) => columnOf(link.table, name));
  const values = valuesSql(rows.map(({ row, values: cells }) => [...keyOf(link, row), ...row.cells, ...columns.map(({ name }) => cells[name] ?? null)]), "kakao_sync_write");
  const first = link.key.length + link.columns.length;
  const sets = columns.map((column, at) => `${link.row}.${column.sql} = ${assignSql(column, `kakao_sync_write.${valueName(first + at)}`)}`);
  const matched = await writer.run(`UPDATE ${values} STRAIGHT_JOIN ${link.table.sql} ON ${matchesKey(link)} SET ${sets.join(", ")} WHERE ${holdsAll(link)}`);
  if (matched !== rows.length) throw notAsWritten(link);
}

/** Removes rows in one statement, where every column still holds what was read. */
export async function deleteRows(writer: MysqlConnection, link: MysqlLinkTable, rows: readonly LinkRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = valuesSql(rows.map((row) => [...keyOf(link, row), ...row.cells]), "kakao_sync_write");
  const removed = await writer.run(`DELETE ${link.table.sql} FROM ${values} STRAIGHT_JOIN ${link.table.sql} ON ${matchesKey(link)} WHERE ${holdsAll(link)}`);
  if (removed !== rows.length) throw notAsWritten(link);
}

/** True for the same row of the table, whatever else it holds. */
export function sameKey(link: MysqlLinkTable, left: LinkRow, right: LinkRow): boolean {
  const other = keyOf(link, right);
  return keyOf(link, left).every((cell, at) => cell === other[at]);
}

/** A row that was written does not read as the link it is to be. */
export function notAsWritten(link: MysqlLinkTable): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message: say`A row of ${link.table.name} does not read as the link that was written; the batch was rolled back, or changed by another program after it.`,
    hint: "Look whether link.fixed, link.set, link.cleared and link.where fit each other, and for triggers on the table; then resume with --apply --plan RUN.",
  });
}

function keyOf(link: MysqlLinkTable, row: LinkRow): Cell[] {
  return link.key.map((column) => row.cells[link.columns.indexOf(column)] ?? null);
}

function matchesKey(link: MysqlLinkTable): string {
  return link.key.map((column, at) => `${link.row}.${column.sql} = ${asColumn(column, `kakao_sync_write.${valueName(at)}`)}`).join(" AND ");
}

function holdsAll(link: MysqlLinkTable): string {
  return link.columns.map((column, at) => holdsSql(column, link.row, `kakao_sync_write.${valueName(link.key.length + at)}`)).join(" AND ");
}
