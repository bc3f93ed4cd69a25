import type { Context } from "../../context.ts";
import { ConfirmedRows } from "../../core/targets/upload-confirmed.ts";
import { FileDiff } from "../../core/targets/upload-diff.ts";
import { RefusedError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UploadStore } from "../../workspace/upload-store.ts";
import { say } from "../../say.ts";
import { createFieldReader } from "./read-fields.ts";
import { readSelection, readUploadPlan } from "./read-upload-plan.ts";
import { selectTargets, type TargetSelection } from "./select-targets.ts";
import type { TargetFile } from "./upload-file.ts";

/** What a selection says right before users are sent: who goes first, and of the planned ones, who still may. */
export interface Look {
  /** Unix milliseconds, when the members had been read. */
  readonly madeAt: number;
  /** Whom the file holds and who refuses, has withdrawn or is gone by now. */
  readonly always: BigUint64Array;
  /** Whether a planned row is still exported, with the planned fields. */
  mayAdd(id: bigint): boolean;
  /** What becomes of a planned removal: `always` goes with those, `stays` is exported again, or not in the file any more. */
  removal(id: bigint): "filter" | "always" | "stays";
  /** Whether the file held it when the look was made, as far as is known. */
  holds(id: bigint): boolean;
  /** Digest of the fields in the file; 0 of whom it only may hold. */
  digestOf(id: bigint): bigint;
}

/** After this a look no longer says who may be written to, and the members are read again: someone may have refused since. */
export const LOOK_LASTS_MS = 3_600_000;

/**
 * Reads the members again right before the first user is sent (a plan may be days old, a run be gone on with): nobody who refuses by now is added, and who refuses by now
 * is removed although no plan knew it.
 */
export async function lookAtSelection(context: Context, run: Run, store: UploadStore, file: TargetFile): Promise<Look> {
  const selection = await selectTargets(context, readSelection(run), createFieldReader(context, file.channel));
  const diff = readDiff(context, file.list);
  const planned = readPlanned(store);
  const { targetLists } = context.workspace();
  for await (const answers of selection.answers) {
    for (const answer of answers) {
      if ("leftOut" in answer) diff.takeLeftOut(answer.leftOut);
      else {
        const digest = targetLists.digest(answer.exported.fields);
        diff.takeExported(answer.exported.id, digest);
        planned.takeExported(answer.exported.id, digest);
      }
    }
  }
  refuseEmptyMembers(diff, selection);
  refuseShrunk(run, readUploadPlan(run).members, selection.counts().members);
  return { madeAt: context.now(), ...readRemovals(diff), mayAdd: (id) => planned.has(id) };
}

/** What a difference says of whom the file holds, once every answer was taken. */
export function readRemovals(diff: FileDiff): Pick<Look, "always" | "removal" | "holds" | "digestOf"> {
  return { always: BigUint64Array.from(diff.removals("always")), removal: (id) => diff.removalOf(id) ?? "stays", holds: (id) => diff.holds(id), digestOf: (id) => diff.digestOf(id) };
}

/** Additions and changes of the plan. */
function readPlanned(store: UploadStore): ConfirmedRows {
  let count = 0;
  for (const { kind, rows } of store.requests()) if (kind !== "filter") count += rows.length;
  const [ids, digests] = [new BigUint64Array(count), new BigUint64Array(count)];
  let at = 0;
  for (const { kind, rows } of store.requests()) {
    if (kind === "filter") continue;
    for (const [id, , , digest] of rows) {
      ids[at] = id;
      digests[at] = digest;
      at += 1;
    }
  }
  return new ConfirmedRows(ids, digests);
}

/** Members that are gone go from the file whatever the brake: so many at once since the plan are rather a database that is not whole. Nine tenths, as in U4. */
function refuseShrunk(run: Run, planned: number, now: number): void {
  if (now * 10 >= planned * 9) return;
  throw new RefusedError({
    code: "members-shrunk-since-plan",
    message: say`The plan was made with ${planned.toLocaleString("en-US")} members; now there are ${now.toLocaleString("en-US")}.`,
    hint: say`Look whether database.url is the right database, and whole. If they really are gone, make a new plan; a run that was begun is given up first: kakao-sync runs abandon ${run.id}`,
    run: run.id,
  });
}

/** Nobody at all: a table that was emptied, or another database. By the letter everybody in the file is gone. */
export function refuseEmptyMembers({ counts: { held } }: FileDiff, selection: TargetSelection): void {
  if (held === 0 || selection.counts().members > 0) return;
  throw new RefusedError({ code: "members-empty", message: say`The database holds no member at all, and the customer file ${held.toLocaleString("en-US")} users.`, hint: "Look whether database.url is the right database, and members.table the right table." });
}

/** Against whom the file holds as far as the workspace knows. */
export function readDiff(context: Context, list: string): FileDiff {
  return new FileDiff(context.workspace().targetLists.read(list) ?? { ids: new BigUint64Array(), digests: new BigUint64Array() });
}
