import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { type LookedUp, WIDE_PAGE, putExtras } from "./extras.ts";
import { decodeRows, FLAG_BASE, FLAGS, LINK_SEPARATOR, ROW_WIDTH } from "./member-row.ts";
import { possibleIds } from "./postgres-checks.ts";
import type { Row, Transaction } from "./postgres-connection.ts";
import { type PostgresExtras, readLookup } from "./postgres-extras.ts";
import { readLinks } from "./postgres-link-rows.ts";
import type { Places, PostgresPlace } from "./postgres-place.ts";
import type { ColumnShape, UniqueIndex } from "./postgres-schema.ts";
import { quoteName } from "./table-map.ts";

/** Rows a page (measured: 2,000 to 20,000 take the same time; larger pages cost memory). */
const usualPageSize = 5_000;

/** Rows with further texts that were asked for; `extras[n]` belongs to row n. */
export interface Page {
  readonly rows: readonly MemberRow[];
  readonly extras: readonly Row[];
}

/** The rows of a place that follow `after` in key order; fewer than `size` are the last. */
export async function readPage(sql: Transaction, places: Places, place: PostgresPlace, after: string | null, size: number): Promise<readonly MemberRow[]> {
  const where = after === null ? "" : ` WHERE ${place.key} > $1::text::${place.keyType}`;
  const { groups, own, lookups } = places.extras;
  const isAsked = place.at === 0 && groups.count > 0;
  const { rows, extras } = await readRows(sql, places, place, `${where} ORDER BY ${place.key} LIMIT ${size}`, after === null ? [] : [after], isAsked ? own : []);
  if (!isAsked || rows.length === 0) return rows;
  const found: LookedUp[] = [];
  for (const lookup of lookups) found.push(await readLookup(sql, lookup, rows.map(({ id }) => id)));
  return putExtras(rows, groups, extras, found);
}

/** Rows a page of this place. */
export function pageSizeOf(place: PostgresPlace, { lookups }: PostgresExtras): number {
  return place.at === 0 && lookups.some(({ indexed }) => !indexed) ? WIDE_PAGE : usualPageSize;
}

/** The rows with these ids, in key order; each of `extras` is an SQL expression of text. With `lock` they stay as they are until the transaction ends. */
export async function readByIds(sql: Transaction, places: Places, place: PostgresPlace, ids: readonly string[], extras: readonly string[] = [], lock = false): Promise<Page> {
  const tail = ` WHERE ${place.key} = ANY($1::${place.keyType}[]) ORDER BY ${place.key}${lock ? " FOR UPDATE" : ""}`;
  return readRows(sql, places, place, tail, [possibleIds(place.id, ids)], extras);
}

/** The rows whose link column holds one of these Kakao ids. */
export async function readHolders(sql: Transaction, places: Places, place: PostgresPlace, ids: readonly KakaoId[]): Promise<readonly MemberRow[]> {
  if (place.link === null) return [];
  const { rows } = await readRows(sql, places, place, ` WHERE ${heldSql(place.link.column, place.link.unique)} ORDER BY ${place.key}`, [ids]);
  return rows.filter((row) => row.link !== null && ids.includes(row.link));
}

/** Which of these Kakao ids any place's link column holds. */
export async function readHeldIds(sql: Transaction, places: Places, ids: readonly KakaoId[]): Promise<Set<KakaoId>> {
  const held = new Set<KakaoId>();
  if (ids.length === 0) return held;
  for (const { table, link } of places.all) {
    if (link === null) continue;
    const rows = await sql.rows(`SELECT ${quoteName(link.column.name)}::text FROM ${table.sql} WHERE ${heldSql(link.column, link.unique)}`, [ids]);
    for (const [id] of rows) held.add(String(id));
  }
  return held;
}

/** A partial index serves only a query that repeats its condition; for a non-empty link it is true. */
function heldSql(column: ColumnShape, unique: UniqueIndex | null): string {
  const condition = unique?.where ?? null;
  return `${quoteName(column.name)} = ANY($1::${column.base}[])${condition === null ? "" : ` AND (${condition})`}`;
}

/** Rows as texts; in the table layout with the links of the table. A withdrawn member's keys stay in the database. */
async function readRows(sql: Transaction, places: Places, place: PostgresPlace, tail: string, values: readonly unknown[], extras: readonly string[] = []): Promise<Page> {
  const texts = await sql.rows(`SELECT ${[...rowSql(place), ...extras].join(", ")} FROM ${place.table.sql}${tail}`, values);
  const links = places.linkTable === null || texts.length === 0 ? null : await readLinks(sql, places.linkTable, texts.map(([id]) => String(id)));
  const parts: string[] = [];
  for (const row of texts) {
    for (let at = 0; at < ROW_WIDTH; at += 1) parts.push(at === 2 && links !== null ? (links.get(row[0] ?? "")?.join(LINK_SEPARATOR) ?? "") : (row[at] ?? ""));
  }
  return { rows: decodeRows(place.at, parts, ROW_WIDTH).rows, extras: extras.length === 0 ? [] : texts.map((row) => row.slice(ROW_WIDTH)) };
}

function rowSql(place: PostgresPlace): string[] {
  const withdrawn = place.states?.withdrawn ?? null;
  const values = place.values.map((value) => (value === null ? "NULL" : withdrawn === null ? value : `CASE WHEN ${withdrawn} THEN NULL ELSE ${value} END`));
  const link = place.link === null ? "NULL" : `${quoteName(place.link.column.name)}::text`;
  return [`${quoteName(place.id.name)}::text`, flagsSql(place), link, ...values];
}

function flagsSql({ states }: PostgresPlace): string {
  if (states === null) return `'${String.fromCharCode(FLAG_BASE)}'`;
  const bit = (flag: number, condition: string | null): string => (condition === null ? "" : ` + CASE WHEN ${condition} THEN ${flag} ELSE 0 END`);
  return `chr(${FLAG_BASE}${bit(FLAGS.live, states.live)}${bit(FLAGS.withdrawn, states.withdrawn)}${bit(FLAGS.blocked, states.blocked)}${bit(FLAGS.protected, states.protected)}${bit(FLAGS.otherLogin, states.otherLogin)})`;
}
