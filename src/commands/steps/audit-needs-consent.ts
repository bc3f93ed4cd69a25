import { resolve } from "node:path";
import { readLink, type KakaoId } from "../../core/kakao-id.ts";
import { readSeconds, YOUNG_SECONDS } from "../../core/kakao-user.ts";
import type { Context } from "../../context.ts";
import { EXIT } from "../../errors.ts";
import type { KakaoBasics } from "../../kakao/client.ts";
import { say } from "../../say.ts";
import { refuseWrongClock } from "./check-clock.ts";
import { codeOf } from "./code-of.ts";
import { runTogether } from "./run-together.ts";
import { askTerms, codeOfUser, countLeftOut, startAnew, type TermsAsker } from "./sample-live-terms.ts";
import { tellCalls } from "./tell-calls.ts";

const basicsPerCall = 100;
const purpose = "members to ask for the additional consent";
const header = ["member_id", "kakao_id", "came_by", "lacks"];

/** One link of a live member. */
interface Linked {
  readonly memberId: string;
  readonly kakaoId: KakaoId;
}

interface NeedsConsent extends TermsAsker {
  readonly context: Context;
  readonly write: (row: readonly string[]) => void;
  readonly counts: { asked: number; kakaoLogin: number; lackingTerms: number };
  /** Who was not asked, or did not answer, by reason. */
  readonly leftOut: Record<string, number>;
}

/**
 * `--needs-consent FILE`: a list of the live members that are linked and came before Kakao Sync or lack a required term, for the service to ask them. Nobody younger
 * than 24 hours is asked about.
 */
export async function listNeedsConsent(context: Context, to: string): Promise<number> {
  context.lock();
  await forecast(context);
  const file = context.createCsv(resolve(context.io.cwd, to), header, { readers: "machines" });
  const work: NeedsConsent = { context, kakao: context.kakao(context.signal), write: (row) => file.write(row), counts: { asked: 0, kakaoLogin: 0, lackingTerms: 0 }, leftOut: {} };
  const progress = context.terminal.progress("Members asked about");
  try {
    for await (const links of inBatches(readLinks(context))) {
      await askBatch(work, links);
      progress.update(work.counts.asked);
      await context.checkpoint();
    }
    const { rows } = file.finish();
    progress.finish();
    tell(work, rows, to);
    return EXIT.done;
  } catch (error) {
    file.discard();
    if (work.counts.asked > 0) context.record({ event: "interrupted", code: codeOf(error), purpose, counts: { ...work.counts } });
    throw startAnew(error);
  } finally {
    progress.stop();
  }
}

/** Counts first, so that what it will cost is known and not guessed. */
async function forecast(context: Context): Promise<void> {
  let links = 0;
  for await (const batch of inBatches(readLinks(context))) links += batch.length;
  const calls = { list: 0, basics: Math.ceil(links / basicsPerCall), details: links };
  const minutes = (calls.basics + calls.details) / context.config.limits.requestsPerSecond / 60;
  tellCalls(context, say`Asking about ${links.toLocaleString("en-US")} linked members`, { calls, minutes }, say`ask for a sample only: audit-consent --live`);
}

async function* readLinks(context: Context): AsyncGenerator<Linked> {
  const database = await context.database();
  for await (const page of database.readMembers()) {
    for (const { id, state, link, furtherLinks = [] } of page) {
      if (state !== "live") continue;
      for (const kakaoId of [link, ...furtherLinks]) {
        if (kakaoId !== null && readLink(kakaoId) === "linked") yield { memberId: id, kakaoId };
      }
    }
  }
}

async function* inBatches(links: AsyncIterable<Linked>): AsyncGenerator<readonly Linked[]> {
  let batch: Linked[] = [];
  for await (const link of links) {
    batch.push(link);
    if (batch.length < basicsPerCall) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function askBatch(work: NeedsConsent, links: readonly Linked[]): Promise<void> {
  const ids = [...new Set(links.map(({ kakaoId }) => kakaoId))];
  const users = new Map((await work.kakao.readBasics(ids)).map((user) => [user.id, user]));
  refuseWrongClock(work.context, work.kakao);
  const youngFrom = Math.floor(work.context.now() / 1000) - YOUNG_SECONDS;
  const old = [...users.values()].filter(({ connectedAt }) => (readSeconds(connectedAt) ?? Infinity) <= youngFrom);
  countLeftOut(work.leftOut, "not-linked", ids.length - users.size);
  countLeftOut(work.leftOut, "young", users.size - old.length);
  const lacking = await askLacking(work, old);
  for (const { memberId, kakaoId } of links) {
    const [user, lacks] = [users.get(kakaoId), lacking.get(kakaoId)];
    if (user === undefined || lacks === undefined) continue;
    work.counts.asked += 1;
    const byKakaoSync = user.synchedAt !== null;
    if (byKakaoSync && lacks.length === 0) continue;
    if (!byKakaoSync) work.counts.kakaoLogin += 1;
    if (lacks.length > 0) work.counts.lackingTerms += 1;
    work.write([memberId, kakaoId, byKakaoSync ? "kakao-sync" : "kakao-login", lacks.join(" ")]);
  }
}

/** The tags of required terms that each user has not agreed to; who did not answer is missing. */
async function askLacking(work: NeedsConsent, users: readonly KakaoBasics[]): Promise<ReadonlyMap<KakaoId, readonly string[]>> {
  const lacking = new Map<KakaoId, readonly string[]>();
  const waiting = users.map(({ id }) => id);
  const { signal, config } = work.context;
  await runTogether(signal, (inner) => {
    const ask = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        inner.throwIfAborted();
        const lacks = await askOne(work, id);
        if (lacks !== undefined) lacking.set(id, lacks);
      }
    };
    return Array.from({ length: Math.max(1, Math.min(8, config.limits.requestsPerSecond)) }, ask);
  });
  return lacking;
}

async function askOne(work: NeedsConsent, id: KakaoId): Promise<readonly string[] | undefined> {
  try {
    const terms = await askTerms(work, id);
    if (terms !== "not-linked") return (terms ?? []).filter(({ required, agreed }) => required && !agreed).map(({ tag }) => tag);
    countLeftOut(work.leftOut, "not-linked", 1);
  } catch (error) {
    countLeftOut(work.leftOut, codeOfUser(error), 1);
  }
  return undefined;
}

function tell({ context, counts, leftOut, termsRefused }: NeedsConsent, listed: number, to: string): void {
  const { terminal } = context;
  context.record({ event: "exported", purpose, counts: { ...counts, listed } });
  terminal.table(
    [{ header: "linked live members" }, { header: "members" }],
    [[say`asked about`, counts.asked], [say`came by Kakao Login alone`, counts.kakaoLogin], [say`lack a required term`, counts.lackingTerms], [say`listed, as one of the two`, listed], ...Object.entries(leftOut).map(([why, users]): [string, number] => [say`left out: ${why}`, users])],
  );
  terminal.line(say`Members to ask: ${to}`);
  if (termsRefused !== undefined) terminal.warn(say`Kakao names no terms for this app (${termsRefused}): only those who came before Kakao Sync are listed.`);
  terminal.json({ command: context.command, ...counts, listed, leftOut, ...(termsRefused === undefined ? {} : { termsRefused }), files: { needsConsent: to } });
}
