import { afterEach, describe, expect, test } from "vitest";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/server.ts";
import { KakaoNoAnswerError, type KakaoClientOptions } from "../../src/kakao/client.ts";
import { collect, createRig, failureOf, type Rig } from "./test-client.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

const day = 86_400_000;
const start = Date.parse("2026-03-02T03:00:00Z");
const old = "2025-11-02T01:20:33Z";

/** The simulator goes by the client's clock, so that minutes pass while the client waits. */
async function open(options: SimulatorOptions = {}, more: Partial<KakaoClientOptions> = {}): Promise<Rig> {
  let clock = () => start;
  simulator = await startSimulator({ now: () => clock(), ...options });
  const rig = createRig(simulator.url, { adminKey: () => simulator.adminKey, ...more });
  clock = rig.now;
  return rig;
}

function people(count: number, first = 9_223_372_036_854_700_000n) {
  return Array.from({ length: count }, (_, at) => ({ id: String(first + BigInt(at) * 3n), connected_at: old, kakao_account: { email: `m${String(at)}@example.com` } }));
}

describe("listing", () => {
  test.each([0, 1, 100, 101, 1_000, 1_001])("%i users in as many calls as pages", async (count) => {
    const users = people(count);
    const { client } = await open({ users });
    expect((await collect(client.listUserIds())).flat()).toEqual(users.map((user) => user.id));
    expect(simulator.requests.count({ path: "/v1/user/ids" })).toBe(Math.max(1, Math.ceil(count / 100)));
  });

  test.each([
    ["sliding", "absent"],
    ["calendar", "null"],
  ] as const)("under the limit in a %s minute, last page with %s after_url, without a refusal", async (listingWindow, lastPageAfterUrl) => {
    const { client, now } = await open({ users: people(2_000), listingPerMinute: 8, listingWindow, lastPageAfterUrl }, { listingPerMinute: 7 });
    expect((await collect(client.listUserIds())).flat()).toHaveLength(2_000);
    expect(simulator.requests.count({ code: -10 })).toBe(0);
    expect(now() - start).toBe(2 * 60_000);
  });

  test("somebody else's calls in the same minute are waited out", async () => {
    const { client } = await open({ users: people(500), listingPerMinute: 3 });
    expect((await collect(client.listUserIds())).flat()).toHaveLength(500);
    expect(simulator.requests.count({ code: -10 })).toBeGreaterThan(0);
  });

  test("users who come and go in the middle change nothing for the others", async () => {
    const users = people(400);
    let listed = 0;
    const { client } = await open({
      users,
      onRequest: () => {
        listed += 1;
        if (listed !== 2) return;
        simulator.users.unlink(users[0]?.id ?? "", "UNLINK_FROM_APPS");
        simulator.users.unlink(users[100]?.id ?? "", "UNLINK_FROM_APPS");
        simulator.users.link({}, "5");
      },
    });
    const ids = (await collect(client.listUserIds())).flat();
    expect(ids).toEqual(users.filter((_, at) => at !== 100).map((user) => user.id));
  });
});

describe("reading", () => {
  test("basics and details of many, in whatever shape, missing ones left out, nothing personal read by basics", async () => {
    for (const options of [
      { appUsersShape: "array", unlinkedInAppUsers: "omit" },
      { appUsersShape: "elements", unlinkedInAppUsers: "fail" },
    ] as const) {
      const users = people(20).map((user) => ({ ...user, connected_at: new Date(start - day / 2).toISOString() }));
      const { client } = await open({ users, ...options });
      const asked = [...users.map((user) => user.id).slice(0, 19), "77"];
      const basics = await client.readBasics(asked);
      expect(basics.map((user) => user.id).sort()).toEqual(asked.slice(0, 19).sort());
      expect(simulator.users.youngReads).toEqual([]);
      const details = await client.readUsers(asked, ["kakao_account.email"]);
      expect(details.find((user) => user.id === asked[3])?.account.email).toBe("m3@example.com");
      await simulator.close();
    }
  });

  test("isLinked follows Kakao, and does not read a linked user's details", async () => {
    const [person] = people(1);
    const id = person?.id ?? "";
    const { client } = await open({ users: [{ id, connected_at: new Date(start - 1000).toISOString() }] });
    expect(await client.isLinked(id)).toBe(true);
    expect(simulator.users.youngReads).toEqual([]);
    simulator.users.unlink(id, "UNLINK_FROM_APPS");
    expect(await client.isLinked(id)).toBe(false);
  });

  test("a user whose account is dormant is neither linked nor not", async () => {
    const { client } = await open({ users: [{ id: "100", connected_at: old }] });
    simulator.faults.addUser("100", -103);
    expect(await failureOf(client.isLinked("100"))).toMatchObject({ code: "kakao-103" });
  });

  test("scopes and terms", async () => {
    const { client } = await open({ users: [{ id: "9223372036854775807", connected_at: old, synched_at: old, kakao_account: { email_needs_agreement: false, email: "a@example.com" } }] });
    const scopes = await client.readScopes("9223372036854775807");
    expect(scopes).toContainEqual(expect.objectContaining({ id: "account_email", agreed: true }));
    const terms = await client.readServiceTerms("9223372036854775807", "app_service_terms");
    expect(terms).not.toBe("not-linked");
    expect(terms.length).toBeGreaterThan(0);
    expect(await client.readScopes("5")).toBe("not-linked");
  });
});

describe("unlinking", () => {
  test("done, then already", async () => {
    const { client } = await open({ users: people(1) });
    const id = people(1)[0]?.id ?? "";
    expect(await client.unlink(id)).toEqual({ outcome: "done" });
    expect(await client.unlink(id)).toEqual({ outcome: "already" });
    expect(simulator.users.count).toBe(0);
  });

  test("applied and then silent: open at first, done after a look", async () => {
    const { client } = await open({ users: people(2) });
    const [first, second] = people(2).map((user) => user.id);
    simulator.faults.add({ fault: "drop-after-applied", path: "/v1/user/unlink" });
    expect(await failureOf(client.unlink(first ?? ""))).toBeInstanceOf(KakaoNoAnswerError);
    const look = async () => ((await client.isLinked(second ?? "")) ? "repeat" : "absent") as "repeat" | "absent";
    expect(await client.unlinkLooking(second ?? "", look)).toEqual({ outcome: "done" });
    expect(simulator.requests.count({ path: "/v1/user/unlink" })).toBe(2);
  });

  test("dropped before it was applied: repeated after a look", async () => {
    const { client } = await open({ users: people(1) });
    const id = people(1)[0]?.id ?? "";
    simulator.faults.add({ fault: "drop-before", path: "/v1/user/unlink", times: 2 });
    const look = async () => ((await client.isLinked(id)) ? "repeat" : "absent") as "repeat" | "absent";
    expect(await client.unlinkLooking(id, look)).toEqual({ outcome: "done" });
    expect(simulator.users.count).toBe(0);
  });
});

describe("a bad day", () => {
  test("a pull under random faults reads everybody, and no id twice", async () => {
    const users = people(1_500);
    const { client, calls } = await open({ users });
    simulator.faults.add({ fault: -1, probability: 0.1, seed: 1 });
    simulator.faults.add({ fault: -603, probability: 0.1, seed: 2 });
    simulator.faults.add({ fault: -9798, probability: 0.05, seed: 3 });
    simulator.faults.add({ fault: "drop-before", probability: 0.05, seed: 4 });
    simulator.faults.add({ fault: "html-502", probability: 0.05, seed: 5 });
    const seen: string[] = [];
    for await (const page of client.listUserIds()) {
      for (let at = 0; at < page.length; at += 20) {
        const read = await client.readUsers(page.slice(at, at + 20), ["kakao_account.email"]);
        seen.push(...read.map((user) => user.id));
      }
    }
    expect(seen.sort()).toEqual(users.map((user) => user.id).sort());
    expect(calls).toHaveLength(simulator.requests.total);
  });

  test("the key is rotated in the middle of a listing", async () => {
    let key = "first-key";
    const { client } = await open({ users: people(300), adminKey: key }, { adminKey: () => "first-key", refreshKey: () => key });
    const pages: number[] = [];
    for await (const page of client.listUserIds()) {
      pages.push(page.length);
      key = "second-key";
      simulator.replaceAdminKey(key);
    }
    expect(pages).toEqual([100, 100, 100]);
    expect(simulator.requests.count({ code: -401 })).toBe(1);
  });

  test("an address that is not registered is told by its own error", async () => {
    const { client } = await open({ allowedIps: ["203.0.113.9"] });
    expect(await failureOf(client.readBasics(["1"]))).toMatchObject({ code: "kakao-ip-mismatch", message: expect.stringContaining("127.0.0.1") as string });
    expect(simulator.requests.total).toBe(1);
  });
});
