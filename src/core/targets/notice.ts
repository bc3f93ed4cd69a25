/** The notice that reminds of a consent (product.md T3): every two years from the consent or its last reconfirmation, before the same day (kakao-api.md 10.2). Days are `YYYYMMDD` in Korea. */
export interface Notice {
  readonly state: "due" | "overdue";
  readonly agreedOn: string;
  /** Null where nothing was reconfirmed since the consent. */
  readonly reconfirmedOn: string | null;
  /** The newest day that has passed, of an overdue one; else the coming one. */
  readonly dueOn: string;
}

/** A notice is due when so many days are left, or fewer. */
const DUE_DAYS = 30;

const dayMs = 86_400_000;
const seoulMs = 9 * 3_600_000;
const everyYears = 2;
/** Sooner after a consent than this no notice is due, whatever the calendar. */
const quietMs = (everyYears * 365 - DUE_DAYS - 1) * dayMs;

/** Null where the next notice is more than 30 days away. Times in Unix milliseconds; the two years run from the reconfirmation where it came after the consent. */
export function readNotice(agreedMs: number, reconfirmedMs: number | null, nowMs: number): Notice | null {
  const sinceMs = Math.max(agreedMs, reconfirmedMs ?? agreedMs);
  if (nowMs - sinceMs < quietMs) return null;
  const today = readKoreanDay(nowMs);
  const { passed, coming } = findDays(readKoreanDay(sinceMs), today);
  if (passed === null && (readDayMs(coming) - readDayMs(today)) / dayMs > DUE_DAYS) return null;
  const reconfirmedOn = sinceMs > agreedMs ? readKoreanDay(sinceMs) : null;
  return { state: passed === null ? "due" : "overdue", agreedOn: readKoreanDay(agreedMs), reconfirmedOn, dueOn: passed ?? coming };
}

/** The newest of these days that has passed, or is today: the law says before the same day. And the one that comes next. */
function findDays(since: string, today: string): { readonly passed: string | null; readonly coming: string } {
  const years = Math.floor((Number(today.slice(0, 4)) - Number(since.slice(0, 4))) / everyYears) * everyYears;
  const newest = sameDay(since, years);
  const [before, coming] = newest <= today ? [years, sameDay(since, years + everyYears)] : [years - everyYears, newest];
  return { passed: before < everyYears ? null : sameDay(since, before), coming: before < 0 ? sameDay(since, everyYears) : coming };
}

/** The day in Korea, `YYYYMMDD`. */
export function readKoreanDay(ms: number): string {
  return new Date(ms + seoulMs).toISOString().slice(0, 10).replaceAll("-", "");
}

/** The same day so many years later; of 29 February the last day of that month, which is the earlier one. */
function sameDay(day: string, years: number): string {
  const year = Number(day.slice(0, 4)) + years;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return `${String(year)}${day.endsWith("0229") && !isLeap ? "0228" : day.slice(4)}`;
}

function readDayMs(day: string): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6)));
}
