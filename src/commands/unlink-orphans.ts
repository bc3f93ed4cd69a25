import type { Context } from "../context.ts";
import type { Inspection } from "../database/service-database.ts";
import { EXIT, StartError } from "../errors.ts";
import type { Run } from "../workspace/runs.ts";
import type { ApplyFlags } from "./shared-options.ts";
import { countPlanned } from "./steps/check-apply.ts";
import { planUnlinking, type UnlinkPlanFlags } from "./steps/plan-unlinking.ts";
import { requireUnlinkConfig } from "./steps/require-unlink-config.ts";
import { tellUnlinking } from "./steps/tell-unlinking.ts";
import type { UnlinkBrakeFlags } from "./steps/unlink-brakes.ts";

export interface UnlinkFlags extends ApplyFlags, UnlinkPlanFlags, UnlinkBrakeFlags {
  readonly plan?: string;
  readonly check?: boolean;
  readonly clearGone?: boolean;
  readonly evenFixed?: boolean;
  readonly allowClears?: number;
  readonly saveConsents?: boolean;
}

/** `unlink-orphans`: plans which Kakao users nobody stands behind, and which links Kakao no longer has; with `--apply` carries a plan out. */
export async function unlinkOrphans(context: Context, flags: UnlinkFlags): Promise<number> {
  checkFlags(flags);
  requireUnlinkConfig(context);
  const operator = flags.apply === true ? context.requireOperator() : context.operatorIfKnown();
  context.lock();
  context.workspace().runs.expirePlans(Math.floor(context.now() / 1000));
  const inspection = await (await context.database()).inspect();

  if (flags.plan !== undefined) return applyPlan(context, flags, context.workspace().runs.get(flags.plan), inspection);

  const run = await planUnlinking(context, { ...flags, inspection, operator });

  if (flags.apply === true) return applyPlan(context, flags, run, inspection);
  await tellUnlinking(context, run, inspection);
  return flags.check === true && countPlanned(run) + countClearable(context, run, flags) > 0 ? EXIT.found : EXIT.done;
}

/** Gone links that `--clear-gone` would clear (U9): of members who can sign in without Kakao, and where ids are fixed only when told to. */
function countClearable({ config }: Context, run: Run, { clearGone, evenFixed }: UnlinkFlags): number {
  return clearGone === true && (config.kakao.app.fixedIds !== true || evenFixed === true) ? Number(run.counts["clearable"] ?? 0) : 0;
}

async function applyPlan(_context: Context, _flags: UnlinkFlags, run: Run, _inspection: Inspection): Promise<number> {
  return Promise.reject(new StartError({ code: "not-yet", message: "Applying is not available in this version.", hint: "Look at the plan instead.", run: run.id }));
}

/** Combinations that would leave open what is meant. */
function checkFlags(flags: UnlinkFlags): void {
  const wrong =
    flags.plan !== undefined && flags.apply !== true ? "--plan carries a plan out and needs --apply; to look at it: kakao-sync runs show RUN"
    : flags.plan !== undefined && hasPlanFlags(flags) ? "--older-than, --kinds, --limit, --exclude and --max-age make a new plan and cannot go with --plan"
    : flags.check === true && flags.apply === true ? "--check only looks and cannot go with --apply"
    : flags.evenFixed === true && flags.clearGone !== true ? "--even-fixed belongs to --clear-gone"
    : undefined;
  if (wrong !== undefined) throw new StartError({ code: "usage", message: `${wrong}.`, hint: "See `kakao-sync unlink-orphans --help`." });
}

function hasPlanFlags({ olderThan, kinds, limit, exclude, maxAge }: UnlinkFlags): boolean {
  return [olderThan, kinds, limit, exclude, maxAge].some((flag) => flag !== undefined);
}
