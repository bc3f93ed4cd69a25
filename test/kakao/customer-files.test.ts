import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InterruptedError, OperatorError } from "../../src/errors.ts";
import { KakaoNoAnswerError, type KakaoClientOptions } from "../../src/kakao/client.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/server.ts";
import { adminKey, createRig, everythingOf, failureOf, startOddServer, type Answer, type OddServer, type Rig } from "./test-client.ts";

let closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  closing = [];
});
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
});

const paths = { create: "/v1/talkchannel/create/target_user_file", list: "/v1/talkchannel/target_user_file", add: "/v1/talkchannel/update/target_users", remove: "/v1/talkchannel/delete/target_users" };
const channelPublicId = "_Abcd";
const schema = { 지역: "string", vip_level: "number" } as const;
const newFile = { channelPublicId, name: "members", schema };
const field = { 지역: "서울", vip_level: 2 };
const phones = (count: number, from = 0): string[] => Array.from({ length: count }, (_, at) => `8210${String(10_000_000 + from + at)}`);
const rows = (ids: readonly string[]) => ids.map((id) => ({ id, field }));

async function open(options: SimulatorOptions = {}, more: Partial<KakaoClientOptions> = {}): Promise<Rig & { readonly simulator: Simulator }> {
  const simulator = await startSimulator(options);
  closing.push(() => simulator.close());
  return { simulator, ...createRig(simulator.url, { adminKey: () => simulator.adminKey, ...more }) };
}

async function opened(options: SimulatorOptions = {}, more: Partial<KakaoClientOptions> = {}) {
  const rig = await open(options, more);
  const file = rig.simulator.files.create(channelPublicId, "members", schema);
  return { ...rig, file, to: { fileId: file.id, channelPublicId, userType: "phone" as const } };
}

async function answering(respond: Parameters<typeof startOddServer>[0] | Answer): Promise<Rig & { readonly server: OddServer }> {
  const server = await startOddServer(typeof respond === "function" ? respond : () => respond);
  closing.push(() => server.close());
  return { server, ...createRig(server.url) };
}

const someFile = { fileId: 7, channelPublicId, userType: "phone" } as const;
const refused = (code: number, status = 400): Answer => ({ status, body: JSON.stringify({ code, msg: `821055550147 ${adminKey}` }) });

describe("the list", () => {
  test("of what the simulator has, and of none", async () => {
    const { client, simulator, file } = await opened();
    simulator.files.addByHand(channelPublicId, "by hand");
    expect(await client.channel.listFiles(channelPublicId)).toEqual([
      { fileId: file.id, name: "members", status: "COMPLETE", schema: {} }, { fileId: file.id + 7, name: "by hand", status: "COMPLETE", schema: {} },
    ]);
    expect(await (await open()).client.channel.listFiles(channelPublicId)).toEqual([]);
  });

  test.each<[string, unknown, unknown]>([
    ["a bare array", [{ id: 5, name: "a", schema: { vip: "number" } }], [{ fileId: 5, name: "a", schema: { vip: "number" } }]],
    ["files", { files: [{ file_id: 5, file_name: "a" }] }, [{ fileId: 5, name: "a" }]],
    ["target_user_files", { target_user_files: [{ file_id: "5" }] }, [{ fileId: 5 }]],
    ["elements", { elements: [{ id: 5, status: 3, schema: "?" }] }, [{ fileId: 5 }]],
    ["an empty one", { elements: [] }, []],
  ])("comes as %s", async (_name, body, files) => {
    const { client } = await answering({ body: JSON.stringify(body) });
    expect(await client.channel.listFiles(channelPublicId)).toEqual(files);
  });

  test.each<[string, unknown]>([
    ["no list", {}], ["an unknown name", { things: [{ id: 5 }] }], ["a list that is null", { files: null }], ["a file without an id", [{ id: 5 }, { name: "a" }]],
    ["an id that is none", [{ id: "members" }]], ["an id too long to be sent back", [{ id: "9223372036854775806" }]], ["a file that is none", ["5"]],
  ])("%s throws: never no files", async (_name, body) => {
    const { client } = await answering({ body: JSON.stringify(body) });
    expect(await failureOf(client.channel.listFiles(channelPublicId))).toMatchObject({ code: "kakao-unexpected-answer" });
  });
});

describe("a new file", () => {
  test("is made once, with its schema", async () => {
    const { client, simulator } = await open();
    const made = await client.channel.createFile(newFile);
    expect(made).toEqual({ outcome: "created", fileId: simulator.files.all()[0]?.id });
    expect(simulator.files.all()).toMatchObject([{ name: "members", channelPublicId, schema }]);
    expect(simulator.requests.total).toBe(1);
  });

  test("whose name is taken, and the 31st", async () => {
    const { client, simulator } = await opened();
    expect(await client.channel.createFile(newFile)).toEqual({ outcome: "name-taken" });
    for (let at = 1; at < 30; at += 1) simulator.files.addByHand(channelPublicId, `by hand ${String(at)}`);
    expect(await client.channel.createFile({ ...newFile, name: "another" })).toEqual({ outcome: "too-many-files" });
    expect(simulator.requests.count({ path: paths.list })).toBe(0);
  });

  test.each(["drop-after-applied", "drop-before"] as const)("after %s the files are listed before anything is repeated", async (fault) => {
    const { client, simulator } = await open();
    simulator.faults.add({ path: paths.create, nth: 1, fault });
    const made = await client.channel.createFile(newFile);
    const happened = fault === "drop-after-applied";
    expect(made).toEqual({ outcome: happened ? "existed" : "created", fileId: simulator.files.all()[0]?.id });
    expect(simulator.files.all()).toHaveLength(1);
    expect(simulator.requests.find().map(({ path }) => path)).toEqual(happened ? [paths.create, paths.list] : [paths.create, paths.list, paths.create]);
  });

  test.each([-1, -603, -815])("after %i, too", async (code) => {
    const { client, simulator } = await open();
    simulator.faults.add({ path: paths.create, nth: 1, fault: code });
    expect(await client.channel.createFile(newFile)).toMatchObject({ outcome: "created" });
    expect(simulator.requests.find().map(({ path }) => path)).toEqual([paths.create, paths.list, paths.create]);
  });

  test("under maintenance it is repeated as it is: nothing has happened", async () => {
    const { client, simulator } = await open();
    simulator.faults.add({ path: paths.create, times: 2, fault: -9798 });
    expect(await client.channel.createFile(newFile)).toMatchObject({ outcome: "created" });
    expect(simulator.requests.count({ path: paths.list })).toBe(0);
  });

  test("made by an attempt without an answer, and then refused for its name or its number, exists", async () => {
    for (const [code, other] of [[-817, "name-taken"], [-818, "too-many-files"]] as const) {
      // The list is a moment behind: the first look does not see the file yet.
      const behind = (lists: boolean) => {
        let listed = 0;
        return answering(({ path }, number) => {
          if (path === paths.create) return number === 1 ? "drop" : refused(code);
          listed += 1;
          return { body: JSON.stringify(lists && listed > 1 ? [{ file_id: 9, file_name: "members" }] : []) };
        });
      };
      expect(await (await behind(true)).client.channel.createFile(newFile)).toEqual({ outcome: "existed", fileId: 9 });
      expect(await (await behind(false)).client.channel.createFile(newFile)).toEqual({ outcome: other });
    }
  });

  test("that may have been made, and a list without names: not known, and not made again", async () => {
    const { client, server } = await answering(({ path }) => (path === paths.create ? "drop" : { body: '[{"file_id":5}]' }));
    const error = await failureOf(client.channel.createFile(newFile));
    expect(error).toBeInstanceOf(KakaoNoAnswerError);
    expect((error as OperatorError).hint).toContain("Partner Center");
    expect(server.requests.filter(({ path }) => path === paths.create)).toHaveLength(1);
  });

  test("whose number the answer does not tell is looked up", async () => {
    const { client } = await answering(({ path }) => ({ body: path === paths.create ? "{}" : '[{"file_id":5,"file_name":"members"}]' }));
    expect(await client.channel.createFile(newFile)).toEqual({ outcome: "created", fileId: 5 });
    const other = await answering(({ path }) => ({ body: path === paths.create ? "{}" : "[]" }));
    expect(await failureOf(other.client.channel.createFile(newFile))).toMatchObject({ code: "kakao-unexpected-answer" });
  });

  test("that never gets an answer is given up after six attempts, each looked at", async () => {
    const { client, server } = await answering(({ path }) => (path === paths.create ? "drop" : { body: "[]" }));
    expect(await failureOf(client.channel.createFile(newFile))).toMatchObject({ code: "kakao-no-answer" });
    expect(server.requests.filter(({ path }) => path === paths.create)).toHaveLength(6);
    expect(server.requests.filter(({ path }) => path === paths.list)).toHaveLength(6);
  });
});

describe("users", () => {
  test("2,000 go in and out again in one request each, ids in full", async () => {
    const { client, simulator, file, to } = await opened();
    expect(await client.channel.addUsers({ ...to, users: rows(phones(2_000)) })).toEqual({ outcome: "answered", repeated: false, requested: 2_000, succeeded: 2_000 });
    expect([...file.users.phone]).toEqual(phones(2_000).map((id) => [id, field]));
    expect(await client.channel.removeUsers({ ...to, ids: phones(1_999), removeAs: "ids" })).toEqual({ outcome: "answered", repeated: false, requested: 1_999, succeeded: 1_999 });
    expect([...file.users.phone.keys()]).toEqual(phones(1, 1_999));
    await client.channel.addUsers({ ...to, userType: "app", users: [{ id: "9223372036854775806", field: {} }] });
    expect([...file.users.app]).toEqual([["9223372036854775806", {}]]);
    expect(simulator.requests.total).toBe(3);
    for (const size of [0, 2_001]) {
      await expect((async () => client.channel.addUsers({ ...to, users: rows(phones(size)) }))()).rejects.toThrow(RangeError);
      await expect((async () => client.channel.removeUsers({ ...to, ids: phones(size), removeAs: "ids" }))()).rejects.toThrow(RangeError);
    }
  });

  test("what goes over the line is JSON with the documented names", async () => {
    const { client, server } = await answering({ body: "{}" });
    await client.channel.addUsers({ ...someFile, users: rows(["821055550147"]) });
    await client.channel.removeUsers({ ...someFile, ids: ["821055550147"], removeAs: "ids" });
    await client.channel.removeUsers({ ...someFile, userType: "app", ids: ["9223372036854775806"], removeAs: "objects" });
    const common = { file_id: 7, channel_public_id: "_Abcd", user_type: "phone" };
    expect(server.requests.map(({ path, text }) => [path, JSON.parse(text)])).toEqual([
      [paths.add, { ...common, users: [{ id: "821055550147", field }] }],
      [paths.remove, { ...common, user_ids: ["821055550147"] }],
      [paths.remove, { ...common, user_type: "app", user_ids: [{ id: "9223372036854775806" }] }],
    ]);
    for (const { method, headers } of server.requests) {
      expect(method).toBe("POST");
      expect(headers["content-type"]).toMatch(/^application\/json/);
      expect(headers.authorization).toBe(`KakaoAK ${adminKey}`);
    }
  });

  test("fewer successes than users are told as Kakao counts them", async () => {
    const { client, simulator, to } = await opened();
    simulator.files.refuseUser("821010000001");
    expect(await client.channel.addUsers({ ...to, users: rows(phones(3)) })).toEqual({ outcome: "answered", repeated: false, requested: 3, succeeded: 2 });
  });

  test.each(["counts", "file-id", "object", "nothing"] as const)("a removal answered with %s", async (removeAnswer) => {
    const { client, simulator, file, to } = await opened({ removeAnswer });
    for (const id of phones(3)) simulator.files.add(file.id, "phone", id, {});
    const counted = removeAnswer === "counts" ? 2 : null;
    expect(await client.channel.removeUsers({ ...to, ids: phones(2), removeAs: "ids" })).toEqual({ outcome: "answered", repeated: false, requested: counted, succeeded: counted });
    expect([...file.users.phone.keys()]).toEqual(phones(1, 2));
    expect(simulator.requests.total).toBe(1);
  });

  test("an addition without a body has not been answered", async () => {
    const { client } = await answering({ body: "" });
    expect(await failureOf(client.channel.addUsers({ ...someFile, users: rows(phones(1)) }))).toBeInstanceOf(KakaoNoAnswerError);
  });

  test.each<[string, Answer, number | null]>([
    ["-2", refused(-2), -2],
    ["a code about one user", refused(-101), -101],
    ["400 without a code", { status: 400, body: "{}" }, null],
    ["a body too large", { status: 413, body: "{}" }, null],
  ])("a request refused with %s is told, not repeated", async (_name, answer, code) => {
    const { client, server } = await answering(answer);
    expect(await client.channel.addUsers({ ...someFile, users: rows(phones(2)) })).toEqual({ outcome: "refused", code });
    expect(await client.channel.removeUsers({ ...someFile, ids: phones(2), removeAs: "ids" })).toEqual({ outcome: "refused", code });
    expect(server.requests).toHaveLength(2);
  });

  test("an answer about another file, or with counts that are none, is not believed", async () => {
    for (const body of ['{"file_id":8,"request_count":1,"success_count":1}', '{"file_id":7,"request_count":1,"success_count":"all"}', '{"success_count":-1}']) {
      const { client } = await answering({ body });
      expect(await failureOf(client.channel.addUsers({ ...someFile, users: rows(phones(1)) }))).toMatchObject({ code: "kakao-unexpected-answer" });
    }
  });

  test("under faults every user is in the file once, with every fault repeated", async () => {
    const { client, simulator, file, to, calls } = await opened();
    for (const [at, fault] of ([-1, -603, -9798, "drop-before", "drop-after-applied", "html-502", "not-json"] as const).entries()) {
      simulator.faults.add({ fault, probability: 0.03, seed: at + 1 });
    }
    let repeated = 0;
    for (let request = 0; request < 100; request += 1) {
      const answer = await client.channel.addUsers({ ...to, users: rows(phones(20, request * 20)) });
      expect(answer).toEqual({ outcome: "answered", repeated: expect.any(Boolean) as boolean, requested: 20, succeeded: 20 });
      if (answer.outcome === "answered" && answer.repeated) repeated += 1;
    }
    // Only attempts that may have been carried out count, and some of the faults are of that kind.
    expect([repeated > 0, repeated < simulator.faults.met]).toEqual([true, true]);
    expect(simulator.faults.met).toBeGreaterThan(30);
    expect([...file.users.phone]).toEqual(phones(2_000).map((id) => [id, field]));
    for (let request = 0; request < 99; request += 1) await client.channel.removeUsers({ ...to, ids: phones(20, request * 20), removeAs: "ids" });
    expect([...file.users.phone.keys()].sort()).toEqual(phones(20, 1_980));
    expect(calls).toHaveLength(simulator.requests.total);
  });

  test("a request under way is finished when the run is stopped; the next one does not go out", async () => {
    const stop = new AbortController();
    const { client, simulator, file, to } = await opened({ onRequest: () => stop.abort() }, { signal: stop.signal });
    simulator.faults.add({ fault: { answerAfterMs: 50 } });
    expect(await client.channel.addUsers({ ...to, users: rows(phones(3)) })).toMatchObject({ succeeded: 3 });
    expect(file.users.phone.size).toBe(3);
    expect(await failureOf(client.channel.addUsers({ ...to, users: rows(phones(3, 3)) }))).toBeInstanceOf(InterruptedError);
    expect(simulator.requests.total).toBe(1);
  });
});

describe("what ends the run", () => {
  const calls: readonly [string, (rig: Rig) => Promise<unknown>][] = [
    ["list", ({ client }) => client.channel.listFiles(channelPublicId)],
    ["create", ({ client }) => client.channel.createFile(newFile)],
    ["add", ({ client }) => client.channel.addUsers({ ...someFile, users: rows(["821055550147"]) })],
    ["remove", ({ client }) => client.channel.removeUsers({ ...someFile, ids: ["821055550147"], removeAs: "ids" })],
  ];

  describe.each(calls)("%s", (name, call) => {
    test.each<[number, number, string]>([
      [-3, 403, "[KakaoTalk Channel]"], [-5, 403, "추가 기능 신청"], [-12, 403, "support"], [-541, 400, "https://pf.kakao.com/_Abcd"], [-544, 400, "support"],
      [-816, 400, "under another name"], [-819, 400, "카카오톡 채널 연결"], [-401, 401, "어드민 키"],
    ])("%i at once, with what to do, and with nobody in the error", async (code, status, hint) => {
      const rig = await answering(refused(code, status));
      const error = await failureOf(call(rig));
      expect(error).toMatchObject({ code: `kakao${String(code)}`, hint: expect.stringContaining(hint) as string });
      expect(everythingOf(error)).not.toMatch(/5555|0123456789abcdef/);
      expect(rig.server.requests).toHaveLength(1);
    });

    test.each<[string, Answer, string, number]>([
      ["no answer", "drop", "kakao-no-answer", 6], ["-1", refused(-1), "kakao-1", 6], ["-603", refused(-603), "kakao-603", 6], ["-815", refused(-815), "kakao-815", 6],
      ["-9798", refused(-9798, 503), "kakao-9798", 6], ["the quota", refused(-10), "kakao-quota", 4], ["an unknown code", refused(-777), "kakao-777", 1],
    ])("%s, when repeating does not help", async (_fault, answer, code, attempts) => {
      // The list that is read between attempts to create has an answer of its own.
      let asked = 0;
      const rig = await answering(({ path }) => {
        if (path === paths.list && name === "create") return { body: "[]" };
        asked += 1;
        return answer;
      });
      const error = await failureOf(call(rig));
      expect(error).toMatchObject({ code });
      expect((error as OperatorError).hint).not.toBe("");
      expect(everythingOf(error)).not.toMatch(/5555|0123456789abcdef/);
      expect(asked).toBe(attempts);
    });
  });
});
