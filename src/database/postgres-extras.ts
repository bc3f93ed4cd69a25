import { StartError } from "../errors.ts";
import { decodeLookedUp, type ExtraGroups, listLookupColumns, type LookedUp, type LookupGroup, refuseStrayRows, strayRowsSql } from "./extras.ts";
import { wrapSql } from "./operator-sql.ts";
import { checkIdType, describeWrongColumns, possibleIds } from "./postgres-checks.ts";
import type { Transaction } from "./postgres-connection.ts";
import { codeOf } from "./postgres-errors.ts";
import { say } from "../say.ts";
import { type ColumnShape, listTables, readTable, type TableShape } from "./postgres-schema.ts";
import { columnOf } from "./postgres-values.ts";
import type { ColumnSource } from "./service-database.ts";
import { describeMissing, quoteName } from "./table-map.ts";

/** The extras of a reading, their names checked and quoted. */
export interface PostgresExtras {
  readonly groups: ExtraGroups;
  /** SQL for the texts of the member table, in the order of `groups.own`. */
  readonly own: readonly string[];
  /** In the order of `groups.lookups`. */
  readonly lookups: readonly PostgresLookup[];
}

/** A table with a row per member. */
export interface PostgresLookup {
  readonly group: LookupGroup;
  readonly table: TableShape;
  readonly member: ColumnShape;
  /** Gives member id, number of rows and texts of the members in `$1`. */
  readonly sql: string;
  /** False where the whole table is gone through for each page of members. */
  readonly indexed: boolean;
}

/** SQL for the texts of the member table: a condition that is false or unknown is NULL. */
export async function resolveOwn(sql: Transaction, table: TableShape, { own }: ExtraGroups): Promise<string[]> {
  const texts: string[] = [];
  for (const { extra } of own) texts.push(extra.kind === "condition" ? `CASE WHEN ${wrapSql(extra.sql)} THEN '1' END` : await extraSql(sql, table, extra));
  return texts;
}

/** Resolves lookups against the server; wrong names are added to `problems`. */
export async function resolveLookups(sql: Transaction, groups: readonly LookupGroup[], problems: string[]): Promise<(() => Promise<PostgresLookup>)[]> {
  const found: (() => Promise<PostgresLookup>)[] = [];
  for (const group of groups) {
    const table = await readTable(sql, group.table);
    if (table === undefined) problems.push(describeMissing(say`There is no table ${group.table}`, group.table, await listTables(sql)));
    else {
      problems.push(...describeWrongColumns(table, [...new Set(listLookupColumns(group))]));
      found.push(() => resolveLookup(sql, table, group));
    }
  }
  return found;
}

/** What the lookup holds of these members. Ids are compared as text, whatever the two columns are. */
export async function readLookup(sql: Transaction, lookup: PostgresLookup, memberIds: readonly string[]): Promise<LookedUp> {
  return decodeLookedUp(await sql.rows(lookup.sql, [possibleIds(lookup.member, memberIds)]));
}

/** Reads no row, to find out whether this user may read all that is asked for. */
export async function tryExtras(sql: Transaction, table: TableShape, { own, lookups }: PostgresExtras): Promise<void> {
  if (own.length > 0) await sql.rows(`SELECT ${own.join(", ")} FROM ${table.sql} LIMIT 0`);
  for (const lookup of lookups) await readLookup(sql, lookup, []);
}

/** Throws StartError where rows of a lookup spell a member's id otherwise than the member table does. */
export async function refuseStrays(sql: Transaction, { table, id }: { readonly table: TableShape; readonly id: ColumnShape }, { group, table: found, member }: PostgresLookup): Promise<void> {
  if (!isText(id) && !isText(member)) return;
  const spell = (column: string, from: string) => ({ text: `${column}::text COLLATE "C"`, spelling: `ltrim(lower(btrim(${column}::text COLLATE "C", ${blanks})), '0')`, from });
  const [key, name] = [quoteName(id.name), quoteName(member.name)];
  const condition = group.where === undefined ? "" : ` AND ${wrapSql(group.where)}`;
  const [row] = await sql.rows(strayRowsSql(spell(key, `FROM ${table.sql} WHERE ${key} IS NOT NULL`), spell(name, `FROM ${found.sql} WHERE ${name} IS NOT NULL${condition}`)));
  refuseStrayRows(Number(row?.[0]), found.name, member.name, `${table.name}.${id.name}`);
}

/** Blank, tab, line ends; in UTF-8 no-break space and full-width blank are left to be seen. */
const blanks = "E' \\t\\n\\r'";

/** Numbers and UUIDs have one text each. */
function isText({ kind }: ColumnShape): boolean {
  return !["integer", "numeric", "uuid"].includes(kind);
}

async function resolveLookup(sql: Transaction, table: TableShape, group: LookupGroup): Promise<PostgresLookup> {
  const member = columnOf(table, group.memberId);
  checkIdType(table, member);
  const texts: string[] = [];
  for (const { source } of group.columns) texts.push(`max((${await extraSql(sql, table, source)}) COLLATE "C")`);
  const name = quoteName(member.name);
  const text = `${name}::text COLLATE "C"`;
  const condition = group.where === undefined ? "" : ` AND ${wrapSql(group.where)}`;
  return {
    group,
    table,
    member,
    sql: `SELECT ${text}, count(*), ${texts.join(", ")} FROM ${table.sql} WHERE ${name} IN (SELECT unnest($1::${member.base}[]))${condition} GROUP BY ${text}`,
    indexed: await isIndexed(sql, table, member),
  };
}

/** The text of a column or expression; truth is 1 or 0, as on the other engines. Throws StartError for what has no plain text. */
async function extraSql(sql: Transaction, table: TableShape, source: ColumnSource): Promise<string> {
  const value = source.kind === "sql" ? wrapSql(source.sql) : quoteName(source.column);
  const type = source.kind === "sql" ? await typeOf(sql, table, value) : typeOfColumn(columnOf(table, source.column));
  if (/\[\]$|^(jsonb?|xml|record)$/.test(type)) {
    const message = source.kind === "sql" ? say`An expression is of the type ${type}, which is not served as a value of a member.` : say`${table.name}.${source.column} is of the type ${type}, which is not served as a value of a member.`;
    throw new StartError({ code: "value-column-type", message, hint: "Name a column of text, a number or a date, or write an expression: { sql: \"…\" }" });
  }
  return type === "boolean" ? `(${value})::int::text` : `${value}::text`;
}

function typeOfColumn({ base, declared }: ColumnShape): string {
  return base === "pg_catalog.bool" ? "boolean" : declared;
}

/** The type of an expression; empty where the server cannot compute it, which `inspect` tells. */
async function typeOf(sql: Transaction, table: TableShape, value: string): Promise<string> {
  try {
    const [row] = await sql.savepoint(() => sql.rows(`SELECT pg_typeof((SELECT ${value} FROM ${table.sql} LIMIT 0))::text`));
    return row?.[0] ?? "";
  } catch (error) {
    if (!/^(0A|22|42)/.test(codeOf(error)) || codeOf(error) === "42501") throw error;
    return "";
  }
}

/** True where the column leads an index over all rows. */
async function isIndexed(sql: Transaction, { oid }: TableShape, { name }: ColumnShape): Promise<boolean> {
  const rows = await sql.rows(
    "SELECT 1 FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indrelid = $1::text::oid AND i.indisvalid AND i.indpred IS NULL AND a.attname = $2::text::name",
    [oid, name],
  );
  return rows.length > 0;
}
