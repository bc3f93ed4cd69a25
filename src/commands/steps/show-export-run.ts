import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import type { Applied } from "./apply-upload.ts";
import { isUpload, readUploadPlan } from "./read-upload-plan.ts";

/** What `runs show` says of a customer file that was written or uploaded: for what, who is in it, and who is not. */
export function listExportRows(run: Run): (readonly [string, string])[] {
  const { counts } = run;
  const leftOut = Object.entries((counts["leftOut"] ?? {}) as Readonly<Record<string, number>>);
  const removed = counts["removed"];
  return [
    ["purpose", String(counts["purpose"] ?? "")],
    ["name", String(counts["name"] ?? "")],
    ["members read", show(counts["members"])],
    ["exported", show(counts["exported"])],
    ...leftOut.map(([reason, count]) => [say`left out: ${reason}`, show(count)] as const),
    ["notices overdue", show(counts["overdue"])],
    ...(removed === undefined ? [] : [["to be removed since the last", show(removed)] as const]),
    ...(isUpload(run) ? listUploadRows(run) : []),
  ];
}

function listUploadRows(run: Run): (readonly [string, string])[] {
  const { file, fileId, held, always, filter, changed, added } = readUploadPlan(run).upload;
  const applied = run.counts["applied"] as Applied | undefined;
  return [
    ["customer file", `${file}${fileId === null ? ", new" : ` (${fileId})`}, held ${show(held)}`],
    ["planned", say`remove ${show(always)} always and ${show(filter)} by the filter, change ${show(changed)}, add ${show(added)}`],
    ...(applied === undefined ? [] : [["uploaded", `removed ${show(applied.removed)}, changed ${show(applied.changed)}, added ${show(applied.added)}, failed ${show(applied.failed)}`] as const]),
    ...(applied?.heldBack === true ? [["held back", "all but the removals that always go"] as const] : []),
  ];
}

function show(count: unknown): string {
  return Number(count ?? 0).toLocaleString("en-US");
}
