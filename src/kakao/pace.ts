import { setTimeout as delay } from "node:timers/promises";
import { InterruptedError, OperatorError } from "../errors.ts";

/** Where the times (epoch ms) of recent listing calls are kept between runs: Kakao's limit is one for the app, not for a process. */
export interface ListingTimes {
  load(): readonly number[];
  save(times: readonly number[]): void;
}

/** The clock that pacing and waiting go by. `pause` ends with an InterruptedError as soon as the run is to stop. */
export interface Pauses {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

/** Resolves when the next call may go out. */
export type Pace = () => Promise<void>;

const minute = 60_000;

/** `sleep` may end early with any error once the signal is aborted. */
export function createPauses(
  now: () => number,
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>,
  signal: AbortSignal | undefined,
): Pauses {
  async function pause(ms: number): Promise<void> {
    throwIfStopped(signal);
    if (ms <= 0) return;
    try {
      await sleep(ms, signal);
    } catch (error) {
      throwIfStopped(signal);
      throw error;
    }
    throwIfStopped(signal);
  }
  return { now, pause };
}

/** The real `sleep`. */
export async function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal });
}

/** Throws the signal's own operator error, or an InterruptedError, when the run is to stop. */
export function throwIfStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const reason: unknown = signal.reason;
  if (reason instanceof OperatorError) throw reason;
  throw new InterruptedError({
    code: "interrupted",
    message: "Stopped between two calls to Kakao, as asked.",
    hint: "Run the same command again: it goes on where it stopped.",
  });
}

/**
 * At most `perMinute` calls in any 60 seconds, counted over runs through `store` (kakao-api.md 3.1: 100 a minute and app).
 * A time is written before its call goes out, so that a killed run is counted, too.
 */
export function createListingPace(perMinute: number, store: ListingTimes, pauses: Pauses): Pace {
  return async function awaitListingSlot() {
    for (;;) {
      await pauses.pause(0);
      const now = pauses.now();
      // Times from the future are a clock that was set back: obeyed for a minute at most, then forgotten.
      const recent = store.load().filter((time) => Math.abs(now - time) < minute).sort((left, right) => left - right);
      const blocking = recent[recent.length - perMinute];
      if (blocking === undefined) {
        store.save([...recent, now]);
        return;
      }
      await pauses.pause(blocking + minute - now);
    }
  };
}

/** Calls evenly spread, `perSecond` of them; a slot is taken when it is asked for, so any number may wait side by side. */
export function createSteadyPace(perSecond: number, pauses: Pauses): Pace {
  const spacing = 1_000 / perSecond;
  let free = -Infinity;
  let asked = -Infinity;
  return async function awaitSlot() {
    const now = pauses.now();
    // After a clock was set back nobody waits for the old time to come again.
    const slot = now < asked ? now : Math.max(now, free);
    asked = now;
    free = slot + spacing;
    await pauses.pause(slot - now);
  };
}
