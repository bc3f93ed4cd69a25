import { randomUUID } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { FailedError } from "../errors.ts";
import type { ChangeGuards, ChangeOutcome, FormerValues, LinkChange, MovedWhy, SetValue } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import type { PlaceLink, SqlitePlace } from "./sqlite-place.ts";
import { readByIds, readHeldIds } from "./sqlite-read.ts";
import { bindStored, decodeStored, encodeSql, sameStored, type StoredValue } from "./sqlite-values.ts";
import { quoteName } from "./table-map.ts";

/** A place that has a link column, with the columns that a link's writing touches. */
export interface WritablePlace {
  readonly place: SqlitePlace;
  readonly link: PlaceLink;
  /** The link column first, then those of `link.set`, as the configuration spells them. */
  readonly columns: readonly string[];
}

/** A row as it is inside the transaction. */
export interface FreshRow {
  readonly row: MemberRow;
  /** What the row's key is bound with in an UPDATE. */
  readonly key: StoredValue;
  readonly stored: readonly StoredValue[];
}

/** One row's new values, ready to be written where the old ones still stand. */
export interface RowWrite {
  readonly id: string;
  readonly key: StoredValue;
  readonly from: readonly StoredValue[];
  readonly to: readonly StoredValue[];
}

/** What fills the set columns: the time of this batch, and literals as each column stores them. */
export interface SetValues {
  readonly now: string;
  readonly literals: ReadonlyMap<string, StoredValue>;
}

/** Decides about every change inside the transaction, tells the guards, and writes in key order. Returns outcomes and what was written. */
export function writeChanges(
  writer: Prepared,
  places: readonly SqlitePlace[],
  changes: readonly LinkChange[],
  guards: ChangeGuards,
  values: SetValues,
): { outcomes: ChangeOutcome[]; writes: Map<number, RowWrite[]> } {
  const held = readHeldIds(writer, places, changes.map((change) => change.to));
  const fresh = new Map<number, Map<string, FreshRow>>();
  for (const at of new Set(changes.map((change) => change.place))) {
    const target = writablePlace(places, at);
    fresh.set(at, readFresh(writer, target, target.columns, changes.flatMap((change) => (change.place === at ? [change.memberId] : []))));
  }
  const taken = new Set<KakaoId>();
  const written = new Set<FreshRow>();
  const outcomes = changes.map((change, index): ChangeOutcome => {
    const found = fresh.get(change.place)?.get(change.memberId);
    const why = findMove(change, found, written, (id) => held.has(id) || taken.has(id)) ?? (found !== undefined && !guards.unchanged(found.row, index) ? "values-changed" : null);
    if (why !== null || found === undefined) return { outcome: "moved", why: why ?? "row-gone" };
    taken.add(change.to);
    written.add(found);
    return describeWrite(writablePlace(places, change.place), found, change.to, values);
  });
  guards.intend(outcomes);
  return { outcomes, writes: updateAll(writer, places, changes, outcomes, fresh) };
}

/** The rows with these ids by id, in key order, each with the typed values of `columns`. */
export function readFresh(db: Prepared, { place }: WritablePlace, columns: readonly string[], ids: readonly string[]): Map<string, FreshRow> {
  const key = place.key === place.table.rowid ? place.key : place.id;
  const page = readByIds(db, place, ids, [encodeSql(key), ...columns.map((column) => encodeSql(quoteName(column)))]);
  const asked = new Set(ids);
  const fresh = new Map<string, FreshRow>();
  page.rows.forEach((row, at) => {
    const [encodedKey = "n", ...encoded] = page.extras[at] ?? [];
    if (asked.has(row.id)) fresh.set(row.id, { row, key: decodeStored(encodedKey), stored: encoded.map(decodeStored) });
  });
  return fresh;
}

/** Writes rows in the order given; each statement repeats its conditions and must change exactly one row. */
export function updateRows(writer: Prepared, place: SqlitePlace, columns: readonly string[], writes: readonly RowWrite[]): void {
  const names = columns.map(quoteName);
  const sql = `UPDATE ${place.table.sql} SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE ${place.key} = ? AND ${names.map((name) => `${name} IS ?`).join(" AND ")}`;
  const statement = writer.rows(sql);
  for (const { key, from, to } of writes) {
    const { changes } = statement.run(...to.map(bindStored), bindStored(key), ...from.map(bindStored));
    if (changes !== 1) throw notAsWritten(place, "A row did not take its new values although nothing else may write now");
  }
}

/** Reads written rows on another connection and compares every column, type included. Throws FailedError on a difference. */
export function readBack(reader: Prepared, target: WritablePlace, columns: readonly string[], writes: readonly RowWrite[]): void {
  const fresh = readFresh(reader, target, columns, writes.map((write) => write.id));
  const wrong = writes.filter((write) => {
    const found = fresh.get(write.id);
    return found === undefined || !write.to.every((value, at) => sameStored(value, found.stored[at] ?? null));
  });
  if (wrong.length > 0) throw notAsWritten(target.place, `${wrong.length} of ${writes.length} rows read back differently from what was written`);
}

/** The place with its link column; asking for another one is a defect. */
export function writablePlace(places: readonly SqlitePlace[], at: number): WritablePlace {
  const place = places[at];
  if (place === undefined || place.link === null) throw new Error(`place ${at} has no link column`);
  return { place, link: place.link, columns: [place.link.name, ...Object.keys(place.link.set)] };
}

/** A Kakao id in the type in which the column stores it. */
export function storedLink(link: PlaceLink, id: KakaoId): StoredValue {
  return link.integers ? { int: id } : id;
}

function findMove(change: LinkChange, found: FreshRow | undefined, written: ReadonlySet<FreshRow>, isHeld: (id: KakaoId) => boolean): MovedWhy | null {
  if (found === undefined) return "row-gone";
  if (written.has(found)) return "link-changed";
  if (found.row.link === change.to) return "already-linked";
  if (found.row.link !== change.from) return "link-changed";
  return isHeld(change.to) ? "id-held" : null;
}

function describeWrite({ link, columns }: WritablePlace, found: FreshRow, to: KakaoId, values: SetValues): ChangeOutcome {
  const former: Record<string, StoredValue> = {};
  const written: Record<string, StoredValue> = {};
  columns.forEach((column, at) => {
    former[column] = found.stored[at] ?? null;
    written[column] = at === 0 ? storedLink(link, to) : fillColumn(column, link.set[column], values);
  });
  return { outcome: "written", former, written };
}

function fillColumn(column: string, set: SetValue | undefined, values: SetValues): StoredValue {
  if (set === "now") return values.now;
  return set === "uuid" ? randomUUID() : (values.literals.get(column) ?? null);
}

function updateAll(
  writer: Prepared,
  places: readonly SqlitePlace[],
  changes: readonly LinkChange[],
  outcomes: readonly ChangeOutcome[],
  fresh: ReadonlyMap<number, ReadonlyMap<string, FreshRow>>,
): Map<number, RowWrite[]> {
  const writes = new Map<number, RowWrite[]>();
  for (const [at, rows] of fresh) {
    const { place, columns } = writablePlace(places, at);
    const wanted = new Map<string, FormerValues>();
    outcomes.forEach((outcome, index) => {
      const change = changes[index];
      if (outcome.outcome === "written" && change?.place === at) wanted.set(change.memberId, outcome.written);
    });
    const inOrder: RowWrite[] = [];
    for (const [id, { key, stored }] of rows) {
      const written = wanted.get(id);
      if (written !== undefined) inOrder.push({ id, key, from: stored, to: columns.map((column) => written[column] ?? null) });
    }
    updateRows(writer, place, columns, inOrder);
    writes.set(at, inOrder);
  }
  return writes;
}

function notAsWritten(place: SqlitePlace, what: string): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message: `${what} (table ${place.table.name}).`,
    hint: "Look for triggers or programs that change these columns, then resume with --apply --plan RUN.",
  });
}
