import type { LeftOut } from "../core/targets/targets.ts";
import { sayAll } from "./say-all.ts";

/** Every sentence about who is left out of a customer file, in the language that is spoken. */
export interface TargetTexts {
  /** What each reason means, short enough for a table of 80 columns. */
  readonly reasons: Readonly<Record<LeftOut, string>>;
  /** The same as a whole sentence, for `explain`. */
  readonly sentences: Readonly<Record<LeftOut, string>>;
}

const sentences: TargetTexts = {
  reasons: {
    "not-live": "dormant, blocked or withdrawn",
    "no-consent": "no, never asked, or not readable",
    "no-consent-date": "consents, but not since when",
    "refused-elsewhere": "another row of the person says no",
    "no-night-consent": "no consent to 21:00–08:00 (--night)",
    overdue: "reconfirmation overdue",
    "under-14": "younger than 14 today",
    "age-unknown": "no readable birth date",
    "no-phone": "no phone number",
    "bad-phone": "the number is no mobile number",
    "foreign-phone": "the number is of another country",
    "no-kakao-id": "not linked to Kakao",
    duplicate: "exported once already",
    "bad-value": "a field cannot be written as it is",
    "outside-segment": "not in the segment",
    "blocked-channel": "blocked the channel",
    "unknown-relation": "Kakao was not asked, or does not say",
  },
  sentences: {
    "not-live": "The row does not fulfil members.where (dormant, blocked, withdrawn), or stands in a table of members.also.",
    "no-consent": "marketing.agreed says no, holds nothing, or holds something that is neither yes nor no, which counts as a refusal.",
    "no-consent-date": "marketing.agreed says yes, but marketing.agreedAt holds no date, or one in the future: a consent without its date proves nothing.",
    "refused-elsewhere": "Another member row with the same identifier has refused, and a refusal on any row wins.",
    "no-night-consent": "--night asks for the consent to messages from 21:00 to 08:00, and marketing.night does not say yes.",
    overdue: "Two years have passed since the consent or its last reconfirmation without a notice, and --exclude-overdue leaves such members out.",
    "under-14": "By its birth date the member is younger than 14 today, in Korea.",
    "age-unknown": "The birth date is empty or cannot be read, and channel.ageUnknown does not say export.",
    "no-phone": "The row holds no phone number.",
    "bad-phone": "What the row holds is no mobile number, is a placeholder, or could not be decrypted.",
    "foreign-phone": "The number is of another country: a customer file takes Korean mobile numbers.",
    "no-kakao-id": "The row holds no Kakao id, or something that is none.",
    duplicate: "An earlier row was exported under the same identifier: each goes once.",
    "bad-value": "A field of channel.fields holds what cannot be written as it is: see bad-values.csv.",
    "outside-segment": "The row does not fulfil the condition of --segment.",
    "blocked-channel": "Kakao says that the user has blocked the channel.",
    "unknown-relation": "Kakao was not asked or did not say: linked less than 24 hours ago, not linked any more, no consent to plusfriends, or no Kakao id.",
  },
};

export const targetTexts: TargetTexts = {
  get reasons() {
    return sayAll(sentences.reasons);
  },
  get sentences() {
    return sayAll(sentences.sentences);
  },
};
