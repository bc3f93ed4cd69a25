import { resolve } from "node:path";
import type { Context } from "../context.ts";
import { EXIT, StartError } from "../errors.ts";
import type { Report, ReportSection } from "../report/report.ts";
import type { Run } from "../workspace/runs.ts";
import { say, translate } from "../say.ts";
import { renderTime } from "./steps/render-time.ts";
import { reportHistory } from "./steps/report-history.ts";
import { reportMapping } from "./steps/report-mapping.ts";
import { reportTargets } from "./steps/report-targets.ts";
import { reportUnlinking } from "./steps/report-unlinking.ts";

/** Name of the report in its run's folder. */
const reportFile = "report.html";

const sectionsOf: Readonly<Record<string, (context: Context, run: Run) => Promise<readonly ReportSection[]>>> = {
  "map-members": reportMapping,
  "unlink-orphans": reportUnlinking,
  "export-channel-targets": reportTargets,
};

/** `report RUN`: one HTML file about a run, for people who would rather look than read. It asks neither Kakao nor the database. */
export async function report(context: Context, { to }: { readonly to?: string }, id = ""): Promise<number> {
  const { terminal } = context;
  const run = context.existingWorkspace().runs.get(id);
  const sections = sectionsOf[run.command];
  if (sections === undefined || run.state === "purged") {
    throw new StartError({
      code: "no-report",
      message: run.state === "purged" ? say`The files of run ${run.id} were destroyed.` : say`There is no report of ${run.command}.`,
      hint: "List the runs: kakao-sync runs",
      run: run.id,
    });
  }
  const path = to === undefined ? `${run.folder}/${reportFile}` : resolve(context.io.cwd, to);
  const page = context.createText(path);
  try {
    page.write(await context.renderReport(describe(context, run, [...(await sections(context, run)), reportHistory(context, run)])));
    page.finish();
  } catch (error) {
    page.discard();
    throw error;
  }
  terminal.line(say`The report of run ${run.id} is in ${context.shown(path)}`);
  terminal.note("Open it in a browser: it works from the disk and loads nothing. Names, numbers and addresses in it are masked.");
  terminal.json({ command: "report", run: run.id, of: run.command, files: { report: context.shown(path) } });
  return EXIT.done;
}

function describe(context: Context, run: Run, sections: readonly ReportSection[]): Report {
  return {
    title: `${run.command} · ${run.id}`,
    lead: say`Counts and lists of one run of kakao-sync. Values that name people are masked; CIs are in no list.`,
    facts: [
      [say`State`, say`${translate(run.state)} since ${renderTime(run.stateSince)}`],
      [say`Planned`, renderTime(run.createdAt)],
      [say`By`, say`${run.operator} on ${run.host}`],
      [say`App`, run.appId],
      [say`Kakao users as of`, run.snapshot === null ? say`a listing of its own` : renderTime(run.snapshot.takenAt)],
      [say`Digest of the plan`, context.renderShortDigest(run)],
    ],
    sections,
  };
}
