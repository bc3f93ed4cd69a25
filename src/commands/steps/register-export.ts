import { basename, relative } from "node:path";
import type { Context } from "../../context.ts";
import type { TargetCounts } from "../../core/targets/tally.ts";
import type { Run } from "../../workspace/runs.ts";
import type { SelectionFlags } from "./select-targets.ts";
import type { WrittenTargets } from "./write-targets.ts";

export interface FinishedExport {
  readonly id: string;
  /** The run's own; the files may be elsewhere. */
  readonly folder: string;
  readonly operator: string;
  readonly purpose: string;
  readonly name: string;
  readonly counts: TargetCounts;
  readonly written: WrittenTargets;
}

/** Registers an export whose files are in their places, and puts it on the record with its purpose. It is done: there is nothing to apply. */
export async function registerExport(context: Context, flags: SelectionFlags, done: FinishedExport): Promise<Run> {
  const { id, folder, operator, purpose, name, written } = done;
  const { relations, ...counts } = done.counts;
  const removed = written.removed === null ? {} : { removed: written.removed };
  const { digests, files } = { digests: { plan: written.digest, config: context.configDigest, decisions: null, database: (await context.database()).identity }, files: nameFiles(folder, written.files) };
  const asked = { segment: flags.segment ?? null, night: flags.night === true, relation: flags.relation === true, excludeOverdue: flags.excludeOverdue === true };
  const run = context.workspace().runs.create(
    id,
    {
      command: "export-channel-targets", operator, host: context.host, createdAt: Math.floor(context.now() / 1000), digests, files, snapshot: null,
      counts: { mode: "export", name, purpose, ...counts, ...(flags.relation === true ? { relations } : {}), ...removed, asked, planned: counts.exported, applied: { done: counts.exported } },
    },
    "applied",
  );
  const { members, exported, leftOut, overdue } = counts;
  context.record({ event: "exported", purpose, run: id, counts: { name, ...asked, members, exported, leftOut, overdue, ...removed } });
  return run;
}

/** `targets-1` to where it lies, from the run's folder. */
function nameFiles(folder: string, paths: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(paths.map((path) => [basename(path, ".csv"), relative(folder, path)]));
}
