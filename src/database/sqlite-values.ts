import type { StoredValue } from "./stored-values.ts";

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
