import { isPlaceholder, parseTimeMs, readBirthdate, readCi, readMemberEmail, readName, readPhone, readTime, UNUSABLE, type KeyReading } from "../keys.ts";
import type { KeyName, MemberRow } from "../member.ts";
import { usesKey } from "./kakao-side.ts";
import { digestComparable, digestName, readStoredDigest } from "./key-digests.ts";
import { RECENT_MS, type MatchingOptions } from "./options.ts";

/** A member row with its values as they are compared: in comparable form, or the digest of it where the database keeps digests. */
export interface ReadMember {
  readonly ci: KeyReading;
  readonly phone: KeyReading;
  readonly email: KeyReading;
  readonly name: string | null;
  readonly birthdate: string | null;
  readonly phoneVerified: boolean;
  readonly emailVerified: boolean;
  readonly phoneRecent: boolean;
  readonly emailRecent: boolean;
}

/** Brings a member row, its encrypted values opened, to comparable form (product.md section 5). */
export function readMember(row: MemberRow, options: MatchingOptions): ReadMember {
  const recentFrom = options.corroborators.includes("recentlyVerified") ? options.nowMs - RECENT_MS : Number.POSITIVE_INFINITY;
  return {
    ci: readKey(row, "ci", options),
    phone: readKey(row, "phone", options),
    email: readKey(row, "email", options),
    name: readMemberName(row, options),
    birthdate: readBirthdate(row.birthdate),
    phoneVerified: options.phoneVerifiedAlways || readTime(row.phoneVerifiedAt),
    emailVerified: options.emailVerifiedAlways || readTime(row.emailVerifiedAt),
    phoneRecent: isRecent(row.phoneVerifiedAt, recentFrom, options),
    emailRecent: isRecent(row.emailVerifiedAt, recentFrom, options),
  };
}

function readKey(row: MemberRow, key: KeyName, options: MatchingOptions): KeyReading {
  if (!usesKey(key, options)) return UNUSABLE.empty;
  if (row.undecryptable?.[key] !== undefined) return UNUSABLE.undecryptable;
  const stored = readStoredDigest(key, row[key], row.place, options.digests);
  if (stored !== undefined) return stored;
  const value =
    key === "ci" ? readCi(row.ci) : key === "phone" ? readPhone(row.phone, options.foreignPhone) : readMemberEmail(row.email, options.syntheticEmails);
  if (typeof value !== "string") return value;
  return isPlaceholder(key, value, options.placeholders) ? UNUSABLE.placeholder : digestComparable(key, value, options.digests);
}

function readMemberName(row: MemberRow, { digests }: MatchingOptions): string | null {
  const stored = readStoredDigest("name", row.name, row.place, digests);
  if (stored !== undefined) return typeof stored === "string" ? stored : null;
  return digestName(readName(row.name), digests);
}

function isRecent(time: string | null, from: number, options: MatchingOptions): boolean {
  if (from === Number.POSITIVE_INFINITY || !readTime(time)) return false;
  const ms = parseTimeMs(time, options.zoneMinutes);
  return ms !== null && ms >= from && ms <= options.nowMs;
}

/**
 * The text whose keyed digest stands for everything that a decision about a member looks at, as the database has it (encrypted or digested, so that apply needs no
 * key): apply compares it inside the transaction, and a member of whom any of it has changed, even in form, has moved.
 */
export function renderUsedValues(row: MemberRow): string {
  const { state, blocked, protected: isProtected, ci, phone, email, name, birthdate, phoneVerifiedAt, emailVerifiedAt } = row.raw ?? row;
  return `${state}\u001f${blocked}\u001f${isProtected}\u001f${ci}\u001f${phone}\u001f${email}\u001f${name}\u001f${birthdate}\u001f${phoneVerifiedAt}\u001f${emailVerifiedAt}`;
}
