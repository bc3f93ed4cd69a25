/** The form of a value that a database keeps a digest of: `of` of a stored column (product.md section 4). */
export type StoredForm = "as-is" | "digits" | "hyphens" | "e164" | "lower";

/** What a stored digest can stand for and be compared by. */
export const DIGESTED_KEYS = ["ci", "phone", "email", "name"] as const;
export type DigestedKey = (typeof DIGESTED_KEYS)[number];

const hangul = /^[\uAC00-\uD7A3]+$/;

/**
 * A comparable value in the form that was digested; null where that form cannot be told from it. CI and e-mail addresses are digested as they are
 * compared. A name only where it is Hangul: of any other script nobody knows in which order and case it was written.
 */
export function renderStoredForm(key: DigestedKey, comparable: string, form: StoredForm): string | null {
  if (key === "phone") return renderPhone(comparable, form);
  if (key === "name") return hangul.test(comparable) ? comparable : null;
  return comparable;
}

/**
 * A comparable number as `01012345678`, `010-1234-5678` or `+821012345678`; `as-is` is as Kakao writes it, `+82 10-1234-5678`. Foreign numbers have only an E.164
 * form: how a service wrote their digits and blanks cannot be known.
 */
function renderPhone(comparable: string, form: StoredForm): string | null {
  if (!comparable.startsWith("0")) return form === "e164" ? comparable : null;
  if (form === "digits") return comparable;
  if (form === "e164") return `+82${comparable.slice(1)}`;
  const hyphened = `${comparable.slice(0, 3)}-${comparable.slice(3, -4)}-${comparable.slice(-4)}`;
  return form === "hyphens" ? hyphened : `+82 ${hyphened.slice(1)}`;
}
