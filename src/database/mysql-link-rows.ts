import { compareMemberIds } from "../core/id-order.ts";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import type { Cell, MysqlConnection } from "./mysql-connection.ts";
import type { MysqlLinkTable } from "./mysql-link-table.ts";
import type { MysqlPlace } from "./mysql-place.ts";
import { asked, askedText, inChunks } from "./mysql-read.ts";
import { columnOf } from "./mysql-schema.ts";
import { asColumn, asTypeOf, type ColumnShape, decodeStored, orderSql, quoteMysqlName, readSql, textLiteral, valueName, valuesSql } from "./mysql-values.ts";
import type { DanglingLink, FormerValues, HeldRows } from "./service-database.ts";

const danglingPageSize = 2_000;

/** Values of a fixed column that are asked for one by one. */
const mostLeads = 20;

/** A row of the link table with every column that can be written. */
export interface LinkRow {
  /** What was asked for: the database may find 'ABC' by 'abc'. */
  readonly asked: string;
  /** The member's id as the row has it; empty for NULL. */
  readonly memberId: string;
  /** The link as text, empty for NULL. */
  readonly link: string;
  readonly counted: boolean;
  /** Texts of the columns, in the order of the link table's `columns`. */
  readonly cells: readonly Cell[];
  readonly values: FormerValues;
}

/** True for what stands in a link column without a link. */
export function isEmptyText(link: string): boolean {
  return link === "" || link === "0";
}

/** The members of one page of a place, in the order of their ids, with their links out of the link table. */
export async function joinLinks(connection: MysqlConnection, link: MysqlLinkTable, place: MysqlPlace, rows: readonly MemberRow[]): Promise<readonly MemberRow[]> {
  const links = new Map<string, string[]>();
  for (const [member, text] of await connection.rows(linksOfRange(link, place, rows))) {
    const known = links.get(member ?? "");
    if (known === undefined) links.set(member ?? "", [text ?? ""]);
    else known.push(text ?? "");
  }
  return links.size === 0 ? rows : rows.map((row) => withLinks(row, links.get(row.id) ?? []));
}

/** The member with these links, in a fixed order; empty ones are none. */
export function withLinks(row: MemberRow, texts: readonly string[]): MemberRow {
  const [first, ...further] = texts.filter((text) => !isEmptyText(text)).toSorted(compareMemberIds);
  if (first === undefined) return row;
  return further.length === 0 ? { ...row, link: first } : { ...row, link: first, furtherLinks: further };
}

/** The rows of these members, counted or not, in key order. */
export async function readRowsOfMembers(connection: MysqlConnection, link: MysqlLinkTable, memberIds: readonly string[], lock: boolean): Promise<Map<string, LinkRow[]>> {
  return groupRows(await readRows(connection, link, link.member, memberIds, lock));
}

/** The rows that hold one of these ids, counted or not, in key order. */
export async function readRowsOfIds(connection: MysqlConnection, link: MysqlLinkTable, ids: readonly KakaoId[]): Promise<Map<string, LinkRow[]>> {
  return groupRows(await readRows(connection, link, link.kakao, ids, false));
}

/** Which of these ids any row holds, or any counted one. */
export async function readHeldInTable(connection: MysqlConnection, link: MysqlLinkTable, ids: readonly KakaoId[], which: HeldRows = "any"): Promise<Set<KakaoId>> {
  const held = new Set<KakaoId>();
  if (which === "counted") {
    for (const id of ids) if ((await readHoldersInTable(connection, link, id)).length > 0) held.add(id);
    return held;
  }
  const reach = await reachBy(connection, link, link.kakao);
  for (const some of inChunks(ids)) {
    const rows = await connection.rows(`SELECT ${askedText} FROM ${asked(some)} ${reach}`);
    for (const [id] of rows) held.add(id ?? "");
  }
  return held;
}

/** Members whose counted link is this id. */
export async function readHoldersInTable(connection: MysqlConnection, link: MysqlLinkTable, id: KakaoId): Promise<string[]> {
  const rows = await connection.rows(`SELECT ${readSql(link.member, link.row)} FROM ${link.table.sql} WHERE ${link.row}.${link.kakao.sql} = ${asColumn(link.kakao, textLiteral(id))} AND ${link.counted}`);
  return rows.map(([member]) => member ?? "");
}

/** Counted, non-empty links in key order, in pages: those whose member is in no place. */
export async function* readDanglingPages(connection: MysqlConnection, link: MysqlLinkTable, places: readonly MysqlPlace[]): AsyncGenerator<readonly DanglingLink[]> {
  const select = danglingSql(link, places);
  for (let after: readonly Cell[] | null = null; ; ) {
    const rows: readonly Cell[][] = await connection.rows(select(after));
    const page = rows.filter(([, , known]) => known === "0").map(([memberId, kakaoId]) => ({ kakaoId: kakaoId ?? "", memberId: memberId ?? "" }));
    if (page.length > 0) yield page;
    if (rows.length < danglingPageSize) return;
    after = rows.at(-1)?.slice(3) ?? null;
  }
}

/** Which of these ids are members' ids. */
export async function readKnownMembers(connection: MysqlConnection, places: readonly MysqlPlace[], ids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const place of places) {
    for (const some of inChunks(ids)) {
      const rows = await connection.rows(`SELECT ${readSql(place.id, place.row)} FROM ${asked(some)} STRAIGHT_JOIN ${place.table.sql} ON ${place.row}.${place.id.sql} = ${asColumn(place.id, askedText)}`);
      for (const [id] of rows) known.add(id ?? "");
    }
  }
  return known;
}

/** The operator's condition is computed inside a table of its own, so that it cannot mean a column of the members. */
function linksOfRange(link: MysqlLinkTable, place: MysqlPlace, rows: readonly MemberRow[]): string {
  const id = `${place.row}.${place.id.sql}`;
  const bound = (at: number): string => asColumn(place.id, textLiteral(rows.at(at)?.id ?? ""));
  const links = `(SELECT ${link.row}.${link.member.sql} AS kakao_sync_member, ${readSql(link.member, link.row)} AS kakao_sync_text, ${link.kakaoText} AS kakao_sync_link FROM ${link.table.sql} WHERE ${link.counted} AND ${link.kakaoText} NOT IN ('', '0')) AS kakao_sync_links`;
  return `SELECT ${readSql(place.id, place.row)}, kakao_sync_link FROM ${place.table.sql} STRAIGHT_JOIN ${links} ON kakao_sync_member = ${asTypeOf(link.member, place.id, place.row)} WHERE ${id} >= ${bound(0)} AND ${id} <= ${bound(-1)}${link.member.kind === place.id.kind ? "" : spelledAlike(link.member, null, readSql(place.id, place.row))}`;
}

/** A number equals texts of several spellings, of which only its own is the id. Texts are compared as the database does. */
function spelledAlike(column: ColumnShape, row: string | null, text: string): string {
  if (column.kind === "text") return "";
  return ` AND CAST(${row === null ? "kakao_sync_text" : readSql(column, row)} AS BINARY) = CAST(${text} AS BINARY)`;
}

function danglingSql(link: MysqlLinkTable, places: readonly MysqlPlace[]): (after: readonly Cell[] | null) => string {
  const key = link.key.map((column) => orderSql(column, link.row)).join(", ");
  const texts = link.key.map((column, at) => `${readSql(column, link.row)} AS kakao_sync_key_${at}`);
  const known = places.map((place) => `EXISTS (SELECT 1 FROM ${place.table.sql} WHERE ${place.row}.${place.id.sql} = ${asColumn(place.id, "kakao_sync_member")}${spelledAlike(place.id, place.row, "kakao_sync_member")})`).join(" OR ");
  return (after) =>
    `SELECT kakao_sync_member, kakao_sync_link, (${known}), ${link.key.map((_, at) => `kakao_sync_key_${at}`).join(", ")} FROM (SELECT ${readSql(link.member, link.row)} AS kakao_sync_member, ${link.kakaoText} AS kakao_sync_link, ${texts.join(", ")} ` +
    `FROM ${link.table.sql} WHERE ${link.counted} AND ${link.kakaoText} NOT IN ('', '0')${after === null ? "" : ` AND ${behind(link.key, link.row, after)}`} ORDER BY ${key} LIMIT ${danglingPageSize}) AS kakao_sync_page`;
}

/** True for keys after this one. A comparison of whole rows would use no index. */
export function behind(key: readonly ColumnShape[], row: string, after: readonly Cell[]): string {
  const [first, ...rest] = key;
  if (first === undefined) return "FALSE";
  const cell = orderSql(first, row);
  const value = asColumn(first, textLiteral(after[0] ?? ""));
  return rest.length === 0 ? `${cell} > ${value}` : `${cell} >= ${value} AND (${cell} > ${value} OR (${behind(rest, row, after.slice(1))}))`;
}

async function readRows(connection: MysqlConnection, link: MysqlLinkTable, by: ColumnShape, texts: readonly string[], lock: boolean): Promise<LinkRow[]> {
  const found: LinkRow[] = [];
  const cells = link.columns.map((column) => readSql(column, link.row)).join(", ");
  const reach = await reachBy(connection, link, by);
  for (const some of inChunks([...new Set(texts)].toSorted(compareMemberIds))) {
    const rows = await connection.rows(
      `SELECT ${askedText}, IFNULL(${readSql(link.member, link.row)}, ''), ${link.kakaoText}, (${link.counted}) IS TRUE, ${cells} FROM ${asked(some)} ${reach}${lock ? " FOR UPDATE" : ""}`,
    );
    found.push(...rows.map((row) => decodeRow(link, row)).filter((row) => by.kind === "text" || row.asked === (by === link.member ? row.memberId : row.link)));
  }
  return found;
}

/**
 * Joins what is asked for with every row of the link table, whatever its fixed values. Where the only index on a column begins with a fixed one, like
 * (provider, provider_user_id), the values that stand there are asked for as well: without them the index would not serve, and the whole table be read.
 */
async function reachBy(connection: MysqlConnection, link: MysqlLinkTable, by: ColumnShape): Promise<string> {
  const isAsked = `${link.row}.${by.sql} = ${asColumn(by, askedText)}`;
  const straight = `STRAIGHT_JOIN ${link.table.sql} ON ${isAsked}`;
  const found = findLead(link, by);
  if (found === null) return straight;
  const { lead, index } = found;
  const leads = await connection.rows(`SELECT ${readSql(lead, link.row)} FROM (SELECT DISTINCT ${lead.sql} FROM ${link.table.sql} LIMIT ${mostLeads + 1}) AS ${link.row}`);
  if (leads.length === 0 || leads.length > mostLeads) return straight;
  // The server may take another index that begins alike, and read all rows of one value for each id.
  return `STRAIGHT_JOIN ${valuesSql(leads, "kakao_sync_leads")} STRAIGHT_JOIN ${link.table.sql} FORCE INDEX (${quoteMysqlName(index)}) ON ${link.row}.${lead.sql} <=> ${asColumn(lead, `kakao_sync_leads.${valueName(0)}`)} AND ${isAsked}`;
}

/** An index whose second column is `by`, after a fixed one, where no index begins with `by` itself. */
function findLead(link: MysqlLinkTable, by: ColumnShape): { readonly lead: ColumnShape; readonly index: string } | null {
  const isAt = (columns: readonly string[], at: number, name: string): boolean => columns[at]?.toLowerCase() === name.toLowerCase();
  const { indexes } = link.table;
  if (indexes.some(({ columns }) => isAt(columns, 0, by.name))) return null;
  const found = indexes.find(({ columns }) => isAt(columns, 1, by.name) && Object.keys(link.fixed).some((name) => isAt(columns, 0, name)));
  return found === undefined ? null : { lead: columnOf(link.table, found.columns[0] ?? ""), index: found.name };
}

function decodeRow(link: MysqlLinkTable, [asked = "", member = "", text = "", counted, ...cells]: readonly Cell[]): LinkRow {
  return {
    asked: asked ?? "",
    memberId: member ?? "",
    link: text ?? "",
    counted: counted === "1",
    cells,
    values: Object.fromEntries(link.columns.map((column, at) => [column.name, decodeStored(column, cells[at] ?? null)])),
  };
}

function groupRows(rows: readonly LinkRow[]): Map<string, LinkRow[]> {
  const groups = new Map<string, LinkRow[]>();
  for (const row of rows) {
    const known = groups.get(row.asked);
    if (known === undefined) groups.set(row.asked, [row]);
    else known.push(row);
  }
  return groups;
}
