import { isKakaoId, compareKakaoIds, type KakaoId } from "../kakao-id.ts";
import { ageOn, readPhone, UNUSABLE, type ForeignPhone } from "../keys.ts";
import type { MemberState } from "../member.ts";
import { isRefusal, readConsent, readPastMs, type Consent, type ConsentClock } from "./consent.ts";
import { readBirthday } from "./days.ts";
import type { IdentifierCollector, Identifiers } from "./identifiers.ts";
import { readPhoneId } from "./header.ts";
import { readNotice, type Notice } from "./notice.ts";
import { readRefusedLinks, readRefusedPhone, type RefusedIds } from "./refused-ids.ts";
import type { FieldValue, LeftOut, LeftOutRow, TargetAnswer, TargetIdType, TargetRow } from "./targets.ts";

/** What the rules ask of the configuration, the flags and the clock. */
export interface TargetRules {
  readonly idType: TargetIdType;
  /** `--night`: the consent to messages from 21:00 to 08:00 is needed, too. */
  readonly night: boolean;
  readonly excludeOverdue: boolean;
  /** What becomes of members without a readable birth date; `not-asked` where `members.birthdate` is not configured. */
  readonly ageUnknown: "leave-out" | "export" | "not-asked";
  readonly clock: ConsentClock;
  /** `YYYYMMDD` in Korea, for ages. */
  readonly today: string;
  readonly foreignPhone: ForeignPhone;
  /** The value of a configured field, by its place in `channel.fields`; or the code of why it cannot be written as it is. */
  readonly readField: ReadField;
}

export type ReadField = (field: number, raw: string | null) => FieldValue | { readonly bad: string };

/** A row as the rules look at it: texts as the database has them, null where empty, not configured or not to be had. */
export interface TargetInput {
  readonly place: number;
  readonly memberId: string;
  readonly state: MemberState;
  readonly agreed: string | null;
  readonly agreedAt: string | null;
  readonly reconfirmedAt: string | null;
  readonly night: string | null;
  readonly links: readonly string[];
  /** `UNOPENED` for a number that could not be decrypted. */
  readonly phone: string | null;
  readonly birthdate: string | null;
  /** True, too, where no segment is asked for. */
  readonly inSegment: boolean;
  readonly fields: readonly (string | null)[];
}

/** A number that could not be decrypted. */
export const UNOPENED = "\u001dunopened";

/** A value of a field that cannot be written as it is. */
export interface BadField {
  /** Its place in `channel.fields`. */
  readonly field: number;
  readonly why: string;
}

/** Values of consents that are neither yes nor no, dates of consents that are none or lie in the future, and rows that refuse while their identifier names nobody. */
export interface Doubts {
  agreed: number;
  night: number;
  reconfirmedAt: number;
  refusals: number;
}

/** What the first reading cannot read, to be refused where it is more than a few rows. */
export class Unread {
  /** Values that are there, and those of them that are neither yes nor no. */
  readonly agreed = { values: 0, unreadable: 0 };
  readonly night = { values: 0, unreadable: 0 };
  /** Rows that refuse, and whose number could not be decrypted. */
  refusals = 0;
}

/** A row whose answer only what other rows or Kakao say can change. */
export interface Candidate {
  readonly row: TargetRow;
  readonly ids: readonly bigint[];
  /** Left out all the same, unless it is a duplicate. */
  readonly later: "bad-value" | "outside-segment" | null;
  readonly badFields: readonly BadField[];
  /** Of whom Kakao is asked; null where there is no Kakao id. */
  readonly kakaoId: KakaoId | null;
  readonly notice: Notice | null;
}

export type Judged = { readonly leftOut: LeftOutRow; readonly notice: Notice | null } | Candidate;

/** What Kakao says of a candidate's Kakao id; `unknown` where it was not asked or did not say. */
export type AskedRelation = "added" | "blocked" | "none" | "unknown";

/** Reasons after which an identifier goes from a customer file whatever the brake (T5). A row that says no, or is withdrawn, is so whatever its reason. */
const alwaysRemoved: ReadonlySet<LeftOut> = new Set(["no-consent", "no-consent-date", "refused-elsewhere", "under-14", "blocked-channel"]);
const relationReasons: Readonly<Record<AskedRelation, LeftOut | null>> = { added: null, none: null, blocked: "blocked-channel", unknown: "unknown-relation" };
const adultEnough = 14;

/** First reading: what the row refuses, or may be exported under. Answers whether it may be. Rows of `members.also` say nothing: they hold no consent. */
export function collectIdentifiers(input: TargetInput, rules: TargetRules, to: IdentifierCollector, unread: Unread): boolean {
  const consent = readConsent(input.agreed, rules.clock);
  const isRefused = refuses(consent, input, rules);
  const mayGo = !isRefused && consent === "yes" && input.state === "live";
  if (isRefused) for (const id of readRefused(input, rules).ids) to.refuse(id);
  else if (mayGo) for (const id of readIdentity(input, rules).ids) to.hold(id);
  countConsent(unread.agreed, consent);
  if (rules.night) countConsent(unread.night, readConsent(input.night, rules.clock));
  if (isRefused && input.phone === UNOPENED) unread.refusals += 1;
  return mayGo;
}

/** The number and the Kakao id of a row that may be exported, where another such row has the same number; null for any other. */
export function readSharing(input: TargetInput, rules: TargetRules, identifiers: Identifiers): { readonly id: bigint; readonly kakaoId: KakaoId } | null {
  const consent = readConsent(input.agreed, rules.clock);
  if (input.state !== "live" || consent !== "yes" || refuses(consent, input, rules)) return null;
  const { exportId, kakaoId } = readIdentity(input, rules);
  return kakaoId === null || typeof exportId !== "bigint" || !identifiers.isShared(exportId) || identifiers.isRefused(exportId) ? null : { id: exportId, kakaoId };
}

function countConsent(counts: Unread["agreed"], consent: Consent): void {
  if (consent !== "none") counts.values += 1;
  if (consent === "unreadable") counts.unreadable += 1;
}

/** Second reading: the rules that look at one row and at who refuses, in the order of T2. Whoever refuses only now is made known to `identifiers`. */
export function judgeRow(input: TargetInput, rules: TargetRules, identifiers: Identifiers, doubts: Doubts): Judged {
  const consent = readConsent(input.agreed, rules.clock);
  const isRefused = refuses(consent, input, rules);
  const identity = readIdentity(input, rules);
  const refused = isRefused ? readRefused(input, rules) : null;
  for (const id of refused?.ids ?? []) if (!identifiers.refuse(id)) throw new RefusedSince();
  if (refused?.isUnread === true) doubts.refusals += 1;
  countDoubts(consent, input, rules, doubts);
  const agreedMs = readPastMs(input.agreedAt, rules.clock);
  const notice = agreedMs === null ? null : readNotice(agreedMs, readPastMs(input.reconfirmedAt, rules.clock), rules.clock.nowMs);
  const leaveOut = (reason: LeftOut, told: Notice | null = null): Judged => {
    const removal = isRefused || (input.place === 0 && consent !== "yes") || input.state === "withdrawn" || alwaysRemoved.has(reason) ? "always" : "filter";
    return { leftOut: { place: input.place, memberId: input.memberId, reason, ids: refused?.ids ?? identity.ids, removal }, notice: told };
  };

  if (input.state !== "live") return leaveOut("not-live");
  if (consent !== "yes") return leaveOut("no-consent");
  if (agreedMs === null) return leaveOut("no-consent-date");
  if (!isRefused && identity.ids.some((id) => identifiers.isRefused(id))) return leaveOut("refused-elsewhere");
  if (rules.night && readConsent(input.night, rules.clock) !== "yes") return leaveOut("no-night-consent");
  const rest = judgeRest(input, rules, identity, notice);
  // Owed a notice is who would be written to but for it.
  if (rules.excludeOverdue && notice?.state === "overdue") return leaveOut("overdue", typeof rest === "string" || rest.later !== null ? null : notice);
  return typeof rest === "string" ? leaveOut(rest) : rest;
}

/** What a row goes by: every identifier that it means, and the one that it is exported under or why there is none. */
interface Identity {
  readonly ids: readonly bigint[];
  readonly kakaoId: KakaoId | null;
  readonly exportId: bigint | "no-phone" | "bad-phone" | "foreign-phone" | "no-kakao-id";
}

function readRefused({ links, phone }: TargetInput, { idType, foreignPhone }: TargetRules): RefusedIds {
  return idType === "app" ? readRefusedLinks(links) : readRefusedPhone(phone, foreignPhone);
}

function readIdentity({ links, phone }: TargetInput, { idType, foreignPhone }: TargetRules): Identity {
  const [only = ""] = links;
  // Nearly every row: one link, and that is an id.
  if (idType === "app" && links.length === 1 && isKakaoId(only)) {
    const exportId = BigInt(only);
    return { ids: [exportId], kakaoId: only, exportId };
  }
  const kakaoId = findLowest(links);
  if (idType === "app") return { ids: readRefusedLinks(links).ids, kakaoId, exportId: kakaoId === null ? "no-kakao-id" : BigInt(kakaoId) };
  const exportId = readNumber(phone, foreignPhone);
  return { ids: typeof exportId === "bigint" ? [exportId] : [], kakaoId, exportId };
}

/** The rules that come after the consents. */
function judgeRest(input: TargetInput, rules: TargetRules, { ids, kakaoId, exportId }: Identity, notice: Notice | null): LeftOut | Candidate {
  const age = readAge(input.birthdate, rules);
  if (age !== null) return age;
  if (typeof exportId === "string") return exportId;
  const badFields: BadField[] = [];
  const fields = input.fields.map((raw, field) => {
    const read = rules.readField(field, raw);
    if (read === null || typeof read !== "object") return read;
    badFields.push({ field, why: read.bad });
    return null;
  });
  const later = badFields.length > 0 ? "bad-value" : input.inSegment ? null : "outside-segment";
  return { row: { place: input.place, memberId: input.memberId, id: exportId, fields }, ids, later, badFields, kakaoId, notice };
}

/** The last word on a candidate, in the order of reading: each identifier is exported once. `relation` is null where Kakao is not asked. */
export function settle({ row, ids, later }: Candidate, relation: AskedRelation | null, identifiers: Identifiers): TargetAnswer {
  const leaveOut = (reason: LeftOut): TargetAnswer => ({ leftOut: { place: row.place, memberId: row.memberId, reason, ids, removal: alwaysRemoved.has(reason) ? "always" : "filter" } });
  const barred = ids.some((id) => identifiers.isRefusedSince(id)) ? "refused-elsewhere" : (later ?? (identifiers.isBlocked(row.id) ? "blocked-channel" : relationReasons[relation ?? "added"]));
  if (barred !== null) return leaveOut(identifiers.isTaken(row.id) ? "duplicate" : barred);
  return identifiers.take(row.id) ? { exported: row } : leaveOut("duplicate");
}

/** A row said no after another row had been exported under the same identifier: only a fresh reading is right. */
export class RefusedSince extends Error {
  override readonly name = "RefusedSince";
}

function refuses(consent: Consent, { night }: TargetInput, rules: TargetRules): boolean {
  return isRefusal(consent) || (rules.night && isRefusal(readConsent(night, rules.clock)));
}

/** Only where it matters: of rows that would be asked. */
function countDoubts(consent: Consent, input: TargetInput, rules: TargetRules, doubts: Doubts): void {
  if (consent === "unreadable") doubts.agreed += 1;
  if (rules.night && readConsent(input.night, rules.clock) === "unreadable") doubts.night += 1;
  if (consent === "yes" && isBlank(input.reconfirmedAt) === false && readPastMs(input.reconfirmedAt, rules.clock) === null && readConsent(input.reconfirmedAt, rules.clock) !== "no") doubts.reconfirmedAt += 1;
}

function isBlank(raw: string | null): boolean {
  return raw === null || raw.trim() === "";
}

/** The lowest link that is a Kakao id to the letter. */
function findLowest(links: readonly string[]): KakaoId | null {
  return links.filter(isKakaoId).reduce<KakaoId | null>((lowest, id) => (lowest === null || compareKakaoIds(id, lowest) < 0 ? id : lowest), null);
}

/** The number with its country code and without `+`, or why there is none. */
function readNumber(raw: string | null, foreignPhone: ForeignPhone): bigint | "no-phone" | "bad-phone" | "foreign-phone" {
  const phone = readPhone(raw, foreignPhone);
  if (typeof phone !== "string") return phone === UNUSABLE.empty ? "no-phone" : "bad-phone";
  return readPhoneId(phone) ?? "foreign-phone";
}

/** Under 14 on today's date in Korea (kakao-api.md 10); null where nothing stands in the way. */
function readAge(raw: string | null, { ageUnknown, today }: TargetRules): "under-14" | "age-unknown" | null {
  if (ageUnknown === "not-asked") return null;
  const birthdate = readBirthday(raw);
  if (birthdate === null) return ageUnknown === "export" ? null : "age-unknown";
  return ageOn(birthdate, today) < adultEnough ? "under-14" : null;
}
