import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { ServiceDatabase } from "../../src/database/service-database.ts";
import { explainSqliteError } from "../../src/database/sqlite-errors.ts";
import { membersMap, membersSql, openGuards, readAll, restoresOf } from "../contracts/service-database.ts";
import { createSqliteFile } from "../contracts/sqlite-file.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function open(url: string): Promise<ServiceDatabase> {
  const database = await openServiceDatabase({ url, timeZone: "Asia/Seoul", session: {}, map: membersMap, now: () => new Date() });
  cleanups.push(() => database.close());
  return database;
}

function createMembers(): ReturnType<typeof createSqliteFile> {
  const service = createSqliteFile(membersSql);
  cleanups.push(() => service.remove());
  return service;
}

const change = { place: 0, memberId: "1", from: null, to: "11" };

describe("opening", () => {
  it("tells a missing file, a folder, another kind of file and another engine apart", async () => {
    const { path } = createMembers();
    writeFileSync(`${path}.txt`, "no database, but long enough to be looked at as one".repeat(20));
    mkdirSync(`${path}.d`);
    for (const [url, code] of [
      ["sqlite:./nowhere/members.db", "database-missing"],
      [`sqlite:${path}.d`, "database-not-a-file"],
      [`sqlite:${path}.txt`, "database-not-sqlite"],
      ["oracle://user:secret@host/db", "database-engine"],
    ] as const) {
      await expect(open(url)).rejects.toThrow(expect.objectContaining({ exitCode: 2, code, message: expect.not.stringContaining("secret") }));
    }
  });

  it("changes nothing: no write is possible before the first writeLinks", async () => {
    const { url, path, run } = createMembers();
    const before = run("PRAGMA data_version");
    const database = await open(url);
    await database.inspect();
    await readAll(database);
    expect(run("PRAGMA data_version")).toEqual(before);
    expect(database.identity.endsWith(path)).toBe(true);
  });

  it("recovers what a killed writer left behind", async () => {
    const { path, run } = createMembers();
    run("PRAGMA journal_mode = DELETE");
    const script = `
      const db = new (require("better-sqlite3"))(process.argv[1]);
      db.pragma("cache_size = 1"); db.pragma("cache_spill = 1");
      db.exec("BEGIN; UPDATE members SET kakao_id = id + 5000 WHERE kakao_id IS NULL; CREATE TABLE filler (x); INSERT INTO filler SELECT randomblob(4000) FROM generate_series(1, 200)".replace("generate_series(1, 200)", "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i FROM n)"));
      process.kill(process.pid, "SIGKILL");`;
    expect(spawnSync(process.execPath, ["-e", script, path], { cwd: process.cwd() }).signal).toBe("SIGKILL");
    expect((await readAll(await open(`sqlite:${path}`))).map((row) => row.link)).toEqual([null, "9223372036854775807", "7000000000000000003", null, null]);
  });
});

describe("a database in use", () => {
  it("another program's long write: nothing is written, and the hint says how to resume", async () => {
    const { url, run } = createMembers();
    const database = await open(url);
    run("BEGIN IMMEDIATE");
    await expect(database.writeLinks([change], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-locked", hint: expect.stringContaining("--apply --plan RUN") });
    run("COMMIT");
    expect(await database.writeLinks([change], openGuards)).toMatchObject([{ outcome: "written" }]);
  });

  it.each(["DELETE", "WAL"])("%s: pages go on while the service writes between them, and links are written to it", async (mode) => {
    const { url, run } = createMembers();
    run("INSERT INTO members (id) WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) SELECT i FROM n");
    run(`PRAGMA journal_mode = ${mode}`);
    const database = await open(url);
    const ids = new Set<string>();
    for await (const page of database.readMembers()) {
      expect(page.filter((row) => ids.has(row.id))).toEqual([]);
      for (const row of page) ids.add(row.id);
      run(`UPDATE members SET phone = 'moved' WHERE id = 8999`);
      expect(await database.writeLinks([{ ...change, memberId: page.at(-1)?.id ?? "", to: String(20000 + ids.size) }], openGuards)).toMatchObject([{ outcome: "written" }]);
    }
    expect(ids.size).toBe(8006);
    expect(run("PRAGMA journal_mode")).toEqual([[mode.toLowerCase()]]);
  });
});

describe("writing that fails", () => {
  it("a trigger that undoes the change is noticed when it is read back", async () => {
    const { url, run } = createMembers();
    run("CREATE TRIGGER undo AFTER UPDATE OF kakao_id ON members BEGIN UPDATE members SET kakao_id = NULL WHERE id = new.id; END");
    await expect((await open(url)).writeLinks([change], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
  });

  it("a trigger that bends the link rolls the batch back before any intent; so with a restore", async () => {
    const { url, run } = createMembers();
    const bend = "CREATE TRIGGER bend AFTER UPDATE OF kakao_id ON members WHEN new.kakao_id IS NOT 99 BEGIN UPDATE members SET kakao_id = 99 WHERE id = new.id; END";
    const database = await open(url);
    run(bend);
    let intents = 0;
    await expect(database.writeLinks([change], { ...openGuards, intend: () => void (intents += 1) })).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
    expect(intents).toBe(0);
    expect(run("SELECT kakao_id FROM members WHERE id = 1")).toEqual([[null]]);

    run("DROP TRIGGER bend");
    const outcomes = await database.writeLinks([change], openGuards);
    run(bend);
    await expect(database.restoreLinks(restoresOf([change], outcomes))).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
    expect(run("SELECT kakao_id FROM members WHERE id = 1")).toEqual([[11n]]);
  });

  it("a trigger's own words are not repeated: they may name a member", async () => {
    const { url, run } = createMembers();
    run("CREATE TRIGGER refuse BEFORE UPDATE ON members BEGIN SELECT RAISE(ABORT, '010-2345-6789 is locked'); END");
    await expect((await open(url)).writeLinks([change], openGuards)).rejects.toMatchObject({ exitCode: 4, message: expect.not.stringContaining("010") });
  });

  it("a constraint rolls the whole batch back", async () => {
    const { url, run } = createMembers();
    run("CREATE TRIGGER refuse BEFORE UPDATE ON members WHEN old.id = 4 BEGIN SELECT RAISE(ABORT, 'no'); END");
    await expect((await open(url)).writeLinks([change, { ...change, memberId: "4", to: "14" }], openGuards)).rejects.toMatchObject({ exitCode: 4 });
    expect(run("SELECT kakao_id FROM members WHERE id = 1")).toEqual([[null]]);
  });

  it.skipIf(process.getuid?.() === 0)("a read-only file is refused", async () => {
    const { url, path } = createMembers();
    chmodSync(path, 0o400);
    const database = await open(url);
    expect(await database.inspect()).toMatchObject({ readOnly: true });
    await expect(database.writeLinks([change], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-read-only" });
  });

  it("each failure of the file system has its exit code", () => {
    const explain = (code: string): unknown => explainSqliteError("members.db", "write", new Database.SqliteError("text", code));
    expect(explain("SQLITE_FULL")).toMatchObject({ exitCode: 4, code: "database-full" });
    expect(explain("SQLITE_READONLY_DBMOVED")).toMatchObject({ exitCode: 3, code: "database-read-only" });
    expect(explain("SQLITE_IOERR_FSYNC")).toMatchObject({ exitCode: 4, code: "database-failed" });
    const defect = new TypeError("ours");
    expect(explainSqliteError("members.db", "write", defect)).toBe(defect);
  });

  it("a full disk rolls back and can be resumed", async (context) => {
    const small = mountSmallDisk();
    if (small === undefined) return context.skip("needs the right to mount");
    const { path } = createMembers();
    const full = join(small, "members.db");
    const source = new Database(path);
    source.exec("WITH RECURSIVE n(i) AS (SELECT 10000 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) INSERT INTO members (id, name) SELECT i, printf('%050d', i) FROM n");
    source.exec(`VACUUM INTO '${full}'`);
    source.close();
    writeFileSync(join(small, "filler"), Buffer.alloc(100_000));
    const database = await open(`sqlite:${full}`);
    const changes = Array.from({ length: 10_000 }, (_, at) => ({ ...change, memberId: String(10_000 + at), to: String(900_000 + at) }));
    await expect(database.writeLinks(changes, openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-full" });
    expect((await readAll(database)).filter((row) => row.link !== null).length).toBe(2);
  });
});

/** A file system of 1.2 MB, where this user may mount one. */
function mountSmallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-small-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1200k", "tmpfs", folder]);
  if (status !== 0) return undefined;
  cleanups.push(() => void spawnSync("umount", ["-l", folder]));
  return folder;
}
