/** Every Kakao user gets exactly one of these (product.md section 6). */
export const ACTIONS = ["linked", "elsewhere", "unread", "link", "relink", "review", "unmatched"] as const;
export type Action = (typeof ACTIONS)[number];

/** What decided: the key, or a person (M12). */
export const DECIDED_BY = ["ci", "phone", "email", "decision"] as const;
export type DecidedBy = (typeof DECIDED_BY)[number];

/** Why an answer is `review`, with the rule that says so. */
export const REVIEW_RULES = {
  "held-by-not-live": "M1",
  "held-by-dangling": "M1",
  "held-by-withdrawn": "M1",
  "ci-differs": "M3",
  "shared-ci-members": "M4",
  "shared-phone-members": "M4",
  "shared-email-members": "M4",
  "shared-ci-kakao": "M4",
  "shared-phone-kakao": "M4",
  "shared-email-kakao": "M4",
  "member-not-live": "M5",
  "member-linked-elsewhere": "M6",
  "member-taken": "M7",
  "keys-disagree": "M7",
  protected: "M8",
  "under-14": "M8",
  "unverified-phone": "M8",
  "unverified-email": "M8",
  "contradicted-birthdate": "M8",
  "contradicted-name": "M8",
  "uncorroborated-phone": "M8",
  "uncorroborated-email": "M8",
  "phone-only": "M8",
  "email-only": "M8",
  "ci-contradicted": "M9",
} as const;
export type ReviewReason = keyof typeof REVIEW_RULES;

/** What a `link` by CI notes although it does not stop it (M9). */
export type Note = "" | "name-differs" | "birthdate-differs";

/** What stood behind a link by phone or e-mail; links that only an added corroborator carries are counted apart (product.md section 4). */
export type Corroboration = "strong" | "email" | "recentlyVerified" | "alone";

/** How the evidence of a linked pair reads (M1). */
export type LinkedEvidence = "agree" | "unknown" | "contradicted";

/** One answer. `member` is a row of the member side, -1 where nobody is named. */
export interface Answer {
  readonly action: Action;
  /** Why it is a review; for a link by a person's decision, why it had been one. */
  readonly reason: ReviewReason | "";
  readonly by: DecidedBy | "";
  readonly member: number;
  readonly note: Note;
  readonly corroboration: Corroboration;
}
