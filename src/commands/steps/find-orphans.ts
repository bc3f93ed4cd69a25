import type { Context } from "../../context.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import { isOtherApp, type UnlinkNumbers } from "../../core/orphans/brakes.ts";
import { joinHolders, type Joined } from "../../core/orphans/linked-users.ts";
import { say } from "../../say.ts";
import { askLinkDates, basicsPerCall, detailsPerCall, findLinkedSince, graceOf, listOpenRows } from "./ask-kakao.ts";
import { codeOf } from "./code-of.ts";
import { countOf } from "./count-of.ts";
import { listKakaoUsers } from "./list-kakao-users.ts";
import { markDecided } from "./mark-decided.ts";
import { markKept } from "./mark-kept.ts";
import { measureHeld } from "./measure-held.ts";
import type { UnlinkInput } from "./plan-unlinking.ts";
import { readHolders, type StoredLinks } from "./read-holders.ts";
import { searchKeys } from "./search-keys.ts";
import { tellCalls } from "./tell-calls.ts";

/** Everything that a plan is written from. */
export interface FoundOrphans {
  readonly users: Joined["users"];
  /** Stored ids that Kakao no longer has linked. */
  readonly isGone: (id: KakaoId) => boolean;
  readonly goneIds: number;
  /** Stored ids that were linked after the listing. */
  readonly linkedSince: number;
  readonly heldTwice: number;
  readonly links: Omit<StoredLinks, "holders">;
  /** Without the number of unlinks, which the choice decides. */
  readonly numbers: Omit<UnlinkNumbers, "unlinks">;
  readonly excluded: number;
  readonly excludedUnknown: number;
  /** Stored ids elsewhere that cannot be read, by the place. */
  readonly unreadablePlaces: Readonly<Record<string, number>>;
  /** Users whom a person decided to be nobody's. */
  readonly decided: number;
  readonly detailsRead: number;
  readonly ciReceived: number;
  readonly listing: { readonly takenAt: number; readonly generation: number | null };
}

/**
 * Candidates first: the listing, then the database, so that who signs up meanwhile is held; then link dates of those whom nothing keeps, and details of those of them
 * who are old enough (product.md section 7).
 */
export async function findOrphans(context: Context, input: UnlinkInput): Promise<FoundOrphans> {
  const listing = await listKakaoUsers(context, input.maxAge);
  const received = { ci: 0 };
  try {
    const { holders, ...links } = await readHolders(context, input.inspection);
    const { users, unlisted, ...stored } = joinHolders(listing.takeIds(), holders.take());
    const kept = await markKept(context, users, input.exclude);
    const open = listOpenRows(users);
    // Where most stored ids are missing, the key is of another app: asking for each of them would say nothing more.
    const isStrange = isOtherApp(stored);
    tellCandidates(context, open.length, isStrange ? 0 : unlisted.length);
    const linkedSince = isStrange ? new Set<KakaoId>() : await findLinkedSince(context, unlisted);
    const old = await askLinkDates(context, users, open, graceOf(input.olderThan));
    const shares = await measureHeld(context, users, listing.snapshot);
    const keys = await searchKeys(context, input.inspection, users, old, received);
    const decided = markDecided(context, users);
    return {
      users,
      isGone: (id) => unlisted.find(id) >= 0 && !linkedSince.has(id),
      goneIds: unlisted.length - linkedSince.size,
      linkedSince: linkedSince.size,
      heldTwice: stored.heldTwice,
      links,
      numbers: {
        kakaoUsers: users.length, members: links.members, links: links.links, linkQuality: { values: links.links + links.malformedLinks, unreadable: links.unreadableLinks }, places: kept.places,
        storedIds: stored.storedIds, storedListed: stored.storedListed + linkedSince.size, ...shares, keys,
      },
      excluded: kept.excluded,
      excludedUnknown: kept.excludedUnknown,
      unreadablePlaces: kept.unreadable,
      decided,
      detailsRead: old.length,
      ciReceived: received.ci,
      listing: { takenAt: listing.takenAt, generation: listing.snapshot?.generation ?? null },
    };
  } catch (error) {
    if (received.ci > 0) context.record({ event: "interrupted", code: codeOf(error), ci: { received: received.ci, destroyed: received.ci } });
    throw error;
  } finally {
    listing.snapshot?.close();
  }
}

/** What reading the candidates will cost; how many of them are old enough to have their details read is known only by their link dates. */
function tellCandidates(context: Context, candidates: number, missing: number): void {
  if (candidates + missing === 0) return;
  const calls = { basics: Math.ceil(candidates / basicsPerCall) + Math.ceil(missing / basicsPerCall), details: Math.ceil(candidates / detailsPerCall) };
  const minutes = (calls.basics + calls.details) / context.config.limits.requestsPerSecond / 60;
  const amount = say`${countOf(candidates, "Kakao user")} without a member, ${countOf(missing, "link")} that Kakao does not list, at most`;
  tellCalls(context, amount, { calls, minutes }, say`exclude users with --exclude`);
}
