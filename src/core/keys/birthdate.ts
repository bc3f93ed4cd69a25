import { areDigits } from "./digits.ts";

/** `YYYYMMDD`, or year, month and day with one kind of separator; what follows is a time, or nothing. */
const compact = /^(\d{4})(\d\d)(\d\d)(?=$|[T\s]+\d|\d{6}$)/;
const separated = /^(\d{4})([-./])\s*(\d{1,2})\2\s*(\d{1,2})\.?(?=$|[T\s]+\d)/;

/** The day that a text starts with, `YYYYMMDD`, and the text behind it. */
interface LeadingDate {
  readonly date: string;
  readonly rest: string;
}

/** A real date at the start of the text; null when there is none. */
export function readLeadingDate(text: string): LeadingDate | null {
  const found = findPlainDate(text) ?? findAnyDate(text);
  return found !== null && isRealDate(Number(found.date)) ? found : null;
}

/** The two forms that nearly every row has, without a pattern: `YYYYMMDD`, and `YYYY-MM-DD` with or without a time. */
function findPlainDate(text: string): LeadingDate | null {
  if (text.length === 8) return areDigits(text, 0, 8) ? { date: text, rest: "" } : null;
  if (text.charAt(4) !== "-" || text.charAt(7) !== "-") return null;
  if (text.length > 10 && !isTimeStart(text)) return null;
  const date = text.slice(0, 4) + text.slice(5, 7) + text.slice(8, 10);
  return date.length === 8 && areDigits(date, 0, 8) ? { date, rest: text.slice(10) } : null;
}

function isTimeStart(text: string): boolean {
  const mark = text.charAt(10);
  return (mark === " " || mark === "T") && areDigits(text, 11, 12);
}

function findAnyDate(text: string): LeadingDate | null {
  const solid = compact.exec(text);
  const parts = solid ?? separated.exec(text);
  if (parts === null) return null;
  const [year = "", month = "", day = ""] = solid === null ? [parts[1], parts[3], parts[4]] : parts.slice(1);
  return { date: year + month.padStart(2, "0") + day.padStart(2, "0"), rest: text.slice(parts[0].length) };
}

function isRealDate(date: number): boolean {
  const [year, month, day] = [Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100];
  if (month < 1 || month > 12 || day < 1) return false;
  if (day <= 28) return true;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return leap && day === 29;
  return day <= 30 || (day === 31 && ![4, 6, 9, 11].includes(month));
}

/** What systems write when they know no birth date. */
const unknownDates: ReadonlySet<string> = new Set(["19000101", "19700101"]);

/**
 * A birth date as `YYYYMMDD`; a time behind it is ignored. Null when unknown: no date, the first day of 1900 or 1970, or a year that no
 * living person was born in.
 */
export function readBirthdate(raw: string | null): string | null {
  if (raw === null) return null;
  // Digits alone, as in nearly every row, are in their normal form.
  const date = readLeadingDate(areDigits(raw, 0, raw.length) ? raw : raw.trim().normalize("NFKC"))?.date;
  return date === undefined || date < "1900" || date >= "2100" || unknownDates.has(date) ? null : date;
}

const fourDigits = /^\d{4}$/;

/** Kakao's `birthyear`, `birthday` (`MMDD`) and `birthday_type`: a date only when the day is solar and the year is there (kakao-api.md 3.3). */
export function kakaoBirthdate(birthyear: string | null, birthday: string | null, type: string | null): string | null {
  if (type !== "SOLAR" || birthyear === null || birthday === null) return null;
  if (!fourDigits.test(birthyear) || !fourDigits.test(birthday)) return null;
  return readBirthdate(birthyear + birthday);
}

/** Full years of age on that day; both dates `YYYYMMDD`. Who was born on 29 February is a year older on 1 March. */
export function ageOn(birthdate: string, today: string): number {
  return Math.floor((Number(today) - Number(birthdate)) / 10_000);
}
