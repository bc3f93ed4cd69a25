import type { Context } from "../../context.ts";
import type { ReportSection } from "../../report/report.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";
import { countPlanned } from "./check-apply.ts";
import { renderTime } from "./render-time.ts";

/** Runs of the same command that the chart shows, the newest last. */
const mostBars = 15;

/** What became of the runs of the workspace; those of the same command also as a picture. */
export function reportHistory(context: Context, run: Run): ReportSection {
  const runs = context.existingWorkspace().runs.list();
  const alike = runs.filter(({ command, state }) => command === run.command && state !== "purged").slice(0, mostBars).reverse();
  return {
    id: "history",
    title: "Past runs",
    text: say`Runs of ${run.command}, the newest at the bottom; then every run of this workspace, the newest first.`,
    chart: {
      label: say`Changes done and left by the last ${alike.length} runs of ${run.command}`,
      parts: [
        { name: say`done`, tone: "good" },
        { name: say`planned, not done`, tone: "none" },
      ],
      bars: alike.map((one) => ({ name: `${one.id} ${translate(one.state)}`, values: [readDone(one), Math.max(0, countPlanned(one) - readDone(one))] })),
    },
    tables: [
      {
        caption: "Every run of this workspace",
        columns: ["run", "command", "state", "since", "planned", "done", "operator"],
        rows: runs.map((one) => [one.id, one.command, translate(one.state), renderTime(one.stateSince), countPlanned(one), readDone(one), one.operator]),
        filterBy: "command",
      },
    ],
  };
}

function readDone(run: Run): number {
  const applied = run.counts["applied"] as { readonly done?: number } | undefined;
  return applied?.done ?? 0;
}
