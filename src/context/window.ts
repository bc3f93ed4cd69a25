import { InterruptedError, RefusedError, StartError } from "../errors.ts";
import { say } from "../say.ts";

/** The maintenance window of one command (`--until`). */
export interface Window {
  /** Refuses what the forecast says will not fit: `what` is to take so many seconds. Throws RefusedError `window-too-short`. */
  refuseIfTooLong(what: string, seconds: number): void;
  /** Throws InterruptedError once the window is over: looked at between calls and batches. */
  check(): void;
}

/** A time of day further ahead than this has most likely just passed. */
const furthestHours = 18;
const koreaMs = 9 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** `until` is `HH:MM` in Korea, the next one from now; undefined for no window. Throws StartError for what is no time. */
export function openWindow(until: string | undefined, now: () => number): Window {
  if (until === undefined) return { refuseIfTooLong: () => undefined, check: () => undefined };
  const end = readEnd(until, now());
  return {
    refuseIfTooLong: (what, seconds) => {
      const left = Math.floor((end - now()) / 1000);
      if (seconds <= left) return;
      throw new RefusedError({
        code: "window-too-short",
        message: say`${what} will take about ${renderMinutes(seconds)}; until ${until} there are ${renderMinutes(left)}.`,
        hint: "Begin earlier, give a later --until, or leave --until out and stop it with Ctrl-C: it can be resumed.",
      });
    },
    check: () => {
      if (now() < end) return;
      throw new InterruptedError({ code: "window-over", message: say`It is ${until}: stopped at the end of the window.`, hint: "Run the same command again in the next window: it goes on where it stopped." });
    },
  };
}

function readEnd(until: string, nowMs: number): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(until) ?? [];
  if (hours === undefined || minutes === undefined) {
    throw new StartError({ code: "usage", message: say`--until ${until} is no time of day.`, hint: "Write it as 05:30, in Korean time." });
  }
  const midnight = Math.floor((nowMs + koreaMs) / dayMs) * dayMs - koreaMs;
  const today = midnight + (Number(hours) * 60 + Number(minutes)) * 60_000;
  const end = today > nowMs ? today : today + dayMs;
  if (end - nowMs <= furthestHours * 3_600_000) return end;
  throw new StartError({ code: "usage", message: say`${until} (Korean time) has just passed: the next one is ${Math.floor((end - nowMs) / 3_600_000)} hours away.`, hint: say`Give a time at most ${furthestHours} hours ahead.` });
}

function renderMinutes(seconds: number): string {
  return seconds < 60 ? say`${Math.max(0, Math.ceil(seconds))} s` : say`${Math.ceil(seconds / 60).toLocaleString("en-US")} min`;
}
