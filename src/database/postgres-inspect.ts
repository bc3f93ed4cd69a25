import { StartError } from "../errors.ts";
import type { ColumnSource, Inspection, MemberColumns, ServiceDatabaseMap } from "./service-database.ts";
import { listLookupSql, listOwnSql } from "./extras.ts";
import { VALUE_COLUMNS } from "./member-row.ts";
import type { Transaction } from "./postgres-connection.ts";
import { codeOf, tellSafely } from "./postgres-errors.ts";
import { say } from "../say.ts";
import { refuseStrays, tryExtras } from "./postgres-extras.ts";
import type { Places, PostgresPlace } from "./postgres-place.ts";
import type { TableShape } from "./postgres-schema.ts";
import { wrapSql } from "./operator-sql.ts";

/** Every check of what is read; see ServiceDatabase.inspect. Throws one StartError that holds all problems of a kind. */
export async function inspectPlaces(sql: Transaction, map: ServiceDatabaseMap, places: Places): Promise<void> {
  const badSql: string[] = [];
  for (const place of places.all) for (const [key, text, isCondition] of namedExpressions(map, place.at)) badSql.push(...(await describeBadSql(sql, place.table, key, text, isCondition)));
  if (places.linkTable?.where !== undefined && places.linkTable.where !== null) badSql.push(...(await describeBadSql(sql, places.linkTable.table, "link.where", places.linkTable.where, true)));
  const { extras, all: [members] } = places;
  if (members !== undefined) for (const { name, sql: text, isCondition } of listOwnSql(extras.groups)) badSql.push(...(await describeBadSql(sql, members.table, name, text, isCondition)));
  for (const { table, group } of extras.lookups) for (const { name, sql: text, isCondition } of listLookupSql(group)) badSql.push(...(await describeBadSql(sql, table, name, text, isCondition)));
  refuse("database-condition", "Correct the SQL in the configuration; it must be one expression over a row of its table.", badSql);
  if (members !== undefined) await tryExtras(sql, members.table, extras);
  const badIds: string[] = [];
  for (const place of places.all) badIds.push(...(await describeBadIds(sql, place)));
  badIds.push(...(await describeIdsInTwoPlaces(sql, places.all)));
  refuse("member-ids", "Every member needs an id of its own: mend the rows, or name another id column or table.", badIds);
  if (members !== undefined) for (const lookup of extras.lookups) await refuseStrays(sql, members, lookup);
  const { where, withdrawn } = map.members;
  if (members !== undefined && withdrawn !== undefined) {
    const both = await countRows(sql, members.table, `${where.trim().toLowerCase() === "all" ? "true" : wrapSql(where)} AND ${wrapSql(withdrawn)}`);
    refuse("live-and-withdrawn", "Change members.where or members.withdrawn so that no row fulfils both.", both === 0 ? [] : [say`${both} rows of ${members.table.name} fulfil both members.where and members.withdrawn.`]);
  }
}

/** The rows of each place. */
export async function countMembers(sql: Transaction, { all }: Places): Promise<Inspection["rows"]> {
  const rows: number[] = [];
  for (const { table } of all) rows.push(await countRows(sql, table, "true"));
  return rows;
}

/** Columns of a new row of the link table that would stay without the value they must have. */
export function listUnfilled({ linkTable }: Places): readonly string[] {
  if (linkTable === null) return [];
  const given = [linkTable.member.name, linkTable.kakao.name, ...Object.keys(linkTable.added)];
  return [...linkTable.table.columns.values()].filter(({ name, nullable, filled }) => !nullable && !filled && !given.includes(name)).map(({ name }) => name);
}

export function refuse(code: string, hint: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new StartError({ code, message: problems.join("\n"), hint });
}

async function countRows(sql: Transaction, table: TableShape, condition: string): Promise<number> {
  const [row] = await sql.rows(`SELECT count(*) FROM ${table.sql} WHERE ${condition}`);
  return Number(row?.[0]);
}

/** The operator's own SQL by the configuration key it stands under, and whether it is a condition. */
function namedExpressions(map: ServiceDatabaseMap, at: number): [string, string, boolean][] {
  const columns: MemberColumns | undefined = at === 0 ? map.members : map.also[at - 1];
  const prefix = at === 0 ? "members" : `members.also[${at - 1}]`;
  const sources: [string, ColumnSource | undefined][] = VALUE_COLUMNS.map((name) => [name, columns?.[name]]);
  if (at === 0) sources.push(["lastLoginAt", map.members.lastLoginAt]);
  const found = sources.flatMap(([name, source]): [string, string, boolean][] => (source?.kind === "sql" ? [[`${prefix}.${name}`, source.sql, false]] : []));
  if (at > 0) return found;
  const { where, withdrawn, blocked, protected: guarded, otherLogin } = map.members;
  const conditions: [string, string | undefined][] = [["where", where.trim().toLowerCase() === "all" ? undefined : where], ["withdrawn", withdrawn], ["blocked", blocked], ["protected", guarded], ["otherLogin", otherLogin]];
  return [...conditions.flatMap(([name, sql]): [string, string, boolean][] => (sql === undefined ? [] : [[`${prefix}.${name}`, sql, true]])), ...found];
}

/** The server compiles it here, over one table and without parameters; an aggregate has no place in it. */
async function describeBadSql(sql: Transaction, table: TableShape, key: string, text: string, isCondition: boolean): Promise<string[]> {
  const tested = isCondition ? `(${wrapSql(text)} IS TRUE)` : `(${wrapSql(text)}::text IS NOT NULL)`;
  try {
    await sql.savepoint(() => sql.rows(`SELECT 1 FROM ${table.sql} WHERE ${tested} LIMIT 0`));
    return [];
  } catch (error) {
    // Wrong SQL, or a value that it cannot compute; a missing right or a lost connection is no matter of the configuration.
    if (!/^(0A|22|42)/.test(codeOf(error)) || codeOf(error) === "42501") throw error;
    return [say`${key} is no SQL that ${table.name} can compute: ${tellSafely(error)}`];
  }
}

async function describeBadIds(sql: Transaction, { table, id, idProven, key }: PostgresPlace): Promise<string[]> {
  const name = `${table.name}.${id.name}`;
  const nulls = id.nullable ? await countRows(sql, table, `${key} IS NULL`) : 0;
  const problems = nulls === 0 ? [] : [say`${name} is NULL in ${nulls} rows.`];
  if (idProven) return problems;
  const [row] = await sql.rows(`SELECT count(*) FROM (SELECT 1 FROM ${table.sql} WHERE ${key} IS NOT NULL GROUP BY ${key} HAVING count(*) > 1) AS kakao_sync_ids`);
  const twice = Number(row?.[0]);
  return twice === 0 ? problems : [...problems, table.isView ? say`${name} is not unique, and a view has no key: ${twice} ids stand in more than one row.` : say`${name} is not unique: ${twice} ids stand in more than one row.`];
}

/** Ids of one type are compared as they are, so that their indexes serve. */
async function describeIdsInTwoPlaces(sql: Transaction, places: readonly PostgresPlace[]): Promise<string[]> {
  const problems: string[] = [];
  for (const [at, place] of places.entries()) {
    for (const earlier of places.slice(0, at)) {
      const same = place.id.base === earlier.id.base && place.id.exact && earlier.id.exact;
      const idOf = (one: PostgresPlace): string => (same ? one.key : `${one.key}::text COLLATE "C"`);
      const both = await countRows(sql, place.table, `${idOf(place)} IN (SELECT ${idOf(earlier)} FROM ${earlier.table.sql})`);
      if (both > 0) problems.push(say`${both} ids stand in both ${earlier.table.name} and ${place.table.name}.`);
    }
  }
  return problems;
}
