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
  const ms = readPlainTime(raw, zoneMinutes) ?? parseTimeMs(raw, zoneMinutes);
  return ms === null || ms > nowMs ? null : ms;
}

/** Says no, or something that nobody can read: neither is written to, on this row or on another. */
export function isRefusal(consent: Consent): boolean {
  return consent === "no" || consent === "unreadable";
}

/** `YYYY-MM-DD HH:MM:SS` as nearly every row has it, in figures alone; null for anything that must be looked at more closely. */
function readPlainTime(raw: string | null, zoneMinutes: number): number | null {
  if (raw === null || raw.length !== 19 || raw.charCodeAt(4) !== hyphen || raw.charCodeAt(7) !== hyphen || raw.charCodeAt(13) !== colon || raw.charCodeAt(16) !== colon) return null;
  if (raw.charCodeAt(10) !== blank) return null;
  const [year, month, day] = [twoDigits(raw, 0) * 100 + twoDigits(raw, 2), twoDigits(raw, 5), twoDigits(raw, 8)];
  const [hours, minutes, seconds] = [twoDigits(raw, 11), twoDigits(raw, 14), twoDigits(raw, 17)];
  // Every month has 28 days. NaN, where something is no digit, fulfils nothing.
  const isPlain = year >= 1981 && year < 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hours < 24 && minutes < 60 && seconds < 60;
  return isPlain ? Date.UTC(year, month - 1, day, hours, minutes - zoneMinutes, seconds) : null;
}

const hyphen = 45;
const colon = 58;
const blank = 32;

function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
