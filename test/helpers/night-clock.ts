import { onTestFinished, vi } from "vitest";

/** How many times as fast as ours the clock of simulated nights runs. */
const speed = 60;

/** The clock of a simulated month: the program's, the simulator's and the test's own. */
export interface NightClock {
  /** Sets the time of day in Korea on a day of the month, from 1 on. It never goes back. */
  set(day: number, time: string): void;
}

/** Starts it in this month (`2026-11`). Only the date is simulated: waits have to go through `fasten`. */
export function startNightClock(month: string): NightClock {
  vi.useFakeTimers({ toFake: ["Date"] });
  let [base, real] = [0, performance.now()];
  const tick = (): void => void vi.setSystemTime(base + (performance.now() - real) * speed);
  const ticking = setInterval(tick, 2);
  onTestFinished(() => {
    clearInterval(ticking);
    vi.useRealTimers();
  });
  return {
    set: (day, time) => {
      const at = Date.parse(`${month}-01T${time}:00+09:00`) + (day - 1) * 86_400_000;
      if (at < base) throw new Error(`the clock cannot go back to day ${day}, ${time}`);
      [base, real] = [at, performance.now()];
      tick();
    },
  };
}

/** The promises of timers by that clock: what waits for a minute waits for a second. */
export function fasten(timers: typeof import("node:timers/promises")): typeof import("node:timers/promises") {
  return { ...timers, setTimeout: (ms = 0, value, options) => timers.setTimeout(ms / speed, value, options) };
}
