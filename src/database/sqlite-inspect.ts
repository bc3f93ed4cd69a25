import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { ColumnSource, Inspection, MemberColumns, ServiceDatabaseMap } from "./service-database.ts";
import { listLookupSql, listOwnSql } from "./extras.ts";
import { VALUE_COLUMNS } from "./member-row.ts";
import type { Prepared } from "./sqlite-connection.ts";
import { describeBadWhere, listMissingIndexes, listUnfilled } from "./sqlite-link-inspect.ts";
import { wrapSql } from "./operator-sql.ts";
import { refuseStrays } from "./sqlite-extras.ts";
import type { Places, SqlitePlace } from "./sqlite-place.ts";
import type { TableShape } from "./sqlite-schema.ts";
import { freeIndexName, storedEmpties } from "./sqlite-unique-sql.ts";
import { quoteName } from "./table-map.ts";

/** Every check before anything is read; see ServiceDatabase.inspect. Throws one StartError that holds all problems of a kind. */
export function inspectPlaces(reader: Prepared, map: ServiceDatabaseMap, places: Places, readOnly: boolean): Inspection {
  refuse("database-condition", "Correct the SQL in the configuration; it must be one expression over a row of its table.", [
    ...places.all.flatMap((place) => namedExpressions(map, place.at).flatMap(([key, sql]) => describeBadSql(reader, place.table, key, sql))),
    ...places.all.slice(0, 1).flatMap(({ table }) => listOwnSql(places.extras.groups).flatMap(({ name, sql }) => describeBadSql(reader, table, name, sql))),
    ...places.extras.lookups.flatMap(({ table, group }) => listLookupSql(group).flatMap(({ name, sql }) => describeBadSql(reader, table, name, sql))),
    ...(places.linkTable === null ? [] : describeBadWhere(reader, places.linkTable)),
  ]);
  refuse("member-ids", "Every member needs an id of its own: mend the rows, or name another id column.", [
    ...places.all.flatMap((place) => describeBadIds(reader, place)),
    ...describeIdsInTwoPlaces(reader, places.all),
  ]);
  const [members] = places.all;
  if (members !== undefined) for (const lookup of places.extras.lookups) refuseStrays(reader, members, lookup);
  const { where, withdrawn } = map.members;
  if (members !== undefined && withdrawn !== undefined) {
    const both = countRows(reader, members, `${where.trim().toLowerCase() === "all" ? "1" : wrapSql(where)} IS TRUE AND ${wrapSql(withdrawn)} IS TRUE`);
    refuse("live-and-withdrawn", "Change members.where or members.withdrawn so that no row fulfils both.", both === 0 ? [] : [say`${both} rows of ${members.table.name} fulfil both members.where and members.withdrawn.`]);
  }
  return {
    rows: places.all.map((place) => countRows(reader, place, "1")),
    missingUniqueIndexes:
      places.linkTable === null
        ? places.all.flatMap((place) => (place.link === null || place.link.unique !== null ? [] : [{ place: place.at, sql: createIndexSql(reader, place, place.link.name) }]))
        : listMissingIndexes(reader, places.linkTable),
    missingLinkColumn: map.link.kind === "column" && places.missingLink && members !== undefined ? addColumnSql(reader, members, map.link.column) : null,
    unfilledColumns: places.linkTable === null ? [] : listUnfilled(places.linkTable),
    readOnly,
    replica: false,
  };
}

function refuse(code: string, hint: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new StartError({ code, message: problems.join("\n"), hint });
}

function count(reader: Prepared, sql: string): number {
  return Number(reader.rows(sql).get()?.[0] ?? 0);
}

function countRows(reader: Prepared, place: SqlitePlace, condition: string): number {
  return count(reader, `SELECT count(*) FROM ${place.table.sql} WHERE ${condition}`);
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
  const conditions: [string, string | undefined][] = [["where", where.trim().toLowerCase() === "all" ? undefined : where], ["withdrawn", withdrawn], ["blocked", blocked], ["protected", guarded], ["otherLogin", otherLogin]];
  return [...conditions.flatMap(([name, sql]): [string, string][] => (sql === undefined ? [] : [[`${prefix}.${name}`, sql]])), ...found];
}

/** SQLite compiles it here, on a connection that cannot write; a parameter or an aggregate has no place in it. */
function describeBadSql(reader: Prepared, table: TableShape, key: string, sql: string): string[] {
  try {
    reader.db.prepare(`SELECT 1 FROM ${table.sql} WHERE (${wrapSql(sql)} IS TRUE) LIMIT 0`).all();
    return [];
  } catch (error) {
    return [say`${key} is no SQL that ${table.name} can compute: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function describeBadIds(reader: Prepared, place: SqlitePlace): string[] {
  const { table, id } = place;
  if (table.rowidColumn !== null && place.key === table.rowid && place.idProven) return [];
  const [nulls, integers, texts, others] = (reader.rows(
    `SELECT count(*) FILTER (WHERE kind = 'null'), count(*) FILTER (WHERE kind = 'integer'), count(*) FILTER (WHERE kind = 'text'), count(*) FILTER (WHERE kind IN ('real', 'blob')) FROM (SELECT typeof(${id}) AS kind FROM ${table.sql})`,
  ).get() ?? []).map(Number);
  const name = `${table.name}.${place.idColumn.name}`;
  const problems = [...(nulls ? [say`${name} is NULL in ${nulls} rows.`] : []), ...(others ? [say`${name} is neither an integer nor text in ${others} rows.`] : [])];
  const mixed = Boolean(integers) && Boolean(texts);
  if (place.idProven && !mixed) return problems;
  const twice = count(reader, `SELECT count(*) FROM (SELECT 1 FROM ${table.sql} WHERE ${id} IS NOT NULL GROUP BY CAST(${id} AS TEXT) COLLATE BINARY HAVING count(*) > 1)`);
  return twice === 0 ? problems : [...problems, say`${name} is not unique: ${twice} ids stand in more than one row.`];
}

function describeIdsInTwoPlaces(reader: Prepared, places: readonly SqlitePlace[]): string[] {
  return places.flatMap((place, at) =>
    places.slice(0, at).flatMap((earlier) => {
      const id = (one: SqlitePlace): string => (place.idColumn.affinity === earlier.idColumn.affinity && place.idColumn.affinity !== "blob" ? `${one.id} COLLATE BINARY` : `CAST(${one.id} AS TEXT)`);
      const both = countRows(reader, place, `${id(place)} IN (SELECT ${id(earlier)} FROM ${earlier.table.sql})`);
      return both === 0 ? [] : [say`${both} ids stand in both ${earlier.table.name} and ${place.table.name}.`];
    }),
  );
}

function addColumnSql(reader: Prepared, place: SqlitePlace, column: string): string {
  return `ALTER TABLE ${place.table.sql} ADD COLUMN ${quoteName(column)} INTEGER;\n${createIndexSql(reader, place, column, false)}`;
}

/** The unique index that leaves out each kind of empty link that the column holds. */
function createIndexSql(reader: Prepared, place: SqlitePlace, column: string, exists = true): string {
  const { table } = place;
  const name = quoteName(column);
  const condition = [`${name} IS NOT NULL`, ...(exists ? storedEmpties(reader, table, name) : []).map((value) => `${name} <> ${value}`)].join(" AND ");
  return `CREATE UNIQUE INDEX ${quoteName(table.schema)}.${quoteName(freeIndexName(reader, `${table.name}_${column}_unique`))} ON ${quoteName(table.name)} (${name}) WHERE ${condition};`;
}
