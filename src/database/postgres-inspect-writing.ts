import { say } from "../say.ts";
import type { Inspection, ServiceDatabaseMap } from "./service-database.ts";
import { coversLinks, spellCondition } from "./postgres-checks.ts";
import type { Transaction } from "./postgres-connection.ts";
import type { PostgresLinkTable } from "./postgres-link-table.ts";
import type { Places } from "./postgres-place.ts";
import type { ColumnShape, TableShape } from "./postgres-schema.ts";
import { quoteText } from "./postgres-values.ts";
import { quoteName } from "./table-map.ts";

/** What `--apply` needs of the server behind `url`; see Inspection. */
export async function inspectWriting(sql: Transaction, map: ServiceDatabaseMap, places: Places): Promise<Omit<Inspection, "rows" | "unfilledColumns">> {
  const [members] = places.all;
  const column = map.link.kind === "column" ? map.link.column : "";
  const missing = places.linkTable === null ? await listMissingOfColumns(sql, places) : await listMissingOfTable(sql, places.linkTable);
  const [row] = await sql.rows("SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'");
  const replica = row?.[0] === "t";
  return {
    missingUniqueIndexes: missing,
    missingLinkColumn: places.missingLink && members !== undefined ? await addColumnSql(sql, members.table, column) : null,
    readOnly: replica || row?.[1] === "t" || !(await mayWrite(sql, places)),
    replica,
  };
}

/**
 * True when this role may write everything that a link touches. In the table layout it must also be able to lock a member's row while it is looked at, for which
 * PostgreSQL asks for UPDATE on any one of its columns.
 */
async function mayWrite(sql: Transaction, { all, linkTable, missingLink }: Places): Promise<boolean> {
  const asked: string[] = [];
  for (const { table, link } of all) {
    if (linkTable !== null) asked.push(`has_any_column_privilege(${table.oid}::oid, 'UPDATE')`);
    else if (link !== null) asked.push(...[link.column.name, ...Object.keys(link.fills)].map((name) => mayColumn(table, name, "UPDATE")), isUpdatable(table, 4));
  }
  if (missingLink && all[0] !== undefined) asked.push(`has_any_column_privilege(${all[0].table.oid}::oid, 'UPDATE')`);
  if (linkTable !== null) asked.push(...linkTableRights(linkTable));
  const [row] = await sql.rows(`SELECT ${[...asked, "true"].join(" AND ")}`);
  return row?.[0] === "t";
}

function linkTableRights({ table, member, kakao, added, set, cleared }: PostgresLinkTable): string[] {
  return [
    ...[member.name, kakao.name, ...Object.keys(added)].map((name) => mayColumn(table, name, "INSERT")),
    ...[kakao.name, ...Object.keys(set), ...Object.keys(cleared ?? {})].map((name) => mayColumn(table, name, "UPDATE")),
    // Undo takes added rows away again.
    `has_table_privilege(${table.oid}::oid, 'DELETE')`,
    isUpdatable(table, 4 + 8 + 16),
  ];
}

function mayColumn({ oid }: TableShape, name: string, right: "INSERT" | "UPDATE"): string {
  return `has_column_privilege(${oid}::oid, ${quoteText(name)}, '${right}')`;
}

/** Of a view the server itself says whether it passes changes on. */
function isUpdatable({ oid, isView }: TableShape, events: number): string {
  return isView ? `pg_relation_is_updatable(${oid}::oid::regclass, true) & ${events} = ${events}` : "true";
}

async function listMissingOfColumns(sql: Transaction, { all }: Places): Promise<Inspection["missingUniqueIndexes"]> {
  const missing: { place: number; sql: string }[] = [];
  for (const { at, table, link } of all) {
    if (link !== null && link.unique === null) missing.push({ place: at, sql: await createIndexSql(sql, table, [link.column.name], link.column, await storedEmpties(sql, table, link.column), []) });
  }
  return missing;
}

/** One Kakao id in one counted row, one counted link a member. */
async function listMissingOfTable(sql: Transaction, link: PostgresLinkTable): Promise<Inspection["missingUniqueIndexes"]> {
  const same = Object.entries(link.fixed).filter(([, value]) => value !== null).map(([name]) => name);
  const counted = [...spellCondition(link.where ?? "true"), ...Object.entries(link.fixed).flatMap(([name, value]) => spellCondition(`${name} ${value === null ? "is null" : `= ${quoteText(String(value))}`}`)), `${link.member.name} is not null`];
  const keepsApart = (column: string): boolean => link.table.uniqueIndexes.some((index) => index.columns.includes(column) && index.columns.every((name) => name === column || same.includes(name)) && coversLinks(index.where, link.kakao.name, counted));
  const missing: { place: null; sql: string }[] = [];
  for (const column of [link.kakao.name, link.member.name]) {
    if (keepsApart(column)) continue;
    const where = link.where === null ? [] : [`(${link.where.trim()})`];
    missing.push({ place: null, sql: await createIndexSql(sql, link.table, [...same, column], link.kakao, await storedEmpties(sql, link.table, link.kakao), where, column) });
  }
  return missing;
}

async function addColumnSql(sql: Transaction, table: TableShape, column: string): Promise<string> {
  if (table.isView) return describeView(table);
  const index = await createIndexSql(sql, table, [column], { name: column }, [], []);
  return `ALTER TABLE ${table.sql} ADD COLUMN ${quoteName(column)} bigint;\n${index}`;
}

/** The unique index that leaves out each kind of empty link that the column holds. A partitioned table cannot build one beside its users. */
async function createIndexSql(sql: Transaction, table: TableShape, columns: readonly string[], link: Pick<ColumnShape, "name">, empties: readonly string[], where: readonly string[], named = link.name): Promise<string> {
  if (table.isView) return describeView(table);
  const name = quoteName(link.name);
  const condition = [`${name} IS NOT NULL`, ...empties.map((value) => `${name} <> ${value}`), ...where].join(" AND ");
  const index = await freeIndexName(sql, table, `${table.sql.split(".").at(-1)?.replaceAll('"', "") ?? ""}_${named}_unique`);
  return `CREATE UNIQUE INDEX${table.isPartitioned ? "" : " CONCURRENTLY"} ${quoteName(index)} ON ${table.sql} (${columns.map(quoteName).join(", ")}) WHERE ${condition};`;
}

function describeView({ name }: TableShape): string {
  return say`-- ${name.replaceAll("\n", " ")} is a view: name the table behind it in the configuration, and make the column and its unique index there.`;
}

/** The kinds of empty link, other than NULL, that the column holds, as SQL. */
async function storedEmpties(sql: Transaction, table: TableShape, column: ColumnShape): Promise<string[]> {
  const stored: string[] = [];
  for (const value of column.kind === "text" ? ["''", "'0'"] : ["0"]) {
    const [row] = await sql.rows(`SELECT EXISTS (SELECT FROM ${table.sql} WHERE ${quoteName(column.name)} = ${value})`);
    if (row?.[0] === "t") stored.push(value);
  }
  return stored;
}

/** This name, or the next one that the schema does not have yet; names are at most 63 bytes long. */
async function freeIndexName(sql: Transaction, table: TableShape, wanted: string): Promise<string> {
  for (let at = 1; ; at += 1) {
    const end = at === 1 ? "" : `_${at}`;
    const name = `${Buffer.from(wanted).subarray(0, 63 - end.length).toString().replace(/\uFFFD+$/, "")}${end}`;
    const [row] = await sql.rows("SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1::text AND c.relname = $2::text)", [table.schema, name]);
    if (row?.[0] !== "t") return name;
  }
}
