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

/** The reverse of `decodeStored`. */
export function encodeStored(value: StoredValue): string {
  if (value === null) return "n";
  if (typeof value === "string") return `t${value}`;
  if (typeof value === "number") return `r${value}`;
  return "int" in value ? `i${value.int}` : `b${value.hex}`;
}

/** True for equal encoded values: of the same type, floating-point numbers by value, since their text differs in form. */
export function sameEncoded(left: string | undefined, right: string | undefined): boolean {
  if (left === right) return left !== undefined;
  if (left === undefined || right === undefined || !left.startsWith("r") || !right.startsWith("r")) return false;
  return Number(left.slice(1)) === Number(right.slice(1));
}

/** An encoded value as JSON, from which `decodeSql` makes a value of the same type. */
export function encodedAsJson(encoded: string): string {
  const rest = encoded.slice(1);
  switch (encoded.charAt(0)) {
    case "n":
      return "null";
    case "i":
      return rest;
    case "r":
      return /[.e]/.test(rest) ? rest : `${rest}.0`;
    case "b":
      return `{"hex":"${rest}"}`;
    default:
      return JSON.stringify(rest);
  }
}

/** SQL that takes value `at` out of the JSON array `json`; bytes cost a further look and are asked for only where there are any. */
export function decodeSql(json: string, at: number, bytes: boolean): string {
  const plain = `${json}->>${at}`;
  return bytes ? `iif(json_type(${json}, '$[${at}]') = 'object', unhex(${json}->>'$[${at}].hex'), ${plain})` : plain;
}

/** NULL, `''`, `0` and the text `'0'`: no link (product.md section 2). */
export function isEmptyLink(value: StoredValue): boolean {
  return value === null || value === "" || value === "0" || (typeof value === "object" && "int" in value && value.int === "0");
}
