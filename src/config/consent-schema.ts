import { z } from "zod";
import { isDay } from "../core/consent/days.ts";
import { ITEMS } from "../core/consent/items.ts";
import { CONSENTS, DOCUMENT_KINDS, OFFERS, REVIEW_STATES, TERM_KINDS } from "../core/consent/model.ts";
import { say } from "../say.ts";
import { writeOneOf } from "./problems.ts";

/**
 * The consent file as people write it (product.md section 8). The `error` of each leaf says what to write instead. Hardly anything is
 * required: what a rule needs and the file does not say is a finding (C-FILE-01). No transforms: the JSON schema is made from this. A constant `error` is translated
 * where a problem is shown, one with values by a function when it occurs.
 */

const text = (instead: string) => z.string({ error: instead }).min(1, { error: instead });
const oneOf = <const T extends readonly [string, ...string[]]>(words: T) => z.enum(words, { error: () => writeOneOf(words) });
const truth = z.boolean({ error: "write true or false" });
const dayInstead = "write a day that there is, like 2026-11-02";
const day = z.string({ error: dayInstead }).regex(/^\d{4}-\d{2}-\d{2}$/, { error: dayInstead }).refine(isDay, { error: dayInstead });
const countInstead = "write a whole number, 0 or more";
const count = z.int({ error: countInstead }).min(0, { error: countInstead });
const numberInstead = "write the number in quotes";
const numberText = z.union([z.string().min(1, { error: numberInstead }), z.int({ error: numberInstead }).positive({ error: numberInstead })], { error: numberInstead });
const list = <T extends z.ZodType>(member: T, instead: string | (() => string)) => z.array(member, { error: instead });

const consent = oneOf(CONSENTS);
/** A map by scope id: the known ones for editors, others too, because Kakao may bring new ones. */
const byItem = <T extends z.ZodType>(value: T) =>
  z.object(Object.fromEntries(Object.entries(ITEMS).map(([id, facts]) => [id, value.optional().describe(`${facts.ko} (${facts.en})`)]))).catchall(value);
const consents = byItem(consent);
const ids = list(text("write a scope id"), "write a list of scope ids, like [phone_number, name]");

const url = text("write an address like https://shop.example/terms");
const term = z.strictObject({
  tag: text("write the tag, like tos_20260901").optional().describe("what is handed to the service; keyword_date"),
  kind: oneOf(TERM_KINDS).optional(),
  title: z.strictObject({ ko: text("write the Korean title").optional(), en: text("write the English title").optional() }).optional(),
  url: url.optional(),
  required: truth.optional(),
  company: text("write the company that the text names").optional(),
  text: text("write a version or digest of the text").optional().describe("a version or digest of the text, to see that it is the same"),
});
const terms = list(term, "write a list of terms, each with a - before it").describe("in the order of the screen");

const sizeInstead = "write a size like 812KB or 2.4MB";
const reviewDocument = z.strictObject({
  kind: oneOf(DOCUMENT_KINDS),
  file: text("write the name of the file"),
  size: z.string({ error: sizeInstead }).regex(/^\d+(\.\d+)?\s?(B|KB|MB)$/i, { error: sizeInstead }).optional(),
  issued: day.optional().describe("of a certificate: when it was issued"),
  for: list(text("write a scope id or a tag"), "write a list of scope ids or tags").optional().describe("what it proves; without it, everything"),
  masked: truth.optional().describe("personal data other than the name are blacked out"),
});

const application = z.strictObject({
  permissions: z.strictObject({ terms: oneOf(REVIEW_STATES).optional(), items: oneOf(REVIEW_STATES).optional() }).optional(),
  submitted: day.optional(),
  decided: day.optional(),
  launch: day.optional(),
  holidays: list(day, "write a list of days, like [2026-09-25]").default([]).describe("lunar and substitute holidays; the fixed ones are known"),
  rejection: text("write what Kakao answered, in quotes").optional(),
  purpose: text("write why the items are collected").optional().describe("for all items without one of their own; at most 400 characters"),
  items: byItem(z.strictObject({ consent, purpose: text("write why the item is collected").optional() })).optional(),
  documents: list(reviewDocument, "write a list of documents, each with a - before it").optional(),
});

const reviewed = z.strictObject({ on: day.optional(), items: consents.optional(), terms: terms.optional(), ageTerm: truth.optional() });

const consoleState = z.strictObject({
  readOn: day.optional().describe("when these values were read from the console"),
  app: z
    .strictObject({
      id: numberText.optional(),
      business: truth.optional(),
      businessNumber: numberText.optional(),
      company: text("write the company as the login screen shows it").optional(),
      platforms: list(text("write web, android or ios"), "write a list, like [web]").optional(),
    })
    .optional(),
  login: truth.optional(),
  redirectUris: list(url, "write a list of addresses; [] for none").optional(),
  autoLink: truth.optional().describe("로그인시 앱 자동 연결; true when the console does not show it"),
  fixedIds: truth.optional().describe("사용자 아이디 고정; true for apps made after 2018-09-19"),
  simpleSignUp: truth.optional(),
  items: consents.optional().describe("left out where --live reads them"),
  statusItem: consent.optional().describe("카카오계정 상태 변경 내역"),
  terms: terms.optional().describe("left out where --live reads them"),
  ageTerm: truth.optional().describe("만 14세 이상 연령 동의"),
  abroad: truth.optional().describe("registered at Transfer of Personal Information Overseas"),
  channelConsent: truth.optional().describe("the checkbox that adds the channel"),
  channels: list(
    z.strictObject({ id: text("write the channel's public id, like _Abcd"), business: truth.optional(), businessNumber: numberText.optional(), primary: truth.optional() }),
    "write a list of channels; [] for none",
  ).optional(),
  webhooks: z.strictObject({ unlink: url.optional(), accountStatus: url.optional(), channel: url.optional() }).optional(),
  roles: z.strictObject({ owner: count.optional(), editor: count.optional(), channelMaster: count.optional(), channelManager: count.optional() }).optional(),
});

const use = z.strictObject({ for: text("write what the item is used for"), at: oneOf(["sign-up", "use"]).optional(), essential: truth.optional() });

const signUp = z.strictObject({
  url: url.optional(),
  items: consents.optional().describe("what the service's own form asks for"),
  further: list(text("write a field of the form"), "write a list of fields").optional().describe("fields that Kakao does not have"),
  terms: terms.optional(),
  identityVerification: oneOf(["sign-up", "use", "none"]).optional().describe("where the service itself collects a CI"),
  memberId: oneOf(["own", "kakao-id", "account_ci", "account_email", "phone_number"]).optional(),
  callsSignUp: truth.optional().describe("POST /v1/user/signup after the first login"),
  makesMember: truth.optional(),
  asksForMissing: truth.optional(),
});

const service = z.strictObject({
  company: text("write the company").optional(),
  signUp: signUp.optional(),
  uses: byItem(use).optional(),
  offers: list(oneOf(OFFERS), () => say`write a list of ${OFFERS.join(", ")}`).optional().describe("what makes an item fit the service"),
  trades: list(oneOf(["mail-order", "medical-devices", "health-food"]), "write a list of trades").optional().describe("trades that need a certificate"),
  firstReads: z
    .strictObject({
      calls: list(text("write a path like /v2/user/me"), "write a list of paths, like [/v2/user/me]"),
      withinHours: z.number({ error: "write a number of hours" }).min(0, { error: "write a number of hours" }).optional(),
    })
    .optional(),
  leaving: z.strictObject({ unlinks: truth.optional(), followsNotices: truth.optional() }).optional(),
  formerApp: numberText.optional().describe("the app that Kakao Login ran on before; none: there was no Kakao Login"),
  under14: oneOf(["refused", "admitted"]).optional(),
  guardianConsent: truth.optional(),
  ageChecks: list(oneOf(["age-range", "identity-verification", "ci"]), "write a list, like [identity-verification]").optional(),
  abroad: z.strictObject({ transfers: truth.optional(), business: truth.optional(), notice: truth.optional() }).optional(),
  advertising: z
    .strictObject({
      sends: truth.optional(),
      atNight: truth.optional(),
      reconfirms: truth.optional().describe("who agreed is told so every two years"),
      tellsResult: truth.optional().describe("who agrees, refuses or withdraws is told the result within 14 days"),
    })
    .optional(),
  ci: z
    .strictObject({
      onlyCompared: truth.optional().describe("used for comparing members, and for nothing else"),
      destroyed: truth.optional().describe("destroyed when they have been compared"),
      guarded: truth.optional().describe("encrypted, apart from resident registration numbers, with a record of who gave them and when"),
    })
    .optional(),
  policies: z
    .strictObject({
      termsUrl: url.optional(),
      privacyUrl: url.optional(),
      privacy: z.strictObject({ namesKakao: truth.optional(), items: ids.optional(), retention: truth.optional(), entrusting: truth.optional() }).optional(),
      changedForKakao: truth.optional(),
    })
    .optional(),
});

const waiver = z.strictObject({
  rule: text("write the id of a rule, like C-TERM-04"),
  item: text("write a scope id or a tag").optional(),
  reason: text("write why it is waived"),
  until: day,
});

export const consentSchema = z.strictObject({
  application: application.optional().describe("what is or was applied for"),
  reviewed: reviewed.optional().describe("what Kakao approved"),
  console: consoleState.optional().describe("what is set now"),
  service: service.optional().describe("what the service does"),
  newItems: ids.default([]).describe("scope ids that Kakao brought since this version"),
  waive: list(waiver, "write a list of waivers").default([]).describe("findings that are accepted for a while"),
});

/** What the schema makes of a consent file. */
export type RawConsent = z.output<typeof consentSchema>;
