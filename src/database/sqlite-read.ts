import { randomUUID } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import type { Prepared } from "./sqlite-connection.ts";
import { decodeRows, FLAG_BASE, FLAGS, type ReadValues, widthOf } from "./member-row.ts";
import type { PlaceLink, SqlitePlace } from "./sqlite-place.ts";

/** Rows a page: larger pages cost memory, smaller ones time (measured at 500 to 20,000). */
const usualPageSize = 2_000;

/** Rows a page of a reading with further texts, of which nothing is kept: the joined text of more is too large for the collector's young generation (128 kB), and stays. */
export const STREAM_PAGE = 500;

/** Rows with further texts that were asked for; `extras[n]` belongs to row n. */
export interface Page {
  readonly rows: readonly MemberRow[];
  readonly extras: readonly (readonly string[])[];
}

/** What is read of a place's rows beside what every row has. */
export interface Reading {
  /** SQL of texts, which come in `Page.extras`. */
  readonly extras?: readonly string[];
  readonly pageSize?: number;
}

/** Every row of a place in key order, in pages; nothing is locked between two pages. */
export function* readPages(reader: Prepared, place: SqlitePlace, { extras = [], pageSize = usualPageSize }: Reading = {}): Generator<Page> {
  const rowSql = joinRow(place, extras);
  const read = readValues(place);
  const width = widthOf(read) + extras.length;
  let page = readTexts(reader, place, rowSql, width, `ORDER BY ${place.key} LIMIT ${pageSize}`, {});
  while (page.texts.length > 0) {
    const decoded = decodeRows(place.at, page.texts, width, read);
    yield decoded;
    if (decoded.rows.length < pageSize) return;
    page = readTexts(reader, place, rowSql, width, `WHERE ${place.key} > @after ORDER BY ${place.key} LIMIT ${pageSize}`, { after: page.lastKey });
  }
}

/** The rows with these ids, in key order; each of `extras` is an SQL expression of never-null text. */
export function readByIds(db: Prepared, place: SqlitePlace, ids: readonly string[], extras: readonly string[] = []): Page {
  const read = readValues(place);
  const width = widthOf(read) + extras.length;
  const { texts } = readTexts(db, place, joinRow(place, extras), width, idsTail(place), { ids: asJson(place.idColumn.affinity, ids) });
  return decodeRows(place.at, texts, width, read);
}

/** The rows whose link is one of these Kakao ids. */
export function readHolders(db: Prepared, place: SqlitePlace, link: PlaceLink, ids: readonly KakaoId[]): readonly MemberRow[] {
  const read = readValues(place);
  const { texts } = readTexts(db, place, joinRow(place, []), widthOf(read), `WHERE ${heldSql(link)} ORDER BY ${place.key} LIMIT -1`, { ids: asJson(link.affinity, ids) });
  return decodeRows(place.at, texts, widthOf(read), read).rows;
}

/** Which of these Kakao ids any place's link column holds. */
export function readHeldIds(db: Prepared, places: readonly SqlitePlace[], ids: readonly KakaoId[]): Set<KakaoId> {
  const held = new Set<KakaoId>();
  for (const { table, link } of places) {
    if (link === null) continue;
    const rows = db.rows(`SELECT CAST(${link.sql} AS TEXT) FROM ${table.sql} WHERE ${heldSql(link)}`).all({ ids: asJson(link.affinity, ids) });
    for (const [id] of rows) held.add(String(id));
  }
  return held;
}

/** A partial index serves only a query that repeats its condition; for a non-empty link it is true. */
function heldSql(link: PlaceLink): string {
  const condition = link.unique?.where ?? null;
  return `${link.sql} IN (SELECT value FROM json_each(@ids))${condition === null ? "" : ` AND (${condition})`}`;
}

function idsTail(place: SqlitePlace): string {
  return `WHERE ${place.id} COLLATE "${place.keyCollation}" IN (SELECT value FROM json_each(@ids)) ORDER BY ${place.key} LIMIT -1`;
}

/** Ids to be compared with a column of this affinity. */
export function asJson(affinity: string, ids: readonly string[]): string {
  return affinity === "blob" ? textsAndNumbers(ids) : JSON.stringify(ids);
}

/** A column without an affinity tells 1 from '1': both are asked for. */
function textsAndNumbers(ids: readonly string[]): string {
  return `[${ids.map((id) => (/^-?[1-9]\d{0,18}$|^0$/.test(id) ? `${JSON.stringify(id)},${id}` : JSON.stringify(id))).join(",")}]`;
}

/**
 * The texts of many rows, one after another: SQLite joins them and one `split` takes them apart, less than half the time of a
 * JavaScript value a column. A value that holds the separator itself is noticed by the count; all is then read again with a random one.
 */
function readTexts(db: Prepared, place: SqlitePlace, rowSql: string, width: number, tail: string, bound: Record<string, unknown>): { texts: readonly string[]; lastKey: unknown } {
  const statement = db.rows(
    `SELECT max(kakao_sync_key COLLATE "${place.keyCollation}"), count(*), group_concat(kakao_sync_row, @separator) ` +
      `FROM (SELECT ${place.key} AS kakao_sync_key, ${rowSql} AS kakao_sync_row FROM ${place.table.sql} ${tail})`,
  );
  for (let separator = "\u001f"; ; separator = randomUUID()) {
    const [lastKey, count, joined] = statement.get({ ...bound, separator }) ?? [];
    if (typeof joined !== "string") return { texts: [], lastKey: null };
    const texts = joined.split(separator);
    if (texts.length === Number(count) * width) return { texts, lastKey };
  }
}

/** Those with a column that is asked for: what would be empty in every row costs time, too. */
function readValues({ values }: SqlitePlace): ReadValues {
  return values.map((value) => value !== null);
}

/** The row's values as one text. A withdrawn member's keys stay in the database. */
function joinRow(place: SqlitePlace, extras: readonly string[]): string {
  const link = place.link === null ? "NULL" : `iif(typeof(${place.link.sql}) = 'blob', quote(${place.link.sql}), ${place.link.sql})`;
  const values = place.values.filter((value) => value !== null);
  const joined = (shown: readonly string[]): string => `concat(${[place.id, flagsSql(place), link, ...shown, ...extras].join(", @separator, ")})`;
  const withdrawn = place.states?.withdrawn ?? null;
  return withdrawn === null || values.length === 0 ? joined(values) : `CASE WHEN ${withdrawn} THEN ${joined(values.map(() => "NULL"))} ELSE ${joined(values)} END`;
}

function flagsSql(place: SqlitePlace): string {
  const { states } = place;
  if (states === null) return `'${String.fromCharCode(FLAG_BASE)}'`;
  const bit = (flag: number, condition: string | null): string => (condition === null ? "" : ` + ${flag} * (${condition} IS TRUE)`);
  return `char(${FLAG_BASE}${bit(FLAGS.live, states.live)}${bit(FLAGS.withdrawn, states.withdrawn)}${bit(FLAGS.blocked, states.blocked)}${bit(FLAGS.protected, states.protected)}${bit(FLAGS.otherLogin, states.otherLogin)})`;
}
