import type { Context } from "../../context.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { PullReport } from "../../workspace/pull.ts";
import type { Snapshot } from "../../workspace/snapshot.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";
import { isGoneOnWith, listProperties } from "./take-snapshot.ts";
import { tellCalls } from "./tell-calls.ts";

type LastSnapshot = Pick<Snapshot, "count" | "properties">;
type PullSize = Parameters<Context["forecastPull"]>[0];

/** Users that a forecast is told for when nobody knows yet how many there are. */
const exampleUsers = 10_000;

/**
 * Says what the pull will cost, before its first call: calls, minutes, share of the month. Refuses what `limits.monthlyShare` does not leave room for. How many users
 * there are is known only from an earlier snapshot; without one the cost of every ten thousand is told.
 */
export function tellForecast(context: Context, refreshAfterMs: number): void {
  const { listingPerMinute, requestsPerSecond } = context.config.limits;
  const before = context.workspace().snapshots.last();
  const users = before?.count ?? exampleUsers;
  const forecast = context.forecastPull({ ...(before === null ? { listed: users, basicsNeeded: users, detailsNeeded: users } : measurePull(context, before, refreshAfterMs)), listingPerMinute, requestsPerSecond });
  const amount = before === null ? say`For every ${count(exampleUsers)} Kakao users` : say`About ${countOf(users, "Kakao user")}`;
  if (before !== null) context.window.refuseIfTooLong(say`The pull`, forecast.minutes * 60);
  tellCalls(context, amount, forecast, "read less again with --refresh-after 30d");
}

/** Users that are yet to be listed, asked for their link date, and read: of the whole pull, or of the rest of one that is gone on with. */
function measurePull(context: Context, { count: users, properties: known }: LastSnapshot, refreshAfterMs: number): Pick<PullSize, "listed" | "basicsNeeded" | "detailsNeeded"> {
  const { snapshots } = context.workspace();
  const properties = listProperties(context);
  const nowSeconds = Math.floor(context.now() / 1000);
  const begun = snapshots.lookAtPull();
  if (begun !== null && isGoneOnWith(begun.facts, properties, nowSeconds, refreshAfterMs === 0)) {
    const basicsNeeded = Math.max(0, Math.min(users, snapshots.countDue(begun.facts.refreshBefore)) - begun.due) + begun.needsBasics;
    return { listed: Math.max(0, users - begun.listed), basicsNeeded, detailsNeeded: basicsNeeded + begun.needsDetails };
  }
  const isAllDue = refreshAfterMs === 0 || !properties.every((property) => known.includes(property));
  const due = isAllDue ? users : Math.min(users, snapshots.countDue(nowSeconds - Math.floor(refreshAfterMs / 1000)));
  return { listed: users, basicsNeeded: due, detailsNeeded: due };
}

export function renderPull(terminal: Terminal, report: PullReport): void {
  const users = countOf(report.total, "Kakao user");
  const [isNew, returned, gone] = [count(report.new), count(report.returned), count(report.gone)];
  if (report.comparedWith === null) terminal.line(say`Snapshot of ${users}.`);
  else if (report.relinked === 0) terminal.line(say`Snapshot of ${users}: ${isNew} new (${returned} of them back again), ${gone} gone.`);
  else terminal.line(say`Snapshot of ${users}: ${isNew} new (${returned} of them back again), ${gone} gone, ${count(report.relinked)} linked anew.`);
  terminal.table(
    [{ header: "" }, { header: "users" }],
    [
      [say`details read`, report.counts.states.read],
      ...(report.counts.states.wiped === 0 ? [] : [[say`linked, details wiped`, report.counts.states.wiped] as const]),
      [say`younger than 24 h, not read`, report.young],
      [say`not answered, or sign-up not finished`, report.unread],
    ],
  );
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
