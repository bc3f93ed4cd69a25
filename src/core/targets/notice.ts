/** The notice that reminds of a consent (product.md T3): every two years from the consent or its last reconfirmation, before the same day (kakao-api.md 10.2). Days are `YYYYMMDD` in Korea. */
export interface Notice {
  readonly state: "due" | "overdue";
  /** The newest day that has passed, of an overdue one; else the coming one. */
  readonly dueOn: string;
}

/** A notice is due when fewer days are left than this, or as many. */
export const DUE_DAYS = 30;

const dayMs = 86_400_000;
const seoulMs = 9 * 3_600_000;
const everyYears = 2;

/** Null where the next notice is more than 30 days away. `sinceMs` is the consent, or the reconfirmation that came after it. */
export function readNotice(sinceMs: number, nowMs: number): Notice | null {
  const [since, today] = [readKoreanDay(sinceMs), readKoreanDay(nowMs)];
  const year = Number(since.slice(0, 4));
  const passed = Math.floor((Number(today.slice(0, 4)) - year) / everyYears) * everyYears;
  const newest = passed >= everyYears ? sameDay(since, passed) : null;
  // The same day itself is too late: the law says before it.
  if (newest !== null && newest <= today) return { state: "overdue", dueOn: newest };
  if (passed > everyYears) return { state: "overdue", dueOn: sameDay(since, passed - everyYears) };
  const coming = newest ?? sameDay(since, everyYears);
  return (readDayMs(coming) - readDayMs(today)) / dayMs <= DUE_DAYS ? { state: "due", dueOn: coming } : null;
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
