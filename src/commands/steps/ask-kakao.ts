import type { Context } from "../../context.ts";
import { YOUNG_SECONDS, readSeconds } from "../../core/kakao-user.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import type { SortedIds } from "../../core/id-order.ts";
import { READING } from "../../core/orphans/kinds.ts";
import type { LinkedUsers } from "../../core/orphans/linked-users.ts";
import { askInPages } from "./ask-in-pages.ts";
import { refuseWrongClock } from "./check-clock.ts";

export const basicsPerCall = 100;
export const detailsPerCall = 20;

/** Rows that nothing keeps so far, in ascending order. */
export function listOpenRows(users: LinkedUsers): Uint32Array {
  let count = 0;
  for (let row = 0; row < users.length; row += 1) if (users.isOpen(row)) count += 1;
  const rows = new Uint32Array(count);
  for (let row = 0, at = 0; row < users.length; row += 1) if (users.isOpen(row)) rows[at++] = row;
  return rows;
}

/** Seconds a link must be old before its user's details are read: `--older-than`, and never less than 24 hours and a margin for clocks that differ (U1). */
export function graceOf(olderThanMs: number | undefined): number {
  return Math.max(Math.floor((olderThanMs ?? 0) / 1000), YOUNG_SECONDS);
}

/** Asks when users were linked. Answers the rows of those linked longer ago than the grace period; who is exactly as old as that is young. */
export async function askLinkDates(context: Context, users: LinkedUsers, rows: Uint32Array, graceSeconds: number): Promise<Uint32Array> {
  await askInPages(context, "Link dates", rows, basicsPerCall, async (kakao, page) => {
    const answers = await kakao.readBasics(page.map((row) => users.ids.at(row)));
    refuseWrongClock(context, kakao);
    const dates = new Map(answers.map(({ id, connectedAt }) => [id, readSeconds(connectedAt)]));
    const now = Math.floor(context.now() / 1000);
    for (const row of page) {
      const linkedAt = dates.get(users.ids.at(row)) ?? 0;
      users.setLinkedAt(row, Math.max(0, linkedAt));
      if (linkedAt > 0 && now - linkedAt <= graceSeconds) users.setReading(row, READING.young);
    }
  });
  return rows.filter((row) => users.linkedAt(row) > 0 && users.reading(row) === READING.unread);
}

/** Stored ids that the listing does not have and Kakao has linked all the same: they came after it. A call for a hundred of them, and no details. */
export async function findLinkedSince(context: Context, unlisted: SortedIds): Promise<ReadonlySet<KakaoId>> {
  const linked = new Set<KakaoId>();
  const rows = Uint32Array.from({ length: unlisted.length }, (_, row) => row);
  await askInPages(context, "Missing links", rows, basicsPerCall, async (kakao, page) => {
    for (const { id } of await kakao.readBasics(page.map((row) => unlisted.at(row)))) linked.add(id);
  });
  return linked;
}
