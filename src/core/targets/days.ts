import { readBirthdate, readLeadingDate } from "../keys/birthdate.ts";

/** How a field's days are read and written; made by `readDayFormat`. */
export interface DayFormat {
  /** `YYYYMMDD`, `YYYY-MM-DD`, `MM.DD` …: each of the three at most once, with `-`, `.`, `/` or nothing between. */
  readonly parts: readonly DayPart[];
  /** Minutes that a wall-clock time of the database's zone, in milliseconds as if it were UTC, is ahead of UTC. */
  readonly offsetOf: (wallMs: number) => number;
}

type DayPart = "YYYY" | "MM" | "DD" | "-" | "." | "/";

const format = /^(?:YYYY|MM|DD)(?:[-./]?(?:YYYY|MM|DD))*$/;

/** Null for what is no format of a day. Throws RangeError for a zone that is none. */
export function readDayFormat(text: string, timeZone: string): DayFormat | null {
  const parts = text.match(/YYYY|MM|DD|[-./]/g) ?? [];
  const named = parts.filter((part) => part.length > 1);
  if (!format.test(text) || new Set(named).size !== named.length) return null;
  return { parts: parts as DayPart[], offsetOf: createZoneOffset(timeZone) };
}

/**
 * The day in Korea that a stored text names, as the format writes it: a date alone as it stands; a time with a zone, or of the database's zone, on the day that it
 * is in Seoul. Null for a zero date, undefined for what is no date.
 */
export function readDay(text: string, { parts, offsetOf }: DayFormat): string | null | undefined {
  if (zeroDate.test(text)) return null;
  const day = readSeoulDay(text, offsetOf);
  if (day === null) return undefined;
  let shown = "";
  for (const part of parts) shown += part === "YYYY" ? day.slice(0, 4) : part === "MM" ? day.slice(4, 6) : part === "DD" ? day.slice(6) : part;
  return shown;
}

/** A birth date as `YYYYMMDD`, null when unknown: a time with a zone names the day that it is in Seoul, any other time is ignored. */
export function readBirthday(raw: string | null): string | null {
  const text = raw?.trim() ?? "";
  return readBirthdate(zonedTime.test(text) ? readSeoulDay(text, seoulOffset) : raw);
}

/** A date, a time and a zone behind it. */
const zonedTime = /[T\s]\d\d?:?\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)$/i;

/** A date without any digit but 0, with or without a time: what MySQL keeps where there is none. */
const zeroDate = /^0{4}([-./]?)00\1(?:00|0)(?:[T\s]+[0:.]*)?$/;
/** What nearly every time is like: without a zone. */
const plainTime = /^[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?$/;
const timeOfDay = /^[T\s]*(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?)?$/i;
const seoulMinutes = 9 * 60;
const minuteMs = 60_000;

/** `YYYYMMDD`. */
function readSeoulDay(text: string, offsetOf: DayFormat["offsetOf"]): string | null {
  const found = readLeadingDate(text);
  if (found === null) return readUnixDay(text);
  if (found.rest === "" || (offsetOf === seoulOffset && plainTime.test(found.rest))) return found.date;
  const time = timeOfDay.exec(found.rest);
  if (time === null) return null;
  const [, hours = "0", minutes = "0", seconds = "0", , zone] = time;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  const wallMs = Date.UTC(Number(found.date.slice(0, 4)), Number(found.date.slice(4, 6)) - 1, Number(found.date.slice(6)), Number(hours), Number(minutes), Number(seconds));
  const offset = zone === undefined ? offsetOf(wallMs) : readOffset(zone);
  return offset === seoulMinutes ? found.date : renderDay(wallMs + (seoulMinutes - offset) * minuteMs);
}

function renderDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll("-", "");
}

function readOffset(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const digits = zone.slice(1).replaceAll(":", "").padEnd(6, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4)) + Number(digits.slice(4)) / 60;
  return zone.startsWith("-") ? -minutes : minutes;
}

/** Unix times of the years 1980 to 2099, in seconds or (more than ten digits) milliseconds. */
const unixTime = /^\d{9,13}(?:\.\d+)?$/;
const longestSeconds = 10;

function readUnixDay(text: string): string | null {
  if (!unixTime.test(text)) return null;
  const value = Number(text);
  const ms = (text.split(".")[0] ?? "").length > longestSeconds ? value : value * 1000;
  return ms >= Date.UTC(1980, 0, 1) && ms < Date.UTC(2100, 0, 1) ? renderDay(ms + seoulMinutes * minuteMs) : null;
}

function seoulOffset(): number {
  return seoulMinutes;
}

/** A zone's offset at a wall-clock time. Korea has one offset, and most members are Korean: the clock of other zones is asked for each time. */
function createZoneOffset(timeZone: string): (wallMs: number) => number {
  if (timeZone === "Asia/Seoul") return seoulOffset;
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const wallOf = (ms: number): number => Date.parse(`${clock.format(ms).replace(" ", "T")}Z`);
  return (wallMs) => {
    // The offset an offset earlier is the right one, but for the hour that a change of the clock takes away or repeats.
    const first = wallOf(wallMs) - wallMs;
    return (wallOf(wallMs - first) - (wallMs - first)) / minuteMs;
  };
}
