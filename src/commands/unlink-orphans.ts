import type { Context } from "../context.ts";
import type { Inspection } from "../database/service-database.ts";
import { EXIT, StartError } from "../errors.ts";
import type { Run } from "../workspace/runs.ts";
import type { ApplyFlags } from "./shared-options.ts";
import { applyUnlinking, readOrder, type UnlinkOrder } from "./steps/apply-unlinking.ts";
import { checkApprovals } from "./steps/check-approvals.ts";
import { checkPlanState, countPlanned, refuseWhileInterrupted } from "./steps/check-apply.ts";
import { forecastUnlinking } from "./steps/forecast-unlinking.ts";
import { refuseBlindPlaces, refuseFreshAtTerminal, refuseRehearsal, refuseShrunkSincePlan, refuseUnfitServer } from "./steps/check-unlinking.ts";
import { checkClears } from "./steps/clear-gone.ts";
import { checkReplica } from "./steps/hold-writes.ts";
import { confirmUnlinking } from "./steps/confirm-apply.ts";
import { planUnlinking, type UnlinkPlanFlags } from "./steps/plan-unlinking.ts";
import { requireUnlinkConfig } from "./steps/require-unlink-config.ts";
import { tellUnlinked } from "./steps/tell-unlinked.ts";
import { tellUnlinkCounts, tellUnlinking } from "./steps/tell-unlinking.ts";
import { checkUnlinkBrakes, type UnlinkBrakeFlags } from "./steps/unlink-brakes.ts";

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
  if (flags.apply === true) refuseRehearsal(context);
  const operator = context.requireOperator();
  context.lock();
  context.workspace().runs.expirePlans(Math.floor(context.now() / 1000));
  const inspection = await (await context.database()).inspect();

  if (flags.plan !== undefined) return applyPlan(context, flags, context.workspace().runs.get(flags.plan), inspection);

  if (flags.apply === true) {
    refuseFreshAtTerminal(context);
    refuseWhileInterrupted(context);
  }
  const run = await planUnlinking(context, { ...flags, inspection, operator });

  if (flags.apply === true) {
    tellUnlinkCounts(context, run);
    return applyPlan(context, flags, run, inspection);
  }
  await tellUnlinking(context, run, inspection);
  return flags.check === true && countPlanned(run) + countClearable(context, run, flags) > 0 ? EXIT.found : EXIT.done;
}

/** Gone links that `--clear-gone` would clear (U9): of members who can sign in without Kakao, and where ids are fixed only when told to. */
function countClearable({ config }: Context, run: Run, { clearGone, evenFixed }: UnlinkFlags): number {
  return clearGone === true && (config.kakao.app.fixedIds !== true || evenFixed === true) ? Number(run.counts["clearable"] ?? 0) : 0;
}

async function applyPlan(context: Context, flags: UnlinkFlags, run: Run, inspection: Inspection): Promise<number> {
  await checkPlanState(context, run);
  refuseShrunkSincePlan(run, inspection);
  await refuseBlindPlaces(context, run);
  const order = run.state === "interrupted" ? await goOn(context, run, inspection) : await begin(context, flags, run, inspection);
  if (order.clears > 0) await checkReplica(context);
  if (run.state === "planned") forecastUnlinking(context, order);
  await confirmUnlinking(context, run, { users: order.going, clears: order.clears }, flags);
  const applied = await applyUnlinking(context, run, order);
  tellUnlinked(context, context.workspace().runs.get(run.id), applied);
  return applied.failed > 0 || applied.appeared > 0 ? EXIT.found : EXIT.done;
}

/** What a plan may do now: every brake is asked. */
async function begin(context: Context, flags: UnlinkFlags, run: Run, inspection: Inspection): Promise<UnlinkOrder> {
  checkApprovals(context, run, "unlink");
  const going = await checkUnlinkBrakes(context, run, inspection, flags);
  return { going, saveConsents: flags.saveConsents === true, clears: checkClears(context, run, flags) };
}

/** An interrupted run obeys what it was begun with; the flags of this call change nothing about it. */
async function goOn(context: Context, run: Run, inspection: Inspection): Promise<UnlinkOrder> {
  await refuseUnfitServer(context, run, inspection);
  const order = readOrder(run);
  if (order === undefined) throw new Error(`run ${run.id} is interrupted, but was never begun`);
  return order;
}

/** Combinations that would leave open what is meant. */
function checkFlags(flags: UnlinkFlags): void {
  const wrong =
    flags.plan !== undefined && flags.apply !== true ? "--plan carries a plan out and needs --apply; to look at it: kakao-sync runs show RUN."
    : flags.plan !== undefined && hasPlanFlags(flags) ? "--older-than, --kinds, --limit, --exclude and --max-age make a new plan and cannot go with --plan."
    : flags.check === true && flags.apply === true ? "--check only looks and cannot go with --apply."
    : flags.evenFixed === true && flags.clearGone !== true ? "--even-fixed belongs to --clear-gone."
    : undefined;
  if (wrong !== undefined) throw new StartError({ code: "usage", message: wrong, hint: "See `kakao-sync unlink-orphans --help`." });
}

function hasPlanFlags({ olderThan, kinds, limit, exclude, maxAge }: UnlinkFlags): boolean {
  return [olderThan, kinds, limit, exclude, maxAge].some((flag) => flag !== undefined);
}
