import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { applyOrphans, openOrphans, planOrphans } from "../helpers/orphans.ts";
import { openService, type RanJson, type Service } from "../helpers/service.ts";

const trusting = { matching: { phone: "alone" } };
const people = { members: [{ id: 1, phone: "01022220001" }], users: { 1001: { phone: "01022220001" } }, config: trusting };

/** Makes keys for these people, and a configuration that asks for so many approvals of links. */
async function withApprovers(names: readonly string[], link: number): Promise<Service> {
  const service = await openService(people);
  const approvers: Record<string, unknown> = {};
  for (const name of names) approvers[name] = (await service.json("approve", "--init", "--as", name, "--key", `${name}.pem`)).json["publicKey"];
  service.configure({ ...trusting, approvers, limits: { approvals: { link } } });
  return service;
}

function approve(service: Service, run: string, name: string, key = `${name}.pem`): Promise<RanJson> {
  return service.json("approve", run, "--as", name, "--key", key, "--yes");
}

function apply(service: Service, run: string, operator: string): Promise<RanJson> {
  return service.json("map-members", "--apply", "--plan", run, "--yes", "--operator", operator);
}

describe("limits.approvals", () => {
  test("a plan is applied only with as many signatures of other people", async () => {
    const service = await withApprovers(["kim", "lee"], 2);
    const { id } = await service.json("map-members");
    expect((await apply(service, id, "park")).error).toMatchObject({ code: "approvals-missing", message: expect.stringContaining("needs 2 approvals") });
    expect((await approve(service, id, "kim")).json).toMatchObject({ approvers: ["kim"], digest: expect.stringMatching(/^\d{4}-\d{4}-\d{4}-\d{4}$/) });
    expect((await apply(service, id, "park")).error.message).toContain("it has 1: kim");
    await approve(service, id, "lee");
    for (const lee of ["lee", "Lee"]) expect((await apply(service, id, lee)).error.message).toContain(`of other people than ${lee}; it has 1: kim`);
    expect(await service.links()).toEqual({ 1: null });
    expect((await apply(service, id, "park")).json["applied"]).toMatchObject({ done: 1 });
    expect((await service.json("runs", "audit")).json["record"]).toContainEqual(expect.objectContaining({ entry: expect.objectContaining({ event: "approved", approver: "lee", run: id }) }));
    const month = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7);
    expect((await service.json("runs", "audit", "--month", month)).json["review"]).toMatchObject({ approvals: { kim: 1, lee: 1 }, refusals: { "approvals-missing": 4 } });
    expect((await service.run("runs", "audit", "--month", month)).out).toMatch(/approved by lee +1/);
  });

  test("one person signs once, however often", async () => {
    const service = await withApprovers(["kim", "lee"], 2);
    const { id } = await service.json("map-members");
    await approve(service, id, "kim");
    expect((await approve(service, id, "kim")).json["approvers"]).toEqual(["kim"]);
    expect((await apply(service, id, "park")).code).toBe(3);
  });

  test("only a key that the configuration names counts", async () => {
    const service = await withApprovers(["kim", "lee"], 1);
    const { id } = await service.json("map-members");
    expect((await approve(service, id, "kim", "lee.pem")).error).toMatchObject({ code: "approver-unknown", message: "The configuration names another key for kim." });
    await service.json("approve", "--init", "--as", "choi", "--key", "choi.pem");
    expect((await approve(service, id, "choi")).error.message).toContain("names no approver choi");
    expect((await apply(service, id, "park")).code).toBe(3);
  });

  test("a signature is under one plan: put under another one it counts for nothing", async () => {
    const service = await withApprovers(["kim"], 1);
    const first = (await service.json("map-members")).id;
    await approve(service, first, "kim");
    const second = (await service.json("map-members")).id;
    const db = new Database(service.path(".kakao-sync/workspace.db"));
    db.prepare("update settings set name = ? where name = ?").run(`approvals.${second}`, `approvals.${first}`);
    db.close();
    expect((await apply(service, second, "park")).error).toMatchObject({ code: "approvals-missing", message: expect.stringContaining("it has none") });
    expect((await approve(service, first, "kim")).error.code).toBe("run-not-planned");
  });

  test("a signature that could not be put on record counts for nothing", async () => {
    const service = await withApprovers(["kim"], 1);
    const { id } = await service.json("map-members");
    const record = service.path(".kakao-sync/record.db");
    for (const file of [`${record}-wal`, `${record}-shm`]) rmSync(file, { force: true });
    writeFileSync(record, "garbage ".repeat(2000));
    expect((await approve(service, id, "kim")).error.code).toBe("record-damaged");
    rmSync(record);
    expect((await apply(service, id, "park")).error.code).toBe("approvals-missing");
  });

  test("more approvals than approvers is a problem of the configuration", async () => {
    const service = await withApprovers(["kim"], 2);
    expect((await service.json("map-members")).error.message).toContain("more approvals are needed than there are approvers (1)");
  });
});

describe("an unlinking plan", () => {
  /** Two users to unlink, three gone links, of which one may be cleared. */
  async function openPlan(): Promise<{ readonly service: Service; readonly run: string }> {
    const config = { kakao: { app: { fixedIds: false, autoLink: true } }, members: { otherLogin: "email is not null" } };
    const service = await openOrphans({
      orphans: 2,
      members: [{ id: 51, link: "8001", email: "a@example.com" }, { id: 52, link: "8002" }, { id: 53, link: "8003" }],
      config,
    });
    const { publicKey } = (await service.json("approve", "--init", "--as", "kim", "--key", "kim.pem")).json;
    const limits = { unlink: { share: 1, count: 100, nightly: 100 }, clear: { share: 1, count: 100 }, approvals: { unlink: 1 } };
    service.configure({ ...config, approvers: { kim: publicKey }, limits });
    return { service, run: await planOrphans(service) };
  }

  test("shows what --clear-gone would clear, and the signature allows it", async () => {
    const { service, run } = await openPlan();
    const shown = (await service.run("approve", run, "--as", "kim", "--key", "kim.pem")).out;
    expect(shown).toMatch(/Kakao users to unlink +2\n/);
    expect(shown).toMatch(/gone links +3\n/);
    expect(shown).toMatch(/of them --clear-gone would clear +at most 1\n/);
    expect((await applyOrphans(service, run, "--clear-gone")).error.code).toBe("approvals-missing");
    expect((await approve(service, run, "kim")).json).toMatchObject({ unlinks: 2, gone: 3, clearable: 1, approvers: ["kim"] });
    expect((await service.json("runs", "audit")).json["record"]).toContainEqual(expect.objectContaining({ entry: expect.objectContaining({ event: "approved", counts: { unlinks: 2, gone: 3, clearable: 1 } }) }));
    expect(await applyOrphans(service, run, "--clear-gone")).toMatchObject({ code: 0, json: { applied: { done: 2, cleared: 1 } } });
  });

  test("at a terminal the question names both", async () => {
    const { service, run } = await openPlan();
    const asked = await service.runWith({ typed: "n\r", env: { USER: "kim" } }, "approve", run, "--as", "kim", "--key", "kim.pem");
    expect(asked).toMatchObject({ code: 130, err: expect.stringContaining("Approve unlinking 2 Kakao users and clearing at most 1 gone link of plan") as string });
  });

  test("a gone link that is made clearable afterwards is not what was signed", async () => {
    const { service, run } = await openPlan();
    await approve(service, run, "kim");
    const db = new Database(service.path(`.kakao-sync/runs/${run}/run.db`));
    expect(db.prepare("update gone set body = replace(body, '\"live\",false', '\"live\",true')").run().changes).toBe(1);
    db.close();
    expect((await applyOrphans(service, run, "--clear-gone")).error.code).toBe("plan-damaged");
    expect(await service.links()).toMatchObject({ 51: "8001", 52: "8002", 53: "8003" });
  });
});

describe("the key of an approver", () => {
  test("is in a file of its own, 0600, and never overwritten", async () => {
    const service = await openService(people);
    await service.json("approve", "--init", "--as", "kim", "--key", "kim.pem");
    const before = readFileSync(service.path("kim.pem"), "utf8");
    expect(statSync(service.path("kim.pem")).mode & 0o777).toBe(0o600);
    expect((await service.json("approve", "--init", "--as", "kim", "--key", "kim.pem")).error.code).toBe("approver-key-exists");
    expect(readFileSync(service.path("kim.pem"), "utf8")).toBe(before);
  });

  test("missing, or no key at all: said, and its content is not repeated", async () => {
    const service = await withApprovers(["kim"], 1);
    const { id } = await service.json("map-members");
    expect((await approve(service, id, "kim", "nowhere.pem")).error.code).toBe("approver-key-missing");
    writeFileSync(service.path("text.pem"), "secret words", { mode: 0o600 });
    const wrong = await approve(service, id, "kim", "text.pem");
    expect(wrong.error.code).toBe("approver-key-wrong");
    expect(wrong.out + wrong.err).not.toContain("secret words");
  });

  test("without a terminal --yes is needed", async () => {
    const service = await withApprovers(["kim"], 1);
    const { id } = await service.json("map-members");
    expect((await service.json("approve", id, "--as", "kim", "--key", "kim.pem")).error.code).toBe("not-confirmed");
    expect((await apply(service, id, "park")).code).toBe(3);
  });
});
