import { compareMemberIds } from "../core/id-order.ts";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { decodeRows, FLAG_BASE, FLAGS, ROW_WIDTH } from "./member-row.ts";
import type { Cell, MysqlConnection } from "./mysql-connection.ts";
import type { MysqlPlace } from "./mysql-place.ts";
import { asColumn, isAmong, readSql, textLiteral, valueName, valuesSql } from "./mysql-values.ts";

/** Rows a page: measured at 2,000 and 10,000, which takes the same time and more memory. */
const usualPageSize = 2_000;

/** Ids that one statement asks for: from 1,000 on MariaDB makes another plan of a list. */
const askSize = 500;

/** Rows with further texts that were asked for; `extras[n]` belongs to row n. */
export interface Page {
  readonly rows: readonly MemberRow[];
  readonly extras: readonly (readonly Cell[])[];
}

/** What is read of a place's rows beside what every row has. */
export interface Reading {
  /** SQL of texts, which come in `Page.extras`. */
  readonly extras?: readonly string[];
  readonly pageSize?: number;
}

/** Every row of a place in the order of its ids, in pages; nothing is locked or open between two pages. */
export async function* readPages(connection: MysqlConnection, place: MysqlPlace, { extras = [], pageSize = usualPageSize }: Reading = {}): AsyncGenerator<Page> {
  const id = `${place.row}.${place.id.sql}`;
  const select = `SELECT ${[...rowSql(place), ...extras].join(", ")} FROM ${place.table.sql}`;
  for (let after = ""; ; ) {
    const rows = await connection.rows(`${select}${after} ORDER BY ${id} LIMIT ${pageSize}`);
    if (rows.length > 0) yield toPage(place, rows);
    if (rows.length < pageSize) return;
    after = ` WHERE ${id} > ${asColumn(place.id, textLiteral(rows.at(-1)?.[0] ?? ""))}`;
  }
}

/** How rows are looked up: with further texts, by their SQL, and kept as they are until the transaction ends, to be written or only to be looked at. */
export interface LookUp {
  readonly extras?: readonly string[];
  readonly lock?: "none" | "write" | "look";
}

/** A shared lock asks for no more than the right to read. */
const lockSql = { none: "", write: " FOR UPDATE", look: " LOCK IN SHARE MODE" } as const;

/** The rows with these ids; in the order of the ids, in which they are locked as well. */
export async function readByIds(connection: MysqlConnection, place: MysqlPlace, ids: readonly string[], { extras = [], lock = "none" }: LookUp = {}): Promise<Page> {
  const found: Cell[][] = [];
  for (const some of inChunks([...new Set(ids)].toSorted(compareMemberIds))) {
    const rows = await connection.rows(
      `SELECT ${[...rowSql(place), ...extras].join(", ")} FROM ${place.table.sql} WHERE ${isAmong(place.id, place.row, some)} ORDER BY ${place.row}.${place.id.sql}${lockSql[lock]}`,
    );
    found.push(...rows);
  }
  return toPage(place, found);
}

function toPage({ at }: MysqlPlace, found: readonly Cell[][]): Page {
  return { rows: decodeRows(at, flatten(found), ROW_WIDTH).rows, extras: (found[0]?.length ?? 0) > ROW_WIDTH ? found.map((row) => row.slice(ROW_WIDTH)) : [] };
}

/** Ids of members whose link column holds this Kakao id. */
export async function readHolderIds(connection: MysqlConnection, place: MysqlPlace, kakaoId: KakaoId): Promise<string[]> {
  if (place.link === null) return [];
  const { column } = place.link;
  const rows = await connection.rows(`SELECT ${readSql(place.id, place.row)} FROM ${place.table.sql} WHERE ${place.row}.${column.sql} = ${asColumn(column, textLiteral(kakaoId))}`);
  return rows.map(([id]) => id ?? "");
}

/** Which of these Kakao ids any place's link column holds. */
export async function readHeldIds(connection: MysqlConnection, places: readonly MysqlPlace[], ids: readonly KakaoId[]): Promise<Set<KakaoId>> {
  const held = new Set<KakaoId>();
  for (const { table, row, link } of places) {
    if (link === null) continue;
    for (const some of inChunks(ids)) {
      const rows = await connection.rows(`SELECT ${readSql(link.column, row)} FROM ${table.sql} WHERE ${isAmong(link.column, row, some)}`);
      for (const [id] of rows) held.add(id ?? "");
    }
  }
  return held;
}

/** Ids in portions for `asked`. */
export function inChunks<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / askSize) }, (_, at) => items.slice(at * askSize, (at + 1) * askSize));
}

/** A derived table of texts; `askedText` is the text of its row. */
export function asked(texts: readonly string[]): string {
  return valuesSql(texts.map((text) => [text]), "kakao_sync_asked");
}

export const askedText = `kakao_sync_asked.${valueName(0)}`;

/** SQL for the texts of a row in the order that `decodeRows` takes them. A withdrawn member's keys stay in the database. */
function rowSql(place: MysqlPlace): string[] {
  const withdrawn = place.states?.withdrawn ?? null;
  const shown = (value: string | null): string => (value === null ? "NULL" : withdrawn === null ? value : `IF(${withdrawn} IS TRUE, NULL, ${value})`);
  return [readSql(place.id, place.row), flagsSql(place), place.link === null ? "NULL" : readSql(place.link.column, place.row), ...place.values.map(shown)];
}

function flagsSql({ states }: MysqlPlace): string {
  if (states === null) return textLiteral(String.fromCharCode(FLAG_BASE));
  const bit = (flag: number, condition: string | null): string => (condition === null ? "" : ` + ${flag} * (${condition} IS TRUE)`);
  return `CHAR(${FLAG_BASE}${bit(FLAGS.live, states.live)}${bit(FLAGS.withdrawn, states.withdrawn)}${bit(FLAGS.blocked, states.blocked)}${bit(FLAGS.protected, states.protected)}${bit(FLAGS.otherLogin, states.otherLogin)} USING utf8mb4)`;
}

/** The texts of every row without those that were asked for further. */
function flatten(rows: readonly Cell[][]): string[] {
  const parts: string[] = [];
  for (const row of rows) for (let at = 0; at < ROW_WIDTH; at += 1) parts.push(row[at] ?? "");
  return parts;
}
