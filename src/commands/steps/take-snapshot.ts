import { YOUNG_SECONDS, readKakaoUser, readSeconds } from "../../core/kakao-user.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import type { Context } from "../../context.ts";
import type { ForeignPhone } from "../../core/keys.ts";
import { createWiper, fits } from "../../core/matching/kept-hashes.ts";
import type { KakaoClient } from "../../kakao/client.ts";
import type { BasicsAnswer, Pull, PullCompletion, PullFacts, PullReport } from "../../workspace/pull.ts";
import { refuseWrongClock } from "./check-clock.ts";
import { codeOf } from "./code-of.ts";
import { readMappingOptions } from "./read-mapping-options.ts";
import { Bell, runTogether } from "./run-together.ts";
import { countDestroyed } from "./settle-cis.ts";

const basicsPerCall = 100;
const detailsPerCall = 20;
/** A pull that was cut short is gone on with for so long: the next night begins a day later, a little more or less. */
const lastsSeconds = 36 * 3600;

/** What one part of a pull works with. */
interface PullWork {
  readonly context: Context;
  readonly kakao: KakaoClient;
  readonly pull: Pull;
  readonly properties: readonly string[];
  readonly foreignPhone: ForeignPhone;
  /** Rings when there may be more to do, or something has failed. */
  readonly bell: Bell;
  /** Ends the other parts when one has failed. */
  readonly signal: AbortSignal;
  readonly told: () => void;
  /** Users whose details Kakao has given, and CIs among them, for the record. */
  readonly received: { users: number; ci: number };
}

/**
 * Takes the snapshot, or goes on with one that was cut short: the listing at its own pace, and beside it basics and details. What has been answered is on
 * disk before the next is asked, so that this can be killed anywhere. Details older than `refreshAfterMs` are read again (undefined: than `retention.snapshot`), those
 * of wiped users only to keep the hashes of their keys anew; at 0 everything is read anew, and nobody is wiped any more (docs/decisions/0015-wiping.md).
 */
export async function takeSnapshot(context: Context, refreshAfterMs: number | undefined): Promise<PullReport> {
  const store = context.workspace().snapshots;
  // What Kakao gives must get on record.
  context.auditRecord().open();
  const properties = listProperties(context);
  const nowSeconds = Math.floor(context.now() / 1000);
  const unfinished = store.resumePull();
  const startsOver = refreshAfterMs === 0;
  const usable = unfinished !== null && isGoneOnWith(unfinished.facts, properties, nowSeconds, startsOver);
  const before = usable ? (unfinished?.state.counts.staged ?? 0) : 0;
  if (unfinished !== null && !usable) {
    const read = unfinished.state.counts.staged;
    unfinished.abandon();
    context.record({ event: "destroyed", counts: { unfinishedPull: true, read }, ci: { destroyed: countDestroyed(context, 0) } });
  }
  const refreshBefore = nowSeconds - Math.floor((refreshAfterMs ?? context.config.retention.snapshotMs) / 1000);
  const pull = usable && unfinished !== null ? unfinished : store.beginPull({ properties, refreshBefore, startsOver, now: nowSeconds });
  const received = { users: 0, ci: 0 };
  try {
    await readEverything(context, pull, properties, received);
    const announce = ({ total: kakaoUsers, new: isNew, gone, returned, wipedAgain }: PullReport): void => {
      const counts = { kakaoUsers, new: isNew, gone, returned, read: received.users, before, wiped: wipedAgain, pull: pull.facts.id };
      context.record({ event: "pulled", counts, ci: { received: received.ci, destroyed: countDestroyed(context, received.ci) } });
    };
    return pull.complete(Math.floor(context.now() / 1000), { wiperFor: chooseWiper(context, await context.foreignPhone()), announce });
  } catch (error) {
    if (received.users > 0) context.record({ event: "interrupted", code: codeOf(error), counts: { read: received.users, before, pull: pull.facts.id }, ci: { received: received.ci } });
    throw error;
  }
}

/** An unfinished pull for other properties, or one that was begun long ago, would mix two states: the next one begins anew. */
export function isGoneOnWith(facts: PullFacts, properties: readonly string[], nowSeconds: number, startsOver: boolean): boolean {
  return sameProperties(facts.properties, properties) && facts.startedAt > nowSeconds - lastsSeconds && (!startsOver || facts.startsOver === true);
}

/** Under another configuration hashes of before cannot be made any more. */
function chooseWiper(context: Context, foreignPhone: ForeignPhone): NonNullable<PullCompletion["wiperFor"]> {
  return (comparison) => {
    const options = readMappingOptions(context, foreignPhone, true);
    return fits(comparison, options) ? createWiper(options, comparison) : null;
  };
}

/**
 * Kakao's property keys for what the configuration compares, and nothing more. Who has not finished the sign-up at Kakao is told only by apps without automatic
 * linking (kakao-api.md 3.3).
 */
export function listProperties(context: Context): readonly string[] {
  const { kakao, members, matching } = context.config;
  const uses = (key: "ci" | "phone" | "email"): boolean => matching.keys.includes(key);
  return [
    ...(uses("ci") ? ["kakao_account.ci"] : []),
    ...(uses("phone") ? ["kakao_account.phone_number"] : []),
    ...(uses("email") || matching.corroborators.includes("email") ? ["kakao_account.email"] : []),
    ...(members.name === undefined ? [] : ["kakao_account.name"]),
    ...(members.birthdate === undefined ? [] : ["kakao_account.birthyear", "kakao_account.birthday"]),
    ...(kakao.app.autoLink === false ? ["has_signed_up"] : []),
  ];
}

function sameProperties(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((key) => right.includes(key));
}

async function readEverything(context: Context, pull: Pull, properties: readonly string[], received: PullWork["received"]): Promise<void> {
  const progress = context.terminal.progress("Kakao users", countBefore(context));
  const foreignPhone = await context.foreignPhone();
  const told = (): void => {
    const { listed, needsBasics, needsDetails } = pull.state.counts;
    progress.update(listed - needsBasics - needsDetails);
  };
  try {
    await runTogether(context.signal, (signal, bell) => {
      const work: PullWork = { context, kakao: context.kakao(signal), pull, properties, foreignPhone, bell, signal, told, received };
      const readers = Array.from({ length: Math.max(1, Math.min(8, context.config.limits.requestsPerSecond)) }, () => readDetails(work));
      return [list(work), readBasics(work), ...readers];
    });
  } finally {
    progress.finish();
  }
}

/** How many users the last snapshot had: the best guess of how many there will be. */
function countBefore(context: Context): number | undefined {
  return context.workspace().snapshots.last()?.count;
}

async function list({ context, kakao, pull, bell, told }: PullWork): Promise<void> {
  if (pull.state.listingDone) return;
  const last = pull.state.listingLastId;
  const next = last === null ? undefined : context.nextKakaoId(last);
  for await (const page of kakao.listUserIds(next === undefined ? {} : { from: next })) {
    refuseWrongClock(context, kakao);
    pull.addListed(page);
    told();
    bell.ring();
    await context.checkpoint();
  }
  pull.finishListing();
  bell.ring();
}

async function readBasics({ context, kakao, pull, bell, signal, told }: PullWork): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const { listingDone } = pull.state;
    const ids = pull.countWaiting("basics") >= basicsPerCall || listingDone ? pull.takeForBasics(basicsPerCall) : [];
    if (ids.length === 0) {
      if (listingDone) return bell.ring();
      await bell.wait();
      continue;
    }
    const answers = await kakao.readBasics(ids);
    refuseWrongClock(context, kakao);
    const youngFrom = Math.floor(context.now() / 1000) - YOUNG_SECONDS;
    pull.putBasics(ids, answers.map(({ id, connectedAt }) => classify(id, readSeconds(connectedAt), youngFrom)));
    told();
    bell.ring();
    await context.checkpoint();
  }
}

function classify(id: KakaoId, connectedAt: number | null, youngFrom: number): BasicsAnswer {
  const next = connectedAt === null ? "unanswered" : connectedAt > youngFrom ? "young" : "details";
  return { id, connectedAt, next };
}

async function readDetails({ context, kakao, pull, properties, foreignPhone, bell, signal, told, received }: PullWork): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const basicsDone = pull.state.listingDone && pull.state.counts.needsBasics === 0;
    const ids = pull.countWaiting("details") >= detailsPerCall || basicsDone ? pull.takeForDetails(detailsPerCall) : [];
    if (ids.length === 0) {
      if (basicsDone) return bell.ring();
      await bell.wait();
      continue;
    }
    const users = await kakao.readUsers(ids, properties);
    const answered = new Set(users.map(({ id }) => id));
    const read = users.map((user) => readKakaoUser(user, foreignPhone));
    received.users += read.length;
    received.ci += read.filter(({ ci }) => typeof ci === "string").length;
    pull.putDetails(read, ids.filter((id) => !answered.has(id)));
    told();
    bell.ring();
    await context.checkpoint();
  }
}
