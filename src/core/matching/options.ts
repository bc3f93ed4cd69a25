import type { KeyName } from "../member.ts";
import type { ForeignPhone } from "../keys.ts";
import type { KeyDigests } from "./key-digests.ts";

export type Corroborator = "name" | "birthdate" | "email" | "recentlyVerified";

/** How phone or e-mail may decide alone (`matching.phone`, `matching.email`). */
export type KeyMode = "corroborated" | "alone" | "review";

/** What the rules ask of the outside, all passed in: the configuration, today, randomness and the phone library. */
export interface MatchingOptions {
  readonly keys: readonly KeyName[];
  readonly phone: KeyMode;
  readonly email: KeyMode;
  readonly corroborators: readonly Corroborator[];
  readonly dormant: "review" | "link";
  /** Comparable forms that identify nobody (`matching.placeholders`, read by `readPlaceholders`). */
  readonly placeholders: ReadonlySet<string>;
  readonly syntheticEmails: readonly RegExp[];
  readonly phoneVerifiedAlways: boolean;
  readonly emailVerifiedAlways: boolean;
  /** Minutes that times without a zone are ahead of UTC (`database.timeZone`). */
  readonly zoneMinutes: number;
  /** For each place, whether its members can hold a link at all. */
  readonly linkable: readonly boolean[];
  /** False when the Kakao users come from a file: then nobody is known to be gone, and M6 never relinks. */
  readonly listingComplete: boolean;
  /** `YYYYMMDD` in Asia/Seoul, for under-14. */
  readonly today: string;
  /** Unix milliseconds, for recentlyVerified. */
  readonly nowMs: number;
  readonly foreignPhone: ForeignPhone;
  /** Keys of which the database keeps digests; they are compared as digests on both sides. */
  readonly digests?: KeyDigests;
  /** Two random 32-bit numbers, drawn for this run. No answer depends on them. */
  readonly seed: readonly [number, number];
}

/** A verification younger than this corroborates when `recentlyVerified` is among the corroborators. */
export const RECENT_MS = 90 * 24 * 3600 * 1000;
