import { describe, expect, test } from "vitest";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { crowd, goodFile, goodScopes, goodTerms, scopesOf } from "../helpers/consent.ts";
import { applyOrphans, openOrphans, planOrphans, unlinkCalls } from "../helpers/orphans.ts";
import { accountOf, openService, type Service } from "../helpers/service.ts";

const hour = 3_600_000;
/** This machine's clock is three days ahead of Kakao's. */
const ahead = -72 * hour;
const details = (service: Service): number => service.simulator.requests.find({ path: "/v2/app/users" }).filter(({ parameters }) => parameters["property_keys"] !== undefined).length;
const refused = { code: 3, error: { code: "clock-differs", message: expect.stringMatching(/clock of this machine says \d{4}-\d\d-\d\dT[\d:]+Z, Kakao's says \d{4}/) as string, hint: expect.stringContaining("NTP") as string } };

/** A simulated Kakao whose clock can be moved, and users of whom one was linked an hour ago by that clock. */
async function openShifted(shift: number, onRequest: SimulatorOptions["onRequest"] = () => undefined): Promise<{ service: Service; clock: { shift: number } }> {
  const clock = { shift };
  const service = await openService({ members: [{ id: 1, phone: "010-1111-1357", link: "4001" }], users: { "4001": { phone: "010-1111-1357" }, "4002": { phone: "010-2222-1357" } }, config: { kakao: { app: { fixedIds: true, autoLink: true } } }, simulator: { now: () => Date.now() + clock.shift, onRequest } });
  service.simulator.users.load([{ id: "4003", ...accountOf({ phone: "010-3333-1357" }), connected_at: new Date(Date.now() + shift - hour).toISOString() }]);
  return { service, clock };
}

describe("a clock that differs from Kakao's", () => {
  test.each(["pull", "map-members", "unlink-orphans"])("stops %s before anybody is taken for old enough, and it goes on once the clock is right", async (command) => {
    for (const shift of [ahead, 72 * hour, -6 * 60_000]) {
      const { service, clock } = await openShifted(shift);
      expect(await service.json(command)).toMatchObject(refused);
      expect([details(service), service.simulator.users.youngReads]).toEqual([0, []]);
      clock.shift = 0;
      expect(await service.json(command)).toMatchObject({ code: 0 });
    }
  });

  test("by less than five minutes is within what the 24 hours leave", async () => {
    for (const shift of [-4 * 60_000, 4 * 60_000]) {
      const { service } = await openShifted(shift);
      expect(await service.json("pull")).toMatchObject({ code: 0, json: { kakaoUsers: 3, read: 2, young: 1 } });
      expect(service.simulator.users.youngReads).toEqual([]);
    }
  });

  test("stops a plan on a snapshot as soon as link dates are asked for", async () => {
    const { service, clock } = await openShifted(0);
    await service.json("pull");
    service.simulator.requests.clear();
    clock.shift = ahead;
    expect(await service.json("unlink-orphans", "--max-age", "24h")).toMatchObject(refused);
    expect([details(service), service.simulator.users.youngReads]).toEqual([0, []]);
  });

  test("stops a pull whose listing was read by the right clock", async () => {
    const { service, clock } = await openShifted(0, ({ path }) => void (path === "/v2/app/users" && (clock.shift = ahead)));
    expect(await service.json("pull")).toMatchObject(refused);
    expect([service.simulator.requests.count({ path: "/v1/user/ids" }), details(service), service.simulator.users.youngReads]).toEqual([1, 0, []]);
  });

  test("stops an apply before anybody is unlinked; it goes on once the clock is right", async () => {
    const clock = { shift: 0 };
    const service = await openOrphans({ orphans: 2, simulator: { now: () => Date.now() + clock.shift } });
    const run = await planOrphans(service);
    clock.shift = ahead;
    const ran = await applyOrphans(service, run);
    expect(ran).toMatchObject({ ...refused, error: { ...refused.error, hint: expect.stringContaining(`--plan ${run}`) as string } });
    expect(unlinkCalls(service)).toEqual([]);
    clock.shift = 0;
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: { applied: { done: 2 } } });
  });

  test("stops the consent audit before anybody's consents are read", async () => {
    const service = await openService({ simulator: { users: crowd(5), scopes: scopesOf(goodScopes), serviceTerms: goodTerms, now: () => Date.now() + ahead }, members: [{ id: 1, link: String(crowd(5)[0]?.id) }], config: { limits: { requestsPerSecond: 100 } } });
    service.write("kakao-sync.consent.yaml", goodFile);
    for (const flags of [["--live"], ["--needs-consent", "ask.csv"]]) expect(await service.json("audit-consent", ...flags)).toMatchObject(refused);
    expect(service.simulator.requests.count({ path: "/v2/user/scopes" })).toBe(0);
    expect(service.simulator.requests.count({ path: "/v2/user/service_terms" })).toBe(0);
  });
});
