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

/**
 * Makes a run's numbers the reference: once it is completed, also where it had nothing to unlink. Users and links that the run itself has taken away are no longer
 * expected.
 */
export function keepReference(context: Context, run: Run, taken: { readonly kakaoUsers: number; readonly links: number }): void {
  const { members, links, kakaoUsers, places } = readUnlinkNumbers(run);
  const reference: UnlinkReference = { members, links: links - taken.links, kakaoUsers: kakaoUsers - taken.kakaoUsers, places };
  context.workspace().settings.set(referenceSetting, reference);
}
