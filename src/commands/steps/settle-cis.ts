import type { Context } from "../../context.ts";
import { OperatorError } from "../../errors.ts";
import type { RecordedEntry, RecordEntry } from "../../workspace/record.ts";
import type { StagedCis } from "../../workspace/snapshot-store.ts";

/** CIs in entries of the record. What they say is held is `received` + `found` - `destroyed`. */
export interface CiSums {
  readonly received: number;
  readonly found: number;
  readonly used: number;
  readonly destroyed: number;
}

export function sumCis(entries: Iterable<RecordedEntry>): CiSums {
  const sums = { received: 0, found: 0, used: 0, destroyed: 0 };
  for (const { entry } of entries) for (const what of ["received", "found", "used", "destroyed"] as const) sums[what] += entry.ci?.[what] ?? 0;
  return sums;
}

export function heldBy({ received, found, destroyed }: CiSums): number {
  return received + found - destroyed;
}

/** CIs that lie in the workspace, in snapshots and in what an unfinished pull has read; null where a file of it cannot be read. */
export function countHeldCis(context: Context): number | null {
  return lookUp(context)?.held ?? null;
}

/** CIs in what an unfinished pull has read; 0 where that cannot be known. */
export function countStagedCis(context: Context): number {
  const staged = lookUp(context)?.staged;
  return staged === undefined || staged === null || staged.isOver ? 0 : staged.cis;
}

/** CIs that are in the snapshots no longer, though the record has them and `received` more, which it is about to be told of. */
export function countDestroyed(context: Context, received: number): number {
  const inSnapshots = unlessUnreadable(() => context.workspace().snapshots.countCis());
  return inSnapshots === null ? 0 : Math.max(0, heldBy(sumCis(context.auditRecord().entries())) + received - inSnapshots);
}

/**
 * Puts on record what killed commands could not: what a pull has read, what was destroyed, and what lies here although it was said to be destroyed (or an earlier record knew
 * of it). Behind it the record says how many CIs are held. Needs the workspace's lock. What cannot be read is settled once it is gone.
 */
export function settleCis(context: Context): void {
  const found = lookUp(context);
  if (found === null) return;
  const entries = [...context.auditRecord().entries()];
  const untold = found.staged === null ? 0 : Math.max(0, found.staged.cis - receivedBy(found.staged.id, entries));
  if (found.staged !== null && untold > 0) context.record({ event: "interrupted", code: "killed", counts: { pull: found.staged.id }, ci: { received: untold } });
  const missing = heldBy(sumCis(entries)) + untold - found.held;
  if (missing > 0) context.record({ event: "settled", ci: { destroyed: missing } });
  if (missing < 0) context.record({ event: "settled", ci: { found: -missing } });
}

/** What the record has heard of a pull. */
function receivedBy(pull: string, entries: readonly RecordedEntry[]): number {
  const isOf = ({ counts }: RecordEntry): boolean => counts?.["pull"] === pull;
  return sumCis(entries.filter(({ entry }) => isOf(entry))).received;
}

function lookUp(context: Context): { readonly held: number; readonly staged: StagedCis | null } | null {
  return unlessUnreadable(() => {
    const { snapshots } = context.workspace();
    const staged = snapshots.countStagedCis();
    return { held: snapshots.countCis() + (staged === null || staged.isOver ? 0 : staged.cis), staged };
  });
}

function unlessUnreadable<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof OperatorError) return null;
    throw error;
  }
}
