import { areDigits } from "./digits.ts";
import { UNUSABLE } from "./unusable.ts";
import type { KeyReading } from "./unusable.ts";

/** The E.164 form of a valid foreign number written `+` and digits, null otherwise. Slow, so never asked about `+82`. */
export type ForeignPhone = (text: string) => string | null;

const zero = 48;
const hyphen = 45;

/**
 * A mobile number as it is compared (product.md section 5): domestic `01012345678`, foreign E.164 (only written with `+` or `00`).
 * Landlines, letters, extensions and two numbers in one field are malformed: a wrong reading could attach a stranger's account.
 */
export function readPhone(raw: string | null, foreign: ForeignPhone): KeyReading {
  if (raw === null) return UNUSABLE.empty;
  const comparable = readCommonForm(raw) ?? readAnyForm(raw, foreign);
  if (typeof comparable !== "string") return comparable;
  return isPhonePlaceholder(comparable) ? UNUSABLE.placeholder : comparable;
}

/** Whether a comparable number is nobody's: all subscriber digits alike after any prefix, or the number of every sample form. */
export function isPhonePlaceholder(comparable: string): boolean {
  if (comparable === "01012345678") return true;
  const from = comparable.charCodeAt(0) === zero ? 3 : Math.max(1, comparable.length - 7);
  return isOneDigitFrom(comparable, from);
}

function isOneDigitFrom(text: string, from: number): boolean {
  const first = text.charCodeAt(from);
  for (let at = from + 1; at < text.length; at += 1) {
    if (text.charCodeAt(at) !== first) return false;
  }
  return true;
}

/** The three clean forms that nearly every row has, without a copy per character; undefined for all others. */
function readCommonForm(raw: string): string | undefined {
  const length = raw.length;
  if (length === 11) return raw.startsWith("010") && areDigits(raw, 3, 11) ? raw : undefined;
  if (length === 13) return raw.startsWith("010-") && hasTail(raw, 4) ? `010${raw.slice(4, 8)}${raw.slice(9)}` : undefined;
  if (length === 16) return raw.startsWith("+82 10-") && hasTail(raw, 7) ? `010${raw.slice(7, 11)}${raw.slice(12)}` : undefined;
  return undefined;
}

/** `1234-5678` from that place to the end. */
function hasTail(raw: string, from: number): boolean {
  return raw.charCodeAt(from + 4) === hyphen && areDigits(raw, from, from + 4) && areDigits(raw, from + 5, from + 9);
}

/** A full-width character of the ASCII range is its plain one; no other character is converted, so that `²` is no digit. */
const fullWidth = /[\uFF01-\uFF5E]/g;
/** Digits with an optional leading plus; between them blanks, invisible marks, dots, brackets and hyphens of every kind. */
const separators = /[\s\u200B-\u200F\u202A-\u202E\u2060-\u2069.()\-\u00AD\u2010-\u2015\u2212]+/g;
const plain = /^\+?\d+$/;
/** A last digit on its own is an extension, or the `.0` of a spreadsheet. */
const loneLastDigit = /\d\d\D+\d\D*$/;
/** Without its leading zero: `10` and 8 digits, or `11`, `16` to `19` and 7 or 8. */
const domestic = /^(?:10\d{8}|1[16-9]\d{7,8})$/;

function readAnyForm(raw: string, foreign: ForeignPhone): KeyReading {
  const text = raw.replace(fullWidth, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0));
  const digits = text.replace(separators, "");
  if (digits === "") return text.trim() === "" ? UNUSABLE.empty : UNUSABLE.malformed;
  if (!plain.test(digits) || loneLastDigit.test(text)) return UNUSABLE.malformed;
  if (isOneDigitFrom(digits, 0)) return UNUSABLE.placeholder;
  if (digits.startsWith("+")) return readInternational(digits.slice(1), foreign);
  if (digits.startsWith("00")) return readInternational(digits.slice(2), foreign);
  if (digits.startsWith("82")) return readNational(digits.slice(2));
  // A spreadsheet eats the leading zero; only after 010 is what remains unmistakable.
  if (digits.startsWith("0") || digits.startsWith("10")) return readNational(digits);
  return UNUSABLE.malformed;
}

function readInternational(digits: string, foreign: ForeignPhone): KeyReading {
  if (digits.startsWith("82")) return readNational(digits.slice(2));
  if (digits.startsWith("0") || digits.length > 17) return UNUSABLE.malformed;
  return foreign(`+${digits}`) ?? UNUSABLE.malformed;
}

/** One leading zero may be there or not, as in `+82 010-…`. */
function readNational(digits: string): KeyReading {
  const subscriber = digits.startsWith("0") ? digits.slice(1) : digits;
  return domestic.test(subscriber) ? `0${subscriber}` : UNUSABLE.malformed;
}
