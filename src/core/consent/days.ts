import type { Day } from "./model.ts";

/** Days are computed as whole days since 1970: no clock and no time zone is asked. */
const DAY_MS = 86_400_000;

/** True for a real calendar day written `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return false;
  const [, year, month, day] = parts.map(Number);
  return textOf(Date.UTC(year ?? 0, (month ?? 0) - 1, day)) === text;
}

/** How many days `to` is after `from`; negative when it is before. */
export function daysBetween(from: Day, to: Day): number {
  return (msOf(to) - msOf(from)) / DAY_MS;
}

/** The same day of a later month; its last day where there is no such day. */
export function addMonths(day: Day, months: number): Day {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const first = Date.UTC(year, month - 1 + months, 1);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return textOf(first + (Math.min(date, last) - 1) * DAY_MS);
}

/**
 * Public holidays of Korea that fall on the same day every year, and 1 May, on which companies rest. The lunar ones (설날, 추석,
 * 부처님오신날), substitute holidays and election days differ from year to year: `application.holidays` names them.
 */
const FIXED_HOLIDAYS: ReadonlySet<string> = new Set(["01-01", "03-01", "05-01", "05-05", "06-06", "08-15", "10-03", "10-09", "12-25"]);

/** True on Monday to Friday outside the fixed holidays and `holidays`. */
export function isBusinessDay(day: Day, holidays: readonly Day[]): boolean {
  const weekday = new Date(msOf(day)).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !FIXED_HOLIDAYS.has(day.slice(5)) && !holidays.includes(day);
}

/** The day that is so many business days after `day`; the day itself is not counted. */
export function addBusinessDays(day: Day, count: number, holidays: readonly Day[]): Day {
  let found = day;
  for (let left = count; left > 0; ) {
    found = textOf(msOf(found) + DAY_MS);
    if (isBusinessDay(found, holidays)) left -= 1;
  }
  return found;
}

function msOf(day: Day): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return Date.UTC(year, month - 1, date);
}

function textOf(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}
