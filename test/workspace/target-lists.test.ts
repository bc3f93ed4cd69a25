import Database from "better-sqlite3";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { TargetLists } from "../../src/workspace/target-lists.ts";
import { makeFolder, openTestWorkspace } from "./open-test-workspace.ts";
import { killChild, startChild } from "./run-child.ts";

const facts = { fileId: 4821, schema: { 지역: "string" } };
const damaged = expect.objectContaining({ code: "target-lists-damaged", exitCode: 2, hint: expect.stringContaining("--file NAME") as string }) as Error;

/** Identifiers as they come: in no order, near the limits of 32 and 64 bits too. */
const idOf = (at: number): bigint => (BigInt(at * 7919) % 100_003n) * 4_294_967_291n + 3n;

function fill(lists: TargetLists, name: string, count: number, from = 0): void {
  const writer = lists.write(name);
  for (let at = from; at < from + count; at += 1) writer.add(idOf(at), BigInt(at) + 1n);
  writer.finish(facts);
}

function pairsOf(lists: TargetLists, name: string): Map<bigint, bigint> {
  const list = lists.read(name);
  if (list === null) throw new Error("there is no such list");
  const pairs = new Map([...list.ids].map((id, at) => [id, list.digests[at] ?? -1n]));
  expect(pairs.size).toBe(list.ids.length);
  expect([...list.ids]).toEqual([...list.ids].sort((left, right) => (left < right ? -1 : 1)));
  return pairs;
}

describe("a list of identifiers", () => {
  it.each([0, 1, 4095, 4096, 4097, 20_000])("of %i comes back in ascending order, each with its digest, also from a workspace opened anew", (count) => {
    const folder = makeFolder();
    const first = openTestWorkspace(folder);
    fill(first.targetLists, "file|_Abcd|vip", count);
    first.close();
    const { targetLists } = openTestWorkspace(folder);
    expect(pairsOf(targetLists, "file|_Abcd|vip")).toEqual(new Map(Array.from({ length: count }, (_, at) => [idOf(at), BigInt(at) + 1n])));
    expect(targetLists.read("file|_Abcd|vip")?.facts).toEqual(facts);
    expect(targetLists.facts("file|_Abcd|vip")).toEqual(facts);
  });

  it("holds identifiers of 64 bits, and digests", () => {
    const { targetLists } = openTestWorkspace(makeFolder());
    const writer = targetLists.write("x");
    const ids = [18_446_744_073_709_551_615n, 0n, 9_223_372_036_854_775_808n, 4_294_967_296n, 4_294_967_295n];
    for (const id of ids) writer.add(id, 18_446_744_073_709_551_615n - id);
    writer.finish({});
    expect([...(targetLists.read("x")?.ids ?? [])]).toEqual([0n, 4_294_967_295n, 4_294_967_296n, 9_223_372_036_854_775_808n, 18_446_744_073_709_551_615n]);
    expect([...(targetLists.read("x")?.digests ?? [])].map((digest) => 18_446_744_073_709_551_615n - digest)).toEqual([...(targetLists.read("x")?.ids ?? [])]);
  });

  it("is nowhere before the first is written, and nothing is made by looking", () => {
    const workspace = openTestWorkspace(makeFolder());
    expect([workspace.targetLists.read("x"), workspace.targetLists.facts("x"), workspace.targetLists.names()]).toEqual([null, null, []]);
    workspace.targetLists.remove("x");
    expect(existsSync(join(workspace.folder, "targets.db"))).toBe(false);
  });

  it("replaces the former one as a whole when it is finished, not before, and not when it is discarded", () => {
    const { targetLists } = openTestWorkspace(makeFolder());
    fill(targetLists, "x", 5000);
    const [given, discarded] = [targetLists.write("x"), targetLists.write("x")];
    given.add(1n, 1n);
    discarded.add(2n, 2n);
    expect(pairsOf(targetLists, "x").size).toBe(5000);
    discarded.discard();
    expect(pairsOf(targetLists, "x").size).toBe(5000);
    given.finish({ new: true });
    expect(pairsOf(targetLists, "x")).toEqual(new Map([[1n, 1n]]));
    expect(targetLists.read("x")?.facts).toEqual({ new: true });
  });

  it("stands beside others by name, and is removed alone", () => {
    const { targetLists } = openTestWorkspace(makeFolder());
    fill(targetLists, "export|_Abcd|app|members", 10);
    fill(targetLists, "export|_Abcd|app|vip", 5000);
    expect(targetLists.names()).toEqual(["export|_Abcd|app|members", "export|_Abcd|app|vip"]);
    targetLists.remove("export|_Abcd|app|members");
    expect([targetLists.names(), targetLists.read("export|_Abcd|app|members")]).toEqual([["export|_Abcd|app|vip"], null]);
    expect(pairsOf(targetLists, "export|_Abcd|app|vip").size).toBe(5000);
  });

  it("is not there when its writer was killed, and what it left goes with the next one", async () => {
    const folder = makeFolder();
    const workspace = openTestWorkspace(folder);
    fill(workspace.targetLists, "x", 3);
    const child = await startChild(workspace.folder, 'const w = workspace.targetLists.write("x"); for (let at = 0n; at < 9000n; at += 1n) w.add(at, 1n);');
    await killChild(child);
    expect(pairsOf(workspace.targetLists, "x").size).toBe(3);
    expect(countBlocks(workspace.folder)).toBe(3);
    workspace.targetLists.write("y").finish({});
    expect(countBlocks(workspace.folder)).toBe(1);
  });
});

function countBlocks(folder: string): number {
  const db = new Database(join(folder, "targets.db"), { readonly: true });
  const count = db.prepare("select count(*) from blocks").pluck().get();
  db.close();
  return Number(count);
}

describe("a list that follows what is done at Kakao", () => {
  it("knows whom the file may hold before a request, and what became of it", () => {
    const folder = makeFolder();
    const first = openTestWorkspace(folder);
    fill(first.targetLists, "x", 3);
    const changes = first.targetLists.change("x");
    changes.mayHold([idOf(0), 1000n, 1001n]);
    changes.holds([idOf(0), 1000n], [71n, 72n]);
    changes.removed([idOf(1), 4711n]);
    first.close();
    const { targetLists } = openTestWorkspace(folder);
    expect(pairsOf(targetLists, "x")).toEqual(new Map([[idOf(0), 71n], [idOf(2), 3n], [1000n, 72n], [1001n, 0n]]));
    targetLists.change("x").mayHold([idOf(1)]);
    expect(pairsOf(targetLists, "x").get(idOf(1))).toBe(0n);
  });

  it("comes to the same as a plain map does, over many changes, however often it was settled in between", () => {
    const { targetLists } = openTestWorkspace(makeFolder());
    fill(targetLists, "x", 6000);
    const expected = new Map(Array.from({ length: 6000 }, (_, at) => [idOf(at), BigInt(at) + 1n]));
    const changes = targetLists.change("x");
    for (let step = 0; step < 150; step += 1) {
      const ids = Array.from({ length: 100 }, (_, at) => idOf((step * 53 + at * 11) % 9000));
      if (step % 3 === 0) changes.removed(ids);
      else if (step % 3 === 1) changes.mayHold(ids);
      else changes.holds(ids, ids.map((id) => (id % 1000n) + BigInt(step)));
      for (const id of ids) {
        if (step % 3 === 0) expected.delete(id);
        else expected.set(id, step % 3 === 1 ? 0n : (id % 1000n) + BigInt(step));
      }
    }
    const sorted = new Map([...expected].sort(([left], [right]) => (left < right ? -1 : 1)));
    expect([...pairsOf(targetLists, "x")]).toEqual([...sorted]);
    changes.settle({ fileId: 1 });
    expect([...pairsOf(targetLists, "x")]).toEqual([...sorted]);
    expect(targetLists.facts("x")).toEqual({ fileId: 1 });
  });

  it("survives a killed process with everything that was said", async () => {
    const folder = makeFolder();
    const workspace = openTestWorkspace(folder);
    fill(workspace.targetLists, "x", 2);
    const child = await startChild(workspace.folder, 'const c = workspace.targetLists.change("x"); c.mayHold([5n, 6n]); c.holds([5n], [9n]); c.removed([3n]);');
    await killChild(child);
    expect(pairsOf(workspace.targetLists, "x")).toEqual(new Map([[idOf(1), 2n], [5n, 9n], [6n, 0n]]));
  });

  it("is one that is there", () => {
    const { targetLists } = openTestWorkspace(makeFolder());
    expect(() => targetLists.change("x")).toThrow("only a list that is there can be changed");
  });
});

describe("what lies on the disk", () => {
  it("never shows an identifier in clear, in no form, and only its owner can read it", () => {
    const workspace = openTestWorkspace(makeFolder());
    const id = 821_055_550_147n;
    const writer = workspace.targetLists.write("x");
    writer.add(id, 7n);
    writer.finish({ note: "판교" });
    workspace.targetLists.change("x").mayHold([id + 1n]);
    const bytes = ["targets.db", "targets.db-wal"].map((file) => readFileSync(join(workspace.folder, file)).toString("latin1")).join("\n");
    for (const one of [id, id + 1n]) {
      const little = Buffer.alloc(8);
      little.writeBigUInt64LE(one);
      for (const form of [String(one), little.toString("latin1"), Buffer.from(little).reverse().toString("latin1")]) expect(bytes.includes(form)).toBe(false);
    }
    expect(bytes).not.toContain(Buffer.from("판교").toString("latin1"));
    expect(statSync(join(workspace.folder, "targets.db")).mode & 0o077).toBe(0);
  });

  it("no longer holds the sealed bytes of a removed identifier once the list is settled, nor of a removed or replaced list", () => {
    const workspace = openTestWorkspace(makeFolder());
    const { targetLists } = workspace;
    fill(targetLists, "x", 9000);
    const changes = targetLists.change("x");
    changes.mayHold([1n]);
    changes.removed([idOf(7)]);
    const before = sealedBodies(workspace.folder);
    expect(before.length).toBe(5);
    expect(allBytesHold(workspace.folder, before)).toEqual(before.map(() => true));
    changes.settle();
    expect(allBytesHold(workspace.folder, before)).toEqual(before.map(() => false));
    const settled = sealedBodies(workspace.folder);
    targetLists.remove("x");
    expect(allBytesHold(workspace.folder, settled)).toEqual(settled.map(() => false));
  });

  /** A piece of each sealed body, short enough to lie on one page. */
  function sealedBodies(folder: string): Buffer[] {
    const db = new Database(join(folder, "targets.db"), { readonly: true });
    const bodies = db.prepare<[], Buffer>("select body from blocks union all select body from changes").pluck().all();
    db.close();
    return bodies.map((body) => body.subarray(0, 24));
  }

  function allBytesHold(folder: string, pieces: readonly Buffer[]): boolean[] {
    const bytes = Buffer.concat(["targets.db", "targets.db-wal"].map((file) => readFileSync(join(folder, file))));
    return pieces.map((piece) => bytes.includes(piece));
  }
});

describe("a damaged file", () => {
  function damage(change: string): TargetLists {
    const folder = makeFolder();
    const first = openTestWorkspace(folder);
    fill(first.targetLists, "x", 9000);
    fill(first.targetLists, "y", 9000, 9000);
    first.targetLists.change("x").mayHold([1n]);
    first.targetLists.change("x").removed([1n]);
    first.close();
    const db = new Database(join(folder, ".kakao-sync", "targets.db"));
    db.exec(change);
    db.close();
    return openTestWorkspace(folder).targetLists;
  }

  it.each([
    ["a block that is left out", "delete from blocks where list = 1 and seq = 1"],
    ["the last block left out", "delete from blocks where list = 1 and seq = 2"],
    ["blocks that changed places", "update blocks set seq = case seq when 0 then 10 else seq - 1 end where list = 1 and seq < 2; update blocks set seq = 1 where list = 1 and seq = 10"],
    ["a block of another list", "update blocks set body = (select body from blocks where list = 2 and seq = 0) where list = 1 and seq = 0"],
    ["a changed byte", "update blocks set body = cast(substr(body, 1, 99) || case substr(body, 100, 1) when x'00' then x'01' else x'00' end || substr(body, 101) as blob) where list = 1 and seq = 0"],
    ["a header of another list", "update lists set header = (select header from lists where name = 'y') where name = 'x'"],
    ["lists that changed names", "update lists set name = 'z' where name = 'x'; update lists set name = 'x' where name = 'y'"],
    ["a change that is left out", "delete from changes where list = 1 and seq = 0"],
    ["a change that is said twice", "insert into changes select list, seq + 5, body from changes where list = 1 and seq = 0"],
  ])("with %s is told, and the way back", (_, change) => {
    const lists = damage(change);
    expect(() => lists.read("x")).toThrow(damaged);
  });

  it("that is no database, or cut off, is told", () => {
    for (const spoil of [(file: string): void => writeFileSync(file, "no database at all, but long enough to be looked at"), (file: string): void => truncateSync(file, 20_000)]) {
      const folder = makeFolder();
      const first = openTestWorkspace(folder);
      fill(first.targetLists, "x", 9000);
      first.close();
      spoil(join(folder, ".kakao-sync", "targets.db"));
      const { targetLists } = openTestWorkspace(folder);
      expect(() => targetLists.read("x")).toThrow(damaged);
    }
  });

  it("leaves the former list whole where the disk is full", ({ skip }) => {
    const folder = makeFolder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "ignore" });
    } catch {
      return skip("a small disk can only be mounted by root on Linux");
    }
    onTestFinished(() => void execFileSync("umount", ["-l", folder]));
    const { targetLists } = openTestWorkspace(folder);
    fill(targetLists, "x", 3);
    expect(() => fill(targetLists, "x", 200_000)).toThrow(expect.objectContaining({ code: "disk-full", exitCode: 4 }) as Error);
    expect(pairsOf(targetLists, "x").size).toBe(3);
  });
});

it("gives a digest of fields that is the same for the same, another for others, and never 0", () => {
  const folder = makeFolder();
  const { targetLists } = openTestWorkspace(folder);
  const digest = targetLists.digest(["서울", 3, null]);
  expect(targetLists.digest(["서울", 3, null])).toBe(digest);
  expect(openTestWorkspace(folder).targetLists.digest(["서울", 3, null])).toBe(digest);
  const others = [["서울", "3", null], ["서울", 3], [], ["서울", 3, ""], ["서울,3", null]].map((fields) => targetLists.digest(fields));
  expect(new Set([digest, ...others, 0n]).size).toBe(7);
  const otherKey = openTestWorkspace(makeFolder(), { key: { environment: { KAKAO_SYNC_KEY: Buffer.alloc(32, 8).toString("base64") } } });
  expect(otherKey.targetLists.digest(["서울", 3, null])).not.toBe(digest);
});
