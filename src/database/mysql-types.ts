import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { columnOf, type TableShape } from "./mysql-schema.ts";
import type { ColumnShape } from "./mysql-values.ts";

/** Throws StartError for a column that cannot hold every Kakao id exactly, or that a text comparison does not find. */
export function refuseWrongLinkType(table: TableShape, name: string): void {
  const column = columnOf(table, name);
  const holds =
    (/^bigint/.test(column.type) && column.generated === null) ||
    (column.kind === "decimal" && column.scale === 0 && column.precision >= 19) ||
    (column.kind === "text" && !/^(enum|set)/.test(column.type) && (column.length ?? 19) >= 19);
  if (holds) return;
  const named = `${table.name}.${name}`;
  const message = column.generated === null ? say`${named} is declared as ${column.type}: it does not hold every Kakao id, which has up to 19 digits, exactly.` : say`${named} is declared as ${column.type}: it is computed by the database and cannot be written.`;
  throw new StartError({ code: "link-column-type", message, hint: "Use a column declared as BIGINT or VARCHAR(20)." });
}

/** Throws StartError for a column of which no Kakao ids can be read, digit by digit: a number with decimals, bytes, a date. */
export function refuseWrongPlaceType(table: TableShape, name: string): void {
  const { kind, scale, type } = columnOf(table, name);
  if (kind === "integer" || kind === "unsigned" || kind === "text" || (kind === "decimal" && scale === 0)) return;
  throw new StartError({ code: "link-column-type", message: say`${table.name}.${name} is declared as ${type}, of which no Kakao ids can be read.`, hint: "Name a column declared as BIGINT or VARCHAR, or a view that casts it." });
}

/** Throws StartError for an id that cannot be paged by its order: an ENUM sorts otherwise than it compares, and a float is not exact. */
export function refuseWrongIdType(table: TableShape, id: ColumnShape): void {
  const isText = id.kind === "text" && !/^(enum|set)/.test(id.type);
  const isBytes = id.kind === "bytes" && /binary/.test(id.type);
  if (isText || isBytes || ["integer", "unsigned", "decimal", "uuid"].includes(id.kind)) return;
  throw new StartError({ code: "member-id-type", message: say`${table.name}.${id.name} is declared as ${id.type}, which is no type for ids.`, hint: "Name an integer, DECIMAL, CHAR, VARCHAR, BINARY or UUID column under id." });
}
