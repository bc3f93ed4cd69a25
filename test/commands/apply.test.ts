import { afterEach, describe, expect, test, vi } from "vitest";
import Database from "better-sqlite3";
import { forgetOutcomes } from "../helpers/killed.ts";
import { ci } from "../helpers/match.ts";
import { openService, type MemberValues, type PersonValues, type Service, type ServiceSetup } from "../helpers/service.ts";
import { street } from "../helpers/street.ts";
import { storeEngine } from "../helpers/stores.ts";

const day = 86_400_000;

afterEach(() => {
  vi.useRealTimers();
});

/** Pairs that CI links: members 1 to n and Kakao ids from 1,001 on. */
function pairs(count: number, more: (at: number) => { member?: Partial<MemberValues>; user?: PersonValues } = () => ({})): Pick<Required<ServiceSetup>, "members" | "users"> {
  const all = Array.from({ length: count }, (_one, at) => ({ at, ...more(at) }));
  return {
    members: all.map(({ at, member }) => ({ id: at + 1, ci: ci(`person ${at}`), ...member })),
    users: Object.fromEntries(all.map(({ at, user }) => [String(1001 + at), { ci: ci(`person ${at}`), ...user }])),
  };
}

function applyPlan(service: Service, id: string, ...flags: string[]) {
  return service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "tester", ...flags);
}

describe("rows that moved since the plan are left alone, and the rest goes on", () => {
  test("a deleted row, a link set by the service, a changed value, a held id, a row no longer live: each counted by why", async () => {
    const service = await openService(pairs(8));
    const { id } = await service.json("map-members");
    await service.change("delete from members where id = 1");
    await service.change("update members set kakao_id = 777 where id = 2");
    await service.change(`update members set ci = '${ci("another person")}' where id = 3`);
    await service.change("insert into members (id, status, kakao_id) values (50, 'left', 1004)");
    await service.change("update members set status = 'dormant' where id = 5");
    await service.change("update members set kakao_id = 1006 where id = 6");
    const { code, json } = await applyPlan(service, id);
    expect(code).toBe(0);
    expect(json["applied"]).toEqual({ done: 2, moved: 6, failed: 0, movedBy: { "row-gone": 1, "link-changed": 1, "values-changed": 2, "id-held": 1, "already-linked": 1 } });
    expect(await service.links()).toEqual({ 2: "777", 3: null, 4: null, 5: null, 6: "1006", 7: "1007", 8: "1008", 50: "1004" });
    expect(service.csv(id, "linked.csv").map(({ member_id }) => member_id)).toEqual(["7", "8"]);
    const shown = await service.run("runs", "show", id);
    expect(shown.out).toMatch(/left alone: values-changed +2/);
  });

  test("the text tells why, and that the next plan takes them up; it does", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    await service.change("update members set name = '새이름' where id = 1");
    const applied = await service.run("map-members", "--apply", "--plan", id, "--yes", "--operator", "tester");
    expect(applied.out).toContain("a value that the plan looked at has changed");
    expect(applied.out).toContain("The next plan takes them up.");
    const next = await service.apply("--allow-links", "1");
    expect(next.json["applied"]).toMatchObject({ done: 1, moved: 0 });
    expect(await service.links()).toEqual({ 1: "1001", 2: "1002" });
  });

  test("a column that no rule compares may change", async () => {
    const service = await openService(pairs(1));
    const { id } = await service.json("map-members");
    await service.change("update members set last_login_at = '2026-11-01 00:00:00' where id = 1");
    expect((await applyPlan(service, id)).json["applied"]).toMatchObject({ done: 1 });
  });

  test("nothing but the link column changes, in no row but those of the plan", async () => {
    const service = await openService(street);
    const before = await service.rows("select id, ci, phone, email, name, birthdate, verified_at, last_login_at, status from members order by id");
    await service.apply();
    expect(await service.rows("select id, ci, phone, email, name, birthdate, verified_at, last_login_at, status from members order by id")).toEqual(before);
  });
});

test("an id that another place took between plan and apply is attached to nobody (M1)", async () => {
  const place = { name: "brand2", url: "sqlite:./brand2.db", link: { table: "customer", memberId: "id", kakaoId: "kakao_id" } };
  const service = await openService({ ...pairs(3), config: { alsoLinkedIn: [place] } });
  const brand = new Database(service.path("brand2.db"));
  brand.exec("create table customer (id integer primary key, kakao_id text)");
  const { id, json: planned } = await service.json("map-members");
  expect(planned["counts"]).toMatchObject({ link: { ci: 3 } });
  brand.exec("insert into customer values (1, '1002')");
  brand.close();
  const { json } = await applyPlan(service, id);
  expect(json["applied"]).toEqual({ done: 2, moved: 1, failed: 0, movedBy: { "in-use-elsewhere": 1 } });
  expect(await service.links()).toEqual({ 1: "1001", 2: null, 3: "1003" });
});

test("who applied and who took back is kept with the run, whoever planned it", async () => {
  const service = await openService(pairs(1));
  const { id } = await service.json("map-members", "--operator", "planner");
  await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "kim");
  await service.json("undo", id, "--apply", "--yes", "--operator", "lee");
  const { json } = await service.json("runs", "show", id);
  expect(json).toMatchObject({ operator: "planner", appliedBy: { operator: "kim" }, undoneBy: { operator: "lee" } });
});

describe("relink (M6)", () => {
  test("is written once Kakao confirms that the old id is gone, and undone exactly", async () => {
    const service = await openService({ members: [{ id: 1, ci: ci("back"), link: "500" }], users: { "600": { ci: ci("back") } } });
    const { json, id } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ relink: 1 });
    service.simulator.requests.clear();
    expect((await applyPlan(service, id)).json["applied"]).toMatchObject({ done: 1 });
    expect((await service.links())[1]).toBe("600");
    expect(service.simulator.requests.find({ path: "/v2/user/me" })).toMatchObject([{ code: -101, parameters: { target_id: "500" } }]);
    await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    expect((await service.links())[1]).toBe("500");
  });

  test("is left alone when the old id is linked again", async () => {
    const service = await openService({ members: [{ id: 1, ci: ci("back"), link: "500" }, { id: 2, ci: ci("new") }], users: { "600": { ci: ci("back") }, "601": { ci: ci("new") } } });
    const { id } = await service.json("map-members");
    service.simulator.users.link({}, "500");
    const { code, json } = await applyPlan(service, id);
    expect(code).toBe(0);
    expect(json["applied"]).toEqual({ done: 1, moved: 1, failed: 0, movedBy: { "not-gone": 1 } });
    expect(await service.links()).toEqual({ 1: "500", 2: "601" });
  });

  test("the looks keep limits.requestsPerSecond", async () => {
    const people = Array.from({ length: 5 }, (_one, at) => at);
    const service = await openService({
      members: people.map((at) => ({ id: at + 1, ci: ci(`back ${at}`), link: String(500 + at) })),
      users: Object.fromEntries(people.map((at) => [String(600 + at), { ci: ci(`back ${at}`) }])),
      config: { limits: { requestsPerSecond: 10 } },
    });
    const { id } = await service.json("map-members");
    service.simulator.requests.clear();
    expect((await applyPlan(service, id)).json["applied"]).toMatchObject({ done: 5 });
    const times = service.simulator.requests.find().map(({ at }) => at);
    // A tenth of a second between two calls; the clock's own rounding aside.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual((times.length - 1) * 100 - 50);
  });

  test("an answer other than -101 confirms nothing: the run stops and can be resumed", async () => {
    const service = await openService({ members: [{ id: 1, ci: ci("back"), link: "500" }], users: { "600": { ci: ci("back") } } });
    const { id } = await service.json("map-members");
    service.simulator.faults.add({ fault: -5, path: "/v2/user/me", times: 1 });
    const failed = await applyPlan(service, id);
    expect(failed.code).toBe(4);
    expect(failed.error.hint).toContain(`--apply --plan ${id}`);
    expect(failed.id).toBe(id);
    expect((await service.links())[1]).toBe("500");
    expect((await applyPlan(service, id)).json["applied"]).toMatchObject({ done: 1 });
    expect((await service.links())[1]).toBe("600");
  });
});

describe("brakes (M13)", () => {
  test("the first applied run has none; the next one takes the plan's exact number", async () => {
    const service = await openService({ ...pairs(200), config: { limits: { link: { share: 0.01, count: 1000 } } } });
    expect((await service.apply()).json["applied"]).toMatchObject({ done: 200 });
    for (const at of [1, 2, 3]) {
      await service.addMember({ id: 1000 + at, ci: ci(`late ${at}`) });
      service.simulator.users.load([{ id: String(5000 + at), connected_at: "2025-01-01T00:00:00Z", kakao_account: { ci_needs_agreement: false, ci: ci(`late ${at}`) } }]);
    }
    await service.json("pull");
    const { id } = await service.json("map-members");
    const refused = await applyPlan(service, id);
    expect(refused.code).toBe(3);
    expect(refused.error).toMatchObject({ code: "brake-links" });
    expect(refused.error.message).toMatch(/3 links.*allows 2/);
    expect(refused.error.hint).toContain("--allow-links 3");
    expect((await applyPlan(service, id, "--allow-links", "4")).error.code).toBe("brake-links");
    expect((await applyPlan(service, id, "--allow-links", "3")).json["applied"]).toMatchObject({ done: 3 });
  });

  test("a run that only undid does not bring the free first run back", async () => {
    const service = await openService(pairs(5));
    const { id } = await service.apply();
    await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    expect((await service.apply()).error.code).toBe("brake-links");
    expect((await service.apply("--allow-links=5")).json["applied"]).toMatchObject({ done: 5 });
  });

  test("CI hits of which more than 1 % differ in name and birth date", async () => {
    const differ = (at: number) => ({ member: { name: at < 3 ? "김가나" : "박다라", birthdate: at < 3 ? "19710203" : "19800101" }, user: { name: "박다라", birthdate: "19800101" } });
    const service = await openService(pairs(120, differ));
    const planned = await service.run("map-members");
    expect(planned.err).toContain("Of 120 hits by CI 3 differ in both name and birth date");
    const refused = await service.apply();
    expect(refused.code).toBe(3);
    expect(refused.error.code).toBe("brake-quality");
    expect(refused.error.hint).toContain("--accept-quality");
    expect((await service.links())[10]).toBeNull();
    expect((await service.apply("--accept-quality")).json["applied"]).toMatchObject({ done: 117 });
  });

  test("phone hits of which half differ in a known name", async () => {
    const byPhone = pairs(100, (at) => {
      const phone = `010-3${String(at).padStart(3, "0")}-1234`;
      return { member: { phone, name: at < 50 ? "김가나" : "박다라" }, user: { phone, name: "박다라" } };
    });
    const service = await openService({
      members: byPhone.members.map(({ id, phone = "", name = "" }) => ({ id, phone, name })),
      users: Object.fromEntries(Object.entries(byPhone.users).map(([id, { phone = "", name = "" }]) => [id, { phone, name }])),
    });
    const refused = await service.apply();
    expect(refused.error).toMatchObject({ code: "brake-quality" });
    expect(refused.error.message).toContain("Of 100 hits by phone with known names 50 differ");
  });

  test("a key with a thousand usable values on each side and not one in common", async () => {
    const service = await openService({
      members: Array.from({ length: 1000 }, (_one, at) => ({ id: at + 1, ci: ci(`member ${at}`), phone: `0103${String(at).padStart(3, "0")}1234` })),
      users: Object.fromEntries(Array.from({ length: 1000 }, (_one, at) => [String(1001 + at), { ci: ci(`kakao ${at}`) }])),
    });
    const refused = await service.apply();
    expect(refused.code).toBe(3);
    expect(refused.error.message).toContain("not one in common");
    expect((await service.apply("--accept-quality")).code).toBe(0);
  });
});

describe("who says so, and who is asked", () => {
  test("without a terminal --apply needs --yes", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    const unconfirmed = await service.json("map-members", "--apply", "--plan", id, "--operator", "tester");
    expect(unconfirmed.code).toBe(3);
    expect(unconfirmed.error).toMatchObject({ code: "not-confirmed" });
    expect(unconfirmed.json["run"]).toBe(id);
    expect(await service.links()).toEqual({ 1: null, 2: null });
    expect((await applyPlan(service, id)).json["applied"]).toMatchObject({ done: 2 });
  });

  test("at a terminal the question's default is no, and a yes is a yes", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    const words = ["map-members", "--apply", "--plan", id, "--operator", "tester"];
    const declined = await service.runWith({ typed: "\r" }, ...words);
    expect(declined.code).toBe(130);
    expect(declined.err).toContain("Write 2 links");
    expect(declined.err).toContain("Nothing was changed");
    expect(await service.links()).toEqual({ 1: null, 2: null });
    expect((await service.runWith({ typed: "y\r" }, ...words)).code).toBe(0);
    expect(await service.links()).toEqual({ 1: "1001", 2: "1002" });
  });

  test("a fresh --apply shows what the plan comes to before it asks", async () => {
    const service = await openService(street);
    const { code, out } = await service.runWith({ typed: "\r", env: { USER: "kim" } }, "map-members", "--apply");
    expect(code).toBe(130);
    expect(out).toMatch(/link by CI +1/);
    expect(out).toMatch(/sum +15/);
    expect((await service.links())[1]).toBeNull();
  });

  test("an empty plan asks nobody", async () => {
    const service = await openService({ members: [{ id: 1 }], users: { "5": {} } });
    expect((await service.json("map-members", "--apply", "--operator", "tester")).code).toBe(0);
  });
});

describe("states of a plan", () => {
  async function expectRefused(service: Service, id: string, code: string): Promise<void> {
    const refused = await applyPlan(service, id);
    expect(refused.code).toBe(3);
    expect(refused.error.code).toBe(code);
    expect(refused.error.message).toContain(id);
    expect(refused.error.hint).toContain("kakao-sync map-members");
  }

  test("applied: a plan is used once", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.apply();
    await expectRefused(service, id, "plan-used");
    await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    await expectRefused(service, id, "plan-used");
    expect(await service.links()).toEqual({ 1: null, 2: null });
  });

  test("superseded: a newer plan replaces it", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    const newer = await service.json("map-members");
    await expectRefused(service, id, "plan-superseded");
    expect((await applyPlan(service, newer.id)).code).toBe(0);
  });

  test("expired: after seven days, not a moment before", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7 * day + 1000 });
    await expectRefused(service, id, "plan-expired");
    vi.useRealTimers();
    const other = await openService(pairs(2));
    const young = await other.json("map-members");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 7 * day - 60_000 });
    expect((await applyPlan(other, young.id)).code).toBe(0);
  });

  test("changed: another configuration; the run says so from then on", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    service.configure({ matching: { phone: "alone" } });
    await expectRefused(service, id, "plan-changed");
    expect((await service.json("runs")).json["runs"]).toMatchObject([{ run: id, state: "changed" }]);
    service.configure({});
    await expectRefused(service, id, "plan-changed");
  });

  test("a setting that decides nothing leaves the plan as it is", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    service.configure({ limits: { rowsPerSecond: 1000 } });
    expect((await applyPlan(service, id)).code).toBe(0);
  });

  test.skipIf(storeEngine !== "sqlite")("another database under the same name is refused (SQLite: a copied file)", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    service.configure({ database: { url: "sqlite:./other.db" } });
    await service.change(`vacuum into '${service.path("other.db")}'`);
    const refused = await applyPlan(service, id);
    expect(refused.code).toBe(3);
    expect(refused.error).toMatchObject({ code: "workspace-other-database" });
  });

  test("another app is refused, whatever the command", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    service.configure({ kakao: { appId: 999 } });
    for (const refused of [await applyPlan(service, id), await service.json("pull"), await service.json("map-members")]) {
      expect(refused.code).toBe(3);
      expect(refused.error.code).toBe("workspace-other-app");
      expect(refused.error.message).toContain("424242");
      expect(refused.error.message).toContain("999");
    }
  });

  test("unknown and ambiguous runs", async () => {
    const service = await openService(pairs(2));
    await service.json("map-members");
    expect((await applyPlan(service, "20200101-000000-zzzz")).error).toMatchObject({ code: "run-unknown" });
    await service.json("map-members");
    expect((await applyPlan(service, "20")).error).toMatchObject({ code: "run-ambiguous" });
  });

  test("a plan whose stored rows were altered is not written", async () => {
    const { default: Database } = await import("better-sqlite3");
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    const store = new Database(service.path(`.kakao-sync/runs/${id}/run.db`));
    store.exec("update batches set body = replace(body, '1001', '4711')");
    store.close();
    const refused = await applyPlan(service, id);
    expect(refused.error.code).toBe("plan-damaged");
    expect(refused.code).toBe(3);
    expect(await service.links()).toEqual({ 1: null, 2: null });
  });
});

describe("interrupted runs", () => {
  /** An apply of a relink and links that Kakao's refusal stops half-way. */
  async function interrupt(): Promise<{ service: Service; id: string }> {
    const people = pairs(3);
    const service = await openService({ members: [...people.members, { id: 90, ci: ci("back"), link: "500" }], users: { ...people.users, "600": { ci: ci("back") } } });
    const { id } = await service.json("map-members");
    service.simulator.faults.add({ fault: -5, path: "/v2/user/me", times: 1 });
    expect((await applyPlan(service, id)).code).toBe(4);
    return { service, id };
  }

  test("a fresh --apply is refused and names both ways out; a plan alone is not", async () => {
    const { service, id } = await interrupt();
    const refused = await service.apply();
    expect(refused.code).toBe(3);
    expect(refused.error.code).toBe("run-interrupted");
    expect(refused.error.hint).toContain(`--plan ${id}`);
    expect(refused.error.hint).toContain(`runs abandon ${id}`);
    expect((await service.json("map-members")).code).toBe(0);
  });

  test("it resumes, although it would have expired and the configuration has changed", async () => {
    const { service, id } = await interrupt();
    service.configure({ matching: { phone: "alone" } });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 30 * day });
    const { code, json } = await applyPlan(service, id);
    expect(code).toBe(0);
    expect(json["applied"]).toMatchObject({ done: 4, moved: 0 });
    expect(await service.links()).toEqual({ 1: "1001", 2: "1002", 3: "1003", 90: "600" });
  });

  test("runs abandon gives it up; then a fresh --apply goes on", async () => {
    const { service, id } = await interrupt();
    const abandoned = await service.json("runs", "abandon", id);
    expect(abandoned.code).toBe(0);
    expect(abandoned.json).toEqual({ command: "runs abandon", run: id, state: "abandoned" });
    expect((await applyPlan(service, id)).error.code).toBe("plan-abandoned");
    expect((await service.apply("--allow-links", "4")).code).toBe(0);
  });

  test("is taken back as a whole only: a part of it could be written again", async () => {
    const { service, id } = await interrupt();
    const refused = await service.json("undo", id, "--by", "ci", "--apply", "--yes", "--operator", "tester");
    expect(refused.code).toBe(3);
    expect(refused.error).toMatchObject({ code: "run-interrupted", hint: expect.stringContaining(`--plan ${id}`) });
    await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    expect((await applyPlan(service, id)).error.code).toBe("plan-used");
    expect(await service.links()).toEqual({ 1: null, 2: null, 3: null, 90: "500" });
  });

  test("killed right after the commit: what is written stays on record, whatever Kakao and other places say by now; what is not is judged anew", async () => {
    const place = { name: "brand2", url: "sqlite:./brand2.db", link: { table: "customer", memberId: "id", kakaoId: "kakao_id" } };
    const people = pairs(2);
    const service = await openService({
      members: [...people.members, { id: 90, ci: ci("back"), link: "500" }, { id: 91, ci: ci("again"), link: "501" }],
      users: { ...people.users, "600": { ci: ci("back") }, "601": { ci: ci("again") } },
      config: { alsoLinkedIn: [place] },
    });
    const brand = new Database(service.path("brand2.db"));
    brand.exec("create table customer (id integer primary key, kakao_id text)");
    const { id } = await service.json("map-members");
    expect((await applyPlan(service, id)).json["applied"]).toMatchObject({ done: 4 });
    forgetOutcomes(service, id, "apply");
    await service.change("update members set kakao_id = null where id = 2");
    await service.change("update members set kakao_id = 501 where id = 91");
    brand.exec("insert into customer values (1, '1001'), (2, '1002')");
    brand.close();
    for (const former of ["500", "501"]) service.simulator.users.link({}, former);
    service.simulator.requests.clear();
    expect((await applyPlan(service, id)).json["applied"]).toEqual({ done: 2, moved: 2, failed: 0, movedBy: { "in-use-elsewhere": 1, "not-gone": 1 } });
    expect(service.simulator.requests.find().map(({ parameters }) => parameters["target_ids"])).toEqual(["[501]"]);
    expect(await service.links()).toEqual({ 1: "1001", 2: null, 90: "600", 91: "501" });
    expect(service.csv(id, "linked.csv").map(({ member_id }) => member_id)).toEqual(["1", "90"]);
    expect((await service.json("undo", id, "--apply", "--yes", "--operator", "tester")).json).toMatchObject({ restored: 2 });
    expect(await service.links()).toEqual({ 1: null, 2: null, 90: "500", 91: "501" });
  });

  test("only an interrupted run is abandoned", async () => {
    const service = await openService(pairs(1));
    const { id } = await service.json("map-members");
    const refused = await service.json("runs", "abandon", id);
    expect(refused.code).toBe(3);
    expect(refused.error).toMatchObject({ code: "run-not-interrupted" });
  });

  test("the stop file stops at a batch, exit 130; without it the run goes on", async () => {
    const service = await openService(pairs(2));
    const { id } = await service.json("map-members");
    service.write(".kakao-sync/stop", "");
    const stopped = await applyPlan(service, id);
    expect(stopped.code).toBe(130);
    expect(stopped.error.hint).toContain(`--plan ${id}`);
    const { rmSync } = await import("node:fs");
    rmSync(service.path(".kakao-sync/stop"));
    expect((await applyPlan(service, id)).json["applied"]).toMatchObject({ done: 2 });
  });
});

describe("limits.rowsPerSecond", () => {
  test("does not change what is written", async () => {
    const service = await openService({ ...pairs(20), config: { limits: { rowsPerSecond: 1000 } } });
    expect((await service.apply()).json["applied"]).toMatchObject({ done: 20 });
  });
});
