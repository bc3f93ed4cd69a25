import type { Context } from "../context.ts";
import { EXIT, RefusedError } from "../errors.ts";
import type { Run } from "../workspace/runs.ts";
import { say, translate } from "../say.ts";
import { applyCommand, countPlanned } from "./steps/check-apply.ts";
import { countSoFar } from "./steps/count-so-far.ts";
import { renderTime } from "./steps/render-time.ts";
import { listExportRows } from "./steps/show-export-run.ts";
import { listUnlinkRows } from "./steps/show-unlink-run.ts";

/** `runs`: every run of the workspace, newest first. */
export async function listRuns(context: Context): Promise<number> {
  const { terminal } = context;
  const runs = context.existingWorkspace().runs.list();
  if (runs.length === 0) terminal.line("There are no runs yet.");
  else {
    terminal.table(
      [{ header: "run" }, { header: "command" }, { header: "state" }, { header: "planned" }, { header: "done" }, { header: "operator" }],
      runs.map((run) => [run.id, run.command, translate(run.state), countPlanned(run), readApplied(run)?.done ?? null, readWho(run, "appliedBy")?.operator ?? run.operator]),
    );
  }
  terminal.json({ command: "runs", runs: runs.map(describeRun) });
  return EXIT.done;
}

/** `runs show RUN`: counts, files and what became of it. */
export async function showRun(context: Context, _flags: object, id = ""): Promise<number> {
  const { terminal } = context;
  const run = context.existingWorkspace().runs.get(id);
  const appliedBy = readWho(run, "appliedBy");
  const undoneBy = readWho(run, "undoneBy");
  terminal.table(
    [{ header: "run" }, { header: run.id }],
    [
      [say`command`, run.command],
      [say`state`, say`${translate(run.state)} since ${renderTime(run.stateSince)}`],
      [say`planned`, renderTime(run.createdAt)],
      [say`planned by`, say`${run.operator} on ${run.host}`],
      ...(appliedBy === undefined ? [] : [[say`applied by`, say`${appliedBy.operator} on ${appliedBy.host}`]]),
      ...(undoneBy === undefined ? [] : [[say`undone by`, say`${undoneBy.operator} on ${undoneBy.host}`]]),
      [say`snapshot`, run.snapshot === null ? say`none` : renderTime(run.snapshot.takenAt)],
      ...(run.command === "unlink-orphans" ? listUnlinkRows(run) : run.command === "export-channel-targets" ? listExportRows(run) : listMappingRows(run)),
      [say`plan digest`, context.renderShortDigest(run)],
      ...Object.entries(run.files).map(([name, file]) => [name, context.shown(`${run.folder}/${file}`)]),
    ],
  );
  terminal.json({ ...describeRun(run), command: "runs show", run: run.id, of: run.command, counts: run.counts });
  if (run.state === "planned" && run.files["sql"] !== undefined) terminal.note(say`To carry it out: give ${context.shown(`${run.folder}/${run.files["sql"]}`)} to whoever runs SQL on the database.`);
  else if (run.state === "planned" || run.state === "interrupted") terminal.note(run.state === "planned" ? say`To carry it out: ${applyCommand(run)}` : say`To go on: ${applyCommand(run)}`);
  return EXIT.done;
}

/** `runs abandon RUN`: gives an interrupted run up. What it wrote stays, and can no longer be undone: whoever wants that undoes it instead. */
export async function abandonRun(context: Context, _flags: object, id = ""): Promise<number> {
  const { terminal } = context;
  context.requireOperator();
  const { runs } = context.existingWorkspace();
  context.lock();
  const run = runs.get(id);
  if (run.state !== "interrupted") {
    throw new RefusedError({ code: "run-not-interrupted", message: say`Run ${run.id} is ${translate(run.state)}; only an interrupted run is given up.`, hint: "List the runs: kakao-sync runs", run: run.id });
  }
  const counts = countSoFar(context, run);
  context.record({ event: "abandoned", run: run.id, ...(counts === undefined ? {} : { counts }), digests: { plan: run.digests.plan } });
  runs.transition(run.id, "abandoned", Math.floor(context.now() / 1000));
  terminal.line(say`Run ${run.id} is given up. What it wrote stays and can no longer be undone.`);
  terminal.json({ command: "runs abandon", run: run.id, state: "abandoned" });
  return EXIT.done;
}

function listMappingRows(run: Run): string[][] {
  const applied = readApplied(run);
  return [
    [say`changes planned`, countPlanned(run).toLocaleString("en-US")],
    ...(applied === undefined ? [] : [[say`written`, applied.done.toLocaleString("en-US")]]),
    ...Object.entries(applied?.moved ?? {}).map(([why, rows]) => [say`left alone: ${why}`, rows.toLocaleString("en-US")]),
  ];
}

function describeRun(run: Run): Record<string, unknown> {
  return { run: run.id, command: run.command, state: run.state, stateSince: isoTime(run.stateSince), createdAt: isoTime(run.createdAt), operator: run.operator, appliedBy: readWho(run, "appliedBy"), undoneBy: readWho(run, "undoneBy"), planned: countPlanned(run), ...(readApplied(run) === undefined ? {} : { applied: readApplied(run) }), files: run.files };
}

function readApplied(run: Run): { readonly done: number; readonly moved: Readonly<Record<string, number>> } | undefined {
  return run.counts["applied"] as { done: number; moved: Record<string, number> } | undefined;
}

/** Who carried the plan out, or took it back; undefined before that. */
function readWho(run: Run, what: "appliedBy" | "undoneBy"): { readonly operator: string; readonly host: string } | undefined {
  return run.counts[what] as { operator: string; host: string } | undefined;
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
