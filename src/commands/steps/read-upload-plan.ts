import type { DiffCounts } from "../../core/targets/upload-diff.ts";
import type { FileSchema } from "../../core/targets/upload-schema.ts";
import type { Run } from "../../workspace/runs.ts";
import type { SelectionFlags } from "./select-targets.ts";
import type { ListStamp } from "./upload-file.ts";

/** What a plan keeps about itself in its run, beside the counts of the selection. */
export type UploadPlan = {
  readonly mode: "upload";
  /** What the export goes by. */
  readonly name: string;
  readonly purpose: string;
  readonly asked: Required<Omit<SelectionFlags, "segment" | "acceptUnreadable">> & Pick<SelectionFlags, "acceptUnreadable"> & { readonly segment: string | null };
  readonly members: number;
  readonly upload: DiffCounts & { readonly file: string; readonly fileId: number | null; readonly schema: FileSchema; readonly requests: number; readonly last: ListStamp | null };
};

export function isUpload(run: Run): boolean {
  return run.counts["mode"] === "upload";
}

export function readUploadPlan(run: Run): UploadPlan {
  return run.counts as UploadPlan;
}

/** The selection that the plan was made with. */
export function readSelection(run: Run): SelectionFlags {
  const { segment, ...flags } = readUploadPlan(run).asked;
  return segment === null ? flags : { ...flags, segment };
}
