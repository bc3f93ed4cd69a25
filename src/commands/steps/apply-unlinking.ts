import type { Context } from "../../context.ts";
import { readSeconds } from "../../core/kakao-user.ts";
import { FailedError, RefusedError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UnlinkRow, UnlinkStore } from "../../workspace/unlink-store.ts";
import { say } from "../../say.ts";
import { applyCommand } from "./check-apply.ts";
import { clearGone, type ClearedCounts } from "./clear-gone.ts";
import { countUnlinkedSoFar } from "./count-so-far.ts";
import { type HeldDatabase, holdDatabase } from "./hold-database.ts";
import { openPlaceLook } from "./look-again.ts";
import { runTogether } from "./run-together.ts";
import { createConsentKeeper } from "./save-consents.ts";
import { stopRun } from "./stop-run.ts";
import { countOutcomes, readAppeared, readGoing, readOutcome, writeUnlinked, type UnlinkedCounts } from "./unlink-outcomes.ts";
import { keepReference } from "./unlink-reference.ts";
import { lookAfterwards, unlinkUser, type UnlinkWork } from "./unlink-user.ts";

/** What was decided as the run began; a run that is gone on with obeys it. */
export interface UnlinkOrder {
  /** Users that go now, the oldest first (U4); the others wait for a later plan. */
  readonly going: number;
  readonly saveConsents: boolean;
  /** Gone links that may be cleared as well (U9); 0 unless asked for. */
  readonly clears: number;
}

interface NumberedRow {
  readonly number: number;
  readonly row: UnlinkRow;
}

/** Users that are unlinked and checked before the rest (U5). */
const canarySize = 20;
/**
 * Users under way side by side: so many that answers of 80 ms (at 100 calls a second) to 300 ms (at 10) leave the pace filled, and so few that a look at Kakao is
 * followed by its unlink within 0.3 s.
 */
const mostWorkers = 8;
const callsAWorker = 4;

/** The order of a run that was begun before; undefined while it is planned. */
export function readOrder(run: Run): UnlinkOrder | undefined {
  return run.counts["order"] as UnlinkOrder | undefined;
}

/**
 * Carries an unlinking plan out, or goes on with one that was interrupted: each user with U3's looks, an intent on disk before the call and the outcome after it
 * (U7), the first 20 before the rest (U5).
 */
export async function applyUnlinking(context: Context, planned: Run, order: UnlinkOrder): Promise<UnlinkedCounts> {
  const workspace = context.workspace();
  const store = workspace.openUnlinkStore(planned);
  const held = await holdDatabase(context);
  const progress = context.terminal.progress("Unlinking", order.going);
  let told = 0;
  try {
    refuseDamagedPlan(planned, store);
    const appliedBy = { operator: context.requireOperator(), host: context.host, at: seconds(context) };
    context.record({ event: "applying", run: planned.id, counts: { ...order, before: countUnlinkedSoFar(store, order.going) }, digests: { plan: planned.digests.plan } });
    const run = workspace.runs.transition(planned.id, "applying", seconds(context), { counts: { ...planned.counts, appliedBy, order } });
    try {
      await unlinkAll(context, { run, store, order, held }, () => progress.update((told += 1)));
    } finally {
      writeUnlinked(context, run, store, order.going);
    }
    const cleared = order.clears > 0 ? await clearGone(context, run, store) : undefined;
    return finish(context, { run, store, order }, cleared);
  } catch (error) {
    throw stopRun(context, planned, error, applyCommand(planned), () => countUnlinkedSoFar(store, order.going));
  } finally {
    progress.finish();
    store.close();
    await held.release();
  }
}

interface Begun {
  readonly run: Run;
  readonly store: UnlinkStore;
  readonly order: UnlinkOrder;
  readonly held: HeldDatabase;
}

function finish(context: Context, { run, store, order }: Omit<Begun, "held">, cleared: ClearedCounts | undefined): UnlinkedCounts {
  const unlinked = countOutcomes(store, order.going);
  const counts: UnlinkedCounts = { ...unlinked, cleared: cleared?.cleared ?? 0, ...(cleared === undefined ? {} : { notCleared: cleared.left }) };
  // Before the state: killed in between, the run ends the same way once more.
  keepReference(context, run, { kakaoUsers: counts.done + counts.already, links: counts.cleared });
  const files = { ...run.files, unlinked: "unlinked.csv", ...(counts.appeared > 0 ? { appeared: "appeared.csv" } : {}), ...(cleared === undefined ? {} : { cleared: "cleared.csv" }) };
  context.record({ event: "applied", run: run.id, counts: { ...counts }, digests: { plan: run.digests.plan } });
  context.workspace().runs.transition(run.id, "applied", seconds(context), { counts: { ...run.counts, applied: counts }, files });
  return counts;
}

/** A plan whose stored rows are not those it was registered with is never carried out. */
function refuseDamagedPlan(run: Run, store: UnlinkStore): void {
  if (store.planDigest() === run.digests.plan) return;
  throw new RefusedError({ code: "plan-damaged", message: say`The stored plan ${run.id} is not what was planned: its digest differs.`, hint: "Nobody was unlinked by it. Make a new plan: kakao-sync unlink-orphans", run: run.id });
}

async function unlinkAll(context: Context, { run, store, order, held }: Begun, told: () => void): Promise<void> {
  const places = await openPlaceLook(context);
  const parts = { context, run, held, journal: store.journal("apply"), places, appeared: readAppeared(store, order.going), series: { code: 0, rows: 0 }, told };
  try {
    const rows = readGoing(store, order.going)[Symbol.iterator]();
    const canary = take(rows, canarySize);
    const seenBefore = parts.appeared.length;
    await runTogether(context.signal, (signal) => {
      const kakao = context.kakao(signal);
      const work: UnlinkWork = { ...parts, kakao, consents: order.saveConsents ? createConsentKeeper(context, kakao, store) : null };
      return [unlinkInTwoParts(work, canary, rows, seenBefore, signal)];
    });
  } finally {
    await places.close();
  }
}

/** The first 20, a look at what came of them, then the rest (U5). */
async function unlinkInTwoParts(work: UnlinkWork, canary: readonly NumberedRow[], rest: Iterator<NumberedRow>, seenBefore: number, signal: AbortSignal): Promise<void> {
  const isNew = canary.some(({ number }) => readOutcome(work.journal, number) === undefined);
  await unlinkSide(work, canary[Symbol.iterator](), signal);
  const next = rest.next();
  if (isNew && next.done !== true) refuseUnknownToKakao(work, canary);
  await checkCanary(work, canary, next.done === true ? "last" : "more", seenBefore);
  if (next.done === true) return;
  await unlinkSide(work, startingWith(next.value, rest), signal);
}

/** Several users under way side by side. The first failure stops the others at a row boundary. */
async function unlinkSide(work: UnlinkWork, rows: Iterator<NumberedRow>, signal: AbortSignal): Promise<void> {
  const workers = Math.min(mostWorkers, Math.ceil(work.context.config.limits.requestsPerSecond / callsAWorker));
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let next = rows.next(); next.done !== true && !failed; next = rows.next()) {
      signal.throwIfAborted();
      try {
        await unlinkUser(work, next.value.number, next.value.row);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: workers }, worker));
  const failure = ended.find((one) => one.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/** U5: Kakao no longer shows the link that was ended, and nobody has appeared since. What was seen in an earlier attempt has been looked at by whoever goes on. */
async function checkCanary(work: UnlinkWork, canary: readonly NumberedRow[], follows: "last" | "more", seenBefore: number): Promise<void> {
  const done = canary.flatMap(({ number, row }) => {
    const recorded = readOutcome(work.journal, number);
    return recorded?.outcome === "done" ? [{ number, row, appeared: recorded.appeared !== undefined }] : [];
  });
  if (done.length === 0) return;
  const linkedAt = new Map(done.map(({ row: [id, , at] }) => [id, at]));
  const still = (await work.kakao.readBasics([...linkedAt.keys()])).filter(({ id, connectedAt }) => readSeconds(connectedAt) === linkedAt.get(id)).length;
  if (still > 0) throw canaryError(say`Kakao still shows ${still} of the first ${done.length} users with the link that was to end.`, "Look whether kakao.baseUrl is Kakao's own address, and whether the console lists these users.");
  for (const { number, row, appeared } of done) if (!appeared) await lookAfterwards(work, number, row);
  const appeared = work.appeared.length - seenBefore;
  if (appeared === 0 || follows === "last") return;
  throw canaryError(say`${appeared} of the first ${done.length} users appeared as somebody's right after they were unlinked: see appeared.csv.`, "Find out why the plan did not know them (a sign-up just then, an old copy of the database) before you go on; nobody else was unlinked.");
}

/** Another app's key knows none of these users, which reads as if each had been unlinked already. Whoever goes on has looked. */
function refuseUnknownToKakao({ journal }: UnlinkWork, canary: readonly NumberedRow[]): void {
  if (canary.some(({ number }) => readOutcome(journal, number)?.outcome !== "already")) return;
  throw canaryError(say`Kakao knows none of the first ${canary.length} users any more (-101 for each), although it listed them for the plan.`, "Look whether the admin key still is that of this app. If these users really have unlinked meanwhile, go on.");
}

function canaryError(message: string, hint: string): FailedError {
  return new FailedError({ code: "canary-failed", message, hint });
}

function take<Item>(items: Iterator<Item>, count: number): Item[] {
  const taken: Item[] = [];
  for (let next = items.next(); next.done !== true; next = items.next()) {
    taken.push(next.value);
    if (taken.length === count) break;
  }
  return taken;
}

function* startingWith<Item>(first: Item, rest: Iterator<Item>): Iterator<Item> {
  yield first;
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
}

function seconds(context: Context): number {
  return Math.floor(context.now() / 1000);
}
