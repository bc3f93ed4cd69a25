/** Why a member is left out of a customer file (product.md T2), in the order in which the reasons are asked: the first that applies is told. */
export const LEFT_OUT = [
  "not-live",
  "no-consent",
  "no-consent-date",
  "refused-elsewhere",
  "no-night-consent",
  "overdue",
  "under-14",
  "age-unknown",
  "no-phone",
  "bad-phone",
  "foreign-phone",
  "no-kakao-id",
  "duplicate",
  "bad-value",
  "outside-segment",
  "blocked-channel",
  "unknown-relation",
] as const;
export type LeftOut = (typeof LEFT_OUT)[number];

/** What a customer file knows people by: the user id of the app, or the phone number. */
export type TargetIdType = "app" | "phone";

/** A value of a configured field; null is an empty cell, and is not sent. */
export type FieldValue = string | number | null;

/** Someone who may be written to. */
export interface TargetRow {
  /** 0 is `members.table`, n the n-th table of `members.also`. */
  readonly place: number;
  readonly memberId: string;
  /** The Kakao id; or the number with its country code and without `+`: 821012345678. */
  readonly id: bigint;
  /** In the order of `channel.fields`. */
  readonly fields: readonly FieldValue[];
}

/** Someone who is left out, and what that means for a file that still holds one of the identifiers (T5). */
export interface LeftOutRow {
  readonly place: number;
  readonly memberId: string;
  readonly reason: LeftOut;
  /** Every identifier that the row holds, comparable with `TargetRow.id`; none where there is none. */
  readonly ids: readonly bigint[];
  /** `always`: the row says refused or withdrawn, and the identifier goes whatever the brake; `filter`: anything else, which the brake may hold back. */
  readonly removal: "always" | "filter";
}

/** The answer about one row that was read: rows read = exported + left out. */
export type TargetAnswer = { readonly exported: TargetRow } | { readonly leftOut: LeftOutRow };
