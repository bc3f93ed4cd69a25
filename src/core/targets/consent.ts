import { parseTimeMs } from "../keys.ts";

/** What a column of consents says: `none` was never asked, `unreadable` is neither yes nor no and counts as a refusal. */
export type Consent = "yes" | "no" | "none" | "unreadable";

/** By what times without a zone are read, and what is not over yet. */
export interface ConsentClock {
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Minutes that times without a zone are ahead of UTC (`database.timeZone`). */
  readonly zoneMinutes: number;
}

const yes: ReadonlySet<string> = new Set(["1", "t", "true", "y", "yes", "on", "예", "네", "동의", "동의함", "수신", "수신동의", "agree", "agreed", "\\x01"]);
const no: ReadonlySet<string> = new Set(["0", "f", "false", "n", "no", "off", "아니오", "아니요", "거부", "미동의", "비동의", "동의안함", "수신거부", "철회", "disagree", "refused", "\\x00"]);
/** A date without any digit but 0, with or without a time: what systems write when there is none. */
const zeroDate = /^0{4}([-./]?)00\1(?:00|0)(?:[T\s]+[0:.]*)?$/;
/** The first day of Unix time, whatever the zone it was written in. */
const epoch = /^(?:1970-?01-?01|1969-?12-?31)(?:[T\s]|$)/;

/** A consent as a flag, or as the date on which it was given (product.md T1). */
export function readConsent(raw: string | null, clock: ConsentClock): Consent {
  if (raw === null) return "none";
  const text = raw.trim();
  if (text === "") return "none";
  const word = text.toLowerCase();
  if (yes.has(word)) return "yes";
  if (no.has(word) || zeroDate.test(text) || epoch.test(text)) return "no";
  return readPastMs(text, clock) === null ? "unreadable" : "yes";
}

/** A date that is over, in Unix milliseconds; null for anything else, a date in the future too. */
export function readPastMs(raw: string | null, { nowMs, zoneMinutes }: ConsentClock): number | null {
  const ms = parseTimeMs(raw, zoneMinutes);
  return ms === null || ms > nowMs ? null : ms;
}

/** Says no, or something that nobody can read: neither is written to, on this row or on another. */
export function isRefusal(consent: Consent): boolean {
  return consent === "no" || consent === "unreadable";
}
