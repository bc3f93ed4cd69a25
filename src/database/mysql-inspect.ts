import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { listLookupSql, listOwnSql } from "./extras.ts";
import { VALUE_COLUMNS } from "./member-row.ts";
import { refuseOtherCollations } from "./mysql-collations.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { refuseStrays, tryExtras } from "./mysql-extras.ts";
import { isReadOnly, isReplica } from "./mysql-rights.ts";
import type { MysqlLinkTable } from "./mysql-link-table.ts";
import type { MysqlPlace, Places } from "./mysql-place.ts";
import type { TableShape } from "./mysql-schema.ts";
import { createUniqueSql, indexName, isCovered, type Uniqueness } from "./mysql-unique.ts";
import { asTypeOf, quoteMysqlName, readSql, textLiteral, wrapSql } from "./mysql-values.ts";
import { refuseDifferentCounts } from "./replica.ts";
import type { ColumnSource, Inspection, MemberColumns, ServiceDatabaseMap } from "./service-database.ts";

/** A server with the configured tables as it has them. */
export interface Inspected {
  readonly connection: MysqlConnection;
  readonly places: Places;
}

/**
 * Every check before anything is read; see ServiceDatabase.inspect. Rows are looked at where they are read, indexes and rights where links are written.
 * Throws one StartError that holds all problems of a kind.
 */
export async function inspectPlaces(read: Inspected, written: Inspected, map: ServiceDatabaseMap): Promise<Inspection> {
  const { connection: reader, places: { all, linkTable, extras } } = read;
  const { connection: primary, places } = written;
  for (const one of new Set([read.places, places])) if (one.linkTable !== null) refuseOtherCollations(one.all, one.linkTable);
  refuse("database-condition", "Correct the SQL in the configuration; it must be one expression over a row of its table.", [
    ...(await inTurn(all, (place) => inTurn(namedExpressions(map, place.at), ([key, sql]) => describeBadSql(reader, place.table, key, sql)))),
    ...(await inTurn(all.slice(0, 1), ({ table }) => inTurn(listOwnSql(extras.groups), ({ name, sql }) => describeBadSql(reader, table, name, sql)))),
    ...(await inTurn(extras.lookups, ({ table, group }) => inTurn(listLookupSql(group), ({ name, sql }) => describeBadSql(reader, table, name, sql)))),
    ...(linkTable === null || linkTable.where === null ? [] : await describeBadSql(reader, linkTable.table, "link.where", linkTable.where)),
  ]);
  for (const place of all.slice(0, 1)) await tryExtras(reader, place, extras);
  refuse("member-ids", "Every member needs an id of its own: mend the rows, or name another id column.", [
    ...(await inTurn(all, (place) => describeBadIds(reader, place))),
    ...(await inTurn(all, (place, at) => inTurn(all.slice(0, at), (earlier) => describeIdsInBoth(reader, earlier, place)))),
  ]);
  for (const place of all.slice(0, 1)) for (const lookup of extras.lookups) await refuseStrays(reader, place, lookup);
  await refuseLiveAndWithdrawn(reader, map, all[0]);
  const rows = await countMembers(primary, places);
  if (reader !== primary) {
    const read = await countMembers(reader, { all });
    refuseDifferentCounts(places.all.map(({ table }, at) => ({ table: table.name, read: read[at] ?? 0, primary: rows[at] ?? 0 })));
  }
  const [members] = places.all;
  return {
    rows,
    missingUniqueIndexes: places.linkTable === null ? await inTurn(places.all, (place) => listMissingIndex(primary, place)) : await listMissingIndexes(primary, places.linkTable),
    missingLinkColumn: places.missingLink && members !== undefined && map.link.kind === "column" ? addColumnSql(members.table, map.link.column) : null,
    unfilledColumns: places.linkTable === null ? [] : listUnfilled(places.linkTable),
    readOnly: await isReadOnly(primary, places),
    replica: await isReplica(primary),
  };
}

async function inTurn<Item, Found>(items: readonly Item[], find: (item: Item, at: number) => Promise<Found[]>): Promise<Found[]> {
  const found: Found[] = [];
  for (const [at, item] of items.entries()) found.push(...(await find(item, at)));
  return found;
}

function refuse(code: string, hint: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new StartError({ code, message: problems.join("\n"), hint });
}

async function count(reader: MysqlConnection, sql: string): Promise<number> {
  const [row] = await reader.rows(sql);
  return Number(row?.[0] ?? 0);
}

function countRows(reader: MysqlConnection, table: TableShape, condition: string): Promise<number> {
  return count(reader, `SELECT COUNT(*) FROM ${table.sql} WHERE ${condition}`);
}

function countMembers(connection: MysqlConnection, { all }: Pick<Places, "all">): Promise<number[]> {
  return inTurn(all, async (place) => [await countRows(connection, place.table, "TRUE")]);
}

/** The operator's own SQL by the configuration key it stands under. */
function namedExpressions(map: ServiceDatabaseMap, at: number): [string, string][] {
  const columns: MemberColumns | undefined = at === 0 ? map.members : map.also[at - 1];
  const prefix = at === 0 ? "members" : `members.also[${at - 1}]`;
  const sources: [string, ColumnSource | undefined][] = VALUE_COLUMNS.map((name) => [name, columns?.[name]]);
  if (at === 0) sources.push(["lastLoginAt", map.members.lastLoginAt]);
  const found = sources.flatMap(([name, source]): [string, string][] => (source?.kind === "sql" ? [[`${prefix}.${name}`, source.sql]] : []));
  if (at > 0) return found;
  const { where, withdrawn, blocked, protected: guarded, otherLogin } = map.members;
  const conditions: [string, string | undefined][] = [["where", isAll(where) ? undefined : where], ["withdrawn", withdrawn], ["blocked", blocked], ["protected", guarded], ["otherLogin", otherLogin]];
  return [...conditions.flatMap(([name, sql]): [string, string][] => (sql === undefined ? [] : [[`${prefix}.${name}`, sql]])), ...found];
}

function isAll(where: string): boolean {
  return where.trim().toLowerCase() === "all";
}

/** The server compiles it here, on a connection that cannot write, over no row: its sentence can name nothing but the configuration. */
async function describeBadSql(reader: MysqlConnection, table: TableShape, key: string, sql: string): Promise<string[]> {
  try {
    await reader.rows(`SELECT 1 FROM ${table.sql} WHERE (${wrapSql(sql)} IS TRUE) LIMIT 0`);
    return [];
  } catch (error) {
    if (!(error instanceof Error && "sqlState" in error)) throw error;
    return [say`${key} is no SQL that ${table.name} can compute: ${error.message.replaceAll(/\s+/g, " ")}`];
  }
}

async function describeBadIds(reader: MysqlConnection, place: MysqlPlace): Promise<string[]> {
  const { table, id } = place;
  const name = `${table.name}.${id.name}`;
  if (table.isView && !(await isKeyOfView(reader, place))) return [say`${table.name} is a view, and no index shows that ${id.name} is unique in it; name the table behind it, or its key.`];
  const nulls = id.nullable ? await countRows(reader, table, `${place.row}.${id.sql} IS NULL`) : 0;
  const problems = nulls === 0 ? [] : [say`${name} is NULL in ${nulls} rows.`];
  if (place.idProven) return problems;
  const twice = await count(reader, `SELECT COUNT(*) FROM (SELECT 1 FROM ${table.sql} WHERE ${place.row}.${id.sql} IS NOT NULL GROUP BY ${place.row}.${id.sql} HAVING COUNT(*) > 1) AS kakao_sync_twice`);
  return twice === 0 ? problems : [...problems, say`${name} is not unique: ${twice} ids stand in more than one row.`];
}

/** A view has no indexes of its own: the server's plan for one id tells whether a unique one behind it is used, and for nothing else. */
async function isKeyOfView(reader: MysqlConnection, place: MysqlPlace): Promise<boolean> {
  const id = `${place.row}.${place.id.sql}`;
  const [row] = await reader.rows(`SELECT ${readSql(place.id, place.row)} FROM ${place.table.sql} WHERE ${id} IS NOT NULL LIMIT 1`);
  if (row === undefined) return true;
  const plan = await reader.rows(`EXPLAIN FORMAT=TRADITIONAL SELECT ${id} FROM ${place.table.sql} WHERE ${id} = ${asTypeOfId(place, row[0] ?? "")}`);
  return plan.length > 0 && plan.every((step) => step.some((cell) => cell === "const" || cell === "eq_ref" || cell === "system"));
}

function asTypeOfId({ id }: MysqlPlace, text: string): string {
  return id.kind === "integer" || id.kind === "unsigned" ? text : id.kind === "bytes" ? `X'${text}'` : textLiteral(text);
}

async function describeIdsInBoth(reader: MysqlConnection, earlier: MysqlPlace, place: MysqlPlace): Promise<string[]> {
  const both = await countRows(reader, place.table, `EXISTS (SELECT 1 FROM ${earlier.table.sql} WHERE ${earlier.row}.${earlier.id.sql} = ${asTypeOf(earlier.id, place.id, place.row)})`);
  return both === 0 ? [] : [say`${both} ids stand in both ${earlier.table.name} and ${place.table.name}.`];
}

async function refuseLiveAndWithdrawn(reader: MysqlConnection, map: ServiceDatabaseMap, members: MysqlPlace | undefined): Promise<void> {
  const { where, withdrawn } = map.members;
  if (members === undefined || withdrawn === undefined) return;
  const both = await countRows(reader, members.table, `${isAll(where) ? `TRUE` : wrapSql(where)} IS TRUE AND ${wrapSql(withdrawn)} IS TRUE`);
  refuse("live-and-withdrawn", "Change members.where or members.withdrawn so that no row fulfils both.", both === 0 ? [] : [say`${both} rows of ${members.table.name} fulfil both members.where and members.withdrawn.`]);
}

type Missing = Inspection["missingUniqueIndexes"][number];

async function listMissingIndex(reader: MysqlConnection, { at, table, link }: MysqlPlace): Promise<Missing[]> {
  if (link === null || link.unique) return [];
  return [{ place: at, sql: await missingSql(reader, { table, column: link.column, same: [], where: null }) }];
}

/** The unique indexes that the link table lacks: one Kakao id in one counted row, one counted link a member. */
async function listMissingIndexes(reader: MysqlConnection, link: MysqlLinkTable): Promise<Missing[]> {
  const same = Object.entries(link.fixed).filter(([, value]) => value !== null).map(([name]) => name);
  const wanted = [link.kakao, link.member].map((column): Uniqueness => ({ table: link.table, column, same, where: link.where })).filter((one) => !isCovered(one));
  return inTurn(wanted, async (one) => [{ place: null, sql: await missingSql(reader, one) }]);
}

/** A view can have no index: the table behind it must. */
function missingSql(reader: MysqlConnection, wanted: Uniqueness): Promise<string> {
  if (!wanted.table.isView) return createUniqueSql(reader, wanted);
  return Promise.resolve(say`-- ${wanted.table.name} is a view: name the table behind it in the configuration, with a unique index on ${wanted.column.name}`);
}

/** Columns of a new row that would stay without the value they must have. */
function listUnfilled(link: MysqlLinkTable): readonly string[] {
  const given = [link.member.name, link.kakao.name, ...Object.keys(link.fixed), ...Object.keys(link.set)].map((name) => name.toLowerCase());
  return link.columns.filter((column) => !column.hasDefault && !given.includes(column.name.toLowerCase())).map((column) => column.name);
}

function addColumnSql(table: TableShape, name: string): string {
  const column = quoteMysqlName(name);
  return `ALTER TABLE ${table.sql} ADD COLUMN ${column} BIGINT NULL;\nCREATE UNIQUE INDEX ${quoteMysqlName(indexName(table, { name }))} ON ${table.sql} (${column});`;
}
