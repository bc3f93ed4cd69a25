import { say } from "../say.ts";
import { readClockOffset } from "./clock-offset.ts";
import { noAnswerError, notJsonError, refusalError, unexpectedAnswerError, type CallFacts, type Refusal } from "./errors.ts";
import type { HttpAnswer, KakaoRequest, SendRequest } from "./http.ts";
import { throwIfStopped, type Pace, type Pauses } from "./pace.ts";
import { readBody, type Checked } from "./responses.ts";
import { decideRetry, isWrite, noWaits, readRetryAfter, type CallKind, type CallOutcome, type Waits } from "./retry.ts";

/** One HTTP exchange as it is counted against the month's quota. `code` is Kakao's, null on success and without an answer. */
export interface CallRecord {
  readonly path: string;
  readonly ms: number;
  readonly code: number | null;
}

/** What a caller needs from outside. */
export interface CallerParts {
  readonly send: SendRequest;
  readonly adminKey: () => string;
  readonly refreshKey: () => string | undefined;
  readonly paces: Readonly<Record<CallKind, Pace>>;
  readonly pauses: Pauses;
  readonly random: () => number;
  readonly signal: AbortSignal | undefined;
  readonly onCall: (call: CallRecord) => void;
}

/** One attempt: Kakao's body, or why there is none. */
export type Attempt =
  | { readonly is: "accepted"; readonly body: unknown }
  | (Refusal & { readonly is: "refused"; readonly retryAfterMs: number | null })
  | { readonly is: "unanswered"; readonly reason: string };

/** A request that the last look held back: nothing went out. */
export interface Withheld {
  readonly is: "withheld";
}

export interface Caller {
  /**
   * One paced request, after a new key once more. Throws on what is no answer of Kakao's API. `lastLook` is asked when the pace has let the request through, right
   * before it goes out; a no withholds it.
   */
  attempt(request: KakaoRequest, kind: CallKind): Promise<Attempt>;
  attempt(request: KakaoRequest, kind: CallKind, lastLook: () => Promise<boolean>): Promise<Attempt | Withheld>;
  /** Attempts until there is a body or a refusal that concerns this call alone; throws what ends the run. */
  call(request: KakaoRequest, kind: CallKind): Promise<{ is: "accepted"; body: unknown } | { is: "refused"; code: number; error: Error }>;
  facts(request: KakaoRequest): CallFacts;
  /** By Kakao's last answer with a `Date`; undefined before the first. */
  clockOffsetMs(): number | undefined;
  /** Waits before the next attempt, or says that there is none; throws what ends the run. */
  waitToRepeat(waits: Waits, failed: Exclude<Attempt, { is: "accepted" }>, request: KakaoRequest, kind: CallKind): Promise<Waits | "fail">;
}

const goAhead = (): Promise<boolean> => Promise.resolve(true);

/** Paces, keys and repeats around single requests; knows no endpoint. */
export function createCaller(parts: CallerParts): Caller {
  let renewed: string | undefined;
  let begun = false;
  let clockOffset: number | undefined;

  function facts(request: KakaoRequest): CallFacts {
    return { call: `${request.method} ${request.path}`, begun };
  }

  async function exchange(request: KakaoRequest, kind: CallKind, key: string, lastLook = goAhead): Promise<Attempt | Withheld> {
    await parts.paces[kind]();
    if (!(await lastLook())) return { is: "withheld" };
    const startedAt = parts.pauses.now();
    // A write under way is left to finish when the run is stopped: its outcome must be known.
    const answer = await parts.send(request, key, isWrite(kind) ? undefined : parts.signal);
    const endedAt = parts.pauses.now();
    const attempt = readAttempt(answer, request, facts(request), endedAt);
    parts.onCall({ path: request.path, ms: endedAt - startedAt, code: attempt instanceof Error || attempt.is !== "refused" ? null : attempt.code });
    if (!answer.answered && !isWrite(kind)) throwIfStopped(parts.signal);
    if (attempt instanceof Error) {
      // Whoever garbled the answer, Kakao may have done it: that is for a look to find out.
      if (isWrite(kind)) return { is: "unanswered", reason: say`the answer was no JSON` };
      throw attempt;
    }
    if (answer.answered) clockOffset = readClockOffset(answer.date, { startedAt, endedAt }) ?? clockOffset;
    if (attempt.is === "accepted" || (attempt.is === "refused" && attempt.code !== null && attempt.code !== -401)) begun = true;
    return attempt;
  }

  /** The key after a -401: another call may have renewed it meanwhile; undefined when there is no other. */
  function keyInsteadOf(used: string): string | undefined {
    if (renewed === undefined || renewed === used) renewed = parts.refreshKey() ?? renewed;
    return renewed === used ? undefined : renewed;
  }

  async function attemptLooking(request: KakaoRequest, kind: CallKind, lastLook?: () => Promise<boolean>): Promise<Attempt | Withheld> {
    const key = renewed ?? parts.adminKey();
    const first = await exchange(request, kind, key, lastLook);
    if (first.is !== "refused" || first.code !== -401 || first.callerIp !== null) return first;
    const another = keyInsteadOf(key);
    return another === undefined ? first : exchange(request, kind, another, lastLook);
  }
  // Without a last look nothing is withheld.
  const attempt = attemptLooking as Caller["attempt"];

  async function waitToRepeat(...[waits, failed, request, kind]: Parameters<Caller["waitToRepeat"]>): Promise<Waits | "fail"> {
    const decision = decideRetry(waits, failed satisfies CallOutcome, kind, parts.random());
    if (decision.next === "fail") return "fail";
    if (decision.next === "stop") throw failureOf(failed, facts(request));
    await parts.pauses.pause(decision.afterMs);
    return decision.waits;
  }

  async function call(request: KakaoRequest, kind: CallKind): ReturnType<Caller["call"]> {
    let waits = noWaits;
    for (;;) {
      const outcome = await attempt(request, kind);
      if (outcome.is === "accepted") return outcome;
      const next = await waitToRepeat(waits, outcome, request, kind);
      if (next !== "fail") {
        waits = next;
        continue;
      }
      const error = failureOf(outcome, facts(request));
      if (outcome.is === "unanswered" || outcome.code === null) throw error;
      return { is: "refused", code: outcome.code, error };
    }
  }

  return { attempt, call, facts, clockOffsetMs: () => clockOffset, waitToRepeat };
}

/** The error that tells of an attempt when nothing more is tried. */
export function failureOf(failed: Exclude<Attempt, { is: "accepted" }>, facts: CallFacts): Error {
  return failed.is === "unanswered" ? noAnswerError(facts, failed.reason) : refusalError(facts, failed);
}

/** A body of the documented shape, or the error that names the field that is not. */
export function takeChecked<T>(caller: Caller, request: KakaoRequest, body: unknown, check: (body: unknown) => Checked<T>): T {
  const checked = check(body);
  if (!checked.ok) throw unexpectedAnswerError(caller.facts(request), checked.where);
  return checked.value;
}

function readAttempt(answer: HttpAnswer, request: KakaoRequest, facts: CallFacts, now: number): Attempt | Error {
  if (!answer.answered) return { is: "unanswered", reason: answer.reason };
  const { status } = answer;
  const body = readBody(answer.text);
  const success = status >= 200 && status < 300;
  if (success && body.json && body.code === null) return { is: "accepted", body: body.value };
  if (success && request.mayBeEmpty === true && answer.text === "") return { is: "accepted", body: {} };
  const outside = !body.json && status !== 429 && (status < 300 || (status >= 400 && status < 500));
  if (outside) return notJsonError(facts, status);
  return {
    is: "refused",
    status,
    code: body.json ? body.code : null,
    callerIp: body.json ? body.callerIp : null,
    retryAfterMs: readRetryAfter(answer.retryAfter, now),
  };
}
