import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { decodeLookedUp, type ExtraGroups, listLookupColumns, type LookedUp, type LookupGroup, refuseStrayRows, strayRowsSql } from "./extras.ts";
import { wrapSql } from "./operator-sql.ts";
import { columnOf, describeWrongColumns, sameName, valueSql } from "./sqlite-columns.ts";
import type { Connection, Prepared } from "./sqlite-connection.ts";
import { asJson } from "./sqlite-read.ts";
import { type ColumnShape, listTables, readTable, type TableShape } from "./sqlite-schema.ts";
import { describeMissing, quoteName } from "./table-map.ts";

/** The extras of a reading, their names checked and quoted. */
export interface SqliteExtras {
  readonly groups: ExtraGroups;
  /** SQL for the texts of the member table, in the order of `groups.own`. */
  readonly own: readonly string[];
  /** In the order of `groups.lookups`. */
  readonly lookups: readonly SqliteLookup[];
}

/** A table with a row per member. */
export interface SqliteLookup {
  readonly group: LookupGroup;
  readonly table: TableShape;
  /** Gives member id, number of rows and texts of the members in `@ids`. */
  readonly sql: string;
  /** False where the whole table is gone through for each page of members. */
  readonly indexed: boolean;
}

/** SQL for the texts of the member table: a condition that is false or unknown is NULL. */
export function ownSql(table: TableShape, { own }: ExtraGroups): string[] {
  return own.map(({ extra }) => (extra.kind === "condition" ? `iif(${wrapSql(extra.sql)} IS TRUE, '1', NULL)` : valueSql(table, extra)));
}

/** Resolves lookups against the file; wrong names are added to `problems`. */
export function resolveLookups(db: Connection, groups: readonly LookupGroup[], problems: string[]): SqliteLookup[] {
  return groups.flatMap((group) => {
    const table = readTable(db, group.table);
    if (table === undefined) problems.push(describeMissing(say`There is no table ${group.table}`, group.table, listTables(db)));
    if (table === undefined) return [];
    const wrong = describeWrongColumns(table, [...new Set(listLookupColumns(group))]);
    problems.push(...wrong);
    return wrong.length > 0 ? [] : [resolveLookup(db, table, group)];
  });
}

/** What the lookup holds of these members. Ids are compared as text, whatever the two columns are: in a view each part may be of another type, so both texts and numbers are asked for. */
export function readLookup(db: Prepared, { sql }: SqliteLookup, memberIds: readonly string[]): LookedUp {
  return decodeLookedUp(db.rows(sql).all({ ids: asJson("blob", memberIds) }));
}

/** Throws StartError where rows of a lookup spell a member's id otherwise than the member table does. */
export function refuseStrays(db: Prepared, { table, id, idColumn }: StrayMembers, { group, table: found }: SqliteLookup): void {
  const member = columnOf(found, group.memberId);
  // What can be a number has become one as it was stored.
  if (idColumn.affinity === "integer" && member.affinity === "integer") return;
  const spell = (column: string, from: string) => ({ text: `CAST(${column} AS TEXT)`, spelling: `ltrim(lower(trim(CAST(${column} AS TEXT), ${blanks})), '0')`, from });
  const name = quoteName(group.memberId);
  const condition = group.where === undefined ? "" : ` AND ${wrapSql(group.where)} IS TRUE`;
  const sql = strayRowsSql(spell(id, `FROM ${table.sql} WHERE ${id} IS NOT NULL`), spell(name, `FROM ${found.sql} WHERE ${name} IS NOT NULL${condition}`));
  refuseStrayRows(Number(db.rows(sql).get()?.[0] ?? 0), found.name, group.memberId, `${table.name}.${idColumn.name}`);
}

interface StrayMembers {
  readonly table: TableShape;
  readonly id: string;
  readonly idColumn: ColumnShape;
}

/** Blank, tab, line ends, no-break space, full-width blank. */
const blanks = "char(32, 9, 10, 13, 160, 12288)";

function resolveLookup(db: Connection, table: TableShape, group: LookupGroup): SqliteLookup {
  if (columnOf(table, group.memberId).affinity === "real") {
    throw new StartError({ code: "id-column-type", message: say`${table.name}.${group.memberId} is declared as a floating-point column, which is not served as an id.`, hint: "Name a column of whole numbers or text." });
  }
  const member = quoteName(group.memberId);
  const texts = group.columns.map(({ source }) => `max(CAST(${valueSql(table, source)} AS TEXT))`);
  const condition = group.where === undefined ? "" : ` AND ${wrapSql(group.where)} IS TRUE`;
  return {
    group,
    table,
    sql: `SELECT CAST(${member} AS TEXT) AS kakao_sync_member, count(*), ${texts.join(", ")} FROM ${table.sql} WHERE ${member} IN (SELECT value FROM json_each(@ids))${condition} GROUP BY kakao_sync_member COLLATE BINARY`,
    indexed: isIndexed(db, table, group.memberId),
  };
}

/** The rowid, or the first column of an index over all rows. */
function isIndexed(db: Connection, { schema, name, rowidColumn }: TableShape, column: string): boolean {
  if (rowidColumn !== null && sameName(rowidColumn, column)) return true;
  const firsts = db.prepare<[string, string, string], string>("SELECT part.name FROM pragma_index_list(?, ?) AS list, pragma_index_info(list.name, ?) AS part WHERE list.partial = 0 AND part.seqno = 0 AND part.name IS NOT NULL").pluck().all(name, schema, schema);
  return firsts.some((first) => sameName(first, column));
}
