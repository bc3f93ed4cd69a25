import type { Context } from "../../context.ts";
import { OperatorError } from "../../errors.ts";
import type { Journal } from "../../workspace/journal.ts";
import type { RunStore } from "../../workspace/run-store.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UnlinkStore } from "../../workspace/unlink-store.ts";
import type { UploadStore } from "../../workspace/upload-store.ts";
import { countPlanned } from "./check-apply.ts";
import { countOutcomes } from "./unlink-outcomes.ts";
import { countUploaded } from "./upload-outcomes.ts";

/** For the record of a run that is not over: what it has changed, by its journal. `unknown` are changes whose outcome is not on record yet. */
export type SoFar = Readonly<Record<string, unknown>>;

/** Links that a mapping run has written, and rows that it has left alone. */
export function countWrittenSoFar(store: RunStore): SoFar {
  const { written: done, left: moved, unknown } = countSteps(store.journal("apply"), "rows");
  return { done, moved, unknown };
}

/** Users that an unlinking run has unlinked, spared or failed at, and gone links that it has cleared. */
export function countUnlinkedSoFar(store: UnlinkStore, going: number): SoFar {
  let underWay = 0;
  for (const { outcome } of store.journal("apply").entries()) if (outcome === null) underWay += 1;
  const clears = countSteps(store.journal("clear"), "outcomes");
  return { ...countOutcomes(store, going), cleared: clears.written, unknown: underWay + clears.unknown };
}

/** The same of a run that is being given up; undefined where its store cannot be read any more. */
export function countSoFar(context: Context, run: Run): SoFar | undefined {
  const workspace = context.workspace();
  try {
    if (run.command === "export-channel-targets") return countUploadSoFar(workspace.openUploadStore(run));
    const store = run.command === "unlink-orphans" ? workspace.openUnlinkStore(run) : workspace.openRunStore(run);
    try {
      return "unlinks" in store ? countUnlinkedSoFar(store, countPlanned(run)) : countWrittenSoFar(store);
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

function countUploadSoFar(store: UploadStore): SoFar {
  try {
    return { ...countUploaded(store) };
  } finally {
    store.close();
  }
}

/** Steps of several rows each: their intents hold what was decided about every row, under this name. */
function countSteps(journal: Journal, name: "rows" | "outcomes"): { readonly written: number; readonly left: number; readonly unknown: number } {
  const counts = { written: 0, left: 0, unknown: 0 };
  for (const { intent, outcome } of journal.entries()) {
    for (const row of (intent as Readonly<Record<typeof name, readonly { readonly outcome: string }[]>>)[name]) {
      if (row.outcome !== "written") counts.left += 1;
      else counts[outcome === null ? "unknown" : "written"] += 1;
    }
  }
  return counts;
}
