import { UNUSABLE } from "./unusable.ts";
import type { KeyReading } from "./unusable.ts";

/** 64 bytes in base64: 86 characters and two of padding (kakao-api.md section 9). */
const length = 88;
const wellFormed = /^[A-Za-z0-9+/]{86}==$/;

/**
 * A CI (연계정보) as it is compared: opaque and unchanged but for outer white space; never lower-cased.
 * One character repeated identifies nobody and is a placeholder.
 */
export function readCi(raw: string | null): KeyReading {
  if (raw === null) return UNUSABLE.empty;
  const text = raw.length === length ? raw : raw.trim();
  if (text.length === length && wellFormed.test(text)) return isOneCharacterRepeated(text) ? UNUSABLE.placeholder : text;
  return text.trim() === "" ? UNUSABLE.empty : UNUSABLE.malformed;
}

function isOneCharacterRepeated(text: string): boolean {
  const first = text.charCodeAt(0);
  for (let at = 1; at < length - 2; at += 1) {
    if (text.charCodeAt(at) !== first) return false;
  }
  return true;
}
