import type { Context } from "../../context.ts";
import { countGoing, findRefusals, type BrakeAnswers, type BrakeInput, type Refusal } from "../../core/orphans/brakes.ts";
import type { Inspection } from "../../database/service-database.ts";
import { RefusedError } from "../../errors.ts";
import { unlinkingTexts } from "../../messages/unlinking.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { applyCommand } from "./check-apply.ts";
import { readReference, readUnlinkNumbers } from "./unlink-reference.ts";

/** Flags that lift a brake of U4 by naming the exact number. */
export interface UnlinkBrakeFlags {
  readonly allowUnlinks?: number;
  readonly acceptMembers?: number;
  readonly acceptLinks?: number;
  readonly acceptKakaoUsers?: number;
  /** By the name of the place. */
  readonly acceptPlace?: Readonly<Record<string, number>>;
}

/** Refuses what U4 refuses, with every reason; answers how many of the plan's users go now, the oldest first. */
export async function checkUnlinkBrakes(context: Context, run: Run, inspection: Inspection, flags: UnlinkBrakeFlags): Promise<number> {
  const input = await readBrakes(context, run, inspection, flags, context.terminal.interactive);
  const [first, ...others] = findRefusals(input);
  if (first === undefined) return countGoing(input);
  const told = unlinkingTexts.describe(first);
  throw new RefusedError({
    code: `brake-${first.code}`,
    message: [told.message, ...others.map((refusal) => unlinkingTexts.describe(refusal).message)].join("\n"),
    hint: [told.hint, ...others.map((refusal) => unlinkingTexts.describe(refusal).hint), say`Then: ${applyCommand(run)}`].join("\n"),
    run: run.id,
  });
}

/** What apply would refuse at a terminal, told with the plan. */
export async function foreseeRefusals(context: Context, run: Run, inspection: Inspection): Promise<readonly Refusal[]> {
  return findRefusals(await readBrakes(context, run, inspection, {}, true));
}

/** What the brakes look at: the plan's numbers, those of the last completed run, the limits and the flags. */
export async function readBrakes(context: Context, run: Run, inspection: Inspection, flags: UnlinkBrakeFlags, atTerminal: boolean): Promise<BrakeInput> {
  const { allowUnlinks, acceptMembers, acceptLinks, acceptKakaoUsers, acceptPlace } = flags;
  const answers: BrakeAnswers = { allowUnlinks, acceptMembers, acceptLinks, acceptKakaoUsers, acceptPlaces: acceptPlace };
  const { engine } = await context.database();
  const { replica, readOnly } = inspection;
  return { numbers: readUnlinkNumbers(run), reference: readReference(context), limits: context.config.limits.unlink, answers, server: { csv: engine === "csv", replica, readOnly }, atTerminal };
}
