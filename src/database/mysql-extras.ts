import type { MemberRow } from "../core/member.ts";
import { decodeLookedUp, type ExtraGroups, listLookupColumns, type LookedUp, type LookupGroup, refuseStrayRows, strayRowsSql } from "./extras.ts";
import { refuseOtherCollations } from "./mysql-collations.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { numberOf } from "./mysql-errors.ts";
import { say } from "../say.ts";
import type { MysqlPlace } from "./mysql-place.ts";
import { columnOf, describeWrongColumns, listTables, readTable, sourceSql, type TableShape } from "./mysql-schema.ts";
import { refuseWrongIdType } from "./mysql-types.ts";
import { asColumn, asTypeOf, type ColumnShape, quoteMysqlName, readSql, textLiteral, valueName, wrapSql } from "./mysql-values.ts";
import type { ColumnSource } from "./service-database.ts";
import { describeMissing, splitTable } from "./table-map.ts";

/** The extras of a reading, their names checked and quoted. */
export interface MysqlExtras {
  readonly groups: ExtraGroups;
  /** SQL for the texts of the member table, in the order of `groups.own`. */
  readonly own: readonly string[];
  /** In the order of `groups.lookups`. */
  readonly lookups: readonly MysqlLookup[];
}

/** A table with a row per member. */
export interface MysqlLookup {
  readonly group: LookupGroup;
  readonly table: TableShape;
  readonly member: ColumnShape;
  /** False where the whole table is gone through for each page of members. */
  readonly indexed: boolean;
}

/** SQL for the texts of the member table: a condition that is false or unknown is NULL. */
export function ownSql(table: TableShape, { own }: ExtraGroups): string[] {
  return own.map(({ extra }) => (extra.kind === "condition" ? `IF(${wrapSql(extra.sql)} IS TRUE, '1', NULL)` : extraSql(table, extra)));
}

/** Resolves lookups against the server; wrong names are added to `problems`. Throws StartError where this user may not look into one. */
export async function resolveLookups(connection: MysqlConnection, groups: readonly LookupGroup[], problems: string[]): Promise<MysqlLookup[]> {
  const lookups: MysqlLookup[] = [];
  for (const group of groups) {
    const table = await readTable(connection, group.table);
    if (table === undefined) {
      await refuseDenied(connection, group.table);
      problems.push(describeMissing(say`There is no table ${group.table}`, group.table, await listTables(connection)));
      continue;
    }
    const wrong = describeWrongColumns(table, [...new Set(listLookupColumns(group))]);
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    const member = columnOf(table, group.memberId);
    refuseWrongIdType(table, member);
    lookups.push({ group, table, member, indexed: table.indexes.some(({ columns: [first = ""] }) => first.toLowerCase() === member.name.toLowerCase()) });
  }
  return lookups;
}

/** Throws StartError where the tables of lookups compare members' ids otherwise than the member table does. */
export function refuseOtherLookups(place: MysqlPlace, { lookups }: MysqlExtras): void {
  for (const lookup of lookups) refuseOtherCollations([place], lookup);
}

/** Reads no row, to find out whether this user may read all that is asked for. */
export async function tryExtras(connection: MysqlConnection, place: MysqlPlace, { own, lookups }: MysqlExtras): Promise<void> {
  if (own.length > 0) await connection.rows(`SELECT ${own.join(", ")} FROM ${place.table.sql} LIMIT 0`);
  for (const lookup of lookups) await connection.rows(`SELECT 1 FROM ${lookedUpSql(lookup)} LIMIT 0`);
}

/** What the lookup holds of the members of one page, in the order of their ids. Ids are compared as in a link table. */
export async function readLookup(connection: MysqlConnection, lookup: MysqlLookup, place: MysqlPlace, rows: readonly MemberRow[]): Promise<LookedUp> {
  const { group, member, indexed } = lookup;
  const id = `${place.row}.${place.id.sql}`;
  const bound = (at: number): string => asColumn(place.id, textLiteral(rows.at(at)?.id ?? ""));
  const [text, found] = [readSql(place.id, place.row), lookedUpSql(lookup)];
  // Without an index the rows of the lookup are gone through once, and each finds its member by the member table's own.
  const joined = indexed
    ? `${place.table.sql} STRAIGHT_JOIN ${found} ON kakao_sync_member = ${asTypeOf(member, place.id, place.row)}`
    : `${found} STRAIGHT_JOIN ${place.table.sql} ON ${id} = ${isSameType(member, place.id) ? "kakao_sync_member" : asColumn(place.id, "kakao_sync_text")}`;
  const alike = member.kind === place.id.kind ? "" : ` AND CAST(kakao_sync_text AS BINARY) = CAST(${text} AS BINARY)`;
  const texts = group.columns.map((_, at) => `MAX(${valueName(at)})`).join(", ");
  return decodeLookedUp(await connection.rows(`SELECT ${text}, COUNT(*), ${texts} FROM ${joined} WHERE ${id} >= ${bound(0)} AND ${id} <= ${bound(-1)}${alike} GROUP BY ${id}`));
}

/**
 * Throws StartError where rows of a lookup spell a member's id otherwise than the member table does. Texts of one collation are the same where that says so. Sorted, not gathered in a table
 * on the disk: a seventh of the time.
 */
export async function refuseStrays(connection: MysqlConnection, { table, row, id }: MysqlPlace, { group, table: found, member }: MysqlLookup): Promise<void> {
  if (id.kind !== "text" && member.kind !== "text") return;
  const spell = (column: ColumnShape, of: string, from: string) => {
    const text = readSql(column, of);
    // With a mark at its end no text is padded with blanks for comparing it.
    return { text: isSameType(id, member) ? `${of}.${column.sql}` : `CONCAT(${text}, '.') COLLATE utf8mb4_bin`, spelling: `TRIM(LEADING '0' FROM LOWER(TRIM(${text}))) COLLATE utf8mb4_bin`, from };
  };
  const name = quoteMysqlName(found.name);
  const condition = group.where === undefined ? "" : ` AND ${wrapSql(group.where)}`;
  const [counted] = await connection.rows(strayRowsSql(spell(id, row, `FROM ${table.sql} WHERE ${row}.${id.sql} IS NOT NULL`), spell(member, name, `FROM ${found.sql} WHERE ${name}.${member.sql} IS NOT NULL${condition}`), "SQL_BIG_RESULT"));
  refuseStrayRows(Number(counted?.[0]), found.name, member.name, `${table.name}.${id.name}`);
}

/** The rows that count, as a table of its own: the operator's SQL can mean no column of the members there. */
function lookedUpSql({ group, table, member }: MysqlLookup): string {
  const row = quoteMysqlName(table.name);
  const texts = group.columns.map(({ source }, at) => `${extraSql(table, source)} AS ${valueName(at)}`);
  const condition = group.where === undefined ? "" : ` WHERE ${wrapSql(group.where)}`;
  return `(SELECT ${row}.${member.sql} AS kakao_sync_member, ${readSql(member, row)} AS kakao_sync_text, ${texts.join(", ")} FROM ${table.sql}${condition}) AS kakao_sync_lookup`;
}

/** The text of a column or expression; a BIT is a number, as truth is. */
function extraSql(table: TableShape, source: ColumnSource): string {
  if (source.kind === "column") {
    const { type, sql } = columnOf(table, source.column);
    if (/^bit\b/.test(type)) return `CONVERT(${quoteMysqlName(table.name)}.${sql} + 0 USING utf8mb4)`;
  }
  return sourceSql(table, source);
}

function isSameType(left: ColumnShape, right: ColumnShape): boolean {
  return left.kind === right.kind && left.collation === right.collation && left.scale === right.scale;
}

/** The catalogue does not show a table that this user may not look into: the server tells it from one that is not there. */
async function refuseDenied(connection: MysqlConnection, name: string): Promise<void> {
  try {
    const { schema, table } = splitTable(name);
    await connection.rows(`SELECT 1 FROM ${schema === null ? "" : `${quoteMysqlName(schema)}.`}${quoteMysqlName(table)} LIMIT 0`);
  } catch (error) {
    if ([0, 1044, 1142, 1143].includes(numberOf(error))) throw error;
  }
}
