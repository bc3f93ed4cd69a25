import { afterEach, expect, test } from "vitest";
import { defaultScopes } from "../../src/simulator/app-setup.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/simulator/server.ts";
import { ask, type Asked, target } from "./ask.ts";

let simulator: Simulator;
afterEach(() => simulator.close());

const big = "9223372036854775806";
const now = Date.parse("2026-03-02T05:11:09Z");
const added = { relation: "ADDED", created_at: "2025-01-01T00:00:00Z", updated_at: "2025-02-01T00:00:00Z" } as const;
const channels = [
  { publicId: "_Abcd", searchId: "@shop", state: "connected" }, { publicId: "_Efgh", searchId: "@brand", state: "connected" },
  { publicId: "_Gone", searchId: "@gone", state: "sanctioned" }, { publicId: "_Else", searchId: "@else", state: "unconnected" },
] as const;
const kakao_account = { name_needs_agreement: false, name: "김민아", email_needs_agreement: true };

const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator({
    channels, now: () => now,
    users: [{ id: big, scopes: ["plusfriends"], channels: { _Abcd: added } }, { id: 2, scopes: ["plusfriends"] }, { id: 3, kakao_account }],
    ...options,
  });
};
const one = (id: string, parameters: Record<string, string> = {}): Promise<Asked> => ask(simulator, "GET", "/v2/api/talk/channels", { ...target(id), ...parameters });
const several = (ids: string, parameters: Record<string, string> = {}): Promise<Asked> =>
  ask(simulator, "GET", "/v2/api/talk/channels/multi", { target_id_type: "user_id", target_ids: ids, ...parameters });
const only = (channel: string) => ({ channel_ids: channel, channel_id_type: "channel_public_id" });
const shop = { channel_uuid: "@shop", channel_public_id: "_Abcd" };

test("one user: every connected channel, NONE without dates; the id in full", async () => {
  await start();
  const { status, text } = await one(big);
  expect(status).toBe(200);
  expect(text.startsWith(`{"user_id":${big},`)).toBe(true);
  expect(JSON.parse(text)).toMatchObject({ channels: [{ ...shop, ...added }, { channel_uuid: "@brand", channel_public_id: "_Efgh", relation: "NONE" }] });
  expect(JSON.parse((await one("2", only("_Abcd"))).text)).toEqual({ user_id: 2, channels: [{ ...shop, relation: "NONE" }] });
});

test("relations change while it runs, and unlinking leaves them alone", async () => {
  await start();
  simulator.users.setRelation(big, "_Abcd", "BLOCKED");
  simulator.users.setRelation("2", "_Abcd", "ADDED");
  const time = "2026-03-02T05:11:09Z";
  const read = async (): Promise<unknown[]> => JSON.parse((await several(`${big},2`, only("_Abcd"))).text.replaceAll(big, '"big"'));
  const expected = [
    { user_id: "big", channels: [{ ...shop, relation: "BLOCKED", created_at: added.created_at, updated_at: time }] },
    { user_id: 2, channels: [{ ...shop, relation: "ADDED", created_at: time, updated_at: time }] },
  ];
  expect(await read()).toEqual(expected);
  simulator.users.unlink(big, "UNLINK_FROM_APPS");
  expect(await read()).toEqual(expected.slice(1));
  simulator.users.relink(big);
  expect(await read()).toEqual(expected);
  simulator.users.setRelation("2", "_Abcd", "NONE");
  expect((await several("2", only("_Abcd"))).text).toBe(`[{"user_id":2,"channels":[${JSON.stringify({ ...shop, relation: "NONE" })}]}]`);
  expect(() => simulator.users.setRelation("77", "_Abcd", "ADDED")).toThrow("77 is not linked");
});

test("without the consent item, one user is -402 with what is needed and what is there; several leave such a user out", async () => {
  await start();
  expect(await one("3")).toMatchObject({ status: 403, json: { code: -402, required_scopes: ["plusfriends"], allowed_scopes: ["name"] } });
  expect((await several("3,2,77", only("_Abcd"))).text).toContain('[{"user_id":2,');
  expect((await one("77")).json["code"]).toBe(-101);
});

test.each<[SimulatorOptions, string, number, number]>([
  [{ withoutConsentInRelations: "fail" }, "2,3", 403, -402],
  [{ withoutConsentInRelations: "fail" }, "2,77", 200, 0],
  [{ unlinkedInRelations: "fail" }, "2,77", 400, -101],
  [{ unlinkedInRelations: "fail" }, "2,3", 200, 0],
  [{ scopes: defaultScopes.filter(({ id }) => id !== "plusfriends") }, "2", 403, -402],
  [{ scopes: defaultScopes.map((scope) => ({ ...scope, using: scope.id !== "plusfriends" })) }, "2", 403, -402],
])("with %j the call for %s is %i %i", async (options, ids, status, code) => {
  await start(options);
  const answer = await several(ids);
  expect([answer.status, answer.json["code"] ?? 0]).toEqual([status, code]);
});

test("a dormant user is left out, or fails the call with the own code", async () => {
  await start();
  simulator.faults.addUser("2", -103);
  expect((await several(`2,${big}`, only("_Efgh"))).text).not.toContain('"user_id":2,');
  await simulator.close();
  await start({ unlinkedInRelations: "fail" });
  simulator.faults.addUser("2", -103);
  expect(await several("2")).toMatchObject({ status: 400, json: { code: -103 } });
});

test("at most 200 users, as a comma list without brackets", async () => {
  await start();
  const list = (count: number): string => Array.from({ length: count }, (_, at) => at + 1).join(",");
  expect((await several(list(200))).status).toBe(200);
  for (const wrong of [list(201), "[2]", "2,,3", "", "two"]) expect(await several(wrong)).toMatchObject({ status: 400, json: { code: -2 } });
});

test.each([["_Nope", -541], ["_Gone", -544], ["_Else", -819]])("channel %s is %i", async (channel, code) => {
  await start();
  expect(await several("2", only(channel))).toMatchObject({ status: 400, json: { code } });
  expect(await one("2", only(`_Abcd,${channel}`))).toMatchObject({ status: 400, json: { code } });
});

test("channel_ids want their type", async () => {
  await start();
  expect(await several("2", { channel_ids: "_Abcd" })).toMatchObject({ status: 400, json: { code: -2 } });
});
