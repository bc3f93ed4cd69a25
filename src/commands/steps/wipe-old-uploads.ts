import type { Context } from "../../context.ts";
import { OperatorError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import { isUpload } from "./read-upload-plan.ts";

/**
 * Uploads that were planned and never carried out, or given up, hold identifiers that nobody needs any more: they are destroyed by the next one. So are those of the last one
 * that was carried out, which may have been killed right before it did that itself.
 */
export function wipeOldUploads(context: Context): void {
  const uploads = context.workspace().runs.list().filter(isUpload);
  const last = uploads.find(({ state }) => state === "applied");
  for (const run of uploads) {
    if (run === last || isOver(run)) wipe(context, run);
  }
}

function wipe(context: Context, run: Run): void {
  try {
    const store = context.workspace().openUploadStore(run);
    try {
      store.wipe();
    } finally {
      store.close();
    }
  } catch (error) {
    // A file that is damaged keeps nobody from removing who refuses; `purge` takes it away.
    if (!(error instanceof OperatorError && error.code === "run-damaged")) throw error;
  }
}

function isOver({ state }: Run): boolean {
  return state === "superseded" || state === "changed" || state === "expired" || state === "abandoned";
}
