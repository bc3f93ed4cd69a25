import type { Context } from "../../context.ts";
import type { UnlinkNumbers, UnlinkReference } from "../../core/orphans/brakes.ts";
import type { Run } from "../../workspace/runs.ts";

/** Setting that keeps the numbers of the last completed unlinking run (U4). */
const referenceSetting = "unlink-orphans.reference";

/** The numbers that a plan was stored with. */
export function readUnlinkNumbers(run: Run): UnlinkNumbers {
  return run.counts["numbers"] as UnlinkNumbers;
}

/** The numbers of the last completed run; null before the first. */
export function readReference(context: Context): UnlinkReference | null {
  return (context.workspace().settings.get(referenceSetting) as UnlinkReference | undefined) ?? null;
}

/** Makes a run's numbers the reference: once it is completed, also where it had nothing to unlink. */
export function keepReference(context: Context, run: Run): void {
  const { members, links, kakaoUsers, places } = readUnlinkNumbers(run);
  const reference: UnlinkReference = { members, links, kakaoUsers, places };
  context.workspace().settings.set(referenceSetting, reference);
}
