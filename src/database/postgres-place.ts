import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { groupExtras, listOwnColumns } from "./extras.ts";
import type { ColumnSource, ExtraSource, MemberColumns, ServiceDatabaseMap } from "./service-database.ts";
import { VALUE_COLUMNS } from "./member-row.ts";
import { checkIdType, checkLinkType, coversLinks, describeWrongColumns } from "./postgres-checks.ts";
import type { Transaction } from "./postgres-connection.ts";
import { type PostgresExtras, type PostgresLookup, resolveLookups, resolveOwn } from "./postgres-extras.ts";
import { type PostgresLinkTable, resolveLinkTable } from "./postgres-link-table.ts";
import { type ColumnShape, listTables, readTable, type TableShape, type UniqueIndex } from "./postgres-schema.ts";
import { columnOf, type Fill, resolveFills } from "./postgres-values.ts";
import { wrapSql } from "./operator-sql.ts";
import { describeMissing, quoteName, refuseWrongNames } from "./table-map.ts";

/** The link column of a place. */
export interface PlaceLink {
  readonly column: ColumnShape;
  /** The unique index on it that covers every non-empty link, if there is one. */
  readonly unique: UniqueIndex | null;
  readonly fills: Readonly<Record<string, Fill>>;
}

/** A member table (place 0) or table of `members.also` with checked, quoted names; conditions are the operator's SQL. */
export interface PostgresPlace {
  readonly at: number;
  readonly table: TableShape;
  readonly id: ColumnShape;
  /** What rows are ordered, paged and found by: the id, or its bytes where equal ids may be different texts. */
  readonly key: string;
  /** The type that an id given as text is cast to for comparing it with `key`. */
  readonly keyType: string;
  /** True when a unique index proves that the id is unique. */
  readonly idProven: boolean;
  /** Null where links are in a table of their own, where the place has no link column, or the member table still lacks it. */
  readonly link: PlaceLink | null;
  /** Expressions of text, or null for what is not configured. */
  readonly values: readonly (string | null)[];
  /** Null for a table whose members are never live. */
  readonly states: { readonly live: string; readonly withdrawn: string | null; readonly blocked: string | null; readonly protected: string | null; readonly otherLogin: string | null } | null;
  readonly lastLogin: string | null;
}

export interface Places {
  readonly all: readonly PostgresPlace[];
  readonly linkTable: PostgresLinkTable | null;
  readonly missingLink: boolean;
  readonly extras: PostgresExtras;
}

/** Resolves the configured names against the server. Throws one StartError that names every wrong table and column. */
export async function resolvePlaces(sql: Transaction, map: ServiceDatabaseMap, wished: readonly ExtraSource[] = []): Promise<Places> {
  const problems: string[] = [];
  const groups = groupExtras(wished);
  const tables: (TableShape | undefined)[] = [];
  for (const { table } of [map.members, ...map.also]) {
    const found = await readTable(sql, table);
    if (found === undefined) problems.push(describeMissing(say`There is no table ${table}`, table, await listTables(sql)));
    tables.push(found);
  }
  const missingLink = map.link.kind === "column" && tables[0] !== undefined && !tables[0].columns.has(map.link.column);
  tables.forEach((table, at) => {
    if (table !== undefined) problems.push(...describeWrongColumns(table, [...new Set([...namedColumns(map, at, missingLink), ...(at === 0 ? listOwnColumns(groups) : [])])]));
  });
  const linkTable = map.link.kind === "table" ? await resolveLinkTable(sql, map.link, problems) : null;
  const resolveEachLookup = await resolveLookups(sql, groups.lookups, problems);
  refuseWrongNames(problems);
  const all: PostgresPlace[] = [];
  for (const [at, table] of tables.entries()) if (table !== undefined) all.push(await resolvePlace(sql, map, at, table, missingLink));
  const lookups: PostgresLookup[] = [];
  for (const resolveLookup of resolveEachLookup) lookups.push(await resolveLookup());
  const own = tables[0] === undefined ? [] : await resolveOwn(sql, tables[0], groups);
  return { all, linkTable, missingLink, extras: { groups, own, lookups } };
}

async function resolvePlace(sql: Transaction, map: ServiceDatabaseMap, at: number, table: TableShape, missingLink: boolean): Promise<PostgresPlace> {
  const columns: MemberColumns = at === 0 ? map.members : (map.also[at - 1] ?? map.members);
  const id = columnOf(table, columns.id);
  checkIdType(table, id);
  const proofs = table.uniqueIndexes.filter((index) => index.where === null && index.columns.length === 1 && index.columns[0] === id.name);
  const asItIs = id.exact || proofs.some((index) => index.ownCollation);
  return {
    at,
    table,
    id,
    key: `${table.alias}.${quoteName(id.name)}${asItIs ? "" : '::text COLLATE "C"'}`,
    keyType: asItIs ? id.base : "text",
    idProven: proofs.length > 0,
    link: await resolveLink(sql, map, at, table, missingLink),
    values: VALUE_COLUMNS.map((name) => valueSql(table, columns[name])),
    states: at === 0 ? { live: map.members.where.trim().toLowerCase() === "all" ? "true" : wrapSql(map.members.where), withdrawn: optionalSql(map.members.withdrawn), blocked: optionalSql(map.members.blocked), protected: optionalSql(map.members.protected), otherLogin: optionalSql(map.members.otherLogin) } : null,
    lastLogin: at === 0 ? sourceSql(map.members.lastLoginAt) : null,
  };
}

async function resolveLink(sql: Transaction, map: ServiceDatabaseMap, at: number, table: TableShape, missingLink: boolean): Promise<PlaceLink | null> {
  const name = linkName(map, at, missingLink);
  if (name === undefined) return null;
  const column = columnOf(table, name);
  checkLinkType(table, column);
  const unique = table.uniqueIndexes.find((index) => index.columns.length === 1 && index.columns[0] === name && coversLinks(index.where, name)) ?? null;
  const fills = await resolveFills(sql, table, at === 0 && map.link.kind === "column" ? map.link.set : {}, "link.set");
  return { column, unique, fills };
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
  return map.also[at - 1]?.kakaoId;
}

/** Throws StartError for a column whose text is no value of a person. */
function valueSql(table: TableShape, source: ColumnSource | undefined): string | null {
  if (source?.kind === "column") {
    const column = columnOf(table, source.column);
    if (column.kind === "float" || /\[\]$|^jsonb?$|^xml$/.test(column.declared)) {
      throw new StartError({ code: "value-column-type", message: say`${table.name}.${column.name} is of the type ${column.declared}, which is not served as a value of a member.`, hint: "Name a column of text, a number or a date, or write an expression: { sql: \"…\" }" });
    }
  }
  return sourceSql(source);
}

/** Text of a configured column or expression. */
function sourceSql(source: ColumnSource | undefined): string | null {
  if (source === undefined) return null;
  return `${source.kind === "sql" ? wrapSql(source.sql) : quoteName(source.column)}::text`;
}

function optionalSql(sql: string | undefined): string | null {
  return sql === undefined ? null : wrapSql(sql);
}
