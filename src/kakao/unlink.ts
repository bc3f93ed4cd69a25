import type { KakaoId } from "../core/kakao-id.ts";
import { failureOf, takeChecked, type Attempt, type Caller, type Withheld } from "./call.ts";
import { unclearUnlinkError, unexpectedAnswerError } from "./errors.ts";
import type { KakaoRequest } from "./http.ts";
import { post, target } from "./requests.ts";
import { checkIdOnly } from "./responses.ts";
import { decideRetry, mayHaveHappened, noWaits } from "./retry.ts";

/** `already`: Kakao said -101 without an attempt of ours before it. `failed`: that user only, with Kakao's code. */
export type UnlinkAnswer =
  | { readonly outcome: "done" }
  | { readonly outcome: "already" }
  | { readonly outcome: "failed"; readonly code: number };

/** U3's look: `repeat` the same link stands; `absent` the user is no longer linked; `spared` somebody holds the id or it was linked anew. */
export type UnlinkLook = () => Promise<"repeat" | "absent" | "spared">;

/** The last of U3's looks, at the database: asked when the pace has let the call through, right before it goes out. */
export type LastLook = () => Promise<boolean>;

export interface Unlinking {
  unlink(id: KakaoId): Promise<UnlinkAnswer>;
  unlinkLooking(id: KakaoId, look: UnlinkLook, lastLook?: LastLook): Promise<UnlinkAnswer | { readonly outcome: "spared" }>;
}

const nothingToSee: LastLook = () => Promise.resolve(true);

/** U6 for one user. A wait makes U3's look stale, so nothing is ever repeated here without looking again. */
export function createUnlink(caller: Caller): Unlinking {
  async function attemptUnlink(request: KakaoRequest, id: KakaoId): Promise<Attempt>;
  async function attemptUnlink(request: KakaoRequest, id: KakaoId, lastLook: LastLook): Promise<Attempt | Withheld>;
  async function attemptUnlink(request: KakaoRequest, id: KakaoId, lastLook = nothingToSee): Promise<Attempt | Withheld> {
    const attempt = await caller.attempt(request, "unlink", lastLook);
    if (attempt.is !== "accepted") return attempt;
    const unlinked = takeChecked(caller, request, attempt.body, checkIdOnly);
    if (unlinked.id === id) return attempt;
    throw unexpectedAnswerError(caller.facts(request), "it is about another user");
  }

  /** What an attempt means that is not repeated: the row's answer, or the error that leaves the row in flight. */
  function settle(attempt: Attempt, request: KakaoRequest, decided: "fail" | "retry" | "stop"): UnlinkAnswer {
    if (attempt.is === "accepted") return { outcome: "done" };
    if (attempt.is === "unanswered") throw failureOf(attempt, caller.facts(request));
    if (attempt.code === -101) return { outcome: "already" };
    if (mayHaveHappened(attempt)) throw unclearUnlinkError(caller.facts(request), attempt.code);
    if (decided === "fail" && attempt.code !== null) return { outcome: "failed", code: attempt.code };
    throw failureOf(attempt, caller.facts(request));
  }

  return {
    async unlink(id) {
      const request = post("/v1/user/unlink", target(id));
      const attempt = await attemptUnlink(request, id);
      return settle(attempt, request, attempt.is === "accepted" ? "fail" : decideRetry(noWaits, attempt, "unlink", 0).next);
    },

    async unlinkLooking(id, look, lastLook = nothingToSee) {
      const request = post("/v1/user/unlink", target(id));
      let waits = noWaits;
      let unclear = false;
      for (;;) {
        const attempt = await attemptUnlink(request, id, lastLook);
        if (attempt.is === "withheld") return { outcome: "spared" };
        const gone = attempt.is === "refused" && attempt.code === -101;
        if (gone && unclear) return { outcome: "done" };
        if (gone || attempt.is === "accepted") return settle(attempt, request, "fail");
        const next = await caller.waitToRepeat(waits, attempt, request, "unlink");
        if (next === "fail") return settle(attempt, request, "fail");
        waits = next;
        unclear ||= mayHaveHappened(attempt);
        const seen = await look();
        if (seen === "absent") return { outcome: unclear ? "done" : "already" };
        if (seen === "spared") return { outcome: "spared" };
      }
    },
  };
}
