import type { Context } from "../../context.ts";
import { renderUsedValues } from "../../core/matching/read-member.ts";
import type { MemberRow } from "../../core/member.ts";
import type { ChangeOutcome, LinkChange, MovedWhy } from "../../database/service-database.ts";
import { RefusedError } from "../../errors.ts";
import type { Journal, JournalEntry } from "../../workspace/journal.ts";
import type { PlanBatch, PlanRow, RunStore } from "../../workspace/run-store.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { applyCommand, countPlanned, firstAppliedSetting } from "./check-apply.ts";
import { countWrittenSoFar } from "./count-so-far.ts";
import { findWritten } from "./find-written.ts";
import { type HeldDatabase, holdDatabase } from "./hold-database.ts";
import { collectElsewhere } from "./read-elsewhere.ts";
import { startWritePace, type WritePace } from "./hold-writes.ts";
import { stopRun } from "./stop-run.ts";

/** What became of one planned row; `written` keeps what undo restores. */
export type RowOutcome = ChangeOutcome | { readonly outcome: "moved"; readonly why: MovedWhy | StoppedWhy };

/** Why a row is left alone before the database is asked: Kakao lists the former id of a relink, or another place has the id in use by now. */
type StoppedWhy = "not-gone" | "in-use-elsewhere";

/** The journal's intent of a batch: what is about to be written, decided inside the transaction. Its outcome says only when that was done. */
interface BatchIntent {
  /** Unix seconds. */
  readonly at: number;
  readonly rows: readonly RowOutcome[];
}

export interface AppliedCounts {
  readonly done: number;
  readonly moved: Readonly<Record<string, number>>;
  /** Rows that a unique index of the database refused. */
  readonly failed: number;
}

interface Work {
  readonly run: Run;
  readonly context: Context;
  readonly store: RunStore;
  readonly journal: Journal;
  /** One client for the whole run: it keeps the pace. Made at the first relink; most plans have none and need no key. */
  readonly kakao: () => ReturnType<Context["kakao"]>;
  /** Kakao ids in use at the places of `alsoLinkedIn`, as apply began. */
  readonly elsewhere: ReadonlySet<string>;
  readonly told: (rows: number) => void;
  readonly pace: WritePace;
}

/**
 * Carries a plan out, or goes on with one that was interrupted: batch after batch, each in a transaction of its own, its former values in the journal
 * before it is written. Every row is looked at again inside the transaction; what has moved is left alone (product.md section 6, Apply).
 */
export async function applyMapping(context: Context, planned: Run): Promise<AppliedCounts> {
  const workspace = context.workspace();
  const store = workspace.openRunStore(planned);
  const held = await holdDatabase(context);
  const progress = context.terminal.progress("Writing links", countPlanned(planned));
  const pace = startWritePace(context);
  let done = 0;
  try {
    refuseDamagedPlan(planned, store);
    const appliedBy = { operator: context.requireOperator(), host: context.host, at: seconds(context) };
    context.record({ event: "applying", run: planned.id, counts: { planned: countPlanned(planned), before: countWrittenSoFar(store) }, digests: { plan: planned.digests.plan } });
    const run = workspace.runs.transition(planned.id, "applying", seconds(context), { counts: { ...planned.counts, appliedBy } });
    let client: ReturnType<Work["kakao"]> | undefined;
    const kakao: Work["kakao"] = () => (client ??= context.kakao(context.signal));
    const elsewhere = await collectElsewhere(context);
    const work: Work = { run, elsewhere, context, store, journal: store.journal("apply"), kakao, pace, told: (rows) => progress.update((done += rows)) };
    const counts = await applyBatches(work, held);
    // Before the state: killed in between, the run ends the same way once more, while a brake that was never set would stay off.
    workspace.settings.set(firstAppliedSetting, run.id);
    pace.keepRate();
    context.record({ event: "applied", run: run.id, counts: { ...counts }, digests: { plan: run.digests.plan } });
    workspace.runs.transition(run.id, "applied", seconds(context), { counts: { ...run.counts, applied: counts }, files: { ...run.files, linked: "linked.csv" } });
    return counts;
  } catch (error) {
    throw stopRun(context, planned, error, applyCommand(planned), () => countWrittenSoFar(store));
  } finally {
    progress.finish();
    store.close();
    await held.release();
  }
}

/** A plan whose stored rows are not those it was registered with is never written. */
export function refuseDamagedPlan(run: Run, store: Pick<RunStore, "planDigest">): void {
  if (store.planDigest() === run.digests.plan) return;
  throw new RefusedError({ code: "plan-damaged", message: say`The stored plan ${run.id} is not what was planned: its digest differs.`, hint: run.state === "planned" ? say`Nothing was written. Make a new plan: kakao-sync ${run.command}` : say`Nothing more was changed. Restore the folder of the run from a backup; without one, give it up where it is interrupted: kakao-sync runs abandon ${run.id}`, run: run.id });
}

/** Writes what is not yet written, and with it the list of whom the service may tell: member id, time, key. */
async function applyBatches(work: Work, held: HeldDatabase): Promise<AppliedCounts> {
  const counts = { done: 0, moved: {} as Record<string, number>, failed: 0 };
  const linked = work.context.createCsv(`${work.run.folder}/linked.csv`, ["member_id", "linked_at", "by"], { readers: "machines" });
  try {
    for (const batch of work.store.batches()) {
      await work.context.checkpoint();
      const { at, rows } = await applyBatch(work, held, batch);
      const linkedAt = new Date(at * 1000).toISOString();
      for (const [index, outcome] of rows.entries()) {
        if (outcome.outcome === "moved" && outcome.why === "index-refused") counts.failed += 1;
        else if (outcome.outcome === "moved") counts.moved[outcome.why] = (counts.moved[outcome.why] ?? 0) + 1;
        else counts.done += 1;
        const [, memberId = "", , action, by = ""] = batch.rows[index] ?? [];
        if (outcome.outcome === "written" && action !== "unlink") linked.write([memberId, linkedAt, by]);
      }
    }
    linked.finish();
    return counts;
  } catch (error) {
    linked.discard();
    throw error;
  }
}

/** One batch, and what became of its rows; a batch that an earlier attempt finished is taken from the journal. */
async function applyBatch(work: Work, held: HeldDatabase, batch: PlanBatch): Promise<BatchIntent> {
  const before = work.journal.find(batch.seq);
  work.told(batch.rows.length);
  if (before !== undefined && before.outcome !== null) return readBatch(before);
  await work.pace.hold();
  await held.check();
  const written = before === undefined ? new Map<number, RowOutcome>() : await readWritten(work, batch, before.intent);
  const stopped = await findStopped(work, batch.rows, written);
  const at = batch.rows.flatMap((_row, index) => (stopped.has(index) ? [] : [index]));
  const rows = at.map((index) => batch.rows[index]).filter((row) => row !== undefined);
  const isKept = (position: number): boolean => written.has(at[position] ?? -1);
  let intent: BatchIntent = { at: seconds(work.context), rows: [] };
  await (await work.context.database()).writeLinks(rows.map(toChange), {
    // Nobody was asked about a kept row: it is never written once more.
    unchanged: (row, position) => !isKept(position) && isUnchanged(work, row, rows[position]),
    intend: (outcomes) => {
      intent = { at: seconds(work.context), rows: place(batch, at, outcomes, stopped, written) };
      work.journal.intend(batch.seq, intent);
    },
  });
  const done = { at: seconds(work.context) };
  work.journal.outcome(batch.seq, done);
  work.pace.wrote(rows.length);
  return { ...intent, ...done };
}

/** What the journal has of a batch: the rows of its intent, and when that was done, if anybody knows. */
function readBatch({ intent, outcome }: JournalEntry): BatchIntent {
  return { ...(intent as BatchIntent), ...(outcome as { at: number } | null) };
}

/** Outcomes in the order of the batch. A row that a killed attempt has written keeps what that attempt had on record, as long as it holds its id. */
function place(batch: PlanBatch, at: readonly number[], outcomes: readonly ChangeOutcome[], stopped: ReadonlyMap<number, StoppedWhy>, written: ReadonlyMap<number, RowOutcome>): readonly RowOutcome[] {
  const all = new Map<number, RowOutcome>();
  for (const [index, why] of stopped) all.set(index, { outcome: "moved", why });
  at.forEach((index, position) => {
    const outcome = outcomes[position];
    const earlier = outcome?.outcome === "moved" && outcome.why === "already-linked" ? written.get(index) : undefined;
    if (outcome !== undefined) all.set(index, earlier ?? outcome);
  });
  return batch.rows.map((_row, index) => all.get(index) ?? { outcome: "moved", why: "row-gone" });
}

/** What a killed attempt has written of a batch: rows that its intent names and that hold their ids. */
async function readWritten({ context }: Work, batch: PlanBatch, intent: unknown): Promise<ReadonlyMap<number, RowOutcome>> {
  const named = [...(intent as BatchIntent).rows.entries()].filter(([, outcome]) => outcome.outcome === "written");
  const found = await findWritten(context, named.flatMap(([index]) => batch.rows.slice(index, index + 1).map(toChange)));
  return new Map(named.filter((_one, position) => found[position]));
}

/** M1: an id that another place has in use by now is attached to nobody. M6: a relink is written only once Kakao has confirmed that the former id is gone. What is written was asked before. */
async function findStopped(work: Work, rows: readonly PlanRow[], written: ReadonlyMap<number, RowOutcome>): Promise<ReadonlyMap<number, StoppedWhy>> {
  const stopped = new Map<number, StoppedWhy>();
  for (const [index, [, , kakaoId, action, , former]] of rows.entries()) {
    if (written.has(index)) continue;
    if (action !== "unlink" && work.elsewhere.has(kakaoId)) {
      stopped.set(index, "in-use-elsewhere");
      continue;
    }
    if (action !== "relink" || former === null) continue;
    await work.context.checkpoint();
    if (await work.kakao().isLinked(former)) stopped.set(index, "not-gone");
  }
  return stopped;
}

function toChange([place, memberId, kakaoId, action, , former]: PlanRow): LinkChange {
  return { place, memberId, from: former, to: action === "unlink" ? null : kakaoId };
}

function isUnchanged({ store }: Work, row: MemberRow, planned: PlanRow | undefined): boolean {
  return planned !== undefined && store.digest(renderUsedValues(row)) === planned[6];
}

/**
 * What the journal says of every planned row. Of a batch that was killed on the way nobody knows whether it was written: whoever goes by the intent looks
 * at the row.
 */
export function* readOutcomes(store: RunStore): Iterable<{ readonly row: PlanRow; readonly outcome: RowOutcome; readonly at: number; readonly seq: number; readonly index: number }> {
  const journal = store.journal("apply");
  for (const { seq, rows } of store.batches()) {
    const entry = journal.find(seq);
    if (entry === undefined) continue;
    const { at, rows: outcomes } = readBatch(entry);
    for (const [index, row] of rows.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined) yield { row, outcome, at, seq, index };
    }
  }
}

function seconds(context: Context): number {
  return Math.floor(context.now() / 1000);
}
