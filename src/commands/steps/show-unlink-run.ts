import type { KindCounts } from "../../core/orphans/select.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { countPlanned } from "./check-apply.ts";

/** What `runs show` says of an unlinking run: what was planned, what is gone, and what became of it. */
export function listUnlinkRows(run: Run): (readonly [string, string])[] {
  const { unlink } = run.counts["counts"] as KindCounts;
  const applied = (run.counts["applied"] ?? {}) as Readonly<Record<string, unknown>>;
  return [
    [say`listing`, String(run.counts["listedAt"])],
    [say`unlinks planned`, `${countPlanned(run).toLocaleString("en-US")}${countPlanned(run) === 0 ? "" : ` (${Object.entries(unlink).filter(([, count]) => count > 0).map(([kind, count]) => `${kind} ${count.toLocaleString("en-US")}`).join(", ")})`}`],
    [say`gone links`, Number(run.counts["gone"]).toLocaleString("en-US")],
    ...Object.entries(applied).flatMap(([what, count]) => (typeof count === "number" ? [[say`applied: ${what}`, count.toLocaleString("en-US")] as const] : [])),
  ];
}
