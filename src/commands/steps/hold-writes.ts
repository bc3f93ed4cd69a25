import type { Context } from "../../context.ts";
import { say } from "../../say.ts";

/** Setting that keeps how many rows a second the last large apply wrote. */
const measuredRate = "map-members.rowsPerSecond";
/** Where nothing was measured yet; a slow server still writes as many. */
const cautiousRate = 2_000;
/** Fewer rows tell little about the rate. */
const enoughRows = 1_000;
/** Milliseconds between two looks at a replica that is behind. */
const replicaPollMs = 500;

/** Seconds that writing so many rows will take, by the last large apply of this workspace and by `limits.rowsPerSecond`. */
export function forecastWriting(context: Context, rows: number): number {
  const { rowsPerSecond } = context.config.limits;
  const measured = Number(context.workspace().settings.get(measuredRate) ?? cautiousRate);
  return rows / (rowsPerSecond === 0 ? measured : Math.min(rowsPerSecond, measured));
}

/** Asks once, before anything is begun, how far the replica of `limits.replica` is behind. Throws StartError where that cannot be asked. */
export async function checkReplica(context: Context): Promise<void> {
  if (context.config.limits.replica !== undefined) await (await context.database()).replicaLagSeconds();
}

/** The writes of one attempt. */
export interface WritePace {
  /** Waits until `limits.rowsPerSecond` and the replica of `limits.replica` allow the next rows; hears Ctrl-C, the end of the window, `stop` and `pause` meanwhile. */
  hold(): Promise<void>;
  /** So many rows have been written. */
  wrote(rows: number): void;
  /** Keeps the rate for the next forecast; one that was held back says nothing. */
  keepRate(): void;
}

/** Begins to count. */
export function startWritePace(context: Context): WritePace {
  const { rowsPerSecond } = context.config.limits;
  const started = context.now();
  let written = 0;
  let heldBack = rowsPerSecond > 0;
  return {
    hold: async () => {
      const slowed = rowsPerSecond > 0 && (await waitUntil(context, started + (written / rowsPerSecond) * 1000));
      const behind = await waitForReplica(context);
      heldBack ||= behind;
      // While it waited the window may have ended.
      if (slowed || behind) await context.checkpoint();
    },
    wrote: (rows) => void (written += rows),
    keepRate: () => {
      const seconds = (context.now() - started) / 1000;
      if (written >= enoughRows && seconds > 0 && !heldBack) context.workspace().settings.set(measuredRate, Math.max(1, Math.floor(written / seconds)));
    },
  };
}

/** True when there was something to wait for. */
async function waitUntil(context: Context, due: number): Promise<boolean> {
  if (context.now() >= due) return false;
  while (context.now() < due) {
    await context.checkpoint();
    await new Promise((wake) => setTimeout(wake, Math.min(200, due - context.now())));
  }
  return true;
}

/** As `waitUntil`. What was written just now is not told of: a healthy replica has it by the second look. */
async function waitForReplica(context: Context): Promise<boolean> {
  const { replica } = context.config.limits;
  if (replica === undefined) return false;
  const database = await context.database();
  for (let look = 1; ; look += 1) {
    const lag = await database.replicaLagSeconds();
    if (lag !== null && lag * 1000 <= replica.maxLagMs) {
      if (look > 2) context.terminal.note("The replica has caught up; going on.");
      return look > 1;
    }
    if (look === 2) context.terminal.note(sayWaiting(lag, replica.maxLagMs / 1000));
    await context.checkpoint();
    await new Promise((wake) => setTimeout(wake, replicaPollMs));
  }
}

/** Of a replica that stands still, and of one that is so many seconds behind. */
function sayWaiting(lag: number | null, allowed: number): string {
  if (lag === null) return say`Waiting: the replica of limits.replica stands still; allowed are ${allowed} s.`;
  return say`Waiting: the replica of limits.replica is ${Math.round(lag).toLocaleString("en-US")} s behind; allowed are ${allowed} s.`;
}
