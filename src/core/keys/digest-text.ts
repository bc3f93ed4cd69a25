import { UNUSABLE } from "./unusable.ts";

/** How a database keeps a digest: the hash, and how its bytes are written. */
export type StoredDigest = `${"sha256" | "sha512" | "hmac-sha256"}-${"hex" | "base64"}`;

const hex = /^[0-9a-f]+$/;
const base64 = /^[A-Za-z0-9+/]+$/;

/**
 * A stored digest as it is compared: hexadecimal in lower case, base64 in the standard alphabet with its padding. Hexadecimal may have `\x` or `0x` in
 * front, as databases write bytes; base64 may be the one for URLs. What has another length or other characters is malformed.
 */
export function readDigestText(raw: string | null, stored: StoredDigest): string | typeof UNUSABLE.empty | typeof UNUSABLE.malformed {
  const text = raw === null ? "" : raw.trim();
  if (text === "") return UNUSABLE.empty;
  return (stored.endsWith("-hex") ? readHex(text, countBytes(stored)) : readBase64(text, countBytes(stored))) ?? UNUSABLE.malformed;
}

function countBytes(stored: StoredDigest): number {
  return stored.startsWith("sha512") ? 64 : 32;
}

function readHex(text: string, bytes: number): string | null {
  const digits = (text.startsWith("\\x") || text.startsWith("0x") ? text.slice(2) : text).toLowerCase();
  return digits.length === 2 * bytes && hex.test(digits) ? digits : null;
}

function readBase64(text: string, bytes: number): string | null {
  const plain = text.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  const length = Math.ceil((bytes * 8) / 6);
  if (plain.length !== length || !base64.test(plain)) return null;
  return plain + "=".repeat((4 - (length % 4)) % 4);
}
