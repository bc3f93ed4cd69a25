import type { Context } from "../../context.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { PullReport } from "../../workspace/pull.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";
import { listProperties } from "./take-snapshot.ts";
import { tellCalls } from "./tell-calls.ts";

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
  const isAllDue = before === null || refreshAfterMs === 0 || !listProperties(context).every((property) => before.properties.includes(property));
  const due = isAllDue ? users : Math.min(users, context.workspace().snapshots.countDue(Math.floor(context.now() / 1000) - Math.floor(refreshAfterMs / 1000)));
  const forecast = context.forecastPull({ listed: users, basicsNeeded: due, detailsNeeded: due, listingPerMinute, requestsPerSecond });
  const amount = before === null ? say`For every ${count(exampleUsers)} Kakao users` : say`About ${countOf(users, "Kakao user")}`;
  if (before !== null) context.window.refuseIfTooLong(say`The pull`, forecast.minutes * 60);
  tellCalls(context, amount, forecast, "read less again with --refresh-after 30d");
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
