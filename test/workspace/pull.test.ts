import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import type { Pull } from "../../src/workspace/pull.ts";
import type { Snapshot } from "../../src/workspace/snapshot.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { makeFolder, openTestWorkspace, userOf } from "./open-test-workspace.ts";
import { pullAll, readAll } from "./pull-all.ts";
import { killChild, startChild } from "./run-child.ts";

const users = (...ids: string[]): KakaoUser[] => ids.map((id) => userOf(id));

function taken(workspace: Workspace): Snapshot {
  const snapshot = workspace.snapshots.snapshot();
  if (snapshot === null) throw new Error("there is no snapshot");
  return snapshot;
}

function allUsers(workspace: Workspace): KakaoUser[] {
  const snapshot = taken(workspace);
  const all = [...snapshot.blocks()].flat();
  snapshot.close();
  return all;
}

/** Basics of every waiting id: old enough. */
function putAllBasics(pull: Pull): void {
  const ids = pull.takeForBasics(1000);
  pull.putBasics(ids, ids.map((id) => ({ id, connectedAt: 1_700_000_000, next: "details" })));
}

describe("a first pull", () => {
  it("gives every user back, in numeric order, 19-digit ids included", () => {
    const workspace = openTestWorkspace(makeFolder());
    const app = [...users("7", "99", "100", "9007199254740993", "9223372036854775806", "9223372036854775807")];
    const { report } = pullAll(workspace, app, { now: 1_800_000_000 });
    expect(report).toMatchObject({ total: 6, comparedWith: null, new: 0, gone: 0, returned: 0, young: 0, unread: 0, takenAt: 1_800_000_000 });
    expect(allUsers(workspace)).toEqual(app);
    expect([...taken(workspace).ids()].map(String)).toEqual(app.map((user) => user.id));
    expect(taken(workspace)).toMatchObject({ complete: true, count: 6, takenAt: 1_800_000_000, completedAt: 1_800_000_060, source: "app" });
  });

  it("keeps codes, unknown values and every state as they are", () => {
    const workspace = openTestWorkspace(makeFolder());
    const unread = { ci: 0, phone: 0, email: 0, name: null, birthdate: null };
    const app = [
      userOf("1", { ci: 2, phone: 1, email: 5, name: null, birthdate: null, connectedAt: null }),
      userOf("2", { ...unread, state: "young", connectedAt: 1_799_999_000 }),
      userOf("3", { ...unread, state: "unanswered", connectedAt: null }),
      userOf("4", { ...unread, state: "preregistered", connectedAt: 1_700_000_001 }),
      userOf("5", { name: "김 \u0000\"'\\, é", email: "김@도메인.한국" }),
    ];
    const { report, detailsRead } = pullAll(workspace, app, { now: 1_800_000_000 });
    expect(detailsRead).toEqual(["1", "5"]);
    expect(allUsers(workspace)).toEqual(app);
    expect(report).toMatchObject({ total: 5, young: 1, unread: 2 });
    expect(report.counts).toEqual({
      users: 5,
      states: { read: 2, young: 1, unanswered: 1, preregistered: 1, wiped: 0 },
      usable: { ci: 1, phone: 1, email: 1 },
      cis: 1,
      forgotten: 0,
    });
  });

  it("of nobody is a snapshot of nobody", () => {
    const workspace = openTestWorkspace(makeFolder());
    expect(pullAll(workspace, [], { now: 1 }).report.total).toBe(0);
    expect(allUsers(workspace)).toEqual([]);
    expect(taken(workspace).ids()).toHaveLength(0);
    expect(taken(workspace).find("1")).toBeUndefined();
  });

  it("leaves nothing behind but the snapshot", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, users("1", "2"), { now: 1 });
    const names = readdirSync(workspace.folder).filter((name) => !name.startsWith("workspace.db"));
    expect(names).toEqual(["snapshot-1.db"]);
  });
});

describe("handing out work", () => {
  it("is in order of ids, and an id once only", () => {
    const pull = openTestWorkspace(makeFolder()).snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    pull.addListed(["3", "20", "100"]);
    expect(pull.takeForBasics(2)).toEqual(["3", "20"]);
    pull.addListed(["100", "101"]);
    expect(pull.takeForBasics(9)).toEqual(["100", "101"]);
    expect(pull.takeForBasics(9)).toEqual([]);
    expect(pull.takeForDetails(9)).toEqual([]);
    pull.putBasics(["100", "101"], [{ id: "101", connectedAt: 1, next: "details" }, { id: "100", connectedAt: 1, next: "details" }]);
    expect(pull.takeForDetails(1)).toEqual(["100"]);
    pull.putBasics(["3", "20"], [{ id: "20", connectedAt: 1, next: "details" }, { id: "3", connectedAt: 2, next: "young" }]);
    expect(pull.takeForDetails(9)).toEqual(["20", "101"]);
    expect(pull.state.counts).toMatchObject({ listed: 4, needsBasics: 0, needsDetails: 3, young: 1 });
    pull.abandon();
  });

  it("drops an id that was unlinked between listing and basics", () => {
    const workspace = openTestWorkspace(makeFolder());
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    pull.addListed(["1", "2", "3"]);
    pull.finishListing();
    readAll(pull, users("1", "3"));
    expect(pull.complete(2).total).toBe(2);
    expect(allUsers(workspace).map((user) => user.id)).toEqual(["1", "3"]);
  });

  it("keeps what details left out as unanswered, with its link time", () => {
    const workspace = openTestWorkspace(makeFolder());
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    pull.addListed(["1", "2"]);
    pull.finishListing();
    putAllBasics(pull);
    pull.takeForDetails(20);
    pull.putDetails(users("1"), ["2"]);
    pull.complete(2);
    expect(allUsers(workspace)[1]).toMatchObject({ id: "2", state: "unanswered", connectedAt: 1_700_000_000, ci: 0 });
  });

  it("keeps nothing of whom turns out not to have finished the sign-up", () => {
    const workspace = openTestWorkspace(makeFolder());
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    pull.addListed(["1", "2"]);
    pull.finishListing();
    putAllBasics(pull);
    pull.takeForDetails(20);
    const unfinished = userOf("2", { state: "preregistered" });
    pull.putDetails([...users("1"), unfinished], []);
    expect(workspace.snapshots.countStagedCis()).toEqual({ id: pull.facts.id, cis: 2, isOver: false });
    pull.complete(2);
    expect(allUsers(workspace)).toEqual([userOf("1"), { id: "2", state: "preregistered", connectedAt: unfinished.connectedAt, ci: 0, phone: 0, email: 0, name: null, birthdate: null }]);
    expect([workspace.snapshots.countCis(), workspace.snapshots.countStagedCis()]).toEqual([1, null]);
  });

  it("refuses to complete while something waits", () => {
    const pull = openTestWorkspace(makeFolder()).snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    expect(() => pull.complete(2)).toThrow("complete");
    pull.addListed(["1"]);
    pull.finishListing();
    pull.takeForBasics(9);
    expect(() => pull.complete(2)).toThrow("complete");
    pull.abandon();
  });

  it("merges staged pages whose ranges overlap", () => {
    const workspace = openTestWorkspace(makeFolder());
    const ids = Array.from({ length: 60 }, (_, at) => String(at + 1));
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    pull.addListed(ids);
    pull.finishListing();
    putAllBasics(pull);
    pull.takeForDetails(60);
    // Three pages, each over the whole range, put last first and unordered within.
    for (const remainder of [2, 1, 0]) pull.putDetails(users(...ids.filter((id) => Number(id) % 3 === remainder)).reverse(), []);
    pull.complete(2);
    expect(allUsers(workspace)).toEqual(users(...ids));
  });
});

describe("a further pull", () => {
  const start = users("10", "20", "30", "40");

  it("reads only who is new or was not read, and reports new, gone and returned ids", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, [...start, userOf("50", { state: "young" })], { now: 1000 });
    const second = pullAll(workspace, [...users("5", "10", "30", "40"), userOf("50")], { now: 2000 });
    expect(second.detailsRead).toEqual(["5", "50"]);
    expect(second.report).toMatchObject({ total: 5, comparedWith: 1000, new: 1, gone: 1, returned: 0 });
    expect([...taken(workspace).changes("new")]).toEqual(["5"]);
    expect([...taken(workspace).changes("gone")]).toEqual(["20"]);
    const third = pullAll(workspace, users("5", "10", "20", "40", "60"), { now: 3000 });
    expect(third.report).toMatchObject({ comparedWith: 2000, new: 2, gone: 2, returned: 1 });
    expect([...taken(workspace).changes("new")]).toEqual(["20", "60"]);
    expect([...taken(workspace).changes("gone")]).toEqual(["30", "50"]);
    expect([...taken(workspace).changes("returned")]).toEqual(["20"]);
    expect(allUsers(workspace)).toEqual(users("5", "10", "20", "40", "60"));
    // Reported once, an id that stays is no news.
    expect(pullAll(workspace, users("5", "10", "20", "40", "60"), { now: 4000 }).report).toMatchObject({ new: 0, gone: 0, returned: 0 });
  });

  it("reads again who was read before the refresh, and keeps the time of reading of the others", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, start, { now: 1000 });
    pullAll(workspace, [...start, userOf("50")], { now: 2000 });
    const changed = [...start.slice(0, 3), userOf("40", { email: "new@example.com" }), userOf("50", { email: "not-asked@example.com" })];
    expect(pullAll(workspace, changed, { now: 3000, refreshBefore: 1500 }).detailsRead).toEqual(["10", "20", "30", "40"]);
    expect(allUsers(workspace).map((user) => user.email)).toEqual([...start.slice(0, 3).map((user) => user.email), "new@example.com", userOf("50").email]);
  });

  it("reads everyone again for a property that was not asked for before, not for one less", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, start, { now: 1000, properties: ["a", "b"] });
    expect(pullAll(workspace, start, { now: 2000, properties: ["a"] }).detailsRead).toEqual([]);
    expect(pullAll(workspace, start, { now: 3000, properties: ["a", "b"] }).detailsRead).toEqual(["10", "20", "30", "40"]);
  });

  it("carries several blocks over", () => {
    const workspace = openTestWorkspace(makeFolder());
    const many = Array.from({ length: 2500 }, (_, at) => userOf(String(9_000_000_000_000_000_000n + BigInt(at) * 3n)));
    pullAll(workspace, many, { now: 1000 });
    const later = many.filter((_, at) => at % 1000 !== 0).concat(userOf("9000000000000009999"));
    const { report, detailsRead } = pullAll(workspace, later, { now: 2000 });
    expect(detailsRead).toEqual(["9000000000000009999"]);
    expect(report).toMatchObject({ total: 2498, new: 1, gone: 3 });
    expect(allUsers(workspace)).toEqual(later);
    expect(taken(workspace).find(many[1500]?.id ?? "")).toEqual(many[1500]);
    expect(taken(workspace).find(many[1000]?.id ?? "")).toBeUndefined();
  });
});

describe("an unfinished pull", () => {
  it("that was killed goes on with what was put, and hands out the rest again", async () => {
    const workspace = openTestWorkspace(makeFolder());
    const child = await startChild(
      workspace.folder,
      `
      const userOf = ${userOf.toString()};
      const pull = workspace.snapshots.beginPull({ properties: ["a"], refreshBefore: 0, now: 1000 });
      pull.addListed(["1", "2", "3", "9223372036854775807"]);
      const ids = pull.takeForBasics(3);
      pull.putBasics(ids, ids.map((id) => ({ id, connectedAt: 1, next: "details" })));
      pull.takeForBasics(3);
      pull.putDetails(pull.takeForDetails(2).map((id) => userOf(id)), []);
      pull.takeForDetails(2);`,
    );
    await killChild(child);
    const pull = workspace.snapshots.resumePull();
    if (pull === null) throw new Error("nothing to resume");
    expect(pull.facts).toMatchObject({ startedAt: 1000, properties: ["a"] });
    expect(pull.state).toMatchObject({ listingLastId: "9223372036854775807", listingDone: false });
    expect(pull.state.counts).toMatchObject({ listed: 4, needsBasics: 1, needsDetails: 1, staged: 2 });
    pull.finishListing();
    expect(readAll(pull, users("3", "9223372036854775807"))).toEqual(["3", "9223372036854775807"]);
    expect(pull.complete(2000)).toMatchObject({ total: 4, takenAt: 1000 });
    expect(allUsers(workspace)).toEqual(users("1", "2", "3", "9223372036854775807"));
    expect(workspace.snapshots.resumePull()).toBeNull();
  });

  it("leaves the snapshot before as it is until it is complete, also when given up", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, users("1", "2"), { now: 1000 });
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 2000 });
    pull.addListed(["2", "3"]);
    expect(taken(workspace).count).toBe(2);
    pull.abandon();
    expect(workspace.snapshots.resumePull()).toBeNull();
    expect(allUsers(workspace)).toEqual(users("1", "2"));
    expect(existsSync(join(workspace.folder, "pull.db"))).toBe(false);
  });

  it("begins its merge again when that was cut off", () => {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1000 });
    pull.addListed(["1", "2"]);
    pull.finishListing();
    readAll(pull, users("1", "2"));
    workspace.close();
    // What a process killed in the merge leaves: a half-written file of the generation, and the pull.
    writeFileSync(join(workspace.folder, "snapshot-1.db"), "half");
    const again = openTestWorkspace(parent);
    const resumed = again.snapshots.resumePull();
    expect(resumed?.complete(2000).total).toBe(2);
    expect(allUsers(again)).toEqual(users("1", "2"));
  });

  it("is over when it was killed between taking its place and being removed", () => {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1000 });
    pull.addListed(["1"]);
    pull.finishListing();
    readAll(pull, users("1"));
    const files = ["pull.db", "pull.db-wal"].map((name) => join(workspace.folder, name));
    const bytes = files.map((file) => readFileSync(file));
    pull.complete(2000);
    files.forEach((file, at) => writeFileSync(file, bytes[at] ?? ""));
    expect(openTestWorkspace(parent).snapshots.resumePull()).toBeNull();
    expect(readdirSync(workspace.folder)).not.toContain("pull.db");
    expect(allUsers(workspace)).toEqual(users("1"));
  });

  it("that is damaged says so and how to go on", () => {
    const workspace = openTestWorkspace(makeFolder());
    writeFileSync(join(workspace.folder, "pull.db"), "x".repeat(5000));
    expect(() => workspace.snapshots.resumePull()).toThrow(expect.objectContaining({ code: "pull-damaged" }));
  });
});
