import { compareMemberIds } from "../core/id-order.ts";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import type { DanglingLink, FormerValues, HeldRows } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import { possibleIds } from "./postgres-checks.ts";
import { notEmpty, type PostgresLinkTable } from "./postgres-link-table.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { decodeStored } from "./postgres-values.ts";
import { quoteName } from "./table-map.ts";

const danglingPageSize = 5_000;

/** A row of the link table with every stored column. */
export interface LinkRow {
  readonly key: readonly string[];
  /** The member's id as text, empty for NULL. */
  readonly memberId: string;
  /** The link as text, empty for NULL. */
  readonly link: string;
  readonly counted: boolean;
  /** As text, in the order of the table's columns. */
  readonly texts: readonly (string | null)[];
  readonly values: FormerValues;
}

/** Counted, non-empty links by member id, in a fixed order. Ids are compared as text, whatever the two columns are. */
export async function readLinks(sql: Transaction, link: PostgresLinkTable, memberIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await sql.rows(`SELECT ${textOf(link.member.name)}, ${textOf(link.kakao.name)} FROM ${link.table.sql} WHERE ${isMember(link)} AND ${link.counted} AND ${notEmpty(link.kakao)}`, [possibleIds(link.member, memberIds)]);
  const links = new Map<string, string[]>();
  for (const [member, text] of rows) {
    const known = links.get(String(member));
    if (known === undefined) links.set(String(member), [String(text)]);
    else known.push(String(text));
  }
  for (const texts of links.values()) texts.sort(compareMemberIds);
  return links;
}

/** The member with these links, in a fixed order; empty ones are none. */
export function withLinks(row: MemberRow, texts: readonly string[]): MemberRow {
  const [first = null, ...further] = texts.filter((text) => text !== "" && text !== "0").toSorted(compareMemberIds);
  const { furtherLinks: _none, ...member } = row;
  return further.length === 0 ? { ...member, link: first } : { ...member, link: first, furtherLinks: further };
}

/** The rows of these members, counted or not, in key order; with `lock` they stay as they are until the transaction ends. */
export async function readRowsOfMembers(sql: Transaction, link: PostgresLinkTable, memberIds: readonly string[], lock = false): Promise<Map<string, LinkRow[]>> {
  return groupRows(await readRows(sql, link, isMember(link), possibleIds(link.member, memberIds), lock), (row) => row.memberId);
}

/** The rows that hold one of these ids, counted or not, in key order. */
export async function readRowsOfIds(sql: Transaction, link: PostgresLinkTable, ids: readonly KakaoId[], lock = false): Promise<Map<string, LinkRow[]>> {
  return groupRows(await readRows(sql, link, isHeld(link), possibleIds(link.kakao, ids), lock), (row) => row.link);
}

/** Which of these ids any row holds, or any counted one. */
export async function readHeldInTable(sql: Transaction, link: PostgresLinkTable, ids: readonly KakaoId[], which: HeldRows = "any"): Promise<Set<KakaoId>> {
  if (ids.length === 0) return new Set();
  const asked = new Set(ids);
  const rows = await sql.rows(`SELECT ${textOf(link.kakao.name)} FROM ${link.table.sql} WHERE ${isHeld(link)}${which === "any" ? "" : ` AND ${link.counted}`}`, [ids]);
  return new Set(rows.map(([id]) => String(id)).filter((id) => asked.has(id)));
}

/** Members whose counted link is this id. */
export async function readHolderIds(sql: Transaction, link: PostgresLinkTable, id: KakaoId): Promise<string[]> {
  const rows = await sql.rows(`SELECT ${textOf(link.member.name)}, ${textOf(link.kakao.name)} FROM ${link.table.sql} WHERE ${isHeld(link)} AND ${link.counted}`, [[id]]);
  return rows.filter(([, text]) => text === id).map(([member]) => String(member));
}

/** Links without a member among the next ones, and the key to go on from; null after the last. */
export interface DanglingPage {
  readonly links: readonly DanglingLink[];
  readonly next: readonly string[] | null;
}

/** Looks at the next counted, non-empty links in key order. */
export async function readDanglingPage(sql: Transaction, link: PostgresLinkTable, places: readonly PostgresPlace[], after: readonly string[] | null): Promise<DanglingPage> {
  const key = link.key.map((part) => part.sql);
  const behind = after === null ? "" : ` AND (${key.join(", ")}) > (${link.key.map((part, at) => `$${at + 1}::text::${part.type}`).join(", ")})`;
  const columns = [textOf(link.member.name), textOf(link.kakao.name), ...link.keyColumns.map(textOf)];
  const rows = await sql.rows(`SELECT ${columns.join(", ")} FROM ${link.table.sql} WHERE ${link.counted} AND ${notEmpty(link.kakao)}${behind} ORDER BY ${key.join(", ")} LIMIT ${danglingPageSize}`, after ?? []);
  const known = await readKnownMembers(sql, places, rows.flatMap(([member]) => member ?? []));
  const links = rows.filter(([member]) => !known.has(member ?? "")).map(([member, id]) => ({ kakaoId: String(id), memberId: member ?? "" }));
  return { links, next: rows.length < danglingPageSize ? null : (rows.at(-1) ?? []).slice(2).map(String) };
}

/** Which of these ids are members' ids, as text. */
export async function readKnownMembers(sql: Transaction, places: readonly PostgresPlace[], ids: readonly string[]): Promise<Set<string>> {
  const known = new Set<string>();
  for (const place of places) {
    const rows = await sql.rows(`SELECT ${textOf(place.id.name)} FROM ${place.table.sql} WHERE ${place.key} = ANY($1::${place.keyType}[])`, [possibleIds(place.id, ids)]);
    for (const [id] of rows) known.add(String(id));
  }
  return known;
}

async function readRows(sql: Transaction, link: PostgresLinkTable, condition: string, ids: readonly string[], lock: boolean): Promise<LinkRow[]> {
  if (ids.length === 0) return [];
  const columns = [textOf(link.member.name), textOf(link.kakao.name), `(${link.counted})`, ...link.keyColumns.map(textOf), ...link.columns.map(({ name }) => textOf(name))];
  const rows = await sql.rows(`SELECT ${columns.join(", ")} FROM ${link.table.sql} WHERE ${condition} ORDER BY ${link.key.map((part) => part.sql).join(", ")}${lock ? " FOR UPDATE" : ""}`, [ids]);
  const width = link.keyColumns.length;
  return rows.map(([member, text, counted, ...cells]) => ({
    memberId: member ?? "",
    link: text ?? "",
    counted: counted === "t",
    key: cells.slice(0, width).map(String),
    texts: cells.slice(width),
    values: Object.fromEntries(link.columns.map((column, at) => [column.name, decodeStored(column, cells[width + at] ?? null)])),
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

function textOf(name: string): string {
  return `${quoteName(name)}::text`;
}

/** As a list to join with: an index that begins with a fixed column is then searched member by member (measured: 13 ms instead of 64 for 5,000 of 600,000 rows). */
function isMember({ member }: PostgresLinkTable): string {
  return `${quoteName(member.name)} IN (SELECT unnest($1::${member.base}[]))`;
}

/** Every row is asked, whatever its fixed values; an index that begins with a fixed column serves this badly. */
function isHeld({ kakao }: PostgresLinkTable): string {
  return `${quoteName(kakao.name)} = ANY($1::${kakao.base}[])`;
}
