import { say } from "../say.ts";
import type { Inspection } from "./service-database.ts";
import { leavesOutEmpty, splitCondition, wrapSql } from "./operator-sql.ts";
import { sameName } from "./sqlite-columns.ts";
import type { Prepared } from "./sqlite-connection.ts";
import { literalSql, type SqliteLinkTable } from "./sqlite-link-table.ts";
import type { UniqueKey } from "./sqlite-schema.ts";
import { freeIndexName, storedEmpties } from "./sqlite-unique-sql.ts";
import { quoteName } from "./table-map.ts";

/** The unique indexes that the link table lacks: one Kakao id in one counted row, one counted link a member. */
export function listMissingIndexes(reader: Prepared, link: SqliteLinkTable): Inspection["missingUniqueIndexes"] {
  return [link.kakao, link.member].filter((column) => !isUnique(link, column)).map((column) => ({ place: null, sql: createSql(reader, link, column) }));
}

/** Columns of a new row that would stay without the value they must have. */
export function listUnfilled(link: SqliteLinkTable): readonly string[] {
  const { table } = link;
  const given = [link.member, link.kakao, ...Object.keys(link.fixed), ...Object.keys(link.set)];
  const fills = (name: string): boolean => (table.rowidColumn !== null && sameName(table.rowidColumn, name)) || given.some((column) => sameName(column, name));
  return [...table.columns.values()].filter((column) => !column.nullable && !column.hasDefault && !column.generated && !fills(column.name)).map((column) => column.name);
}

/** What is wrong with `link.where`, compiled over the link table alone on a connection that cannot write. */
export function describeBadWhere(reader: Prepared, link: SqliteLinkTable): string[] {
  if (link.where === null) return [];
  try {
    reader.db.prepare(`SELECT 1 FROM ${link.table.sql} WHERE (${wrapSql(link.where)} IS TRUE) LIMIT 0`).all();
    return [];
  } catch (error) {
    return [say`${"link.where"} is no SQL that ${link.table.name} can compute: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** True when an index keeps this column apart in all counted, non-empty links: alone, or with columns that are the same in all of them. */
function isUnique(link: SqliteLinkTable, column: string): boolean {
  const same = Object.entries(link.fixed).filter(([, value]) => value !== null).map(([name]) => name);
  const keepsApart = ({ columns }: UniqueKey): boolean => columns.some((name) => sameName(name, column)) && columns.every((name) => [column, ...same].some((other) => sameName(name, other)));
  return link.table.uniqueKeys.some((key) => keepsApart(key) && (key.where === null || splitCondition(key.where).every((part) => isCounted(link, part))));
}

/** True for a part of an index's condition that every counted, non-empty link fulfils. */
function isCounted(link: SqliteLinkTable, part: string): boolean {
  const fixed = Object.entries(link.fixed).flatMap(([name, value]) => splitCondition(`${name} ${value === null ? "is null" : `= ${literalSql(value)}`}`));
  const where = link.where === null ? [] : splitCondition(link.where);
  return leavesOutEmpty(part, link.kakao) || [...fixed, ...where].includes(part) || part === `${link.member.toLowerCase()} is not null`;
}

function hasTwice(reader: Prepared, { table }: SqliteLinkTable, columns: string, conditions: readonly string[]): boolean {
  return reader.rows(`SELECT 1 FROM ${table.sql} WHERE ${conditions.join(" AND ")} GROUP BY ${columns} HAVING count(*) > 1 LIMIT 1`).get() !== undefined;
}

function createSql(reader: Prepared, link: SqliteLinkTable, column: string): string {
  const { table } = link;
  const kakao = quoteName(link.kakao);
  const same = Object.entries(link.fixed).filter(([, value]) => value !== null).map(([name]) => name);
  const columns = [...same, column].map(quoteName).join(", ");
  const nonEmpty = [`${kakao} IS NOT NULL`, ...storedEmpties(reader, table, kakao).map((value) => `${kakao} <> ${value}`)];
  // Without the condition the index also finds the rows that do not count, which are looked at before an id is given away.
  const parts = link.where === null || !hasTwice(reader, link, columns, nonEmpty) ? nonEmpty : [...nonEmpty, `(${link.where.trim()})`];
  const name = freeIndexName(reader, `${table.name}_${column}_unique`);
  return `CREATE UNIQUE INDEX ${quoteName(table.schema)}.${quoteName(name)} ON ${quoteName(table.name)} (${columns}) WHERE ${parts.join(" AND ")};`;
}
