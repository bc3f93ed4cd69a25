import type { Context } from "../context.ts";
import { EXIT, InterruptedError, RefusedError } from "../errors.ts";
import { say, translate } from "../say.ts";
import type { ApplyFlags } from "./shared-options.ts";
import { listPurgeable, type Purgeable, type PurgeChoice } from "./steps/list-purgeable.ts";
import { countStagedCis, settleCis } from "./steps/settle-cis.ts";
import { wipeUsed } from "./steps/wipe-used.ts";
import { countOf } from "./steps/count-of.ts";

export interface PurgeFlags extends ApplyFlags, PurgeChoice {}

/** `purge`: destroys snapshots and the files of old runs, with a record of what was destroyed; never the record itself. */
export async function purge(context: Context, flags: PurgeFlags): Promise<number> {
  if (flags.apply === true) context.requireOperator();
  context.existingWorkspace();
  context.lock();
  const now = Math.floor(context.now() / 1000);
  if (flags.apply === true) settleCis(context);
  context.workspace().runs.expirePlans(now);
  context.workspace().runs.sweepPurged();
  if (flags.apply === true) await wipeUsed(context);

  const found = listPurgeable(context, flags, now);
  tellPurgeable(context, found);
  const goes = flags.apply === true && !isEmpty(found);
  if (goes) {
    await confirmPurge(context, found, flags);
    destroy(context, found, now);
    // What of damaged files nobody could count before.
    settleCis(context);
  } else if (!isEmpty(found)) context.terminal.note("Nothing has been destroyed. To destroy it: the same command with --apply");
  const { snapshots, runs, consents, unfinishedPull } = found;
  context.terminal.json({ command: "purge", mode: goes ? "apply" : "plan", snapshots, runs: runs.map(({ id }) => id), consents, unfinishedPull });
  return EXIT.done;
}

function isEmpty({ snapshots, runs, unfinishedPull }: Purgeable): boolean {
  return snapshots.length === 0 && runs.length === 0 && !unfinishedPull;
}

function tellPurgeable({ terminal }: Context, { snapshots, runs, consents, unfinishedPull }: Purgeable): void {
  const kept = new Map(consents.map(({ run, users }) => [run, [[`  ${say`kept consents`}`, "", users === null ? say`damaged` : say`of ${countOf(users, "user")}`]]]));
  const rows = [
    ...snapshots.map(({ generation, takenAt, users, cis }) => [say`snapshot ${generation}`, day(takenAt), users === null ? say`damaged` : `${countOf(users, "Kakao user")}, ${countOf(cis ?? 0, "CI")}`]),
    ...(unfinishedPull ? [[say`unfinished pull`, "", say`what it has read`]] : []),
    ...runs.flatMap(({ id, stateSince, command, state }) => [[say`run ${id}`, day(stateSince), `${command}, ${translate(state)}`], ...(kept.get(id) ?? [])]),
  ];
  if (rows.length === 0) terminal.line("There is nothing to destroy: no snapshot and no run is old enough.");
  else terminal.table([{ header: "what" }, { header: "since" }, { header: "" }], rows);
  for (const { run } of consents) terminal.warn(say`Consents kept by --save-consents go with run ${run}; Kakao no longer has them. To keep them: kakao-sync runs consents ${run} --to FILE`);
}

async function confirmPurge({ terminal }: Context, { snapshots, runs }: Purgeable, { yes }: PurgeFlags): Promise<void> {
  if (yes === true) return;
  const answer = await terminal.confirmNumber(say`Type the number of snapshots and runs (${snapshots.length + runs.length}) to destroy them:`, snapshots.length + runs.length);
  if (answer === "yes") return;
  if (answer === "no-terminal") throw new RefusedError({ code: "not-confirmed", message: "There is no terminal to ask at, and --yes was not given. Nothing was destroyed.", hint: "Look at the list, then add --yes." });
  throw new InterruptedError({ code: "declined", message: "Declined. Nothing was destroyed.", hint: "Run the command again when you are sure." });
}

/** The record first says what is about to go: a killed purge has destroyed at most that. */
function destroy(context: Context, { snapshots, runs, consents, unfinishedPull }: Purgeable, now: number): void {
  const workspace = context.workspace();
  const inSnapshots = snapshots.reduce((sum, { cis }) => sum + (cis ?? 0), 0);
  const destroyed = inSnapshots + (unfinishedPull ? countStagedCis(context) : 0);
  context.record({ event: "destroyed", counts: { snapshots: snapshots.map(({ generation }) => generation), runs: runs.map(({ id }) => id), consents, unfinishedPull }, ci: { destroyed } });
  for (const { generation } of snapshots) workspace.snapshots.wipe(generation);
  if (unfinishedPull) workspace.snapshots.discardPull();
  for (const { id } of runs) workspace.runs.purge(id, now);
  context.terminal.line(say`Destroyed: ${countOf(snapshots.length, "snapshot")} with ${countOf(inSnapshots, "CI")}, the files of ${countOf(runs.length, "run")}${consents.length === 0 ? "" : say`, with the consents kept in ${countOf(consents.length, "of them", "of them")}`}.`);
}

/** In Korea. */
function day(seconds: number): string {
  return new Date((seconds + 9 * 3600) * 1000).toISOString().slice(0, 10);
}
