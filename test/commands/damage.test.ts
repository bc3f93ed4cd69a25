import Database from "better-sqlite3";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { openOrphans, orphanOf, planOrphans } from "../helpers/orphans.ts";
import { openService, usualChannel, type RanJson, type Service, type ServiceSetup } from "../helpers/service.ts";

const people: ServiceSetup = {
  members: [
    ...Array.from({ length: 12 }, (_one, at) => ({ id: 100 + at, ci: ci(`person ${at}`), name: "김민아" })),
    { id: 200, phone: "01022220002" },
    { id: 201, phone: "01022220002" },
  ],
  users: { ...Object.fromEntries(Array.from({ length: 12 }, (_one, at) => [String(5000 + at), { ci: ci(`person ${at}`), name: "김민아" }])), 6000: { phone: "010-2222-0002" } },
};
const planned = Object.fromEntries([...Array.from({ length: 12 }, (_one, at) => [String(100 + at), String(5000 + at)]), ["200", null], ["201", null]]);
const untouched = Object.fromEntries(Object.keys(planned).map((id) => [id, null]));
const confirmed = ["--yes", "--operator", "kim"];

/** Offsets all over a file of so many bytes, never in step with its pages. */
function offsets(bytes: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_one, at) => Math.floor(((at + 0.37) * bytes) / count));
}

/** A copy of workspace and database, and the way back to it. */
function keepCopy(service: Service): () => Promise<void> {
  cpSync(service.path(".kakao-sync"), service.path("copy"), { recursive: true });
  return async () => {
    rmSync(service.path(".kakao-sync"), { recursive: true });
    cpSync(service.path("copy"), service.path(".kakao-sync"), { recursive: true });
    await service.change("update members set kakao_id = null");
  };
}

function flip(path: string, at: number, bit = 1): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ bit;
  writeFileSync(path, bytes);
}

/** Every sealed value of a file. */
function sealedIn(path: string): readonly Buffer[] {
  const db = new Database(path, { readonly: true });
  try {
    const tables = db.prepare<[], string>("select name from sqlite_schema where type = 'table'").pluck().all();
    return tables.flatMap((table) => db.prepare<[], unknown[]>(`select * from "${table}"`).raw().all()).flat().filter((value) => Buffer.isBuffer(value) && value.length > 28) as Buffer[];
  } finally {
    db.close();
  }
}

/** What must hold of every ending but a good one: a code of its own, a next step, and no defect. */
function expectRefusal({ code, error, err }: RanJson, where: string): void {
  expect([2, 3, 4], `${where}: exit ${code} ${error.code} ${error.message}`).toContain(code);
  expect(error.code, where).toMatch(/^[a-z]+(-[a-z]+)+$/);
  expect(error.hint.length, where).toBeGreaterThan(20);
  expect(`${error.message} ${error.hint} ${err}`, where).not.toMatch(/\n\s+at |Error:|defect/);
}

describe("a flipped byte", () => {
  test("in the planned run's file: the plan is refused, or written exactly as planned", async () => {
    const service = await openService(people);
    const { id } = await service.json("map-members");
    const restore = keepCopy(service);
    const path = `.kakao-sync/runs/${id}/run.db`;
    const endings: Record<string, number> = {};
    for (const at of offsets(readFileSync(service.path(path)).length, 130)) {
      await restore();
      flip(service.path(path), at, 1 << (at % 8));
      const ran = await service.json("map-members", "--apply", "--plan", id, ...confirmed);
      const links = await service.links();
      if (ran.code === 0) expect(links, `byte ${at}`).toEqual(planned);
      else {
        expectRefusal(ran, `byte ${at}`);
        expect(links, `byte ${at}`).toEqual(untouched);
      }
      endings[ran.error.code] = (endings[ran.error.code] ?? 0) + 1;
      for (const argv of [["explain", "--kakao", "6000", "--run", id], ["explain", "--member", "200", "--run", id], ["runs", "show", id]]) {
        const told = await service.json(...argv);
        if (told.code !== 0) expectRefusal(told, `byte ${at}: ${argv[0] ?? ""}`);
      }
    }
    // Both endings were met, and the ways to find it out.
    expect([endings[""] ?? 0, endings["run-damaged"] ?? 0].every((count) => count > 3), JSON.stringify(endings)).toBe(true);
  }, 240_000);

  test("in a cell of the plan itself is always found", async () => {
    const service = await openService(people);
    const { id } = await service.json("map-members");
    const restore = keepCopy(service);
    const path = service.path(`.kakao-sync/runs/${id}/run.db`);
    const start = readFileSync(path).indexOf('[[0,"100"');
    for (let at = start; at < start + 200; at += 7) {
      await restore();
      flip(path, at);
      const ran = await service.json("map-members", "--apply", "--plan", id, ...confirmed);
      expect([ran.code, ["plan-damaged", "run-damaged"].includes(ran.error.code)], `byte ${at - start}: ${ran.error.code}`).toEqual([ran.error.code === "plan-damaged" ? 3 : 2, true]);
      expect(await service.links()).toEqual(untouched);
    }
  }, 120_000);

  test("in workspace.db: the plan is refused, or written exactly as planned; the list of runs never breaks down", async () => {
    const service = await openService(people);
    const { id } = await service.json("map-members");
    const restore = keepCopy(service);
    const endings: Record<string, number> = {};
    for (const at of offsets(readFileSync(service.path(".kakao-sync/workspace.db")).length, 120)) {
      await restore();
      flip(service.path(".kakao-sync/workspace.db"), at, 1 << (at % 7));
      const listed = await service.json("runs");
      if (listed.code !== 0) expectRefusal(listed, `byte ${at}: runs`);
      const ran = await service.json("map-members", "--apply", "--plan", id, ...confirmed);
      if (ran.code !== 0) expectRefusal(ran, `byte ${at}`);
      expect([planned, untouched], `byte ${at}`).toContainEqual(await service.links());
      endings[ran.error.code] = (endings[ran.error.code] ?? 0) + 1;
    }
    expect([endings[""] ?? 0, endings["workspace-damaged"] ?? 0].every((count) => count > 3), JSON.stringify(endings)).toBe(true);
  }, 240_000);

  test("in the snapshot: the next plan is refused, or is the same plan; a new pull helps", async () => {
    const service = await openService(people);
    await service.json("pull");
    const name = readdirSync(service.path(".kakao-sync")).find((file) => /^snapshot-\d+\.db$/.test(file)) ?? "";
    const first = await service.json("map-members");
    const plan = service.file(first.id, "plan.csv");
    const restore = keepCopy(service);
    let refused = 0;
    for (const at of offsets(readFileSync(service.path(join(".kakao-sync", name))).length, 60)) {
      await restore();
      flip(service.path(join(".kakao-sync", name)), at, 4);
      const ran = await service.json("map-members");
      if (ran.code === 0) {
        expect(service.file(ran.id, "plan.csv"), `byte ${at}`).toBe(plan);
        continue;
      }
      refused += 1;
      expectRefusal(ran, `byte ${at}`);
      expect(ran.error.hint).toContain("kakao-sync pull");
      expect((await service.json("pull")).code, `byte ${at}: pull`).toBe(0);
      expect((await service.json("map-members")).json["counts"]).toEqual(first.json["counts"]);
    }
    expect(refused).toBeGreaterThan(3);
  }, 240_000);

  test("in the record: the audit names the entry or says that the file is damaged", async () => {
    const service = await openService(people);
    await service.json("map-members");
    const restore = keepCopy(service);
    const path = service.path(".kakao-sync/record.db");
    const whole = await service.json("runs", "audit");
    let found = 0;
    for (const at of offsets(readFileSync(path).length, 80)) {
      await restore();
      flip(path, at, 2);
      const ran = await service.json("runs", "audit");
      if (ran.code === 0) expect(ran.json["head"], `byte ${at}`).toBe(whole.json["head"]);
      else if (ran.code === 1) expect(ran.json["brokenAt"], `byte ${at}`).toEqual(expect.any(Number));
      else expectRefusal(ran, `byte ${at}`);
      found += ran.code === 0 ? 0 : 1;
    }
    expect(found).toBeGreaterThan(3);
  }, 120_000);
});

describe("a file that is cut off, or of a newer version", () => {
  const files = (id: string): readonly (readonly [string, string])[] => [
    ["workspace.db", "workspace-damaged"], [`runs/${id}/run.db`, "run-damaged"], ["record.db", "record-damaged"],
  ];

  test.each([0, 0.01, 0.3, 0.6, 0.9])("at the part %d of it: each has its code and its way back, and nothing is written", async (part) => {
    const service = await openService(people);
    const { id } = await service.json("map-members");
    const restore = keepCopy(service);
    for (const [name, code] of files(id)) {
      await restore();
      const path = service.path(join(".kakao-sync", name));
      truncateSync(path, Math.floor(readFileSync(path).length * part));
      // A file of no length is a new one: nothing tells an emptied record from one that has yet to begin.
      if (part === 0 && name === "record.db") continue;
      const ran = await service.json("map-members", "--apply", "--plan", id, ...confirmed);
      expectRefusal(ran, `${name} at ${part}`);
      if (part > 0) expect(ran.error.code, name).toBe(code);
      expect(await service.links()).toEqual(untouched);
    }
  }, 60_000);

  test("a newer version is named, and left as it is", async () => {
    const service = await openService(people);
    const { id } = await service.json("map-members");
    const restore = keepCopy(service);
    const snapshot = readdirSync(service.path(".kakao-sync")).find((file) => /^snapshot-\d+\.db$/.test(file)) ?? "";
    for (const name of ["workspace.db", `runs/${id}/run.db`, "record.db", snapshot]) {
      await restore();
      const path = service.path(join(".kakao-sync", name));
      const db = new Database(path);
      db.pragma("user_version = 99");
      db.close();
      const ran = name === snapshot ? await service.json("map-members") : await service.json("map-members", "--apply", "--plan", id, ...confirmed);
      expect([ran.code, ran.error.code], name).toEqual([2, "workspace-newer"]);
      const again = new Database(path, { readonly: true });
      expect(again.pragma("user_version", { simple: true })).toBe(99);
      again.close();
    }
  });
});

describe("a workspace copied while it was in use", () => {
  test("without its log is an older one: what is newer in it is not taken for rubbish", async () => {
    const service = await openService(people);
    await service.json("pull");
    cpSync(service.path(".kakao-sync/workspace.db"), service.path("older.db"));
    const { id } = await service.apply();
    for (const end of ["", "-wal", "-shm"]) rmSync(service.path(`.kakao-sync/workspace.db${end}`), { force: true });
    cpSync(service.path("older.db"), service.path(".kakao-sync/workspace.db"));
    expect((await service.json("runs", "show", id)).error.code).toBe("run-unknown");
    // The snapshot that it names was replaced since.
    const ran = await service.json("map-members");
    expect([ran.error.code, ran.error.hint]).toEqual(["snapshot-damaged", expect.stringContaining("kakao-sync pull")]);
    expect((await service.json("pull")).code).toBe(0);
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ linked: 12 });
    // The journal of an applied run is all that could take its links back.
    expect(existsSync(service.path(`.kakao-sync/runs/${id}/run.db`))).toBe(true);
  });
});

describe("a disk that cannot be written", () => {
  test("read-only: said at once, nothing written", async ({ skip }) => {
    const service = await openService(people);
    const { id } = await service.json("map-members");
    try {
      execFileSync("mount", ["--bind", service.path(".kakao-sync"), service.path(".kakao-sync")], { stdio: "ignore" });
      onTestFinished(() => void execFileSync("umount", ["-l", service.path(".kakao-sync")]));
      execFileSync("mount", ["-o", "remount,bind,ro", service.path(".kakao-sync")], { stdio: "ignore" });
    } catch {
      return skip("a read-only disk can only be mounted by root on Linux");
    }
    for (const argv of [["map-members", "--apply", "--plan", id, ...confirmed], ["map-members"], ["pull"], ["runs"]]) {
      const ran = await service.json(...argv);
      expectRefusal(ran, argv.join(" "));
      expect([ran.code, ran.error.code], argv.join(" ")).toEqual([4, "not-writable"]);
    }
    expect(await service.links()).toEqual(untouched);
  });

  test("full: an apply stops, and goes on when there is room again", async ({ skip }) => {
    const service = await openService(people);
    const { id } = await service.json("map-members");
    const folder = service.path(".kakao-sync");
    cpSync(folder, service.path("copy"), { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "ignore" });
    } catch {
      return skip("a small disk can only be mounted by root on Linux");
    }
    onTestFinished(() => void execFileSync("umount", ["-l", folder]));
    cpSync(service.path("copy"), folder, { recursive: true });
    const filler = join(folder, "filler");
    for (let size = 1 << 20; size >= 512; size >>= 1) {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: "a" });
      } catch {
        // No room for that much: the next smaller piece.
      }
    }
    const ran = await service.json("map-members", "--apply", "--plan", id, ...confirmed);
    expectRefusal(ran, "full disk");
    expect([ran.code, ran.error.code]).toEqual([4, "disk-full"]);
    expect(await service.links()).toEqual(untouched);
    rmSync(filler);
    expect((await service.json("map-members", "--apply", "--plan", id, ...confirmed)).json["applied"]).toMatchObject({ done: 12 });
    expect(await service.links()).toEqual(planned);
  });
});

describe("what was done already", () => {
  test("undo of a run with a flipped byte: refused, or exactly what that run wrote is taken back", async () => {
    const service = await openService(people);
    const { id } = await service.apply();
    cpSync(service.path(".kakao-sync"), service.path("copy"), { recursive: true });
    const path = service.path(`.kakao-sync/runs/${id}/run.db`);
    const endings: Record<string, number> = {};
    for (const at of offsets(readFileSync(path).length, 90)) {
      rmSync(service.path(".kakao-sync"), { recursive: true });
      cpSync(service.path("copy"), service.path(".kakao-sync"), { recursive: true });
      for (const [member, link] of Object.entries(planned)) await service.change(`update members set kakao_id = ${link ?? "null"} where id = ${member}`);
      flip(path, at, 1 << (at % 8));
      const ran = await service.json("undo", id, "--apply", ...confirmed);
      if (ran.code !== 0) expectRefusal(ran, `byte ${at}`);
      expect(await service.links(), `byte ${at}`).toEqual(ran.code === 0 ? untouched : planned);
      endings[ran.error.code] = (endings[ran.error.code] ?? 0) + 1;
    }
    expect([endings[""] ?? 0, endings["run-damaged"] ?? 0].every((count) => count > 3), JSON.stringify(endings)).toBe(true);
  }, 240_000);

  test("an unlinking plan with a flipped byte: refused, or exactly the planned users are unlinked", async () => {
    const service = await openOrphans({ orphans: 4, linked: 3 });
    const id = await planOrphans(service);
    cpSync(service.path(".kakao-sync"), service.path("copy"), { recursive: true });
    const path = service.path(`.kakao-sync/runs/${id}/run.db`);
    const everybody = ["1001", "1002", "1003", "5001", "5002", "5003", "5004"];
    const left = (): readonly string[] => [...service.simulator.users.idsFrom(1n, false)];
    let refused = 0;
    const bytes = readFileSync(path);
    const inPlan = Array.from({ length: 12 }, (_one, at) => bytes.indexOf('"5001"') + 5 * at);
    for (const at of [...offsets(bytes.length, 40), ...inPlan]) {
      rmSync(service.path(".kakao-sync"), { recursive: true });
      cpSync(service.path("copy"), service.path(".kakao-sync"), { recursive: true });
      for (let orphan = 0; orphan < 4; orphan += 1) if (!left().includes(String(5001 + orphan))) service.simulator.users.load([orphanOf(orphan)]);
      flip(path, at, 1 << (at % 8));
      const ran = await service.json("unlink-orphans", "--apply", "--plan", id, ...confirmed);
      if (ran.code !== 0) expectRefusal(ran, `byte ${at}`);
      expect(left(), `byte ${at}`).toEqual(ran.code === 0 ? everybody.slice(0, 3) : everybody);
      refused += ran.code === 0 ? 0 : 1;
    }
    expect(refused).toBeGreaterThan(3);
  }, 240_000);

  test("an unfinished pull with a flipped byte goes on to the same snapshot, or says to begin anew", async () => {
    const crowd = Object.fromEntries(Array.from({ length: 45 }, (_one, at) => [String(2000 + at), { name: `김민아` }]));
    const service = await openService({ users: crowd, config: { limits: { requestsPerSecond: 100 } } });
    service.simulator.faults.add({ fault: -5, path: "/v2/app/users", nth: 3 });
    expect((await service.json("pull")).code).toBe(4);
    const restore = keepCopy(service);
    const path = service.path(".kakao-sync/pull.db");
    for (const at of offsets(readFileSync(path).length, 60)) {
      await restore();
      flip(path, at, 1 << (at % 8));
      const ran = await service.json("pull");
      if (ran.code === 0) expect(ran.json, `byte ${at}`).toMatchObject({ kakaoUsers: 45 });
      else expectRefusal(ran, `byte ${at}`);
    }
  }, 240_000);

  test("lists of identifiers with a flipped byte: refused, or whom to remove is told as it would have been", async () => {
    const people = Array.from({ length: 6 }, (_one, at) => ({ id: 1 + at, link: String(1001 + at), agreed: "1", agreedAt: "2026-11-01 10:00:00", birthdate: "1990-05-05", region: "서울", createdAt: "2025-11-02 00:00:00", vipLevel: "2" }));
    const service = await openService({ members: people, config: { channel: usualChannel } });
    const exporting = ["export-channel-targets", "--purpose", "spring sale", "--operator", "kim"];
    expect((await service.json(...exporting)).json).toMatchObject({ exported: 6 });
    await service.change("update members set marketing_agreed = '0' where id = 3");
    cpSync(service.path(".kakao-sync"), service.path("copy"), { recursive: true });
    const path = service.path(".kakao-sync/targets.db");
    let refused = 0;
    const bytes = readFileSync(path);
    const inSealed = sealedIn(path).flatMap((sealed) => [3, 20, sealed.length - 2].map((at) => bytes.indexOf(sealed) + at));
    for (const at of [...offsets(bytes.length, 60), ...inSealed]) {
      rmSync(service.path(".kakao-sync"), { recursive: true });
      cpSync(service.path("copy"), service.path(".kakao-sync"), { recursive: true });
      flip(path, at, 1 << (at % 8));
      const ran = await service.json(...exporting);
      if (ran.code === 0) expect([ran.json["exported"], service.csv(ran.id, "removed.csv").map((row) => Object.values(row)[0]?.trim())], `byte ${at}`).toEqual([5, ["1003"]]);
      else expectRefusal(ran, `byte ${at}`);
      refused += ran.code === 0 ? 0 : 1;
    }
    expect(refused).toBeGreaterThan(3);
  }, 240_000);
});

describe("what only says who works here", () => {
  test.each([
    ["lock.db", (path: string) => writeFileSync(path, "garbage ".repeat(1000))],
    ["lock.json", (path: string) => mkdirSync(path)],
  ])("%s, damaged, keeps nobody from working", async (name, damage) => {
    const service = await openService(people);
    await service.run("pull");
    rmSync(service.path(join(".kakao-sync", name)), { force: true });
    damage(service.path(join(".kakao-sync", name)));
    expect((await service.json("map-members", "--apply", ...confirmed)).code).toBe(0);
    expect((await service.json("runs")).code).toBe(0);
  });
});

test("an unfinished pull that is damaged is destroyed by purge all the same", async () => {
  const crowd = Object.fromEntries(Array.from({ length: 45 }, (_one, at) => [String(2000 + at), { name: "김민아" }]));
  const service = await openService({ users: crowd });
  service.simulator.faults.add({ fault: -5, path: "/v2/app/users", nth: 3 });
  expect((await service.json("pull")).code).toBe(4);
  writeFileSync(service.path(".kakao-sync/pull.db"), "garbage ".repeat(1000));
  expect([(await service.json("purge", "--snapshots", "--apply", ...confirmed)).code, existsSync(service.path(".kakao-sync/pull.db"))]).toEqual([0, false]);
});
