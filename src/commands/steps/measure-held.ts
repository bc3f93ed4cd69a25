import type { Context } from "../../context.ts";
import { readSeconds } from "../../core/kakao-user.ts";
import { HELD } from "../../core/matching/kakao-side.ts";
import { mayBeBehind, type HeldShare } from "../../core/orphans/brakes.ts";
import { HeldShares } from "../../core/orphans/held-shares.ts";
import type { LinkedUsers } from "../../core/orphans/linked-users.ts";
import type { Snapshot } from "../../workspace/snapshot.ts";
import { askInPages } from "./ask-in-pages.ts";
import { basicsPerCall } from "./ask-kakao.ts";

/** Held users whose link date is asked for where no snapshot knows it: a hundred calls. */
const sampleSize = 10_000;

/**
 * How many of the recently linked users somebody holds, against those linked before (U4). The dates of held users are not read otherwise: they come from the
 * snapshot that served as the listing, or from a sample evenly spread over the ids, and only where so many recent users are held by nobody that it could matter.
 */
export async function measureHeld(context: Context, users: LinkedUsers, snapshot: Snapshot | null): Promise<{ readonly recent: HeldShare | null; readonly settled: HeldShare | null }> {
  const shares = new HeldShares(Math.floor(context.now() / 1000));
  shares.addAsked(users);
  if (!mayBeBehind(shares.unheldRecent)) return { recent: null, settled: null };
  const held = listHeldRows(users);
  if (snapshot !== null) addFromSnapshot(shares, users, snapshot);
  else {
    const step = Math.max(1, held.length / sampleSize);
    const sample = Uint32Array.from({ length: Math.min(held.length, sampleSize) }, (_, at) => held[Math.floor(at * step)] ?? 0);
    await askInPages(context, "Link dates of a sample", sample, basicsPerCall, async (kakao, page) => {
      for (const { connectedAt } of await kakao.readBasics(page.map((row) => users.ids.at(row)))) shares.addHeld(readSeconds(connectedAt) ?? 0, step);
    });
  }
  return { recent: shares.recent, settled: shares.settled };
}

/** Whom somebody but a withdrawn member holds: those were asked for already, or are in use elsewhere. */
function listHeldRows(users: LinkedUsers): Uint32Array {
  const rows = new Uint32Array(users.length);
  let count = 0;
  for (let row = 0; row < users.length; row += 1) if (users.held(row) > HELD.withdrawn) rows[count++] = row;
  return rows.subarray(0, count);
}

function addFromSnapshot(shares: HeldShares, users: LinkedUsers, snapshot: Snapshot): void {
  let row = 0;
  for (const block of snapshot.blocks()) {
    for (const { connectedAt } of block) {
      if (users.held(row) > HELD.withdrawn) shares.addHeld(connectedAt ?? 0, 1);
      row += 1;
    }
  }
}
