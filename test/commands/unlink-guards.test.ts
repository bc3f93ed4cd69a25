import { afterEach, describe, expect, test, vi } from "vitest";
import { applyOrphans, openOrphans, planOrphans, unlinkCalls } from "../helpers/orphans.ts";
import type { Service } from "../helpers/service.ts";

afterEach(() => vi.useRealTimers());

const day = 86_400_000;

/** Refused with this code, and nobody was unlinked. */
async function expectRefused(service: Service, run: string, code: string, ...flags: readonly string[]): Promise<string> {
  const ran = await applyOrphans(service, run, ...flags);
  expect(ran).toMatchObject({ code: 3, error: { code } });
  expect(unlinkCalls(service)).toEqual([]);
  return ran.error.hint;
}

describe("who may start it", () => {
  test("nobody without a terminal and --yes", async () => {
    const service = await openOrphans();
    const run = await planOrphans(service);
    expect(await service.json("unlink-orphans", "--apply", "--plan", run, "--operator", "t")).toMatchObject({ code: 3, error: { code: "not-confirmed" } });
    expect(unlinkCalls(service)).toEqual([]);
  });

  test("at a terminal only with a plan that was named, and the number of users typed", async () => {
    const service = await openOrphans();
    const env = { USER: "kim" };
    const fresh = await service.runWith({ typed: "3\r", env }, "unlink-orphans", "--apply");
    expect(fresh).toMatchObject({ code: 3, err: expect.stringContaining("only a plan that was looked at") as string });
    const run = await planOrphans(service);
    for (const typed of ["y\r", "2\r", "\r"]) {
      const declined = await service.runWith({ typed, env }, "unlink-orphans", "--apply", "--plan", run);
      expect(declined).toMatchObject({ code: 130, err: expect.stringContaining("Unlinking cannot be undone") as string });
    }
    expect(unlinkCalls(service)).toEqual([]);
    expect(await service.runWith({ typed: "3\r", env }, "unlink-orphans", "--apply", "--plan", run)).toMatchObject({ code: 0, out: expect.stringContaining("3 Kakao users unlinked") as string });
    expect(unlinkCalls(service)).toHaveLength(3);
  });

  test("in a rehearsal nobody at an address that is not this machine's", async () => {
    const service = await openOrphans({ config: { kakao: { appId: 424242, baseUrl: "https://kapi.kakao.com", app: { fixedIds: true, autoLink: true } } } });
    for (const flags of [[], ["--plan", "20261121-031500-a7kq"], ["--allow-unlinks", "3"]]) {
      expect(await service.json("unlink-orphans", "--apply", "--yes", "--operator", "t", ...flags)).toMatchObject({ code: 3, error: { code: "rehearsal" } });
    }
  });
});

describe("plans that are over", () => {
  test("expired after 72 hours, not a moment before", async () => {
    const service = await openOrphans();
    const run = await planOrphans(service);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * day + 1000 });
    expect(await expectRefused(service, run, "plan-expired")).toBe("Make a new plan: kakao-sync unlink-orphans");
    vi.useRealTimers();
    const young = await planOrphans(service);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3 * day - 60_000 });
    expect(await applyOrphans(service, young)).toMatchObject({ code: 0 });
  });

  test("superseded, changed, of another command", async () => {
    const service = await openOrphans();
    const first = await planOrphans(service);
    const second = await planOrphans(service);
    await expectRefused(service, first, "plan-superseded");
    const { id } = await service.json("map-members");
    await expectRefused(service, id, "plan-of-other-command");
    expect(await service.json("map-members", "--apply", "--plan", second, "--yes", "--operator", "t")).toMatchObject({ code: 3, error: { code: "plan-of-other-command" } });
    service.configure({ kakao: { app: { fixedIds: false, autoLink: true } } });
    await expectRefused(service, second, "plan-changed");
  });
});

describe("U4 and U8", () => {
  const few = { limits: { unlink: { share: 1, count: 4, nightly: 3 } } };

  test("at a terminal more than limits.unlink only with the plan's exact number", async () => {
    const service = await openOrphans({ orphans: 6, config: few });
    const run = await planOrphans(service);
    const at = (...flags: string[]) => service.runWith({ typed: "6\r", env: { USER: "kim" } }, "unlink-orphans", "--apply", "--plan", run, ...flags);
    expect(await at()).toMatchObject({ code: 3, err: expect.stringContaining("--allow-unlinks 6") as string });
    expect(await at("--allow-unlinks", "5")).toMatchObject({ code: 3 });
    expect(unlinkCalls(service)).toEqual([]);
    expect(await at("--allow-unlinks", "6")).toMatchObject({ code: 0 });
    expect(unlinkCalls(service)).toHaveLength(6);
  });

  test("without a terminal the oldest go as far as a night allows, and the rest waits for a later run", async () => {
    const service = await openOrphans({ orphans: 7, config: few });
    const night = () => service.json("unlink-orphans", "--apply", "--yes", "--operator", "cron");
    expect(await night()).toMatchObject({ code: 0, json: { mode: "apply", counts: { unlink: { incomplete: 7 } }, applied: { done: 3 } } });
    expect(unlinkCalls(service).map(([id]) => id).sort()).toEqual(["5001", "5002", "5003"]);
    expect(await night()).toMatchObject({ code: 0, json: { applied: { done: 3 } } });
    expect(await night()).toMatchObject({ code: 0, json: { applied: { done: 1 } } });
    expect(service.simulator.users.count).toBe(4);
  });

  test("members that have vanished since the plan, and a place that is empty by now", async () => {
    const service = await openOrphans({ linked: 20 });
    await service.change("create table brand_customer (id integer primary key, kakao_id bigint); insert into brand_customer values (1, 888)");
    service.configure({
      kakao: { app: { fixedIds: true, autoLink: true } },
      alsoLinkedIn: [{ name: "brand2", url: "sqlite:./members.db", link: { table: "brand_customer", memberId: "id", kakaoId: "kakao_id" } }],
      limits: { unlink: { share: 1, count: 100, nightly: 100 } },
    });
    const run = await planOrphans(service);
    await service.change("delete from brand_customer");
    await expectRefused(service, run, "brake-place-empty");
    await service.change("drop table brand_customer");
    const unreadable = await applyOrphans(service, run);
    expect([2, 3, 4]).toContain(unreadable.code);
    await service.change("create table brand_customer (id integer primary key, kakao_id bigint); insert into brand_customer values (1, 888)");
    await service.change("delete from members where id > 15");
    await expectRefused(service, run, "members-shrunk-since-plan");
    expect(unlinkCalls(service)).toEqual([]);
  });

  test("an empty database, and one whose links are of another app", async () => {
    const empty = await openOrphans({ linked: 0 });
    await expectRefused(empty, await planOrphans(empty), "brake-no-members");
    const other = await openOrphans({ orphans: 3, linked: 0, members: Array.from({ length: 20 }, (_, at) => ({ id: at + 1, link: String(70_001 + at) })) });
    await expectRefused(other, await planOrphans(other), "brake-other-app");
  });

  test("the next run is measured by this one, without whom it has unlinked itself", async () => {
    const service = await openOrphans({ orphans: 30, linked: 40 });
    expect(await applyOrphans(service, await planOrphans(service))).toMatchObject({ code: 0, json: { applied: { done: 30 } } });
    expect(await applyOrphans(service, await planOrphans(service))).toMatchObject({ code: 0, json: { applied: { done: 0 } } });
    for (let id = 1001; id < 1006; id += 1) service.simulator.users.unlink(String(id), "UNLINK_FROM_APPS");
    const run = await planOrphans(service);
    expect(await expectRefusedAfter(service, run, "brake-kakao-users-shrunk")).toContain("--accept-kakao-users 35");
    expect(await applyOrphans(service, run, "--accept-kakao-users", "35")).toMatchObject({ code: 0 });
  });
});

async function expectRefusedAfter(service: Service, run: string, code: string): Promise<string> {
  const before = unlinkCalls(service).length;
  const ran = await applyOrphans(service, run);
  expect(ran).toMatchObject({ code: 3, error: { code } });
  expect(unlinkCalls(service)).toHaveLength(before);
  return ran.error.hint;
}

test("a plan whose rows were altered is not carried out", async () => {
  const service = await openOrphans();
  const run = await planOrphans(service);
  const { default: Database } = await import("better-sqlite3");
  const db = new Database(service.path(`.kakao-sync/runs/${run}/run.db`));
  db.prepare("update batches set body = replace(body, '5001', '1001')").run();
  db.close();
  await expectRefused(service, run, "plan-damaged");
  expect(service.simulator.users.has("1001")).toBe(true);
});
