import type { KakaoId } from "./kakao-id.ts";
import { kakaoBirthdate, readCi, readKakaoEmail, readName, readPhone, type ForeignPhone } from "./keys.ts";

/**
 * Why details of a Kakao user are there or not (rule M2): young is younger than 24 h, unanswered was asked and left out of the answer,
 * preregistered has not finished the sign-up at Kakao, wiped was read and holds hashes in place of its keys by now (matching/kept-hashes.ts).
 * Codes are stored in snapshots: append, never renumber.
 */
export const READ_STATES = ["read", "young", "unanswered", "preregistered", "wiped"] as const;
export type ReadState = (typeof READ_STATES)[number];

/**
 * A Kakao user as the snapshot keeps it: keys in comparable form (of a wiped user their hashes), or the code of why there is none
 * (`UNUSABLE` in keys.ts). Name and birth date only corroborate: null when unknown.
 */
export interface KakaoUser {
  readonly id: KakaoId;
  readonly state: ReadState;
  /** Unix seconds; null when Kakao did not say. */
  readonly connectedAt: number | null;
  readonly ci: string | number;
  readonly phone: string | number;
  readonly email: string | number;
  readonly name: string | null;
  /** `YYYYMMDD`, only of a solar birthday with a year. */
  readonly birthdate: string | null;
}

/** Younger users have their details not read: reading may itself count as finishing the sign-up (U1). Five minutes are for clocks that differ. */
export const YOUNG_SECONDS = 24 * 3600 + 300;

/** A user as Kakao answers, or as a file in that shape holds it; whatever is not there is null. */
export interface AnsweredUser {
  readonly id: KakaoId;
  /** RFC 3339. */
  readonly connectedAt: string | null;
  /** False: sign-up at Kakao is not finished. */
  readonly hasSignedUp: boolean | null;
  readonly account: {
    readonly ci: string | null;
    readonly phoneNumber: string | null;
    readonly email: string | null;
    readonly isEmailValid: boolean | null;
    readonly isEmailVerified: boolean | null;
    readonly name: string | null;
    readonly birthyear: string | null;
    readonly birthday: string | null;
    readonly birthdayType: string | null;
  };
}

/** Brings an answered user to comparable form (product.md section 5). */
export function readKakaoUser(user: AnsweredUser, foreignPhone: ForeignPhone): KakaoUser {
  const { account } = user;
  return {
    id: user.id,
    state: user.hasSignedUp === false ? "preregistered" : "read",
    connectedAt: readSeconds(user.connectedAt),
    ci: readCi(account.ci),
    phone: readPhone(account.phoneNumber, foreignPhone),
    email: readKakaoEmail(account.email, account.isEmailValid, account.isEmailVerified),
    name: readName(account.name),
    birthdate: kakaoBirthdate(account.birthyear, account.birthday, account.birthdayType),
  };
}

/** Unix seconds of an RFC 3339 time, null when it is none. */
export function readSeconds(time: string | null): number | null {
  if (time === null) return null;
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}
