import Database from "better-sqlite3";
import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCipher } from "../../src/workspace/encryption.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { forgetOutcomes } from "../helpers/killed.ts";
import { ci } from "../helpers/match.ts";
import { openService, type Ran, type RunOptions, type Service, type ServiceSetup } from "../helpers/service.ts";

const people: ServiceSetup = {
  members: [{ id: 1, ci: ci("a") }, { id: 2, phone: "01022220002", name: "김둘" }, { id: 3, phone: "01033330003" }],
  users: { 1001: { ci: ci("a") }, 1002: { phone: "010-2222-0002", name: "김둘" }, 1003: { phone: "010-3333-0003", name: "김셋" } },
};
const confirmed = ["--apply", "--yes", "--operator", "kim"];
const makeKey = (): string => randomBytes(32).toString("base64");

interface RanJson extends Ran {
  readonly json: Readonly<Record<string, unknown>> & { readonly error?: { readonly code: string; readonly hint: string } };
}

async function jsonWith(service: Service, env: RunOptions["env"], ...argv: string[]): Promise<RanJson> {
  const ran = await service.runWith({ env: env ?? {} }, ...argv, "--json");
  return { ...ran, json: JSON.parse(ran.out) };
}

/** Whatever was ever sealed in the workspace, by the names of its files. */
function allBytes(service: Service): Buffer {
  const files = readdirSync(service.path(".kakao-sync"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Buffer.concat(files.map((entry) => readFileSync(join(entry.parentPath, entry.name))));
}

function sealedValues(service: Service, file: string, sql: string): readonly Buffer[] {
  const db = new Database(service.path(join(".kakao-sync", file)), { readonly: true });
  try {
    return db.prepare<[], Buffer>(sql).pluck().all();
  } finally {
    db.close();
  }
}

function opens(key: string, sealed: Buffer, aad: string): boolean {
  try {
    createCipher(Buffer.from(key, "base64")).open(sealed, aad);
    return true;
  } catch {
    return false;
  }
}

describe("keys rotate, with the key in the environment", () => {
  test("alone says what it would do; with --apply the new key opens everything, the old one nothing", async () => {
    const service = await openService(people);
    const { id } = await service.apply();
    await service.json("map-members");
    expect((await service.json("keys", "rotate")).json).toMatchObject({ mode: "plan", snapshots: 1 });
    const keyrings = sealedValues(service, "workspace.db", "select value from meta where name like 'keyring%'");
    const blocks = sealedValues(service, readdirSync(service.path(".kakao-sync")).find((name) => /^snapshot-\d+\.db$/.test(name)) ?? "", "select sealed from blocks");
    expect(keyrings.map((sealed) => opens(service.workspaceKey, sealed, "keyring|424242"))).toEqual([true, true]);

    const next = makeKey();
    const rotated = await jsonWith(service, { KAKAO_SYNC_NEW_KEY: next }, "keys", "rotate", ...confirmed);
    expect(rotated.json).toEqual({ command: "keys rotate", mode: "apply", rotated: true, snapshots: 1, leavesOldSeals: false });
    const bytes = allBytes(service);
    for (const sealed of [...keyrings, ...blocks]) expect(bytes.includes(sealed.subarray(0, 32))).toBe(false);

    expect((await service.json("undo", id)).error.code).toBe("key-wrong");
    const fresh = { KAKAO_SYNC_KEY: next };
    expect((await jsonWith(service, fresh, "map-members")).json["counts"]).toMatchObject({ linked: 2, review: { "uncorroborated-phone": 1 } });
    expect((await jsonWith(service, fresh, "undo", id, ...confirmed)).json).toMatchObject({ restored: 2 });
    const { json } = await jsonWith(service, fresh, "runs", "audit");
    expect(json["record"]).toContainEqual(expect.objectContaining({ entry: expect.objectContaining({ event: "rotated", operator: "kim", counts: { snapshots: 1 } }) }));
  });

  test("needs a new key, and says how to make one; one that is no key is refused", async () => {
    const service = await openService(people);
    await service.json("pull");
    const without = await service.json("keys", "rotate", ...confirmed);
    expect([without.code, without.error.code, without.error.hint]).toEqual([2, "new-key-missing", expect.stringContaining("openssl rand -base64 32")]);
    expect((await jsonWith(service, { KAKAO_SYNC_NEW_KEY: "short" }, "keys", "rotate", ...confirmed)).json.error?.code).toBe("key-malformed");
    writeFileSync(service.path("new.key"), makeKey());
    chmodSync(service.path("new.key"), 0o600);
    expect((await service.json("keys", "rotate", "--new-key-file", "new.key", ...confirmed)).json).toMatchObject({ rotated: true });
    expect((await jsonWith(service, { KAKAO_SYNC_KEY: readFileSync(service.path("new.key"), "utf8") }, "map-members")).code).toBe(0);
  });

  test("run again with both keys, nothing is rotated twice; and other commands take either as long as both are given", async () => {
    const service = await openService(people);
    await service.json("pull");
    const both = { KAKAO_SYNC_NEW_KEY: makeKey() };
    expect((await jsonWith(service, both, "map-members")).code).toBe(0);
    await jsonWith(service, both, "keys", "rotate", ...confirmed);
    expect((await jsonWith(service, both, "keys", "rotate", ...confirmed)).json).toMatchObject({ rotated: false, snapshots: 1 });
    expect((await jsonWith(service, both, "map-members")).code).toBe(0);
  });

  test("needs a confirmation without a terminal", async () => {
    const service = await openService(people);
    await service.json("pull");
    const ran = await jsonWith(service, { KAKAO_SYNC_NEW_KEY: makeKey() }, "keys", "rotate", "--apply", "--operator", "kim");
    expect([ran.code, ran.json.error?.code]).toEqual([3, "not-confirmed"]);
    expect((await service.json("map-members")).code).toBe(0);
  });

  test("a run that was interrupted goes on with its journal", async () => {
    const service = await openService(people);
    const { id } = await service.apply();
    forgetOutcomes(service, id, "apply");
    const next = makeKey();
    await jsonWith(service, { KAKAO_SYNC_NEW_KEY: next }, "keys", "rotate", ...confirmed);
    const fresh = { KAKAO_SYNC_KEY: next };
    expect((await jsonWith(service, fresh, "map-members", "--plan", id, ...confirmed)).json["applied"]).toMatchObject({ done: 2 });
    expect((await jsonWith(service, fresh, "undo", id, ...confirmed)).json).toMatchObject({ restored: 2 });
  });

  test("an unfinished pull is finished with what it has read", async () => {
    const crowd = Object.fromEntries(Array.from({ length: 45 }, (_one, at) => [String(2000 + at), { name: "김민아" }]));
    const service = await openService({ users: crowd, config: { limits: { requestsPerSecond: 1 } } });
    service.simulator.faults.add({ fault: -5, path: "/v2/app/users", nth: 3 });
    expect((await service.json("pull")).code).toBe(4);
    expect(existsSync(service.path(".kakao-sync/pull.db"))).toBe(true);
    const next = makeKey();
    await jsonWith(service, { KAKAO_SYNC_NEW_KEY: next }, "keys", "rotate", ...confirmed);
    service.simulator.requests.clear();
    expect((await jsonWith(service, { KAKAO_SYNC_KEY: next }, "pull")).json).toMatchObject({ kakaoUsers: 45, read: 45 });
    expect(service.simulator.requests.find({ path: "/v2/app/users" })).toHaveLength(2);
  });

  test("remembered decisions hold", async () => {
    const service = await openService({ members: [...(people.members ?? []), { id: 4, phone: "01033330003" }], users: people.users ?? {} });
    const first = await service.json("map-members");
    service.write("decided.csv", service.file(first.id, "review.csv").split("\n").map((line) => line.replace(/^(r[^,]*,1003,3,.*),,$/, "$1,link,kim")).join("\n"));
    const decided = await service.json("map-members", "--decisions", "decided.csv");
    expect(decided.json["counts"]).toMatchObject({ link: { decision: 1 } });
    const next = makeKey();
    await jsonWith(service, { KAKAO_SYNC_NEW_KEY: next }, "keys", "rotate", ...confirmed);
    expect((await jsonWith(service, { KAKAO_SYNC_KEY: next }, "map-members")).json["counts"]).toMatchObject({ link: { decision: 1 } });
  });
});

describe("keys rotate, with a key file", () => {
  const withFile = { KAKAO_SYNC_KEY: "" };
  const home = (service: Service) => ({ ...withFile, XDG_CONFIG_HOME: service.path("config") });
  const fileOf = (service: Service): string => service.path("config/kakao-sync/app-424242.key");

  /** Former keys stay beside, since other workspaces of the app may need them. */
  const listKeys = (service: Service): readonly string[] => readdirSync(service.path("config/kakao-sync")).map((name) => name.replace(/\.[\da-f]{32}\.former$/, " former"));

  test("makes a new key in its place, 0600, and keeps the former one beside it, told", async () => {
    const service = await openService(people);
    const env = home(service);
    await jsonWith(service, env, "pull");
    const before = readFileSync(fileOf(service), "utf8");
    const { json } = await jsonWith(service, env, "keys", "rotate", ...confirmed);
    expect(json).toMatchObject({ rotated: true, keyFile: "config/kakao-sync/app-424242.key" });
    expect(readFileSync(fileOf(service), "utf8")).not.toBe(before);
    expect(listKeys(service)).toEqual(["app-424242.key", "app-424242.key former"]);
    expect(readFileSync(service.path(String(json["formerKeyFile"])), "utf8").trim()).toBe(before.trim());
    expect([fileOf(service), service.path(String(json["formerKeyFile"]))].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
    expect((await jsonWith(service, env, "map-members")).json["counts"]).toMatchObject({ link: { ci: 1, phone: 1 } });
    writeFileSync(fileOf(service), before);
    expect((await jsonWith(service, env, "map-members")).json.error?.code).toBe("key-wrong");
  });

  test("killed before the workspace has the new key: the old one holds, and the next rotation takes no notice of what was left", async () => {
    const service = await openService(people);
    const env = home(service);
    await jsonWith(service, env, "pull");
    writeFileSync(`${fileOf(service)}.new`, `${makeKey()}\n`, { mode: 0o600 });
    expect((await jsonWith(service, env, "map-members")).code).toBe(0);
    expect((await jsonWith(service, env, "keys", "rotate", ...confirmed)).json).toMatchObject({ rotated: true });
    expect(listKeys(service)).toEqual(["app-424242.key", "app-424242.key former", "app-424242.key former"]);
    expect((await jsonWith(service, env, "map-members")).code).toBe(0);
  });

  test("leaves another workspace of the same app openable, which shares the key file", async () => {
    const [one, two] = [await openService(people), await openService(people)];
    const env = { KAKAO_SYNC_KEY: "", XDG_CONFIG_HOME: one.path("config") };
    const applied = await jsonWith(two, env, "map-members", ...confirmed);
    expect(applied.code).toBe(0);
    expect((await jsonWith(one, env, "pull")).code).toBe(0);
    expect((await jsonWith(one, env, "keys", "rotate", ...confirmed)).code).toBe(0);
    expect((await jsonWith(two, env, "undo", String(applied.json["run"]), ...confirmed)).code).toBe(0);
    expect((await jsonWith(two, env, "keys", "rotate", ...confirmed)).code).toBe(0);
    expect((await jsonWith(one, env, "map-members")).code).toBe(0);
  });

  test("a file beside it that holds no key keeps nobody from working, with the key or a former one; doctor names it, and so does the refusal where nothing fits", async () => {
    const [one, two] = [await openService(people), await openService(people)];
    const env = home(one);
    for (const service of [one, two]) expect((await jsonWith(service, env, "pull")).code).toBe(0);
    const before = readFileSync(fileOf(one), "utf8");
    expect((await jsonWith(one, env, "keys", "rotate", ...confirmed)).code).toBe(0);
    const rubbish = [`${fileOf(one)}.new`, `${fileOf(one)}.0.former`];
    for (const file of rubbish) writeFileSync(file, before.slice(0, 20), { mode: 0o600 });
    for (const service of [one, two]) {
      expect((await jsonWith(service, env, "map-members")).code).toBe(0);
      const { checks } = (await jsonWith(service, env, "doctor", "--quick")).json as { checks: readonly { what: string; result: string; detail: string }[] };
      expect(checks.filter(({ what }) => /^(workspace key|other key file)$/.test(what)).map(({ what, result, detail }) => [what, result, detail])).toEqual([["workspace key", "ok", "fits"], ...rubbish.map((file) => ["other key file", "warn", `${file} holds no key that can be used`])]);
    }
    for (const name of readdirSync(one.path("config/kakao-sync"))) if (/\.[\da-f]{32}\.former$/.test(name)) rmSync(one.path(`config/kakao-sync/${name}`));
    expect((await jsonWith(one, env, "map-members")).code).toBe(0);
    const refused = await jsonWith(two, env, "map-members");
    expect([refused.code, refused.json.error]).toEqual([2, expect.objectContaining({ code: "key-wrong", hint: expect.stringContaining(rubbish.join(", ")) as string })]);
  });

  test("what cannot be read beside it keeps nobody from working either; a key file that cannot be read is no defect", async () => {
    const service = await openService(people);
    const env = home(service);
    expect((await jsonWith(service, env, "pull")).code).toBe(0);
    const unreadable = [`${fileOf(service)}.new`, `${fileOf(service)}.0.former`];
    for (const path of unreadable) mkdirSync(path);
    expect((await jsonWith(service, env, "map-members")).code).toBe(0);
    writeFileSync(fileOf(service), `${makeKey()}\n`, { mode: 0o600 });
    const refused = await jsonWith(service, env, "map-members");
    expect([refused.code, refused.json.error]).toEqual([2, expect.objectContaining({ code: "key-wrong", hint: expect.stringContaining(unreadable.join(", ")) as string })]);
    rmSync(fileOf(service));
    mkdirSync(fileOf(service));
    expect(await jsonWith(service, env, "map-members")).toMatchObject({ code: 2, json: { error: { code: "key-unreadable" } } });
  });

  test("keeps a former key also where a file of its name holds it no longer", async () => {
    const service = await openService(people);
    const env = home(service);
    await jsonWith(service, env, "pull");
    const first = readFileSync(fileOf(service), "utf8");
    const former = async (...argv: string[]): Promise<string> => service.path(String((await jsonWith(service, env, "keys", "rotate", ...argv, ...confirmed)).json["formerKeyFile"]));
    const kept = await former();
    writeFileSync(kept, "");
    writeFileSync(service.path("first.key"), first, { mode: 0o600 });
    await former("--new-key-file", service.path("first.key"));
    expect([await former(), readFileSync(kept, "utf8"), statSync(kept).mode & 0o777]).toEqual([kept, first, 0o600]);
  });

  test("is refused before anything changes where a snapshot is damaged", async () => {
    const service = await openService(people);
    const { id } = await service.apply();
    const db = new Database(service.path(join(".kakao-sync", readdirSync(service.path(".kakao-sync")).find((name) => /^snapshot-\d+\.db$/.test(name)) ?? "")));
    const sealed = db.prepare<[], Buffer>("select sealed from blocks").pluck().get() ?? Buffer.alloc(32);
    sealed.writeUInt8(sealed.readUInt8(20) ^ 1, 20);
    db.prepare("update blocks set sealed = ?").run(sealed);
    db.close();
    const ran = await jsonWith(service, { KAKAO_SYNC_NEW_KEY: makeKey() }, "keys", "rotate", ...confirmed);
    expect([ran.code, ran.json.error?.code, (await service.json("undo", id, ...confirmed)).code]).toEqual([2, "snapshot-damaged", 0]);
  });

  test("killed before the key file is in its place: the next command puts it there", async () => {
    const service = await openService(people);
    const env = home(service);
    await jsonWith(service, env, "pull");
    const old = readFileSync(fileOf(service), "utf8");
    await jsonWith(service, env, "keys", "rotate", ...confirmed);
    renameSync(fileOf(service), `${fileOf(service)}.new`);
    writeFileSync(fileOf(service), old, { mode: 0o600 });
    expect((await jsonWith(service, env, "map-members")).code).toBe(0);
    expect([existsSync(`${fileOf(service)}.new`), readFileSync(fileOf(service), "utf8") === old]).toEqual([false, false]);
  });
});

describe("a workspace of an earlier version, sealed with the key itself", () => {
  test("is opened as it is; rotated, it says that the former key still opens its runs", async () => {
    const service = await openService(people);
    const db = (): Database.Database => new Database(service.path(".kakao-sync/workspace.db"));
    openWorkspace({ folder: service.path(".kakao-sync"), appId: "424242", kind: "sandbox", key: { environment: {} } }).close();
    const workspace = db();
    workspace.prepare("insert into meta (name, value) values ('key_check', ?)").run(createCipher(Buffer.from(service.workspaceKey, "base64")).seal(Buffer.from("kakao-sync"), "key check|424242"));
    workspace.close();
    const { id } = await service.apply();
    const next = makeKey();
    const rotated = await jsonWith(service, { KAKAO_SYNC_NEW_KEY: next }, "keys", "rotate", ...confirmed);
    expect(rotated.json).toMatchObject({ rotated: true, leavesOldSeals: true });
    expect((await service.json("map-members")).error.code).toBe("key-wrong");
    expect((await jsonWith(service, { KAKAO_SYNC_KEY: next }, "undo", id, ...confirmed)).json).toMatchObject({ restored: 2 });
  });
});

describe("key and damage are told apart", () => {
  test("one damaged copy of the keys is no harm; with both it is the workspace that is damaged, not the key", async () => {
    const service = await openService(people);
    await service.json("pull");
    const spoil = (name: string): void => {
      const db = new Database(service.path(".kakao-sync/workspace.db"));
      const value = db.prepare<[string], Buffer>("select value from meta where name = ?").pluck().get(name) ?? Buffer.alloc(1);
      value.writeUInt8(value.readUInt8(20) ^ 1, 20);
      db.prepare("update meta set value = ? where name = ?").run(value, name);
      db.close();
    };
    spoil("keyring_1");
    expect((await service.json("map-members")).code).toBe(0);
    spoil("keyring_2");
    const ran = await service.json("map-members");
    expect([ran.code, ran.error.code, ran.error.message]).toEqual([2, "workspace-damaged", expect.stringContaining("The key is the right one")]);
    expect((await jsonWith(service, { KAKAO_SYNC_KEY: makeKey() }, "map-members")).json.error?.code).toBe("key-wrong");
    rmSync(service.path(".kakao-sync"), { recursive: true });
    cpSync(service.path("members.db"), service.path("copy.db"));
    expect((await service.json("map-members")).code).toBe(0);
  });
});

describe("Kakao's admin key in a file", () => {
  const crowd = Object.fromEntries(Array.from({ length: 60 }, (_one, at) => [String(2000 + at), { name: "김민아" }]));

  async function openWithFile(): Promise<Service> {
    const service = await openService({ users: crowd });
    writeFileSync(service.path("secret"), service.simulator.adminKey, { mode: 0o600 });
    service.configure({ kakao: { appId: 424242, baseUrl: service.simulator.url, adminKeyFile: "./secret", adminKey: undefined }, limits: { requestsPerSecond: 2, listingPerMinute: 100 } });
    return service;
  }

  /** Waits until Kakao has been asked, so that the former key is in use. */
  async function untilAsked(service: Service): Promise<void> {
    while (service.simulator.requests.count({ path: "/v2/app/users" }) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  test("replaced while a pull runs, is read again once and goes on", async () => {
    const service = await openWithFile();
    const pulling = service.json("pull");
    await untilAsked(service);
    writeFileSync(service.path("secret"), "0123456789abcdef0123456789abcdef");
    service.simulator.replaceAdminKey("0123456789abcdef0123456789abcdef");
    expect(await pulling).toMatchObject({ code: 0, json: { kakaoUsers: 60, read: 60 } });
  });

  test("replaced at Kakao and not in the file, stops the pull, which goes on once it is", async () => {
    const service = await openWithFile();
    const pulling = service.json("pull");
    await untilAsked(service);
    service.simulator.replaceAdminKey("0123456789abcdef0123456789abcdef");
    expect(await pulling).toMatchObject({ code: 4, error: { code: "kakao-401" } });
    const refused = service.simulator.requests.find({ path: "/v2/app/users" }).filter(({ status }) => status === 401);
    expect(refused.length).toBeGreaterThan(0);
    writeFileSync(service.path("secret"), "0123456789abcdef0123456789abcdef");
    expect(await service.json("pull")).toMatchObject({ code: 0, json: { kakaoUsers: 60, read: 60 } });
  });
});
