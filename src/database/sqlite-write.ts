import { randomUUID } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import { FailedError } from "../errors.ts";
import { say } from "../say.ts";
import { judgeChange } from "./judge.ts";
import type { ChangeGuards, ChangeOutcome, LinkChange, SetValue } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import type { PlaceLink, SqlitePlace } from "./sqlite-place.ts";
import { type Page, readByIds, readHeldIds } from "./sqlite-read.ts";
import { decodeSql, decodeStored, encodedAsJson, encodeSql, encodeStored } from "./sqlite-values.ts";
import { writeInHalves } from "./sqlite-refusals.ts";
import type { StoredValue } from "./stored-values.ts";
import { quoteName } from "./table-map.ts";

/** A place that has a link column, with the columns that a link's writing touches. */
export interface WritablePlace {
  readonly place: SqlitePlace;
  readonly link: PlaceLink;
  /** The link column first, then those of `link.set`, as the configuration spells them. */
  readonly columns: readonly string[];
}

/** One row's key, new values and present values as a JSON array: SQLite itself compares and writes them. */
export type RowWrite = string;

/** What fills the set columns: the time of this batch, and literals as each column stores them. */
export interface SetValues {
  readonly now: string;
  readonly literals: ReadonlyMap<string, StoredValue>;
}

/** The rows of a place as they are inside the transaction, in key order. */
export interface FreshRows {
  readonly target: WritablePlace;
  readonly page: Page;
  /** Positions in the page, by exact id. */
  readonly positions: ReadonlyMap<string, number>;
  /** What is to be written, at the row's position. */
  readonly writes: RowWrite[];
}

/** Changes that are looked at together: their rows are garbage before the next ones are read, which halves the time of a batch. */
const lookSize = 250;

/** Decides about every change inside the transaction, writes in key order, and tells the guards what to keep. */
export function writeChanges(
  writer: Prepared,
  places: readonly SqlitePlace[],
  changes: readonly LinkChange[],
  guards: ChangeGuards,
  values: SetValues,
): { outcomes: ChangeOutcome[]; writes: PlannedPlace[] } {
  const held = readHeldIds(writer, places, changes.flatMap((change) => change.to ?? []));
  const outcomes: ChangeOutcome[] = [];
  const writes: PlannedWrites = new Map();
  for (let start = 0; start < changes.length; start += lookSize) {
    const some = changes.slice(start, start + lookSize);
    const fresh = readAllFresh(writer, places, some);
    some.forEach((change, at) => outcomes.push(planChange(change, start + at, fresh.get(change.place), writes, held, guards, values)));
    for (const [place, rows] of fresh) addInOrder(writes, place, rows);
  }
  for (const planned of writes.values()) {
    updateAllowed(writer, planned, changes, outcomes);
    // What a trigger has bent is rolled back.
    readBack(writer, planned);
  }
  guards.intend(outcomes);
  return { outcomes, writes: [...writes.values()] };
}

/** Writes the rows of a place; those that a unique index refuses are left out of it, and their changes have moved. */
function updateAllowed(writer: Prepared, planned: PlannedPlace, changes: readonly LinkChange[], outcomes: ChangeOutcome[]): void {
  const refused = writeInHalves([...planned.rows], (some) => updateRows(writer, { ...planned, rows: new Map(some) }));
  for (const [id] of refused) {
    planned.rows.delete(id);
    const index = changes.findIndex((change, at) => change.place === planned.place.at && change.memberId === id && outcomes[at]?.outcome === "written");
    outcomes[index] = { outcome: "moved", why: "index-refused" };
  }
}

/** What is to be written in a place: by member id, in key order. */
export interface PlannedPlace {
  readonly place: SqlitePlace;
  readonly columns: readonly string[];
  readonly rows: Map<string, RowWrite>;
}

type PlannedWrites = Map<number, PlannedPlace>;

/** The rows with these ids as they are now, each with its key and the encoded values of `columns`. */
export function readFresh(db: Prepared, target: WritablePlace, columns: readonly string[], ids: readonly string[]): FreshRows {
  const { place } = target;
  const key = place.key === place.table.rowid ? place.key : place.id;
  const page = readByIds(db, place, ids, [encodeSql(key), ...columns.map((column) => encodeSql(quoteName(column)))]);
  return { target, page, positions: new Map(page.rows.map((row, at) => [row.id, at])), writes: [] };
}

/** A row's write; all values are encoded with their types. */
export function composeWrite(key: string, to: readonly string[], from: readonly string[]): RowWrite {
  let json = `[${encodedAsJson(key)}`;
  for (const value of to) json += `,${encodedAsJson(value)}`;
  for (const value of from) json += `,${encodedAsJson(value)}`;
  return `${json}]`;
}

/** Writes rows in the order given, in one statement that repeats every condition and must change each row. */
export function updateRows(writer: Prepared, { place, columns, rows }: PlannedPlace): void {
  if (rows.size === 0) return;
  const { value, matches, names } = compareSql(place, columns, rows);
  const sets = names.map((name, at) => `${name} = ${value(1 + at)}`).join(", ");
  const sql = `UPDATE OR ABORT ${place.table.sql} AS kakao_sync_row SET ${sets} FROM json_each(?) AS kakao_sync_write WHERE ${matches(1 + names.length)}`;
  const { changes } = writer.rows(sql).run(joinWrites(rows));
  if (changes !== rows.size) throw notAsWritten(say`${rows.size - changes} of ${rows.size} rows did not take their new values (table ${place.table.name}).`);
}

/** Compares every written row: within the transaction, and after the commit on another connection. Throws FailedError on a difference. */
export function readBack(reader: Prepared, { place, columns, rows }: PlannedPlace): void {
  if (rows.size === 0) return;
  const { matches } = compareSql(place, columns, rows);
  // A cross join keeps the order of its tables: the rows are looked up one by one.
  const sql = `SELECT count(*) FROM json_each(?) AS kakao_sync_write CROSS JOIN ${place.table.sql} AS kakao_sync_row WHERE ${matches(1)}`;
  const same = Number(reader.rows(sql).get(joinWrites(rows))?.[0]);
  if (same !== rows.size) throw notAsWritten(say`${rows.size - same} of ${rows.size} rows read back differently from what was written (table ${place.table.name}).`);
}

/** SQL over `kakao_sync_row` and `kakao_sync_write`: value n of the write, and "this row, holding the values from n on". */
function compareSql(place: SqlitePlace, columns: readonly string[], rows: PlannedPlace["rows"]): { names: string[]; value(at: number): string; matches(from: number): string } {
  const bytes = [...rows.values()].some((row) => row.includes('{"hex":'));
  const names = columns.map(quoteName);
  const value = (at: number): string => decodeSql("kakao_sync_write.value", at, bytes);
  // The plus keeps SQLite from looking rows up by the index of the links, where all empty ones lie together.
  const matches = (from: number): string =>
    [`kakao_sync_row.${place.key} = ${value(0)}`, ...names.map((name, at) => `+kakao_sync_row.${name} IS ${value(from + at)}`)].join(" AND ");
  return { names, value, matches };
}

function joinWrites(rows: PlannedPlace["rows"]): string {
  return `[${[...rows.values()].join()}]`;
}

/** The place with its link column; asking for another one is a defect. */
export function writablePlace(places: readonly SqlitePlace[], at: number): WritablePlace {
  const place = places[at];
  if (place === undefined || place.link === null) throw new Error(`place ${at} has no link column`);
  return { place, link: place.link, columns: [place.link.name, ...Object.keys(place.link.set)] };
}

function readAllFresh(writer: Prepared, places: readonly SqlitePlace[], changes: readonly LinkChange[]): Map<number, FreshRows> {
  const ids = new Map<number, string[]>();
  for (const { place, memberId } of changes) {
    const known = ids.get(place);
    if (known === undefined) ids.set(place, [memberId]);
    else known.push(memberId);
  }
  return new Map(
    [...ids].map(([at, some]) => {
      const target = writablePlace(places, at);
      return [at, readFresh(writer, target, target.columns, some)];
    }),
  );
}

function planChange(change: LinkChange, index: number, fresh: FreshRows | undefined, planned: PlannedWrites, held: Set<KakaoId>, guards: ChangeGuards, values: SetValues): ChangeOutcome {
  const at = fresh?.positions.get(change.memberId);
  const row = at === undefined ? undefined : fresh?.page.rows[at];
  const again = (at !== undefined && fresh?.writes[at] !== undefined) || planned.get(change.place)?.rows.has(change.memberId) === true;
  const why = judgeChange(change, row, index, held, again, guards);
  if (why !== null || fresh === undefined || at === undefined) return { outcome: "moved", why: why ?? "row-gone" };
  const [key = "n", ...from] = fresh.page.extras[at] ?? [];
  const to = newValues(fresh.target, change.to, from, values);
  fresh.writes[at] = composeWrite(key, to, from);
  return describeWrite(change.to === null ? [fresh.target.link.name] : fresh.target.columns, from, to);
}

/** Positions are in key order, with holes where a row is left alone. */
function addInOrder(planned: PlannedWrites, at: number, { target: { place, columns }, page, writes }: FreshRows): void {
  const known = planned.get(at) ?? { place, columns, rows: new Map<string, RowWrite>() };
  planned.set(at, known);
  writes.forEach((write, position) => known.rows.set(page.rows[position]?.id ?? "", write));
}

function newValues({ link, columns }: WritablePlace, to: KakaoId | null, from: readonly string[], values: SetValues): string[] {
  if (to === null) return [emptyLink(link), ...from.slice(1)];
  const written = `${link.integers ? "i" : "t"}${to}`;
  return columns.map((column, at) => (at === 0 ? written : fillColumn(column, link.set[column], values)));
}

/** What a link that was taken away leaves: NULL where the column allows it. */
function emptyLink(link: PlaceLink): string {
  if (link.nullable) return "n";
  return link.integers ? "i0" : "t";
}

function fillColumn(column: string, set: SetValue | undefined, values: SetValues): string {
  if (set === "now") return `t${values.now}`;
  return set === "uuid" ? `t${randomUUID()}` : encodeStored(values.literals.get(column) ?? null);
}

function describeWrite(columns: readonly string[], from: readonly string[], to: readonly string[]): ChangeOutcome {
  const former: Record<string, StoredValue> = {};
  const written: Record<string, StoredValue> = {};
  columns.forEach((column, at) => {
    former[column] = decodeStored(from[at] ?? "n");
    written[column] = decodeStored(to[at] ?? "n");
  });
  return { outcome: "written", former, written };
}

function notAsWritten(message: string): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message,
    hint: "Look for triggers or programs that change these columns, then resume with --apply --plan RUN.",
  });
}
