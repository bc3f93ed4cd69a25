import type { Context } from "../../context.ts";
import type { Run } from "../../workspace/runs.ts";
import { isUpload } from "./read-upload-plan.ts";

/** Uploads that were planned and never carried out, or given up, hold identifiers that nobody needs any more: they are destroyed by the next one. */
export function wipeOldUploads(context: Context): void {
  const workspace = context.workspace();
  for (const run of workspace.runs.list()) {
    if (!isUpload(run) || !isOver(run)) continue;
    const store = workspace.openUploadStore(run);
    try {
      store.wipe();
    } finally {
      store.close();
    }
  }
}

function isOver({ state }: Run): boolean {
  return state === "superseded" || state === "changed" || state === "expired" || state === "abandoned";
}
