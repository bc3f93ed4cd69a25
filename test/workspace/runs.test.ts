import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mayFollow, RUN_STATES } from "../../src/workspace/run-states.ts";
import type { Run, RunFacts } from "../../src/workspace/runs.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { makeFolder, openTestWorkspace } from "./open-test-workspace.ts";
import { killChild, startChild } from "./run-child.ts";

const holder = { command: "map-members", operator: "kim", host: "db1", since: "2026-11-20T18:00:00Z" };

const factsAt = (createdAt: number, command = "map-members"): RunFacts => ({
  command,
  operator: "kim",
  host: "db1",
  createdAt,
  counts: { linked: 1, link: { ci: 2 } },
  digests: { plan: "p", config: "c", decisions: null, database: "d" },
  snapshot: { generation: 3, takenAt: 900 },
  files: { plan: "plan.csv" },
});

/** 2026-11-20 18:30:05 in Korea. */
const now = Date.UTC(2026, 10, 20, 9, 30, 5) / 1000;

function createRun(workspace: Workspace, createdAt: number, command?: string): Run {
  const { id } = workspace.runs.prepare(createdAt);
  return workspace.runs.create(id, factsAt(createdAt, command));
}

describe("a run", () => {
  it("has an id in Korean time, a folder of its own, and is planned", () => {
    const workspace = openTestWorkspace(makeFolder());
    const { id, folder } = workspace.runs.prepare(now);
    expect(id).toMatch(/^20261120-183005-[a-z0-9]{4}$/u);
    expect(folder).toBe(join(workspace.folder, "runs", id));
    if (process.platform !== "win32") expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(workspace.runs.list()).toEqual([]);
    const run = workspace.runs.create(id, factsAt(now));
    expect(run).toEqual({ ...factsAt(now), id, folder, appId: "424242", state: "planned", stateSince: now });
    expect(workspace.runs.list()).toEqual([run]);
  });

  it("is found by the beginning of its id, when only one begins so", () => {
    const workspace = openTestWorkspace(makeFolder());
    const first = createRun(workspace, now);
    const second = createRun(workspace, now + 1);
    expect(workspace.runs.get(first.id).id).toBe(first.id);
    expect(workspace.runs.get(second.id.slice(0, 15)).id).toBe(second.id);
    expect(() => workspace.runs.get("20261120")).toThrow(expect.objectContaining({ code: "run-ambiguous", exitCode: 2 }));
    for (const unknown of ["2025", "", "%", "20261120-18300_"]) {
      expect(() => workspace.runs.get(unknown), unknown).toThrow(expect.objectContaining({ code: "run-unknown" }));
    }
  });

  it("that was never created leaves nothing, and a strange file stays", () => {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    const stray = workspace.runs.prepare(now);
    const kept = createRun(workspace, now + 1);
    expect(existsSync(stray.folder)).toBe(true);
    writeFileSync(join(workspace.folder, "runs", "notes.txt"), "mine");
    const given = workspace.runs.prepare(now + 2);
    workspace.runs.discard(given.id);
    expect(existsSync(given.folder)).toBe(false);
    openTestWorkspace(parent).runs.prepare(now + 3);
    expect(existsSync(stray.folder)).toBe(false);
    expect(existsSync(kept.folder)).toBe(true);
    expect(existsSync(join(workspace.folder, "runs", "notes.txt"))).toBe(true);
  });
});

describe("states", () => {
  it("follow each other as the table says, and in no other way", () => {
    const allowed = RUN_STATES.flatMap((from) => RUN_STATES.filter((to) => mayFollow(from, to)).map((to) => `${from} > ${to}`));
    expect(allowed.toSorted()).toEqual([
      "abandoned > purged",
      "applied > purged",
      "applied > undone",
      "applying > applied",
      "applying > interrupted",
      "changed > purged",
      "expired > purged",
      "interrupted > abandoned",
      "interrupted > applying",
      "interrupted > undone",
      "planned > applying",
      "planned > changed",
      "planned > expired",
      "planned > superseded",
      "superseded > purged",
      "undone > purged",
    ]);
  });

  it("are kept, with new counts and files; an illegal step is a defect and changes nothing", () => {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    const lock = workspace.lock(holder, now);
    const { id } = createRun(workspace, now);
    workspace.runs.transition(id, "applying", now + 1);
    const applied = workspace.runs.transition(id, "applied", now + 2, { counts: { done: 9 } });
    lock.release();
    expect(applied).toMatchObject({ state: "applied", stateSince: now + 2, counts: { done: 9 }, files: { plan: "plan.csv" } });
    expect(() => workspace.runs.transition(id, "applying", now + 3)).toThrow(`run ${id} cannot go from applied to applying`);
    expect(openTestWorkspace(parent).runs.get(id)).toEqual(applied);
    expect(() => workspace.runs.transition(id.slice(0, 15), "undone", now)).toThrow("full id");
  });

  it("a newer plan of the same command supersedes what is planned, and nothing else", () => {
    const workspace = openTestWorkspace(makeFolder());
    const lock = workspace.lock(holder, now);
    const applied = createRun(workspace, now);
    workspace.runs.transition(applied.id, "applying", now);
    workspace.runs.transition(applied.id, "applied", now);
    const other = createRun(workspace, now + 1, "unlink-orphans");
    const old = createRun(workspace, now + 2);
    const newest = createRun(workspace, now + 3);
    lock.release();
    const states = [applied, other, old, newest].map(({ id }) => workspace.runs.get(id).state);
    expect(states).toEqual(["applied", "planned", "superseded", "planned"]);
    expect(workspace.runs.list().map((run) => run.id)).toEqual([newest.id, old.id, other.id, applied.id]);
  });

  it.each([
    ["map-members", 7 * 86_400],
    ["unlink-orphans", 72 * 3600],
  ])("a plan of %s expires after %i s, to the second", (command, lifetime) => {
    const workspace = openTestWorkspace(makeFolder());
    const run = createRun(workspace, now, command);
    expect(workspace.runs.expirePlans(now + lifetime - 1)).toEqual([]);
    expect(workspace.runs.get(run.id).state).toBe("planned");
    expect(workspace.runs.expirePlans(now + lifetime)).toHaveLength(1);
    expect(workspace.runs.get(run.id)).toMatchObject({ state: "expired", stateSince: now + lifetime });
  });

  it("only plans expire: not what is under way, not other commands", () => {
    const workspace = openTestWorkspace(makeFolder());
    const lock = workspace.lock(holder, now);
    const { id } = createRun(workspace, now);
    workspace.runs.transition(id, "applying", now);
    createRun(workspace, now, "export-channel-targets");
    expect(workspace.runs.expirePlans(now + 1e9)).toEqual([]);
    lock.release();
  });
});

describe("a run that was killed while applying", () => {
  it("reads as interrupted once nobody holds the lock, and can be resumed", async () => {
    const workspace = openTestWorkspace(makeFolder());
    const { id } = createRun(workspace, now);
    const child = await startChild(
      workspace.folder,
      `workspace.lock(${JSON.stringify(holder)}, ${now}); workspace.runs.transition(${JSON.stringify(id)}, "applying", ${now});`,
    );
    expect(workspace.runs.get(id).state).toBe("applying");
    await killChild(child);
    expect(workspace.runs.get(id).state).toBe("interrupted");
    const lock = workspace.lock(holder, now + 5);
    expect(workspace.runs.get(id)).toMatchObject({ state: "interrupted", stateSince: now + 5 });
    expect(workspace.runs.transition(id, "applying", now + 6).state).toBe("applying");
    lock.release();
  });
});
