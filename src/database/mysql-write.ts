import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { FailedError } from "../errors.ts";
import { say } from "../say.ts";
import { judgeChange } from "./judge.ts";
import type { Cell, MysqlConnection } from "./mysql-connection.ts";
import type { MysqlPlace, PlaceLink } from "./mysql-place.ts";
import { inChunks, readByIds, readHeldIds } from "./mysql-read.ts";
import { columnOf } from "./mysql-schema.ts";
import { writeInHalves } from "./mysql-transaction.ts";
import { asColumn, assignSql, type ColumnShape, decodeStored, fillColumn, holdsSql, isAmong, readSql, valueName, valuesSql } from "./mysql-values.ts";
import type { ChangeGuards, ChangeOutcome, FormerValues, LinkChange } from "./service-database.ts";

/** A place that has a link column, with the columns that a link's writing touches. */
export interface WritablePlace {
  readonly place: MysqlPlace;
  readonly link: PlaceLink;
  /** The link column first; `name` as the configuration spells it, the key in journalled values. */
  readonly columns: readonly { readonly name: string; readonly shape: ColumnShape }[];
}

/** One row to be written: every column's text as it is and as it is to be. */
export interface RowWrite {
  readonly index: number;
  readonly id: string;
  readonly from: readonly Cell[];
  readonly to: readonly Cell[];
}

/** What was written in a place, with the texts that the server made of it. */
export interface PlannedPlace {
  readonly target: WritablePlace;
  readonly rows: RowWrite[];
}

/** A member as it is inside the transaction, with the texts of the touched columns. */
export interface FreshRow {
  readonly row: MemberRow;
  readonly cells: readonly Cell[];
}

/** Decides about every change inside the transaction, writes in key order, reads back, and tells the guards what to keep. */
export async function writeChanges(writer: MysqlConnection, places: readonly MysqlPlace[], changes: readonly LinkChange[], guards: ChangeGuards, now: string): Promise<{ outcomes: ChangeOutcome[]; writes: PlannedPlace[] }> {
  const fresh = await readAllFresh(writer, places, changes);
  const held = await readHeldIds(writer, places, changes.flatMap((change) => change.to ?? []));
  const outcomes: ChangeOutcome[] = [];
  const planned = new Map<number, PlannedPlace>();
  const again = new Set<string>();
  changes.forEach((change, index) => {
    const found = fresh.get(change.place);
    const one = found?.rows.get(change.memberId);
    const name = `${change.place} ${change.memberId}`;
    const why = judgeChange(change, one?.row, index, held, again.has(name), guards);
    outcomes.push({ outcome: "moved", why: why ?? "row-gone" });
    if (why !== null || one === undefined || found === undefined) return;
    again.add(name);
    const rows = planned.get(change.place) ?? { target: found.target, rows: [] };
    planned.set(change.place, rows);
    rows.rows.push({ index, id: one.row.id, from: one.cells, to: newTexts(found.target, change.to, one.cells, now) });
  });
  const writes: PlannedPlace[] = [];
  for (const one of planned.values()) writes.push(await writeAllowed(writer, one, changes, outcomes));
  guards.intend(outcomes);
  return { outcomes, writes };
}

/** The place with its link column; asking for another one is a defect. */
export function writablePlace(places: readonly MysqlPlace[], at: number, names?: readonly string[]): WritablePlace {
  const place = places[at];
  if (place === undefined || place.link === null) throw new Error(`place ${at} has no link column`);
  const columns = (names ?? [place.link.name, ...Object.keys(place.link.set)]).map((name) => ({ name, shape: columnOf(place.table, name) }));
  return { place, link: place.link, columns };
}

/** The rows with these ids as they are now, locked for writing; by exact id. */
export async function readFresh(writer: MysqlConnection, { place, columns }: WritablePlace, ids: readonly string[]): Promise<Map<string, FreshRow>> {
  const page = await readByIds(writer, place, ids, { extras: columns.map(({ shape }) => readSql(shape, place.row)), lock: "write" });
  return new Map(page.rows.map((row, at) => [row.id, { row, cells: page.extras[at] ?? [] }]));
}

/** Writes rows in the order given, in one statement that repeats every condition and must match each row. */
async function updateRows(writer: MysqlConnection, { place, columns }: WritablePlace, rows: readonly RowWrite[]): Promise<void> {
  const value = (at: number): string => `kakao_sync_write.${valueName(at)}`;
  const sets = columns.map(({ shape }, at) => `${place.row}.${shape.sql} = ${assignSql(shape, value(1 + at))}`);
  const holds = columns.map(({ shape }, at) => holdsSql(shape, place.row, value(1 + columns.length + at)));
  const values = valuesSql(rows.map(({ id, to, from }) => [id, ...to, ...from]), "kakao_sync_write");
  const sql = `UPDATE ${values} STRAIGHT_JOIN ${place.table.sql} ON ${place.row}.${place.id.sql} = ${asColumn(place.id, value(0))} SET ${sets.join(", ")} WHERE ${holds.join(" AND ")}`;
  const matched = await writer.run(sql);
  if (matched !== rows.length) throw notAsWritten(say`${rows.length - matched} of ${rows.length} rows did not take their new values (table ${place.table.name}).`);
}

/** Compares the rows with what was written, on a connection of any kind. Throws FailedError on a difference. */
export async function readBack(connection: MysqlConnection, { target, rows }: PlannedPlace): Promise<void> {
  const cells = await readCells(connection, target, rows.map(({ id }) => id));
  const differing = rows.filter(({ id, to }) => !sameCells(cells.get(id), to)).length;
  if (differing > 0) throw notAsWritten(say`${differing} of ${rows.length} rows read back differently from what was written (table ${target.place.table.name}).`);
}

/** Writes a portion after another; gives the refused rows. */
export async function writeRows(writer: MysqlConnection, target: WritablePlace, rows: readonly RowWrite[]): Promise<readonly RowWrite[]> {
  const refused: RowWrite[] = [];
  for (const some of inChunks(rows)) refused.push(...(await writeInHalves(some, (part) => updateRows(writer, target, part))));
  return refused;
}

/** Writes the rows of a place and reads what the server made of them; those that a unique index refuses have moved. */
async function writeAllowed(writer: MysqlConnection, { target, rows }: PlannedPlace, changes: readonly LinkChange[], outcomes: ChangeOutcome[]): Promise<PlannedPlace> {
  const refused = new Set(await writeRows(writer, target, rows));
  for (const { index } of refused) outcomes[index] = { outcome: "moved", why: "index-refused" };
  const kept = rows.filter((row) => !refused.has(row));
  const cells = await readCells(writer, target, kept.map(({ id }) => id));
  const written: RowWrite[] = [];
  for (const row of kept) {
    const stored = cells.get(row.id) ?? [];
    // Further columns may be rounded or cut as their types do; the link never.
    if (stored[0] !== row.to[0]) throw notAsWritten(say`A link did not read as it was written (table ${target.place.table.name}).`);
    written.push({ ...row, to: stored });
    outcomes[row.index] = describeWrite(changes[row.index]?.to === null ? target.columns.slice(0, 1) : target.columns, row.from, stored);
  }
  return { target, rows: written };
}

async function readAllFresh(writer: MysqlConnection, places: readonly MysqlPlace[], changes: readonly LinkChange[]): Promise<Map<number, { target: WritablePlace; rows: Map<string, FreshRow> }>> {
  const ids = new Map<number, string[]>();
  for (const { place, memberId } of changes) {
    const known = ids.get(place);
    if (known === undefined) ids.set(place, [memberId]);
    else known.push(memberId);
  }
  const fresh = new Map<number, { target: WritablePlace; rows: Map<string, FreshRow> }>();
  for (const [at, some] of ids) {
    const target = writablePlace(places, at);
    fresh.set(at, { target, rows: await readFresh(writer, target, some) });
  }
  return fresh;
}

/** Texts of the touched columns by exact id. */
async function readCells(connection: MysqlConnection, { place, columns }: WritablePlace, ids: readonly string[]): Promise<Map<string, Cell[]>> {
  const found = new Map<string, Cell[]>();
  const texts = [readSql(place.id, place.row), ...columns.map(({ shape }) => readSql(shape, place.row))].join(", ");
  for (const some of inChunks(ids)) {
    const rows = await connection.rows(`SELECT ${texts} FROM ${place.table.sql} WHERE ${isAmong(place.id, place.row, some)}`);
    for (const [id, ...cells] of rows) found.set(id ?? "", cells);
  }
  return found;
}

function newTexts({ link, columns }: WritablePlace, to: KakaoId | null, from: readonly Cell[], now: string): Cell[] {
  if (to === null) return [emptyLink(link), ...from.slice(1)];
  return columns.map(({ name, shape }, at) => (at === 0 ? to : fillColumn(shape, link.set[name] ?? { literal: null }, now)));
}

/** What a link that was taken away leaves: NULL where the column allows it. */
function emptyLink({ column }: PlaceLink): Cell {
  if (column.nullable) return null;
  return column.kind === "text" ? "" : "0";
}

function describeWrite(columns: WritablePlace["columns"], from: readonly Cell[], to: readonly Cell[]): ChangeOutcome {
  const values = (cells: readonly Cell[]): FormerValues => Object.fromEntries(columns.map(({ name, shape }, at) => [name, decodeStored(shape, cells[at] ?? null)]));
  return { outcome: "written", former: values(from), written: values(to) };
}

function sameCells(left: readonly Cell[] | undefined, right: readonly Cell[]): boolean {
  return left !== undefined && left.length === right.length && left.every((cell, at) => cell === right[at]);
}

function notAsWritten(message: string): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message,
    hint: "Look for triggers or programs that change these columns, then resume with --apply --plan RUN.",
  });
}
