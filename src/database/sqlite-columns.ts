import { StartError } from "../errors.ts";
import type { Connection } from "./sqlite-connection.ts";
import type { Affinity, ColumnShape, TableShape } from "./sqlite-schema.ts";
import { describeMissing } from "./table-map.ts";

/** An operator's SQL on lines of its own, so that a comment at its end hides nothing of ours. */
export function wrapSql(sql: string): string {
  return `(\n${sql}\n)`;
}

/** Throws StartError for a column that would round Kakao ids. */
export function refuseFloatingPoint(table: TableShape, name: string): void {
  if (columnOf(table, name).affinity !== "real") return;
  throw new StartError({
    code: "link-column-real",
    message: `${table.name}.${name} is declared as a floating-point column: it would lose digits of Kakao ids.`,
    hint: "Use a column declared as INTEGER, BIGINT or TEXT.",
  });
}

/** A column without an affinity stores what it is given: ids are then written in the type of those that are there, else as text. */
export function storesIntegers(db: Connection, table: TableShape, link: string, affinity: Affinity): boolean {
  if (affinity !== "blob") return affinity !== "text";
  const type = db.prepare<[], string>(`SELECT typeof(${link}) FROM ${table.sql} WHERE ${link} NOT IN ('', '0', 0) LIMIT 1`).pluck().get();
  return type === "integer";
}

/** The parts of an AND, spelled alike (case, blanks, quotes of names, outer brackets): enough to tell the conditions of partial indexes apart. */
export function splitCondition(sql: string): string[] {
  const spell = (part: string): string => part.toLowerCase().replaceAll(/["`[\]]/g, " ").replaceAll(/\s*(<>|!=|>=|<=|=|>|<)\s*/g, " $1 ");
  const spelled = sql.replaceAll(/'(?:[^']|'')*'|[^']+/g, (part) => (part.startsWith("'") ? part : spell(part)));
  return splitParts(spelled.replaceAll(/\s+/g, " ").replaceAll(/(?<=\() | (?=\))/g, "").trim());
}

function splitParts(text: string): string[] {
  let depth = 0;
  let start = 0;
  const parts: string[] = [];
  for (const { 0: token, index } of text.matchAll(/'(?:[^']|'')*'|[()]| and /g)) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (token !== " and " || depth > 0) continue;
    parts.push(text.slice(start, index));
    start = index + token.length;
  }
  if (parts.length > 0) return [...parts, text.slice(start)].flatMap((part) => splitParts(part.trim()));
  return isBracketed(text) ? splitParts(text.slice(1, -1).trim()) : [text];
}

/** True when the first bracket closes at the very end. */
function isBracketed(text: string): boolean {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/'(?:[^']|'')*'|[()]/g)) {
    depth += token === "(" ? 1 : token === ")" ? -1 : 0;
    if (depth === 0) return token === ")" && index === text.length - 1 && text.startsWith("(");
  }
  return false;
}

/** True for a part that only an empty link in this column fails. */
export function leavesOutEmpty(part: string, column: string): boolean {
  return ["is not null", "<> ''", "!= ''", "> ''", "<> '0'", "!= '0'", "<> 0", "!= 0", "> 0"].some((end) => part === `${column.toLowerCase()} ${end}`);
}

/** The configured columns that the table lacks, each with the nearest name. */
export function describeWrongColumns(table: TableShape, names: readonly string[]): string[] {
  const wrong = names.filter((name) => !table.columns.has(name.toLowerCase()));
  return wrong.map((name) => describeMissing(`${table.name} has no column`, name, [...table.columns.values()].map((column) => column.name)));
}

/** A column that was checked to be there. */
export function columnOf(table: TableShape, name: string): ColumnShape {
  const column = table.columns.get(name.toLowerCase());
  if (column === undefined) throw new Error(`column ${name} was not checked`);
  return column;
}

/** SQLite ignores the case of names. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
