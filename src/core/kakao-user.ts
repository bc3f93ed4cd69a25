import type { KakaoId } from "./kakao-id.ts";

/**
 * Why details of a Kakao user are there or not (rule M2): young is younger than 24 h, unanswered was asked and left out of the answer,
 * preregistered has not finished the sign-up at Kakao.
 */
export const READ_STATES = ["read", "young", "unanswered", "preregistered"] as const;
export type ReadState = (typeof READ_STATES)[number];

/**
 * A Kakao user as the snapshot keeps it: keys in comparable form, or the code of why there is none (`UNUSABLE` in keys.ts).
 * Name and birth date only corroborate: null when unknown.
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
