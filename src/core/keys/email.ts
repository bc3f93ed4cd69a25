import { areDigits, tabulate } from "./digits.ts";
import { UNUSABLE } from "./unusable.ts";
import type { KeyReading } from "./unusable.ts";

/** Domains of relay services, each with its subdomains: the address says nothing about who is behind it. */
const relayDomain =
  /[@.](?:privaterelay\.appleid\.com|mozmail\.com|relay\.firefox\.com|duck\.com|simplelogin\.com|simplelogin\.co|simplelogin\.fr|slmail\.me|anonaddy\.com|anonaddy\.me|addy\.io|passmail\.net|passinbox\.com|users\.noreply\.github\.com|proxymail\.facebook\.com)$/;

/**
 * A member's e-mail address as it is compared. The patterns are tried on the comparable form and must not be global or sticky.
 */
export function readMemberEmail(raw: string | null, synthetic: readonly RegExp[]): KeyReading {
  const reading = readAddress(raw);
  if (typeof reading !== "string") return reading;
  if (relayDomain.test(reading)) return UNUSABLE.relay;
  return synthetic.some((pattern) => pattern.test(reading)) ? UNUSABLE.synthetic : reading;
}

/** A Kakao user's address: only what Kakao calls valid and verified, both said and both true (kakao-api.md 3.3). */
export function readKakaoEmail(raw: string | null, valid: boolean | null, verified: boolean | null): KeyReading {
  if (raw === null || raw.trim() === "") return UNUSABLE.empty;
  return valid === true && verified === true ? readAddress(raw) : UNUSABLE.unverified;
}

/** Addresses of nobody: `none@…`. */
export function isEmailPlaceholder(comparable: string): boolean {
  return comparable.startsWith("none@");
}

function readAddress(raw: string | null): KeyReading {
  if (raw === null) return UNUSABLE.empty;
  const address = normalizeEmail(raw);
  if (address === null) return raw.trim() === "" ? UNUSABLE.empty : UNUSABLE.malformed;
  return isEmailPlaceholder(address) ? UNUSABLE.placeholder : address;
}

/** What may stand between the dots of a local part (RFC 5322 atext) and of a domain, in lower case. */
const atext = tabulate("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-");
const letterDigitHyphen = tabulate("abcdefghijklmnopqrstuvwxyz0123456789-");
const dot = 46;
const hyphen = 45;
/** The local part when letters of other scripts are allowed (RFC 6531); quoted ones are not taken. */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const domainCharacters = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
/** RFC 5321 section 4.5.3.1 and RFC 1035 section 2.3.4. */
const longestLocalPart = 64;
const longestLabel = 63;
const longestAddress = 254;

/**
 * Trimmed, NFKC, lower-cased, the domain in ASCII; dots and plus signs of the local part stay. Null when it is no address
 * with a dotted domain.
 */
export function normalizeEmail(raw: string): string | null {
  if (isPlainAddress(raw)) return raw;
  const text = raw.trim().toLowerCase();
  return isPlainAddress(text) ? text : normalizeUnusualEmail(raw);
}

function normalizeUnusualEmail(raw: string): string | null {
  // Lower-casing may leave a form that NFKC changes once more.
  const text = raw.trim().normalize("NFKC").toLowerCase().normalize("NFKC").trim();
  const at = text.lastIndexOf("@");
  if (at < 1 || !localPart.test(text.slice(0, at))) return null;
  const domain = toAsciiDomain(text.slice(at + 1));
  if (domain === null || !isPlainAddress(`a@${domain}`)) return null;
  const address = `${text.slice(0, at)}@${domain}`;
  return isShortEnough(address, at) ? address : null;
}

/** A well-formed address in lower-case ASCII, as nearly every one is. */
function isPlainAddress(address: string): boolean {
  const at = address.indexOf("@");
  return isShortEnough(address, at) && isLocalPart(address, at) && isDomain(address, at + 1);
}

function isShortEnough(address: string, at: number): boolean {
  return address.length <= longestAddress && at <= longestLocalPart;
}

function isLocalPart(address: string, end: number): boolean {
  let before = dot;
  for (let at = 0; at < end; at += 1) {
    const code = address.charCodeAt(at);
    if (code === dot ? before === dot : atext[code] !== 1) return false;
    before = code;
  }
  return before !== dot;
}

/** Two labels or more; the last one has two characters at least and is no number. */
function isDomain(address: string, from: number): boolean {
  let label = from;
  for (let at = from; at < address.length; at += 1) {
    const code = address.charCodeAt(at);
    if (code === dot) {
      if (!isLabel(address, label, at)) return false;
      label = at + 1;
    } else if (letterDigitHyphen[code] !== 1) return false;
  }
  const end = address.length;
  return label > from && end - label >= 2 && isLabel(address, label, end) && !areDigits(address, label, end);
}

function isLabel(address: string, from: number, end: number): boolean {
  const length = end - from;
  return length > 0 && length <= longestLabel && address.charCodeAt(from) !== hyphen && address.charCodeAt(end - 1) !== hyphen;
}

const ascii = /^[a-z0-9.-]*$/;

/** IDNA to ASCII by the parser of the language's own URL, after everything that means something in a URL is ruled out. */
function toAsciiDomain(domain: string): string | null {
  if (ascii.test(domain)) return domain;
  if (!domainCharacters.test(domain)) return null;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return null;
  }
}
