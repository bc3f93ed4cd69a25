import type { Context } from "../../context.ts";
import type { Inspection } from "../../database/service-database.ts";
import type { Run } from "../../workspace/runs.ts";

/** Counts, consequences, warnings and the next command, at the end of a plan. */
export function tellUnlinking({ terminal }: Context, run: Run, _inspection: Inspection): void {
  terminal.json({ command: "unlink-orphans", run: run.id, mode: "plan", ...run.counts });
}
