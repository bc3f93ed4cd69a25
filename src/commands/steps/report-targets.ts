import type { Context } from "../../context.ts";
import type { ReportSection } from "../../report/report.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";

/** Who is in a customer file, and why the others are not. */
export function reportTargets(_context: Context, { counts }: Run): Promise<readonly ReportSection[]> {
  const exported = Number(counts["exported"]);
  const leftOut = Object.entries(counts["leftOut"] as Readonly<Record<string, number>>).filter(([, count]) => count > 0);
  leftOut.sort(([, left], [, right]) => right - left);
  return Promise.resolve([
    {
      id: "targets",
      title: "Targets and who is left out",
      text: say`${countOf(Number(counts["members"]), "member row")} read: ${exported.toLocaleString("en-US")} exported, the others left out for one reason each.`,
      chart: {
        label: [say`exported ${exported}`, ...leftOut.map(([reason, count]) => `${reason} ${count}`)].join(", "),
        parts: [
          { name: say`exported`, tone: "good" },
          { name: say`left out`, tone: "none" },
        ],
        bars: [{ name: say`exported`, values: [exported, 0] }, ...leftOut.map(([reason, count]) => ({ name: reason, values: [0, count] }))],
      },
      tables: leftOut.length === 0 ? [] : [{ caption: "Left out by reason", columns: ["reason", "member rows"], rows: leftOut }],
    },
  ]);
}
