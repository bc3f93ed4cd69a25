import type { Context } from "../context.ts";
import { EXIT, StartError } from "../errors.ts";
import type { SqlDialect } from "../database/apply-sql-dialects.ts";
import type { Inspection } from "../database/service-database.ts";
import type { Run } from "../workspace/runs.ts";
import { say } from "../say.ts";
import type { ApplyFlags, PullFlags } from "./shared-options.ts";
import { applyMapping } from "./steps/apply-mapping.ts";
import { checkApprovals } from "./steps/check-approvals.ts";
import { checkBrakes, checkDatabase, checkPlanState, countPlanned, refuseWhileInterrupted, type BrakeFlags } from "./steps/check-apply.ts";
import { confirmApply } from "./steps/confirm-apply.ts";
import { checkReplica, forecastWriting } from "./steps/hold-writes.ts";
import { openKakaoSide } from "./steps/open-kakao-side.ts";
import { planMapping } from "./steps/plan-mapping.ts";
import { readDecisionsFile } from "./steps/read-decisions.ts";
import { settleCis } from "./steps/settle-cis.ts";
import { tellApplied, tellCounts, tellPlan, tellRefusedDecisions } from "./steps/tell-mapping.ts";
import { wipeUsed } from "./steps/wipe-used.ts";
import { checkSqlDialect } from "./steps/write-sql-file.ts";

export interface MapFlags extends ApplyFlags, PullFlags, BrakeFlags {
  readonly plan?: string;
  readonly check?: boolean;
  readonly decisions?: string;
  readonly from?: string;
  readonly maxAge?: number;
  readonly allRows?: boolean;
  readonly sqlDialect?: SqlDialect;
}

/** `map-members`: plans whom each Kakao user belongs to; with `--apply` carries a plan out. */
export async function mapMembers(context: Context, flags: MapFlags): Promise<number> {
  checkFlags(flags);
  const operator = context.requireOperator();
  context.lock();
  settleCis(context);
  context.workspace().runs.expirePlans(Math.floor(context.now() / 1000));
  await wipeUsed(context);
  const database = await context.database();
  await checkSqlDialect(context, flags);
  const inspection = await database.inspect();

  if (flags.plan !== undefined) return applyPlan(context, flags, context.workspace().runs.get(flags.plan), inspection);
  if (flags.apply === true) refuseWhileInterrupted(context);

  const decisions = await readDecisionsFile(context, flags.decisions);
  const snapshot = await openKakaoSide(context, flags);
  const { run, refusedDecisions, clears } = await planMapping(context, { snapshot, inspection, decisions, operator, allRows: flags.allRows === true, ...(flags.sqlDialect === undefined ? {} : { sqlDialect: flags.sqlDialect, accepted: [...(flags.acceptQuality === true ? ["--accept-quality"] : []), ...(flags.allowNoHit === true ? ["--allow-no-hit"] : [])] }) });
  snapshot.close();
  tellRefusedDecisions(context, refusedDecisions);

  if (flags.apply === true) {
    tellCounts(context, run);
    return applyPlan(context, flags, run, inspection);
  }
  await tellPlan(context, run, { inspection, refusedDecisions, clears });
  return flags.check === true && countPlanned(run) > 0 ? EXIT.found : EXIT.done;
}

async function applyPlan(context: Context, flags: MapFlags, run: Run, inspection: Inspection): Promise<number> {
  await checkPlanState(context, run);
  checkDatabase(inspection);
  await checkReplica(context);
  if (run.state === "planned") checkBrakes(context, run, countPlanned(run), flags);
  checkApprovals(context, run, "link");
  if (run.state === "planned") context.window.refuseIfTooLong(say`Writing ${countPlanned(run).toLocaleString("en-US")} links`, forecastWriting(context, countPlanned(run)));
  await confirmApply(context, run, countPlanned(run), flags);
  const applied = await applyMapping(context, run);
  await wipeUsed(context);
  tellApplied(context, context.workspace().runs.get(run.id), applied);
  return applied.failed > 0 ? EXIT.found : EXIT.done;
}

/** Combinations that would leave open what is meant. */
function checkFlags(flags: MapFlags): void {
  const wrong =
    flags.plan !== undefined && flags.apply !== true ? "--plan carries a plan out and needs --apply; to look at it: kakao-sync runs show RUN."
    : flags.plan !== undefined && (flags.decisions !== undefined || flags.from !== undefined) ? "--decisions and --from make a new plan and cannot go with --plan."
    : flags.check === true && flags.apply === true ? "--check only looks and cannot go with --apply."
    : undefined;
  if (wrong !== undefined) throw new StartError({ code: "usage", message: wrong, hint: "See `kakao-sync map-members --help`." });
}
