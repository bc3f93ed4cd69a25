import Database from "better-sqlite3";
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Snapshot } from "../../src/workspace/snapshot.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { makeFolder, openTestWorkspace, readAllBytes, userOf, utf8InLatin1 } from "./open-test-workspace.ts";
import { startChild } from "./run-child.ts";
import { pullAll, readAll as readPull } from "./pull-all.ts";

const many = Array.from({ length: 2500 }, (_, at) => userOf(String(1_000_000 + at)));

function taken(workspace: Workspace): Snapshot {
  const snapshot = workspace.snapshots.snapshot();
  if (snapshot === null) throw new Error("there is no snapshot");
  return snapshot;
}

const readAll = (workspace: Workspace) => {
  const snapshot = taken(workspace);
  try {
    return [...snapshot.blocks()].flat();
  } finally {
    snapshot.close();
  }
};

const damaged = expect.objectContaining({ code: "snapshot-damaged", hint: expect.stringContaining("kakao-sync pull") });

/** Runs SQL on the snapshot's file, as somebody could who has the file but not the key. */
function tamper(workspace: Workspace, sql: string): void {
  const file = new Database(join(workspace.folder, "snapshot-1.db"));
  file.exec(sql);
  file.close();
}

describe("what lies on the disk", () => {
  it("shows no value of a user in clear: not while pulling, not after, not in any side file", () => {
    const workspace = openTestWorkspace(makeFolder());
    const distinctive = userOf("31337", {
      ci: `${"DISTINCTIVECI".repeat(7).slice(0, 86)}==`,
      phone: "01055550147",
      email: "distinctive.address@example.com",
      name: "독고탁월",
      birthdate: "19771231",
    });
    const others = Array.from({ length: 30 }, (_, at) => userOf(String(at + 1)));
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    pull.addListed([...others, distinctive].map((user) => user.id));
    pull.finishListing();
    const ids = pull.takeForBasics(100);
    pull.putBasics(ids, ids.map((id) => ({ id, connectedAt: 1, next: "details" })));
    pull.takeForDetails(100);
    pull.putDetails([distinctive, ...others], []);
    const expectNothing = (): void => {
      const bytes = readAllBytes(workspace.folder);
      expect(bytes.length).toBeGreaterThan(10_000);
      for (const value of ["DISTINCTIVECI", "01055550147", "distinctive.address", utf8InLatin1("독고탁월"), "19771231", "@example.com"]) {
        expect(bytes.includes(value), value).toBe(false);
      }
    };
    expectNothing();
    pull.complete(2);
    expectNothing();
    expect(readAll(workspace)).toContainEqual(distinctive);
  });
});

describe("a snapshot that is not as it was written", () => {
  function makeTaken(): Workspace {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, many, { now: 1 });
    return workspace;
  }

  it("is refused when a bit of a sealed block has changed", () => {
    const workspace = makeTaken();
    const path = join(workspace.folder, "snapshot-1.db");
    const bytes = readFileSync(path);
    // The second half of the file lies within sealed blocks.
    const at = bytes.length - 40_000;
    bytes[at] = (bytes[at] ?? 0) ^ 4;
    writeFileSync(path, bytes);
    expect(() => readAll(workspace)).toThrow(damaged);
  });

  it("is refused when the file was cut off, or is gone", () => {
    const workspace = makeTaken();
    const path = join(workspace.folder, "snapshot-1.db");
    truncateSync(path, 200_704);
    expect(() => readAll(workspace)).toThrow(damaged);
    truncateSync(path, 0);
    expect(() => readAll(workspace)).toThrow(damaged);
  });

  it.each([
    ["a block is missing at the end", "delete from blocks where number = 2"],
    ["a block is missing in the middle", "delete from blocks where number = 1"],
    ["blocks have changed places", "update blocks set number = 9 where number = 0; update blocks set number = 0 where number = 1; update blocks set number = 1 where number = 9"],
    ["an id has changed", "update blocks set ids = cast(zeroblob(8) || substr(ids, 9) as blob) where number = 1"],
    ["a time of reading has changed", "update blocks set marks = zeroblob(length(marks)) where number = 0"],
  ])("is refused when %s", (_, sql) => {
    const workspace = makeTaken();
    tamper(workspace, sql);
    expect(() => readAll(workspace)).toThrow(damaged);
    expect(() => taken(workspace).ids()).toThrow(damaged);
  });

  it("is refused when it is one of another time", () => {
    const workspace = makeTaken();
    const old = readFileSync(join(workspace.folder, "snapshot-1.db"));
    pullAll(workspace, many, { now: 2 });
    writeFileSync(join(workspace.folder, "snapshot-2.db"), old);
    expect(() => readAll(workspace)).toThrow(damaged);
  });

  it("does not keep the next pull from a new start", () => {
    const workspace = makeTaken();
    tamper(workspace, "update blocks set sealed = zeroblob(100) where number = 1");
    const { report, detailsRead } = pullAll(workspace, many, { now: 2 });
    expect(detailsRead).toHaveLength(many.length);
    expect(report).toMatchObject({ total: many.length, comparedWith: null });
    expect(readAll(workspace)).toEqual(many);
  });
});

describe("reading a snapshot", () => {
  it("goes on while another one takes its place", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, many, { now: 1 });
    const old = taken(workspace);
    const blocks = old.blocks()[Symbol.iterator]();
    expect(blocks.next().value).toHaveLength(1000);
    pullAll(workspace, [userOf("5")], { now: 2 });
    expect(blocks.next().value).toEqual(many.slice(1000, 2000));
    old.close();
    expect(readAll(workspace)).toEqual([userOf("5")]);
  });

  it("finds the first and the last user of a block, and nobody between", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, many, { now: 1 });
    const snapshot = taken(workspace);
    for (const at of [0, 999, 1000, 2499]) expect(snapshot.find(String(1_000_000 + at))).toEqual(many[at]);
    for (const id of ["1", "999999", "1002500", "9223372036854775807"]) expect(snapshot.find(id)).toBeUndefined();
    snapshot.close();
  });
});

describe("a snapshot of a former version", () => {
  it("has nobody wiped", () => {
    const folder = makeFolder();
    const workspace = openTestWorkspace(folder);
    pullAll(workspace, many, { now: 1 });
    const cipher = workspace.cipher();
    const db = new Database(join(workspace.folder, "workspace.db"));
    const seal = "snapshot manifest|424242|1";
    const { counts: { cis, forgotten, ...counts }, ...manifest } = JSON.parse(cipher.open(db.prepare<[], Buffer>("select manifest from snapshots").pluck().get() ?? Buffer.alloc(0), seal).toString());
    expect([cis, forgotten]).toEqual([2500, 0]);
    const former = { ...manifest, comparison: undefined, counts: { ...counts, states: { ...counts.states, wiped: undefined }, wiped: 0 } };
    db.prepare("update snapshots set manifest = ?").run(cipher.seal(Buffer.from(JSON.stringify(former)), seal));
    db.close();
    expect(taken(workspace)).toMatchObject({ comparison: null, counts: { users: 2500, cis: 2500, forgotten: 0, states: { read: 2500, wiped: 0 } } });
  });
});

describe("users from a file", () => {
  it("become a snapshot of their own, in numeric order, that is not complete and replaces none", async () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, [userOf("5")], { now: 1 });
    const shuffled = [...many].sort((left, right) => (left.id.at(-1) ?? "").localeCompare(right.id.at(-1) ?? "") || (left.id < right.id ? 1 : -1));
    const imported = await workspace.snapshots.importUsers([userOf("9223372036854775807"), ...shuffled, userOf("7")], 3);
    expect(imported).toMatchObject({ complete: false, source: "file", count: 2502, takenAt: 3 });
    expect([...imported.blocks()].flat()).toEqual([userOf("7"), ...many, userOf("9223372036854775807")]);
    imported.close();
    expect(readAll(workspace)).toEqual([userOf("5")]);
    expect(workspace.snapshots.list().map((facts) => facts.source)).toEqual(["file", "app"]);
    expect(readdirSync(workspace.folder)).not.toContain("import.db");
    expect(readAllBytes(workspace.folder)).not.toContain("@example.com");
  });

  it("with an id twice are refused, and nothing is left", async () => {
    const workspace = openTestWorkspace(makeFolder());
    await expect(workspace.snapshots.importUsers([userOf("2"), userOf("1"), userOf("2")], 3)).rejects.toMatchObject({ code: "kakao-id-twice", exitCode: 2 });
    expect(workspace.snapshots.list()).toEqual([]);
    expect(readdirSync(workspace.folder).filter((name) => name.startsWith("snapshot") || name.startsWith("import"))).toEqual([]);
  });
});

describe("wiping", () => {
  it("takes a whole snapshot away, file and all", () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, many, { now: 1 });
    workspace.snapshots.wipe(1);
    expect(workspace.snapshots.snapshot()).toBeNull();
    expect(existsSync(join(workspace.folder, "snapshot-1.db"))).toBe(false);
  });

  const comparison = { seed: [1, 2] as const, form: "" };

  it("takes a part away: the rest stays, hashes and all, and is not read again before it is due", async () => {
    const workspace = openTestWorkspace(makeFolder());
    pullAll(workspace, [userOf("9"), userOf("1")].reverse(), { now: 1000 });
    const hashed = userOf("1", { state: "wiped", ci: "a".repeat(24), phone: "b".repeat(24), email: 0, name: null, birthdate: null });
    const announced: string[] = [];
    await workspace.snapshots.wipeDetails(1, { wipe: (read) => (read.user.id === "1" ? { user: hashed, readAt: read.readAt } : read), comparison, announce: () => announced.push("once") });
    expect(readAll(workspace)).toEqual([hashed, userOf("9")]);
    expect(taken(workspace)).toMatchObject({ takenAt: 1000, complete: true, comparison, counts: { users: 2, states: { read: 1, wiped: 1 }, usable: { ci: 2, phone: 2, email: 1 }, cis: 1, forgotten: 0 } });
    expect([announced, existsSync(join(workspace.folder, "snapshot-1.db"))]).toEqual([["once"], false]);

    const { generation } = taken(workspace);
    await workspace.snapshots.wipeDetails(generation, { wipe: (read) => read, comparison: null, announce: () => announced.push("twice") });
    expect([announced, taken(workspace).generation]).toEqual([["once"], generation]);

    expect(pullAll(workspace, [userOf("1"), userOf("9")], { now: 2000 }).detailsRead).toEqual([]);
    expect([readAll(workspace)[0], taken(workspace).comparison]).toEqual([hashed, comparison]);
    workspace.snapshots.readAgain.add(["1"]);
    expect(pullAll(workspace, [userOf("1"), userOf("9")], { now: 3000 }).detailsRead).toEqual(["1"]);
    expect([taken(workspace).comparison, workspace.snapshots.readAgain.any]).toEqual([null, false]);
  });

  it("has those read again of whom nothing is left, and those who are due", async () => {
    const workspace = openTestWorkspace(makeFolder());
    const users = [userOf("1"), userOf("2"), userOf("3")];
    pullAll(workspace, users, { now: 1000 });
    const wipe: Parameters<Workspace["snapshots"]["wipeDetails"]>[1]["wipe"] = ({ user, readAt }) => ({ user: { ...user, state: "wiped", ci: 0, phone: 0, email: 0, name: null, birthdate: null }, readAt: user.id === "2" ? 0 : readAt });
    await workspace.snapshots.wipeDetails(1, { wipe, comparison, announce: () => undefined });
    expect(taken(workspace).counts.forgotten).toBe(1);
    expect(pullAll(workspace, users, { now: 2000 }).detailsRead).toEqual(["2"]);
    expect(pullAll(workspace, users, { now: 3000, refreshBefore: 1500 }).detailsRead).toEqual(["1", "3"]);
  });

  it("killed when the new file is written, leaves the old one whole, and sweeps the new one away", async () => {
    const folder = makeFolder();
    const workspace = openTestWorkspace(folder);
    pullAll(workspace, many, { now: 1000 });
    const killed = startChild(workspace.folder, `
      await workspace.snapshots.wipeDetails(1, {
        wipe: ({ user }) => ({ user: { ...user, state: "wiped", ci: 0, phone: 0, email: 0, name: null, birthdate: null }, readAt: 0 }),
        comparison: null,
        announce: () => process.kill(process.pid, "SIGKILL"),
      });`);
    await expect(killed).rejects.toThrow("ended before");
    expect(readdirSync(workspace.folder).filter((name) => name.startsWith("snapshot"))).toEqual(["snapshot-1.db", "snapshot-2.db"]);
    expect(readAll(workspace)).toEqual(many);
    await workspace.snapshots.wipeDetails(1, { wipe: ({ user }) => ({ user: { ...user, state: "wiped", ci: 0, phone: 0, email: 0, name: null, birthdate: null }, readAt: 0 }), comparison: null, announce: () => undefined });
    expect(readdirSync(workspace.folder).filter((name) => name.startsWith("snapshot"))).toEqual(["snapshot-3.db"]);
  });

  it("does not take the ground from an unfinished pull", async () => {
    const workspace = openTestWorkspace(makeFolder());
    const users = [userOf("1"), userOf("2")];
    pullAll(workspace, users, { now: 1000 });
    workspace.snapshots.beginPull({ properties: ["kakao_account.ci"], refreshBefore: 0, now: 2000 }).addListed(["1"]);
    const wiped = userOf("1", { state: "wiped", ci: "a".repeat(24), phone: 0, email: 0, name: null, birthdate: null });
    for (const state of ["wiped", "twice"]) {
      const { generation } = taken(workspace);
      await workspace.snapshots.wipeDetails(generation, { wipe: (read) => (read.user.id === "1" ? { user: wiped, readAt: read.readAt - (state === "twice" ? 1 : 0) } : read), comparison, announce: () => undefined });
    }
    const pull = workspace.snapshots.resumePull();
    pull?.addListed(["2", "3"]);
    pull?.finishListing();
    workspace.snapshots.readAgain.add(["1"]);
    if (pull !== null) readPull(pull, [...users, userOf("3")]);
    expect(pull?.complete(2100)).toMatchObject({ total: 3, new: 1, gone: 0 });
    // It was listed before it was asked for: the next pull reads it.
    expect([readAll(workspace)[0], workspace.snapshots.readAgain.any]).toEqual([wiped, true]);
    expect(pullAll(workspace, [...users, userOf("3")], { now: 3000 }).detailsRead).toEqual(["1"]);
  });
});
