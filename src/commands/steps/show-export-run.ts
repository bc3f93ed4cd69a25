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
    [say`purpose`, String(counts["purpose"] ?? "")],
    [say`name`, String(counts["name"] ?? "")],
    [say`members read`, show(counts["members"])],
    [say`exported`, show(counts["exported"])],
    ...leftOut.map(([reason, count]) => [say`left out: ${reason}`, show(count)] as const),
    [say`notices overdue`, show(counts["overdue"])],
    ...(removed === undefined ? [] : [[say`to be removed since the last`, show(removed)] as const]),
    ...(isUpload(run) ? listUploadRows(run) : []),
  ];
}

function listUploadRows(run: Run): (readonly [string, string])[] {
  const { file, fileId, held, always, filter, changed, added } = readUploadPlan(run).upload;
  const applied = run.counts["applied"] as Applied | undefined;
  return [
    [say`customer file`, fileId === null ? say`${file}, new, held ${show(held)}` : say`${file} (${fileId}), held ${show(held)}`],
    [say`planned`, say`remove ${show(always)} always and ${show(filter)} by the filter, change ${show(changed)}, add ${show(added)}`],
    ...(applied === undefined ? [] : [[say`uploaded`, say`removed ${show(applied.removed)}, changed ${show(applied.changed)}, added ${show(applied.added)}, failed ${show(applied.failed)}`] as const]),
    ...(applied?.heldBack === true ? [[say`held back`, say`all but the removals that always go`] as const] : []),
  ];
}

function show(count: unknown): string {
  return Number(count ?? 0).toLocaleString("en-US");
}
