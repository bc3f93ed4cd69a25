import type { FormerValues } from "./service-database.ts";

/** A stored value with its type, so that it can be put back exactly: integer 0, text '0', '' and NULL are four things. */
export type StoredValue = FormerValues[string];

/** SQL that turns a column's value into text with its type in front: i, r, t, b, or n for NULL. */
export function encodeSql(column: string): string {
  return (
    `CASE typeof(${column}) WHEN 'null' THEN 'n' WHEN 'integer' THEN 'i' || ${column} WHEN 'text' THEN 't' || ${column} ` +
    `WHEN 'real' THEN 'r' || format('%!.17g', ${column}) ELSE 'b' || hex(${column}) END`
  );
}

/** The value behind what `encodeSql` gave. */
export function decodeStored(encoded: string): StoredValue {
  const rest = encoded.slice(1);
  switch (encoded.charAt(0)) {
    case "n":
      return null;
    case "i":
      return { int: rest };
    case "r":
      return Number(rest);
    case "b":
      return { hex: rest };
    default:
      return rest;
  }
}

/** The value as better-sqlite3 binds it: a JavaScript number is always stored as a REAL, a bigint as an INTEGER. */
export function bindStored(value: StoredValue): string | number | bigint | Buffer | null {
  if (value === null || typeof value !== "object") return value;
  return "int" in value ? BigInt(value.int) : Buffer.from(value.hex, "hex");
}

/** True for equal values of the same type. */
export function sameStored(left: StoredValue, right: StoredValue): boolean {
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") return left === right;
  if ("int" in left) return "int" in right && left.int === right.int;
  return "hex" in right && left.hex.toUpperCase() === right.hex.toUpperCase();
}

/** NULL, `''`, `0` and the text `'0'`: no link (product.md section 2). */
export function isEmptyLink(value: StoredValue): boolean {
  return value === null || value === "" || value === "0" || (typeof value === "object" && "int" in value && value.int === "0");
}
