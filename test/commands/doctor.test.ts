import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { checkNode } from "../../src/commands/doctor.ts";
import { checkDisk } from "../../src/commands/steps/doctor-workspace.ts";
import { acquireLock } from "../../src/workspace/lock.ts";
import { ciOf } from "../helpers/frameworks.ts";
import { openService, usualChannel, type Service, type ServiceSetup } from "../helpers/service.ts";
import { storeEngine } from "../helpers/stores.ts";

interface Check {
  readonly what: string;
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
  readonly todo?: string;
  readonly sql?: string;
}

const shop: ServiceSetup = {
  members: [
    { id: 1, ci: ciOf("one"), phone: "010-1111-2222", email: "one@shop.example", name: "김하나" },
    { id: 2, ci: ciOf("one"), phone: "01011112222", email: "two@shop.example", name: "이두리" },
    { id: 3, phone: "02-123-4567", email: "three@shop.example" },
    { id: 4, status: "left", phone: "010-9999-8888", email: "gone@shop.example" },
  ],
  users: { "4001": { ci: ciOf("one"), phone: "010-1111-2222", email: "one@shop.example", name: "김하나", birthdate: "19900101" } },
};

async function look(service: Service, ...argv: string[]): Promise<{ readonly code: number; readonly checks: readonly Check[] }> {
  const { code, json } = await service.json("doctor", ...argv);
  return { code, checks: json["checks"] as readonly Check[] };
}

async function one(service: Service, what: string): Promise<Check | undefined> {
  return (await look(service)).checks.find((check) => check.what === what);
}

describe("doctor", () => {
  test("says of everything whether it is as it should be, and makes nothing", async () => {
    const service = await openService(shop);
    const before = readdirSync(service.folder).sort();
    const { code, checks } = await look(service);
    expect(code).toBe(0);
    expect(checks.filter(({ result }) => result === "fail")).toEqual([]);
    expect(checks.map(({ what }) => what)).toEqual(expect.arrayContaining(["Node", "configuration", "workspace", "key file", "database", "role", "link", "key CI", "key phone", "key e-mail", "Kakao key", "caller address", "Kakao users", "clock", "items", "disk"]));
    expect(readdirSync(service.folder).sort()).toEqual(before);
    expect(existsSync(service.path(".kakao-sync"))).toBe(false);
  });

  test("each warning and failure has something to do", async () => {
    const service = await openService({ ...shop, schema: [] });
    service.simulator.replaceAdminKey("another");
    const { checks } = await look(service);
    expect(checks.filter(({ result }) => result !== "ok").length).toBeGreaterThan(2);
    expect(checks.filter(({ result, todo }) => result !== "ok" && (todo ?? "") === "")).toEqual([]);
  });

  test("tells a warning of the configuration once, with what to do about it; other commands tell it, too", async () => {
    const service = await openService({ ...shop, config: { channel: { ...usualChannel, fields: { grade: "vip_level" } } } });
    const { out, err } = await service.run("doctor");
    expect(out.match(/^warn +configuration /gm)).toHaveLength(1);
    expect(err).not.toContain("Kakao takes texts");
    expect((await look(service)).checks).toContainEqual(expect.objectContaining({ what: "configuration", result: "warn", detail: expect.stringContaining("channel.fields.grade") as string }));
    expect((await service.run("map-members")).err).toMatch(/^Warning: .*channel\.fields\.grade/m);
  });

  test("shows a table, and the SQL as it can be copied", async () => {
    const service = await openService({ ...shop, schema: [] });
    const { out, code } = await service.run("doctor");
    expect(code).toBe(0);
    expect(out).toMatch(/^ok +Node +\d+\.\d+/m);
    expect(out).toMatch(/^warn +unique index +missing: two members could get one Kakao id\n +→ Plans work without it/m);
    const sql = out.trimEnd().split("\n\n").at(-1) ?? "";
    expect(sql).toMatch(/CREATE UNIQUE INDEX/i);
    await service.change(sql);
    expect(await one(service, "link")).toMatchObject({ result: "ok" });
  });
});

describe("keys", () => {
  test("how many members each can be used of, and how many values are shared; leavers are not read", async () => {
    const service = await openService(shop);
    expect(await one(service, "key CI")).toMatchObject({ result: "warn", detail: "usable in 2 of 3 members (66 %); shared by several members: 1 value", todo: expect.stringContaining("one person with two accounts") as unknown });
    expect(await one(service, "key phone")).toMatchObject({ result: "warn", detail: "usable in 2 of 3 members (66 %), filled with something else in 1 more; shared by several members: 1 value", todo: expect.stringContaining("members.phone") as unknown });
    expect(await one(service, "key e-mail")).toMatchObject({ result: "ok", detail: "usable in 3 of 3 members (100 %); no value is shared" });
  });

  test("a column that holds something else is named", async () => {
    const service = await openService({ ...shop, config: { members: { ci: "name" } } });
    expect(await one(service, "key CI")).toMatchObject({ result: "warn", detail: expect.stringContaining("usable in 0 of 3") as unknown, todo: expect.stringContaining("members.ci names the right column") as unknown });
  });

  test("are not read with --quick, or where nobody is responsible", async () => {
    const service = await openService(shop);
    expect((await look(service, "--quick")).checks.filter(({ what }) => what.startsWith("key "))).toEqual([expect.objectContaining({ what: "key file" })]);
    const { code, out } = await service.runWith({ env: { KAKAO_SYNC_OPERATOR: "" } }, "doctor", "--json");
    expect(code).toBe(0);
    expect((JSON.parse(out) as { readonly checks: readonly Check[] }).checks).toEqual(expect.arrayContaining([expect.objectContaining({ what: "keys", result: "warn", todo: expect.stringContaining("--operator") as unknown })]));
  });

  test("reading them goes on record, where there is one; no value is said", async () => {
    const service = await openService(shop);
    await service.run("pull");
    const { out, err } = await service.run("doctor");
    for (const value of ["1111", "one@", "김하나", ciOf("one")]) expect(out + err).not.toContain(value);
    const { json } = await service.json("runs", "audit");
    expect(JSON.stringify(json)).toContain("doctor: how many keys can be used");
  });
});

describe("Kakao", () => {
  test("is asked three calls at most, none of which reads a personal value", async () => {
    const service = await openService(shop);
    await look(service);
    expect(service.simulator.requests.find({}).map(({ path }) => path)).toEqual(["/v1/user/ids", "/v2/app/users", "/v2/user/scopes"]);
    expect(service.simulator.requests.find({ path: "/v2/app/users" })[0]?.parameters).not.toHaveProperty("property_keys");
  });

  test("nobody who was linked within a day is asked about (U1)", async () => {
    const service = await openService({ ...shop, users: { "4001": { phone: "010-1111-2222", young: true } } });
    expect(await one(service, "items")).toMatchObject({ result: "ok", detail: expect.stringContaining("long enough ago") as unknown });
    expect(service.simulator.requests.count({ path: "/v2/user/scopes" })).toBe(0);
  });

  test("a key that is refused", async () => {
    const service = await openService(shop);
    service.simulator.replaceAdminKey("another");
    expect(await look(service)).toMatchObject({ code: 1, checks: expect.arrayContaining([expect.objectContaining({ what: "Kakao key", result: "fail", todo: expect.stringContaining("어드민 키") as unknown })]) as unknown });
  });

  test("a key that is not there", async () => {
    const service = await openService(shop);
    const { code, out } = await service.runWith({ env: { KAKAO_ADMIN_KEY: "" } }, "doctor", "--json");
    expect(code).toBe(1);
    expect((JSON.parse(out) as { readonly checks: readonly Check[] }).checks).toEqual(expect.arrayContaining([expect.objectContaining({ what: "Kakao key", result: "fail", detail: expect.stringContaining("KAKAO_ADMIN_KEY is not set") as unknown })]));
  });

  test("an address that may not call is named", async () => {
    const service = await openService({ ...shop, simulator: { allowedIps: ["203.0.113.9"] } });
    expect(await look(service)).toMatchObject({ code: 1, checks: expect.arrayContaining([expect.objectContaining({ what: "Kakao key", result: "ok" }), expect.objectContaining({ what: "caller address", result: "fail", detail: expect.stringContaining("127.0.0.1") as unknown })]) as unknown });
  });

  test("a clock that differs, and then nobody's consents are asked for", async () => {
    const service = await openService({ ...shop, simulator: { now: () => Date.now() - 3_600_000 } });
    const { code, checks } = await look(service);
    expect(code).toBe(1);
    expect(checks).toEqual(expect.arrayContaining([expect.objectContaining({ what: "clock", result: "fail", detail: expect.stringMatching(/^3,60\d s ahead of Kakao's/) as unknown, todo: expect.stringContaining("timedatectl") as unknown })]));
    expect(service.simulator.requests.count({ path: "/v2/user/scopes" })).toBe(0);
  });

  test("items that the configuration uses and that are not on", async () => {
    const service = await openService({ ...shop, simulator: { scopes: [{ id: "profile_nickname", displayName: "닉네임", type: "PRIVACY", using: true, required: true }] } } as ServiceSetup);
    expect(await one(service, "items")).toMatchObject({ result: "warn", detail: expect.stringContaining("account_ci (matching.keys: ci)") as unknown, todo: expect.stringContaining("동의항목") as unknown });
  });

  test("an app without users", async () => {
    const service = await openService({ ...shop, users: {} });
    expect(await one(service, "Kakao users")).toMatchObject({ result: "warn" });
  });

  // Every attempt is waited for, a quarter of a minute in all; the engine has no part in it.
  test.runIf(storeEngine === "sqlite")("one that does not answer", async () => {
    const service = await openService(shop);
    await service.simulator.close();
    expect(await look(service)).toMatchObject({ code: 1, checks: expect.arrayContaining([expect.objectContaining({ what: "Kakao", result: "fail", detail: expect.stringContaining("did not answer") as unknown })]) as unknown });
  });

  test("the rate that this workspace knows of", async () => {
    const service = await openService(shop);
    expect(await one(service, "rate")).toBeUndefined();
    await service.run("pull");
    expect(await one(service, "rate")).toMatchObject({ result: "ok", detail: expect.stringMatching(/^9[0-9] of 100 listing calls left this minute, 599,9\d\d of 600,000 calls this month/) as unknown });
  });
});

describe("the database", () => {
  test("that is not there", async () => {
    const service = await openService({ ...shop, config: { database: { url: "sqlite:./nobody.db" } } });
    expect(await look(service)).toMatchObject({ code: 1, checks: expect.arrayContaining([expect.objectContaining({ what: "database", result: "fail", detail: expect.stringContaining("nobody.db") as unknown }), expect.objectContaining({ what: "Kakao key", result: "ok" })]) as unknown });
  });

  test("names that are not there, and a link column that is still to come", async () => {
    const service = await openService({ ...shop, config: { members: { email: "emial" } } });
    expect(await one(service, "database")).toMatchObject({ result: "fail", detail: expect.stringContaining("did you mean email?") as unknown });
    const other = await openService({ ...shop, config: { link: { column: "kakao_number" } } });
    expect(await one(other, "link column")).toMatchObject({ result: "warn", sql: expect.stringMatching(/ADD COLUMN/i) as unknown });
  });

  test.runIf(storeEngine === "postgres")("to wait for that is no replica: said also where there is no workspace yet", async () => {
    const service = await openService(shop);
    const config = JSON.parse(readFileSync(service.path("kakao-sync.config.yaml"), "utf8")) as { readonly database: { readonly url: string } };
    service.configure({ limits: { replica: { url: config.database.url } } });
    expect(await one(service, "replica of limits.replica")).toMatchObject({ result: "fail", detail: expect.stringContaining("names no replica") as unknown });
    expect(existsSync(service.path(".kakao-sync"))).toBe(false);
  });

  test.runIf(storeEngine === "postgres")("whose role may only read: enough for plans", async () => {
    const service = await openService(shop);
    const config = JSON.parse(readFileSync(service.path("kakao-sync.config.yaml"), "utf8")) as { readonly database: { readonly url: string } };
    const role = `kakao_sync_${randomBytes(4).toString("hex")}`;
    await service.change(`create role ${role} login; grant select on members to ${role}`);
    try {
      service.configure({ database: { url: config.database.url.replace("root@", `${role}@`) } });
      expect(await one(service, "role")).toMatchObject({ result: "warn", detail: expect.stringContaining("can only read") as unknown, todo: expect.stringContaining("rights") as unknown });
    } finally {
      await service.change(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

describe("the workspace", () => {
  test("its rights, key, lock and snapshot", async () => {
    const service = await openService(shop);
    await service.run("pull");
    const { checks } = await look(service);
    expect(checks).toEqual(expect.arrayContaining([
      expect.objectContaining({ what: "workspace", result: "ok" }), expect.objectContaining({ what: "workspace key", result: "ok", detail: "fits" }),
      expect.objectContaining({ what: "lock", result: "ok" }), expect.objectContaining({ what: "snapshot", result: "ok", detail: "0 h old" }),
    ]));
  });

  test.skipIf(process.platform === "win32")("that others could read", async () => {
    const service = await openService(shop);
    await service.run("pull");
    chmodSync(join(service.folder, ".kakao-sync"), 0o755);
    expect(await one(service, "workspace")).toMatchObject({ result: "warn", detail: expect.stringContaining("could read .") as unknown });
  });

  test("a key that is another one, and one that is gone", async () => {
    const service = await openService(shop);
    await service.run("pull");
    const other = await service.runWith({ env: { KAKAO_SYNC_KEY: Buffer.alloc(32, 7).toString("base64") } }, "doctor", "--json");
    expect(other.code).toBe(1);
    expect(other.out).toContain("another one than the workspace was sealed with");
    const gone = await service.runWith({ env: { KAKAO_SYNC_KEY: "", XDG_CONFIG_HOME: service.path("empty") } }, "doctor", "--json");
    expect((JSON.parse(gone.out) as { readonly checks: readonly Check[] }).checks).toEqual(expect.arrayContaining([expect.objectContaining({ what: "workspace key", result: "fail", todo: expect.stringContaining("Put the key back") as unknown })]));
    expect(existsSync(service.path("empty"))).toBe(false);
  });

  test("of another database", async () => {
    const service = await openService(shop);
    await service.run("pull");
    await service.run("map-members");
    service.write("other.csv", "id,ci,phone,email,name,birthdate,verified_at,last_login_at,status,kakao_id\n1,,010-1111-2222,,,,,,active,\n");
    service.configure({ database: { url: "csv:./other.csv" } });
    expect(await one(service, "database")).toMatchObject({ result: "fail", detail: expect.stringContaining("belongs to another database") as unknown });
  });

  test("a snapshot that is older than retention.snapshot, and a run that is interrupted", async () => {
    const service = await openService(shop);
    await service.run("pull");
    const { id } = await service.json("map-members");
    const workspace = new Database(service.path(".kakao-sync/workspace.db"));
    workspace.exec("update snapshots set taken_at = taken_at - 8 * 86400; update runs set state = 'interrupted'");
    workspace.close();
    const { checks, code } = await look(service);
    expect(code).toBe(0);
    expect(checks).toEqual(expect.arrayContaining([
      expect.objectContaining({ what: "snapshot", result: "warn", detail: "8 days old: older than retention.snapshot" }),
      expect.objectContaining({ what: "run", result: "warn", detail: `${id} of map-members is interrupted`, todo: expect.stringContaining(`--plan ${id}`) as unknown }),
    ]));
  });

  test("while another run holds it, Kakao is not asked: the pace is one for the app", async () => {
    const service = await openService(shop);
    await service.run("pull");
    service.simulator.requests.clear();
    const lock = acquireLock(service.path(".kakao-sync"), { command: "pull", operator: "lee", host: "night", since: "2026-11-21T00:00:00Z" });
    const { checks, code } = await look(service);
    lock.release();
    expect(code).toBe(0);
    expect(checks).toEqual(expect.arrayContaining([
      expect.objectContaining({ what: "lock", result: "warn", detail: expect.stringContaining("pull of lee on night") as unknown }),
      expect.objectContaining({ what: "Kakao", result: "warn", detail: expect.stringContaining("not asked") as unknown }),
      expect.objectContaining({ what: "database", result: "ok" }),
    ]));
    expect(service.simulator.requests.find({})).toEqual([]);
  });
});

test("Node's version and the disk are compared with what is needed", () => {
  expect(["20.16.0", "18.20.0", "20.17.0", "22.0.0"].map((version) => checkNode(version).result)).toEqual(["fail", "fail", "ok", "ok"]);
  const folder = { exists: false, exposed: [], key: { is: "none-yet", file: "" }, unusableKeys: [], bytes: 0 } as const;
  expect(checkDisk({ ...folder, freeBytes: 1_999_000_000 }, 1_000_000)).toMatchObject({ result: "warn", todo: expect.stringContaining("--workspace") as unknown });
  expect(checkDisk({ ...folder, freeBytes: 2_000_000_000 }, 1_000_000)).toMatchObject({ result: "ok" });
});
