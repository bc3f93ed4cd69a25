import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import type { Fault } from "../../src/simulator/faults.ts";
import { applyOrphans, openOrphans, orphanOf, planOrphans, unlinkCalls } from "../helpers/orphans.ts";
import { readRows, type Service } from "../helpers/service.ts";

const unlink = "/v1/user/unlink";
const applied = (counts: object) => ({ applied: { done: 0, already: 0, kakaoDormant: 0, spared: 0, appeared: 0, failed: 0, cleared: 0, ...counts } });

test("unlinks whom the plan names, once each, after both looks, and says what became of them", async () => {
  const service = await openOrphans({ orphans: 3, members: [{ id: 90, status: "left", link: "1900" }], users: { "1900": { phone: "010-9900-1357" } } });
  const run = await planOrphans(service);
  service.simulator.requests.clear();
  const ran = await applyOrphans(service, run);
  expect(ran).toMatchObject({ code: 0, json: { command: "unlink-orphans", run, mode: "apply", ...applied({ done: 4 }), files: { unlinked: `.kakao-sync/runs/${run}/unlinked.csv` } } });
  expect(new Set(unlinkCalls(service).map(([id]) => id))).toEqual(new Set(["5001", "5002", "5003", "1900"]));
  expect(unlinkCalls(service)).toHaveLength(4);
  expect(service.simulator.users.count).toBe(4);
  // Basics of each user were read before its unlink, and not with others.
  for (const id of ["5001", "1900"]) {
    const asked = service.simulator.requests.find().filter(({ parameters }) => parameters["target_id"] === id || parameters["target_ids"] === `[${id}]`).map(({ path }) => path);
    expect(asked).toEqual(["/v2/app/users", unlink]);
  }
  expect(service.csv(run, "unlinked.csv").map(({ kakao_id, kind, outcome, member_id }) => [kakao_id, kind, outcome, member_id])).toEqual([
    ["5001", "incomplete", "done", ""], ["5002", "incomplete", "done", ""], ["5003", "incomplete", "done", ""], ["1900", "withdrawn", "done", "90"],
  ]);
  expect(await service.json("runs")).toMatchObject({ json: { runs: [{ run, state: "applied", applied: { done: 4 } }] } });
});

test("a plan is used once, and a run without anybody to unlink is a completed one", async () => {
  const service = await openOrphans({ orphans: 1 });
  const run = await planOrphans(service);
  await applyOrphans(service, run);
  expect(await applyOrphans(service, run)).toMatchObject({ code: 3, error: { code: "plan-used", hint: "Make a new plan: kakao-sync unlink-orphans" } });
  const empty = await planOrphans(service);
  expect(await applyOrphans(service, empty)).toMatchObject({ code: 0, json: applied({}) });
});

describe("U3: spared", () => {
  test.each<[string, string, (service: Service) => Promise<void> | void]>([
    ["a member holds the id by now", "held", (service) => service.addMember({ id: 91, link: "5002" })],
    ["a dormant member holds it", "held", (service) => service.addMember({ id: 91, status: "dormant", link: "5002" })],
    ["a withdrawn member holds it, who did not when it was planned", "held", (service) => service.addMember({ id: 91, status: "left", link: "5002" })],
    ["the person is signing up", "pending", (service) => service.change("insert into signup_pending values (5002)")],
    ["a brand has it", "elsewhere", (service) => service.change("insert into brand_customer values (7, 5002)")],
    ["it was linked anew", "linked-anew", ({ simulator }) => {
      simulator.users.unlink("5002", "UNLINK_FROM_APPS");
      simulator.users.relink("5002");
    }],
    ["Kakao gives no link date any more", "no-answer", ({ simulator }) => simulator.users.replace("5002", { kakao_account: {} })],
  ])("%s", async (_name, why, happen) => {
    const service = await openOrphans({ orphans: 3, config: { members: { pending: [{ table: "signup_pending", kakaoId: "kakao_id" }] } } });
    await service.change("create table signup_pending (kakao_id bigint unique); create table brand_customer (id integer primary key, kakao_id bigint); insert into brand_customer values (1, 888)");
    service.configure(withPlaces(service));
    const run = await planOrphans(service);
    await happen(service);
    const ran = await applyOrphans(service, run);
    expect(ran).toMatchObject({ code: 0, json: { applied: { done: 2, spared: 1, sparedWhy: { [why]: 1 } } } });
    expect(service.simulator.users.has("5002")).toBe(true);
    expect(unlinkCalls(service).map(([id]) => id).sort()).toEqual(["5001", "5003"]);
    expect(service.csv(run, "unlinked.csv")[1]).toMatchObject({ kakao_id: "5002", outcome: "spared", why });
  });

  test("a withdrawn member who has come back to life keeps the link", async () => {
    const service = await openOrphans({ orphans: 1, members: [{ id: 90, status: "left", link: "1900" }], users: { "1900": { phone: "010-9900-1357" } } });
    const run = await planOrphans(service);
    await service.change("update members set status = 'active' where id = 90");
    expect(await applyOrphans(service, run)).toMatchObject({ json: { applied: { done: 1, spared: 1, sparedWhy: { held: 1 } } } });
    expect(service.simulator.users.has("1900")).toBe(true);
  });

  test("a sign-up after Kakao's basics were read, right before the call, is still seen", async () => {
    const service = await openOrphans({
      orphans: 2,
      simulator: { onRequest: ({ path, parameters }) => (path === "/v2/app/users" && signUp && parameters.get("target_ids") === "[5002]" ? service.addMember({ id: 91, link: "5002" }) : undefined) },
    });
    let signUp = false;
    const run = await planOrphans(service);
    signUp = true;
    expect(await applyOrphans(service, run)).toMatchObject({ json: { applied: { done: 1, spared: 1 } } });
    expect(service.simulator.users.has("5002")).toBe(true);
  });
});

test("U3: who becomes a member while being unlinked is listed at once, and the exit is 1", async () => {
  const service = await openOrphans({
    orphans: 3,
    simulator: { onRequest: ({ path, parameters }) => (path === unlink && parameters.get("target_id") === "5002" ? service.addMember({ id: 91, link: "5002" }) : undefined) },
  });
  const run = await planOrphans(service);
  const ran = await applyOrphans(service, run);
  expect(ran).toMatchObject({ code: 1, json: { applied: { done: 3, appeared: 1, spared: 0 }, files: { appeared: expect.stringContaining("appeared.csv") as string } } });
  expect(service.csv(run, "appeared.csv")).toMatchObject([{ kakao_id: "5002", where: "members" }]);
  expect(ran.err).not.toContain("5002");
});

describe("U5: the first twenty", () => {
  test("a rest only goes when nobody of them has appeared; whoever goes on has looked", async () => {
    const service = await openOrphans({
      orphans: 30,
      simulator: { onRequest: ({ path, parameters }) => (path === unlink && parameters.get("target_id") === "5007" ? service.addMember({ id: 91, link: "5007" }) : undefined) },
    });
    const run = await planOrphans(service);
    const ran = await applyOrphans(service, run);
    expect(ran).toMatchObject({ code: 4, error: { code: "canary-failed", hint: expect.stringContaining(`kakao-sync unlink-orphans --apply --plan ${run}`) as string } });
    expect(unlinkCalls(service)).toHaveLength(20);
    expect(service.csv(run, "appeared.csv")).toMatchObject([{ kakao_id: "5007" }]);
    expect(service.csv(run, "unlinked.csv")).toHaveLength(20);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 1, json: { applied: { done: 30, appeared: 1 } } });
    expect(unlinkCalls(service)).toHaveLength(30);
    expect(service.csv(run, "appeared.csv")).toHaveLength(1);
  });

  test("the oldest go first, and a Kakao that unlinks nobody stops the run", async () => {
    const service = await openOrphans({ orphans: 25 });
    const run = await planOrphans(service);
    // Kakao says yes, and the user is still there: whatever that is, it is not unlinking.
    const restore = service.simulator.users.unlink.bind(service.simulator.users);
    service.simulator.users.unlink = () => true;
    expect(await applyOrphans(service, run)).toMatchObject({ code: 4, error: { code: "canary-failed", message: expect.stringContaining("20") as string } });
    expect(unlinkCalls(service).map(([id]) => Number(id)).sort((left, right) => left - right)).toEqual(Array.from({ length: 20 }, (_, at) => 5001 + at));
    service.simulator.users.unlink = restore;
  });
});

describe("U6: codes", () => {
  test.each<[number, object, number]>([
    [-103, { kakaoDormant: 1, codes: { "-103": 1 } }, 0],
    [-4, { failed: 1, codes: { "-4": 1 } }, 1],
    [-402, { failed: 1, codes: { "-402": 1 } }, 1],
    [-406, { failed: 1, codes: { "-406": 1 } }, 1],
    [-501, { failed: 1, codes: { "-501": 1 } }, 1],
    [-777, { failed: 1, codes: { "-777": 1 } }, 1],
  ])("%i is that user only", async (code, counts, exit) => {
    const service = await openOrphans({ orphans: 3 });
    const run = await planOrphans(service);
    service.simulator.faults.add({ path: unlink, userId: "5002", fault: code });
    expect(await applyOrphans(service, run)).toMatchObject({ code: exit, json: applied({ done: 2, ...counts }) });
    expect(service.simulator.users.has("5002")).toBe(true);
  });

  test("a user who is dormant at Kakao is missing from basics, asked for alone, and not taken for gone", async () => {
    const service = await openOrphans({ orphans: 2 });
    const run = await planOrphans(service);
    service.simulator.faults.addUser("5002", -103);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 1, kakaoDormant: 1, codes: { "-103": 1 } }) });
    expect(unlinkCalls(service).map(([id]) => id)).toEqual(["5001"]);
  });

  test("-101 is already, without a call where the look shows it", async () => {
    const service = await openOrphans({ orphans: 3 });
    const run = await planOrphans(service);
    service.simulator.users.unlink("5001", "UNLINK_FROM_APPS");
    service.simulator.faults.add({ path: unlink, userId: "5002", fault: -101 });
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 1, already: 2 }) });
    expect(unlinkCalls(service).map(([id]) => id).sort()).toEqual(["5002", "5003"]);
  });

  test("-101 for each of the first 20 may be another app's key: it stops there, and whoever has looked goes on", async () => {
    const service = await openOrphans({ orphans: 24 });
    const run = await planOrphans(service);
    for (let at = 0; at < 24; at += 1) service.simulator.users.unlink(String(5001 + at), "UNLINK_FROM_APPS");
    expect(await applyOrphans(service, run)).toMatchObject({ code: 4, error: { code: "canary-failed", hint: expect.stringContaining("admin key") as string } });
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ already: 24 }) });
  });

  test.each([["kakao-401", -401], ["kakao-3", -3], ["kakao-5", -5], ["kakao-12", -12]])("%s stops at a row boundary, and the same plan goes on", async (name, fault) => {
    const service = await openOrphans({ orphans: 8 });
    const run = await planOrphans(service);
    service.simulator.faults.add({ path: unlink, userId: "5004", fault });
    const ran = await applyOrphans(service, run);
    expect(ran).toMatchObject({ code: 4, error: { code: name, hint: expect.stringContaining(`--apply --plan ${run}`) as string } });
    expect(await service.json("runs")).toMatchObject({ json: { runs: [{ state: "interrupted" }] } });
    expect(service.csv(run, "unlinked.csv").length).toBeLessThan(8);
    service.simulator.faults.clear();
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 8 }) });
    expect(unlinkCalls(service).filter(([, status]) => status === 200)).toHaveLength(8);
  });

  test("a key that was replaced meanwhile is read anew from its file", async () => {
    const service = await openOrphans({ orphans: 3 });
    writeFileSync(service.path("secret"), service.simulator.adminKey);
    service.configure({ ...base(service.simulator.url), kakao: { appId: 424242, baseUrl: service.simulator.url, adminKeyFile: "./secret", adminKey: undefined, app: { fixedIds: true, autoLink: true } } });
    const run = await planOrphans(service);
    service.simulator.replaceAdminKey("0123456789abcdef0123456789abcdef");
    writeFileSync(service.path("secret"), "0123456789abcdef0123456789abcdef");
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 3 }) });
  });

  test.each<[string, Fault, number]>([
    ["a burst of 429", 429, 2], ["-1", -1, 2], ["-7", -7, 2], ["-603", -603, 2], ["-9798", -9798, 2], ["a gateway's page", "html-502", 2],
    ["a torn answer", "not-json", 2], ["no answer", "drop-before", 2], ["a connection dropped after the unlink", "drop-after-applied", 1], ["a slow answer", { slowMs: 300 }, 1],
  ])("%s: looked at, and repeated only where it did not happen", async (_name, fault, calls) => {
    const service = await openOrphans({ orphans: 3 });
    const run = await planOrphans(service);
    service.simulator.faults.add({ path: unlink, userId: "5002", times: 1, fault });
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 3 }) });
    expect(unlinkCalls(service).filter(([id]) => id === "5002")).toHaveLength(calls);
    expect(service.simulator.users.has("5002")).toBe(false);
  });

  test("who comes back while an unanswered unlink is waited for is not unlinked a second time", async () => {
    const service = await openOrphans({ orphans: 2 });
    const run = await planOrphans(service);
    service.simulator.faults.add({ path: unlink, userId: "5002", times: 1, fault: "drop-after-applied" });
    const back = setInterval(() => {
      if (!service.simulator.users.has("5002")) service.simulator.users.relink("5002");
    }, 20);
    const ran = await applyOrphans(service, run);
    clearInterval(back);
    expect(ran).toMatchObject({ json: applied({ done: 1, spared: 1, sparedWhy: { "linked-anew": 1 } }) });
    expect(service.simulator.users.has("5002")).toBe(true);
    expect(unlinkCalls(service).filter(([id]) => id === "5002")).toHaveLength(1);
  });

  test("five of the same unexpected code in a row stop the run; users' own codes do not", async () => {
    const service = await openOrphans({ orphans: 18 });
    const run = await planOrphans(service);
    service.simulator.faults.add({ path: unlink, fault: -777 });
    expect(await applyOrphans(service, run)).toMatchObject({ code: 4, error: { code: "codes-in-a-row", message: expect.stringContaining("-777") as string } });
    // Eight are under way side by side.
    expect(unlinkCalls(service).length).toBeLessThanOrEqual(5 + 7);
    service.simulator.faults.clear();
    service.simulator.faults.add({ path: unlink, fault: -501 });
    const ended = await applyOrphans(service, run);
    expect(ended).toMatchObject({ code: 1 });
    const { codes } = ended.json["applied"] as { codes: Record<string, number> };
    expect((codes["-777"] ?? 0) + (codes["-501"] ?? 0)).toBe(18);
  });
});

describe("stopping", () => {
  test("a stop file ends it between two calls, the same plan goes on; a fresh one is refused meanwhile", async () => {
    const service = await openOrphans({
      orphans: 30,
      simulator: { onRequest: ({ path }) => (path === unlink && (calls += 1) === 5 ? writeFileSync(service.path(".kakao-sync/stop"), "") : undefined) },
    });
    let calls = 0;
    const run = await planOrphans(service);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 130, error: { code: "stopped" } });
    const before = service.simulator.users.count;
    expect(before).toBeGreaterThan(4);
    expect(await service.json("unlink-orphans", "--apply", "--yes", "--operator", "t")).toMatchObject({ code: 3, error: { code: "run-interrupted" } });
    rmSync(service.path(".kakao-sync/stop"));
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 30 }) });
    expect(unlinkCalls(service)).toHaveLength(30);
  });

  test.each<[string, (begun: UnlinkConfig) => object]>([
    ["a place is missing", (begun) => ({ ...begun, alsoLinkedIn: [] })],
    ["a place has another column", (begun) => ({ ...begun, alsoLinkedIn: begun.alsoLinkedIn.map((place) => ({ ...place, link: { ...place.link, kakaoId: "id" } })) })],
    ["a table of sign-ups is missing", (begun) => ({ ...begun, members: {} })],
    ["the links are in another column", (begun) => ({ ...begun, link: { column: "other_id" } })],
  ])("with another configuration it does not go on: %s", async (_name, change) => {
    let calls = 0;
    const service = await openOrphans({
      orphans: 30,
      simulator: { onRequest: ({ path }) => (path === unlink && (calls += 1) === 5 ? writeFileSync(service.path(".kakao-sync/stop"), "") : undefined) },
    });
    await service.change("alter table members add column other_id bigint");
    await service.change("create table signup_pending (kakao_id bigint unique)");
    await service.change("create table brand_customer (id integer primary key, kakao_id bigint)");
    await service.change("insert into brand_customer values (1, 888)");
    const begun = withPlaces(service);
    service.configure(begun);
    const run = await planOrphans(service);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 130 });
    rmSync(service.path(".kakao-sync/stop"));
    const before = unlinkCalls(service).length;
    await service.change("insert into brand_customer values (7, 5030)");

    service.configure({ ...change(begun) });
    const refused = await applyOrphans(service, run);
    expect(refused).toMatchObject({ code: 3, error: { code: "configuration-changed", hint: expect.stringContaining(`runs abandon ${run}`) as string } });
    expect(unlinkCalls(service)).toHaveLength(before);

    service.configure(begun);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 29, spared: 1, sparedWhy: { elsewhere: 1 } }) });
    expect(service.simulator.users.has("5030")).toBe(true);
  });

  test("Ctrl-C lets the unlinks under way finish and says how to go on", async () => {
    const stop = new AbortController();
    const service = await openOrphans({
      orphans: 30,
      simulator: { onRequest: ({ path }) => (path === unlink && (calls += 1) === 6 ? stop.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "Again." })) : undefined) },
    });
    let calls = 0;
    const run = await planOrphans(service);
    const ran = await service.runWith({ signal: stop.signal }, "unlink-orphans", "--apply", "--plan", run, "--yes", "--operator", "tester");
    expect(ran.err).toContain(`--apply --plan ${run}`);
    const rows = service.csv(run, "unlinked.csv").filter(({ outcome }) => outcome === "done");
    expect(rows).toHaveLength(4 + 30 - service.simulator.users.count);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: applied({ done: 30 }) });
    expect(unlinkCalls(service)).toHaveLength(30);
  });
});

test("--save-consents keeps scopes and terms with dates, sealed; who cannot be asked is not unlinked", async () => {
  const service = await openOrphans({ orphans: 3 });
  const run = await planOrphans(service);
  service.simulator.faults.add({ path: "/v2/user/scopes", userId: "5002", fault: -501 });
  expect(await applyOrphans(service, run, "--save-consents")).toMatchObject({ code: 1, json: applied({ done: 2, failed: 1, codes: { "-501": 1 } }) });
  expect(service.simulator.users.has("5002")).toBe(true);
  expect(unlinkCalls(service).map(([id]) => id).sort()).toEqual(["5001", "5003"]);

  expect(await service.json("runs", "consents", run, "--to", "consents.csv")).toMatchObject({ code: 0, json: { command: "runs consents", users: 2 } });
  const rows = readRows(readFileSync(service.path("consents.csv"), "utf8"));
  expect(new Set(rows.map(({ kakao_id }) => kakao_id))).toEqual(new Set(["5001", "5003"]));
  expect(rows).toContainEqual(expect.objectContaining({ kakao_id: "5001", linked_at: "2024-01-01T00:00:00.000Z", what: "term", id: "tos_20250101", required: "true", agreed: "true", agreed_at: "2024-01-01T00:00:00Z", agreed_by: "KAUTH" }));
  expect(rows).toContainEqual(expect.objectContaining({ kakao_id: "5003", what: "scope", id: "phone_number", in_use: "true", agreed: "true", agreed_at: "" }));
  expect(statSync(service.path("consents.csv")).mode & 0o777).toBe(0o600);
  // In the workspace itself they lie sealed.
  for (const name of readdirSync(join(service.folder, ".kakao-sync"), { recursive: true, encoding: "utf8" })) {
    const path = join(service.folder, ".kakao-sync", name);
    if (statSync(path).isFile()) expect(readFileSync(path).includes("tos_20250101")).toBe(false);
  }
  expect(await service.json("runs", "consents", await planOrphans(service), "--to", "none.csv")).toMatchObject({ code: 3, error: { code: "no-consents" } });
  expect(existsSync(service.path("none.csv"))).toBe(false);
});

interface UnlinkConfig extends Record<string, unknown> {
  readonly alsoLinkedIn: readonly { readonly name: string; readonly url: string; readonly link: object }[];
}

function withPlaces(service: Service): UnlinkConfig {
  const { database } = JSON.parse(readFileSync(service.path("kakao-sync.config.yaml"), "utf8")) as { database: { url: string } };
  return {
    ...base(service.simulator.url),
    members: { pending: [{ table: "signup_pending", kakaoId: "kakao_id" }] },
    alsoLinkedIn: [{ name: "brand2", url: database.url, link: { table: "brand_customer", memberId: "id", kakaoId: "kakao_id" } }],
  };
}

function base(url: string): Record<string, unknown> {
  return {
    kakao: { appId: 424242, baseUrl: url, app: { fixedIds: true, autoLink: true } },
    limits: { requestsPerSecond: 100, unlink: { share: 1, count: 10_000, nightly: 10_000 }, clear: { share: 1, count: 10_000 } },
  };
}

test("the orphans of this file are whom it says", () => {
  expect(orphanOf(1)).toMatchObject({ id: "5002", connected_at: "2024-01-02T00:00:00Z" });
});
