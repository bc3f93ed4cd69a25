import type { KakaoId } from "../core/kakao-id.ts";
import { quoteCode, quoteText } from "./json-rows.ts";
import type { BatchShape } from "./row-batches.ts";

/** Kinds of Kakao users that a plan may unlink (product.md section 7). */
export type UnlinkKind = "incomplete" | "withdrawn" | "keyless";

/**
 * One Kakao user to unlink: the id, its kind, when it was linked as Kakao's basics showed it (Unix seconds, for U3), and of a withdrawn
 * holder place and member id (null without one). Stored in the order of the link dates, the oldest first, and of the ids where dates are the same:
 * the first n rows are the n oldest (U4), the first 20 the canary (U5).
 */
export type UnlinkRow = readonly [kakaoId: KakaoId, kind: UnlinkKind, linkedAt: number, place: number | null, memberId: string | null];

/** State of the member that holds a gone link; `dangling` has no member and is never touched. */
export type GoneState = "live" | "notLive" | "withdrawn" | "dangling";

/**
 * One stored link that Kakao no longer has: place and member id, the id as it stands there (`former` of a compare-and-set), the holder's state, and
 * whether the member can sign in without Kakao and holds no other link (U9). The place of a dangling row is -1.
 */
export type GoneRow = readonly [place: number, memberId: string, kakaoId: KakaoId, state: GoneState, otherLogin: boolean, onlyLink: boolean];

/** The first batch holds the canary (U5). */
export const unlinkBatches: BatchShape<UnlinkRow> = {
  table: "batches",
  first: 20,
  later: 1000,
  render: ([kakaoId, kind, linkedAt, place, memberId]) => `["${kakaoId}",${quoteCode(kind)},${linkedAt},${place},${memberId === null ? "null" : quoteText(memberId)}]`,
};

/** In the order in which the members were read. */
export const goneBatches: BatchShape<GoneRow> = {
  table: "gone",
  first: 1000,
  later: 1000,
  render: ([place, memberId, kakaoId, state, otherLogin, onlyLink]) => `[${place},${quoteText(memberId)},"${kakaoId}","${state}",${otherLogin},${onlyLink}]`,
};
