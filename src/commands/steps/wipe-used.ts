import type { Context } from "../../context.ts";
import { GrowingIds } from "../../core/growing-ids.ts";
import { createWiper, fits, makeComparison, type Comparison } from "../../core/matching/kept-hashes.ts";
import { OperatorError } from "../../errors.ts";
import type { RunStore } from "../../workspace/run-store.ts";
import type { RunState } from "../../workspace/run-states.ts";
import type { Run, WipedDetails } from "../../workspace/runs.ts";
import type { ReadUser, Snapshot } from "../../workspace/snapshot.ts";
import { say } from "../../say.ts";
import { readOutcomes } from "./apply-mapping.ts";
import { countOf } from "./count-of.ts";
import { readMappingOptions } from "./read-mapping-options.ts";
import { contradicted } from "./write-mapping-plan.ts";

/** Over without having been applied or expired; another plan may have taken its place, and use the same details. */
const GIVEN_UP: readonly RunState[] = ["superseded", "changed", "abandoned", "undone"];

/**
 * Wipes the details of linked users that a mapping run has used, once it was applied or has expired (product.md section 10), with an entry on record; those of one that
 * was replaced or given up once they are as old as a plan, or details, may get; those of a plan that is alive once they are as old as details may get. A run of which
 * that was left undone, because it was killed, is dealt with by the next command that comes here. Needs the workspace's lock.
 */
export async function wipeUsed(context: Context): Promise<void> {
  const runs = context.workspace().runs.list().filter(({ command, snapshot }) => command === "map-members" && snapshot !== null);
  // The newest plan knows best who is linked, and against whom something speaks that a person has yet to look at.
  const newest = runs.find(({ state, snapshot }) => state !== "purged" && snapshot?.source === "app");
  let isSpokenFor = false;
  for (const run of runs) {
    if (run.wiped !== undefined || !isDue(context, run)) continue;
    const isLater = GIVEN_UP.includes(run.state) && run.snapshot?.source === "app";
    // Of plans from one snapshot after the other the newest speaks for those before it.
    if (isLater && isSpokenFor) context.workspace().runs.markWiped(run.id, { users: 0, cis: 0 });
    else {
      const isDone = await wipeRun(context, run, isLater && newest !== undefined && newest.id !== run.id ? [run, newest] : [run]);
      isSpokenFor ||= isLater && isDone;
    }
  }
}

function isDue(context: Context, { command, state, snapshot }: Run): boolean {
  if (state === "applied" || state === "expired") return true;
  const retention = context.config.retention.snapshotMs / 1000;
  const isOlder = (seconds: number): boolean => (snapshot?.takenAt ?? 0) + seconds <= context.now() / 1000;
  // The next pull would read them again, and this plan's turn would never come where plans are made as seldom. An apply does without them.
  if (state === "planned") return snapshot?.source === "app" && isOlder(retention);
  return GIVEN_UP.includes(state) && isOlder(Math.min(context.workspace().runs.lifetimeOf(command), retention));
}

/** `judges`: the runs by which somebody must be linked. False where it cannot be done yet. */
async function wipeRun(context: Context, run: Run, judges: readonly Run[]): Promise<boolean> {
  const { snapshots, runs } = context.workspace();
  try {
    // Of the app there is one snapshot at a time, whatever its generation is by now.
    const used = run.snapshot?.source === "app" ? snapshots.snapshot() : snapshots.open(run.snapshot?.generation ?? 0);
    try {
      const wiped = used === null ? { users: 0, cis: 0 } : used.complete ? await wipeLinked(context, run, used, judges) : wipeFile(context, run, used);
      // Of a plan that is alive, those are yet to come whom it will link.
      if (run.state !== "planned") runs.markWiped(run.id, wiped);
      return true;
    } finally {
      used?.close();
    }
  } catch (error) {
    // The run itself is over, and nobody is kept from going on; it stays due, and at the latest goes with its snapshot.
    if (!(error instanceof OperatorError)) throw error;
    context.terminal.warn(say`The details of linked users that run ${run.id} used are not wiped yet: ${error.message} ${error.hint}`);
    return false;
  }
}

/** Nobody plans from users of a file again: each plan reads its file anew. */
function wipeFile(context: Context, run: Run, { generation, counts }: Snapshot): WipedDetails {
  record(context, run, { users: counts.users, cis: counts.cis });
  context.workspace().snapshots.wipe(generation);
  return { users: counts.users, cis: counts.cis };
}

async function wipeLinked(context: Context, run: Run, { generation, comparison: known }: Snapshot, judges: readonly Run[]): Promise<WipedDetails> {
  const options = readMappingOptions(context, await context.foreignPhone(), true);
  const comparison = known !== null && fits(known, options) ? known : makeComparison(options, context.drawSeed());
  const stores: RunStore[] = [];
  try {
    const linkedBy = judges.map((judge) => {
      const store = context.workspace().openRunStore(judge);
      stores.push(store);
      return findLinked(judge, store);
    });
    // Each of them is asked about every id: their lists are gone through side by side.
    const isLinked = (id: bigint): boolean => linkedBy.map((isLinkedBy) => isLinkedBy(id)).every(Boolean);
    const wiped = { users: 0, cis: 0 };
    const wipe = chooseWipe(comparison, known, createWiper(options, comparison), (read) => isUsedBy(run, read) && isLinked(BigInt(read.user.id)), wiped);
    await context.workspace().snapshots.wipeDetails(generation, { wipe, comparison, announce: () => record(context, run, wiped) });
    if (wiped.users > 0) context.terminal.note(say`Details of ${countOf(wiped.users, "linked Kakao user")}, with ${countOf(wiped.cis, "CI")}, have been wiped from the snapshot.`);
    return wiped;
  } finally {
    for (const store of stores) store.close();
  }
}

/** Details that were read after the run's snapshot are another run's. */
function isUsedBy({ snapshot }: Run, { user, readAt }: ReadUser): boolean {
  return user.state === "read" && readAt > 0 && readAt <= (snapshot?.takenAt ?? 0);
}

function chooseWipe(comparison: Comparison, known: Comparison | null, wiper: ReturnType<typeof createWiper>, isDueOf: (read: ReadUser) => boolean, wiped: { users: number; cis: number }): (read: ReadUser) => ReadUser {
  return (read) => {
    // Hashes of another comparison are of no use any more: the next pull reads these users again.
    if (read.user.state === "wiped" && known !== comparison && read.readAt > 0) return { user: { ...read.user, ci: 0, phone: 0, email: 0 }, readAt: 0 };
    if (!isDueOf(read)) return read;
    wiped.users += 1;
    if (typeof read.user.ci === "string") wiped.cis += 1;
    return { user: wiper(read.user), readAt: read.readAt };
  };
}

/**
 * Who was linked when the run was planned, or has been linked by it. Not who is contradicted (M1): a person has yet to look at those, and needs what speaks
 * against them. Ids must be asked for in ascending order.
 */
function findLinked(run: Run, store: RunStore): (id: bigint) => boolean {
  const written = new GrowingIds();
  const excepted = new Set<string>();
  for (const { row: [, , kakaoId, action], outcome } of run.state === "applied" ? readOutcomes(store) : []) {
    if (action === "unlink") excepted.add(kakaoId);
    else if (outcome.outcome === "written") written.push(BigInt(kakaoId));
  }
  for (const { kakaoId, reason } of store.candidates()) if (reason === contradicted) excepted.add(kakaoId);
  const linkedBy = ascending(written.take().sort());
  const unlinked = ascending(unlinkedIds(store));
  return (id) => {
    const isWritten = linkedBy(id);
    return (isWritten || !unlinked(id)) && !excepted.has(String(id));
  };
}

/** Everybody whom the plan did not find linked. */
function* unlinkedIds(store: RunStore): Iterable<bigint> {
  for (const { kakaoId, action } of store.answers()) if (action !== "linked") yield BigInt(kakaoId);
}

/** Whether an id is among others; both come in ascending order. */
function ascending(ids: Iterable<bigint>): (id: bigint) => boolean {
  const rest = ids[Symbol.iterator]();
  let next = rest.next();
  return (id) => {
    while (next.done !== true && next.value < id) next = rest.next();
    return next.done !== true && next.value === id;
  };
}

/** The record says what is about to go: killed behind it, the next command says so once more. */
function record(context: Context, run: Run, { users, cis }: WipedDetails): void {
  if (users > 0) context.record({ event: "destroyed", run: run.id, counts: { users }, ci: { destroyed: cis } });
}
