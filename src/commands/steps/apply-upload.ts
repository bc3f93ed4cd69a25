import type { Context } from "../../context.ts";
import { USERS_A_REQUEST } from "../../core/targets/send-parts.ts";
import { RefusedError } from "../../errors.ts";
import type { Journal } from "../../workspace/journal.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UploadRow, UploadStore } from "../../workspace/upload-store.ts";
import { say } from "../../say.ts";
import { applyCommand } from "./check-apply.ts";
import { LOOK_LASTS_MS, lookAtSelection, type Look } from "./look-at-selection.ts";
import { openTargetFile } from "./open-target-file.ts";
import { readUploadPlan } from "./read-upload-plan.ts";
import { createSender } from "./send-users.ts";
import { findStillIn, type StillIn } from "./still-in.ts";
import { stopRun } from "./stop-run.ts";
import { readFacts, stampList, type TargetFile } from "./upload-file.ts";
import { countUploaded, readStep, writeFailed, type UploadedCounts } from "./upload-outcomes.ts";
import { carryOut, settleUnfinished, sortAdditions, sortRemovals, type StepWork } from "./upload-step.ts";

/** What was decided as the run began; a run that is gone on with obeys it. */
export interface UploadOrder {
  /** A brake holds, or it was asked for (`--removals-only`): only removals of people who refuse, have withdrawn or are gone are sent (T5). */
  readonly heldBack: boolean;
  /** Whether a brake holds; null where nobody has looked yet, as with `--removals-only`. A run that an earlier version began does not say. */
  readonly isBraked?: boolean | null;
}

/** The order of a run that was begun before; undefined while it is planned. */
export function readUploadOrder(run: Run): UploadOrder | undefined {
  return run.counts["order"] as UploadOrder | undefined;
}

export interface Applied extends UploadedCounts {
  readonly fileId: number | null;
  readonly heldBack: boolean;
  /** Of whom the last look removed. */
  readonly stillIn: readonly StillIn[];
}

/**
 * Carries an upload out, or goes on with one that was interrupted: first whom nobody may write to any more, then, unless a brake holds, removals by the filter, changes and
 * additions, each only as far as the members, read again, still say so. `look` is what was seen just now; without it the members are read first.
 */
export async function applyUpload(context: Context, planned: Run, file: TargetFile, order: UploadOrder, look?: Look): Promise<Applied> {
  const workspace = context.workspace();
  const store = workspace.openUploadStore(planned);
  const { purpose } = readUploadPlan(planned);
  try {
    refuseDamagedPlan(planned, store);
    const appliedBy = { operator: context.requireOperator(), host: context.host, at: seconds(context) };
    context.record({ event: "applying", purpose, run: planned.id, counts: { ...order, before: countUploaded(store) }, digests: { plan: planned.digests.plan } });
    const run = workspace.runs.transition(planned.id, "applying", seconds(context), { counts: { ...planned.counts, appliedBy, order } });
    const sent = await sendAll(context, { run, store, file, order }, look);
    return finish(context, { run, store, file, order }, sent);
  } catch (error) {
    throw stopRun(context, planned, error, applyCommand(planned), () => ({ ...countUploaded(store) }), purpose);
  } finally {
    store.close();
  }
}

interface Begun {
  readonly run: Run;
  readonly store: UploadStore;
  readonly file: TargetFile;
  readonly order: UploadOrder;
}

type Sent = Pick<Applied, "fileId" | "stillIn">;

/** No file's number where there was nothing to send and no file yet. */
async function sendAll(context: Context, begun: Begun, seen: Look | undefined): Promise<Sent> {
  const { run, store, file, order } = begun;
  const { upload } = readUploadPlan(run);
  const { channel } = context.kakao(context.signal);
  const { targetLists } = context.workspace();
  const journal = store.journal("apply");
  if (readFacts(context, file.list) === null && (order.heldBack || upload.requests === 0)) return { fileId: null, stillIn: [] };
  const fileId = await openTargetFile(context, file, journal, channel);
  settleUnfinished(journal, targetLists, file.list);
  const work: StepWork = { journal, list: targetLists.change(file.list), sender: createSender(context, file, fileId, channel) };
  stampList(context, file.list, run, work.list);
  const progress = context.terminal.progress("Uploading", upload.always + upload.filter + upload.changed + upload.added);
  let stillIn: readonly StillIn[] = [];
  try {
    for (let look = seen; ; look = undefined) {
      look ??= await lookAtSelection(context, run, store, file);
      stillIn = findStillIn(context, file, look.always);
      await removeRefused(context, work, look, upload.requests, progress.update);
      if (order.heldBack || (await sendPlanned(context, work, store, look, progress.update))) break;
    }
  } finally {
    progress.finish();
  }
  stampList(context, file.list, run, work.list);
  return { fileId, stillIn };
}

/** Removals that always go, first. Their steps stand behind the planned ones. */
async function removeRefused(context: Context, work: StepWork, { always, digestOf }: Look, planned: number, told: (done: number) => void): Promise<void> {
  let step = Math.max(planned, lastStep(work.journal)) + 1;
  for (let from = 0; from < always.length; from += USERS_A_REQUEST) {
    await context.checkpoint();
    const rows = Array.from(always.subarray(from, from + USERS_A_REQUEST), (id): UploadRow => [id, -1, "", digestOf(id), []]);
    await carryOut(work, step, "always", { going: rows, already: 0, moved: 0 });
    told(Math.min(from + USERS_A_REQUEST, always.length));
    step += 1;
  }
}

/** What the plan holds, in its order. False once the look is too old for who is still to come. */
async function sendPlanned(context: Context, work: StepWork, store: UploadStore, look: Look, told: (done: number) => void): Promise<boolean> {
  let done = look.always.length;
  for (const { step, kind, rows } of store.requests()) {
    done += rows.length;
    if ((readStep(work.journal, step)?.outcome ?? null) !== null) continue;
    await context.checkpoint();
    if (context.now() - look.madeAt > LOOK_LASTS_MS) return false;
    await carryOut(work, step, kind, kind === "filter" ? sortRemovals(work, look, step, rows) : sortAdditions(look, rows));
    told(done);
  }
  return true;
}

function lastStep(journal: Journal): number {
  let last = 0;
  for (const { seq } of journal.entries()) last = Math.max(last, seq);
  return last;
}

function finish(context: Context, { run, store, order }: Begun, sent: Sent): Applied {
  const { purpose } = readUploadPlan(run);
  const counts = countUploaded(store);
  const applied: Applied = { ...counts, ...sent, heldBack: order.heldBack };
  if (counts.failed > 0) writeFailed(context, run, store);
  const files = { ...run.files, ...(counts.failed > 0 ? { failed: "failed.csv" } : {}) };
  context.record({ event: "applied", purpose, run: run.id, counts: { ...applied }, digests: { plan: run.digests.plan } });
  context.workspace().runs.transition(run.id, "applied", seconds(context), { counts: { ...run.counts, applied: { ...applied, done: counts.succeeded, moved: { "changed-since-the-plan": counts.moved } } }, files });
  store.wipe();
  return applied;
}

/** A plan whose stored requests are not those it was registered with is never carried out. */
function refuseDamagedPlan(run: Run, store: UploadStore): void {
  if (store.planDigest() === run.digests.plan) return;
  throw new RefusedError({ code: "plan-damaged", message: say`The stored plan ${run.id} is not what was planned: its digest differs.`, hint: say`Nothing was sent by it. Make a new plan: kakao-sync ${run.command} --upload`, run: run.id });
}

function seconds(context: Context): number {
  return Math.floor(context.now() / 1000);
}
