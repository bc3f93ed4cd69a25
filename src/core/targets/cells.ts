import { readDay, type DayFormat } from "./days.ts";
import type { FieldValue } from "./targets.ts";

/** Why a field's value cannot go into a customer file; nothing is ever altered to make it fit. */
const BAD_CELLS = ["formula", "control-character", "too-long", "no-number", "number-too-long", "no-date"] as const;
export type BadCellWhy = (typeof BAD_CELLS)[number];
export interface BadCell {
  readonly bad: BadCellWhy;
}

const bad = Object.fromEntries(BAD_CELLS.map((why) => [why, { bad: why }])) as Readonly<Record<BadCellWhy, BadCell>>;

/** Reads a stored text as a field's value; null is an empty cell. */
export type CellReader = (raw: string | null) => FieldValue | BadCell;

export interface CellRule {
  readonly type: "string" | "number";
  /** Where given, the field is a day. */
  readonly day?: DayFormat;
}

/** The reader of one configured field. */
export function createCellReader({ type, day }: CellRule): CellReader {
  const read = type === "number" ? readNumber : readText;
  if (day === undefined) return read;
  return (raw) => {
    if (raw === null || raw.trim() === "") return null;
    const shown = readDay(raw.trim(), day);
    return shown === undefined ? bad["no-date"] : read(shown);
  };
}

/** Longest text of a cell, in UTF-16 units: Kakao names no limit, and what is longer is no attribute of a person. */
const longest = 255;
const control = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]|[\uD800-\uDFFF]/;
const strictControl = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
/** What a spreadsheet would run, its full-width forms too; blanks and invisible marks ahead of it hide nothing. */
const formula = /^[\s\p{Cf}]*[=+\-@＝＋－＠]/u;

function readText(raw: string | null): FieldValue | BadCell {
  if (raw === null || raw.trim() === "") return null;
  // Emoji are pairs of surrogates, and rare: only texts with one are looked at by the slower pattern.
  if (control.test(raw) && strictControl.test(raw)) return bad["control-character"];
  if (formula.test(raw)) return bad.formula;
  return raw.length > longest ? bad["too-long"] : raw;
}

const decimal = /^-?\d+(?:\.\d+)?$/;

/** A finite decimal without separators or exponent, that a JavaScript number (and so Kakao's JSON, and a spreadsheet) holds exactly. */
function readNumber(raw: string | null): FieldValue | BadCell {
  if (raw === null) return null;
  const text = raw.trim();
  if (text === "") return null;
  if (!decimal.test(text)) return bad["no-number"];
  const value = Number(text);
  if (String(value) === text) return value;
  return String(value) === shorten(text) ? value + 0 : bad["number-too-long"];
}

/** `-007.50` as `-7.5`: what is left says the same. */
function shorten(text: string): string {
  const sign = text.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = text.slice(sign.length).split(".");
  const rest = fraction.replace(/0+$/, "");
  const digits = whole.replace(/^0+(?=\d)/, "") + (rest === "" ? "" : `.${rest}`);
  return digits === "0" ? "0" : sign + digits;
}
