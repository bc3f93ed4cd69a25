import { afterEach, describe, expect, test, vi } from "vitest";
import { makeComparison, createWiper } from "../../src/core/matching/kept-hashes.ts";
import { refuseUnfit } from "../../src/commands/steps/open-kakao-side.ts";
import { ci, testOptions } from "../helpers/match.ts";
import { accountOf, openService, type Service, type ServiceSetup } from "../helpers/service.ts";
import { lookInto, readRecord, setClock, states } from "../helpers/wiped.ts";

const day = 86_400_000;
const start = Date.parse("2026-11-21T02:00:00+09:00");
const confirmed = ["--yes", "--operator", "kim"];

afterEach(() => {
  vi.useRealTimers();
});

/** One is held already, one would be linked, one is nobody's. */
const pair: ServiceSetup = {
  members: [{ id: 1, ci: ci("one"), name: "김하나", link: "11" }, { id: 2, ci: ci("two"), name: "김둘" }],
  users: { "11": { ci: ci("one"), name: "김하나" }, "12": { ci: ci("two"), name: "김둘" }, "13": { ci: ci("three") } },
};
const untouched = { "11": "read", "12": "read", "13": "read" };

/** A plan a night, never applied: pull, ten minutes later the plan, and each night a little later than the one before. Answers the last one. */
async function planNights(service: Service, nights: readonly number[]): Promise<string> {
  let last = "";
  for (const night of nights) {
    setClock(start + night * (day + 2000));
    await service.json("pull");
    setClock(start + night * (day + 2000) + 600_000);
    last = (await service.json("map-members")).id;
  }
  return last;
}

async function wipes(service: Service): Promise<readonly unknown[]> {
  return (await readRecord(service)).filter(({ event, run }) => event === "destroyed" && run !== undefined).map(({ run, counts, ci: cis }) => ({ run, counts, ci: cis }));
}

describe("a plan that was replaced", () => {
  test("leads to a wipe once its lifetime is over, of those who are linked, though a plan a night follows it", async () => {
    setClock(start);
    const service = await openService(pair);
    const first = await planNights(service, [0]);
    await planNights(service, [1, 2, 3, 4, 5, 6]);
    expect(states(service)).toEqual(untouched);
    // Ahead of the pull that would have read its details again.
    await planNights(service, [7]);
    expect(states(service)).toEqual({ ...untouched, "11": "wiped" });
    expect(await wipes(service)).toEqual([{ run: first, counts: { users: 1 }, ci: { destroyed: 1 } }]);
    // And stays so, week after week.
    await planNights(service, [8, 14, 15, 22]);
    expect(states(service)).toEqual({ ...untouched, "11": "wiped" });
  });

  test("wipes nothing that a plan still alive needs: applied, it writes what it would have written", async () => {
    const runs = [];
    for (const isWiped of [false, true]) {
      setClock(start);
      const service = await openService(pair);
      await planNights(service, [0]);
      const live = await planNights(service, [6]);
      setClock(start + 8 * day);
      if (isWiped) {
        await service.json("purge", "--apply", ...confirmed, "--older-than", "300d");
        expect([(await wipes(service)).length, states(service)["11"]]).toEqual([1, "wiped"]);
      }
      const applied = await service.json("map-members", "--apply", "--plan", live, ...confirmed);
      runs.push([applied.code, applied.json["applied"], await service.links(), service.file(live, "plan.csv")]);
      vi.useRealTimers();
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[0]?.[1]).toMatchObject({ done: 1 });
  });

  test.each([["every week", [0, 7, 14], {}], ["every night, with details kept for a day", [0, 1, 2], { retention: { snapshot: "1d" } }]] as const)("leads to a wipe also where plans are made as seldom as details are read anew: %s", async (_, nights, config) => {
    setClock(start);
    const service = await openService({ ...pair, config });
    const first = await planNights(service, nights.slice(0, 1));
    expect(states(service)).toEqual(untouched);
    const second = await planNights(service, nights.slice(1, 2));
    // Ahead of the pull that would have read its details again: the plan was still alive.
    expect(states(service)).toEqual({ ...untouched, "11": "wiped" });
    expect(await wipes(service)).toEqual([{ run: first, counts: { users: 1 }, ci: { destroyed: 1 } }]);
    await planNights(service, nights.slice(2));
    expect(states(service)).toEqual({ ...untouched, "11": "wiped" });
    expect((await wipes(service)).length).toBe(1);
    expect(second).not.toBe(first);
  });

  test("keeps against whom something speaks by the newest plan, and who is linked no longer by it", async () => {
    setClock(start);
    const service = await openService({
      members: [...(pair.members ?? []), { id: 4, name: "김넷", birthdate: "19900101", link: "14" }, { id: 5, ci: ci("five"), link: "15" }],
      users: { ...pair.users, "14": { name: "김넷", birthdate: "19900101" }, "15": { ci: ci("five") } },
    });
    await planNights(service, [0]);
    await service.change("update members set name = '박다섯', birthdate = '19850505' where id = 4");
    await service.change("update members set kakao_id = null where id = 5");
    await planNights(service, [6, 7]);
    expect(states(service)).toMatchObject({ "11": "wiped", "14": "read", "15": "read" });
  });

  test("and of several the newest speaks for those before it: each is looked at once", async () => {
    setClock(start);
    const service = await openService(pair);
    await planNights(service, [0, 1, 2]);
    await planNights(service, [30]);
    const open = lookInto(service, ({ runs }) => runs.list().map(({ state, wiped }) => [state, wiped === undefined]));
    expect(open).toEqual([["planned", true], ["expired", false], ["superseded", false], ["superseded", false]]);
    expect(states(service)).toMatchObject({ "11": "wiped" });
  });
});

test("a plan still alive whose details have become old leads to a wipe, and only once; applied, it writes what it would have written", async () => {
  setClock(start);
  const service = await openService({ ...pair, config: { retention: { snapshot: "1d" } } });
  const live = await planNights(service, [0]);
  for (const night of [2, 4]) {
    setClock(start + night * day);
    await service.json("pull");
    expect(states(service)).toEqual({ ...untouched, "11": "wiped" });
  }
  expect(lookInto(service, ({ runs }) => runs.get(live))).toMatchObject({ state: "planned" });
  expect(await wipes(service)).toEqual([{ run: live, counts: { users: 1 }, ci: { destroyed: 1 } }]);
  expect((await service.json("map-members", "--apply", "--plan", live, ...confirmed)).json["applied"]).toMatchObject({ done: 1 });
  expect(await service.links()).toEqual({ 1: "11", 2: "12" });
  // What was read of 12 since belongs to a later plan.
  expect(states(service)).toMatchObject({ "12": "read" });
});

describe("a clock that is set back between plan and pull", () => {
  test("has nobody wiped who came after the plan: no listing begins at or before the time of an earlier one", async () => {
    setClock(start);
    const service = await openService(pair);
    const { id } = await service.json("map-members");
    for (const back of [0, 240_000]) {
      setClock(start - back);
      service.simulator.users.load([{ id: back === 0 ? "16" : "17", ...accountOf({ ci: ci(`new ${back}`) }) }]);
      await service.json("pull");
    }
    expect((await service.json("map-members", "--apply", "--plan", id, ...confirmed)).json["applied"]).toMatchObject({ done: 1 });
    expect(states(service)).toEqual({ "11": "wiped", "12": "wiped", "13": "read", "16": "read", "17": "read" });
  });

  test("also where the snapshot was destroyed in between", async () => {
    setClock(start);
    const service = await openService(pair);
    const { id } = await service.json("map-members");
    await service.json("purge", "--snapshots", "--apply", ...confirmed);
    setClock(start - 240_000);
    service.simulator.users.load([{ id: "16", ...accountOf({ ci: ci("new") }) }]);
    await service.json("pull");
    await service.json("map-members", "--apply", "--plan", id, ...confirmed);
    expect(states(service)).toMatchObject({ "13": "read", "16": "read" });
  });
});

describe("a snapshot that no plan may be made from", () => {
  test("is refused: hashes of another configuration, or users of whom not even hashes are left", async () => {
    const service = await openService(pair);
    await service.json("pull");
    const comparison = makeComparison(testOptions, [1, 2]);
    const other = { ...testOptions, placeholders: new Set(["01000001111"]) };
    const wipe = createWiper(testOptions, comparison);
    const check = (options: typeof testOptions): (() => void) => () => lookInto(service, ({ snapshots }) => {
      const snapshot = snapshots.snapshot();
      if (snapshot === null) throw new Error("there is no snapshot");
      snapshot.close();
      refuseUnfit(snapshot, options);
    });
    const rewrite = (readAtOf: (readAt: number) => number): Promise<void> => lookInto(service, async ({ snapshots }) => {
      const generation = snapshots.list()[0]?.generation ?? 0;
      await snapshots.wipeDetails(generation, { wipe: ({ user, readAt }) => (user.id === "11" ? { user: user.state === "wiped" ? user : wipe(user), readAt: readAtOf(readAt) } : { user, readAt }), comparison, announce: () => undefined });
    });
    expect([check(testOptions), check(other)].map((run) => codeOf(run))).toEqual(["", ""]);
    await rewrite((readAt) => readAt);
    expect([check(testOptions), check(other)].map((run) => codeOf(run))).toEqual(["", "snapshot-unfit"]);
    await rewrite(() => 0);
    expect([check(testOptions), check(other)].map((run) => codeOf(run))).toEqual(["snapshot-unfit", "snapshot-unfit"]);
    expect(check(testOptions)).toThrow(expect.objectContaining({ hint: expect.stringContaining("pull --refresh-after 0d") as string }));
  });
});

function codeOf(run: () => void): string {
  try {
    run();
    return "";
  } catch (error) {
    return (error as { code: string }).code;
  }
}
