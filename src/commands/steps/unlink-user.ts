import type { Context } from "../../context.ts";
import { FailedError } from "../../errors.ts";
import type { KakaoClient, UnlinkAnswer } from "../../kakao/client.ts";
import type { Journal } from "../../workspace/journal.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UnlinkRow } from "../../workspace/unlink-store.ts";
import { say } from "../../say.ts";
import { refuseWrongClock } from "./check-clock.ts";
import type { HeldDatabase } from "./hold-database.ts";
import { isUserCode, lookAtKakao, readUserCode, type KakaoSight, type PlaceLook, type Use } from "./look-again.ts";
import type { ConsentKeeper } from "./save-consents.ts";
import { writeAppeared, type Appeared, type UnlinkOutcome } from "./unlink-outcomes.ts";

/** What the unlinking of one run works with. */
export interface UnlinkWork {
  readonly context: Context;
  readonly run: Run;
  readonly journal: Journal;
  readonly kakao: KakaoClient;
  readonly places: PlaceLook;
  readonly held: HeldDatabase;
  /** Null unless consents are to be kept. */
  readonly consents: ConsentKeeper | null;
  /** Of this run, also of earlier attempts. */
  readonly appeared: Appeared[];
  /** The code that failed the last rows, and how many of them in a row. */
  readonly series: { code: number; rows: number };
  readonly told: () => void;
}

/** Before a call `called` is true: then nobody knows without looking what came of it. */
interface UnlinkIntent {
  /** Unix seconds. */
  readonly at: number;
  readonly called: boolean;
}

/** Users between two looks whether the database is still held: each is a question of its own to the server. */
const usersAHeldCheck = 20;
/** Rows in a row that one unexpected code may fail (U6). */
const longestSeries = 5;

/** One planned user from U3's looks to the outcome on record; what an earlier attempt has settled stays as it is. */
export async function unlinkUser(work: UnlinkWork, number: number, row: UnlinkRow): Promise<void> {
  const before = work.journal.find(number);
  if (before === undefined || before.outcome === null) {
    await work.context.checkpoint();
    if (number % usersAHeldCheck === 0) await work.held.check();
    const inFlight = before !== undefined && (before.intent as UnlinkIntent).called;
    await settle(work, number, row, await carryOut(work, number, row, inFlight));
  }
  work.told();
}

async function carryOut(work: UnlinkWork, number: number, row: UnlinkRow, inFlight: boolean): Promise<UnlinkOutcome> {
  try {
    // Whoever is gone already was unlinked by our own attempt, if there was one (U7).
    const gone: UnlinkOutcome = { outcome: inFlight ? "done" : "already" };
    if (work.consents !== null && (await work.consents.keep(number, row)) === "not-linked") return gone;
    const seen = await lookAtKakao(work.kakao, row);
    refuseWrongClock(work.context, work.kakao);
    if (seen.is === "absent") return gone;
    if (seen.is === "spared") return { outcome: "spared", why: seen.why };
    return await callKakao(work, number, row);
  } catch (error) {
    const code = readUserCode(error);
    if (code === undefined) throw error;
    return { outcome: "failed", code };
  }
}

/** The call itself: its intent on disk, the last look when the pace has let it through, and after a wait both looks again (U3, U6). */
async function callKakao({ context, journal, kakao, places }: UnlinkWork, number: number, row: UnlinkRow): Promise<UnlinkOutcome> {
  const [id] = row;
  let use: Use | null = null;
  let seen: KakaoSight = { is: "same" };
  const lookAtPlaces = async (): Promise<boolean> => (use = await places.findUse(row)) === null;
  const look = async (): Promise<"repeat" | "absent" | "spared"> => {
    seen = await lookAtKakao(kakao, row);
    return seen.is === "same" ? "repeat" : seen.is;
  };
  journal.intend(number, { at: seconds(context), called: true } satisfies UnlinkIntent);
  const answer = await kakao.unlinkLooking(id, look, lookAtPlaces);
  return answer.outcome === "spared" ? { outcome: "spared", why: whySpared(use, seen) } : answer satisfies UnlinkAnswer;
}

function whySpared(use: Use | null, seen: KakaoSight): Extract<UnlinkOutcome, { outcome: "spared" }>["why"] {
  if (use !== null) return use.why;
  return seen.is === "spared" ? seen.why : "no-answer";
}

/** Asks the places once more after an unlink (U3), then puts the outcome on record. */
async function settle(work: UnlinkWork, number: number, row: UnlinkRow, outcome: UnlinkOutcome): Promise<void> {
  const use = outcome.outcome === "done" ? await work.places.findUse(row) : null;
  record(work, number, use === null ? outcome : { outcome: "done", appeared: use.where });
  if (use !== null) tellAppeared(work, { kakaoId: row[0], where: use.where, at: seconds(work.context) });
  countSeries(work, outcome);
}

/** Replaces an outcome that is on record already, too. */
function record({ context, journal }: UnlinkWork, number: number, outcome: UnlinkOutcome): void {
  const at = seconds(context);
  if (journal.find(number) === undefined) journal.intend(number, { at, called: false } satisfies UnlinkIntent);
  journal.outcome(number, { ...outcome, at });
}

/** Somebody is a member, and was just unlinked: listed before anything else happens. */
function tellAppeared({ context, run, appeared }: UnlinkWork, one: Appeared): void {
  appeared.push(one);
  writeAppeared(context, run, appeared);
  context.terminal.warn(say`A Kakao user was unlinked and appeared right then as somebody's: see ${context.shown(`${run.folder}/appeared.csv`)}. They have to sign in with Kakao again.`);
}

/** A second look at one of the first users (U5): true when it appeared since its own. */
export async function lookAfterwards(work: UnlinkWork, number: number, row: UnlinkRow): Promise<boolean> {
  const use = await work.places.findUse(row);
  if (use === null) return false;
  record(work, number, { outcome: "done", appeared: use.where });
  tellAppeared(work, { kakaoId: row[0], where: use.where, at: seconds(work.context) });
  return true;
}

function countSeries({ series }: UnlinkWork, outcome: UnlinkOutcome): void {
  if (outcome.outcome === "failed" && isUserCode(outcome.code)) return;
  if (outcome.outcome !== "failed") {
    series.rows = 0;
    return;
  }
  series.rows = series.code === outcome.code ? series.rows + 1 : 1;
  series.code = outcome.code;
  if (series.rows < longestSeries) return;
  throw new FailedError({
    code: "codes-in-a-row",
    message: say`Kakao refused ${longestSeries} unlinks in a row with code ${outcome.code}: this is about more than single users.`,
    hint: "Look the code up in Kakao's error reference. These users failed in this run; the next plan takes them up.",
  });
}

function seconds(context: Context): number {
  return Math.floor(context.now() / 1000);
}
