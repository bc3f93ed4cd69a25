import type { StoredForm } from "../core/keys.ts";
import type { Digest } from "./digest.ts";

const dayMs = 24 * 3600 * 1000;
/** Every day that a birth date is read of (product.md section 5). */
const first = Date.UTC(1900, 0, 1);
const last = Date.UTC(2099, 11, 31);

/**
 * Every date by its digest, as `YYYYMMDD`: 73,049 days in the forms that `of` names, digested once. So a stored birth date is known exactly, and the rules that need
 * one (under 14) hold. `digits` is `YYYYMMDD`, `hyphens` is `YYYY-MM-DD`, `as-is` is any of these, or with `.` or `/`.
 */
export function listDates(digest: Digest, form: StoredForm): ReadonlyMap<string, string> {
  const marks = form === "digits" ? [""] : form === "hyphens" ? ["-"] : ["", "-", ".", "/"];
  const dates = new Map<string, string>();
  for (let day = first; day <= last; day += dayMs) {
    const [year = "", month = "", date = ""] = new Date(day).toISOString().slice(0, 10).split("-");
    for (const mark of marks) dates.set(digest(`${year}${mark}${month}${mark}${date}`), `${year}${month}${date}`);
  }
  return dates;
}
