import type { ConfiguredUse, LiveFacts, LiveItem, LiveTerm } from "../../src/core/consent/model.ts";

/** Values by path (`console.items.name`); undefined takes a value away. */
export type Patch = Readonly<Record<string, unknown>>;

/** What makes a rule fire on a clean file, and the nearest that does not. */
export interface RuleCase {
  /** `shop` has been launched, `applying` is about to apply. */
  readonly base?: "shop" | "applying";
  readonly breaks: Patch;
  readonly keeps: Patch;
  /** Where the finding is. */
  readonly at: string;
  readonly item?: string;
  readonly breaksLive?: LiveFacts;
  readonly keepsLive?: LiveFacts;
  readonly breaksUses?: readonly ConfiguredUse[];
  readonly keepsUses?: readonly ConfiguredUse[];
}

const consents = {
  profile_nickname: "optional", account_email: "required", name: "required", phone_number: "required", account_ci: "required",
  birthday: "optional", birthyear: "optional", shipping_address: "optional", plusfriends: "optional",
};
const tags = { service_20260901: true, privacy_20260901: true, abroad_20260901: true, marketing_20260901: false, night_20260901: false };

/** What Kakao answers for ten users when nothing is wrong with the shop. */
export const cleanLive: LiveFacts = {
  sampled: 10,
  kakaoSyncUsers: 10,
  items: Object.entries(consents).map(([id, consent]) => ({ id, using: true, agreed: 10, revocable: consent === "required" ? 0 : 10, ...(id === "plusfriends" ? {} : { withValue: 10 }) })),
  terms: Object.entries(tags).map(([tag, required]) => ({ tag, required, agreed: 10 })),
};

function withItem(id: string, change: Partial<LiveItem>): LiveFacts {
  const others = cleanLive.items.filter((item) => item.id !== id);
  return { ...cleanLive, items: [...others, { id, using: true, agreed: 10, revocable: 10, ...cleanLive.items.find((item) => item.id === id), ...change }] };
}

function withTerm(tag: string, change: Partial<LiveTerm>): LiveFacts {
  const others = (cleanLive.terms ?? []).filter((term) => term.tag !== tag);
  return { ...cleanLive, terms: [...others, { tag, required: true, agreed: 10, ...cleanLive.terms?.find((term) => term.tag === tag), ...change }] };
}

const term = (tag: string, url = `https://shop.example/${tag}`): object => ({ tag, kind: "other", required: false, title: { ko: tag, en: tag }, url, company: "예시상점", text: "v1" });
const channels = (count: number): object[] => Array.from({ length: count }, (_, at) => ({ id: `_C${String(at)}`, business: true, primary: at === 0 }));
const moreTerms = (list: string, count: number): Patch => Object.fromEntries(Array.from({ length: count }, (_, at) => [`${list}.${String(5 + at)}`, term(`other-${String(at)}_20260901`)]));
const asApplied = { base: "applying" } as const;

export const cases: Readonly<Record<string, RuleCase>> = {
  "C-FILE-01": { breaks: { "console.login": undefined }, keeps: { "console.statusItem": undefined }, at: "console.login" },
  "C-FILE-02": {
    breaks: { waive: [{ rule: "C-TERM-04", reason: "renamed in spring", until: "2026-11-01" }] },
    keeps: { waive: [{ rule: "C-TERM-04", reason: "renamed in spring", until: "2026-11-02" }] },
    at: "waive.0",
  },
  "C-FILE-03": {
    breaks: { waive: [{ rule: "C-TERM-99", reason: "renamed in spring", until: "2027-01-01" }] },
    keeps: { waive: [{ rule: "C-FILE-04", reason: "renamed in spring", until: "2027-01-01" }] },
    at: "waive.0.rule",
  },
  "C-FILE-04": { breaks: { "console.readOn": "2026-08-03" }, keeps: { "console.readOn": "2026-08-04" }, at: "console.readOn" },

  "C-ITEM-01": { breaks: { "service.uses.zodiac_sign": { for: "horoscope" } }, keeps: { "service.uses.zodiac_sign": { for: "horoscope" }, newItems: ["zodiac_sign"] }, at: "service.uses.zodiac_sign", item: "zodiac_sign" },
  "C-ITEM-02": { breaks: { "console.items.gender": "optional" }, keeps: { "console.items.profile_image": "optional" }, at: "console.items.gender", item: "gender" },
  "C-ITEM-03": { breaks: { "console.items.birthday": "required" }, keeps: { "console.items.birthday": "in-use" }, at: "console.items.birthday", item: "birthday" },
  "C-ITEM-04": { breaks: { "console.items.birthday": "off" }, keeps: { "console.items.birthday": "off", "reviewed.items.birthday": undefined }, at: "reviewed.items.birthday", item: "birthday" },
  "C-ITEM-05": { breaks: { "console.items.gender": "required" }, keeps: { "console.items.gender": "required", "reviewed.items.gender": "required" }, at: "console.items.gender", item: "gender" },
  "C-ITEM-06": { breaks: { "console.items.name": "optional" }, keeps: { "console.items.name": "optional", "reviewed.items.name": "optional" }, at: "console.items.name", item: "name" },
  "C-ITEM-07": {
    breaks: { "application.permissions.items": "draft", "application.items.birthday.consent": "required" },
    keeps: { "application.permissions.items": "draft", "application.items.name.consent": "optional" },
    at: "application.items.birthday", item: "birthday",
  },
  "C-ITEM-08": {
    breaks: { "application.permissions.items": "draft", "application.items.name.consent": "optional" },
    keeps: { "application.permissions.items": "draft", "application.items.birthday.consent": "required" },
    at: "application.items.name", item: "name",
  },
  "C-ITEM-09": { breaks: {}, keeps: {}, breaksUses: [{ item: "gender", by: "channel.fields" }], keepsUses: [{ item: "name", by: "channel.fields" }], at: "console.items.gender", item: "gender" },
  "C-ITEM-10": { breaks: {}, keeps: {}, breaksUses: [{ item: "birthday", by: "matching.corroborators" }], keepsUses: [{ item: "gender", by: "channel.fields" }], at: "console.items.birthday", item: "birthday" },
  "C-ITEM-11": { breaks: { "service.uses.birthday.essential": true }, keeps: { "service.uses.birthday.essential": false }, at: "service.uses.birthday", item: "birthday" },
  "C-ITEM-12": { breaks: { "console.items.profile_image": "optional" }, keeps: { "console.items.profile_image": "optional", "service.signUp.items.profile_image": "optional" }, at: "console.items.profile_image", item: "profile_image" },
  "C-ITEM-13": { ...asApplied, breaks: { "service.offers": ["other"] }, keeps: { "service.offers": ["other", "delivery"] }, at: "application.items.shipping_address", item: "shipping_address" },
  "C-ITEM-14": { breaks: { "service.signUp.further": ["clothing size"] }, keeps: { "service.signUp.further": [] }, at: "service.signUp.further.0" },
  "C-ITEM-15": { breaks: { "service.signUp.memberId": "account_email" }, keeps: { "service.signUp.memberId": "account_ci" }, at: "service.signUp.memberId", item: "account_email" },
  "C-ITEM-16": { breaks: { "service.signUp.identityVerification": "use" }, keeps: { "service.signUp.identityVerification": "use", "console.items.account_ci": "optional", "application.items.account_ci.consent": "optional" }, at: "application.items.account_ci", item: "account_ci" },
  "C-ITEM-17": {
    breaks: { "service.signUp.identityVerification": "none", "application.items": undefined, "console.items.account_ci": "in-use" },
    keeps: { "service.signUp.identityVerification": "use", "application.items": undefined, "console.items.account_ci": "in-use" },
    at: "console.items.account_ci", item: "account_ci",
  },
  "C-ITEM-18": {
    ...asApplied,
    breaks: { "application.items.account_ci": { consent: "required" }, "application.documents.0.for": ["name"], "application.documents.5": { kind: "mock-up", file: "ci.png", for: ["account_ci"] } },
    keeps: { "application.items.account_ci": { consent: "required" }, "application.documents.5": { kind: "mock-up", file: "ci.png", for: ["account_ci"] } },
    at: "application.documents.5", item: "account_ci",
  },
  "C-ITEM-19": { ...asApplied, breaks: { "console.items": { account_email: "off" } }, keeps: { "console.items": { account_email: "in-use" } }, at: "console.items" },
  "C-ITEM-20": { ...asApplied, breaks: { "application.items.legal_name": { consent: "required" } }, keeps: { "application.items.legal_name": { consent: "off" } }, at: "application.items.legal_name", item: "legal_name" },
  "C-ITEM-21": { breaks: { "console.statusItem": "required" }, keeps: { "console.statusItem": "in-use" }, at: "console.statusItem" },
  "C-ITEM-22": { breaks: { "console.items.profile": "optional" }, keeps: { "console.items.profile": "off" }, at: "console.items.profile", item: "profile" },
  "C-ITEM-23": { breaks: { "console.app.business": false }, keeps: { "console.app.business": false, "console.items.account_email": "optional" }, at: "console.items.account_email", item: "account_email" },
  "C-ITEM-24": { breaks: { "service.signUp.asksForMissing": false }, keeps: { "service.signUp.asksForMissing": false, "console.items": { account_email: "required", name: "optional" } }, at: "service.signUp.asksForMissing", item: "name" },

  "C-ITEM-25": { breaks: { "console.items.plusfriends": "off" }, keeps: { "console.items.plusfriends": "in-use" }, at: "service.uses.plusfriends", item: "plusfriends" },
  "C-ITEM-26": { breaks: { "service.signUp.items.phone_number": "optional" }, keeps: { "service.signUp.items.birthday": "off" }, at: "service.signUp.items.phone_number", item: "phone_number" },

  "C-ITEM-27": { breaks: { "service.ci.onlyCompared": false }, keeps: { "service.ci.onlyCompared": false, "console.items.account_ci": "off", "application.items.account_ci": undefined }, at: "service.ci.onlyCompared" },
  "C-ITEM-28": { breaks: { "service.ci.destroyed": false }, keeps: { "service.ci.guarded": false }, at: "service.ci.destroyed" },
  "C-ITEM-29": { breaks: { "service.ci.guarded": false }, keeps: { "service.ci.destroyed": false }, at: "service.ci.guarded" },

  "C-APP-01": { ...asApplied, breaks: { "application.purpose": undefined }, keeps: { "application.purpose": undefined, "application.items.name.purpose": "배송", "application.items.shipping_address.purpose": "배송" }, at: "application.items.name", item: "name" },
  "C-APP-02": { ...asApplied, breaks: { "application.items.name.purpose": "가".repeat(401) }, keeps: { "application.items.name.purpose": "😀".repeat(400) }, at: "application.items.name.purpose", item: "name" },
  "C-APP-03": { ...asApplied, breaks: { "application.documents.0.for": ["name", "phone_number"] }, keeps: { "application.documents.0.for": ["name", "phone_number", "shipping_address"] }, at: "application.documents", item: "shipping_address" },
  "C-APP-04": { ...asApplied, breaks: { "application.documents.1.kind": "sign-up-form" }, keeps: { "application.documents.1.kind": "sign-up-form", "application.permissions.terms": "approved" }, at: "application.documents" },
  "C-APP-05": { ...asApplied, breaks: { "application.documents.0.file": "sign-up.gif" }, keeps: { "application.documents.0.file": "sign-up.JPEG" }, at: "application.documents.0" },
  "C-APP-06": { ...asApplied, breaks: { "application.documents.2.file": "registration.pdf" }, keeps: { "application.documents.2.file": "registration.png" }, at: "application.documents.2" },
  "C-APP-07": { ...asApplied, breaks: { "application.documents.1.size": "10.1MB" }, keeps: { "application.documents.1.size": "10MB" }, at: "application.documents.1" },
  "C-APP-08": { ...asApplied, breaks: { "application.documents.4.issued": "2026-08-02" }, keeps: { "application.documents.4.issued": "2026-08-03" }, at: "application.documents.4" },
  "C-APP-09": { ...asApplied, breaks: { "service.trades": ["mail-order", "health-food"], "console.channels.0.business": false }, keeps: { "service.trades": ["mail-order", "health-food"] }, at: "application.documents" },
  "C-APP-10": { ...asApplied, breaks: { "application.documents.3.masked": false }, keeps: { "application.documents.2.masked": false }, at: "application.documents.3" },
  "C-APP-11": {
    ...asApplied,
    breaks: { "application.documents.5": { kind: "terms-screen", file: "terms-2.png" } },
    keeps: { "application.documents.5": { kind: "terms-screen", file: "terms-2.png", for: ["marketing_20260901"] } },
    at: "application.documents.5",
  },
  "C-APP-12": { ...asApplied, breaks: { "application.documents.5": { kind: "plan", file: "plan.pdf" } }, keeps: { "application.documents.5": { kind: "plan", file: "plan.pdf" }, "service.signUp.url": undefined }, at: "application.documents.5" },
  "C-APP-13": { ...asApplied, breaks: { "service.signUp.items.name": "optional" }, keeps: { "service.signUp.items.shipping_address": undefined, "service.uses.shipping_address.at": "use" }, at: "application.items.name", item: "name" },
  "C-APP-14": { ...asApplied, breaks: { "service.uses.shipping_address": undefined }, keeps: { "service.uses.account_email": undefined }, at: "application.items.shipping_address", item: "shipping_address" },
  "C-APP-15": { ...asApplied, breaks: { "service.uses.shipping_address.essential": true }, keeps: { "service.uses.name.essential": true }, at: "application.items.shipping_address", item: "shipping_address" },
  "C-APP-16": { breaks: { "service.policies.privacyUrl": "http://shop.example/privacy" }, keeps: { "service.policies.privacyUrl": "https://www.shop.example/privacy?v=4" }, at: "service.policies.privacyUrl" },
  "C-APP-17": { breaks: { "service.policies.privacy.items.3": undefined }, keeps: { "console.items.openid": "optional" }, at: "service.policies.privacy.items", item: "phone_number" },
  "C-APP-18": { breaks: { "service.policies.privacy.namesKakao": false }, keeps: { "service.policies.privacy.namesKakao": true }, at: "service.policies.privacy.namesKakao" },
  "C-APP-19": { breaks: { "service.policies.privacy.retention": false }, keeps: { "service.policies.privacy.entrusting": false }, at: "service.policies.privacy.retention" },
  "C-APP-20": { breaks: { "service.policies.privacy.entrusting": false }, keeps: { "service.policies.privacy.retention": false }, at: "service.policies.privacy.entrusting" },
  "C-APP-21": { breaks: { "service.policies.changedForKakao": false }, keeps: { "service.policies.privacy.namesKakao": false }, at: "service.policies.changedForKakao" },
  // Handed in on Tuesday the 3rd: five business days later is the 10th, six with a holiday between.
  "C-APP-22": { ...asApplied, breaks: { "application.launch": "2026-11-11", "application.holidays": ["2026-11-05"] }, keeps: { "application.launch": "2026-11-11" }, at: "application.launch" },
  "C-APP-23": {
    ...asApplied,
    breaks: { "application.permissions": { terms: "submitted", items: "submitted" }, "application.submitted": "2026-10-23" },
    keeps: { "application.permissions": { terms: "submitted", items: "submitted" }, "application.submitted": "2026-10-26" },
    at: "application.submitted",
  },
  "C-APP-24": { ...asApplied, breaks: { "application.permissions.items": "rejected", "application.rejection": "전화번호" }, keeps: { "application.permissions.items": "submitted", "application.submitted": "2026-11-02" }, at: "application.permissions.items" },
  "C-APP-25": { ...asApplied, breaks: { "application.permissions.items": "rejected" }, keeps: { "application.permissions.items": "rejected", "application.rejection": "전화번호 수집에 대한 요청은 반려" }, at: "application.rejection" },
  "C-APP-26": { ...asApplied, breaks: { "application.permissions.items": "submitted" }, keeps: { "application.permissions.items": "submitted", "application.permissions.terms": undefined }, at: "application.permissions" },
  "C-APP-27": { breaks: { "application.decided": "2026-09-04" }, keeps: { "application.decided": "2026-09-07" }, at: "application.decided" },
  "C-APP-28": { breaks: { "application.items.name.consent": "optional" }, keeps: { "application.items.name.consent": "optional", "application.permissions.items": "submitted" }, at: "application.items.name", item: "name" },

  "C-TERM-01": { breaks: moreTerms("console.terms", 6), keeps: moreTerms("console.terms", 5), at: "console.terms.10" },
  "C-TERM-02": { breaks: { "console.terms.3.tag": undefined }, keeps: { "service.signUp.terms.3.tag": undefined }, at: "console.terms.3" },
  "C-TERM-03": { breaks: { "console.terms.4.tag": "marketing_20260901" }, keeps: { "service.signUp.terms.4.tag": "marketing_20260901" }, at: "console.terms.4", item: "marketing_20260901" },
  "C-TERM-04": { breaks: { "console.terms.5": term("events") }, keeps: { "console.terms.5": term("events_20261001") }, at: "console.terms.5", item: "events" },
  "C-TERM-05": { breaks: { "console.terms.0.title.en": undefined }, keeps: { "service.signUp.terms.0.title.en": undefined }, at: "console.terms.0" },
  "C-TERM-06": { breaks: { "console.terms.0.url": "http://shop.example/terms" }, keeps: { "console.terms.0.url": "https://shop.example/terms/7" }, at: "console.terms.0" },
  "C-TERM-07": { breaks: { "reviewed.terms.3.required": true }, keeps: { "reviewed.terms.3.required": undefined }, at: "console.terms.3", item: "marketing_20260901" },
  "C-TERM-08": { breaks: { "reviewed.terms.0.title.ko": "이용약관" }, keeps: { "reviewed.terms.0.title.ko": " 서비스 이용약관" }, at: "console.terms.0" },
  "C-TERM-09": { breaks: { "reviewed.terms.3.tag": "night_20260901", "reviewed.terms.4.tag": "marketing_20260901" }, keeps: { "service.signUp.terms.3.tag": "night_20260901", "service.signUp.terms.4.tag": "marketing_20260901" }, at: "console.terms.4", item: "night_20260901" },
  "C-TERM-10": { breaks: { "reviewed.terms.1.text": "v3" }, keeps: { "reviewed.terms.1.text": undefined }, at: "console.terms.1" },
  "C-TERM-11": { breaks: { "console.terms.5": term("events_20261001") }, keeps: { "console.terms.5": term("events_20261001"), "reviewed.terms.5": term("events_20261001") }, at: "console.terms.5", item: "events_20261001" },
  "C-TERM-12": { breaks: { "reviewed.terms.5": term("events_20261001") }, keeps: { "console.terms.5": term("events_20261001"), "reviewed.terms.5": term("events_20261001") }, at: "reviewed.terms.5", item: "events_20261001" },
  "C-TERM-13": { breaks: { "service.signUp.terms.3.required": true }, keeps: { "service.signUp.terms.3.required": undefined }, at: "console.terms.3" },
  "C-TERM-14": { breaks: { "service.signUp.terms.0.tag": undefined, "service.signUp.terms.0.title.ko": "이용약관" }, keeps: { "service.signUp.terms.0.tag": undefined }, at: "console.terms.0" },
  "C-TERM-15": { breaks: { "service.signUp.terms.0.url": "https://shop.example/terms-old" }, keeps: { "service.signUp.terms.0.url": undefined }, at: "console.terms.0" },
  "C-TERM-16": { breaks: { "service.signUp.terms.3.tag": "night_20260901", "service.signUp.terms.4.tag": "marketing_20260901" }, keeps: { "reviewed.terms.3.tag": "night_20260901", "reviewed.terms.4.tag": "marketing_20260901" }, at: "console.terms.4" },
  "C-TERM-17": { breaks: { "service.signUp.terms.5": { ...term("x"), tag: undefined, required: true } }, keeps: { "service.signUp.terms.5": { ...term("x"), tag: undefined, required: false } }, at: "service.signUp.terms.5", item: "x" },
  "C-TERM-18": { breaks: { "service.signUp.terms.4": undefined }, keeps: { "service.signUp.terms.4.tag": undefined }, at: "console.terms.4" },
  "C-TERM-19": { breaks: { "console.terms.0.company": "다른회사" }, keeps: { "console.terms.0.company": undefined }, at: "console.terms.0" },
  "C-TERM-20": { breaks: { "console.terms.0.kind": "other" }, keeps: { "service.signUp.terms.0.kind": "other" }, at: "console.terms" },
  "C-TERM-21": { breaks: { "reviewed.terms.1.kind": "other" }, keeps: { "service.signUp.terms.1.kind": "other" }, at: "reviewed.terms" },
  "C-TERM-22": { breaks: { "application.permissions.terms": "submitted", "reviewed.terms": undefined }, keeps: { "application.permissions.terms": "submitted" }, at: "console.terms" },
  "C-TERM-23": { breaks: { "console.terms.3.required": true }, keeps: { "service.signUp.terms.3.required": true }, at: "console.terms.3" },
  "C-TERM-24": { breaks: { "console.terms.3.kind": "other", "service.signUp.terms.3.kind": "other" }, keeps: { "console.terms.3.kind": "other" }, at: "service.advertising.sends" },
  "C-TERM-25": { breaks: { "console.terms.4.kind": "other", "service.signUp.terms.4.kind": "other" }, keeps: { "console.terms.4.kind": "other", "service.signUp.terms.4.kind": "other", "service.advertising.atNight": false }, at: "service.advertising.atNight" },

  "C-TERM-26": { breaks: { "service.advertising.reconfirms": false }, keeps: { "service.advertising.reconfirms": false, "service.advertising.sends": false }, at: "service.advertising.reconfirms" },
  "C-TERM-27": { breaks: { "service.advertising.tellsResult": false }, keeps: { "service.advertising.tellsResult": false, "service.advertising.sends": false }, at: "service.advertising.tellsResult" },

  "C-AGE-01": { breaks: { "console.ageTerm": false, "console.items.account_ci": "optional" }, keeps: { "console.ageTerm": false }, at: "service.under14" },
  "C-AGE-02": {
    breaks: { "console.ageTerm": false, "console.items.account_ci": "optional", "service.ageChecks": ["age-range"] },
    keeps: { "console.ageTerm": false, "service.ageChecks": ["age-range"] },
    at: "service.ageChecks",
  },
  "C-AGE-03": { ...asApplied, breaks: { "service.ageChecks": undefined }, keeps: { "service.ageChecks": ["identity-verification"] }, at: "service.under14" },
  "C-AGE-04": { breaks: { "service.under14": "admitted" }, keeps: { "service.under14": "admitted", "service.guardianConsent": true }, at: "service.guardianConsent" },
  "C-AGE-05": { breaks: { "service.under14": "admitted" }, keeps: { "service.under14": "admitted", "console.ageTerm": false }, at: "console.ageTerm" },
  "C-AGE-06": { breaks: { "reviewed.ageTerm": false }, keeps: { "reviewed.ageTerm": undefined }, at: "console.ageTerm" },
  "C-ABROAD-01": { breaks: { "service.abroad.notice": false }, keeps: { "service.abroad.notice": false, "service.abroad.transfers": false }, at: "service.abroad" },
  "C-ABROAD-02": { breaks: { "console.terms.2.kind": "other", "service.signUp.terms.2.kind": "other" }, keeps: { "console.terms.2.kind": "other" }, at: "service.abroad" },
  "C-ABROAD-03": { breaks: { "console.abroad": undefined }, keeps: { "console.abroad": undefined, "service.abroad.business": false }, at: "console.abroad" },
  "C-ABROAD-04": { breaks: { "service.abroad": { transfers: false, business: false } }, keeps: { "service.abroad": { transfers: true, business: false, notice: true } }, at: "console.abroad" },

  "C-CON-01": { breaks: { "console.login": false }, keeps: { "console.login": undefined }, at: "console.login" },
  "C-CON-02": { breaks: { "console.redirectUris": [] }, keeps: { "console.redirectUris": ["http://127.0.0.1:3000/callback"] }, at: "console.redirectUris" },
  "C-CON-03": { breaks: { "console.autoLink": false }, keeps: { "console.autoLink": false, "service.signUp.callsSignUp": true }, at: "service.signUp.callsSignUp" },
  "C-CON-04": { breaks: { "service.firstReads.calls": ["/v2/api/talk/channels", "/v2/user/scopes"] }, keeps: { "service.firstReads.calls": ["GET https://kapi.kakao.com/v2/user/me?secure_resource=true"] }, at: "service.firstReads.calls" },
  "C-CON-05": { breaks: { "service.firstReads.withinHours": 24 }, keeps: { "service.firstReads.withinHours": 23.5 }, at: "service.firstReads.withinHours" },
  "C-CON-06": { breaks: { "console.fixedIds": false }, keeps: { "console.fixedIds": undefined }, at: "console.fixedIds" },
  "C-CON-07": { breaks: { "console.simpleSignUp": false }, keeps: { "console.simpleSignUp": false, "application.permissions.terms": "submitted", "reviewed.terms": undefined }, at: "console.simpleSignUp" },
  "C-CON-08": { breaks: { "console.app.business": false }, keeps: { "console.app.business": undefined }, at: "console.app.business" },
  "C-CON-09": { breaks: { "console.channels.0.business": false, "console.channels.1.business": false }, keeps: { "console.channels.0.business": false }, at: "console.channels" },
  "C-CON-10": { breaks: { "console.channels.1.businessNumber": "1208147522" }, keeps: { "console.channels.1.businessNumber": "120 81 47521" }, at: "console.channels.1.businessNumber" },
  "C-CON-11": { breaks: { "console.channels.1.primary": true }, keeps: { "console.channels.0.primary": false, "console.channels.1.primary": true }, at: "console.channels" },
  "C-CON-12": { breaks: { "console.channels": channels(11) }, keeps: { "console.channels": channels(10) }, at: "console.channels" },
  "C-CON-13": { breaks: { "service.formerApp": 111111 }, keeps: { "service.formerApp": "none" }, at: "console.app.id" },
  "C-CON-14": { breaks: { "console.channelConsent": false }, keeps: { "console.channelConsent": false, "service.uses.plusfriends": undefined }, at: "console.channelConsent" },
  "C-CON-15": { breaks: { "console.webhooks.unlink": undefined }, keeps: { "console.webhooks.accountStatus": undefined }, at: "console.webhooks" },
  "C-CON-16": { breaks: { "console.webhooks.channel": "http://shop.example/kakao/channel" }, keeps: { "console.webhooks.channel": "HTTPS://shop.example/kakao/channel" }, at: "console.webhooks.channel" },
  "C-CON-17": { breaks: { "console.roles.owner": 0, "console.roles.editor": 0 }, keeps: { "console.roles.owner": 0, "console.roles.editor": 1 }, at: "console.roles" },
  "C-CON-18": { breaks: { "console.roles.owner": 0 }, keeps: { "console.roles.owner": undefined }, at: "console.roles.owner" },
  "C-CON-19": { breaks: { "console.roles.channelMaster": 0 }, keeps: { "console.roles.channelMaster": undefined, "console.roles.channelManager": 0 }, at: "console.roles.channelMaster" },
  "C-CON-20": { breaks: { "service.leaving.unlinks": false }, keeps: { "service.leaving.followsNotices": false }, at: "service.leaving.unlinks" },
  "C-CON-21": { breaks: { "service.leaving.followsNotices": false }, keeps: { "service.leaving.unlinks": false }, at: "service.leaving.followsNotices" },
  "C-CON-22": { breaks: { "service.signUp.makesMember": false }, keeps: { "service.signUp.makesMember": undefined }, at: "service.signUp.makesMember" },
  "C-CON-23": { breaks: { "console.app.company": "예시상점(주)" }, keeps: { "console.app.company": "예시상점 " }, at: "console.app.company" },
  "C-CON-24": { breaks: { "console.app.platforms": [] }, keeps: { "console.app.platforms": ["ios"] }, at: "console.app.platforms" },
  "C-CON-25": { breaks: { "console.webhooks.channel": undefined }, keeps: { "console.webhooks.channel": undefined, "service.uses.plusfriends": undefined }, at: "console.webhooks" },
  "C-CON-26": { breaks: { "console.channels": [] }, keeps: { "console.channels": [], "console.items.plusfriends": "off" }, at: "console.channels" },

  "C-LIVE-01": { breaks: {}, keeps: {}, breaksLive: withItem("gender", { agreed: 0 }), keepsLive: withItem("gender", { using: false, agreed: 3 }), at: "console.items.gender", item: "gender" },
  "C-LIVE-02": { breaks: {}, keeps: {}, breaksLive: withItem("birthday", { using: false }), keepsLive: withItem("birthday", { agreed: 0, revocable: 0, withValue: 0 }), at: "console.items.birthday", item: "birthday" },
  "C-LIVE-03": { breaks: {}, keeps: {}, breaksLive: withItem("name", { revocable: 1 }), keepsLive: withItem("birthday", { revocable: 9 }), at: "console.items.name", item: "name" },
  "C-LIVE-04": { breaks: {}, keeps: {}, breaksLive: withItem("birthday", { agreed: 1, revocable: 0 }), keepsLive: withItem("birthday", { agreed: 0, revocable: 0 }), at: "console.items.birthday", item: "birthday" },
  "C-LIVE-05": { breaks: {}, keeps: { "console.terms.5": term("events_20261001") }, breaksLive: withTerm("events_20261001", {}), keepsLive: withTerm("events_20261001", {}), at: "console.terms", item: "events_20261001" },
  "C-LIVE-06": { breaks: { "console.terms.5": term("events_20261001") }, keeps: { "console.terms.5": term("events_20261001") }, breaksLive: cleanLive, keepsLive: withTerm("events_20261001", {}), at: "console.terms.5", item: "events_20261001" },
  "C-LIVE-07": { breaks: {}, keeps: { "console.terms.3.required": undefined }, breaksLive: withTerm("marketing_20260901", { required: true }), keepsLive: withTerm("marketing_20260901", { required: true }), at: "console.terms.3", item: "marketing_20260901" },
  "C-LIVE-08": { breaks: {}, keeps: {}, breaksLive: withItem("account_ci", { withValue: 9 }), keepsLive: withItem("birthday", { withValue: 9 }), at: "console.items.account_ci", item: "account_ci" },
  "C-LIVE-09": { breaks: {}, keeps: {}, breaksLive: { ...cleanLive, kakaoSyncUsers: 9 }, keepsLive: cleanLive, at: "console" },
  "C-LIVE-10": { breaks: {}, keeps: {}, breaksLive: withTerm("service_20260901", { agreed: 9 }), keepsLive: withTerm("marketing_20260901", { agreed: 0 }), at: "console.terms", item: "service_20260901" },
  "C-LIVE-11": { breaks: {}, keeps: {}, breaksLive: { sampled: 0, items: [], terms: [], kakaoSyncUsers: 0 }, keepsLive: cleanLive, at: "console" },
  "C-LIVE-12": { breaks: {}, keeps: {}, breaksLive: withItem("name", { agreed: 9, withValue: 9 }), keepsLive: withItem("birthday", { agreed: 9, withValue: 9 }), at: "console.items.name", item: "name" },
};

