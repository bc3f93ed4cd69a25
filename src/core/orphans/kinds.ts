import { HELD, type Held } from "../matching/kakao-side.ts";

/** Where else an id is in use, or why it must stay linked; added up. */
export const MARK = { elsewhere: 1, excluded: 2, pending: 4 } as const;
export type Mark = (typeof MARK)[keyof typeof MARK];

/**
 * What Kakao said about a user. `unread` is no answer or no date, `young` a link younger than the grace period; only of `read` ones details
 * were answered.
 */
export const READING = { unread: 0, young: 1, preregistered: 2, read: 3 } as const;
export type Reading = (typeof READING)[keyof typeof READING];

/** Kinds that stay linked, in the order in which they are told. */
export const KEEP_KINDS = [
  "linked", "notLive", "dangling", "elsewhere", "excluded", "pending", "mappable", "young", "unread", "preregistered", "keyless", "deselected",
] as const;
export type KeepKind = (typeof KEEP_KINDS)[number];

/** Kinds that may be unlinked. */
export const UNLINK_KINDS = ["incomplete", "withdrawn", "keyless"] as const;
export type UnlinkKind = (typeof UNLINK_KINDS)[number];

export type Kind = Exclude<KeepKind, "deselected"> | UnlinkKind;

/** Everything that is known of a Kakao user when the kind is decided. */
export interface UserFacts {
  readonly held: Held;
  /** Marks added up. */
  readonly marks: number;
  readonly reading: Reading;
  /** At least one usable key: the user could be searched for. */
  readonly hasKey: boolean;
  /** A live or not-live member shares a key; an unverified e-mail address counts here. */
  readonly isShared: boolean;
  /** A person decided that no member is this user. */
  readonly isDecidedUnmatched: boolean;
}

/** The kind of a Kakao user: the first line of section 7's table that applies, and where anything is in doubt one that keeps. */
export function classifyUser({ held, marks, reading, hasKey, isShared, isDecidedUnmatched }: UserFacts): Kind {
  if (held === HELD.live) return "linked";
  if (held === HELD.notLive) return "notLive";
  if (held === HELD.dangling) return "dangling";
  if ((marks & MARK.elsewhere) !== 0) return "elsewhere";
  if ((marks & MARK.excluded) !== 0) return "excluded";
  if ((marks & MARK.pending) !== 0) return "pending";
  if (reading === READING.young) return "young";
  if (reading === READING.unread) return "unread";
  if (reading === READING.preregistered) return "preregistered";
  // A decision is about who has no holder: what a person said of a pair holds nobody's leaving against a member.
  if (isShared && !(isDecidedUnmatched && held === HELD.nobody)) return "mappable";
  if (held === HELD.withdrawn) return "withdrawn";
  return hasKey ? "incomplete" : "keyless";
}
