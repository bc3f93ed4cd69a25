import type { Context } from "../../context.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";
import { countPlanned } from "./check-apply.ts";
import { countOf } from "./count-of.ts";
import { describeUnlinking } from "./tell-unlinking.ts";
import type { SparedWhy } from "./look-again.ts";
import type { UnlinkedCounts } from "./unlink-outcomes.ts";

/** Why a planned user was left alone, as an operator reads it. */
const sparedWords: Readonly<Record<SparedWhy, string>> = {
  held: "held by a member by now",
  pending: "signing up just now",
  elsewhere: "in use at a place of alsoLinkedIn by now",
  "linked-anew": "linked anew since the plan",
  "no-answer": "Kakao gave no link date",
};

/** What an apply came to: every count, the codes of Kakao, and what somebody has to do now. */
export function tellUnlinked(context: Context, run: Run, applied: UnlinkedCounts): void {
  const { terminal } = context;
  const { done, already, kakaoDormant, spared, appeared, failed, cleared } = applied;
  const waiting = countPlanned(run) - done - already - kakaoDormant - spared - failed;
  terminal.line(say`Run ${run.id}: ${countOf(done, "Kakao user")} unlinked.`);
  const rows: (readonly [string, number])[] = [
    [say`not linked any more before their turn`, already],
    [say`dormant or gone at Kakao (-103)`, kakaoDormant],
    ...Object.entries(applied.sparedWhy).map(([why, count]) => [say`left alone: ${translate(sparedWords[why as SparedWhy])}`, count] as const),
    ...Object.entries(applied.codes).filter(([code]) => code !== "-103").map(([code, count]) => [say`failed with code ${code}`, count] as const),
    [say`of those unlinked: appeared as somebody's right after`, appeared],
    [say`left for a later run`, waiting],
    [say`gone links cleared in the database`, cleared],
    ...Object.entries(applied.notCleared ?? {}).map(([why, count]) => [say`gone links left alone: ${why}`, count] as const),
  ];
  const some = rows.filter(([, count]) => count > 0);
  if (some.length > 0) terminal.table([{ header: "" }, { header: "" }], some);
  if (appeared > 0) terminal.warn(say`${countOf(appeared, "person", "people")} became a member while being unlinked: see appeared.csv. They have to sign in with Kakao again.`);
  terminal.note(say`Files: ${Object.values(run.files).join(", ")} in ${context.shown(run.folder)}`);
  terminal.json({ ...describeUnlinking(context, run, "apply"), applied });
}
