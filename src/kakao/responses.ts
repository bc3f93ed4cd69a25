import { z } from "zod";
import { isKakaoId, type KakaoId } from "../core/kakao-id.ts";
import type { AnsweredUser } from "../core/kakao-user.ts";
import { say } from "../say.ts";
import { parseExactJson } from "./exact-json.ts";
import { listFilled } from "./presence.ts";

/** A linked user without personal data: times are RFC 3339 in UTC. `synchedAt` only for users who came by Kakao Sync. */
export interface KakaoBasics {
  readonly id: KakaoId;
  readonly connectedAt: string | null;
  readonly synchedAt: string | null;
}

/** A linked user with the account items that were asked for; an item that Kakao left out or sent as null is null. */
export interface KakaoUserDetails extends KakaoBasics {
  /** Only of apps without automatic linking; false: sign-up at Kakao is not finished. */
  readonly hasSignedUp: boolean | null;
  readonly account: KakaoAccount;
}

/** Values as Kakao writes them (kakao-api.md 3.3): birthyear `YYYY`, birthday `MMDD`, birthdayType `SOLAR` or `LUNAR`. */
export type KakaoAccount = AnsweredUser["account"];

/** A linked user with the scope ids of the items that there is a value of, and none of the values. */
export interface KakaoPresence extends KakaoBasics {
  /** Only of apps without automatic linking; false: sign-up at Kakao is not finished. */
  readonly hasSignedUp: boolean | null;
  readonly filled: readonly string[];
}

/** One consent item of a user (kakao-api.md 3.6). `revocable` is null unless agreed. */
export interface KakaoScope {
  readonly id: string;
  readonly displayName: string;
  readonly type: string;
  readonly using: boolean;
  readonly agreed: boolean;
  readonly revocable: boolean | null;
}

/** One service term (kakao-api.md 3.7). `agreedBy` is `KAUTH` (on Kakao's screen) or `KAPI` (sent by the service). */
export interface KakaoServiceTerm {
  readonly tag: string;
  readonly required: boolean;
  readonly agreed: boolean;
  readonly revocable: boolean | null;
  readonly agreedAt: string | null;
  readonly agreedBy: string | null;
}

/** A page of `/v1/user/ids`. Kakao's `after_url` is only ever asked whether it is there: it is plain http and holds the key. */
export interface ListingPage {
  readonly ids: readonly KakaoId[];
  readonly more: boolean;
}

/** Checked value, or the path of the first field that is not as documented. Never a value: it may be personal. */
export type Checked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly where: string };

/** A body: JSON with Kakao's error code if it has one, or no JSON. `callerIp` is what an `ip mismatched!` names, maybe ''. */
export type Body =
  | { readonly json: true; readonly value: unknown; readonly code: number | null; readonly callerIp: string | null }
  | { readonly json: false };

// Shorter ids come as numbers, longer ones as the text that parseExactJson made of them.
export const kakaoId = z
  .union([z.string(), z.int().transform(String)])
  .refine(isKakaoId);
export const text = z.string().nullish().transform((value) => value ?? null);
const flag = z.boolean().nullish().transform((value) => value ?? null);
/** A time that cannot be read is no time: rules keep and never act on a user without one. */
const time = text.transform((value) => (value === null || Number.isNaN(Date.parse(value)) ? null : value));

const listingPage = z
  .object({ elements: z.array(kakaoId), after_url: text })
  .transform((page): ListingPage => ({ ids: page.elements, more: page.after_url !== null && page.after_url !== "" }));

const basics = z
  .object({ id: kakaoId, connected_at: time, synched_at: time })
  .transform((user): KakaoBasics => ({ id: user.id, connectedAt: user.connected_at, synchedAt: user.synched_at }));

const account = z.object({
  ci: text,
  phone_number: text,
  email: text,
  is_email_valid: flag,
  is_email_verified: flag,
  name: text,
  birthyear: text,
  birthday: text,
  birthday_type: text,
});

const details = z
  .object({ id: kakaoId, connected_at: time, synched_at: time, has_signed_up: flag, kakao_account: account.nullish() })
  .transform((user): KakaoUserDetails => {
    const { kakao_account: given } = user;
    return {
      id: user.id,
      connectedAt: user.connected_at,
      synchedAt: user.synched_at,
      hasSignedUp: user.has_signed_up,
      account: {
        ci: given?.ci ?? null,
        phoneNumber: given?.phone_number ?? null,
        email: given?.email ?? null,
        isEmailValid: given?.is_email_valid ?? null,
        isEmailVerified: given?.is_email_verified ?? null,
        name: given?.name ?? null,
        birthyear: given?.birthyear ?? null,
        birthday: given?.birthday ?? null,
        birthdayType: given?.birthday_type ?? null,
      },
    };
  });

const presence = z
  .object({ id: kakaoId, connected_at: time, synched_at: time, has_signed_up: flag, kakao_account: z.record(z.string(), z.unknown()).nullish() })
  .transform((user): KakaoPresence => ({
    id: user.id,
    connectedAt: user.connected_at,
    synchedAt: user.synched_at,
    hasSignedUp: user.has_signed_up,
    filled: listFilled(user.kakao_account ?? {}),
  }));

const scopes = z
  .object({
    id: kakaoId,
    scopes: z.array(
      z
        .object({ id: z.string(), display_name: z.string(), type: z.string(), using: z.boolean(), agreed: z.boolean(), revocable: flag })
        .transform(({ display_name: displayName, ...scope }): KakaoScope => ({ ...scope, displayName })),
    ),
  });

const serviceTerms = z
  .object({
    id: kakaoId,
    service_terms: z
      .array(
        z
          .object({ tag: z.string(), required: z.boolean(), agreed: z.boolean(), revocable: flag, agreed_at: time, agreed_by: text })
          .transform(({ agreed_at: agreedAt, agreed_by: agreedBy, ...term }): KakaoServiceTerm => ({ ...term, agreedAt, agreedBy })),
      )
      .nullish()
      .transform((terms) => terms ?? []),
  });

const idOnly = z.object({ id: kakaoId });

/** Several users come as a bare array or in `elements`, and an element may lack its `id` (kakao-api.md 3.2). */
const severalUsers = z
  .union([z.array(z.unknown()), z.object({ elements: z.array(z.unknown()) }).transform((answer) => answer.elements)])
  .transform((users) => users.filter((user) => typeof user === "object" && user !== null && "id" in user));

const kakaoError = z.object({ code: z.int(), msg: z.string().optional().catch(undefined) });

/** Takes a body apart without judging it. A code in the body counts whatever the HTTP status is (U6). */
export function readBody(body: string): Body {
  let value: unknown;
  try {
    value = parseExactJson(body);
  } catch {
    return { json: false };
  }
  if (typeof value !== "object" || value === null) return { json: false };
  const error = kakaoError.safeParse(value);
  if (!error.success) return { json: true, value, code: null, callerIp: null };
  return { json: true, value, code: error.data.code, callerIp: readCallerIp(error.data.msg ?? "") };
}

export function checkListingPage(body: unknown): Checked<ListingPage> {
  return check(listingPage, body);
}

export function checkSeveralBasics(body: unknown): Checked<KakaoBasics[]> {
  return check(severalUsers.pipe(z.array(basics)), body);
}

export function checkSeveralDetails(body: unknown): Checked<KakaoUserDetails[]> {
  return check(severalUsers.pipe(z.array(details)), body);
}

export function checkSeveralPresences(body: unknown): Checked<KakaoPresence[]> {
  return check(severalUsers.pipe(z.array(presence)), body);
}

export function checkDetails(body: unknown): Checked<KakaoUserDetails> {
  return check(details, body);
}

export function checkScopes(body: unknown): Checked<{ id: KakaoId; scopes: KakaoScope[] }> {
  return check(scopes, body);
}

export function checkServiceTerms(body: unknown): Checked<{ id: KakaoId; service_terms: KakaoServiceTerm[] }> {
  return check(serviceTerms, body);
}

export function checkIdOnly(body: unknown): Checked<{ id: KakaoId }> {
  return check(idOnly, body);
}

export function check<T>(shape: z.ZodType<T>, body: unknown): Checked<T> {
  const result = shape.safeParse(body);
  if (result.success) return { ok: true, value: result.data };
  const path = result.error.issues[0]?.path ?? [];
  return { ok: false, where: say`unexpected value or none at "${["answer", ...path].map(String).join(".")}"` };
}

/** kakao-api.md section 1: `ip mismatched! callerIp=203.0.113.5. check out registered ips.` */
function readCallerIp(msg: string): string | null {
  if (!/ip mismatched/i.test(msg)) return null;
  return /callerIp=([0-9a-fA-F:.]*[0-9a-fA-F])/.exec(msg)?.[1] ?? "";
}
