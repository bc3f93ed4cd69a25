import { say } from "../say.ts";
import { VALUE_COLUMNS } from "./member-row.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { type MysqlExtras, ownSql, refuseOtherLookups, resolveLookups } from "./mysql-extras.ts";
import { type MysqlLinkTable, resolveLinkTable } from "./mysql-link-table.ts";
import { columnOf, describeWrongColumns, listTables, readTable, sourceSql, type TableShape } from "./mysql-schema.ts";
import { refuseWrongIdType, refuseWrongLinkType } from "./mysql-types.ts";
import { coversColumn } from "./mysql-unique.ts";
import { type ColumnShape, quoteMysqlName, wrapSql } from "./mysql-values.ts";
import { groupExtras, listOwnColumns } from "./extras.ts";
import type { AlsoTable, ExtraSource, MemberColumns, ServiceDatabaseMap, SetValue } from "./service-database.ts";
import { describeMissing, refuseWrongNames } from "./table-map.ts";

/** The link column of a place. */
export interface PlaceLink {
  /** As the configuration spells it: the key in journalled values. */
  readonly name: string;
  readonly column: ColumnShape;
  /** True when a unique index keeps every non-empty link apart. */
  readonly unique: boolean;
  readonly set: Readonly<Record<string, SetValue>>;
}

/** A member table (place 0) or table of `members.also` with checked, quoted names; conditions are the operator's SQL. */
export interface MysqlPlace {
  readonly at: number;
  readonly table: TableShape;
  /** How its columns are qualified: by the table's own name, which the operator's SQL may use as well. */
  readonly row: string;
  /** Rows are ordered and paged by it, in its own collation. */
  readonly id: ColumnShape;
  /** True when an index or primary key proves that the id is unique. */
  readonly idProven: boolean;
  /** Null where the place has no link column, or the member table still lacks it. */
  readonly link: PlaceLink | null;
  /** SQL for the text of each value. */
  readonly values: readonly (string | null)[];
  /** Null for a table whose members are never live. */
  readonly states: { readonly live: string; readonly withdrawn: string | null; readonly blocked: string | null; readonly protected: string | null; readonly otherLogin: string | null } | null;
  readonly lastLogin: string | null;
}

export interface Places {
  readonly all: readonly MysqlPlace[];
  readonly missingLink: boolean;
  /** Where links are rows of a table of their own; null where they are a column. */
  readonly linkTable: MysqlLinkTable | null;
  readonly extras: MysqlExtras;
}

/** Resolves the configured names against the server. Throws one StartError that names every wrong table and column. */
export async function resolvePlaces(connection: MysqlConnection, map: ServiceDatabaseMap, wished: readonly ExtraSource[] = []): Promise<Places> {
  const problems: string[] = [];
  const groups = groupExtras(wished);
  const tables: (TableShape | undefined)[] = [];
  for (const columns of [map.members, ...map.also]) {
    const table = await readTable(connection, columns.table);
    if (table === undefined) problems.push(describeMissing(say`There is no table ${columns.table}`, columns.table, await listTables(connection)));
    tables.push(table);
  }
  const missingLink = map.link.kind === "column" && tables[0] !== undefined && !tables[0].columns.has(map.link.column.toLowerCase());
  tables.forEach((table, at) => {
    if (table !== undefined) problems.push(...describeWrongColumns(table, [...new Set([...namedColumns(map, at, missingLink), ...(at === 0 ? listOwnColumns(groups) : [])])]));
  });
  const linkTable = map.link.kind === "table" ? await resolveLinkTable(connection, map.link, problems) : null;
  const lookups = await resolveLookups(connection, groups.lookups, problems);
  refuseWrongNames(problems);
  const all = tables.flatMap((table, at) => (table === undefined ? [] : [resolvePlace(map, at, table, missingLink)]));
  const extras = { groups, own: tables[0] === undefined ? [] : ownSql(tables[0], groups), lookups };
  if (all[0] !== undefined) refuseOtherLookups(all[0], extras);
  return { all, missingLink, linkTable, extras };
}

function resolvePlace(map: ServiceDatabaseMap, at: number, table: TableShape, missingLink: boolean): MysqlPlace {
  const columns: MemberColumns = at === 0 ? map.members : (map.also[at - 1] ?? map.members);
  const id = columnOf(table, columns.id);
  refuseWrongIdType(table, id);
  return {
    at,
    table,
    row: quoteMysqlName(table.name),
    id,
    idProven: table.uniqueKeys.some((key) => key.expression === null && key.columns.length === 1 && sameName(key.columns[0] ?? "", id.name)),
    link: resolveLink(map, at, table, missingLink),
    values: VALUE_COLUMNS.map((name) => optional(columns[name], (source) => sourceSql(table, source))),
    states: at === 0 ? { live: liveSql(map.members.where), withdrawn: optionalSql(map.members.withdrawn), blocked: optionalSql(map.members.blocked), protected: optionalSql(map.members.protected), otherLogin: optionalSql(map.members.otherLogin) } : null,
    lastLogin: at === 0 ? optional(map.members.lastLoginAt, (source) => sourceSql(table, source)) : null,
  };
}

function liveSql(where: string): string {
  return where.trim().toLowerCase() === "all" ? "TRUE" : wrapSql(where);
}

function resolveLink(map: ServiceDatabaseMap, at: number, table: TableShape, missingLink: boolean): PlaceLink | null {
  const name = linkName(map, at, missingLink);
  if (name === undefined) return null;
  refuseWrongLinkType(table, name);
  const column = columnOf(table, name);
  return { name, column, unique: coversColumn(table, column), set: at === 0 && map.link.kind === "column" ? map.link.set : {} };
}

function namedColumns(map: ServiceDatabaseMap, at: number, missingLink: boolean): string[] {
  const columns: MemberColumns = at === 0 ? map.members : (map.also[at - 1] ?? map.members);
  const sources = [...VALUE_COLUMNS.map((name) => columns[name]), at === 0 ? map.members.lastLoginAt : undefined];
  const link = linkName(map, at, missingLink);
  return [
    columns.id,
    ...sources.flatMap((source) => (source?.kind === "column" ? [source.column] : [])),
    ...(link === undefined ? [] : [link]),
    ...(at === 0 && map.link.kind === "column" ? Object.keys(map.link.set) : []),
  ];
}

function linkName(map: ServiceDatabaseMap, at: number, missingLink: boolean): string | undefined {
  if (map.link.kind === "table") return undefined;
  if (at === 0) return missingLink ? undefined : map.link.column;
  const also: AlsoTable | undefined = map.also[at - 1];
  return also?.kakaoId;
}

function optionalSql(sql: string | undefined): string | null {
  return optional(sql, wrapSql);
}

function optional<Given>(given: Given | undefined, toSql: (given: Given) => string): string | null {
  return given === undefined ? null : toSql(given);
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
