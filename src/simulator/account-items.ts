import { Refusal } from "./answers.ts";

/** `kakao_account` in Kakao's own field names (kakao-api.md 3.3). */
export type KakaoAccount = Readonly<Record<string, unknown>>;

/** One consent item that shows in `kakao_account`: its scope id, its flag, its fields and the property key that asks for it. */
export interface AccountItem {
  readonly scope: string;
  readonly property: string;
  readonly flag: string;
  readonly fields: readonly string[];
  /** The fields are members of `kakao_account.profile`. */
  readonly inProfile?: boolean;
}

/** Every item of kakao-api.md 3.3 with the companions that come with it. */
export const accountItems: readonly AccountItem[] = [
  {
    scope: "profile_nickname", property: "profile", flag: "profile_nickname_needs_agreement",
    fields: ["nickname", "is_default_nickname"], inProfile: true,
  },
  {
    scope: "profile_image", property: "profile", flag: "profile_image_needs_agreement",
    fields: ["thumbnail_image_url", "profile_image_url", "is_default_image"], inProfile: true,
  },
  { scope: "account_email", property: "email", flag: "email_needs_agreement", fields: ["is_email_valid", "is_email_verified", "email"] },
  { scope: "birthday", property: "birthday", flag: "birthday_needs_agreement", fields: ["birthday", "birthday_type", "is_leap_month"] },
  { scope: "account_ci", property: "ci", flag: "ci_needs_agreement", fields: ["ci", "ci_authenticated_at"] },
  ...[
    "name", "age_range", "birthyear", "gender", "phone_number", "legal_name", "legal_birth_date", "legal_gender", "is_korean",
  ].map((name) => ({ scope: name, property: name, flag: `${name}_needs_agreement`, fields: [name] })),
];

/** What a preregistered user's account shows (kakao-api.md 3.3). */
const preregisteredFields: ReadonlySet<string> = new Set(["profile", "email", "is_email_valid", "is_email_verified"]);

export function accountOfPreregistered(account: KakaoAccount): KakaoAccount {
  return Object.fromEntries(Object.entries(account).filter(([field]) => preregisteredFields.has(field)));
}

/** Agreed now, going by the flag: false; true: can still be asked; undefined: not configured for the app. */
export function agreedToItem(account: KakaoAccount, item: AccountItem): boolean | undefined {
  const flag = account[item.flag];
  return typeof flag === "boolean" ? !flag : undefined;
}

/** The account after the user took back an item: the flag is up, the values are gone. */
export function withoutItem(account: KakaoAccount, item: AccountItem): KakaoAccount {
  const left: Record<string, unknown> = { ...account, [item.flag]: true };
  if (item.inProfile === true) {
    left["profile"] = without(account["profile"], item.fields);
    return left;
  }
  return { ...without(left, item.fields) };
}

/** What `property_keys` let through. */
export interface PropertyFilter {
  /** Field names of `kakao_account`; "all" for the whole branch. */
  readonly account: ReadonlySet<string> | "all";
  /** Names of custom properties; "all" for the whole branch. */
  readonly properties: ReadonlySet<string> | "all";
  /** Whether `has_signed_up` and `for_partner` were asked for. */
  readonly signedUp: boolean;
  readonly partner: boolean;
}

/** Everything, as `/v2/user/me` answers without `property_keys`. */
export const everything: PropertyFilter = { account: "all", properties: "all", signedUp: true, partner: true };

/** Reads `property_keys`: a trailing dot is a whole branch, a field brings its companions; -201 for an unknown key (kakao-api.md 3.3). */
export function filterFor(keys: readonly string[], appId: number): PropertyFilter {
  const account = new Set<string>();
  const properties = new Set<string>();
  const whole = { account: false, properties: false, signedUp: false, partner: false };
  for (const key of keys) {
    if (key === "kakao_account.") whole.account = true;
    else if (key === "properties.") whole.properties = true;
    else if (key === "has_signed_up") whole.signedUp = true;
    else if (key === "for_partner." || key === "for_partner.uuid") whole.partner = true;
    else if (key.startsWith("properties.")) properties.add(key.slice("properties.".length));
    else if (!addAccountFields(account, key)) throw new Refusal(-201, `user property not found ([${key}] for appId=${appId})`);
  }
  return {
    account: whole.account ? "all" : account,
    properties: whole.properties ? "all" : properties,
    signedUp: whole.signedUp,
    partner: whole.partner,
  };
}

/** The members of an object that a filter lets through; undefined when none are left. */
export function pick(source: Readonly<Record<string, unknown>> | undefined, names: ReadonlySet<string> | "all"): Record<string, unknown> | undefined {
  if (source === undefined) return undefined;
  const picked = names === "all" ? { ...source } : Object.fromEntries(Object.entries(source).filter(([name]) => names.has(name)));
  return Object.keys(picked).length === 0 ? undefined : picked;
}

function addAccountFields(fields: Set<string>, key: string): boolean {
  const items = accountItems.filter((item) => `kakao_account.${item.property}` === key);
  for (const { flag, fields: own, inProfile } of items) {
    for (const field of inProfile === true ? [flag, "profile", "profile_needs_agreement"] : [flag, ...own]) fields.add(field);
  }
  return items.length > 0;
}

function without(source: unknown, names: readonly string[]): Record<string, unknown> {
  const entries = typeof source === "object" && source !== null ? Object.entries(source) : [];
  return Object.fromEntries(entries.filter(([name]) => !names.includes(name)));
}
