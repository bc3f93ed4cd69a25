import { say } from "../say.ts";
import { groupExtras, listOwnColumns } from "./extras.ts";
import type { AlsoTable, ExtraSource, MemberColumns, ServiceDatabaseMap, SetValue } from "./service-database.ts";
import type { Connection } from "./sqlite-connection.ts";
import { resolveLinkTable, type SqliteLinkTable } from "./sqlite-link-table.ts";
import { leavesOutEmpty, splitCondition, wrapSql } from "./operator-sql.ts";
import { ownSql, resolveLookups, type SqliteExtras } from "./sqlite-extras.ts";
import { columnOf, describeWrongColumns, refuseFloatingPoint, sameName, sourceSql, storesIntegers, valueSql } from "./sqlite-columns.ts";
import { type Affinity, type ColumnShape, listTables, readTable, type TableShape, type UniqueIndex } from "./sqlite-schema.ts";
import { VALUE_COLUMNS } from "./member-row.ts";
import { describeMissing, quoteName, refuseWrongNames } from "./table-map.ts";

/** The link column of a place. */
export interface PlaceLink {
  /** As the configuration spells it: the key in journalled values. */
  readonly name: string;
  readonly sql: string;
  readonly affinity: Affinity;
  /** True where ids are stored as integers, false for text. */
  readonly integers: boolean;
  readonly nullable: boolean;
  /** The unique index on it that covers every non-empty link, if there is one. */
  readonly unique: UniqueIndex | null;
  readonly set: Readonly<Record<string, SetValue>>;
}

/** A member table (place 0) or table of `members.also` with checked, quoted names; conditions are the operator's SQL. */
export interface SqlitePlace {
  readonly at: number;
  readonly table: TableShape;
  readonly id: string;
  readonly idColumn: ColumnShape;
  /** What rows are ordered and paged by: the id in the collation of its unique index, or the rowid where no index proves the id. */
  readonly key: string;
  readonly keyCollation: string;
  /** True when an index or primary key proves that the id is unique. */
  readonly idProven: boolean;
  /** Null where the place has no link column, or the member table still lacks it. */
  readonly link: PlaceLink | null;
  readonly values: readonly (string | null)[];
  /** Undefined for a table whose members are never live. */
  readonly states: { readonly live: string; readonly withdrawn: string | null; readonly blocked: string | null; readonly protected: string | null; readonly otherLogin: string | null } | null;
  readonly lastLogin: string | null;
}

export interface Places {
  readonly all: readonly SqlitePlace[];
  readonly missingLink: boolean;
  /** Where links are rows of a table of their own; null where they are a column. */
  readonly linkTable: SqliteLinkTable | null;
  readonly extras: SqliteExtras;
}

/** Resolves the configured names against the file. Throws one StartError that names every wrong table and column. */
export function resolvePlaces(db: Connection, map: ServiceDatabaseMap, wished: readonly ExtraSource[] = []): Places {
  const problems: string[] = [];
  const groups = groupExtras(wished);
  const tables = [map.members, ...map.also].map((columns) => {
    const table = readTable(db, columns.table);
    if (table === undefined) problems.push(describeMissing(say`There is no table ${columns.table}`, columns.table, listTables(db)));
    return table;
  });
  const missingLink = map.link.kind === "column" && tables[0] !== undefined && !tables[0].columns.has(map.link.column.toLowerCase());
  tables.forEach((table, at) => {
    if (table !== undefined) problems.push(...describeWrongColumns(table, [...new Set([...namedColumns(map, at, missingLink), ...(at === 0 ? listOwnColumns(groups) : [])])]));
  });
  const linkTable = map.link.kind === "table" ? resolveLinkTable(db, map.link, problems) : null;
  const lookups = resolveLookups(db, groups.lookups, problems);
  refuseWrongNames(problems);
  const all = tables.flatMap((table, at) => (table === undefined ? [] : [resolvePlace(db, map, at, table, missingLink)]));
  return { all, missingLink, linkTable, extras: { groups, own: tables[0] === undefined ? [] : ownSql(tables[0], groups), lookups } };
}

function resolvePlace(db: Connection, map: ServiceDatabaseMap, at: number, table: TableShape, missingLink: boolean): SqlitePlace {
  const columns: MemberColumns = at === 0 ? map.members : (map.also[at - 1] ?? map.members);
  const idColumn = columnOf(table, columns.id);
  const id = quoteName(columns.id);
  const unique = table.uniqueIndexes.find((index) => index.where === null && sameName(index.column, columns.id));
  const isRowid = table.rowidColumn !== null && sameName(table.rowidColumn, columns.id);
  const collation = unique?.collation ?? "BINARY";
  const byRowid = isRowid || (unique === undefined && table.rowid !== null);
  return {
    at,
    table,
    id,
    idColumn,
    key: byRowid && table.rowid !== null ? table.rowid : `${id} COLLATE ${quoteName(collation)}`,
    keyCollation: collation,
    idProven: isRowid || unique !== undefined,
    link: resolveLink(db, map, at, table, missingLink),
    values: VALUE_COLUMNS.map((name) => optional(columns[name], (source) => valueSql(table, source))),
    states: at === 0 ? { live: map.members.where.trim().toLowerCase() === "all" ? "1" : wrapSql(map.members.where), withdrawn: optionalSql(map.members.withdrawn), blocked: optionalSql(map.members.blocked), protected: optionalSql(map.members.protected), otherLogin: optionalSql(map.members.otherLogin) } : null,
    lastLogin: at === 0 ? optional(map.members.lastLoginAt, sourceSql) : null,
  };
}

function resolveLink(db: Connection, map: ServiceDatabaseMap, at: number, table: TableShape, missingLink: boolean): PlaceLink | null {
  const name = linkName(map, at, missingLink);
  if (name === undefined) return null;
  const { affinity, nullable } = columnOf(table, name);
  refuseFloatingPoint(table, name);
  const sql = quoteName(name);
  const unique = table.uniqueIndexes.find((index) => sameName(index.column, name) && coversLinks(index.where, name)) ?? null;
  return { name, sql, affinity, integers: storesIntegers(db, table, sql, affinity), nullable, unique, set: at === 0 && map.link.kind === "column" ? map.link.set : {} };
}

/** True when a partial unique index leaves out nothing but empty links, as far as its text shows it. */
function coversLinks(where: string | null, column: string): boolean {
  return where === null || splitCondition(where).every((part) => leavesOutEmpty(part, column));
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
