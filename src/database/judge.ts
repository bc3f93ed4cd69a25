import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import type { ChangeGuards, FormerValues, LinkChange, LinkRestore, MovedWhy, RestoreOutcome } from "./service-database.ts";
import { sameStored } from "./stored-values.ts";

/**
 * The compare-and-set of every engine (product.md section 6, Apply): why a change must be left alone, or null when it may be written. `row` is the member as it is
 * inside the transaction, undefined when it is gone; `held` are the ids of `changes` that any row holds, and grows with what is about to be written; `again` says that an
 * earlier change of the same transaction writes the same member.
 */
export function judgeChange(change: LinkChange, row: MemberRow | undefined, index: number, held: Set<KakaoId>, again: boolean, guards: ChangeGuards): MovedWhy | null {
  if (row === undefined) return "row-gone";
  const why = again || (row.furtherLinks?.length ?? 0) > 0 ? "link-changed" : findMove(change, row.link, held);
  if (why !== null) return why;
  if (!guards.unchanged(row, index)) return "values-changed";
  if (change.to !== null) held.add(change.to);
  return null;
}

function findMove(change: LinkChange, link: string | null, held: ReadonlySet<KakaoId>): MovedWhy | null {
  if (link === change.to) return "already-linked";
  if (link !== change.from) return "link-changed";
  return change.to !== null && held.has(change.to) ? "id-held" : null;
}

/** What stands where a change is to be taken back; `formerHeld` says that somebody else holds by now an id that restoring would bring back. */
export function judgeRestore(restore: LinkRestore, stored: FormerValues | null, formerHeld: boolean): RestoreOutcome {
  if (sameRow(restore.written, stored)) return formerHeld ? "changed-since" : "restored";
  return sameRow(restore.former, stored) ? "already-restored" : "changed-since";
}

/** True when both are no row, or rows with the same columns and values. */
export function sameRow(left: FormerValues | null, right: FormerValues | null): boolean {
  if (left === null || right === null) return left === right;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => sameStored(left[name], right[name]));
}
