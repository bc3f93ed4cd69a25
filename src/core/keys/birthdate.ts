/** `YYYYMMDD`, or year, month and day with one kind of separator; what follows is a time, or nothing. */
const compact = /^(\d{4})(\d\d)(\d\d)(?=$|[T\s]+\d|\d{6}$)/;
const separated = /^(\d{4})([-./])\s*(\d{1,2})\2\s*(\d{1,2})\.?(?=$|[T\s]+\d)/;

/** A real date at the start of the text as `YYYYMMDD`, and the text behind it; null when there is none. */
export function readLeadingDate(text: string): { readonly date: string; readonly rest: string } | null {
  const found = compact.exec(text);
  const parts = found ?? separated.exec(text);
  if (parts === null) return null;
  const year = parts[1] ?? "";
  const month = (found === null ? parts[3] : parts[2]) ?? "";
  const day = (found === null ? parts[4] : parts[3]) ?? "";
  if (!isDate(Number(year), Number(month), Number(day))) return null;
  return { date: year + month.padStart(2, "0") + day.padStart(2, "0"), rest: text.slice(parts[0].length) };
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}

/** What systems write when they know no birth date. */
const unknownDates: ReadonlySet<string> = new Set(["19000101", "19700101"]);

/**
 * A birth date as `YYYYMMDD`; a time behind it is ignored. Null when unknown: no date, the first day of 1900 or 1970, or a year that no
 * living person was born in.
 */
export function readBirthdate(raw: string | null): string | null {
  if (raw === null) return null;
  const date = readLeadingDate(raw.trim().normalize("NFKC"))?.date;
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
