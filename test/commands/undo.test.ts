import { describe, expect, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { openService, type Service, type ServiceSetup } from "../helpers/service.ts";
import { storeEngine } from "../helpers/stores.ts";

const three: ServiceSetup = {
  members: [
    { id: 1, ci: ci("one") },
    { id: 2, phone: "01022220002", name: "이둘" },
    { id: 3, ci: ci("three") },
  ],
  users: { "11": { ci: ci("one") }, "12": { phone: "010-2222-0002", name: "이둘" }, "13": { ci: ci("three") } },
};

const linked = { 1: "11", 2: "12", 3: "13" };

async function openApplied(setup: ServiceSetup = three): Promise<{ service: Service; id: string; undo: (...flags: string[]) => ReturnType<Service["json"]> }> {
  const service = await openService(setup);
  const { id } = await service.apply();
  expect(await service.links()).toMatchObject(linked);
  return { service, id, undo: (...flags) => service.json("undo", id, "--apply", "--yes", "--operator", "tester", ...flags) };
}

describe("undo of a run", () => {
  test("first says what it does not do, and changes nothing", async () => {
    const { service, id } = await openApplied();
    const { code, out, err } = await service.run("undo", id);
    expect(code).toBe(0);
    expect(out).toContain("Nothing at Kakao changes, and nothing there comes back.");
    expect(out).toContain("3 links to take away, 0 used since");
    expect(err).toContain(`kakao-sync undo ${id} --apply`);
    expect(await service.links()).toEqual(linked);
    expect((await service.json("undo", id)).json).toEqual({ command: "undo", run: id, mode: "plan", links: 3, used: 0 });
  });

  test.skipIf(storeEngine !== "sqlite")("as a whole: every link is empty again, exactly as it was (SQLite: three kinds of empty in one column)", async () => {
    const service = await openService({ ...three, schema: ["create unique index u on members (kakao_id) where kakao_id is not null and kakao_id <> '' and kakao_id <> 0"] });
    await service.change("update members set kakao_id = '' where id = 1; update members set kakao_id = 0 where id = 2");
    const { id } = await service.apply();
    expect(await service.links()).toEqual(linked);
    service.simulator.requests.clear();
    const { code, json } = await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    expect(code).toBe(0);
    expect(json).toMatchObject({ command: "undo", run: id, mode: "apply", restored: 3, changedSince: 0, rowGone: 0, used: 0 });
    expect(await service.links()).toEqual({ 1: "", 2: "0", 3: null });
    expect(service.simulator.requests.find()).toEqual([]);
  });

  test("twice: the second time is refused", async () => {
    const { service, id, undo } = await openApplied();
    await undo();
    const again = await undo();
    expect(again.code).toBe(3);
    expect(again.error).toMatchObject({ code: "run-not-undoable" });
    expect(again.error.message).toContain("undone");
    expect((await service.json("runs")).json["runs"]).toMatchObject([{ run: id, state: "undone" }]);
  });

  test("a plan that was never applied is refused", async () => {
    const service = await openService(three);
    const { id } = await service.json("map-members");
    expect((await service.json("undo", id)).error).toMatchObject({ code: "run-not-undoable" });
  });

  test("after it the next plan links the same people again", async () => {
    const { service, undo } = await openApplied();
    await undo();
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ linked: 0, link: { ci: 2, phone: 1 } });
  });

  test("needs a confirmation without a terminal; at one the number of links is typed", async () => {
    const { service, id } = await openApplied();
    expect((await service.json("undo", id, "--apply", "--operator", "x")).error.code).toBe("not-confirmed");
    expect((await service.runWith({ typed: "2\r" }, "undo", id, "--apply", "--operator", "x")).code).toBe(130);
    expect(await service.links()).toEqual(linked);
    expect((await service.runWith({ typed: "3\r" }, "undo", id, "--apply", "--operator", "x")).code).toBe(0);
    expect(await service.links()).toEqual({ 1: null, 2: null, 3: null });
  });
});

describe("a selection", () => {
  test("--by takes away what one key decided; the rest can still be undone", async () => {
    const { service, id, undo } = await openApplied();
    expect((await undo("--by", "phone")).json).toMatchObject({ restored: 1 });
    expect(await service.links()).toEqual({ 1: "11", 2: null, 3: "13" });
    expect((await service.json("undo", id)).json).toMatchObject({ links: 2 });
    expect((await undo("--by", "ci")).json).toMatchObject({ restored: 2 });
  });

  test("the printed command repeats the selection", async () => {
    const { service, id } = await openApplied();
    service.write("some.csv", "member_id\n3\n");
    const { err } = await service.run("undo", id, "--only", "some.csv", "--by", "ci", "--include-used");
    expect(err).toContain("--apply --include-used --by ci --only some.csv");
  });

  test("--only takes a list of member ids, further columns and all", async () => {
    const { service, undo } = await openApplied();
    service.write("some.csv", "\uFEFFname,member_id\r\n누구,3\r\n,77\r\n");
    expect((await undo("--only", "some.csv")).json).toMatchObject({ restored: 1 });
    expect(await service.links()).toEqual({ 1: "11", 2: "12", 3: null });
  });

  test.each([
    [["--by", "name"], "usage"],
    [["--only", "missing.csv"], "file-missing"],
  ])("%j cannot be read", async (flags, code) => {
    const { service, undo } = await openApplied();
    const wrong = await undo(...flags);
    expect(wrong.code).toBe(2);
    expect(wrong.error.code).toBe(code);
    expect(await service.links()).toEqual(linked);
  });
});

describe("members who were here since", () => {
  test("used links are left alone and listed; --include-used takes them, too", async () => {
    const { service, id, undo } = await openApplied();
    await service.change(`update members set last_login_at = '${new Date(Date.now() + 9 * 3_600_000 + 60_000).toISOString().slice(0, 19).replace("T", " ")}' where id = 1`);
    await service.change("update members set last_login_at = '2020-01-01 00:00:00' where id = 2");
    const { out, err } = await service.run("undo", id);
    expect(out).toContain("2 links to take away, 1 used since and left alone");
    expect(err).toContain("--include-used");
    const first = await undo();
    expect(first.json).toMatchObject({ restored: 2, used: 1, files: { usedSince: `.kakao-sync/runs/${id}/used-since.csv` } });
    expect(service.csv(id, "used-since.csv")).toMatchObject([{ member_id: "1", kakao_id: "11" }]);
    expect(await service.links()).toEqual({ 1: "11", 2: null, 3: null });
    expect((await undo("--include-used")).json).toMatchObject({ restored: 1 });
    expect(await service.links()).toEqual({ 1: null, 2: null, 3: null });
    expect((await service.json("runs")).json["runs"]).toMatchObject([{ state: "undone" }]);
  });

  test("without a login column it says that nobody can tell", async () => {
    const service = await openService({ ...three, config: { members: { lastLoginAt: undefined } } });
    const { id } = await service.apply();
    expect((await service.run("undo", id)).err).toContain("members.lastLoginAt is not configured");
  });

  test("rows that changed since, or are gone, are left alone and counted", async () => {
    const { service, undo } = await openApplied();
    await service.change("update members set kakao_id = 99 where id = 1; delete from members where id = 2");
    expect((await undo()).json).toMatchObject({ restored: 1, changedSince: 1, rowGone: 1 });
    expect(await service.links()).toEqual({ 1: "99", 3: null });
  });

  test("a link that the service wrote anew with the same id is no different from the run's own", async () => {
    const { service, undo } = await openApplied();
    await service.change("update members set kakao_id = null where id = 1");
    await service.change("update members set kakao_id = 11 where id = 1");
    expect((await undo()).json).toMatchObject({ restored: 3 });
  });
});
