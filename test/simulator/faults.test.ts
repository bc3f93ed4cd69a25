import { afterEach, beforeEach, expect, test } from "vitest";
import type { Fault, FaultRule } from "../../src/simulator/faults.ts";
import { type Simulator, startSimulator } from "../../src/simulator/server.ts";
import { ask, target } from "./ask.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ users: [5, 6, 7].map((id) => ({ id })), listingPerMinute: Infinity });
});
afterEach(() => simulator.close());

const list = () => ask(simulator, "GET", "/v1/user/ids");
const unlink = (id: string) => ask(simulator, "POST", "/v1/user/unlink", target(id));
const statuses = async (calls: number): Promise<number[]> => {
  const seen: number[] = [];
  for (let call = 0; call < calls; call += 1) seen.push((await list()).status);
  return seen;
};

test.each<[Fault, number, number]>([
  [-1, 400, -1], [-603, 400, -603], [-7, 400, -7], [-10, 400, -10], [429, 429, -10], [-9798, 503, -9798], [-3, 403, -3], [-401, 401, -401],
  [{ status: 500, code: -777 }, 500, -777],
])("fault %j answers %i with code %i", async (fault, status, code) => {
  simulator.faults.add({ fault });
  expect(await list()).toMatchObject({ status, json: { code } });
});

test.each<[Omit<FaultRule, "fault">, number[]]>([
  [{ nth: 2 }, [200, 503, 200, 200, 200, 200]],
  [{ every: 3 }, [200, 200, 503, 200, 200, 503]],
  [{ from: 5 }, [200, 200, 200, 200, 503, 503]],
  [{ times: 2 }, [503, 503, 200, 200, 200, 200]],
  [{ path: "/v2/user/me" }, [200, 200, 200, 200, 200, 200]],
])("the schedule %j meets the right requests", async (schedule, expected) => {
  simulator.faults.add({ ...schedule, fault: -9798 });
  expect(await statuses(6)).toEqual(expected);
});

test("chance comes from a seed: the same seed, the same requests", async () => {
  const runs: number[][] = [];
  for (const seed of [3, 3, 4]) {
    simulator.faults.clear();
    simulator.faults.add({ probability: 0.5, seed, fault: -9798 });
    runs.push(await statuses(24));
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]).not.toEqual(runs[2]);
  expect(new Set(runs[0])).toEqual(new Set([200, 503]));
});

test("a connection dropped before the call leaves everything as it was, one dropped after it does not", async () => {
  simulator.faults.add({ path: "/v1/user/unlink", userId: "5", nth: 1, fault: "drop-before" });
  simulator.faults.add({ path: "/v1/user/unlink", userId: "6", nth: 1, fault: "drop-after-applied" });
  await expect(unlink("5")).rejects.toThrow();
  await expect(unlink("6")).rejects.toThrow();
  expect([simulator.users.has("5"), simulator.users.has("6")]).toEqual([true, false]);
  expect(simulator.requests.find().map(({ status }) => status)).toEqual([0, 0]);
  expect((await unlink("5")).status).toBe(200);
  expect(await unlink("6")).toMatchObject({ json: { code: -101 } });
});

test("answers that are no JSON: a cut-off one with 200, a page with 502", async () => {
  simulator.faults.add({ nth: 1, fault: "not-json" });
  simulator.faults.add({ nth: 2, fault: "html-502" });
  await expect(list()).rejects.toThrow(SyntaxError);
  const response = await fetch(`${simulator.url}/v1/user/ids`, { headers: { authorization: `KakaoAK ${simulator.adminKey}` } });
  expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html;charset=UTF-8"]);
});

test("a slow answer is still the answer, and can be followed by another fault", async () => {
  simulator.faults.add({ nth: 1, fault: { slowMs: 20 } });
  simulator.faults.add({ from: 2, fault: { slowMs: 1 } });
  simulator.faults.add({ nth: 2, fault: -1 });
  expect(await statuses(3)).toEqual([200, 400, 200]);
});

test("an answer can be held back after the call took effect, also a dropped one", async () => {
  simulator.faults.add({ path: "/v1/user/unlink", userId: "5", fault: { answerAfterMs: 150 } });
  simulator.faults.add({ path: "/v1/user/unlink", userId: "5", nth: 2, fault: "drop-after-applied" });
  const answered = unlink("5");
  const early = await Promise.race([answered.then(() => "answered"), new Promise((wake) => setTimeout(() => wake(simulator.users.has("5")), 60))]);
  expect(early).toBe(false);
  expect((await answered).status).toBe(200);
  simulator.users.relink("5");
  simulator.faults.add({ path: "/v1/user/unlink", userId: "5", nth: 1, fault: "drop-after-applied" });
  await expect(unlink("5")).rejects.toThrow();
  expect(simulator.users.has("5")).toBe(false);
});

test("a user under fixed ids comes back with the same id and a new link date; a burst of 429 ends when it is over", async () => {
  simulator.faults.add({ path: "/v1/user/unlink", fault: 429, times: 3 });
  const codes: unknown[] = [];
  for (let call = 0; call < 4; call += 1) codes.push((await unlink("6")).json["code"]);
  expect(codes).toEqual([-10, -10, -10, undefined]);
  expect(simulator.users.relink("6")).toBe("6");
  expect((await unlink("6")).status).toBe(200);
});

test("a dormant user is -103 alone, left out among others, and listed", async () => {
  simulator.faults.addUser("6", -103);
  expect(await ask(simulator, "GET", "/v2/user/me", target("6"))).toMatchObject({ status: 400, json: { code: -103 } });
  expect(await unlink("6")).toMatchObject({ status: 400, json: { code: -103 } });
  const several = await ask(simulator, "GET", "/v2/app/users", { target_id_type: "user_id", target_ids: "[6,7]" });
  expect(several.text).toBe('[{"id":7}]');
  expect((await list()).json["elements"]).toEqual([5, 6, 7]);
  simulator.faults.removeUser("6");
  expect((await unlink("6")).status).toBe(200);
});

test("missing consent carries the lists of -402", async () => {
  simulator.faults.addUser("6", -402);
  expect(await unlink("6")).toMatchObject({ status: 403, json: { code: -402, required_scopes: [], allowed_scopes: [] } });
});

test("a call that meets a fault counts against the calls a minute", async () => {
  await simulator.close();
  simulator = await startSimulator({ listingPerMinute: 2, now: () => 0 });
  simulator.faults.add({ fault: -1 });
  expect(await statuses(3)).toEqual([400, 400, 429]);
});
