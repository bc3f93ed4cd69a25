import type { Prepared } from "./sqlite-connection.ts";
import type { TableShape } from "./sqlite-schema.ts";

const empties: readonly [string, string][] = [["text", "''"], ["text", "'0'"], ["integer", "0"]];

/** The kinds of empty link, other than NULL, that this quoted column holds, as SQL. */
export function storedEmpties(reader: Prepared, table: TableShape, column: string): string[] {
  const holds = ([type, value]: [string, string]): boolean => Number(reader.rows(`SELECT EXISTS (SELECT 1 FROM ${table.sql} WHERE ${column} = ${value} AND typeof(${column}) = '${type}')`).get()?.[0]) === 1;
  return empties.filter(holds).map(([, value]) => value);
}

/** This name, or the next one that no table or index has. */
export function freeIndexName(reader: Prepared, wanted: string): string {
  for (let at = 1; ; at += 1) {
    const name = at === 1 ? wanted : `${wanted}_${at}`;
    if (Number(reader.rows("SELECT count(*) FROM sqlite_schema WHERE name = ? COLLATE NOCASE").get(name)?.[0]) === 0) return name;
  }
}
