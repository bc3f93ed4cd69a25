import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { forgetOutcomes } from "../helpers/killed.ts";
import { applyOrphans, openOrphans, planOrphans } from "../helpers/orphans.ts";
import type { MemberValues, Service } from "../helpers/service.ts";

/** Members whose link Kakao no longer has; `password` says who can sign in otherwise. */
const gone: readonly MemberValues[] = [
  { id: 51, link: "8001", email: "a@example.com" },
  { id: 52, link: "8002" },
  { id: 53, link: "8003", status: "dormant", email: "c@example.com" },
];
const legacy = { app: { fixedIds: false, autoLink: true } };
const otherLogin = "email is not null";

async function open(more: { readonly kakao?: object; readonly clear?: object; readonly simulator?: Parameters<typeof openOrphans>[0] } = {}): Promise<Service> {
  return openOrphans({
    orphans: 1, linked: 20, members: gone, ...more.simulator,
    config: { kakao: more.kakao ?? legacy, members: { otherLogin }, ...(more.clear === undefined ? {} : { limits: { clear: more.clear } }) },
  });
}

const linksOf = async (service: Service): Promise<readonly (string | null)[]> => {
  const links = await service.links();
  return ["51", "52", "53"].map((id) => links[id] ?? null);
};

test("clears who can sign in without Kakao, confirmed by -101, and undo brings them back", async () => {
  const service = await open();
  const run = await planOrphans(service);
  const ran = await applyOrphans(service, run, "--clear-gone");
  expect(ran).toMatchObject({ code: 0, json: { gone: 3, applied: { done: 1, cleared: 2 } } });
  expect(await linksOf(service)).toEqual([null, "8002", null]);
  expect(service.csv(run, "cleared.csv").map(({ member_id, kakao_id, outcome }) => [member_id, kakao_id, outcome])).toEqual([["51", "8001", "cleared"], ["53", "8003", "cleared"]]);
  expect(service.simulator.requests.find({ path: "/v2/user/me", code: -101 }).map(({ parameters }) => parameters["target_id"])).toEqual(["8001", "8003"]);

  const seen = await service.json("undo", run);
  expect(seen).toMatchObject({ code: 0, json: { links: 2, used: 0 } });
  expect((await service.run("undo", run)).out).toMatch(/^Links in the database go back to what they were\. Nothing at Kakao changes/);
  expect(await service.json("undo", run, "--apply", "--yes", "--operator", "t")).toMatchObject({ code: 0, json: { restored: 2 } });
  expect(await linksOf(service)).toEqual(["8001", "8002", "8003"]);
  // What was unlinked stays so, and so does the run's state.
  expect(service.simulator.users.has("5001")).toBe(false);
  expect(await service.json("runs")).toMatchObject({ json: { runs: [{ run, state: "applied" }] } });
  expect(await service.json("undo", run)).toMatchObject({ json: { links: 0 } });
});

test("undo leaves a member alone who was linked since, and an id that somebody else holds by now", async () => {
  const service = await open();
  const run = await planOrphans(service);
  await applyOrphans(service, run, "--clear-gone");
  await service.change("update members set kakao_id = 7777 where id = 51");
  await service.addMember({ id: 99, link: "8003" });
  expect(await service.json("undo", run, "--apply", "--yes", "--operator", "t")).toMatchObject({ json: { restored: 0, changedSince: 2 } });
  expect(await linksOf(service)).toEqual(["7777", "8002", null]);
});

test("nothing is cleared without --clear-gone", async () => {
  const service = await open();
  expect(await applyOrphans(service, await planOrphans(service))).toMatchObject({ code: 0, json: { applied: { cleared: 0 } } });
  expect(await linksOf(service)).toEqual(["8001", "8002", "8003"]);
});

test("where ids are fixed only with --even-fixed", async () => {
  const service = await open({ kakao: { app: { fixedIds: true, autoLink: true } } });
  const run = await planOrphans(service);
  expect(await applyOrphans(service, run, "--clear-gone")).toMatchObject({ code: 3, error: { code: "ids-fixed" } });
  expect(await linksOf(service)).toEqual(["8001", "8002", "8003"]);
  expect(service.simulator.users.has("5001")).toBe(true);
  expect(await applyOrphans(service, run, "--clear-gone", "--even-fixed")).toMatchObject({ code: 0, json: { applied: { cleared: 2 } } });
});

test("limits.clear holds until the exact number is named", async () => {
  const service = await open({ clear: { share: 1, count: 1 } });
  const run = await planOrphans(service);
  for (const flags of [[], ["--allow-clears", "3"]]) {
    expect(await applyOrphans(service, run, "--clear-gone", ...flags)).toMatchObject({ code: 3, error: { code: "brake-clears", hint: expect.stringContaining("--allow-clears 2") as string } });
  }
  expect(service.simulator.users.has("5001")).toBe(true);
  expect(await applyOrphans(service, run, "--clear-gone", "--allow-clears", "2")).toMatchObject({ code: 0, json: { applied: { cleared: 2 } } });
});

describe("left alone", () => {
  test.each<[string, (service: Service) => Promise<void> | void, object]>([
    ["the person has linked again since the plan", ({ simulator }) => void simulator.users.link({}, "8001"), { "still-linked": 1 }],
    ["Kakao says dormant, which is not -101", ({ simulator }) => simulator.faults.addUser("8001", -103), { "-103": 1 }],
    ["the link has changed", (service) => service.change("update members set kakao_id = 7777 where id = 51"), { "link-changed": 1 }],
    ["the member cannot sign in otherwise any more", (service) => service.change("update members set email = null where id = 51"), { "values-changed": 1 }],
    ["the member's row is gone", (service) => service.change("delete from members where id = 51"), { "row-gone": 1 }],
  ])("%s", async (_name, happen, notCleared) => {
    const service = await open();
    const run = await planOrphans(service);
    await happen(service);
    const [before] = await linksOf(service);
    expect(await applyOrphans(service, run, "--clear-gone")).toMatchObject({ code: 0, json: { applied: { cleared: 1, notCleared } } });
    expect(await linksOf(service)).toEqual([before, "8002", null]);
  });
});

test("a run stopped while it clears goes on, and undo knows all of it", async () => {
  let asked = 0;
  const service = await open({
    simulator: { simulator: { onRequest: ({ path }) => (path === "/v2/user/me" && (asked += 1) === 2 ? service.write(".kakao-sync/stop", "") : undefined) } },
  });
  await service.change("update members set email = 'b@example.com' where id = 52");
  const run = await planOrphans(service);
  expect(await applyOrphans(service, run, "--clear-gone")).toMatchObject({ code: 130, error: { code: "stopped" } });
  expect(await linksOf(service)).toEqual(["8001", "8002", "8003"]);
  expect(await service.json("undo", run)).toMatchObject({ code: 3, error: { code: "run-interrupted" } });
  rmSync(service.path(".kakao-sync/stop"));
  // Obeyed as it was begun, without the flag.
  expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: { applied: { done: 1, cleared: 3 } } });
  expect(await linksOf(service)).toEqual([null, null, null]);
  expect(await service.json("undo", run, "--apply", "--yes", "--operator", "t")).toMatchObject({ json: { restored: 3 } });
  expect(await linksOf(service)).toEqual(["8001", "8002", "8003"]);
});

test("killed right after the commit: what is cleared stays on record, although Kakao lists the user again; what is not is asked anew", async () => {
  const service = await open();
  const run = await planOrphans(service);
  await applyOrphans(service, run, "--clear-gone");
  forgetOutcomes(service, run, "clear");
  await service.change("update members set kakao_id = 8003 where id = 53");
  for (const id of ["8001", "8003"]) service.simulator.users.link({}, id);
  service.simulator.requests.clear();
  expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: { applied: { cleared: 1, notCleared: { "still-linked": 1 } } } });
  const asked = JSON.stringify(service.simulator.requests.find().map(({ parameters }) => parameters));
  expect(asked).toContain("8003");
  expect(asked).not.toContain("8001");
  expect(await linksOf(service)).toEqual([null, "8002", "8003"]);
  expect(await service.json("undo", run, "--apply", "--yes", "--operator", "t")).toMatchObject({ code: 0, json: { restored: 1 } });
  expect(await linksOf(service)).toEqual(["8001", "8002", "8003"]);
});
