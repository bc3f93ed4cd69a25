import { randomUUID } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import { FailedError } from "../errors.ts";
import type { ChangeGuards, ChangeOutcome, LinkChange, MovedWhy, SetValue } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import type { PlaceLink, SqlitePlace } from "./sqlite-place.ts";
import { type Page, readByIds, readExpressions, readHeldIds } from "./sqlite-read.ts";
import { decodeSql, decodeStored, encodedAsJson, encodeSql, encodeStored, sameEncoded, type StoredValue } from "./sqlite-values.ts";
import { quoteName } from "./table-map.ts";

/** A place that has a link column, with the columns that a link's writing touches. */
export interface WritablePlace {
  readonly place: SqlitePlace;
  readonly link: PlaceLink;
  /** The link column first, then those of `link.set`, as the configuration spells them. */
  readonly columns: readonly string[];
}

/** One row's new values, to be written where the old ones still stand; all encoded with their types. */
export interface RowWrite {
  readonly id: string;
  readonly key: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
}

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

/** Decides about every change inside the transaction, tells the guards, and writes in key order. */
export function writeChanges(
  writer: Prepared,
  places: readonly SqlitePlace[],
  changes: readonly LinkChange[],
  guards: ChangeGuards,
  values: SetValues,
): { outcomes: ChangeOutcome[]; writes: PlannedWrites } {
  const held = readHeldIds(writer, places, changes.flatMap((change) => change.to ?? []));
  const outcomes: ChangeOutcome[] = [];
  const writes: PlannedWrites = new Map();
  for (let start = 0; start < changes.length; start += lookSize) {
    const some = changes.slice(start, start + lookSize);
    const fresh = readAllFresh(writer, places, some);
    some.forEach((change, at) => outcomes.push(judgeChange(change, start + at, fresh.get(change.place), writes, held, guards, values)));
    for (const [place, rows] of fresh) addInOrder(writes, place, rows);
  }
  guards.intend(outcomes);
  for (const { target, rows } of writes.values()) updateRows(writer, target.place, target.columns, rows);
  return { outcomes, writes };
}

/** What is to be written, by place and then by member id, in key order. */
export type PlannedWrites = Map<number, { readonly target: WritablePlace; readonly rows: Map<string, RowWrite> }>;

/** The rows with these ids as they are now, each with its key and the encoded values of `columns`. */
export function readFresh(db: Prepared, target: WritablePlace, columns: readonly string[], ids: readonly string[]): FreshRows {
  const { place } = target;
  const key = place.key === place.table.rowid ? place.key : place.id;
  const page = readByIds(db, place, ids, [encodeSql(key), ...columns.map((column) => encodeSql(quoteName(column)))]);
  return { target, page, positions: new Map(page.rows.map((row, at) => [row.id, at])), writes: [] };
}

/** Writes rows in the order given, in one statement that repeats every condition and must change each row. */
export function updateRows(writer: Prepared, place: SqlitePlace, columns: readonly string[], writes: ReadonlyMap<string, RowWrite>): void {
  if (writes.size === 0) return;
  const rows = [...writes.values()].map(({ key, to, from }) => `[${[key, ...to, ...from].map(encodedAsJson).join()}]`);
  const bytes = rows.some((row) => row.includes('{"hex":'));
  const names = columns.map(quoteName);
  const value = (at: number): string => decodeSql("kakao_sync_write.value", at, bytes);
  // The plus keeps SQLite from looking rows up by the index of the links, where all empty ones lie together.
  const sql =
    `UPDATE ${place.table.sql} AS kakao_sync_row SET ${names.map((name, at) => `${name} = ${value(1 + at)}`).join(", ")} FROM json_each(?) AS kakao_sync_write ` +
    `WHERE kakao_sync_row.${place.key} = ${value(0)} AND ${names.map((name, at) => `+kakao_sync_row.${name} IS ${value(1 + names.length + at)}`).join(" AND ")}`;
  const { changes } = writer.rows(sql).run(`[${rows.join()}]`);
  if (changes !== writes.size) throw notAsWritten(place, `${writes.size - changes} of ${writes.size} rows did not take their new values`);
}

/** Reads written rows on another connection and compares every column, type included. Throws FailedError on a difference. */
export function readBack(reader: Prepared, place: SqlitePlace, columns: readonly string[], writes: ReadonlyMap<string, RowWrite>): void {
  const texts = readExpressions(reader, place, [...writes.keys()], columns.map((column) => encodeSql(quoteName(column))));
  let same = 0;
  for (let at = 0; at < texts.length; at += 1 + columns.length) {
    const expected = writes.get(texts[at] ?? "");
    if (expected?.to.every((value, column) => sameEncoded(value, texts[at + 1 + column])) === true) same += 1;
  }
  // A row comes once at most: its id is unique.
  if (same !== writes.size) throw notAsWritten(place, `${writes.size - same} of ${writes.size} rows read back differently from what was written`);
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

function judgeChange(change: LinkChange, index: number, fresh: FreshRows | undefined, planned: PlannedWrites, held: Set<KakaoId>, guards: ChangeGuards, values: SetValues): ChangeOutcome {
  const at = fresh?.positions.get(change.memberId);
  const row = at === undefined ? undefined : fresh?.page.rows[at];
  if (fresh === undefined || at === undefined || row === undefined) return { outcome: "moved", why: "row-gone" };
  const again = fresh.writes[at] !== undefined || planned.get(change.place)?.rows.has(change.memberId) === true;
  const why = again ? "link-changed" : findMove(change, row.link, held);
  if (why !== null) return { outcome: "moved", why };
  if (!guards.unchanged(row, index)) return { outcome: "moved", why: "values-changed" };
  const write = composeWrite(fresh, at, change, values);
  fresh.writes[at] = write;
  if (change.to !== null) held.add(change.to);
  return describeWrite(change.to === null ? [fresh.target.link.name] : fresh.target.columns, write);
}

/** Positions are in key order, with holes where a row is left alone. */
function addInOrder(planned: PlannedWrites, place: number, { target, writes }: FreshRows): void {
  const known = planned.get(place) ?? { target, rows: new Map<string, RowWrite>() };
  planned.set(place, known);
  for (const write of Object.values(writes)) known.rows.set(write.id, write);
}

function findMove(change: LinkChange, link: string | null, held: ReadonlySet<KakaoId>): MovedWhy | null {
  if (link === change.to) return "already-linked";
  if (link !== change.from) return "link-changed";
  return change.to !== null && held.has(change.to) ? "id-held" : null;
}

function composeWrite({ target, page }: FreshRows, at: number, change: LinkChange, values: SetValues): RowWrite {
  const [key = "n", ...from] = page.extras[at] ?? [];
  const { link, columns } = target;
  const { memberId: id, to } = change;
  if (to === null) return { id, key, from, to: [emptyLink(link), ...from.slice(1)] };
  const written = `${link.integers ? "i" : "t"}${to}`;
  return { id, key, from, to: columns.map((column, place) => (place === 0 ? written : fillColumn(column, link.set[column], values))) };
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

function describeWrite(columns: readonly string[], { from, to }: RowWrite): ChangeOutcome {
  const former: Record<string, StoredValue> = {};
  const written: Record<string, StoredValue> = {};
  columns.forEach((column, at) => {
    former[column] = decodeStored(from[at] ?? "n");
    written[column] = decodeStored(to[at] ?? "n");
  });
  return { outcome: "written", former, written };
}

function notAsWritten(place: SqlitePlace, what: string): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message: `${what} (table ${place.table.name}).`,
    hint: "Look for triggers or programs that change these columns, then resume with --apply --plan RUN.",
  });
}
