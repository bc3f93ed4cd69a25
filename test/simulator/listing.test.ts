import { afterEach, expect, test } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import { ask } from "./ask.ts";

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator(options);
};
afterEach(() => simulator.close());

const big = "9123456789012345678";
const list = (parameters: Record<string, string> = {}) => ask(simulator, "GET", "/v1/user/ids", parameters);

test("lists ids in numeric order, 64-bit ids with all their digits", async () => {
  await start({ users: [{ id: big }, { id: "100017" }, { id: 99 }] });
  expect((await list()).text).toBe(`{"elements":[99,100017,${big}]}`);
});

test("pages begin with from_id, and after_url repeats the last id over http with the key", async () => {
  await start({ users: [1, 2, 3, 4, 5].map((id) => ({ id })) });
  const page = (await list({ limit: "2", from_id: "2" })).json;
  expect(page["elements"]).toEqual([2, 3]);
  expect(page["after_url"]).toBe(`http://kapi.kakao.com/v1/user/ids?limit=2&order=asc&from_id=3&app_key=${simulator.adminKey}`);
  expect(page["before_url"]).toContain("order=desc&from_id=2&");
  expect(Object.keys((await list({ from_id: "4" })).json)).toEqual(["elements", "before_url"]);
});

test("descends from from_id, inclusive", async () => {
  await start({ users: [1, 3, 5, 7].map((id) => ({ id })) });
  expect((await list({ order: "desc" })).json["elements"]).toEqual([7, 5, 3, 1]);
  expect((await list({ order: "desc", from_id: "5" })).json["elements"]).toEqual([5, 3, 1]);
  expect((await list({ order: "desc", from_id: "4" })).json["elements"]).toEqual([3, 1]);
  expect((await list({ order: "desc", from_id: "1", limit: "1" })).json["after_url"]).toBeUndefined();
});

test("an app without users has an empty list; after_url can be null on the last page", async () => {
  await start({ lastPageAfterUrl: "null" });
  expect((await list()).text).toBe('{"elements":[],"after_url":null}');
});

test.each([
  { limit: "0" }, { limit: "101" }, { limit: "ten" }, { order: "up" }, { from_id: "-1" }, { from_id: "9223372036854775808" },
])("wrong parameter %o is -2", async (parameters) => {
  await start();
  const { status, json } = await list(parameters);
  expect([status, json["code"]]).toEqual([400, -2]);
});

test("the 101st call within a minute is 429 with -10, and the next minute is free again", async () => {
  let now = 60_000_000;
  await start({ now: () => now });
  for (let call = 1; call <= 100; call += 1) expect((await list()).status).toBe(200);
  expect(await list()).toMatchObject({ status: 429, json: { code: -10, msg: "API limit has been exceeded." } });
  now += 60_000;
  expect((await list()).status).toBe(200);
  expect(simulator.requests.count({ status: 429 })).toBe(1);
});

test("a sliding minute counts the last 60 seconds, and -10 can come with 400", async () => {
  let now = 60_000_000 - 1;
  await start({ now: () => now, listingPerMinute: 2, listingWindow: "sliding", rateLimitStatus: 400 });
  await list();
  now += 10;
  await list();
  expect(await list()).toMatchObject({ status: 400, json: { code: -10 } });
  now += 59_990;
  expect((await list()).status).toBe(200);
  expect((await list()).status).toBe(400);
});

test("preregistered users are left out when the switch says so", async () => {
  const users = [{ id: 1, has_signed_up: true }, { id: 2, has_signed_up: false }, { id: 3, has_signed_up: true }];
  await start({ preregisteredListed: false, users });
  expect((await list({ limit: "2" })).json["elements"]).toEqual([1, 3]);
  await simulator.close();
  await start({ users });
  expect((await list()).json["elements"]).toEqual([1, 2, 3]);
});

test("users who link and unlink during a listing appear and vanish between pages", async () => {
  let calls = 0;
  await start({
    users: [10, 20, 30, 40].map((id) => ({ id })),
    onRequest: () => {
      calls += 1;
      if (calls !== 2) return;
      simulator.users.link({}, "15");
      simulator.users.link({}, "35");
      simulator.users.unlink("30", "UNLINK_FROM_APPS");
    },
  });
  expect((await list({ limit: "2" })).json["elements"]).toEqual([10, 20]);
  expect((await list({ from_id: "21" })).json["elements"]).toEqual([35, 40]);
});
