import { ITEMS } from "../core/consent/items.ts";
import type { Consent, ConfiguredUse, Day } from "../core/consent/model.ts";

/** What is known when a consent file is begun: from the configuration, and from what Kakao answered. */
export interface ConsentStarter {
  readonly appId: string;
  readonly autoLink?: boolean;
  readonly fixedIds?: boolean;
  /** Public id of the channel. */
  readonly channel?: string;
  readonly uses: readonly ConfiguredUse[];
  /** Absent without --live. */
  readonly live?: {
    readonly day: Day;
    readonly sampled: number;
    /** `unknown`: nobody of the sample has agreed; `mixed`: some may withdraw it. */
    readonly items: readonly { readonly id: string; readonly consent: Consent | "unknown" | "mixed" }[];
    /** In the order of the screen; absent where Kakao would not say. */
    readonly terms?: readonly { readonly tag: string; readonly required: boolean }[];
  };
}

/** A commented consent file that `loadConsent` accepts: what is known is filled in, the rest stands behind a `#`. */
export function renderConsentStarter(starter: ConsentStarter): string {
  const lines = [
    "# What Kakao was asked for, what it approved, what the console is set to and",
    "# what the service does, side by side. Fill in what applies and remove the #",
    "# before it; what is left out comes up as a finding. Then look what does not",
    "# fit: kakao-sync audit-consent",
    "",
    ...application,
    "",
    ...reviewed,
    "",
    ...renderConsole(starter),
    "",
    ...renderService(starter),
    "",
    "# waive:                          # findings that are accepted for a while",
    "#   - { rule: C-ITEM-01, item: phone_number, reason: \"why\", until: 2026-12-31 }",
    "",
  ];
  return lines.join("\n");
}

const application = [
  "# application:                    # what is or was applied for",
  "#   permissions: { terms: draft, items: draft }   # submitted, rejected, approved",
  "#   submitted: 2026-11-02",
  "#   launch: 2026-12-01",
  "#   items:",
  "#     phone_number: { consent: required, purpose: \"Finding the member account, and delivery\" }",
  "#   documents:",
  "#     - { kind: sign-up-form, file: sign-up.png, size: 812KB }",
];

const reviewed = [
  "# reviewed:                       # what Kakao approved, as its answer says",
  "#   on: 2026-11-09",
  "#   items: { phone_number: required, name: optional }   # or in-use, off",
  "#   terms:                        # in the order of the screen",
  "#     - { tag: tos_20261101, kind: terms-of-service, required: true }   # title, url",
];

function renderConsole({ appId, autoLink, fixedIds, channel, uses, live }: ConsentStarter): string[] {
  const items = live?.items ?? [];
  return [
    "console:                          # what is set now",
    live === undefined ? "  # readOn: 2026-11-02            # when you read these values from the console" : `  readOn: ${live.day}`,
    `  app: { id: ${quote(appId)} }   # business, businessNumber, company, platforms`,
    "  # login: true                   # [카카오 로그인] is on",
    "  # redirectUris: [https://shop.example/oauth/kakao]",
    renderFlag("autoLink", autoLink, "로그인시 앱 자동 연결"),
    renderFlag("fixedIds", fixedIds, "사용자 아이디 고정"),
    "  # simpleSignUp: true            # [간편가입] is on",
    "  # ageTerm: true                 # 만 14세 이상 연령 동의",
    ...(live === undefined ? ["  # items:                        # or leave them to --live", ...uses.map(({ item, by }) => `  #   ${item}: required   # ${nameItem(item)}; needed by ${by}`)] : []),
    ...(items.length === 0 ? [] : [`  items:                          # as Kakao answered about ${String(live?.sampled ?? 0)} users`, ...items.map(renderItem)]),
    ...renderTerms(live?.terms),
    ...(channel === undefined ? ["  # channels: [{ id: _Abcd, business: true, primary: true }]"] : [`  channels: [{ id: ${quote(channel)} }]   # business: true, businessNumber, primary: true`]),
    "  # webhooks: { unlink: https://shop.example/hooks/kakao/unlink }",
    "  # roles: { owner: 1, editor: 2, channelMaster: 1 }   # how many people",
  ];
}

function renderItem({ id, consent }: { readonly id: string; readonly consent: Consent | "unknown" | "mixed" }): string {
  if (consent === "unknown") return `    ${quoteKey(id)}: optional   # ${nameItem(id)}: on, but nobody agreed yet: look in the console`;
  if (consent === "mixed") return `    ${quoteKey(id)}: optional   # ${nameItem(id)}: not the same for everybody: look in the console`;
  return `    ${quoteKey(id)}: ${consent}   # ${nameItem(id)}`;
}

function renderTerms(terms: readonly { readonly tag: string; readonly required: boolean }[] | undefined): string[] {
  if (terms === undefined) return ["  # terms:                        # in the order of the screen, or leave them to --live", "  #   - { tag: tos_20261101, kind: terms-of-service, required: true }   # title, url"];
  if (terms.length === 0) return ["  terms: []                       # Kakao names none"];
  return ["  terms:                          # in the order of the screen; add kind, title, url and company", ...terms.map(({ tag, required }) => `    - { tag: ${quote(tag)}, required: ${String(required)} }`)];
}

function renderService({ uses }: ConsentStarter): string[] {
  const byItem = new Map<string, string[]>();
  for (const { item, by } of uses) byItem.set(item, [...(byItem.get(item) ?? []), by]);
  return [
    "service:                          # what your service does",
    "  # company: Shop Inc.",
    "  # signUp:                       # your own sign-up form, which Kakao's reviewers look at",
    "  #   url: https://shop.example/join",
    "  #   items: { name: required, phone_number: required }",
    "  #   identityVerification: none  # sign-up, use or none: where you take a CI yourself",
    "  #   memberId: own               # or kakao-id, account_ci, account_email, phone_number",
    "  uses:                           # essential: true where nothing works without it",
    ...(byItem.size === 0 ? ["    {}"] : [...byItem].map(([item, by]) => `    ${quoteKey(item)}: { for: ${quote(by.join(", "))} }   # ${nameItem(item)}`)),
    "  # offers: [delivery]            # friends, messages-to-friends, other",
    "  # firstReads: { calls: [/v2/user/me], withinHours: 1 }   # after a first login",
    "  # under14: refused              # or admitted, with guardianConsent: true",
    "  # abroad: { transfers: false }  # personal data leave Korea",
    "  # advertising: { sends: true, atNight: false }",
    "  # policies:",
    "  #   privacyUrl: https://shop.example/privacy",
    "  #   privacy: { namesKakao: true, retention: true, entrusting: true, items: [name] }",
  ];
}

function renderFlag(key: string, value: boolean | undefined, name: string): string {
  return value === undefined ? `  # ${key}: true`.padEnd(34) + `# ${name}` : `  ${key}: ${String(value)}`.padEnd(34) + `# ${name}`;
}

function nameItem(id: string): string {
  return ITEMS[id]?.ko ?? "an item that this version does not know";
}

/** JSON texts are YAML texts, whatever is in them. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function quoteKey(id: string): string {
  return /^[a-z][a-z0-9_]*$/.test(id) ? id : quote(id);
}
