import type { Context } from "../../context.ts";
import { OperatorError, RefusedError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { readOrder } from "./apply-unlinking.ts";
import { readSavedConsents } from "./save-consents.ts";

export interface PurgeChoice {
  /** Milliseconds: runs that ended longer ago; an applied one is kept for `retention.undo` at least. */
  readonly olderThan?: number;
  /** All snapshots, whatever their age, and an unfinished pull. */
  readonly snapshots?: boolean;
  /** This run whatever its age: what it wrote can no longer be undone. */
  readonly forget?: string;
}

export interface PurgeableSnapshot {
  readonly generation: number;
  /** Unix seconds. */
  readonly takenAt: number;
  /** Null where the file is damaged. */
  readonly users: number | null;
  readonly cis: number | null;
}

/** What `--save-consents` has kept in a run that may be destroyed: Kakao no longer has it. */
export interface PurgeableConsents {
  readonly run: string;
  /** Null where the run's file is damaged. */
  readonly users: number | null;
}

export interface Purgeable {
  readonly snapshots: readonly PurgeableSnapshot[];
  readonly runs: readonly Run[];
  /** Of these runs, those with consents of users whom they unlinked. */
  readonly consents: readonly PurgeableConsents[];
  readonly unfinishedPull: boolean;
}

const dayMs = 86_400_000;
const usualAgeMs = 30 * dayMs;

/** What may be destroyed now: snapshots older than `retention.snapshot`, and files of runs that are over. `now` in Unix seconds. */
export function listPurgeable(context: Context, choice: PurgeChoice, now: number): Purgeable {
  const { snapshots, runs } = context.workspace();
  const { snapshotMs, undoMs } = context.config.retention;
  const oldSnapshots = snapshots.list().filter(({ takenAt }) => choice.snapshots === true || takenAt <= now - snapshotMs / 1000);
  const forgotten = choice.forget === undefined ? undefined : requireOver(runs.get(choice.forget));
  const age = choice.olderThan ?? usualAgeMs;
  const oldRuns = runs.list().filter((run) => run.id === forgotten?.id || (isOver(run) && run.stateSince <= now - (isUndoable(run) ? Math.max(age, undoMs) : age) / 1000));
  return {
    snapshots: oldSnapshots.map(({ generation, takenAt }) => ({ generation, takenAt, ...countUsers(context, generation) })),
    runs: oldRuns,
    consents: oldRuns.filter((run) => readOrder(run)?.saveConsents === true).map((run) => ({ run: run.id, users: countConsents(context, run) })).filter(({ users }) => users !== 0),
    unfinishedPull: choice.snapshots === true && snapshots.hasUnfinishedPull(),
  };
}

function countUsers(context: Context, generation: number): Pick<PurgeableSnapshot, "users" | "cis"> {
  try {
    const snapshot = context.workspace().snapshots.open(generation);
    const counted = { users: snapshot?.counts.users ?? null, cis: snapshot?.counts.cis ?? null };
    snapshot?.close();
    return counted;
  } catch (error) {
    if (error instanceof OperatorError && error.code === "snapshot-damaged") return { users: null, cis: null };
    throw error;
  }
}

function countConsents(context: Context, run: Run): number | null {
  try {
    const store = context.workspace().openUnlinkStore(run);
    try {
      return [...readSavedConsents(store, run)].length;
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof OperatorError && error.code === "run-damaged") return null;
    throw error;
  }
}

/** Files of an export hold people in clear, and nothing could be undone with them: they are not kept as long. */
function isUndoable({ state, command }: Run): boolean {
  return state === "applied" && command !== "export-channel-targets";
}

/** Nothing more will be done with it. */
function isOver({ state }: Run): boolean {
  return state !== "planned" && state !== "applying" && state !== "interrupted" && state !== "purged";
}

function requireOver(run: Run): Run {
  if (isOver(run)) return run;
  throw new RefusedError({
    code: "run-not-over",
    message: say`Run ${run.id} is ${run.state}.`,
    hint: run.state === "purged" ? "Its files are gone already." : run.state === "interrupted" ? say`Finish it, or give it up first: kakao-sync runs abandon ${run.id}` : "A plan that waits expires by itself, or is replaced by the next plan.",
    run: run.id,
  });
}
