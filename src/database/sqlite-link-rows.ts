import { compareMemberIds } from "../core/id-order.ts";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import type { DanglingLink, FormerValues, HeldRows } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import { leavesOutEmpty, splitCondition } from "./operator-sql.ts";
import { columnOf, sameName } from "./sqlite-columns.ts";
import type { SqliteLinkTable } from "./sqlite-link-table.ts";
import type { SqlitePlace } from "./sqlite-place.ts";
import { asJson } from "./sqlite-read.ts";
import { decodeStored, encodeSql } from "./sqlite-values.ts";
import { quoteName } from "./table-map.ts";

const danglingPageSize = 2_000;

/** Link text of an empty link; see product.md section 2. */
const emptyTexts = "('', '0')";

/** A row of the link table with every stored column. */
export interface LinkRow {
  /** Encoded values of the key columns. */
  readonly key: readonly string[];
  /** The member's id as text, empty for NULL. */
  readonly memberId: string;
  /** The link as text, empty for NULL. */
  readonly link: string;
  readonly counted: boolean;
  readonly values: FormerValues;
}

/** The members of one page with their links out of the link table. */
export function joinLinks(db: Prepared, link: SqliteLinkTable, rows: readonly MemberRow[]): readonly MemberRow[] {
  const links = readLinks(db, link, rows.map((row) => row.id));
  return links.size === 0 ? rows : rows.map((row) => withLinks(row, links.get(row.id) ?? []));
}

/** The member with these links, in a fixed order; empty ones are none. */
export function withLinks(row: MemberRow, texts: readonly string[]): MemberRow {
  const [first, ...further] = texts.filter((text) => text !== "" && text !== "0").toSorted(compareMemberIds);
  if (first === undefined) return row;
  return further.length === 0 ? { ...row, link: first } : { ...row, link: first, furtherLinks: further };
}

/** Non-empty counted links by member id. Ids are compared as text, whatever the two columns are. */
function readLinks(db: Prepared, link: SqliteLinkTable, memberIds: readonly string[]): Map<string, string[]> {
  const rows = db.rows(`SELECT ${memberText(link)}, ${link.kakaoText} AS kakao_sync_link FROM ${link.table.sql} WHERE ${isIn(link.member)} AND ${link.counted} AND ${link.kakaoText} NOT IN ${emptyTexts}`).all({ ids: asJson(affinityOf(link, link.member), memberIds) });
  const links = new Map<string, string[]>();
  for (const [member, text] of rows) {
    const known = links.get(String(member));
    if (known === undefined) links.set(String(member), [String(text)]);
    else known.push(String(text));
  }
  return links;
}

/** The rows of these members, counted or not, in key order. */
export function readRowsOfMembers(db: Prepared, link: SqliteLinkTable, memberIds: readonly string[]): Map<string, LinkRow[]> {
  return groupRows(readRows(db, link, isMember(link), asJson(affinityOf(link, link.member), memberIds)), (row) => row.memberId);
}

/** The rows that hold one of these ids, counted or not, in key order. */
export function readRowsOfIds(db: Prepared, link: SqliteLinkTable, ids: readonly KakaoId[]): Map<string, LinkRow[]> {
  return groupRows(readRows(db, link, isHeld(link), asJson(affinityOf(link, link.kakao), ids)), (row) => row.link);
}

/** Which of these ids any row holds, or any counted one. */
export function readHeldInTable(db: Prepared, link: SqliteLinkTable, ids: readonly KakaoId[], which: HeldRows = "any"): Set<KakaoId> {
  const asked = new Set(ids);
  const rows = db.rows(`SELECT ${link.kakaoText} FROM ${link.table.sql} WHERE ${isHeld(link)}${which === "any" ? "" : ` AND ${link.counted}`}`).all({ ids: asJson(affinityOf(link, link.kakao), ids) });
  return new Set(rows.map(([id]) => String(id)).filter((id) => asked.has(id)));
}

/** Members whose counted link is this id. */
export function readHolderIds(db: Prepared, link: SqliteLinkTable, id: KakaoId): string[] {
  return [...readCountedPairs(db, link, [id])].filter((pair) => pair.startsWith(`${id} `)).map((pair) => pair.slice(id.length + 1));
}

/** The counted rows that hold one of these ids: id, a blank, member id. */
export function readCountedPairs(db: Prepared, link: SqliteLinkTable, ids: readonly KakaoId[]): Set<string> {
  const rows = db.rows(`SELECT ${link.kakaoText} || ' ' || ${memberText(link)} FROM ${link.table.sql} WHERE ${isHeld(link)} AND ${link.counted}`).all({ ids: asJson(affinityOf(link, link.kakao), ids) });
  return new Set(rows.map(([pair]) => String(pair)));
}

/** Counted, non-empty links in key order, in pages: those whose member `isKnown` does not know. */
export function* readDanglingPages(db: Prepared, link: SqliteLinkTable, places: readonly SqlitePlace[]): Generator<readonly DanglingLink[]> {
  const key = link.key.join(", ");
  const after = link.key.map((_, at) => `@after${at}`).join(", ");
  const select = (tail: string): string => `SELECT ${memberText(link)}, ${link.kakaoText}, ${key} FROM ${link.table.sql} WHERE ${link.counted} AND ${link.kakaoText} NOT IN ${emptyTexts}${tail} ORDER BY ${key} LIMIT ${danglingPageSize}`;
  let rows = db.rows(select("")).all({});
  while (rows.length > 0) {
    const known = readKnownMembers(db, places, rows.map(([member]) => String(member)));
    const page = rows.filter(([member]) => !known.has(String(member))).map(([member, text]) => ({ kakaoId: String(text), memberId: String(member) }));
    if (page.length > 0) yield page;
    if (rows.length < danglingPageSize) return;
    const last = rows.at(-1) ?? [];
    rows = db.rows(select(` AND (${key}) > (${after})`)).all(Object.fromEntries(link.key.map((_, at) => [`after${at}`, last[2 + at]])));
  }
}

/** Which of these ids are members' ids, as text. */
export function readKnownMembers(db: Prepared, places: readonly SqlitePlace[], ids: readonly string[]): Set<string> {
  const known = new Set<string>();
  for (const place of places) {
    const rows = db.rows(`SELECT CAST(${place.id} AS TEXT) FROM ${place.table.sql} WHERE ${place.id} COLLATE "${place.keyCollation}" IN (SELECT value FROM json_each(@ids))`).all({ ids: asJson(place.idColumn.affinity, ids) });
    for (const [id] of rows) known.add(String(id));
  }
  return known;
}

function readRows(db: Prepared, link: SqliteLinkTable, condition: string, ids: string): LinkRow[] {
  const encoded = [...link.key, ...link.columns.map(quoteName)].map(encodeSql).join(", ");
  const rows = db.rows(`SELECT ${memberText(link)}, ${link.kakaoText}, (${link.counted}) IS TRUE, ${encoded} FROM ${link.table.sql} WHERE ${condition} ORDER BY ${link.key.join(", ")}`).all({ ids });
  const width = link.key.length;
  return rows.map(([member, text, counted, ...cells]) => ({
    memberId: String(member),
    link: String(text),
    counted: Number(counted) === 1,
    key: cells.slice(0, width).map(String),
    values: Object.fromEntries(link.columns.map((name, at) => [name, decodeStored(String(cells[width + at]))])),
  }));
}

function groupRows(rows: readonly LinkRow[], nameOf: (row: LinkRow) => string): Map<string, LinkRow[]> {
  const groups = new Map<string, LinkRow[]>();
  for (const row of rows) {
    const known = groups.get(nameOf(row));
    if (known === undefined) groups.set(nameOf(row), [row]);
    else known.push(row);
  }
  return groups;
}

function memberText(link: SqliteLinkTable): string {
  const name = quoteName(link.member);
  return `ifnull(CAST(${name} AS TEXT), '')`;
}

function isMember(link: SqliteLinkTable): string {
  return isAsked(link, link.member);
}

function isHeld(link: SqliteLinkTable): string {
  return isAsked(link, link.kakao);
}

/** Rows of any kind with one of the asked ids. An index that leaves out empty links serves only where its condition is repeated. */
function isAsked(link: SqliteLinkTable, column: string): string {
  const served = link.table.uniqueKeys.filter((key) => key.where === null || (column === link.kakao && splitCondition(key.where).every((part) => leavesOutEmpty(part, column))));
  const direct = served.find((key) => key.columns[0] !== undefined && sameName(key.columns[0], column));
  if (direct !== undefined) return `${isIn(column)}${direct.where === null ? "" : ` AND (${direct.where})`}`;
  const behind = served.find(({ columns: [first = "", second = ""] }) => sameName(second, column) && Object.keys(link.fixed).some((name) => sameName(name, first)));
  return behind === undefined ? isIn(column) : isBehind(link, quoteName(behind.columns[0] ?? ""), quoteName(column), behind.where);
}

function isIn(column: string): string {
  return `${quoteName(column)} IN (SELECT value FROM json_each(@ids))`;
}

/** The index begins with a fixed column, which has few values: they are stepped through, so that rows of every kind are found by the index. The cross joins keep that order. */
function isBehind({ table: { sql }, key }: SqliteLinkTable, first: string, column: string, where: string | null): string {
  const values =
    `SELECT min(${first}) FROM ${sql} UNION ALL SELECT (SELECT min(${first}) FROM ${sql} WHERE ${first} > v) FROM kakao_sync_first WHERE v IS NOT NULL`;
  const keys = key.map((name) => `kakao_sync_found.${name}`).join(", ");
  return (
    `(${key.join(", ")}) IN (WITH RECURSIVE kakao_sync_first(v) AS (${values}) SELECT ${keys} FROM json_each(@ids) AS kakao_sync_asked CROSS JOIN kakao_sync_first ` +
    `CROSS JOIN (SELECT ${[...key, first, column].join(", ")} FROM ${sql}${where === null ? "" : ` WHERE ${where}`}) AS kakao_sync_found ` +
    `WHERE kakao_sync_found.${first} IS kakao_sync_first.v AND kakao_sync_found.${column} = kakao_sync_asked.value)`
  );
}

function affinityOf(link: SqliteLinkTable, column: string): string {
  return columnOf(link.table, column).affinity;
}
