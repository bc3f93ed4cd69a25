import type { Context } from "../../context.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import { readSeconds, YOUNG_SECONDS } from "../../core/kakao-user.ts";
import type { Identifiers } from "../../core/targets/identifiers.ts";
import { readSharing, type AskedRelation, type Candidate, type Judged, type TargetInput, type TargetRules } from "../../core/targets/judge.ts";
import type { KakaoClient } from "../../kakao/client.ts";
import { say } from "../../say.ts";
import { basicsPerCall } from "./ask-kakao.ts";
import { refuseWrongClock } from "./check-clock.ts";
import { countOf } from "./count-of.ts";
import { runTogether } from "./run-together.ts";
import { tellCalls } from "./tell-calls.ts";

/** Rows in reading order, and what Kakao says of those that hang on it; null of a candidate that was not asked about. */
export interface AskedBatch {
  readonly rows: readonly Judged[];
  readonly relationOf: (candidate: Candidate) => AskedRelation | null;
}

/** Users a request (kakao-api.md 3.11). */
const relationsPerCall = 200;
/** Requests under way at the same time; the pace is the client's. */
const mostTogether = 8;
const usersPerBatch = relationsPerCall * mostTogether;
/** Rows that wait for a batch at most, so that a small selection of many rows stays small. */
const mostWaiting = 20_000;

/** Without `--relation`. */
export async function* unasked(pages: AsyncIterable<readonly Judged[]>): AsyncIterable<AskedBatch> {
  for await (const rows of pages) yield { rows, relationOf: () => null };
}

/** Asks Kakao, in batches of rows in reading order, what the candidates are to the channel (T1). */
export async function* askRelations(context: Context, pages: AsyncIterable<readonly Judged[]>, identifiers: Identifiers): AsyncIterable<AskedBatch> {
  let rows: Judged[] = [];
  let asked = new Set<KakaoId>();
  for await (const page of pages) {
    for (const row of page) {
      rows.push(row);
      if (hangsOnRelation(row, identifiers) && row.kakaoId !== null) asked.add(row.kakaoId);
      if (asked.size < usersPerBatch && rows.length < mostWaiting) continue;
      yield await askBatch(context, rows, asked);
      [rows, asked] = [[], new Set()];
    }
  }
  yield askBatch(context, rows, asked);
}

/**
 * Asks about those who share a number, before any of them is exported under it: where one of them has blocked the channel, nobody is. Who blocks is made known to
 * `identifiers`.
 */
export async function blockShared(context: Context, pages: AsyncIterable<Iterable<TargetInput>>, rules: TargetRules, identifiers: Identifiers): Promise<void> {
  let waiting = new Map<KakaoId, bigint[]>();
  const ask = async (): Promise<void> => {
    const relations = await askAll(context, [...waiting.keys()]);
    for (const [kakaoId, ids] of waiting) if (relations.get(kakaoId) === "blocked") for (const id of ids) identifiers.block(id);
    waiting = new Map();
  };
  for await (const inputs of pages) {
    for (const input of inputs) {
      const sharing = readSharing(input, rules, identifiers);
      if (sharing === null) continue;
      waiting.set(sharing.kakaoId, [...(waiting.get(sharing.kakaoId) ?? []), sharing.id]);
      if (waiting.size >= usersPerBatch) await ask();
    }
  }
  await ask();
}

/** What `--relation` will cost, before the first call. `users` is how many are asked about at most. */
export function tellRelationCalls(context: Context, users: number): void {
  if (users === 0) return;
  const calls = { basics: Math.ceil(users / basicsPerCall), relations: Math.ceil(users / relationsPerCall) };
  const seconds = (calls.basics + calls.relations) / context.config.limits.requestsPerSecond;
  context.window.refuseIfTooLong(say`Asking for the relations of ${countOf(users, "Kakao user")}`, seconds);
  tellCalls(context, say`Relations of ${countOf(users, "Kakao user")} at most`, { calls, minutes: seconds / 60 }, say`export a smaller --segment`);
}

function hangsOnRelation(row: Judged, identifiers: Identifiers): row is Candidate {
  return !("leftOut" in row) && row.later === null && !identifiers.isTaken(row.row.id);
}

async function askBatch(context: Context, rows: readonly Judged[], asked: ReadonlySet<KakaoId>): Promise<AskedBatch> {
  const relations = await askAll(context, [...asked]);
  return { rows, relationOf: ({ later, kakaoId }) => (later !== null ? null : ((kakaoId === null ? undefined : relations.get(kakaoId)) ?? "unknown")) };
}

async function askAll(context: Context, ids: readonly KakaoId[]): Promise<ReadonlyMap<KakaoId, AskedRelation>> {
  const relations = new Map<KakaoId, AskedRelation>();
  let next = 0;
  await runTogether(context.signal, (signal) => {
    const kakao = context.kakao(signal);
    const work = async (): Promise<void> => {
      while (next < ids.length) {
        signal.throwIfAborted();
        const some = ids.slice(next, next + relationsPerCall);
        next += some.length;
        await askSome(context, kakao, some, relations);
      }
    };
    return Array.from({ length: Math.min(mostTogether, context.config.limits.requestsPerSecond) }, work);
  });
  return relations;
}

/** Only of who was linked more than 24 hours ago: the basics say so, and read nothing personal (U1). Who is not linked, or whom Kakao leaves out, stays unknown. */
async function askSome(context: Context, kakao: KakaoClient, ids: readonly KakaoId[], relations: Map<KakaoId, AskedRelation>): Promise<void> {
  const old = new Set<KakaoId>();
  for (let from = 0; from < ids.length; from += basicsPerCall) {
    const answers = await kakao.readBasics(ids.slice(from, from + basicsPerCall));
    refuseWrongClock(context, kakao);
    const now = Math.floor(context.now() / 1000);
    for (const { id, connectedAt } of answers) {
      const linkedAt = readSeconds(connectedAt);
      if (linkedAt !== null && now - linkedAt > YOUNG_SECONDS) old.add(id);
    }
  }
  if (old.size === 0) return;
  for (const [id, relation] of await kakao.channel.readRelations(ids.filter((id) => old.has(id)), context.config.channel?.publicId ?? "")) relations.set(id, relation);
}
