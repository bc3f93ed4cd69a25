import type { Context } from "../../context.ts";
import type { TargetCounts } from "../../core/targets/tally.ts";
import type { TargetRow } from "../../core/targets/targets.ts";
import type { DiffCounts, FileDiff } from "../../core/targets/upload-diff.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UploadDraft } from "../../workspace/upload-store.ts";
import { readDiff, readRemovals, refuseEmptyMembers, type Look } from "./look-at-selection.ts";
import { createFieldReader } from "./read-fields.ts";
import type { UploadPlan } from "./read-upload-plan.ts";
import { selectTargets, type SelectionFlags } from "./select-targets.ts";
import { openSelectionFiles } from "./selection-lists.ts";
import type { TargetFile } from "./upload-file.ts";

export interface UploadInput {
  readonly selection: SelectionFlags;
  readonly operator: string;
  readonly purpose: string;
  /** What the export goes by. */
  readonly name: string;
  readonly file: TargetFile;
}

/** Names of a plan's lists in its run's folder. */
const files = { "left-out": "left-out.csv", reconfirm: "reconfirm.csv", "bad-values": "bad-values.csv" } as const;

/** Makes a plan of what is to be added to, changed in and removed from a customer file; `look` is what was seen on the way, good for carrying it out at once. */
export async function planUpload(context: Context, input: UploadInput): Promise<{ readonly run: Run; readonly look: Look }> {
  const workspace = context.workspace();
  const { id, folder } = workspace.runs.prepare(seconds(context));
  const draft = workspace.createUploadStore({ id, folder });
  const lists = openSelectionFiles(context, folder);
  try {
    const selection = await selectTargets(context, input.selection, createFieldReader(context, input.file.channel), lists);
    const diff = readDiff(context, input.file.list);
    for await (const answers of selection.answers) {
      for (const answer of answers) {
        if ("exported" in answer) addRow(context, diff, draft, answer.exported);
        else {
          diff.takeLeftOut(answer.leftOut);
          lists.leftOut(answer.leftOut);
        }
      }
    }
    refuseEmptyMembers(diff, selection);
    for (const one of diff.removals("filter")) draft.add("filter", [one, -1, "", 0n, []]);
    lists.finish();
    const { digest, requests } = draft.finish();
    const run = await register(context, input, { id, digest, requests, diff: diff.counts, counts: selection.counts() });
    return { run, look: { madeAt: context.now(), ...readRemovals(diff), mayAdd: () => true } };
  } catch (error) {
    draft.discard();
    lists.discard();
    workspace.runs.discard(id);
    throw error;
  }
}

function addRow(context: Context, diff: FileDiff, draft: UploadDraft, { id, place, memberId, fields }: TargetRow): void {
  const digest = context.workspace().targetLists.digest(fields);
  const kind = diff.takeExported(id, digest);
  if (kind !== "same") draft.add(kind, [id, place, memberId, digest, fields]);
}

interface MadePlan {
  readonly id: string;
  readonly digest: string;
  readonly requests: number;
  readonly diff: DiffCounts;
  readonly counts: TargetCounts;
}

async function register(context: Context, { selection, operator, purpose, name, file }: UploadInput, { id, digest, requests, diff, counts }: MadePlan): Promise<Run> {
  const { relations, ...rest } = counts;
  const plan: UploadPlan & Record<string, unknown> = {
    mode: "upload",
    name,
    purpose,
    ...rest,
    ...(selection.relation === true ? { relations } : {}),
    asked: { segment: selection.segment ?? null, night: selection.night === true, relation: selection.relation === true, excludeOverdue: selection.excludeOverdue === true, ...(selection.acceptUnreadable === undefined ? {} : { acceptUnreadable: selection.acceptUnreadable }) },
    upload: { ...diff, file: file.name, fileId: file.fileId, schema: file.schema, requests, last: file.last },
    planned: diff.always + diff.filter + diff.changed + diff.added,
  };
  const run = context.workspace().runs.create(id, {
    command: context.command, operator, host: context.host, createdAt: seconds(context), counts: plan, snapshot: null, files,
    digests: { plan: digest, config: context.configDigest, decisions: null, database: (await context.database()).identity },
  });
  context.record({ event: "planned", purpose, run: id, counts: { name, file: file.name, members: counts.members, exported: counts.exported, ...diff }, digests: { plan: digest } });
  return run;
}

function seconds(context: Context): number {
  return Math.floor(context.now() / 1000);
}
