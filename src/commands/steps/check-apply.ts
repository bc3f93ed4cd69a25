import type { Context } from "../../context.ts";
import type { Inspection } from "../../database/service-database.ts";
import { RefusedError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { readQuality } from "./read-quality.ts";

/** Flags that lift a brake. */
export interface BrakeFlags {
  readonly allowLinks?: number;
  readonly acceptQuality?: boolean;
  readonly allowNoHit?: boolean;
}

/** Setting that says that a mapping run was applied once: from then on `limits.link` holds (M13). */
export const firstAppliedSetting = "map-members.firstApplied";

/** Which command applies a plan; in every refusal and every stop. */
export function applyCommand(run: Run): string {
  return `${planCommand(run)} --apply --plan ${run.id}`;
}

/** Which command makes such a plan. */
function planCommand({ command }: Run): string {
  return `kakao-sync ${command}${command === "export-channel-targets" ? " --upload" : ""}`;
}

/** Rows that the plan is to change. */
export function countPlanned(run: Run): number {
  return Number(run.counts["planned"] ?? 0);
}

/** Refuses a fresh apply while another run is interrupted: it may have written what the new plan does not know. */
export function refuseWhileInterrupted(context: Context): void {
  const interrupted = context.workspace().runs.list().find((run) => run.command === context.command && run.state === "interrupted");
  if (interrupted === undefined) return;
  throw new RefusedError({
    code: "run-interrupted",
    message: say`Run ${interrupted.id} was interrupted and is not finished.`,
    hint:
      interrupted.command === "map-members"
        ? say`Finish it: ${applyCommand(interrupted)}. Take it back: kakao-sync undo ${interrupted.id}. Or give it up, keeping what it did: kakao-sync runs abandon ${interrupted.id}`
        : say`Finish it: ${applyCommand(interrupted)}. Or give it up, keeping what it did: kakao-sync runs abandon ${interrupted.id}`,
    run: interrupted.id,
  });
}

const usedStates: Readonly<Record<string, { readonly code: string; readonly says: (run: string) => string }>> = {
  applied: { code: "plan-used", says: (run) => say`Plan ${run} was applied already; a plan is used once.` },
  undone: { code: "plan-used", says: (run) => say`Plan ${run} was applied and undone; a plan is used once.` },
  superseded: { code: "plan-superseded", says: (run) => say`Plan ${run} was replaced by a newer plan.` },
  changed: { code: "plan-changed", says: (run) => say`Plan ${run} no longer fits: configuration, app or database have changed since.` },
  abandoned: { code: "plan-abandoned", says: (run) => say`Plan ${run} was given up.` },
  purged: { code: "plan-purged", says: (run) => say`Plan ${run} was purged: its files are destroyed.` },
};

/** After which a plan is not applied any more (section 3). */
function sayExpired({ id, command }: Run): string {
  if (command === "map-members") return say`Plan ${id} is older than seven days.`;
  return command === "unlink-orphans" ? say`Plan ${id} is older than 72 hours.` : say`Plan ${id} is older than plans may be.`;
}

/** Only a plan that is planned or interrupted may be applied, and a planned one only while nothing that it was made from has changed (section 3). */
export async function checkPlanState(context: Context, run: Run): Promise<void> {
  if (run.command !== context.command) {
    throw new RefusedError({ code: "plan-of-other-command", message: say`Run ${run.id} is a plan of ${run.command}.`, hint: "List the runs: kakao-sync runs", run: run.id });
  }
  if (run.state === "expired") throw refusePlan(run, "plan-expired", sayExpired(run));
  const used = usedStates[run.state];
  if (used !== undefined) throw refusePlan(run, used.code, used.says(run.id));
  if (run.state === "interrupted") return checkGoingOn(context, run);
  if (run.digests.config === context.configDigest && run.digests.database === (await context.database()).identity && run.appId === context.config.kakao.appId) return;
  context.workspace().runs.transition(run.id, "changed", Math.floor(context.now() / 1000));
  throw refusePlan(run, "plan-changed", say`Plan ${run.id} was made with another configuration, app or database.`);
}

/**
 * A resumed run goes on with the plan it has; but never in another database. One that unlinks or uploads must have the configuration that it was begun with, too: its last
 * look (U3, T5) asks the tables and places named there, and nothing takes back what was done at Kakao. Links are written by comparing, and can be taken back.
 */
async function checkGoingOn(context: Context, run: Run): Promise<void> {
  if (run.digests.database !== (await context.database()).identity) throw refusePlan(run, "plan-changed", say`Plan ${run.id} was begun in another database.`);
  if (run.command === "map-members" || run.digests.config === context.configDigest) return;
  throw new RefusedError({
    code: "configuration-changed",
    message:
      run.command === "unlink-orphans"
        ? say`Run ${run.id} was begun with another configuration: its last look would ask other tables or places. Nobody else was unlinked.`
        : say`Run ${run.id} was begun with another configuration: its last look would ask other tables or places. Nobody else was sent.`,
    hint: say`Put the configuration back as it was, then: ${applyCommand(run)}. Or give the run up, keeping what it did: kakao-sync runs abandon ${run.id}`,
    run: run.id,
  });
}

function refusePlan(run: Run, code: string, message: string): RefusedError {
  return new RefusedError({ code, message, hint: say`Make a new plan: ${planCommand(run)}`, run: run.id });
}

/** What the database must have before anything is written: the link column, its unique index, and write access. */
export function checkDatabase(inspection: Inspection): void {
  if (inspection.missingLinkColumn !== null) {
    throw new RefusedError({ code: "link-column-missing", message: "The member table has no link column yet.", hint: say`Create it, then make a new plan:\n${inspection.missingLinkColumn}` });
  }
  const [missing] = inspection.missingUniqueIndexes;
  if (missing !== undefined) {
    const sql = inspection.missingUniqueIndexes.map((index) => index.sql).join("\n");
    throw new RefusedError({ code: "unique-index-missing", message: "A unique index of the links is missing: the database could not keep one Kakao id from two members.", hint: say`Create it, then run the same command again:\n${sql}` });
  }
  if (inspection.unfilledColumns.length > 0) {
    throw new RefusedError({ code: "link-table-unfilled", message: say`A new row of the link table needs a value in ${inspection.unfilledColumns.join(", ")}.`, hint: "Name each of these columns in link.set or link.fixed, then make a new plan." });
  }
  if (inspection.replica) {
    throw new RefusedError({ code: "database-replica", message: "The server of database.url is a replica: it cannot be written, and what it holds may be behind.", hint: "Name the primary in database.url; a replica may stand in database.readUrl, for planning." });
  }
  if (inspection.readOnly) {
    throw new RefusedError({ code: "database-read-only", message: "The database can only be read.", hint: "Give this user the right to write it (a file and its folder, or UPDATE and INSERT on the tables), or name the primary in database.url." });
  }
}

/** M13: more links than `limits.link` after the first applied run, and keys that do not point where they should. */
export function checkBrakes(context: Context, run: Run, changes: number, flags: BrakeFlags): void {
  const allowed = countAllowed(context, run);
  if (changes > allowed && flags.allowLinks !== changes) {
    throw new RefusedError({
      code: "brake-links",
      message: say`The plan changes ${changes} links; limits.link allows ${allowed} in one run.`,
      hint: say`Look at the plan (kakao-sync runs show ${run.id}). If the number is right: ${applyCommand(run)} --allow-links ${changes}`,
      run: run.id,
    });
  }
  const doubts = readQuality(run).filter(({ flag }) => (flag === "--allow-no-hit" ? flags.allowNoHit : flags.acceptQuality) !== true);
  if (doubts.length === 0) return;
  const wanted = [...new Set(doubts.map(({ flag }) => flag))];
  throw new RefusedError({
    code: wanted.includes("--allow-no-hit") ? "brake-no-hit" : "brake-quality",
    message: doubts.map(({ says }) => says).join(" "),
    hint: say`Look at the columns in the configuration and at plan.csv. If all is well: ${applyCommand(run)} ${wanted.join(" ")}`,
    run: run.id,
  });
}

function countAllowed(context: Context, run: Run): number {
  if (context.workspace().settings.get(firstAppliedSetting) === undefined) return Number.POSITIVE_INFINITY;
  const { share, count } = context.config.limits.link;
  return Math.min(Math.floor(share * Number(run.counts["members"] ?? 0)), count);
}
