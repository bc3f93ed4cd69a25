import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { openService, type RanJson, type Service } from "../helpers/service.ts";
import { street } from "../helpers/street.ts";

/** What every failure keeps: one object with code, message and hint, and the admin key nowhere. */
function expectFailure(service: Service, failed: RanJson, exit: number, code: string): void {
  expect({ exit: failed.code, code: failed.error.code, message: failed.error.message }).toMatchObject({ exit, code });
  expect(failed.error.message.length).toBeGreaterThan(10);
  expect(failed.error.hint.length).toBeGreaterThan(10);
  expect(failed.out + failed.err).not.toContain(service.simulator.adminKey);
  expect(failed.json["command"]).not.toBe("");
}

describe("usage", () => {
  test.each([
    [["map-members", "--aply"], "--aply"],
    [["map-member"], "map-member"],
    [["undo"], "run"],
    [["map-members", "--plan", "x"], "--apply"],
    [["map-members", "--apply", "--check"], "--check"],
    [["map-members", "--apply", "--plan", "x", "--from", "users.csv"], "--from"],
    [["map-members", "--max-age", "soon"], "duration"],
    [["map-members", "--allow-links", "many"], "number"],
    [["pull", "extra"], "argument"],
    [["runs", "shwo", "x"], "runs --help"],
  ])("%j: exit 2, in text and in JSON", async (words, says) => {
    const service = await openService(street);
    const failed = await service.json(...words);
    expectFailure(service, failed, 2, "usage");
    expect(`${failed.error.message} ${failed.error.hint}`).toContain(says);
    const text = await service.run(...words);
    expect(text.code).toBe(2);
    expect(text.out).toBe("");
    expect(text.err).toMatch(/^Error: [^]+--help/);
  });

  test("--help and --version are results, not failures", async () => {
    const service = await openService(street);
    for (const words of [["--help"], ["map-members", "--help"], ["--version"], []]) {
      const { code, out, err } = await service.run(...words);
      expect(code).toBe(0);
      expect(out).not.toBe("");
      expect(err).toBe("");
    }
  });
});

describe("configuration", () => {
  test("none", async () => {
    const service = await openService(street);
    rmSync(service.path("kakao-sync.config.yaml"));
    const failed = await service.json("map-members");
    expect(failed.code).toBe(2);
    expect(failed.error.message).toContain("kakao-sync.config.yaml");
    expect(failed.error.hint).not.toBe("");
    const named = await service.json("map-members", "--config", "nowhere.yaml");
    expect(named.code).toBe(2);
    expect(named.error.message).toContain("nowhere.yaml");
  });

  test("unknown keys and wrong values, all at once, each with its line", async () => {
    const service = await openService(street);
    service.configure({ members: { phnoe: "phone" }, limits: { requestsPerSecond: 0 }, maching: {} });
    const failed = await service.json("map-members");
    expectFailure(service, failed, 2, "config-invalid");
    for (const part of ["3 problems", "members.phnoe", "phone", "limits.requestsPerSecond", "maching", "matching"]) expect(failed.error.message).toContain(part);
    expect(failed.error.message.match(/kakao-sync\.config\.yaml:\d+/g)).toHaveLength(3);
  });

  test("no YAML", async () => {
    const service = await openService(street);
    service.write("kakao-sync.config.yaml", "members: [unclosed\n  a: : b");
    expectFailure(service, await service.json("map-members"), 2, "config-invalid");
  });

  test("an admin key that is not set: a plan from a snapshot needs none, a pull does", async () => {
    const service = await openService(street);
    await service.json("pull");
    const without = { env: { KAKAO_ADMIN_KEY: undefined } };
    expect((await service.runWith(without, "map-members")).code).toBe(0);
    const failed = await service.runWith(without, "pull");
    expect(failed.code).toBe(2);
    expect(failed.err).toContain("KAKAO_ADMIN_KEY");
  });

  test("plain http to any other host than this machine is refused", async () => {
    const service = await openService(street);
    service.configure({ kakao: { baseUrl: "http://kapi.example.com" } });
    expectFailure(service, await service.json("pull"), 2, "config-invalid");
  });
});

describe("the database", () => {
  test("wrong table and column names, with the nearest that exist", async () => {
    const service = await openService(street);
    service.configure({ members: { table: "member" } });
    const table = await service.json("map-members");
    expect(table.code).toBe(2);
    expect(table.error.message).toContain("member");
    expect(`${table.error.message} ${table.error.hint}`).toContain("members");
    service.configure({ members: { phone: "phon", email: "e_mail" } });
    const columns = await service.json("map-members");
    expect(columns.code).toBe(2);
    for (const part of ["phon", "phone", "e_mail", "email"]) expect(`${columns.error.message} ${columns.error.hint}`).toContain(part);
  });

  test("SQL of the configuration that the database cannot compute", async () => {
    const service = await openService(street);
    service.configure({ members: { where: "stauts = 'active'" } });
    const failed = await service.json("map-members");
    expectFailure(service, failed, 2, "database-condition");
    expect(failed.error.message).toContain("members.where");
  });

  test("a row that is live and withdrawn", async () => {
    const service = await openService(street);
    service.configure({ members: { withdrawn: "id = 9 or id = 1" } });
    const failed = await service.json("map-members");
    expectFailure(service, failed, 2, "live-and-withdrawn");
    expect(failed.error.message).toContain("1 row");
  });

  test("missing, no file, no database", async () => {
    const service = await openService(street);
    service.configure({ database: { url: "sqlite:./nowhere.db" } });
    expectFailure(service, await service.json("map-members"), 2, "database-missing");
    mkdirSync(service.path("folder"));
    service.configure({ database: { url: "sqlite:./folder" } });
    expectFailure(service, await service.json("map-members"), 2, "database-not-a-file");
    service.write("text.db", "this is no database, only a long enough line of text to look at\n".repeat(50));
    service.configure({ database: { url: "sqlite:./text.db" } });
    expectFailure(service, await service.json("map-members"), 2, "database-not-sqlite");
  });

  test("locked by another program: after five seconds, and with a way on", { timeout: 30_000 }, async () => {
    const service = await openService(street);
    await service.json("pull");
    service.db.exec("begin exclusive");
    expectFailure(service, await service.json("map-members"), 4, "database-locked");
    service.db.exec("rollback");
    expect((await service.json("map-members")).code).toBe(0);
  });

  test("an id that is not unique", async () => {
    const service = await openService();
    service.db.exec("drop table members; create table members (id integer, ci text, phone text, email text, name text, birthdate text, verified_at text, last_login_at text, status text, kakao_id integer unique); insert into members (id, status) values (1, 'active'), (1, 'active'), (2, 'active'), (null, 'active')");
    const failed = await service.json("map-members");
    expectFailure(service, failed, 2, "member-ids");
    expect(failed.error.message).toContain("members.id");
  });

  test("no unique index on the link: the plan warns with the SQL, --apply refuses, and that SQL mends it", async () => {
    const service = await openService({ ...street, schema: [] });
    service.db.exec("update members set kakao_id = '' where id in (1, 2)");
    const planned = await service.run("map-members");
    expect(planned.code).toBe(0);
    expect(planned.err).toContain("unique index of the links is missing");
    expect(planned.err).toContain("CREATE UNIQUE INDEX");
    const refused = await service.apply();
    expectFailure(service, refused, 3, "unique-index-missing");
    expect((await service.links())[3]).toBeNull();
    service.db.exec(/CREATE UNIQUE INDEX.*/.exec(refused.error.hint)?.[0] ?? "");
    expect((await service.apply()).json["applied"]).toMatchObject({ done: 4 });
  });

  test("no link column: the plan is made, --apply refuses, and the printed DDL mends it", async () => {
    const service = await openService({ members: [{ id: 1, ci: ci("one") }], users: { "9007199254740993": { ci: ci("one") } } });
    service.db.exec("drop index members_kakao_id; alter table members drop column kakao_id");
    const planned = await service.json("map-members");
    expect(planned.code).toBe(0);
    expect(planned.json["counts"]).toMatchObject({ link: { ci: 1 } });
    expect(planned.err).toContain("ALTER TABLE");
    const refused = await service.apply();
    expectFailure(service, refused, 3, "link-column-missing");
    service.db.exec(/ALTER TABLE[\s\S]*/.exec(refused.error.hint)?.[0] ?? "");
    expect((await service.apply()).json["applied"]).toMatchObject({ done: 1 });
    expect(await service.links()).toEqual({ 1: "9007199254740993" });
  });

  test("malformed links are counted, never overwritten", async () => {
    const service = await openService({ ...street, members: [{ id: 1, ci: ci("one") }] });
    service.db.exec("update members set kakao_id = 'see note' where id = 1");
    const { json, err } = await service.apply();
    expect(json).toMatchObject({ malformedLinks: 1, applied: { done: 0 } });
    expect(await service.links()).toEqual({ 1: "see note" });
    expect((await service.run("map-members")).err).toContain("1 stored link");
    expect(err).not.toContain("see note");
  });

  test("ids held twice are counted and said", async () => {
    const service = await openService({ ...street, schema: [], members: [{ id: 1, link: "1004" }, { id: 2, link: "1004" }] });
    const { json } = await service.json("map-members");
    expect(json).toMatchObject({ heldTwice: 1, counts: { linked: 1 } });
    expect((await service.run("map-members")).err).toContain("held by more than one member");
  });
});

describe("the workspace", () => {
  test("of another database, with a database of the same shape", async () => {
    const service = await openService(street);
    await service.json("map-members");
    service.db.exec(`vacuum into '${service.path("copy.db")}'`);
    service.configure({ database: { url: "sqlite:./copy.db" } });
    expectFailure(service, await service.json("map-members"), 3, "workspace-other-database");
  });

  test("with another key, and without one", async () => {
    const service = await openService(street);
    await service.json("pull");
    const wrong = await service.runWith({ env: { KAKAO_SYNC_KEY: Buffer.alloc(32, 1).toString("base64") } }, "map-members");
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("KAKAO_SYNC_KEY");
    const none = await service.runWith({ env: { KAKAO_SYNC_KEY: undefined, XDG_CONFIG_HOME: service.folder } }, "map-members");
    expect(none.code).toBe(2);
    expect(none.err).toContain("KAKAO_SYNC_KEY");
  });

  test("in use by another command", async () => {
    const service = await openService({ ...street, simulator: { onRequest: () => new Promise((wake) => setTimeout(wake, 100)) } });
    const first = service.json("pull");
    while (service.simulator.requests.total === 0) await new Promise((wake) => setTimeout(wake, 10));
    expectFailure(service, await service.json("map-members"), 3, "workspace-locked");
    expect((await first).code).toBe(0);
    expect((await service.json("map-members")).code).toBe(0);
  });

  test("damaged", async () => {
    const service = await openService(street);
    await service.json("pull");
    writeFileSync(service.path(".kakao-sync/workspace.db"), "no database at all, but long enough to be read as a header of one".repeat(20));
    expectFailure(service, await service.json("map-members"), 2, "workspace-damaged");
  });
});

describe("Kakao", () => {
  test("a wrong admin key", async () => {
    const service = await openService(street);
    service.simulator.replaceAdminKey("another");
    const failed = await service.json("pull");
    expectFailure(service, failed, 2, "kakao-401");
    expect(failed.error.message).toContain("/v1/user/ids");
    expect(service.simulator.requests.total).toBeLessThanOrEqual(2);
  });

  test("an address that may not call", async () => {
    const service = await openService({ ...street, simulator: { allowedIps: ["203.0.113.5"] } });
    const failed = await service.json("pull");
    expectFailure(service, failed, 2, "kakao-ip-mismatch");
    expect(failed.error.hint).toContain("호출 허용 IP");
  });

  test("a key that stops working half-way is a failure that resumes", async () => {
    const service = await openService({
      ...street,
      simulator: { onRequest: ({ path, parameters }) => void (path === "/v2/app/users" && parameters.has("property_keys") && service.simulator.replaceAdminKey("rotated")) },
    });
    const failed = await service.json("pull");
    expectFailure(service, failed, 4, "kakao-401");
    expect((await service.json("runs")).code).toBe(0);
  });

  test("a page that is no JSON", async () => {
    const service = await openService(street);
    service.simulator.faults.add({ fault: "not-json", path: "/v1/user/ids" });
    const failed = await service.json("pull");
    expectFailure(service, failed, 4, "kakao-not-json");
    expect(failed.error.hint).toContain("kakao.baseUrl");
  });

  test("a maintenance that ends is waited for", { timeout: 30_000 }, async () => {
    const service = await openService(street);
    service.simulator.faults.add({ fault: -9798, path: "/v1/user/ids", times: 1 });
    const { code, json } = await service.json("pull");
    expect(code).toBe(0);
    expect(json["kakaoUsers"]).toBe(15);
    expect(service.simulator.requests.find({ code: -9798 })).toHaveLength(1);
  });

  test.each([
    [-3, "kakao-3"],
    [-5, "kakao-5"],
    [-12, "kakao-12"],
  ])("code %i stops at once, and the same command goes on later", async (fault, code) => {
    const service = await openService(street);
    service.simulator.faults.add({ fault, path: "/v2/app/users", times: 1 });
    const failed = await service.json("map-members");
    expectFailure(service, failed, 4, code);
    expect(failed.error.hint).toMatch(/again/);
    expect((await service.json("map-members")).code).toBe(0);
    expect((await service.json("map-members")).json["kakaoUsers"]).toBe(15);
  });

  test("nobody answers", { timeout: 60_000 }, async () => {
    const service = await openService(street);
    await service.json("pull");
    await service.simulator.close();
    // A plan still works from the snapshot.
    expect((await service.json("map-members")).code).toBe(0);
    const failed = await service.json("pull");
    expectFailure(service, failed, 4, "kakao-no-answer");
    expect(failed.error.message).toContain("ECONNREFUSED");
  });
});

/** A file system of two megabytes, where this user may mount one. */
function mountSmall(folder: string): boolean {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return false;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder], { stdio: "ignore" }));
  return true;
}

describe("a full disk", () => {
  test("under the workspace: said as such, and gone on with once there is room", async (context) => {
    const service = await openService(street);
    const disk = service.path("disk");
    if (!mountSmall(disk)) return context.skip("a small file system can be mounted only by root");
    const words = ["--workspace", "disk/workspace"];
    expect((await service.json("pull", ...words)).code).toBe(0);
    fillDisk(service.path("disk/ballast"), 96);
    const failed = await service.json("map-members", ...words);
    expectFailure(service, failed, 4, "disk-full");
    rmSync(service.path("disk/ballast"));
    expect((await service.json("map-members", ...words)).code).toBe(0);
  });

  test("under the service's database: the batch is rolled back, and the run resumes", async (context) => {
    const people = Array.from({ length: 300 }, (_one, at) => at);
    const service = await openService({ users: Object.fromEntries(people.map((at) => [String(9_000_000_000 + at), { ci: ci(`person ${at}`) }])) });
    const disk = service.path("disk");
    if (!mountSmall(disk)) return context.skip("a small file system can be mounted only by root");
    for (const at of people) await service.addMember({ id: at + 1, ci: ci(`person ${at}`) });
    service.db.exec(`vacuum into '${service.path("disk/members.db")}'`);
    service.configure({ database: { url: "sqlite:./disk/members.db" } });
    const { id } = await service.json("map-members");
    fillDisk(service.path("disk/ballast"));
    const failed = await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "tester");
    expectFailure(service, failed, 4, "database-full");
    expect(failed.error.hint).toContain(`--plan ${id}`);
    rmSync(service.path("disk/ballast"));
    expect((await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "tester")).json["applied"]).toMatchObject({ done: 300 });
    const stored = new Database(service.path("disk/members.db"), { readonly: true });
    expect(stored.prepare("select count(distinct kakao_id) from members").pluck().get()).toBe(300);
    stored.close();
  });
});

/** Writes until nothing more goes in, or only so many kilobytes. */
function fillDisk(path: string, leave = 0): void {
  writeFileSync(`${path}-left`, Buffer.alloc(leave * 1024));
  for (let kilobytes = 4096; kilobytes >= 4; ) {
    try {
      writeFileSync(path, Buffer.alloc(kilobytes * 1024), { flag: "a" });
    } catch {
      kilobytes = Math.floor(kilobytes / 2);
    }
  }
  rmSync(`${path}-left`);
}
