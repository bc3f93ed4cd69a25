import { afterEach, describe, expect, test } from "vitest";
import type { CustomerFile } from "../../src/simulator/customer-files.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import { ask, type Asked, askJson } from "./ask.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

const paths = { create: "/v1/talkchannel/create/target_user_file", list: "/v1/talkchannel/target_user_file", add: "/v1/talkchannel/update/target_users", remove: "/v1/talkchannel/delete/target_users" };
const channel_public_id = "_Abcd";
const schema = { 지역: "string", 가입일: "string", vip_level: "number" };
const field = { 지역: "서울", 가입일: "20251102", vip_level: 2 };

const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator(options);
};
const create = (more: Record<string, unknown> = {}): Promise<Asked> => askJson(simulator, paths.create, { channel_public_id, file_name: "members", schema, ...more });
const list = async (): Promise<unknown> => JSON.parse((await ask(simulator, "GET", paths.list, { channel_public_id })).text);
const add = (file_id: number, users: unknown, user_type = "phone"): Promise<Asked> => askJson(simulator, paths.add, { file_id, channel_public_id, user_type, users });
const remove = (file_id: number, user_ids: unknown, user_type = "phone"): Promise<Asked> => askJson(simulator, paths.remove, { file_id, channel_public_id, user_type, user_ids });
const made = async (options: SimulatorOptions = {}): Promise<CustomerFile> => {
  await start(options);
  await create();
  const [file] = simulator.files.all();
  if (file === undefined) throw new Error("no file");
  return file;
};
const phones = (count: number): string[] => Array.from({ length: count }, (_, at) => `8210${String(55_500_000 + at)}`);
const rows = (ids: readonly string[]) => ids.map((id) => ({ id, field }));

describe("creating", () => {
  test("answers the file's number; the list shows an empty schema until the first customer", async () => {
    await start();
    const { status, json } = await create();
    expect(status).toBe(200);
    const id = Number(json["file_id"]);
    expect(simulator.files.get(id)).toMatchObject({ channelPublicId: "_Abcd", name: "members", schema, byHand: false });
    expect(await list()).toEqual([{ file_id: id, file_name: "members", status: "COMPLETE", schema: {} }]);
    await add(id, rows(["821055550147"]));
    expect(await list()).toEqual([{ file_id: id, file_name: "members", status: "COMPLETE", schema }]);
    await remove(id, ["821055550147"]);
    expect(await list()).toMatchObject([{ schema: {} }]);
  });

  test("a name twice is -817, in another channel it is free", async () => {
    await start({ channels: [{ publicId: "_Abcd", searchId: "@a", state: "connected" }, { publicId: "_Efgh", searchId: "@b", state: "connected" }] });
    await create();
    expect(await create()).toMatchObject({ status: 400, json: { code: -817 } });
    expect((await create({ channel_public_id: "_Efgh" })).status).toBe(200);
    expect(simulator.files.all("_Efgh")).toHaveLength(1);
  });

  test("the 31st file is -818; those uploaded by hand count, listed or not", async () => {
    await start({ handFilesListed: false });
    for (let at = 0; at < 5; at += 1) simulator.files.addByHand("_Abcd", `by hand ${at}`);
    for (let at = 0; at < 25; at += 1) expect((await create({ file_name: `file ${at}` })).status).toBe(200);
    expect(await create({ file_name: "one more" })).toMatchObject({ status: 400, json: { code: -818 } });
    expect(await list()).toHaveLength(25);
    expect(simulator.files.all("_Abcd")).toHaveLength(30);
  });

  test.each<[string, unknown, number]>([
    ["the ten names as text", Object.fromEntries(["생년월일", "국가", "지역", "성별", "연령", "구매금액", "포인트", "가입일", "최근 구매일", "응모일"].map((key) => [key, "string"])), 200],
    ["a name of its own as text", { grade: "string" }, 400],
    ["the sample file's spelling as text", { 최근구매일: "string" }, 400],
    ["one of the ten as a number", { 연령: "number" }, 200],
    ["another type", { vip: "STRING" }, 400],
    ["30 keys", Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`k${at}`, "number"])), 200],
    ["31 keys", Object.fromEntries(Array.from({ length: 31 }, (_, at) => [`k${at}`, "number"])), 400],
    ["no key", {}, 400],
    ["a list", [], 400],
    ["nothing", undefined, 400],
  ])("schema: %s", async (_name, given, status) => {
    await start();
    expect((await create({ schema: given })).status).toBe(status);
    expect(simulator.files.all()).toHaveLength(status === 200 ? 1 : 0);
  });

  test.each([undefined, "", 7])("a file name %j is -2", async (file_name) => {
    await start();
    expect(await create({ file_name })).toMatchObject({ status: 400, json: { code: -2 } });
  });
});

describe("users", () => {
  test("are kept with their fields, counted, overwritten when added again, and removed", async () => {
    const file = await made();
    expect((await add(file.id, rows(["821055550147", "821055550148"]))).text).toBe(`{"file_id":${file.id},"request_count":2,"success_count":2}`);
    await add(file.id, [{ id: "821055550147", field: { vip_level: 3 } }]);
    expect([...file.users.phone]).toEqual([["821055550147", { vip_level: 3 }], ["821055550148", field]]);
    expect(file.former.phone.size).toBe(0);
    await add(file.id, rows(["9223372036854775806"]), "app");
    expect([...file.users.app.keys()]).toEqual(["9223372036854775806"]);
    expect((await remove(file.id, ["821055550147", "821055559999"])).text).toBe(`{"file_id":${file.id},"request_count":2,"success_count":2}`);
    expect([...file.users.phone.keys()]).toEqual(["821055550148"]);
  });

  test("2,000 are taken, 2,001 are not, none are not", async () => {
    const file = await made();
    expect(await add(file.id, rows(phones(2_001)))).toMatchObject({ status: 400, json: { code: -2 } });
    expect(await remove(file.id, phones(2_001))).toMatchObject({ status: 400, json: { code: -2 } });
    expect(await add(file.id, [])).toMatchObject({ status: 400, json: { code: -2 } });
    expect(file.users.phone.size).toBe(0);
    expect((await add(file.id, rows(phones(2_000)))).json).toMatchObject({ request_count: 2_000, success_count: 2_000 });
    expect(file.users.phone.size).toBe(2_000);
  });

  test("a wrong member name is 200 with no success", async () => {
    const file = await made();
    expect(await add(file.id, [{ id: "821055550147", field_data: field }])).toMatchObject({ status: 200, json: { request_count: 1, success_count: 0 } });
    expect(file.users.phone.size).toBe(0);
  });

  test.each<[string, string, unknown]>([
    ["a domestic number", "phone", { id: "01055550147", field }],
    ["a zero after 82", "phone", { id: "8201055550147", field }],
    ["hyphens", "phone", { id: "82-10-5555-0147", field }],
    ["a Kakao id that is none", "app", { id: "0", field }],
    ["a number that JavaScript rounds", "app", { id: 2 ** 53, field }],
    ["a key that the schema lacks", "phone", { id: "821055550149", field: { grade: 1 } }],
    ["text for a number", "phone", { id: "821055550149", field: { vip_level: "2" } }],
    ["a nested value", "phone", { id: "821055550149", field: { vip_level: null } }],
    ["no object", "phone", "821055550149"],
  ])("malformed is %s: the others are taken", async (_name, type, row) => {
    const file = await made();
    const good = type === "phone" ? "821055550147" : "17";
    expect((await add(file.id, [row, { id: good, field }], type)).json).toMatchObject({ request_count: 2, success_count: 1 });
    expect([...file.users.phone.keys(), ...file.users.app.keys()]).toEqual([good]);
  });

  test("single ids can be made malformed", async () => {
    const file = await made();
    simulator.files.refuseUser("821055550147");
    expect((await add(file.id, rows(["821055550147", "821055550148"]))).json).toMatchObject({ success_count: 1 });
    expect((await remove(file.id, ["821055550147"])).json).toMatchObject({ success_count: 0 });
  });

  test("the unconfirmed sides are settings", async () => {
    const file = await made({ addingAgain: "append", phoneIds: "82-or-010", fieldsChecked: false, removeAs: "objects", removeAnswer: "file-id", fileList: { list: "target_user_files", id: "id", name: "name" } });
    await add(file.id, [{ id: "01055550147", field: { grade: "gold" } }]);
    await add(file.id, rows(["821055550147"]));
    expect([...file.users.phone]).toEqual([["821055550147", field]]);
    expect([...file.former.phone]).toEqual([["821055550147", [{ grade: "gold" }]]]);
    expect(await list()).toEqual({ target_user_files: [{ id: file.id, name: "members", status: "COMPLETE", schema }] });
    await remove(file.id, ["821055550147"]);
    expect(file.users.phone.size).toBe(1);
    expect((await remove(file.id, [{ id: "821055550147" }])).text).toBe(`{"file_id":${file.id}}`);
    expect([file.users.phone.size, file.former.phone.size]).toEqual([0, 0]);
  });

  test.each([["object", "{}"], ["nothing", ""]] as const)("a removal can be answered with %s", async (removeAnswer, text) => {
    const file = await made({ removeAnswer, removeAs: "either" });
    await add(file.id, rows(["821055550147", "821055550148"]));
    expect(await remove(file.id, ["821055550147", { id: "821055550148" }])).toMatchObject({ status: 200, text });
    expect(file.users.phone.size).toBe(0);
  });

  test("one malformed row can refuse all; removals can count who was there", async () => {
    const file = await made({ malformedRows: "refused", removeCounts: "present" });
    expect(await add(file.id, rows(["821055550147", "x"]))).toMatchObject({ status: 400, json: { code: -2 } });
    expect(file.users.phone.size).toBe(0);
    await add(file.id, rows(["821055550147"]));
    expect((await remove(file.id, ["821055550147", "821055550148"])).json).toMatchObject({ request_count: 2, success_count: 1 });
  });

  test("a million stand in one file", { timeout: 120_000 }, async () => {
    const file = await made();
    const ids = (request: number) => Array.from({ length: 2_000 }, (_, at) => `8210${String(10_000_000 + request * 2_000 + at)}`);
    for (let request = 0; request < 500; request += 1) await add(file.id, rows(ids(request)));
    expect(file.users.phone.size).toBe(1_000_000);
    for (let request = 0; request < 499; request += 1) await remove(file.id, ids(request));
    expect([...file.users.phone.keys()]).toEqual(ids(499));
  });
});

describe("what every call refuses", () => {
  const calls: readonly [string, (more: Record<string, unknown>) => Promise<Asked>][] = [
    ["create", (more) => create({ file_name: "another", ...more })],
    ["add", (more) => askJson(simulator, paths.add, { file_id: simulator.files.all()[0]?.id, channel_public_id, user_type: "app", users: [{ id: "5", field }], ...more })],
    ["remove", (more) => askJson(simulator, paths.remove, { file_id: simulator.files.all()[0]?.id, channel_public_id, user_type: "app", user_ids: ["5"], ...more })],
    ["list", (more) => ask(simulator, "GET", paths.list, Object.fromEntries(Object.entries({ channel_public_id, ...more }).map(([name, value]) => [name, String(value)])))],
  ];
  const channels = [
    { publicId: "_Abcd", searchId: "@a", state: "connected" }, { publicId: "_Gone", searchId: "@g", state: "sanctioned" }, { publicId: "_Else", searchId: "@e", state: "unconnected" },
  ] as const;

  test.each(calls)("%s: an unknown channel, a sanctioned and an unconnected one", async (_name, call) => {
    await made({ channels });
    expect((await call({})).status).toBe(200);
    for (const [id, code] of [["_Nope", -541], ["_Gone", -544], ["_Else", -819], ["", -2]]) expect(await call({ channel_public_id: id })).toMatchObject({ status: 400, json: { code } });
  });

  test.each(calls)("%s: the product that is off", async (_name, call) => {
    await start({ channelProduct: false });
    simulator.files.create("_Abcd", "members", {});
    expect(await call({})).toMatchObject({ status: 403, json: { code: -3, msg: "TALK_CHANNEL service property disabled" } });
  });

  test.each([-1, -603, -9798, "drop-before", "drop-after-applied"] as const)("under %s a call fails, and has happened only if it says so", async (fault) => {
    const file = await made();
    simulator.faults.add({ path: paths.add, nth: 1, fault });
    if (typeof fault === "number") expect((await add(file.id, rows(["821055550147"]))).json["code"]).toBe(fault);
    else await expect(add(file.id, rows(["821055550147"]))).rejects.toThrow();
    expect(file.users.phone.size).toBe(fault === "drop-after-applied" ? 1 : 0);
    expect((await add(file.id, rows(["821055550147"]))).json).toMatchObject({ success_count: 1 });
    expect(file.users.phone.size).toBe(1);
  });

  test.each([paths.create, paths.add, paths.remove])("form data is INVALID_PARAMETER: %s", async (path) => {
    const file = await made();
    const form = { channel_public_id, file_id: String(file.id), user_type: "app", users: "[]", file_name: "x", schema: "{}" };
    expect(await ask(simulator, "POST", path, form)).toMatchObject({ status: 400, json: { code: -2, msg: "INVALID_PARAMETER" } });
  });

  test("a file of another channel, and one that is not there, are -816", async () => {
    const file = await made({ channels: [...channels, { publicId: "_Efgh", searchId: "@b", state: "connected" }] });
    expect((await add(file.id + 1, rows(["821055550147"]))).json["code"]).toBe(-816);
    expect((await remove(file.id + 1, ["821055550147"])).json["code"]).toBe(-816);
    expect((await askJson(simulator, paths.add, { file_id: file.id, channel_public_id: "_Efgh", user_type: "phone", users: rows(["821055550147"]) })).json["code"]).toBe(-816);
  });

  test.each(["", "email", undefined])("user_type %j is -2", async (user_type) => {
    const file = await made();
    expect((await askJson(simulator, paths.add, { file_id: file.id, channel_public_id, user_type, users: rows(["821055550147"]) })).json["code"]).toBe(-2);
  });
});

test("the log counts users and names nobody", async () => {
  const file = await made({ adminKey: "very-secret-key" });
  await add(file.id, [{ id: "821055550147", field: { 지역: "부산광역시" } }]);
  await remove(file.id, ["821055550147"]);
  await askJson(simulator, paths.add, { file_id: file.id, users: "821055550147", phone: "821055550147", channel_public_id: "very-secret-key" });
  const common = { file_id: String(file.id), channel_public_id };
  expect(simulator.requests.find().map(({ path, parameters }) => [path, parameters])).toEqual([
    [paths.create, { channel_public_id, file_name: "members", schema: JSON.stringify(schema) }],
    [paths.add, { ...common, user_type: "phone", users: "1" }],
    [paths.remove, { ...common, user_type: "phone", user_ids: "1" }],
    [paths.add, { file_id: String(file.id), users: "(no list)", channel_public_id: "(admin key)" }],
  ]);
  expect(JSON.stringify(simulator.requests.find())).not.toMatch(/5555|부산/);
});

test("whoever watches the requests sees what came as JSON, before it is carried out", async () => {
  const seen: unknown[] = [];
  const file = await made({ onRequest: ({ path, body }) => void (path === paths.add && seen.push([body, simulator.files.all()[0]?.users.phone.size])) });
  await add(file.id, rows(["821055550147"]));
  expect(seen).toEqual([[{ file_id: file.id, channel_public_id, user_type: "phone", users: rows(["821055550147"]) }, 0]]);
});
