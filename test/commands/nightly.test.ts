import { expect, test, vi } from "vitest";
import { fasten, startNightClock } from "../helpers/night-clock.ts";
import type { RanJson } from "../helpers/service.ts";
import { ShopNights, steps } from "../helpers/shop-nights.ts";

// Waits go by the clock of the nights: a minute of maintenance takes a second.
vi.mock("node:timers/promises", async (original) => fasten(await original()));

/** The last one is that of 30 November. */
const nights = 29;
/** From these nights on, the first one that unlinks somebody: somebody stops it, or the answer to the call does not arrive. */
const stoppedFrom = 8;
const unansweredFrom = 22;
const maintenanceNight = 15;

test("the runbook's script has its steps in the order that the runbook gives", () => {
  expect(steps.map(({ words: [command] }) => command)).toEqual(["pull", "unlink-orphans", "map-members", "export-channel-targets", "purge"]);
});

test.each([[false], [true]])("a month of nights (ids fixed: %s): members, links and Kakao's side agree after each, and every difference is on record", { timeout: 120_000 }, async (fixedIds) => {
  const clock = startNightClock("2026-11");
  clock.set(1, "00:00");
  const month = await ShopNights.open(fixedIds, 3);
  const { simulator } = month.service;
  let stops = 0;
  for (let day = 1; day <= nights; day += 1) {
    clock.set(day, "12:00");
    await month.shop.live();
    clock.set(day + 1, "02:30");
    await month.begin();
    if (day === maintenanceNight) {
      simulator.faults.add({ fault: -9798 });
      expect(await month.run()).toMatchObject({ code: 4, json: { command: "pull" }, error: { code: "kakao-9798" } });
      simulator.faults.clear();
      await month.checkUntouched();
      continue;
    }
    if (day === unansweredFrom) simulator.faults.add({ fault: "drop-after-applied", path: "/v1/user/unlink", nth: 1 });
    let last = day >= stoppedFrom && stops === 0 ? await month.runStopped() : await month.run();
    if (last?.code === 130) {
      stops += 1;
      await goOnWhereStopped(month, last);
      last = await month.run();
    }
    expect(last, `night ${day}`).toMatchObject({ code: 0 });
    await month.check();
  }
  expect([stops, simulator.faults.met > 0]).toEqual([1, true]);
  // Nothing of what the month is about was left out by chance.
  expect(Object.keys(month.shop.happened).toSorted()).toEqual([
    "awake", "back at Kakao", "consent", "consent withdrawn", "dormant", "log-in", "log-in with a recycled number", "number change", "row deleted",
    "sign-up broken off", "sign-up finished later", "sign-up with Kakao", "sign-up without Kakao", "unlink at Kakao", "withdrawal",
  ]);
  expect(Object.keys(month.seen)).toEqual(expect.arrayContaining(["link by ci", "link by phone", "kept: young", "kept: mappable", "unlinked: incomplete", "unlinked: withdrawn", "gone, left", "file: added", "file: removed", ...(fixedIds ? [] : ["relink by ci", "gone, cleared"])]));
  await month.checkMonth("2026-11", { nights: nights - 1, stops });
});

/** After a night that was stopped while it unlinked: the script is refused, takes out of the customer file who refused, and adds nobody; the command that the refusal names goes on. */
async function goOnWhereStopped(month: ShopNights, stopped: RanJson): Promise<void> {
  expect(stopped).toMatchObject({ code: 130, json: { command: "unlink-orphans" }, error: { code: "interrupted" } });
  const refused = await month.run();
  expect(refused).toMatchObject({ code: 3, json: { command: "unlink-orphans" }, error: { code: "run-interrupted" } });
  await month.checkRemovalsOnly();
  const [, command = ""] = /Finish it: kakao-sync ([^.]+)\./.exec(refused?.error.hint ?? "") ?? [];
  expect(await month.service.json(...command.split(" "), "--yes", "--operator", "kim")).toMatchObject({ code: 0 });
}
