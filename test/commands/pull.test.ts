import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { ci } from "../helpers/match.ts";
import { openService, accountOf, readRows, type PersonValues } from "../helpers/service.ts";
import { street } from "../helpers/street.ts";

const day = 86_400_000;

/** Users with ids from 1,000 on, every tenth younger than 24 hours where asked. */
function crowd(count: number, young = false): Record<string, PersonValues> {
  return Object.fromEntries(Array.from({ length: count }, (_one, at) => [String(1000 + 3 * at), { name: `김${at}`, phone: `010-2${String(at).padStart(3, "0")}-7777`, young: young && at % 10 === 0 }]));
}

afterEach(() => {
  vi.useRealTimers();
});

/** Moves the clock of program and simulator; everything else goes on in real time. */
function setClock(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: ms });
}

describe("calls", () => {
  test("ceil(n/100) listing calls, basics for the unknown, ceil(n/20) details, and nobody younger than 24 h is read", async () => {
    const service = await openService({ users: crowd(245, true) });
    const { code, json } = await service.json("pull");
    expect(code).toBe(0);
    expect(json).toMatchObject({ command: "pull", kakaoUsers: 245, read: 220, young: 25, unread: 0 });
    const { requests, users } = service.simulator;
    const reads = requests.find({ path: "/v2/app/users" });
    expect(requests.count({ path: "/v1/user/ids" })).toBe(3);
    expect(reads.filter(({ parameters }) => parameters["property_keys"] === undefined)).toHaveLength(3);
    expect(reads.filter(({ parameters }) => parameters["property_keys"] !== undefined)).toHaveLength(11);
    expect(users.youngReads).toEqual([]);
  });

  test("the next page starts at the last id + 1, beyond 2^53 too", async () => {
    const ids = Array.from({ length: 101 }, (_one, at) => String(9_007_199_254_740_993n + BigInt(at)));
    const service = await openService({ users: Object.fromEntries(ids.map((id) => [id, {}])) });
    const { json } = await service.json("pull", "--diff");
    expect(json["kakaoUsers"]).toBe(101);
    expect(service.simulator.requests.find({ path: "/v1/user/ids" }).map(({ parameters }) => parameters["from_id"])).toEqual([undefined, "9007199254741093"]);
  });

  test("a second pull lists, and reads only who is new or was too young", async () => {
    const service = await openService({ users: crowd(130) });
    await service.json("pull");
    service.simulator.requests.clear();
    service.simulator.users.load([{ id: "77", ...accountOf({ name: "새사람" }) }]);
    const { json } = await service.json("pull");
    expect(json).toMatchObject({ kakaoUsers: 131, new: 1, gone: 0, returned: 0, read: 131 });
    const reads = service.simulator.requests.find({ path: "/v2/app/users" });
    expect(service.simulator.requests.count({ path: "/v1/user/ids" })).toBe(2);
    expect(reads.map(({ parameters }) => parameters["target_ids"])).toEqual(["[77]", "[77]"]);
  });

  test("who was too young is read by a later pull", async () => {
    const start = Date.now();
    const service = await openService({ users: crowd(10, true) });
    expect((await service.json("pull")).json).toMatchObject({ read: 9, young: 1 });
    setClock(start + day);
    expect((await service.json("pull")).json).toMatchObject({ read: 10, young: 0 });
    expect(service.simulator.users.youngReads).toEqual([]);
  });

  test("--refresh-after reads details again that are older", async () => {
    const start = Date.now();
    const service = await openService({ users: crowd(30) });
    await service.json("pull");
    const detailReads = (): number => service.simulator.requests.find({ path: "/v2/app/users" }).filter(({ parameters }) => parameters["property_keys"] !== undefined).length;
    expect(detailReads()).toBe(2);
    setClock(start + 3 * day);
    await service.json("pull", "--refresh-after", "4d");
    expect(detailReads()).toBe(2);
    await service.json("pull", "--refresh-after", "2d");
    expect(detailReads()).toBe(4);
  });

  test("asks only for what the configured keys and corroborators need", async () => {
    const service = await openService({ users: crowd(1), config: { members: { birthdate: undefined, email: undefined, emailVerifiedAt: undefined }, matching: { keys: ["ci", "phone"] } } });
    await service.json("pull");
    const asked = service.simulator.requests.find({ path: "/v2/app/users" }).flatMap(({ parameters }) => parameters["property_keys"] ?? []);
    expect(JSON.parse(asked[0] ?? "[]")).toEqual(["kakao_account.ci", "kakao_account.phone_number", "kakao_account.name"]);
  });

  test("pulls keep one listing pace together: a second pull goes on only when the minute is over", async () => {
    const controller = new AbortController();
    const start = Date.now();
    const service = await openService({
      users: crowd(150),
      config: { limits: { listingPerMinute: 3 } },
      simulator: { onRequest: ({ path }) => void (path === "/v1/user/ids" && listings() === 2 && setTimeout(() => controller.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "Again." })), 300)) },
    });
    const listings = (): number => service.simulator.requests.count({ path: "/v1/user/ids" });
    await service.json("pull");
    expect(listings()).toBe(2);
    // Stopped while it waits for the fourth slot: without the pace it would have taken it long before.
    expect((await service.runWith({ signal: controller.signal }, "pull")).code).toBe(130);
    expect(listings()).toBe(3);
    setClock(start + 120_000);
    const { code, json } = await service.json("pull");
    expect(code).toBe(0);
    expect(json["kakaoUsers"]).toBe(150);
    expect(listings()).toBe(4);
  });

  test("the forecast is what is called: in the night in which all details are old, with another property, with whom a plan asks for", async () => {
    const start = Date.parse("2026-11-21T02:00:00+09:00");
    setClock(start);
    const service = await openService({ members: [{ id: 1, ci: ci("one") }], users: { ...crowd(149), "999": { ci: ci("one") } }, config: { limits: { link: { share: 1, count: 1000 } } } });
    const pullAt = async (days: number, list: number, basics: number, details: number): Promise<void> => {
      setClock(start + days * day + 5000);
      service.simulator.requests.clear();
      const { err } = await service.run("pull");
      expect([days, err]).toEqual([days, expect.stringContaining(`(${list} listing, ${basics} basics, ${details} details)`)]);
      const [listings, asked] = [service.simulator.requests.count({ path: "/v1/user/ids" }), service.simulator.requests.find({ path: "/v2/app/users" })];
      const full = asked.filter(({ parameters }) => parameters["property_keys"] !== undefined).length;
      expect([days, listings, asked.length - full, full]).toEqual([days, list, basics, details]);
    };
    expect((await service.apply()).json["applied"]).toMatchObject({ done: 1 });
    for (const night of [1, 6]) await pullAt(night, 2, 0, 0);
    await pullAt(7, 2, 2, 8);
    await service.change("delete from members where id = 1");
    await service.json("map-members");
    await pullAt(8, 2, 1, 1);
    service.configure({ members: { birthdate: undefined, name: undefined } });
    await pullAt(9, 2, 0, 0);
    service.configure({});
    await pullAt(10, 2, 2, 8);
  });

  test("the forecast of one that is gone on with is of the rest: it fits into what is left of the month", async () => {
    const start = Date.parse("2026-11-03T02:30:00+09:00");
    setClock(start);
    const service = await openService({ users: crowd(300) });
    expect((await service.json("pull")).code).toBe(0);
    setClock(start + day);
    // Each whole pull takes 21 calls.
    service.configure({ limits: { monthlyShare: 36 / 3_000_000 } });
    service.simulator.faults.add({ path: "/v2/app/users", fault: { status: 401, code: -401 }, nth: 11 });
    const whole = await service.run("pull", "--refresh-after", "1s");
    expect([whole.code, whole.err]).toEqual([3, expect.stringContaining("21 calls (3 listing, 3 basics, 15 details)") as string]);
    service.configure({ limits: { monthlyShare: 50 / 3_000_000, requestsPerSecond: 5 } });
    expect((await service.json("pull", "--refresh-after", "1s")).code).toBe(4);
    service.simulator.faults.clear();
    service.simulator.requests.clear();
    const { code, err } = await service.run("pull", "--refresh-after", "1s");
    const [, list, basics, details] = (/\((\d+) listing, (\d+) basics, (\d+) details\)/.exec(err) ?? []).map(Number);
    const calls = service.simulator.requests.find({ path: "/v2/app/users" }).length;
    expect([code, list, (basics ?? 0) + (details ?? 0)]).toEqual([0, 1, calls]);
    expect(calls).toBeLessThan(15);
  });

  test("what was stopped in one night is gone on with in the next, whenever that begins; not two nights later", async () => {
    for (const [after, isGoneOnWith] of [[day + 60_000, true], [2 * day, false]] as const) {
      const start = Date.parse("2026-11-21T02:30:00+09:00");
      setClock(start);
      const service = await openService({ users: crowd(50), config: { limits: { requestsPerSecond: 2 } } });
      service.simulator.faults.add({ path: "/v2/app/users", fault: { status: 401, code: -401 }, nth: 4 });
      expect((await service.run("pull")).code).toBe(4);
      service.simulator.faults.clear();
      service.simulator.requests.clear();
      setClock(start + after);
      expect(await service.json("pull")).toMatchObject({ code: 0, json: { read: 50 } });
      const calls = service.simulator.requests.find({ path: "/v2/app/users" }).filter(({ parameters }) => parameters["property_keys"] !== undefined).length;
      expect([after, calls < 3]).toEqual([after, isGoneOnWith]);
    }
  });

  test("--quiet says nothing but the result; the forecast comes before the first call", async () => {
    const service = await openService({ users: crowd(5) });
    const { err } = await service.run("pull");
    expect(err).toMatch(/^For every 10,000 Kakao users: 700 calls \(100 listing, 100 basics, 500 details\)/);
    const again = await service.run("pull");
    expect(again.err).toMatch(/^About 5 Kakao users: 1 call \(1 listing, 0 basics, 0 details\)/);
    expect((await service.run("pull", "--quiet")).err).toBe("");
  });

  test("a pull that limits.monthlyShare leaves no room for is refused before the first call", async () => {
    const service = await openService({ users: crowd(5), config: { limits: { monthlyShare: 0 } } });
    const { code, error } = await service.json("pull");
    expect(code).toBe(3);
    expect(error.code).toBe("monthly-share");
    expect(error.hint).not.toBe("");
    expect(service.simulator.requests.total).toBe(0);
  });
});

describe("changes while and between listings", () => {
  test("--diff lists new, gone and returned ids", async () => {
    const service = await openService({ users: { "10": {}, "20": {}, "30": {} } });
    await service.json("pull");
    service.simulator.users.unlink("20", "UNLINK_FROM_APPS");
    service.simulator.users.load([{ id: "25", ...accountOf({}) }]);
    expect((await service.json("pull", "--diff")).json).toMatchObject({ kakaoUsers: 3, new: 1, gone: 1, returned: 0, diff: { new: 1, gone: 1, returned: 0, relinked: 0 }, files: { diff: ".kakao-sync/pull-diff.csv" } });
    expect(readRows(readFileSync(service.path(".kakao-sync/pull-diff.csv"), "utf8"))).toEqual([{ kakao_id: "25", change: "new" }, { kakao_id: "20", change: "gone" }]);
    service.simulator.users.load([{ id: "20", ...accountOf({}) }]);
    const { code, out } = await service.run("pull", "--diff");
    expect(code).toBe(0);
    expect(out).toContain("Snapshot of 4 Kakao users: 1 new (1 of them back again), 0 gone.");
    expect(readRows(readFileSync(service.path(".kakao-sync/pull-diff.csv"), "utf8"))).toEqual([{ kakao_id: "20", change: "returned" }]);
  });

  test("--diff tells who was linked anew under the same id, where basics were asked again", async () => {
    const service = await openService({ users: { "10": {}, "20": {}, "30": {} } });
    await service.json("pull");
    service.simulator.users.unlink("20", "UNLINK_FROM_APPS");
    service.simulator.users.relink("20", { connected_at: "2025-09-01T00:00:00Z" });
    expect((await service.json("pull", "--diff")).json["diff"]).toEqual({ new: 0, gone: 0, returned: 0, relinked: 0 });
    await new Promise((wake) => setTimeout(wake, 1100));
    const { json, out } = await service.json("pull", "--diff", "--refresh-after", "0s");
    expect({ out, diff: json["diff"], relinked: json["relinked"] }).toMatchObject({ diff: { new: 0, gone: 0, returned: 0, relinked: 1 }, relinked: 1 });
    expect(readRows(readFileSync(service.path(".kakao-sync/pull-diff.csv"), "utf8"))).toEqual([{ kakao_id: "20", change: "relinked" }]);
  });

  test("users who link and unlink while the listing runs", async () => {
    let pages = 0;
    const service = await openService({
      users: crowd(250),
      simulator: {
        onRequest: ({ path }) => {
          if (path !== "/v1/user/ids") return;
          pages += 1;
          // The third page: someone links behind it and before it, someone it would list leaves, and someone already listed leaves.
          if (pages !== 3) return;
          service.simulator.users.link({}, "1001");
          service.simulator.users.link({}, "999999");
          service.simulator.users.unlink(String(1000 + 3 * 249), "UNLINK_FROM_APPS");
          service.simulator.users.unlink("1003", "UNLINK_FROM_APPS");
        },
      },
    });
    const { code, json } = await service.json("pull");
    expect(code).toBe(0);
    expect(pages).toBe(3);
    // 250, and the one behind; without the one that left before its page. Who left after it was listed may be read or not.
    expect(json["kakaoUsers"]).toBe(250);
    expect(Number(json["read"]) + Number(json["young"]) + Number(json["unread"])).toBe(250);
    expect(service.simulator.users.youngReads).toEqual([]);
    const next = (await service.json("pull", "--diff")).json;
    expect(next["diff"]).toMatchObject({ new: 1, gone: 1 });
    expect(readRows(readFileSync(service.path(".kakao-sync/pull-diff.csv"), "utf8"))).toEqual([{ kakao_id: "1001", change: "new" }, { kakao_id: "1003", change: "gone" }]);
  });

  test("a user who left between listing and reading is unread in the plan", async () => {
    const service = await openService({
      ...street,
      simulator: { onRequest: ({ path, parameters }) => void (path === "/v2/app/users" && parameters.has("property_keys") && service.simulator.users.unlink("1001", "UNLINK_FROM_APPS")) },
    });
    const { json } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ unread: 2, link: { ci: 0 } });
  });
});

describe("snapshots that a plan takes or takes over", () => {
  test("without a snapshot the plan pulls first; a second one asks Kakao nothing", async () => {
    const service = await openService(street);
    await service.json("map-members");
    expect(service.simulator.requests.total).toBeGreaterThan(0);
    service.simulator.requests.clear();
    await service.json("map-members");
    expect(service.simulator.requests.find()).toEqual([]);
  });

  test("--max-age: an older snapshot is taken anew; the default is a day", async () => {
    const start = Date.now();
    const service = await openService(street);
    await service.json("map-members");
    const listings = (): number => service.simulator.requests.count({ path: "/v1/user/ids" });
    setClock(start + 3_600_000);
    await service.json("map-members", "--max-age", "2h");
    expect(listings()).toBe(1);
    const { err } = await service.json("map-members", "--max-age", "30m");
    expect(listings()).toBe(2);
    expect(err).toContain("taking a new one first");
    setClock(start + day + 2 * 3_600_000);
    await service.json("map-members");
    expect(listings()).toBe(3);
  });

  test("a snapshot that lacks what the configuration now compares is taken anew", async () => {
    const service = await openService({ ...street, config: { matching: { keys: ["ci"] } } });
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ link: { ci: 1, phone: 0 } });
    service.configure({});
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ link: { ci: 1, phone: 1, email: 1 } });
  });

  test("an app without users has an empty snapshot, and a plan", async () => {
    const service = await openService({ members: [{ id: 1, phone: "01011110001" }] });
    expect((await service.json("pull")).json).toMatchObject({ kakaoUsers: 0, read: 0 });
    const { code, json } = await service.json("map-members");
    expect(code).toBe(0);
    expect(json).toMatchObject({ kakaoUsers: 0, members: 1, memberOnly: 1 });
  });

  test("a pull that Kakao cuts short goes on where it stopped", async () => {
    const service = await openService({ users: crowd(250) });
    service.simulator.faults.add({ fault: -5, path: "/v1/user/ids", nth: 2, times: 1 });
    const failed = await service.json("pull");
    expect(failed.code).toBe(4);
    expect(failed.error.code).toBe("kakao-5");
    service.simulator.requests.clear();
    const { code, json } = await service.json("pull");
    expect(code).toBe(0);
    expect(json["kakaoUsers"]).toBe(250);
    expect(service.simulator.requests.find({ path: "/v1/user/ids" })[0]?.parameters["from_id"]).toBe("1298");
  });
});
