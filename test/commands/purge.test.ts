import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ci } from "../helpers/match.ts";
import { applyOrphans, openOrphans, planOrphans } from "../helpers/orphans.ts";
import { openService, type RanJson, type Service } from "../helpers/service.ts";

const people = { members: [{ id: 1, ci: ci("a") }], users: { 1001: { ci: ci("a") }, 1002: { ci: ci("b") } } };
const start = Date.parse("2026-11-21T02:00:00+09:00");

afterEach(() => {
  vi.useRealTimers();
});

/** The clock so many days after the beginning; timers stay real. */
function atDay(day: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: start + day * 86_400_000 });
}

function purge(service: Service, ...argv: string[]): Promise<RanJson> {
  return service.json("purge", "--apply", "--yes", "--operator", "kim", ...argv);
}

function files(service: Service): readonly string[] {
  return readdirSync(service.path(".kakao-sync")).filter((name) => name.startsWith("snapshot-") || name === "pull.db");
}

describe("purge", () => {
  test("alone it lists, and destroys nothing", async () => {
    atDay(0);
    const service = await openService(people);
    await service.json("pull");
    expect((await service.json("purge")).json).toMatchObject({ mode: "plan", snapshots: [], runs: [] });
    atDay(8);
    expect((await service.json("purge")).json).toMatchObject({ mode: "plan", snapshots: [{ users: 2, cis: 2 }] });
    expect(files(service)).toHaveLength(1);
  });

  test("a snapshot goes after retention.snapshot, with its file and on record; the next plan takes a new one", async () => {
    atDay(0);
    const service = await openService(people);
    await service.json("pull");
    atDay(8);
    expect((await purge(service)).json).toMatchObject({ mode: "apply", snapshots: [{ cis: 2 }] });
    expect(files(service)).toEqual([]);
    expect((await service.json("runs", "audit")).json["record"]).toContainEqual(expect.objectContaining({ entry: expect.objectContaining({ event: "destroyed", operator: "kim", ci: { destroyed: 2 } }) }));
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ link: { ci: 1 } });
  });

  test("--snapshots: all of them at once; a plan that was made can still be applied and undone", async () => {
    atDay(0);
    const service = await openService(people);
    const { id } = await service.json("map-members");
    await purge(service, "--snapshots");
    expect(files(service)).toEqual([]);
    expect((await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "kim")).json["applied"]).toMatchObject({ done: 1 });
    expect((await service.json("undo", id, "--apply", "--yes", "--operator", "kim")).json["restored"]).toBe(1);
  });

  test("runs that are over go after --older-than, applied ones not before retention.undo", async () => {
    atDay(0);
    const service = await openService(people);
    const old = (await service.json("map-members")).id;
    const { id } = await service.apply();
    atDay(31);
    expect((await purge(service)).json["runs"]).toEqual([old]);
    expect([existsSync(service.path(`.kakao-sync/runs/${old}`)), existsSync(service.path(`.kakao-sync/runs/${id}`))]).toEqual([false, true]);
    expect((await service.json("runs", "show", old)).json).toMatchObject({ state: "purged", files: {} });
    expect((await purge(service, "--older-than", "1d")).json["runs"] ?? []).toEqual([]);
    atDay(91);
    expect((await purge(service)).json["runs"]).toEqual([id]);
    expect((await service.json("undo", id, "--apply", "--yes", "--operator", "kim")).error.code).toBe("run-not-undoable");
  });

  test("--forget takes an applied run whatever its age, never one that is not over", async () => {
    atDay(0);
    const service = await openService(people);
    const { id } = await service.apply();
    expect((await purge(service, "--forget", id)).json["runs"]).toEqual([id]);
    expect((await purge(service, "--forget", id)).error.code).toBe("run-not-over");
    const planned = (await service.json("map-members")).id;
    expect((await purge(service, "--forget", planned)).error.code).toBe("run-not-over");
  });

  test("names runs whose kept consents go with them, with the users, also on record", async () => {
    const service = await openOrphans({ orphans: 3 });
    const saved = await planOrphans(service, "--limit", "2");
    await applyOrphans(service, saved, "--save-consents");
    const plain = await planOrphans(service);
    await applyOrphans(service, plain);
    expect((await purge(service, "--forget", plain)).json).toMatchObject({ runs: [plain], consents: [] });

    const listed = await service.run("purge", "--forget", saved);
    expect(listed.out).toMatch(/unlink-orphans, applied\n +kept consents +of 2 users\n/);
    expect(listed.err).toContain(`kakao-sync runs consents ${saved} --to FILE`);
    expect((await purge(service, "--forget", saved)).json).toMatchObject({ mode: "apply", runs: [saved], consents: [{ run: saved, users: 2 }] });
    expect((await service.json("runs", "audit")).json["record"]).toContainEqual(expect.objectContaining({ entry: expect.objectContaining({ event: "destroyed", counts: expect.objectContaining({ consents: [{ run: saved, users: 2 }] }) }) }));
  });

  test("a run whose file is damaged is listed and destroyed all the same", async () => {
    const service = await openOrphans({ orphans: 1 });
    const run = await planOrphans(service);
    await applyOrphans(service, run, "--save-consents");
    writeFileSync(service.path(`.kakao-sync/runs/${run}/run.db`), "nothing of the kind");
    expect((await purge(service, "--forget", run)).json).toMatchObject({ mode: "apply", consents: [{ run, users: null }] });
    expect(existsSync(service.path(`.kakao-sync/runs/${run}`))).toBe(false);
  });

  test("needs a confirmation without a terminal, and leaves the record alone", async () => {
    atDay(0);
    const service = await openService(people);
    await service.json("pull");
    expect((await service.json("purge", "--snapshots", "--apply", "--operator", "kim")).error.code).toBe("not-confirmed");
    expect(files(service)).toHaveLength(1);
    await purge(service, "--snapshots");
    expect((await service.json("runs", "audit")).json).toMatchObject({ brokenAt: null });
  });
});
