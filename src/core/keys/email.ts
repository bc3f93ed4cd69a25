import { UNUSABLE } from "./unusable.ts";
import type { KeyReading } from "./unusable.ts";

/** Domains of relay services, each with its subdomains: the address says nothing about who is behind it. */
const relayDomains = [
  "privaterelay.appleid.com",
  "mozmail.com",
  "relay.firefox.com",
  "duck.com",
  "simplelogin.com",
  "simplelogin.co",
  "simplelogin.fr",
  "slmail.me",
  "anonaddy.com",
  "anonaddy.me",
  "addy.io",
  "passmail.net",
  "passinbox.com",
  "users.noreply.github.com",
  "proxymail.facebook.com",
] as const;

/**
 * A member's e-mail address as it is compared. The patterns are tried on the comparable form and must not be global or sticky.
 */
export function readMemberEmail(raw: string | null, synthetic: readonly RegExp[]): KeyReading {
  const reading = readAddress(raw);
  if (typeof reading !== "string") return reading;
  if (isRelay(reading.slice(reading.indexOf("@") + 1))) return UNUSABLE.relay;
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

function isRelay(domain: string): boolean {
  return relayDomains.some((relay) => domain.endsWith(relay) && (domain.length === relay.length || domain.at(-relay.length - 1) === "."));
}

const atext = "[a-z0-9!#$%&'*+/=?^_`{|}~-]";
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
/** Lower-case ASCII with a dotted domain whose last label is no number; quoted local parts are not taken. */
const wellFormed = new RegExp(`^${atext}+(?:\\.${atext}+)*@(?:${label}\\.)+(?!\\d+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$`);
/** The same local part when letters of other scripts are allowed (RFC 6531). */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
const domainCharacters = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
/** RFC 5321 section 4.5.3.1. */
const longestLocalPart = 64;
const longestAddress = 254;

/**
 * Trimmed, NFKC, lower-cased, the domain in ASCII; dots and plus signs of the local part stay. Null when it is no address
 * with a dotted domain.
 */
export function normalizeEmail(raw: string): string | null {
  if (isWellFormed(raw)) return raw;
  // Lower-casing may leave a form that NFKC changes once more.
  const text = raw.trim().normalize("NFKC").toLowerCase().normalize("NFKC");
  const at = text.lastIndexOf("@");
  if (at < 1 || !localPart.test(text.slice(0, at))) return null;
  const domain = toAsciiDomain(text.slice(at + 1));
  if (domain === null || !isWellFormed(`a@${domain}`)) return null;
  const address = `${text.slice(0, at)}@${domain}`;
  return isShortEnough(address) ? address : null;
}

function isWellFormed(address: string): boolean {
  return wellFormed.test(address) && isShortEnough(address);
}

function isShortEnough(address: string): boolean {
  return address.length <= longestAddress && address.indexOf("@") <= longestLocalPart;
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
