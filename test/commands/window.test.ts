import { rmSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openOrphans, planOrphans, unlinkCalls } from "../helpers/orphans.ts";
import { openService, type Service } from "../helpers/service.ts";

const trusting = { matching: { phone: "alone" } };

afterEach(() => {
  vi.useRealTimers();
});

/** A plan of so many links, made from a file. */
async function openPlan(size: number): Promise<{ readonly service: Service; readonly run: string }> {
  const phones = Array.from({ length: size }, (_, at) => `010${20_000_000 + at}`);
  const service = await openService({ members: phones.map((phone, at) => ({ id: at + 1, phone })), config: trusting });
  service.write("users.csv", ["id,phone_number", ...phones.map((phone, at) => `${5000 + at},${phone}`)].join("\n"));
  return { service, run: (await service.json("map-members", "--from", "users.csv")).id };
}

const linked = async (service: Service): Promise<number> => Object.values(await service.links()).filter((link) => link !== null).length;
const apply = (service: Service, run: string) => service.json("map-members", "--apply", "--plan", run, "--yes");
const sleep = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

describe("the file pause", () => {
  test("holds a writing run, and an unlinking one before its next user, until it is removed", async () => {
    const { service, run } = await openPlan(150);
    writeFileSync(service.path(".kakao-sync/pause"), "");
    const writing = service.runWith({}, "map-members", "--apply", "--plan", run, "--yes");
    await sleep(700);
    expect(await linked(service)).toBe(0);
    rmSync(service.path(".kakao-sync/pause"));
    expect(await writing).toMatchObject({ code: 0, err: expect.stringContaining("Paused by the file") as string });
    expect(await linked(service)).toBe(150);

    const orphans = await openOrphans({ orphans: 30, simulator: { onRequest: ({ path }) => (path === "/v1/user/unlink" && unlinkCalls(orphans).length === 3 ? writeFileSync(orphans.path(".kakao-sync/pause"), "") : undefined) } });
    const planned = await planOrphans(orphans);
    const unlinking = orphans.json("unlink-orphans", "--apply", "--plan", planned, "--yes");
    await vi.waitFor(() => expect(unlinkCalls(orphans).length).toBeGreaterThan(3), { timeout: 10_000 });
    await sleep(300);
    const before = unlinkCalls(orphans).length;
    expect(before).toBeLessThan(30);
    await sleep(700);
    expect(unlinkCalls(orphans)).toHaveLength(before);
    rmSync(orphans.path(".kakao-sync/pause"));
    expect((await unlinking).json["applied"]).toMatchObject({ done: 30 });
  });

  test("a paused run still hears the file stop", async () => {
    const { service, run } = await openPlan(150);
    writeFileSync(service.path(".kakao-sync/pause"), "");
    const ended = apply(service, run);
    await sleep(700);
    writeFileSync(service.path(".kakao-sync/stop"), "");
    expect(await ended).toMatchObject({ code: 130, error: { code: "stopped" } });
    expect(await linked(service)).toBe(0);
  });
});

describe("limits.rowsPerSecond", () => {
  /** By a clock that stands still, whoever has to wait waits for good: what is written until then is what the rate allows at once. */
  async function stopWhereItWaits(service: Service, call: () => ReturnType<Service["json"]>, done: () => Promise<boolean>): Promise<void> {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-21T03:00:00+09:00") });
    const ended = call();
    while (!(await done())) await sleep(20);
    await sleep(400);
    writeFileSync(service.path(".kakao-sync/stop"), "");
    expect(await ended).toMatchObject({ code: 130 });
    rmSync(service.path(".kakao-sync/stop"));
  }

  test("holds after the first batch; a resumed run does not wait for what was written before it", async () => {
    const { service, run } = await openPlan(12_000);
    service.configure({ ...trusting, limits: { rowsPerSecond: 100 } });
    await stopWhereItWaits(service, () => apply(service, run), async () => (await linked(service)) > 0);
    expect(await linked(service)).toBe(100);
    await stopWhereItWaits(service, () => apply(service, run), async () => (await linked(service)) > 100);
    expect(await linked(service)).toBe(5_100);
  });

  test("holds an undo, too", async () => {
    const { service, run } = await openPlan(4_500);
    expect((await apply(service, run)).code).toBe(0);
    service.configure({ ...trusting, limits: { rowsPerSecond: 100 } });
    await stopWhereItWaits(service, () => service.json("undo", run, "--apply", "--yes"), async () => (await linked(service)) < 4_500);
    expect(await linked(service)).toBe(2_500);
  });
});

test("undo --until refuses what will not fit", async () => {
  const { service, run } = await openPlan(12_000);
  await apply(service, run);
  service.configure({ ...trusting, limits: { rowsPerSecond: 10 } });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  const soon = new Date(Date.now() + 9 * 3_600_000 + 5 * 60_000).toISOString().slice(11, 16);
  expect(await service.json("undo", run, "--apply", "--yes", "--until", soon)).toMatchObject({ code: 3, error: { code: "window-too-short", message: expect.stringContaining("Taking 12,000 links back") as string } });
  expect(await linked(service)).toBe(12_000);
});

test("the month's share counts the calls of every command of the workspace", async () => {
  const service = await openOrphans({ orphans: 3 });
  await service.json("pull");
  const run = await planOrphans(service);
  await service.json("audit-consent", "--live", "--init");
  const used = service.simulator.requests.count();
  expect(used).toBeGreaterThan(5);
  service.configure({ kakao: { app: { fixedIds: true, autoLink: true } }, limits: { unlink: { share: 1, count: 100 }, monthlyShare: used / 3_000_000 } });
  for (const command of [["pull", "--refresh-after", "1s"], ["unlink-orphans"], ["audit-consent", "--live"], ["audit-consent", "--needs-consent", "ask.csv"]]) {
    expect(await service.json(...command), command.join(" ")).toMatchObject({ code: 3, error: { code: "monthly-share", message: expect.stringContaining(`${used} calls were made this month`) as string } });
  }
  expect(run).not.toBe("");
  expect(service.simulator.requests.count()).toBe(used);
});
