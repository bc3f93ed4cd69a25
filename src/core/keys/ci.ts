import { tabulate } from "./digits.ts";
import { UNUSABLE } from "./unusable.ts";
import type { KeyReading } from "./unusable.ts";

/** 64 bytes in base64: 86 characters and two of padding (kakao-api.md section 9). */
const length = 88;
const base64 = tabulate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

/**
 * A CI (연계정보) as it is compared: opaque and unchanged but for outer white space; never lower-cased.
 * One character repeated identifies nobody and is a placeholder.
 */
export function readCi(raw: string | null): KeyReading {
  if (raw === null) return UNUSABLE.empty;
  const text = raw.length === length ? raw : raw.trim();
  if (text.length === length && isWellFormed(text)) return isOneCharacterRepeated(text) ? UNUSABLE.placeholder : text;
  return text.trim() === "" ? UNUSABLE.empty : UNUSABLE.malformed;
}

function isWellFormed(text: string): boolean {
  for (let at = 0; at < length - 2; at += 1) {
    if (base64[text.charCodeAt(at)] !== 1) return false;
  }
  return text.endsWith("==");
}

function isOneCharacterRepeated(text: string): boolean {
  const first = text.charCodeAt(0);
  for (let at = 1; at < length - 2; at += 1) {
    if (text.charCodeAt(at) !== first) return false;
  }
  return true;
}
