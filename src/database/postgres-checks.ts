import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { ColumnShape, TableShape } from "./postgres-schema.ts";
import { leavesOutEmpty, splitCondition } from "./operator-sql.ts";
import { describeMissing } from "./table-map.ts";

/** What is wrong with these names of columns, with the nearest ones. */
export function describeWrongColumns(table: TableShape, names: readonly string[]): string[] {
  return names.filter((name) => !table.columns.has(name)).map((name) => describeMissing(say`${table.name} has no column ${name}`, name, table.columns.keys()));
}

/** Throws StartError for a column that cannot hold every Kakao id digit by digit. */
export function checkLinkType(table: TableShape, column: ColumnShape): void {
  const isWhole = column.kind === "numeric" && !/,-?[1-9]\d*\)$/.test(column.declared);
  if (column.kind === "text" || isWhole || column.base === "pg_catalog.int8") return;
  throw new StartError({
    code: "link-column-type",
    message: say`${table.name}.${column.name} is of the type ${column.declared}, which cannot hold every Kakao id as it is.`,
    hint: "Use a column of the type bigint, numeric without decimals, or text.",
  });
}

/** Throws StartError for a column by which members cannot be told apart and paged through. */
export function checkIdType(table: TableShape, column: ColumnShape): void {
  if (["integer", "numeric", "text", "uuid"].includes(column.kind)) return;
  throw new StartError({
    code: "id-column-type",
    message: say`${table.name}.${column.name} is of the type ${column.declared}, which is not served as an id.`,
    hint: "Name an id column of a whole number, a UUID or text.",
  });
}

/** True when a partial unique index leaves out nothing but empty links, as far as its text shows it; `counted` are conditions that every counted row fulfils. */
export function coversLinks(where: string | null, column: string, counted: readonly string[] = []): boolean {
  if (where === null) return true;
  return splitCondition(withoutCasts(where)).every((part) => leavesOutEmpty(part, column) || counted.includes(part));
}

/** A condition as `coversLinks` compares it. */
export function spellCondition(where: string): string[] {
  return splitCondition(withoutCasts(where));
}

/** The server writes a type behind every literal, and brackets around what it casts. */
function withoutCasts(where: string): string {
  const plain = where.replaceAll(/::("[^"]+"|character varying|timestamp with(?:out)? time zone|[a-z_][a-z0-9_.]*)(\(\d+\))?(\[\])?/gi, "");
  return plain.replaceAll(/\(("[^"]+"|[a-z_][a-z0-9_]*|'(?:[^']|'')*'|\d+)\)/gi, "$1");
}

/** Ids that a column of this type can hold at all: the server would refuse the others instead of not finding them. */
export function possibleIds({ kind, base }: ColumnShape, ids: readonly string[]): string[] {
  if (kind === "integer") {
    const bits = { int2: 15n, int4: 31n }[base.split(".").at(-1) ?? ""] ?? 63n;
    return ids.filter((id) => /^-?\d{1,19}$/.test(id) && BigInt.asIntN(Number(bits) + 1, BigInt(id)) === BigInt(id));
  }
  if (kind === "numeric") return ids.filter((id) => /^-?\d{1,1000}(\.\d{1,1000})?$/.test(id));
  if (kind === "uuid") return ids.filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
  return ids.filter((id) => !id.includes("\0"));
}
