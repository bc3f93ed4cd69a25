import Database from "better-sqlite3";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ci } from "../helpers/match.ts";
import { accountOf, openService, type Service } from "../helpers/service.ts";
import { readSnapshot, setClock, states, town } from "../helpers/wiped.ts";

const day = 86_400_000;
const start = Date.parse("2026-11-21T02:00:00+09:00");

afterEach(() => {
  vi.useRealTimers();
});

/** A new user is listed, and its details cannot be read. */
async function interruptPull(service: Service): Promise<void> {
  service.simulator.users.load([{ id: "16", ...accountOf({ name: "새사람" }) }]);
  for (const nth of [2, 3]) service.simulator.faults.add({ fault: -5, path: "/v2/app/users", nth });
  expect((await service.json("pull")).code).toBe(4);
  service.simulator.faults.clear();
}

/** The sealed details as they lie in the snapshot's file. */
function sealedBlocks(service: Service): readonly Buffer[] {
  const name = readdirSync(service.path(".kakao-sync")).find((file) => /^snapshot-\d+\.db$/.test(file)) ?? "";
  const db = new Database(service.path(join(".kakao-sync", name)), { readonly: true });
  try {
    return db.prepare<[], Buffer>("select sealed from blocks").pluck().all();
  } finally {
    db.close();
  }
}

/** Files of the workspace in which any twelve bytes of the sealed details stand, side files and all. */
function filesWith(service: Service, sealed: readonly Buffer[]): readonly string[] {
  const files = readdirSync(service.path(".kakao-sync"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.filter((entry) => {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    return sealed.some((block) => Array.from({ length: Math.floor(block.length / 12) }, (_, at) => block.subarray(12 * at, 12 * at + 12)).some((piece) => bytes.includes(piece)));
  }).map(({ name }) => name);
}

async function destructions(service: Service): Promise<readonly unknown[]> {
  const { json } = await service.json("runs", "audit");
  return (json["record"] as { entry: { event: string; run?: string; ci?: unknown; counts?: unknown } }[]).map(({ entry }) => entry).filter(({ event }) => event === "destroyed").map(({ run, ci, counts }) => ({ run, ci, counts }));
}

function detailReads(service: Service): readonly unknown[] {
  return service.simulator.requests.find({ path: "/v2/app/users" }).filter(({ parameters }) => parameters["property_keys"] !== undefined).map(({ parameters }) => parameters["target_ids"]);
}

describe("an applied run", () => {
  test("has the CIs and details of linked users wiped: from the files too, and on record", async () => {
    const service = await openService(town);
    await service.json("pull");
    const sealed = sealedBlocks(service);
    expect(filesWith(service, sealed)).toEqual(["snapshot-1.db"]);
    const { json, id } = await service.apply();
    expect(json["applied"]).toMatchObject({ done: 2 });
    expect(states(service)).toEqual({ "11": "wiped", "12": "wiped", "13": "wiped", "14": "read", "15": "read" });
    expect(readSnapshot(service).filter(({ state }) => state === "wiped").map(({ name, birthdate }) => [name, birthdate])).toEqual([[null, null], [null, null], [null, null]]);
    expect(filesWith(service, sealed)).toEqual([]);
    expect(await destructions(service)).toEqual([{ run: id, ci: { destroyed: 2 }, counts: { users: 3 } }]);
  });

  test("leaves the next plan as it was, and the next pull reads nobody again", async () => {
    const service = await openService(town);
    await service.apply();
    service.simulator.requests.clear();
    expect((await service.json("pull")).json).toMatchObject({ kakaoUsers: 5, read: 2, wiped: 3 });
    expect(detailReads(service)).toEqual([]);
    const { json, id } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ linked: 3, unmatched: 1, review: { "shared-phone-kakao": 1 } });
    expect(service.csv(id, "shared.csv").map(({ side, id: who }) => [side, who])).toEqual([["kakao", "11"], ["kakao", "15"], ["member", "1"], ["member", "4"]]);
  });

  test("keeps who is contradicted: check.csv can still be decided about, and is not forgotten by the next plan", async () => {
    const service = await openService({
      members: [{ id: 1, ci: ci("one") }, { id: 5, name: "박다섯", birthdate: "19850505", link: "15" }],
      users: { "11": { ci: ci("one") }, "15": { name: "남궁민수", birthdate: "19900909" } },
    });
    const { id } = await service.apply();
    expect(states(service)).toEqual({ "11": "wiped", "15": "read" });
    const list = service.file(id, "check.csv").replace(/,,(\r?\n)?$/, ",unlink,kim$1");
    service.write("decided.csv", list);
    const decided = await service.json("map-members", "--decisions", "decided.csv");
    expect(decided.json).not.toHaveProperty("refusedDecisions");
    expect((await service.json("map-members", "--apply", "--plan", decided.id, "--allow-links=1", "--yes", "--operator", "kim")).json["applied"]).toMatchObject({ done: 1 });
    expect(await service.links()).toEqual({ 1: "11", 5: null });
    expect(states(service)).toEqual({ "11": "wiped", "15": "read" });
  });

  test("taken back, has its users read again at once, and gives the same plan", async () => {
    const service = await openService(town);
    const first = await service.apply();
    await service.json("undo", first.id, "--apply", "--yes", "--operator", "kim");
    service.simulator.requests.clear();
    const { json, id } = await service.json("map-members");
    expect(detailReads(service)).toEqual(["[11,12]"]);
    expect(json["counts"]).toEqual(first.json["counts"]);
    expect(service.file(id, "plan.csv")).toBe(service.file(first.id, "plan.csv"));
  });

  test("a user whose member is gone is unread, and read again by the next plan's pull", async () => {
    const service = await openService(town);
    await service.apply();
    await service.change("delete from members where id = 2");
    const { json, id } = await service.json("map-members");
    expect(json["counts"]).toMatchObject({ linked: 2, unread: 1 });
    expect((await service.json("explain", "--kakao", "12", "--run", id)).out).toContain("wiped when it was linked");
    await service.addMember({ id: 20, phone: "01022220002", name: "김둘", verified: "2026-01-01 00:00:00" });
    service.simulator.requests.clear();
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ linked: 2, unread: 0, link: { phone: 1 } });
    expect(detailReads(service)).toEqual(["[12]"]);
  });

  test("links nobody by a hash: the values of whoever left and came back under the same id are read anew", async () => {
    const service = await openService(town);
    await service.apply();
    service.simulator.users.unlink("12", "UNLINK_FROM_ADMIN");
    await service.json("pull");
    service.simulator.users.load([{ id: "12", ...accountOf({ phone: "010-9999-0009", name: "새사람" }) }]);
    await service.json("pull");
    expect(states(service)["12"]).toBe("read");
  });

  test("a placeholder that is configured later: its hashes are of no use, and all wiped users are read again", async () => {
    const service = await openService(town);
    await service.apply();
    service.configure({ matching: { placeholders: ["010-1111-0001"] } });
    service.simulator.requests.clear();
    const { json } = await service.json("map-members");
    expect(detailReads(service)).toEqual(["[11,12,13]"]);
    expect(json["counts"]).toMatchObject({ linked: 3, unmatched: 2 });
    await service.apply();
    expect(states(service)).toMatchObject({ "11": "wiped", "12": "wiped", "13": "wiped" });
  });

  test("a placeholder that is dropped while a pull is unfinished: who shares the number is seen all the same", async () => {
    const limits = { link: { share: 1, count: 100 } };
    const service = await openService({
      members: [{ id: 1, ci: ci("one"), name: "김하나" }, { id: 4, phone: "01011110001", name: "박넷" }],
      users: { "11": { ci: ci("one"), phone: "010-1111-0001", name: "김하나" }, "15": { phone: "010-1111-0001", name: "박넷" } },
      config: { limits, matching: { placeholders: ["010-1111-0001"] } },
    });
    await service.apply();
    await interruptPull(service);
    service.configure({ limits, matching: { placeholders: [] } });
    expect((await service.apply()).json["counts"]).toMatchObject({ linked: 1, link: {}, review: { "shared-phone-kakao": 1 } });
    expect(await service.links()).toEqual({ 1: "11", 4: null });
  });

  test("hashes that a wipe gives up while a pull is unfinished: their users are read before anything is planned", async () => {
    const limits = { link: { share: 1, count: 100 } };
    const service = await openService({
      members: [{ id: 1, ci: ci("one"), name: "김하나" }, { id: 4, phone: "01011110001", name: "박넷" }, { id: 5, ci: ci("five") }],
      users: { "11": { ci: ci("one"), phone: "010-1111-0001", name: "김하나" }, "15": { phone: "010-1111-0001", name: "박넷" }, "17": { ci: ci("five") } },
      config: { limits },
    });
    await service.apply();
    await interruptPull(service);
    // As a kill leaves it that comes before the run is marked as wiped.
    const db = new Database(service.path(".kakao-sync/workspace.db"));
    db.prepare("update runs set facts = json_remove(facts, '$.wiped')").run();
    db.close();
    service.configure({ limits, matching: { placeholders: ["010-9876-5432"] } });
    expect((await service.apply()).json["counts"]).toMatchObject({ linked: 2, review: { "shared-phone-kakao": 1 } });
    expect(await service.links()).toEqual({ 1: "11", 4: null, 5: "17" });
  });

  test("details that a later pull read are another run's, and stay", async () => {
    setClock(start);
    const service = await openService(town);
    const { id } = await service.json("map-members");
    setClock(start + 3 * day);
    service.simulator.users.load([{ id: "16", ...accountOf({ name: "새사람" }) }]);
    await service.json("pull");
    await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "kim");
    expect(states(service)).toEqual({ "11": "wiped", "12": "wiped", "13": "wiped", "14": "read", "15": "read", "16": "read" });
  });

  test("with users of a file: the whole copy of the file is destroyed", async () => {
    const service = await openService({ members: town.members ?? [] });
    const users = [{ id: 11, kakao_account: { ci: ci("one") } }, { id: 14, kakao_account: { ci: ci("four") } }];
    service.write("users.jsonl", users.map((user) => JSON.stringify(user)).join("\n"));
    const { id } = await service.json("map-members", "--apply", "--from", "users.jsonl", "--yes", "--operator", "kim");
    expect(readdirSync(service.path(".kakao-sync")).filter((name) => name.startsWith("snapshot"))).toEqual([]);
    expect(await destructions(service)).toEqual([{ run: id, ci: { destroyed: 2 }, counts: { users: 2 } }]);
  });
});

describe("a plan that expires", () => {
  test("has the details of those wiped who were linked, not of those it would have linked", async () => {
    setClock(start);
    const service = await openService({ ...town, config: { retention: { snapshot: "30d" } } });
    const { id } = await service.json("map-members");
    setClock(start + 6 * day);
    await service.json("pull");
    expect(states(service)["13"]).toBe("read");
    setClock(start + 8 * day);
    await service.json("purge");
    expect(states(service)["13"]).toBe("read");
    await service.json("purge", "--apply", "--yes", "--operator", "kim");
    expect(states(service)).toEqual({ "11": "read", "12": "read", "13": "wiped", "14": "read", "15": "read" });
    expect(await destructions(service)).toEqual([{ run: id, ci: { destroyed: 1 }, counts: { users: 1 } }]);
  });
});

describe("a wipe that was cut short", () => {
  test("right behind the run's end is done by the next command, once", async () => {
    const service = await openService(town);
    const { id } = await service.json("map-members");
    cpSync(service.path(".kakao-sync"), service.path("before"), { recursive: true });
    await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "kim");
    // As a kill leaves it that comes before anything is wiped.
    for (const name of readdirSync(service.path(".kakao-sync")).filter((file) => /^(snapshot|workspace)/.test(file))) rmSync(service.path(join(".kakao-sync", name)));
    for (const name of readdirSync(service.path("before")).filter((file) => /^(snapshot|workspace)/.test(file))) cpSync(service.path(join("before", name)), service.path(join(".kakao-sync", name)));
    const db = new Database(service.path(".kakao-sync/workspace.db"));
    db.prepare("update runs set state = 'applied' where id = ?").run(id);
    db.close();
    expect(states(service)["11"]).toBe("read");
    await service.json("pull");
    expect(states(service)).toMatchObject({ "11": "wiped", "12": "wiped", "13": "wiped", "14": "read" });
    const destroyed = await destructions(service);
    await service.json("pull");
    expect(await destructions(service)).toEqual(destroyed);
  });

  test("keeps nobody from going on where the run's file is damaged, and says so", async () => {
    const service = await openService(town);
    const { id } = await service.apply();
    service.write(`.kakao-sync/runs/${id}/run.db`, "nothing of the kind");
    const db = new Database(service.path(".kakao-sync/workspace.db"));
    db.prepare("update runs set facts = json_remove(facts, '$.wiped') where id = ?").run(id);
    db.close();
    const ran = await service.run("pull", "--operator", "kim");
    expect([ran.code, ran.err]).toEqual([0, expect.stringContaining(`run ${id} used are not wiped yet`)]);
  });
});
