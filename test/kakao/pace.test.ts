import fc from "fast-check";
import { expect, test } from "vitest";
import { InterruptedError, RefusedError } from "../../src/errors.ts";
import { createListingPace, createPauses, createSteadyPace, sleepFor, type ListingTimes } from "../../src/kakao/pace.ts";

function createClock(start = 1_000_000) {
  let at = start;
  const pauses = createPauses(
    () => at,
    (ms) => {
      at += ms;
      return Promise.resolve();
    },
    undefined,
  );
  return { pauses, now: () => at, set: (to: number) => void (at = to) };
}

function createStore(): ListingTimes & { times: readonly number[] } {
  return {
    times: [],
    load() {
      return this.times;
    },
    save(times) {
      this.times = times;
    },
  };
}

/** The most calls in any 60 seconds. */
function busiest(times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 60_000).length));
}

test("the listing takes its minute's calls at once, and the next when the first is a minute old", async () => {
  const clock = createClock();
  const awaitSlot = createListingPace(3, createStore(), clock.pauses);
  const sent: number[] = [];
  for (let call = 0; call < 7; call += 1) {
    await awaitSlot();
    sent.push(clock.now() - 1_000_000);
  }
  expect(sent).toEqual([0, 0, 0, 60_000, 60_000, 60_000, 120_000]);
});

test("two runs in the same minute together stay within the limit", async () => {
  const clock = createClock();
  const store = createStore();
  const first = createListingPace(90, store, clock.pauses);
  for (let call = 0; call < 60; call += 1) await first();
  clock.set(1_020_000);
  const second = createListingPace(90, store, clock.pauses);
  for (let call = 0; call < 30; call += 1) await second();
  expect(clock.now()).toBe(1_020_000);
  await second();
  expect(clock.now()).toBe(1_060_000);
});

test("whatever the gaps, restarts and waiters side by side, no 60 seconds hold more than the limit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.record({ gap: fc.integer({ min: 0, max: 50_000 }), calls: fc.integer({ min: 1, max: 8 }), together: fc.boolean() }), { maxLength: 8 }),
      async (perMinute, runs) => {
        const clock = createClock();
        const store = createStore();
        const sent: number[] = [];
        const save = (times: readonly number[]): void => {
          sent.push(times.at(-1) ?? Number.NaN);
          store.save(times);
        };
        for (const run of runs) {
          clock.set(clock.now() + run.gap);
          const awaitSlot = createListingPace(perMinute, { load: () => store.load(), save }, clock.pauses);
          if (run.together) await Promise.all(Array.from({ length: run.calls }, awaitSlot));
          else for (let at = 0; at < run.calls; at += 1) await awaitSlot();
        }
        expect(sent).toHaveLength(runs.reduce((sum, run) => sum + run.calls, 0));
        expect(busiest(sent)).toBeLessThanOrEqual(perMinute);
      },
    ),
  );
});

test("what is kept does not grow", async () => {
  const clock = createClock();
  const store = createStore();
  const awaitSlot = createListingPace(5, store, clock.pauses);
  for (let call = 0; call < 100; call += 1) await awaitSlot();
  expect(store.times.length).toBeLessThanOrEqual(5);
});

test("a clock that was set back a day does not stop the listing for a day", async () => {
  const clock = createClock(1_000_000_000);
  const store = createStore();
  store.save([2_000_000_000, 2_000_000_001]);
  await createListingPace(1, store, clock.pauses)();
  expect(clock.now()).toBe(1_000_000_000);
});

test("other calls are spread evenly, also when they wait side by side", async () => {
  const clock = createClock(0);
  const asked: number[] = [];
  const pauses = { now: clock.now, pause: (ms: number) => Promise.resolve(void asked.push(ms)) };
  const awaitSlot = createSteadyPace(10, pauses);
  await Promise.all([awaitSlot(), awaitSlot(), awaitSlot()]);
  expect(asked).toEqual([0, 100, 200]);
  clock.set(1_000);
  await awaitSlot();
  clock.set(1_030);
  await awaitSlot();
  expect(asked.slice(3)).toEqual([0, 70]);
});

test("a pace below one a second", async () => {
  const clock = createClock(0);
  const awaitSlot = createSteadyPace(0.5, clock.pauses);
  await awaitSlot();
  await awaitSlot();
  expect(clock.now()).toBe(2_000);
});

test("a clock that was set back does not hold the other calls up", async () => {
  const clock = createClock(10_000_000);
  const awaitSlot = createSteadyPace(10, clock.pauses);
  await awaitSlot();
  clock.set(1_000);
  await awaitSlot();
  expect(clock.now()).toBe(1_000);
});

test("a wait ends when the run is stopped, with the signal's own error if it is meant for the operator", async () => {
  const controller = new AbortController();
  const waiting = createPauses(Date.now, sleepFor, controller.signal).pause(3_600_000);
  controller.abort();
  await expect(waiting).rejects.toBeInstanceOf(InterruptedError);

  const reasoned = new AbortController();
  const stopFile = new RefusedError({ code: "x", message: "x", hint: "x" });
  const second = createPauses(Date.now, sleepFor, reasoned.signal).pause(3_600_000);
  reasoned.abort(stopFile);
  await expect(second).rejects.toBe(stopFile);
});

test("a stopped run takes no listing slot", async () => {
  const store = createStore();
  const pauses = createPauses(Date.now, sleepFor, AbortSignal.abort());
  await expect(createListingPace(1, store, pauses)()).rejects.toBeInstanceOf(InterruptedError);
  expect(store.times).toEqual([]);
});
