import type { FormerValues } from "./service-database.ts";

/** A stored value with its type, so that it can be put back exactly: integer 0, text '0', '' and NULL are four things. */
export type StoredValue = FormerValues[string];

/** True for values of the same type and content. */
export function sameStored(left: StoredValue | undefined, right: StoredValue | undefined): boolean {
  if (left === right) return left !== undefined;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if ("int" in left) return "int" in right && left.int === right.int;
  return "hex" in right && left.hex === right.hex;
}

/** NULL, `''`, `0` and the text `'0'`: no link (product.md section 2). */
function isEmptyLink(value: StoredValue): boolean {
  return value === null || value === "" || value === "0" || value === 0 || (typeof value === "object" && "int" in value && value.int === "0");
}

/** The Kakao id that a former value brings back, as text; null for an empty one. */
export function idOfStored(value: StoredValue | undefined): string | null {
  if (value === undefined || isEmptyLink(value) || value === null) return null;
  if (typeof value !== "object") return String(value);
  return "int" in value ? value.int : value.hex;
}
