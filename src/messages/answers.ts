import type { Note, ReviewReason } from "../core/matching/answers.ts";
import type { DecisionRefusal } from "../core/matching/decisions.ts";
import { sayAll } from "./say-all.ts";

/** Every sentence about an answer, in the language that is spoken. */
export interface AnswerTexts {
  /** What each review reason means, and what a person can do. */
  readonly reasons: Readonly<Record<ReviewReason, string>>;
  readonly notes: Readonly<Record<Exclude<Note, "">, string>>;
  readonly decisionRefusals: Readonly<Record<DecisionRefusal, string>>;
  readonly moved: Readonly<Record<string, string>>;
}

const sentences: AnswerTexts = {
  reasons: {
    "held-by-not-live": "A member that is not live (dormant, blocked, in a recall period) already holds this Kakao id. Bring that member back, or leave it.",
    "held-by-dangling": "A link row whose member is in no configured table holds this Kakao id. Look whose row it is; it is never touched.",
    "held-by-withdrawn": "A withdrawn member still holds this Kakao id. It is attached to nobody else; `unlink-orphans` deals with it.",
    "ci-differs": "The phone number or e-mail is the same, but both CIs are known and differ: it has changed hands. Never link these.",
    "shared-ci-members": "Several members have this CI: one person with several accounts. Merge them, or decide for one.",
    "shared-phone-members": "Several members have this phone number, and name and birth date do not single one out.",
    "shared-email-members": "Several members have this e-mail address, and name and birth date do not single one out.",
    "shared-ci-kakao": "Another Kakao user has the same CI. Decide for at most one of them.",
    "shared-phone-kakao": "Another Kakao user has the same phone number. Decide for at most one of them.",
    "shared-email-kakao": "Another Kakao user has the same e-mail address. Decide for at most one of them.",
    "member-not-live": "The member that was found is not live. Dormant members can be linked with `matching.dormant: link`; those of a table of `members.also` also by a decision.",
    "member-linked-elsewhere": "The member that was found already holds another Kakao id, or a link that is no Kakao id.",
    "member-taken": "Another Kakao user points at this member by a stronger key.",
    "keys-disagree": "The phone number points at this member, but an e-mail address points elsewhere.",
    protected: "The member is staff or otherwise protected (`members.protected`): never linked by phone or e-mail.",
    "under-14": "One side's birth date says under 14: phone and e-mail may be a parent's.",
    "unverified-phone": "The service never verified this phone number, so it may be anybody's.",
    "unverified-email": "The service never verified this e-mail address, so it may be anybody's.",
    "contradicted-birthdate": "The phone number or e-mail is the same, but the birth dates differ.",
    "contradicted-name": "The phone number or e-mail is the same, but the names differ.",
    "uncorroborated-phone": "Only the phone number agrees; nothing of `matching.corroborators` does.",
    "uncorroborated-email": "Only the e-mail address agrees; nothing of `matching.corroborators` does.",
    "phone-only": "The configuration asks for a person's look at every link by phone (`matching.phone: review`).",
    "email-only": "The configuration asks for a person's look at every link by e-mail (`matching.email: review`).",
    "ci-contradicted": "The CI is the same, but both name and birth date differ: the stored CI may be damaged.",
  },
  notes: {
    "name-differs": "The names differ; the CI decides all the same.",
    "birthdate-differs": "The birth dates differ; the CI decides all the same.",
  },
  decisionRefusals: {
    "decision-outdated": "what the reviewer saw is no longer so (another reason or evidence, or a row that was altered)",
    "decision-already-linked": "the Kakao id is held by a member already (M1)",
    "decision-ci-differs": "both CIs are known and differ",
    "decision-member-linked": "the member holds another link (M6)",
    "decision-member-not-live": "the member is withdrawn, blocked or not live",
    "decision-twice": "two links were decided for one member, one Kakao user or one shared value",
    "decision-not-a-link": "the member does not hold that Kakao id",
  },
  moved: {
    "row-gone": "the member's row is gone",
    "link-changed": "the member's link is no longer what it was",
    "id-held": "another member holds the Kakao id now",
    "values-changed": "a value that the plan looked at has changed, or the member is no longer live",
    "already-linked": "the member holds this Kakao id already",
    "index-refused": "a unique index of the database refuses it",
    "not-gone": "Kakao lists the former id again",
    "in-use-elsewhere": "a place of alsoLinkedIn has the Kakao id in use by now",
  },
};

export const answerTexts: AnswerTexts = {
  get reasons() {
    return sayAll(sentences.reasons);
  },
  get notes() {
    return sayAll(sentences.notes);
  },
  get decisionRefusals() {
    return sayAll(sentences.decisionRefusals);
  },
  get moved() {
    return sayAll(sentences.moved);
  },
};
