import type { Context } from "../context.ts";
import { EXIT, RefusedError } from "../errors.ts";
import type { Run } from "../workspace/runs.ts";
import { say, translate } from "../say.ts";
import type { ApplyFlags } from "./shared-options.ts";
import { confirmUndo } from "./steps/confirm-apply.ts";
import { applyCommand, checkDatabase } from "./steps/check-apply.ts";
import { checkReplica, forecastWriting } from "./steps/hold-writes.ts";
import { restoreLinks, selectLinks, type UndoSelection } from "./steps/undo-links.ts";
import { tellUndo, tellUndone } from "./steps/tell-undo.ts";

export interface UndoFlags extends ApplyFlags {
  readonly includeUsed?: boolean;
  readonly by?: string;
  readonly only?: string;
}

/** `undo RUN`: takes the links of a run away again, or brings back those that it cleared, only where they still are what that run wrote; nothing at Kakao comes back. */
export async function undo(context: Context, flags: UndoFlags, runId = ""): Promise<number> {
  const operator = flags.apply === true ? context.requireOperator() : undefined;
  context.existingWorkspace();
  context.lock();
  const run = context.workspace().runs.get(runId);
  checkUndoable(run, flags);
  const inspection = await (await context.database()).inspect();

  const selection = await selectLinks(context, run, flags);
  tellUndo(context, run, selection, flags);
  if (flags.apply !== true) return EXIT.done;

  checkDatabase(inspection);
  await checkReplica(context);
  context.window.refuseIfTooLong(say`Taking ${selection.links.length.toLocaleString("en-US")} links back`, forecastWriting(context, selection.links.length));
  await confirmUndo(context, run, selection.links.length, flags);
  context.record({ event: "applying", run: run.id, counts: { planned: selection.links.length }, digests: { plan: run.digests.plan } });
  const undone = await restoreLinks(context, run, selection);
  // What was wiped of them because they were linked is needed again.
  if ((run.wiped?.users ?? 0) > 0) context.workspace().snapshots.readAgain.add(selection.links.map(({ kakaoId }) => kakaoId));
  context.record({ event: "undone", run: run.id, counts: { ...undone } });
  if (run.command === "map-members" && (run.state === "interrupted" || isWhole(flags, selection))) {
    const undoneBy = { operator, host: context.host };
    context.workspace().runs.transition(run.id, "undone", Math.floor(context.now() / 1000), { counts: { ...run.counts, undoneBy } });
  }
  tellUndone(context, run, selection, undone);
  return EXIT.done;
}

/** Only links come back: an unlinking run is never `undone`, since nothing at Kakao comes back. An applied mapping run is over when it was asked to go as a whole and nothing was left alone; after a part of it, the rest can still be undone. */
function isWhole(flags: UndoFlags, selection: UndoSelection): boolean {
  return flags.by === undefined && flags.only === undefined && selection.used.length === 0;
}

function checkUndoable(run: Run, flags: UndoFlags): void {
  if (run.command === "export-channel-targets") {
    throw new RefusedError({ code: "run-not-undoable", message: say`Run ${run.id} changed nothing in the database: a customer file is not undone.`, hint: "Take people out of it with the removed.csv of the next export, and delete files that are not needed any more.", run: run.id });
  }
  if (run.state === "interrupted" && (flags.by !== undefined || flags.only !== undefined)) {
    throw new RefusedError({
      code: "run-interrupted",
      message: say`Run ${run.id} is interrupted: a part of it cannot be taken back, as the rest of it may still be written.`,
      hint: say`Take it back as a whole, or finish it first: ${applyCommand(run)}`,
      run: run.id,
    });
  }
  if (run.state === "applied" || (run.state === "interrupted" && run.command === "map-members")) return;
  if (run.state === "interrupted") {
    throw new RefusedError({ code: "run-interrupted", message: say`Run ${run.id} is interrupted.`, hint: say`Finish it first: ${applyCommand(run)}`, run: run.id });
  }
  throw new RefusedError({ code: "run-not-undoable", message: say`Run ${run.id} is ${translate(run.state)}: there is nothing to take away again.`, hint: "List the runs: kakao-sync runs", run: run.id });
}
