import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OperatorError } from "../../src/errors.ts";
import { defaultScopes } from "../../src/simulator/app-setup.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/server.ts";
import type { ChannelRelation as SimulatedRelation, LoadedUser } from "../../src/simulator/users.ts";
import { createRig, everythingOf, failureOf, startOddServer, type Answer, type OddServer, type Rig } from "./test-client.ts";

let closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
});

const path = "/v2/api/talk/channels/multi";
const old = "2025-11-02T01:20:33Z";
const first = 9_223_372_036_854_700_000n;
const idAt = (at: number): string => String(first + BigInt(at));
const relations: readonly (SimulatedRelation["relation"] | undefined)[] = ["ADDED", "BLOCKED", undefined];

function userAt(at: number, scopes: readonly string[] = ["plusfriends"]): LoadedUser {
  const relation = relations[at % 3];
  return { id: idAt(at), connected_at: old, scopes, ...(relation === undefined ? {} : { channels: { _Abcd: { relation } } }) };
}
const expected = (at: number): string | undefined => ["added", "blocked", "none"][at % 3];
const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

async function open(options: SimulatorOptions = {}): Promise<Rig & { readonly simulator: Simulator }> {
  const simulator = await startSimulator({ users: numbers(200).map((at) => userAt(at)), ...options });
  closing.push(() => simulator.close());
  return { simulator, ...createRig(simulator.url, { adminKey: () => simulator.adminKey }) };
}

async function answering(answer: Answer): Promise<Rig & { readonly server: OddServer }> {
  const server = await startOddServer(() => answer);
  closing.push(() => server.close());
  return { server, ...createRig(server.url) };
}

test("200 users in one call, each with the own relation; more are a defect, none no call", async () => {
  const { client, simulator } = await open();
  const read = await client.channel.readRelations(numbers(200).map(idAt), "_Abcd");
  expect([...read].sort()).toEqual(numbers(200).map((at) => [idAt(at), expected(at)]));
  expect(simulator.requests.total).toBe(1);
  await expect(client.channel.readRelations(numbers(201).map(idAt), "_Abcd")).rejects.toThrow(RangeError);
  expect((await client.channel.readRelations([], "_Abcd")).size).toBe(0);
  expect(simulator.requests.total).toBe(1);
});

describe.each<[string, SimulatorOptions]>([
  ["leaves out whom it cannot answer for", {}],
  ["fails the call for them", { withoutConsentInRelations: "fail", unlinkedInRelations: "fail" }],
])("where Kakao %s", (name, options) => {
  test("who is not linked, dormant or without consent is left out, and nobody else", async () => {
    const hidden = new Set([3, 77, 150]);
    const users = numbers(200).filter((at) => at !== 77).map((at) => userAt(at, at === 3 ? [] : ["plusfriends"]));
    const { client, simulator } = await open({ users, ...options });
    simulator.faults.addUser(idAt(150), -103);
    const read = await client.channel.readRelations(numbers(200).map(idAt), "_Abcd");
    expect([...read].sort()).toEqual(numbers(200).filter((at) => !hidden.has(at)).map((at) => [idAt(at), expected(at)]));
    expect(simulator.requests.count({ path }) > 1).toBe(name.startsWith("fails"));
    expect(simulator.requests.count({ path: "/v2/user/scopes" })).toBe(name.startsWith("fails") ? 1 : 0);
  });

  test("an item that is switched off ends the run with what to switch on, after two calls", async () => {
    for (const scopes of [defaultScopes.filter(({ id }) => id !== "plusfriends"), defaultScopes.map((scope) => ({ ...scope, using: scope.id !== "plusfriends" }))]) {
      const { client, simulator } = await open({ scopes, ...options });
      const error = await failureOf(client.channel.readRelations(numbers(200).map(idAt), "_Abcd"));
      expect(error).toMatchObject({ code: "kakao-402", message: expect.stringContaining("카카오톡 채널 추가 상태 및 내역") as string });
      expect((error as OperatorError).hint).toContain("동의항목");
      expect(simulator.requests.total).toBe(2);
    }
  });
});

test("where nobody can be asked about the item, -402 ends the run", async () => {
  const { client, simulator } = await open({ users: [userAt(5, [])], withoutConsentInRelations: "fail" });
  simulator.faults.add({ path: "/v2/user/scopes", fault: -101 });
  expect(await failureOf(client.channel.readRelations([idAt(5)], "_Abcd"))).toMatchObject({ code: "kakao-402" });
});

test("reads are repeated", async () => {
  const { client, simulator, waits } = await open();
  for (const [at, fault] of [-1, -603, -9798, "drop-before"].entries()) simulator.faults.add({ path, nth: at + 1, fault: fault as number });
  expect((await client.channel.readRelations([idAt(0)], "_Abcd")).get(idAt(0))).toBe("added");
  expect(waits.filter((ms) => ms > 0)).toHaveLength(4);
});

test.each([
  ["unknown", undefined, "kakao-541", "channel.publicId"],
  ["sanctioned", "sanctioned", "kakao-544", "sanctioned"],
  ["not connected", "unconnected", "kakao-819", "카카오톡 채널 연결"],
] as const)("a channel that is %s ends the run", async (_name, state, code, said) => {
  const { client, simulator } = await open({ channels: state === undefined ? [] : [{ publicId: "_Abcd", searchId: "@shop", state }] });
  const error = await failureOf(client.channel.readRelations([idAt(0)], "_Abcd"));
  expect(error).toMatchObject({ code });
  expect(`${String(error)} ${(error as OperatorError).hint}`).toContain(said);
  expect(simulator.requests.total).toBe(1);
});

const user = (more: object) => JSON.stringify([{ user_id: 5, channels: [{ channel_public_id: "_Abcd", relation: "ADDED", ...more }] }]);

test("a relation to another channel alone is none that could be told", async () => {
  const { client } = await answering({ body: user({ channel_public_id: "_Efgh" }) });
  expect((await client.channel.readRelations(["5"], "_Abcd")).size).toBe(0);
});

test.each([
  ["an unknown relation", user({ relation: "FRIEND" })],
  ["somebody who was not asked for", user({}).replace(":5,", ":6,")],
  ["no list", '{"users":[]}'],
  ["an element without an id", '[{"channels":[]}]'],
])("%s is not believed, and nobody is named", async (_name, body) => {
  const { client } = await answering({ body });
  const error = await failureOf(client.channel.readRelations(["5"], "_Abcd"));
  expect(error).toMatchObject({ code: "kakao-unexpected-answer" });
  expect(everythingOf(error)).not.toContain("FRIEND");
});

test("the request is a comma list without brackets", async () => {
  const { client, server } = await answering({ body: "[]" });
  await client.channel.readRelations(["9223372036854775806", "5"], "_Abcd");
  expect(Object.fromEntries(server.requests[0]?.parameters ?? [])).toEqual({
    target_id_type: "user_id", target_ids: "9223372036854775806,5", channel_ids: "_Abcd", channel_id_type: "channel_public_id",
  });
});
