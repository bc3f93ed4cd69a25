import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ScopeSetup } from "../../src/simulator/app-setup.ts";
import type { LoadedUser } from "../../src/simulator/users.ts";

/** The consent file of a large shop in which nothing is wrong, on the day it was read. */
export const goodFile = readFileSync(resolve(import.meta.dirname, "../../fixtures/consent/shop.yaml"), "utf8");

/** The day on which nothing is wrong with it. */
export const goodDay = Date.parse("2026-11-02T03:00:00Z");

/** The file with some texts replaced; throws for one that is not in it. */
export function change(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the file has no ${from}`);
    return changed.replace(from, to);
  }, text);
}

/** The line (from 1) of a text's first occurrence. */
export function lineIn(text: string, part: string): number {
  const at = text.indexOf(part);
  if (at === -1) throw new Error(`the file has no ${part}`);
  return text.slice(0, at).split("\n").length;
}

const names: Readonly<Record<string, string>> = {
  profile_nickname: "닉네임", account_email: "카카오계정(이메일)", name: "이름", phone_number: "카카오계정(전화번호)", account_ci: "CI(연계정보)", birthday: "생일", birthyear: "출생 연도",
  gender: "성별", shipping_address: "배송지정보", plusfriends: "카카오톡 채널 추가 상태 및 내역",
};

/** Items of the console: `required`, `optional`, or `off` for one that the app no longer uses. */
export function scopesOf(items: Readonly<Record<string, "required" | "optional" | "off">>): readonly ScopeSetup[] {
  return Object.entries(items).map(([id, consent]) => ({ id, displayName: names[id] ?? id, type: "PRIVACY", required: consent === "required", using: consent !== "off" }));
}

/** The console that the good file describes. */
export const goodScopes = { profile_nickname: "optional", account_email: "required", name: "required", phone_number: "required", account_ci: "required", birthday: "optional", birthyear: "optional", shipping_address: "optional", plusfriends: "optional" } as const;
export const goodTerms = [
  { tag: "service_20260901", required: true }, { tag: "privacy_20260901", required: true }, { tag: "abroad_20260901", required: true },
  { tag: "marketing_20260901", required: false }, { tag: "night_20260901", required: false },
] as const;

/** What a made-up user has agreed to, by field of the account; `null`: agreed, but there is no value. */
export type Agreed = Readonly<Record<string, string | null>>;

export const secrets = { name: "김비밀", email: "secret@example.com", phone_number: "+82 10-7777-1234", ci: `${"S".repeat(86)}==`, birthday: "0715", birthyear: "1991" };

/** A linked user who came by Kakao Sync and has agreed to everything, unless said otherwise. */
export function user(id: string, { agreed = secrets, sync = true, hours = 5_000, terms }: { readonly agreed?: Agreed; readonly sync?: boolean; readonly hours?: number; readonly terms?: readonly string[] } = {}): LoadedUser {
  const connected = new Date(Date.now() - hours * 3_600_000).toISOString().replace(/\.\d+/, "");
  const flags = Object.fromEntries(["profile_nickname", "name", "email", "phone_number", "ci", "birthday", "birthyear"].map((field) => [`${field}_needs_agreement`, !(field in agreed)]));
  const values = Object.fromEntries(Object.entries(agreed).filter(([, value]) => value !== null));
  return {
    id, connected_at: connected, ...(sync ? { synched_at: connected } : {}), kakao_account: { ...flags, ...values },
    ...(terms === undefined ? {} : { service_terms: terms.map((tag) => ({ tag, agreed_at: connected, agreed_by: "KAUTH" as const })) }),
  };
}

/** So many users with ids far apart, the way they lie in an app. */
export function crowd(count: number, options?: Parameters<typeof user>[1]): LoadedUser[] {
  return Array.from({ length: count }, (_one, at) => user(String(1_000 + 7 * at), options));
}
