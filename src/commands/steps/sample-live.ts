import type { Context } from "../../context.ts";
import { FailedError } from "../../errors.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import { readSeconds, YOUNG_SECONDS } from "../../core/kakao-user.ts";
import type { KakaoScope } from "../../kakao/client.ts";
import { say } from "../../say.ts";
import { refuseWrongClock } from "./check-clock.ts";
import { codeOf } from "./code-of.ts";
import { runTogether } from "./run-together.ts";
import { countLive, type LiveCounts, type UserAnswer } from "./sample-live-count.ts";
import { askTerms, codeOfUser, countLeftOut, startAnew, type TermsAsker } from "./sample-live-terms.ts";
import { chooseSample } from "./sample-live-users.ts";

/** Users of one round: as many as one details call takes. */
const usersPerRound = 20;

/** What the live look came to. */
export interface LiveLook extends LiveCounts {
  /** Who was not counted, by reason: `young`, `not-linked`, `sign-up-unfinished`, or one of Kakao's codes. */
  readonly replaced: Readonly<Record<string, number>>;
  /** All linked users, where they are known. */
  readonly linked: number | null;
  /** Kakao's code for why the terms could not be read. */
  readonly termsRefused?: string;
}

type Candidates = readonly KakaoId[];
type Consents = Pick<UserAnswer, "scopes" | "terms">;

/** One look: what it asks with, and what it has heard so far. Only counts leave it. */
interface Look extends TermsAsker {
  readonly context: Context;
  readonly size: number;
  readonly answers: UserAnswer[];
  readonly replaced: Record<string, number>;
  readonly answerable: Set<string>;
}

/**
 * Asks Kakao for the consents of a sample of linked users, for whether there is a value behind each, and counts. Nobody younger than 24 hours is asked (U1); for who cannot
 * be asked a neighbour stands in. Nothing is kept: neither ids nor values. `sampled` is 0 where nobody is linked, or nobody for long enough.
 */
export async function sampleLive(context: Context, size: number): Promise<LiveLook> {
  const kakao = context.kakao(context.signal);
  const look: Look = { context, kakao, size, answers: [], replaced: {}, answerable: new Set() };
  const progress = context.terminal.progress("Kakao users asked", size);
  try {
    const { slots, linked } = await chooseSample(context, kakao, size);
    await askRounds(look, slots, () => progress.update(look.answers.length));
    if (look.answers.length === 0 && Object.keys(look.replaced).some((why) => why !== "young")) throw nobodyAnswered(look.replaced);
    progress.finish();
    putOnRecord(look, "read");
    const { termsRefused, replaced } = look;
    return { ...countLive(look.answers, [...look.answerable]), linked, replaced, ...(termsRefused === undefined ? {} : { termsRefused }) };
  } catch (error) {
    if (look.answers.length > 0) putOnRecord(look, "interrupted", codeOf(error));
    throw startAnew(error);
  } finally {
    progress.stop();
  }
}

/** Personal data were asked for, and dropped. */
function putOnRecord({ context, answers }: Look, event: "read" | "interrupted", code?: string): void {
  const received = answers.filter(({ filled }) => filled.includes("account_ci")).length;
  context.record({ event, ...(code === undefined ? {} : { code }), purpose: "how many users agreed to which item and term", counts: { users: answers.length }, ci: { received, destroyed: received } });
}

/** Round after round takes the next candidate of each open slot; when no slot is open, what is left of the others stands in. */
async function askRounds(look: Look, slots: readonly Candidates[], told: () => void): Promise<void> {
  const open = [...slots];
  const spare: Candidates[] = [];
  while (look.answers.length < look.size) {
    if (open.length === 0) open.push(...spare.splice(0));
    const round = open.splice(0, Math.min(usersPerRound, look.size - look.answers.length));
    if (round.length === 0) return;
    const answered = await askRound(look, round.flatMap(([next = []]) => next));
    told();
    for (const [next = "", ...rest] of round) {
      if (rest.length > 0) (answered.has(next) ? spare : open).push(rest);
    }
    await look.context.checkpoint();
  }
}

/** Link dates first, which are no personal data; then consents side by side; then whether the values are there. */
async function askRound(look: Look, ids: readonly KakaoId[]): Promise<ReadonlySet<KakaoId>> {
  const basics = await look.kakao.readBasics(ids);
  refuseWrongClock(look.context, look.kakao);
  const youngFrom = Math.floor(look.context.now() / 1000) - YOUNG_SECONDS;
  const old = basics.filter(({ connectedAt }) => (readSeconds(connectedAt) ?? Infinity) <= youngFrom);
  countLeftOut(look.replaced, "not-linked", ids.length - basics.length);
  countLeftOut(look.replaced, "young", basics.length - old.length);
  const consents = await askConsents(look, old.map(({ id }) => id));
  const filled = await askPresence(look, consents);
  for (const { id, synchedAt } of old) {
    const [own, values] = [consents.get(id), filled.get(id)];
    if (own !== undefined && values !== undefined) look.answers.push({ ...own, byKakaoSync: synchedAt !== null, filled: values });
  }
  return new Set(filled.keys());
}

async function askConsents(look: Look, ids: readonly KakaoId[]): Promise<ReadonlyMap<KakaoId, Consents>> {
  const consents = new Map<KakaoId, Consents>();
  const waiting = [...ids];
  const { context } = look;
  await runTogether(context.signal, (signal) => {
    const work = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
        signal.throwIfAborted();
        const own = await askUser(look, id);
        if (own !== undefined) consents.set(id, own);
      }
    };
    return Array.from({ length: Math.max(1, Math.min(8, context.config.limits.requestsPerSecond)) }, work);
  });
  return consents;
}

async function askUser(look: Look, id: KakaoId): Promise<Consents | undefined> {
  try {
    const scopes: readonly KakaoScope[] | "not-linked" = await look.kakao.readScopes(id);
    const terms = scopes === "not-linked" ? scopes : await askTerms(look, id);
    if (scopes !== "not-linked" && terms !== "not-linked") return { scopes, terms };
    countLeftOut(look.replaced, "not-linked", 1);
  } catch (error) {
    countLeftOut(look.replaced, codeOfUser(error), 1);
  }
  return undefined;
}

/** The items with a value, of those who were there and had finished their sign-up. */
async function askPresence(look: Look, consents: ReadonlyMap<KakaoId, Consents>): Promise<ReadonlyMap<KakaoId, readonly string[]>> {
  const inUse = [...consents.values()].flatMap(({ scopes }) => scopes.filter(({ using }) => using).map(({ id }) => id));
  const items = look.kakao.listAnswerable([...new Set(inUse)]);
  for (const item of items) look.answerable.add(item);
  const signUp = look.context.config.kakao.app.autoLink === false;
  if (items.length === 0 && !signUp) return new Map(Array.from(consents.keys(), (id) => [id, []]));
  const users = await look.kakao.readPresence([...consents.keys()], items, { signUp });
  const finished = users.filter(({ hasSignedUp }) => hasSignedUp !== false);
  countLeftOut(look.replaced, "not-linked", consents.size - users.length);
  countLeftOut(look.replaced, "sign-up-unfinished", users.length - finished.length);
  return new Map(finished.map(({ id, filled }) => [id, filled]));
}

function nobodyAnswered(replaced: Readonly<Record<string, number>>): FailedError {
  const why = Object.entries(replaced).map(([reason, users]) => `${reason}: ${users}`).join(", ");
  return new FailedError({ code: "live-nobody", message: say`Kakao answered about none of the users that were asked (${why}).`, hint: "Look the codes up in docs/runbooks/audit-consent.md, or audit without --live." });
}
