import type { Context } from "../../context.ts";
import { findRefusals, type Refusal } from "../../core/orphans/brakes.ts";
import type { Inspection } from "../../database/service-database.ts";
import { RefusedError } from "../../errors.ts";
import { unlinkingTexts } from "../../messages/unlinking.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";
import { eachPending, judgePlace, readPlace } from "./read-place.ts";
import { readBrakes } from "./unlink-brakes.ts";
import { readUnlinkNumbers } from "./unlink-reference.ts";

/** At a terminal somebody is there to read the plan first (product.md section 3). */
export function refuseFreshAtTerminal(context: Context): void {
  if (!context.terminal.interactive) return;
  throw new RefusedError({
    code: "plan-not-named",
    message: "Unlinking cannot be undone: at a terminal only a plan that was looked at is carried out.",
    hint: "Make a plan (kakao-sync unlink-orphans), look at its plan.csv, then add --plan RUN.",
  });
}

/** `environment: rehearsal`: only a simulated Kakao is changed, and that listens on this machine. */
export function refuseRehearsal(context: Context, what = "nobody is unlinked there"): void {
  const { environment, kakao } = context.config;
  if (environment !== "rehearsal" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(kakao.baseUrl).hostname)) return;
  throw new RefusedError({
    code: "rehearsal",
    message: say`environment is rehearsal, and kakao.baseUrl is not a simulated Kakao on this machine: ${translate(what)}.`,
    hint: "Rehearse on kakao-sync sandbox, or write environment: production where it is meant.",
  });
}

/** A run that is gone on with has passed its brakes; it is asked only what the server is now. */
export async function refuseUnfitServer(context: Context, run: Run, inspection: Inspection): Promise<void> {
  const refusals = findRefusals(await readBrakes(context, run, inspection, {}, context.terminal.interactive));
  const refusal = refusals.find(({ code }) => code === "csv-source" || code === "database-replica" || code === "database-read-only");
  if (refusal !== undefined) throw refuse(run, refusal);
}

/** The database as it is now against the plan: tables that have shrunk since would show nobody in the last look. Nine tenths, as in U4. */
export function refuseShrunkSincePlan(run: Run, inspection: Inspection): void {
  const planned = readUnlinkNumbers(run).members;
  const now = inspection.rows.reduce((sum, rows) => sum + rows, 0);
  if (now * 10 >= planned * 9) return;
  throw new RefusedError({
    code: "members-shrunk-since-plan",
    message: say`The plan was made with ${planned.toLocaleString("en-US")} members; now there are ${now.toLocaleString("en-US")}.`,
    hint:
      run.state === "planned"
        ? say`Look whether database.url is the right database, and whole. Then make a new plan: kakao-sync unlink-orphans`
        : say`Look whether database.url is the right database, and whole. If they really are gone, give the run up: kakao-sync runs abandon ${run.id}`,
    run: run.id,
  });
}

/** U8: a place that holds nobody any more, or whose ids cannot be read, protects nobody. One that is not there throws its own error. */
export async function refuseBlindPlaces(context: Context, run: Run): Promise<void> {
  for (const place of await context.places()) refuseBlind(run, judgePlace("alsoLinkedIn", place.name, await readPlace(place)));
  await eachPending(context, async (table) => refuseBlind(run, judgePlace("members.pending", table.name, await readPlace(table))));
}

function refuseBlind(run: Run, refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw refuse(run, refusal);
}

function refuse(run: Run, refusal: Refusal): RefusedError {
  return new RefusedError({ code: `brake-${refusal.code}`, ...unlinkingTexts.describe(refusal), run: run.id });
}
