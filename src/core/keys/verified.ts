import { readLeadingDate } from "./birthdate.ts";

/** Before 1980 and from 2100 on no service verified anything: what stands there is a zero or an "unlimited" in disguise. */
const earliest = { date: "1980", ms: Date.UTC(1980, 0, 1) } as const;
const latest = { date: "2100", ms: Date.UTC(2100, 0, 1) } as const;
const unixTime = /^\d{9,13}(?:\.\d+)?$/;
/** Unix times of more digits than this are milliseconds. */
const longestSeconds = 10;

/**
 * Whether a stored verification time is a real one (product.md section 5): a zero date, blank, 0 and anything that is no time
 * (`Y`, `true`, `1`) is not.
 */
export function readTime(raw: string | null): boolean {
  if (raw === null) return false;
  const text = raw.trim();
  const date = readLeadingDate(text)?.date;
  if (date !== undefined) return date >= earliest.date && date < latest.date;
  const ms = readUnixTime(text);
  return ms !== null && ms >= earliest.ms && ms < latest.ms;
}

/**
 * A stored time in Unix milliseconds: ISO, `YYYY-MM-DD HH:MM:SS` or a date alone, Unix seconds or milliseconds. Without a zone it is
 * of the given one (minutes east of UTC; 540 is Seoul). Null when it cannot be read or is not a real time.
 */
export function parseTimeMs(raw: string | null, offsetMinutes: number): number | null {
  if (raw === null || !readTime(raw)) return null;
  const text = raw.trim();
  const unix = readUnixTime(text);
  if (unix !== null) return unix;
  const found = readLeadingDate(text);
  const midnight = readDateMs(found?.date);
  const time = timeOfDay.exec(found?.rest ?? "");
  if (midnight === null || time === null) return null;
  const [, hours = "0", minutes = "0", seconds = "0", fraction = "0", zone] = time;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Math.floor(Number(`0.${fraction}`) * 1000);
  return midnight + ms - readOffset(zone, offsetMinutes) * 60_000;
}

const timeOfDay = /^(?:[T\s]*(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

function readOffset(zone: string | undefined, fallback: number): number {
  if (zone === undefined) return fallback;
  if (zone.toUpperCase() === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", ""));
  return zone.startsWith("-") ? -minutes : minutes;
}

function readUnixTime(text: string): number | null {
  if (!unixTime.test(text)) return null;
  const value = Number(text);
  const digits = text.split(".")[0] ?? "";
  return Math.floor(digits.length > longestSeconds ? value : value * 1000);
}

function readDateMs(date: string | undefined): number | null {
  if (date === undefined) return null;
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
}
