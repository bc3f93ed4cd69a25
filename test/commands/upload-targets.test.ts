import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import type { FaultRule } from "../../src/simulator/faults.ts";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { openService, usualChannel, type ConfigChanges, type MemberValues, type RanJson, type RunOptions, type Service } from "../helpers/service.ts";

const add = "/v1/talkchannel/update/target_users";
const remove = "/v1/talkchannel/delete/target_users";
const create = "/v1/talkchannel/create/target_user_file";
const upload = ["export-channel-targets", "--upload"];
const purpose = ["--purpose", "spring sale"];
const usualFields = { 지역: "서울", 가입일: "20251102", vip_level: 2 };

/** Someone who may be written to; what is given changes that. */
function consenting(id: number, more: Partial<MemberValues> = {}): MemberValues {
  return { id, link: String(1000 + id), phone: `010-2000-${String(3000 + id)}`, birthdate: "1990-05-17", agreed: "1", agreedAt: "2026-03-02 10:00:00", region: "서울", createdAt: "2025-11-02 23:30:00", vipLevel: "2", ...more };
}

interface Setup {
  readonly channel?: ConfigChanges;
  readonly config?: ConfigChanges;
  readonly simulator?: SimulatorOptions;
}

/** A shop with so many members who consent: ids 1 and on, Kakao ids 1001 and on. */
async function open(members: number | readonly MemberValues[], { channel = {}, config = {}, simulator }: Setup = {}): Promise<Service> {
  const some = typeof members === "number" ? Array.from({ length: members }, (_, at) => consenting(at + 1)) : members;
  return openService({ members: some, config: { channel: { ...usualChannel, ...channel }, ...config }, ...(simulator === undefined ? {} : { simulator }) });
}

const plan = (service: Service, ...flags: readonly string[]): Promise<RanJson> => service.json(...upload, ...purpose, ...flags);
const apply = (service: Service, ...flags: readonly string[]): Promise<RanJson> => service.json(...upload, ...purpose, "--apply", "--yes", ...flags);
const applyPlan = (service: Service, run: string, ...flags: readonly string[]): Promise<RanJson> => service.json(...upload, "--apply", "--plan", run, "--yes", ...flags);

/** What the simulator's only file holds. */
function held(service: Service, type: "app" | "phone" = "app"): Readonly<Record<string, object>> {
  const [file, other] = service.simulator.files.all().filter(({ byHand }) => !byHand);
  if (file === undefined || other !== undefined) throw new Error("there is not one file");
  return Object.fromEntries(file.users[type]);
}

/** The ids of members. */
const ids = (...members: readonly number[]): readonly string[] => members.map((id) => String(1000 + id));
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const calls = (service: Service, path: string): number => service.simulator.requests.count({ path });
const record = (service: Service): Promise<readonly Record<string, unknown>[]> => service.json("runs", "audit").then(({ json }) => (json["record"] as { entry: Record<string, unknown> }[]).map(({ entry }) => entry));

describe("a plan", () => {
  test("says what the file holds, is to gain, change and lose, what it costs, and changes nothing at Kakao", async () => {
    const service = await open([...range(1, 20).map((id) => consenting(id)), consenting(30, { agreed: "0" })]);
    const planned = await plan(service);
    expect(planned).toMatchObject({
      code: 0,
      json: {
        command: "export-channel-targets", mode: "plan", name: "members", members: 21, exported: 20, leftOut: { "no-consent": 1 },
        upload: { file: "members", fileId: null, schema: { 지역: "string", 가입일: "string", vip_level: "number" }, held: 0, same: 0, added: 20, changed: 0, removed: 0, removals: { always: 0, filter: 0 }, requests: 1, requested: 0, succeeded: 0 },
      },
    });
    expect(service.csv(planned.id, "left-out.csv")).toEqual([{ place: "members", member_id: "30", reason: "no-consent" }]);
    expect([service.simulator.files.all(), calls(service, create), calls(service, add)]).toEqual([[], 0, 0]);
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id = 1; update members set region = '부산' where id = 2; update members set status = 'dormant' where id = 3; delete from members where id = 4");
    await service.addMember(consenting(50));
    const next = await service.run(...upload, ...purpose);
    expect(next.out.replace(/ +/g, " ")).toContain("holds, as far as is known 20\nremove: refused, withdrawn or gone (goes always) 2\nremove: no longer selected 1\nchange: other fields 1\nadd 1\nleave as they are 16");
    expect(next.out).toContain("Fields: 지역 (string), 가입일 (string), vip_level (number). Requests: 4.");
    expect(next.err).toContain("For the customer file members: 5 calls (5 customer files), under a minute,");
    expect(next.err).toMatch(/To carry it out: kakao-sync export-channel-targets --upload --apply --plan [\w-]+\n/);
    expect(Object.keys(held(service))).toEqual(ids(...range(1, 20)));
  });

  test("needs a purpose, and flags that mean one thing", async () => {
    const service = await open(1);
    for (const [flags, words] of [
      [["--upload"], "--purpose is missing"],
      [["--upload", ...purpose, "--plan", "20260101-000000-abcd"], "--plan carries a plan out and needs --apply"],
      [["--upload", "--apply", "--plan", "20260101-000000-abcd", "--segment", "vip"], "make a new plan and cannot go with --plan"],
      [["--upload", ...purpose, "--encoding", "cp949"], "are of files and cannot go with --upload"],
      [[...purpose, "--apply"], "belong to --upload"],
      [[...purpose, "--file", "x"], "belong to --upload"],
      [[...purpose, "--removals-only"], "belong to --upload"],
      [["--upload", ...purpose, "--removals-only"], "--removals-only says what --apply sends"],
      [["--upload", ...purpose, "--where", "1=1"], "--where is no flag"],
    ] as const) {
      const ran = await service.json("export-channel-targets", ...flags);
      expect(ran).toMatchObject({ code: 2, error: { code: "usage" } });
      expect(ran.error.message).toContain(words);
    }
    expect(service.simulator.requests.count({})).toBe(0);
  });

  test.each<[string, ConfigChanges, string]>([
    ["text in a field of one's own", { fields: { grade: "vip_level" } }, "The field grade would hold text"],
    ["the partner centre's spelling of a text field is the API's", { fields: { 최근구매일: "created_at" } }, ""],
  ])("refuses what Kakao would not take before anything is made: %s", async (_, channel, message) => {
    const service = await open([]);
    service.configure({ channel: { ...usualChannel, ...channel } });
    const planned = await plan(service);
    if (message === "") return expect(planned.json).toMatchObject({ upload: { schema: { "최근 구매일": "string" } } });
    expect(planned).toMatchObject({ code: 2, error: { code: "file-schema" } });
    expect(planned.error.message).toContain(message);
    expect(service.simulator.requests.count({})).toBe(0);
  });

  test("refuses a file at Kakao that this workspace has no list of, and says how to start anew", async () => {
    const service = await open(3);
    service.simulator.files.addByHand("_Abcd", "members");
    expect(await plan(service)).toMatchObject({ code: 3, error: { code: "customer-file-unknown", hint: expect.stringContaining("--file NAME") as string } });
    expect(await apply(service, "--file", "members 2")).toMatchObject({ code: 0, json: { upload: { file: "members 2", added: 3 } } });
    // The workspace's list gone, the file of its own is as unknown.
    rmSync(service.path(".kakao-sync/targets.db"));
    expect(await plan(service, "--file", "members 2")).toMatchObject({ code: 3, error: { code: "customer-file-unknown", hint: expect.stringContaining("delete members 2 in the partner centre") as string } });
  });

  test("tells of 30 files before a 31st is tried, and where the list does not show them all, when it is", async () => {
    const full = await open(3);
    for (const at of range(1, 30)) full.simulator.files.addByHand("_Abcd", `by hand ${at}`);
    expect(await plan(full)).toMatchObject({ code: 3, error: { code: "customer-files-full", message: expect.stringContaining("has 30 customer files") as string } });
    expect(calls(full, create)).toBe(0);
    const unlisted = await open(3, { simulator: { handFilesListed: false } });
    for (const at of range(1, 30)) unlisted.simulator.files.addByHand("_Abcd", `by hand ${at}`);
    expect(await apply(unlisted)).toMatchObject({ code: 3, error: { code: "customer-files-full", hint: expect.stringContaining("--upload --apply --plan") as string } });
    expect(unlisted.simulator.files.all().filter(({ byHand }) => !byHand)).toEqual([]);
  });

  test("refuses a changed schema, another kind of identifiers, numbers in another form, and a file that Kakao no longer lists", async () => {
    const service = await open(3);
    await apply(service);
    service.configure({ channel: { ...usualChannel, fields: { 지역: "region", vip_level: { column: "vip_level", type: "number" } } } });
    expect(await plan(service)).toMatchObject({ code: 3, error: { code: "customer-file-schema", message: expect.stringContaining("가입일") as string } });
    service.configure({ channel: { ...usualChannel, idType: "phone" } });
    expect(await plan(service)).toMatchObject({ code: 3, error: { code: "customer-file-differs", hint: expect.stringContaining("channel.idType") as string } });
    expect(await apply(service, "--file", "numbers")).toMatchObject({ code: 0 });
    service.configure({ channel: { ...usualChannel, idType: "phone", unconfirmed: { phoneAs: "010" } } });
    expect(await plan(service, "--file", "numbers")).toMatchObject({ code: 3, error: { code: "customer-file-differs", hint: expect.stringContaining("phoneAs") as string } });
  });

  test("is refused in the environment rehearsal at Kakao's own host, before anything is asked there", async () => {
    const service = await open(3);
    service.configure({ channel: usualChannel, kakao: { baseUrl: "https://kapi.kakao.com" } });
    expect(await apply(service)).toMatchObject({ code: 3, error: { code: "rehearsal" } });
  });
});

describe("carrying a plan out", () => {
  test("makes the file, fills it, and brings it to the selection from then on by exactly the differences", async () => {
    const service = await open(20);
    const planned = await plan(service);
    const first = await applyPlan(service, planned.id);
    expect(first).toMatchObject({ code: 0, json: { run: planned.id, mode: "apply", upload: { fileId: 4821, added: 20, changed: 0, removed: 0, requested: 20, succeeded: 20, failed: 0, moved: 0 } } });
    expect(service.simulator.files.all()).toMatchObject([{ name: "members", schema: { 지역: "string", 가입일: "string", vip_level: "number" } }]);
    expect(held(service)).toEqual(Object.fromEntries(ids(...range(1, 20)).map((id) => [id, usualFields])));

    service.simulator.requests.clear();
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { fileId: 4821, added: 0, changed: 0, removed: 0, requested: 0, succeeded: 0, requests: 0 } } });
    expect([calls(service, add), calls(service, remove), calls(service, create)]).toEqual([0, 0, 0]);

    await service.change("update members set marketing_agreed = '0' where id = 1; update members set region = '부산', vip_level = null where id = 2; update members set status = 'dormant' where id = 3; delete from members where id = 4");
    await service.addMember(consenting(50));
    service.simulator.requests.clear();
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { added: 1, changed: 1, removed: 3, requested: 5, succeeded: 5 } } });
    // The first removal that Kakao counts is sent twice: does it count who is gone already?
    expect(service.simulator.requests.find().filter(({ path }) => path === add || path === remove).map(({ path, parameters }) => [path, parameters["users"] ?? parameters["user_ids"]])).toEqual([[remove, "2"], [remove, "2"], [remove, "1"], [add, "1"], [add, "1"]]);
    expect(held(service)).toEqual({ ...Object.fromEntries(ids(...range(5, 20), 50).map((id) => [id, usualFields])), 1002: { 지역: "부산", 가입일: "20251102" } });
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { held: 18, same: 18, requested: 0 } } });
  });

  test("goes by phone numbers in the form that is configured, and takes them out in the form that is configured", async () => {
    for (const unconfirmed of [{ phoneAs: "82", removeAs: "ids" }, { phoneAs: "010", removeAs: "objects" }] as const) {
      const service = await open(20, { channel: { idType: "phone", unconfirmed }, simulator: { phoneIds: unconfirmed.phoneAs === "010" ? "82-or-010" : "82", removeAs: unconfirmed.removeAs } });
      expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { added: 20, succeeded: 20 } } });
      await service.change("update members set marketing_agreed = 'N' where id = 7");
      expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 1 } } });
      expect(Object.keys(held(service, "phone"))).toEqual(range(1, 20).filter((id) => id !== 7).map((id) => `8210200030${String(id).padStart(2, "0")}`));
    }
  });

  test("asks for the number at a terminal; without one it needs --yes; a plan is used once", async () => {
    const service = await open(20);
    const { id } = await plan(service);
    const typed = (text: string): RunOptions => ({ typed: text });
    expect(await service.json(...upload, "--apply", "--plan", id)).toMatchObject({ code: 3, error: { code: "not-confirmed" } });
    expect((await service.runWith(typed("19\r"), ...upload, "--apply", "--plan", id)).code).toBe(130);
    expect(calls(service, add)).toBe(0);
    const ran = await service.runWith(typed("20\r"), ...upload, "--apply", "--plan", id);
    expect([ran.code, ran.err]).toEqual([0, expect.stringContaining("Type the number of users (20)")]);
    expect(Object.keys(held(service))).toHaveLength(20);
    expect(await applyPlan(service, id)).toMatchObject({ code: 3, error: { code: "plan-used" } });
  });

  test("asks for a word also where the plan has nobody to send: the last look may find who is to be removed", async () => {
    const service = await open(20);
    await apply(service);
    const { id } = await plan(service);
    await service.change("update members set marketing_agreed = '0' where id = 1");
    expect(await service.json(...upload, "--apply", "--plan", id)).toMatchObject({ code: 3, error: { code: "not-confirmed" } });
    expect(calls(service, remove)).toBe(0);
    expect(await service.runWith({ typed: "y\r" }, ...upload, "--apply", "--plan", id)).toMatchObject({ code: 0 });
    expect(Object.keys(held(service))).toHaveLength(19);
    // No file, nobody for one: nothing could be sent.
    const empty = await open([consenting(1, { agreed: "0" })]);
    expect(await empty.json(...upload, ...purpose, "--apply")).toMatchObject({ code: 0 });
  });

  test("does not carry out a plan of another configuration, a replaced one, one that was tampered with, or files", async () => {
    const service = await open(20);
    const first = await plan(service);
    const second = await plan(service);
    expect(await applyPlan(service, first.id)).toMatchObject({ code: 3, error: { code: "plan-superseded" } });
    service.configure({ channel: { ...usualChannel, ageUnknown: "export" } });
    expect(await applyPlan(service, second.id)).toMatchObject({ code: 3, error: { code: "plan-changed", hint: "Make a new plan: kakao-sync export-channel-targets --upload" } });
    const third = await plan(service);
    const { default: Database } = await import("better-sqlite3");
    const file = new Database(service.path(`.kakao-sync/runs/${third.id}/run.db`));
    file.exec("delete from requests");
    file.close();
    expect(await applyPlan(service, third.id)).toMatchObject({ code: 3, error: { code: "plan-damaged" } });
    const files = await service.json("export-channel-targets", ...purpose);
    expect(await applyPlan(service, files.id)).toMatchObject({ code: 3, error: { code: "plan-of-other-command" } });
    expect(calls(service, create)).toBe(0);
  });

  test("puts every step on the record with its purpose", async () => {
    const service = await open(3);
    const { id } = await plan(service);
    await applyPlan(service, id);
    const entries = (await record(service)).map((one) => [one["event"], one["purpose"], one["run"]]);
    expect(entries).toEqual([["planned", "spring sale", id], ["applying", "spring sale", id], ["applied", "spring sale", id]]);
  });
});

describe("the last look: between the plan and the users", () => {
  test("nobody is added who refuses by now or whose fields are others, and who refuses by now is removed although no plan knew it", async () => {
    const service = await open(20);
    await apply(service);
    await service.change("update members set region = '부산' where id in (2, 3); update members set marketing_agreed = '0' where id = 9");
    for (const id of [51, 52, 53]) await service.addMember(consenting(id));
    const { id, json } = await plan(service);
    expect(json).toMatchObject({ upload: { added: 3, changed: 2, removals: { always: 1, filter: 0 } } });
    await service.change("update members set marketing_agreed = '0' where id in (3, 5, 51); update members set region = '대구' where id = 52; update members set marketing_agreed = '1' where id = 9");
    expect(await applyPlan(service, id)).toMatchObject({ code: 0, json: { upload: { added: 1, changed: 1, removed: 2, moved: 3 } } });
    expect(Object.keys(held(service)).sort()).toEqual(ids(...range(1, 20).filter((one) => one !== 3 && one !== 5), 53));
    // The next plan takes up what has moved.
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { added: 1, changed: 0, removed: 0 } } });
  });

  test("a planned removal by the filter is not sent for somebody who is selected again", async () => {
    const service = await open(20);
    await apply(service);
    await service.change("update members set status = 'dormant' where id in (1, 2)");
    const { id } = await plan(service);
    await service.change("update members set status = 'active' where id = 1");
    expect(await applyPlan(service, id)).toMatchObject({ code: 0, json: { upload: { removed: 1, moved: 1 } } });
    expect(Object.keys(held(service))).toEqual(ids(1, ...range(3, 20)));
  });

  test("comes after the question at a terminal: who refuses while it waits is not added", async () => {
    // The file is made after the question and before the first user.
    const service: Service = await open(20, { simulator: { onRequest: async ({ path }) => (path === create ? service.change("update members set marketing_agreed = '0' where id = 4") : undefined) } });
    const { code } = await service.runWith({ typed: "20\r" }, ...upload, ...purpose, "--apply");
    expect([code, Object.keys(held(service))]).toEqual([0, ids(...range(1, 20).filter((id) => id !== 4))]);
  });

  test("refuses where the members have gone since the plan, or all of them", async () => {
    const service = await open(20);
    await apply(service);
    const { id } = await plan(service);
    await service.change("delete from members where id > 17");
    expect(await applyPlan(service, id)).toMatchObject({ code: 3, error: { code: "members-shrunk-since-plan" } });
    expect(await service.json("runs", "abandon", id)).toMatchObject({ code: 0 });
    await service.change("delete from members");
    expect(await apply(service)).toMatchObject({ code: 3, error: { code: "members-empty" } });
    expect(Object.keys(held(service))).toHaveLength(20);
  });

  test("is made anew once it is an hour old", async () => {
    const service = await open(4500, { simulator: { now: () => 0 } });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    onTestFinished(() => void vi.useRealTimers());
    const { id } = await plan(service);
    let requests = 0;
    service.simulator.faults.add({ path: add, fault: { slowMs: 1 } });
    const before = service.simulator.files;
    const original = before.add.bind(before);
    before.add = (...args) => {
      requests += 1;
      if (requests === 2000) {
        vi.setSystemTime(Date.now() + 3_700_000);
        service.db.exec("update members set marketing_agreed = '0' where id in (1, 4400)");
      }
      original(...args);
    };
    expect(await applyPlan(service, id)).toMatchObject({ code: 0, json: { upload: { added: 4499, removed: 1, moved: 1 } } });
    expect([Object.keys(held(service)).length, "1001" in held(service), "5400" in held(service)]).toEqual([4498, false, false]);
  });
});

describe("the brake", () => {
  test("holds back filter removals and additions, but never removals of who refuses; a plan says so before", async () => {
    const service = await open(20);
    await apply(service);
    await service.change("update members set status = 'dormant' where id <= 5; update members set marketing_agreed = '0' where id = 6; update members set region = '부산' where id = 7");
    await service.addMember(consenting(50));
    const planned = await plan(service);
    expect(planned).toMatchObject({ code: 0, json: { refusals: [{ code: "brake-removals", hint: expect.stringContaining("--allow-removals 5") as string }] } });
    service.simulator.requests.clear();
    const held1 = await applyPlan(service, planned.id);
    expect(held1).toMatchObject({ code: 3, error: { code: "brake-removals" }, json: { upload: { heldBack: true, removed: 1, added: 0, changed: 0, requested: 1, succeeded: 1 } } });
    expect(calls(service, add)).toBe(0);
    expect(Object.keys(held(service))).toEqual(ids(...range(1, 20).filter((id) => id !== 6)));
    expect((await record(service)).slice(-2).map((one) => [one["event"], one["code"]])).toEqual([["applied", undefined], ["refused", "brake-removals"]]);
    // Nothing is stuck: the next night removes who refuses by then, and waits with the rest again.
    await service.change("update members set marketing_agreed = '0' where id = 8");
    expect(await apply(service, "--allow-removals", "4")).toMatchObject({ code: 3, json: { upload: { removed: 1 } } });
    expect(await apply(service, "--allow-removals", "5")).toMatchObject({ code: 0, json: { upload: { removed: 5, changed: 1, added: 1, heldBack: false } } });
    expect(Object.keys(held(service)).sort()).toEqual(ids(7, ...range(9, 20), 50));
  });

  test("holds where identifiers can no longer be read: numbers in another form, or another link column", async () => {
    const numbers = await open(20, { channel: { idType: "phone" } });
    await apply(numbers);
    await numbers.change("update members set phone = 'tel ' || phone where id > 1; update members set marketing_agreed = '0' where id = 1");
    expect(await apply(numbers)).toMatchObject({ code: 3, error: { code: "brake-removals" }, json: { upload: { removed: 1, removals: { always: 1, filter: 19 } } } });
    expect(Object.keys(held(numbers, "phone"))).toHaveLength(19);
    const links = await open(20);
    await apply(links);
    await links.change("alter table members add column kakao_id2 bigint");
    links.configure({ channel: usualChannel, link: { column: "kakao_id2" } });
    expect(await apply(links)).toMatchObject({ code: 3, error: { code: "brake-removals" }, json: { upload: { removed: 0 } } });
    expect(Object.keys(held(links))).toHaveLength(20);
  });

  test("holds at more than a fifth of additions, not on a new file", async () => {
    const service = await open(20);
    expect(await apply(service)).toMatchObject({ code: 0 });
    for (const id of range(30, 34)) await service.addMember(consenting(id));
    expect(await apply(service)).toMatchObject({ code: 3, error: { code: "brake-additions", hint: expect.stringContaining("--allow-additions 5") as string } });
    expect(Object.keys(held(service))).toHaveLength(20);
    expect(await apply(service, "--allow-additions", "5")).toMatchObject({ code: 0, json: { upload: { added: 5 } } });
  });
});

describe("--removals-only", () => {
  test("sends the removals that always go and nothing else, whatever the brake; the rest waits for the next plan", async () => {
    const service = await open(20);
    await apply(service);
    await service.change("update members set status = 'dormant' where id <= 5; update members set marketing_agreed = '0' where id = 6; update members set region = '부산' where id = 7; delete from members where id = 8");
    for (const id of range(30, 39)) await service.addMember(consenting(id));
    const before = held(service);
    service.simulator.requests.clear();
    const ran = await apply(service, "--removals-only");
    expect(ran).toMatchObject({ code: 0, json: { upload: { heldBack: true, removed: 2, added: 0, changed: 0, requested: 2, succeeded: 2 } } });
    expect([ran.json["error"], calls(service, add), held(service)]).toEqual([undefined, 0, Object.fromEntries(Object.entries(before).filter(([id]) => !ids(6, 8).includes(id)))]);
    expect((await record(service)).slice(-1)).toMatchObject([{ event: "applied", counts: { removed: 2, heldBack: true } }]);
    // A plan may be carried out so, too; and what was left lies in the next one.
    expect(await applyPlan(service, (await plan(service)).id, "--removals-only")).toMatchObject({ code: 0, json: { upload: { heldBack: true, requested: 0 } } });
    expect(await apply(service, "--allow-removals", "5", "--allow-additions", "10")).toMatchObject({ code: 0, json: { upload: { removed: 5, changed: 1, added: 10, heldBack: false } } });
  });

  test("makes no file", async () => {
    const service = await open(3);
    expect(await apply(service, "--removals-only")).toMatchObject({ code: 0, json: { upload: { fileId: null, added: 0 } } });
    expect(service.simulator.files.all()).toEqual([]);
  });

  test("ends an interrupted upload without adding anybody more", async () => {
    const service = await open(4500);
    service.simulator.faults.add({ path: add, fault: { status: 401, code: -401 }, nth: 2 });
    const [run = ""] = /\d{8}-\d{6}-[a-z0-9]{4}/.exec((await apply(service)).error.hint) ?? [];
    service.simulator.faults.clear();
    await service.change("update members set marketing_agreed = '0' where id = 5");
    service.simulator.requests.clear();
    const next = await apply(service, "--removals-only");
    expect(next).toMatchObject({ code: 0, json: { run, upload: { heldBack: true } } });
    expect([calls(service, add), "1005" in held(service), Object.keys(held(service)).length < 4500]).toEqual([0, false, true]);
    expect(await apply(service, "--allow-additions", String(4499 - Object.keys(held(service)).length))).toMatchObject({ code: 0 });
    expect(Object.keys(held(service))).toHaveLength(4499);
  });
});

describe("an upload whose night with --removals-only was interrupted", () => {
  /** An upload that stops at its first call to this path. */
  const stopped = async (service: Service, path: string, ...flags: readonly string[]): Promise<void> => {
    service.simulator.faults.add({ path, fault: { status: 401, code: -401 } });
    expect(await apply(service, ...flags)).toMatchObject({ code: 4 });
    service.simulator.faults.clear();
  };
  const openWith = async (newcomers: number): Promise<Service> => {
    const service = await open(20);
    await apply(service);
    for (const id of range(31, 30 + newcomers)) await service.addMember(consenting(id));
    return service;
  };

  test.each([true, false])("is gone on with as a whole by the next night (begun as a whole: %s)", async (isWhole) => {
    const service = await openWith(2);
    if (isWhole) await stopped(service, add);
    await service.change("update members set marketing_agreed = '0' where id = 5");
    await stopped(service, remove, "--removals-only");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { heldBack: false, added: 2, removed: 1 } } });
    expect(Object.keys(held(service))).toEqual(ids(...range(1, 20).filter((id) => id !== 5), 31, 32));
  });

  test("meets the brake, if it was begun with --removals-only, and keeps to it", async () => {
    const service = await openWith(5);
    await service.change("update members set marketing_agreed = '0' where id = 5");
    await stopped(service, remove, "--removals-only");
    await stopped(service, remove);
    // By then it is decided, and told with its numbers.
    expect(await apply(service, "--allow-additions", "5")).toMatchObject({ code: 3, error: { code: "brake-additions" }, json: { upload: { heldBack: true, added: 0, removed: 1 } } });
    expect((await record(service)).slice(-1)).toMatchObject([{ event: "refused", code: "brake-additions" }]);
  });

  test("obeys the answer with which it was begun, though the next night does not give it", async () => {
    const service = await openWith(5);
    await stopped(service, add, "--allow-additions", "5");
    await service.change("update members set marketing_agreed = '0' where id = 5");
    await stopped(service, remove, "--removals-only");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { added: 5, removed: 1 } } });
  });
});

describe("users that Kakao does not take", () => {
  test.each(["uncounted", "refused"] as const)("are found one by one (%s), listed, and tried again by the next upload; exit 1", async (malformedRows) => {
    const service = await open(40, { simulator: { malformedRows } });
    for (const id of ids(7, 40)) service.simulator.files.refuseUser(id);
    const ran = await apply(service);
    expect(ran).toMatchObject({ code: 1, json: { upload: { added: 38, requested: 40, succeeded: 38, failed: 2 } } });
    expect(service.csv(ran.id, "failed.csv")).toEqual([7, 40].map((id) => ({ action: "add", place: "members", member_id: String(id), kakao_id: String(1000 + id), code: malformedRows === "refused" ? "-2" : "not-counted" })));
    expect(Object.keys(held(service))).toHaveLength(38);
    // Kakao may hold them all the same: they stay on the list, and are sent again as a change.
    expect(await plan(service)).toMatchObject({ json: { upload: { held: 40, same: 38, changed: 2, added: 0 } } });
  });

  test("stay on the list, and are removed when they refuse: a lost answer and a count that lies low made them look refused", async () => {
    const service = await open(12);
    const { files } = service.simulator;
    // Kakao counts only whom it did not have, and the first answer is lost.
    files.isRefused = (id) => files.all().some((file) => file.users.app.has(id));
    service.simulator.faults.add({ path: add, fault: "drop-after-applied", nth: 1 });
    expect(await apply(service)).toMatchObject({ code: 1, json: { upload: { failed: 12 } } });
    expect(Object.keys(held(service))).toHaveLength(12);
    files.isRefused = () => false;
    await service.change("update members set marketing_agreed = '0' where id = 7");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { held: 12, removed: 1, changed: 11, added: 0 } } });
    expect(held(service)).not.toHaveProperty("1007");
  });

  test("are listed with their numbers masked", async () => {
    const service = await open(20, { channel: { idType: "phone" } });
    service.simulator.files.refuseUser("821020003007");
    const ran = await apply(service);
    expect(ran).toMatchObject({ code: 1, json: { upload: { added: 19, failed: 1 } } });
    expect(service.csv(ran.id, "failed.csv")).toEqual([{ action: "add", place: "members", member_id: "7", phone: "010-****-3007", code: "not-counted" }]);
  });

  test("stop the run where the first twenty are all refused, and the command that resumes is told", async () => {
    const service = await open(50, { simulator: { fieldsChecked: true } });
    for (const id of ids(...range(1, 50))) service.simulator.files.refuseUser(id);
    const ran = await apply(service);
    expect(ran).toMatchObject({ code: 4, error: { code: "users-refused", hint: expect.stringContaining("Go on with: kakao-sync export-channel-targets --upload --apply --plan") as string } });
    expect(calls(service, add)).toBeLessThan(50);
  });

  test("that are to be removed count as removed only once Kakao is known to take removals in this form", async () => {
    const wrong = await open(20, { channel: { unconfirmed: { removeAs: "objects" } }, simulator: { removeAs: "ids" } });
    await apply(wrong);
    await wrong.change("update members set marketing_agreed = '0' where id in (3, 4)");
    const failed = await apply(wrong);
    expect(failed).toMatchObject({ code: 1, json: { upload: { removed: 0, failed: 2 } } });
    expect(wrong.csv(failed.id, "failed.csv").map(({ action, member_id, kakao_id }) => [action, member_id, kakao_id])).toEqual([["remove", "", "1003"], ["remove", "", "1004"]]);
    wrong.configure({ channel: usualChannel });
    expect(await apply(wrong)).toMatchObject({ code: 0, json: { upload: { removed: 2 } } });
    expect(Object.keys(held(wrong))).toHaveLength(18);
  });

  test("and removals whose answer was lost are done, although Kakao counts only whom it still found", async () => {
    const service = await open(20, { simulator: { removeCounts: "present" } });
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id = 3");
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id in (4, 5)");
    service.simulator.faults.add({ path: remove, fault: "drop-after-applied", nth: 1 });
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 2, failed: 0 } } });
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { held: 17, requested: 0 } } });
  });

  test.each(["file-id", "object", "nothing"] as const)("removals that are answered without counts (%s) are sent in both forms, and it is told that Kakao does not say whether they worked", async (removeAnswer) => {
    for (const [configured, right] of [["ids", "ids"], ["objects", "ids"], ["ids", "objects"]] as const) {
      const service = await open(20, { channel: { unconfirmed: { removeAs: configured } }, simulator: { removeAnswer, removeAs: right, malformedRows: "refused" } });
      await apply(service);
      await service.change("update members set marketing_agreed = '0' where id = 3");
      const ran = await apply(service);
      if (right !== configured) {
        // The configured one is refused: nothing is certain, and nobody is forgotten.
        expect(ran).toMatchObject({ code: 1, json: { upload: { removed: 0, failed: 1 } } });
        continue;
      }
      expect(ran).toMatchObject({ code: 0, json: { upload: { removed: 1, unconfirmed: 1, requests: 2 } } });
      expect(ran.err).toContain("Kakao does not say whether the removal worked");
      expect(Object.keys(held(service))).toHaveLength(19);
    }
  });

  test.each(["ids", "objects"] as const)("removals in a wrong form that is answered like a right one are gone all the same (%s)", async (removeAs) => {
    const service = await open(20, { channel: { unconfirmed: { removeAs } }, simulator: { removeAs: removeAs === "ids" ? "objects" : "ids", removeAnswer: "object" } });
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id in (3, 4)");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 2, unconfirmed: 2 } } });
    expect(Object.keys(held(service))).toHaveLength(18);
  });

  test("removals that Kakao counts short are found one by one, listed and kept, night after night: the form was right before", async () => {
    const service = await open(20);
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id = 3");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 1, unconfirmed: 0 } } });
    service.simulator.files.refuseUser("1004");
    await service.change("update members set marketing_agreed = '0' where id in (4, 5)");
    const short = await apply(service);
    expect(short).toMatchObject({ code: 1, json: { upload: { removed: 1, failed: 1 } } });
    expect(service.csv(short.id, "failed.csv")).toMatchObject([{ action: "remove", kakao_id: "1004", code: "not-counted" }]);
    for (let night = 1; night <= 2; night += 1) expect(await apply(service)).toMatchObject({ code: 1, json: { upload: { held: 18, removed: 0, failed: 1 } } });
  });

  test("where Kakao counts only whom it finds, nobody can tell which of a request it missed: all of it are listed once, sent again, and done", async () => {
    const service = await open(20, { simulator: { removeCounts: "present" } });
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id = 3");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 1 } } });
    // Somebody took 1004 out in the partner centre.
    service.simulator.files.remove(4821, "app", "1004");
    await service.change("update members set marketing_agreed = '0' where id in (4, 5)");
    const short = await apply(service);
    expect(short).toMatchObject({ code: 1, json: { upload: { removed: 0, failed: 2, requests: 1 } } });
    expect(service.csv(short.id, "failed.csv").map(({ code }) => code)).toEqual(["not-found", "not-found"]);
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { held: 19, removed: 2, failed: 0 } } });
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { held: 17, requested: 0 } } });
  });

  test("removals in one channel say nothing about another, or about numbers", async () => {
    const service = await open(20, { simulator: { removeAs: "objects" }, channel: { unconfirmed: { removeAs: "objects" } } });
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id = 3");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 1 } } });
    service.configure({ channel: { ...usualChannel, idType: "phone", unconfirmed: { removeAs: "objects" } } });
    expect(await apply(service, "--file", "numbers")).toMatchObject({ code: 0 });
    service.simulator.files.refuseUser("821020003004");
    await service.change("update members set marketing_agreed = '0' where id = 4");
    expect(await apply(service, "--file", "numbers")).toMatchObject({ code: 1, json: { upload: { removed: 0, failed: 1 } } });
  });
});

describe("a run that stops", () => {
  test("because Kakao refuses the key is resumed by the command that it tells, and ends with the selection", async () => {
    const service = await open(4500);
    service.simulator.faults.add({ path: add, fault: { status: 401, code: -401 }, nth: 2 });
    const ran = await apply(service);
    expect(ran).toMatchObject({ code: 4, error: { code: "kakao-401" } });
    const [, run = ""] = /Go on with: kakao-sync export-channel-targets --upload --apply --plan ([\w-]+)/.exec(ran.error.hint) ?? [];
    service.simulator.faults.clear();
    // Another file waits until somebody has decided.
    expect(await apply(service, "--file", "other")).toMatchObject({ code: 3, error: { code: "run-interrupted", hint: expect.stringContaining(`--upload --apply --plan ${run}`) as string } });
    service.simulator.requests.clear();
    expect(await applyPlan(service, run)).toMatchObject({ code: 0, json: { upload: { added: 4500, requested: 4500, succeeded: 4500 } } });
    expect(calls(service, add)).toBe(2);
    expect(Object.keys(held(service)).sort()).toEqual(range(1, 4500).map((id) => String(1000 + id)).sort());
    expect((await record(service)).map((one) => one["event"])).toEqual(["planned", "applying", "interrupted", "refused", "applying", "applied"]);
  });

  test("is gone on with by the next night itself, which removes who refuses by then; the night after plans anew", async () => {
    const service = await open(4500);
    service.simulator.faults.add({ path: add, fault: { status: 401, code: -401 }, nth: 2 });
    const ran = await apply(service);
    const [run = ""] = /\d{8}-\d{6}-[a-z0-9]{4}/.exec(ran.error.hint) ?? [];
    service.simulator.faults.clear();
    await service.change("update members set marketing_agreed = '0' where id in (5, 4400)");
    await service.addMember(consenting(5000));
    const next = await apply(service);
    expect(next).toMatchObject({ code: 0, json: { run, upload: { added: 4499, removed: 1, moved: 1 } } });
    expect(next.err).toContain(`Run ${run} into the same file was interrupted: this goes on with it`);
    expect(["1005", "5400", "6000"].map((id) => id in held(service))).toEqual([false, false, false]);
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { added: 1, removed: 0 } } });
  });

  test("after Kakao has taken users without anybody hearing of it, and is given up, leaves a list of whom the file may hold", async () => {
    const service = await open(20);
    service.simulator.faults.add({ path: add, fault: "drop-after-applied", nth: 1 });
    service.simulator.faults.add({ path: add, fault: { status: 401, code: -401 }, nth: 2 });
    const ran = await apply(service);
    expect([ran.code, Object.keys(held(service)).length]).toEqual([4, 20]);
    expect(await service.json("runs", "abandon", /--plan ([\w-]+)/.exec(ran.error.hint)?.[1] ?? "")).toMatchObject({ code: 0 });
    await service.change("update members set marketing_agreed = '0' where id = 5; update members set status = 'dormant' where id = 6");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { held: 20, removed: 2, changed: 18, added: 0 } } });
    expect(Object.keys(held(service))).toEqual(ids(...range(1, 4), ...range(7, 20)));
  });

  test("by Ctrl-C, by the file stop and at the end of the window goes on where it stopped, also when it is abandoned: nobody who refuses is forgotten", async () => {
    const stop = new AbortController();
    const service = await open(4500, { simulator: { onRequest: ({ path }) => {
      if (path === add && !stop.signal.aborted) stop.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "-" }));
    } } });
    const { id } = await plan(service);
    const stopped = await service.runWith({ signal: stop.signal }, ...upload, "--apply", "--plan", id, "--yes");
    expect([stopped.code, stopped.err]).toEqual([130, expect.stringContaining(`--upload --apply --plan ${id}`)]);
    expect(Object.keys(held(service))).toHaveLength(2000);
    service.write(".kakao-sync/stop", "");
    expect(await applyPlan(service, id)).toMatchObject({ code: 130, error: { code: "stopped" } });
    rmSync(service.path(".kakao-sync/stop"));
    expect(await service.json("runs", "abandon", id)).toMatchObject({ code: 0 });
    await service.change("update members set marketing_agreed = '0' where id in (5, 4000)");
    const next = await apply(service, "--allow-additions", "2499");
    expect(next).toMatchObject({ code: 0, json: { upload: { held: 2000, removed: 1, added: 2499 } } });
    expect(Object.keys(held(service))).toHaveLength(4498);
  });

  test("goes on with its own selection flags and its own configuration only", async () => {
    const service = await open(4500, { channel: { segments: { some: "id <= 4400" } } });
    service.simulator.faults.add({ path: add, fault: { status: 401, code: -401 }, nth: 2 });
    const ran = await apply(service, "--segment", "some");
    const [run = ""] = /\d{8}-\d{6}-[a-z0-9]{4}/.exec(ran.error.hint) ?? [];
    service.simulator.faults.clear();
    service.configure({ channel: { ...usualChannel, segments: { some: "id <= 4300" } } });
    expect(await applyPlan(service, run)).toMatchObject({ code: 3, error: { code: "configuration-changed" } });
    service.configure({ channel: { ...usualChannel, segments: { some: "id <= 4400" } } });
    expect(await applyPlan(service, run)).toMatchObject({ code: 0, json: { upload: { file: "some", added: 4400 } } });
  });
});

describe("making the file", () => {
  test.each<[string, FaultRule]>([
    ["the answer is lost after it was made", { path: create, fault: "drop-after-applied", nth: 1 }],
    ["Kakao stumbles before it is made", { path: create, fault: -603, nth: 1 }],
  ])("makes one file where %s", async (_, fault) => {
    const service = await open(3);
    service.simulator.faults.add(fault);
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { added: 3 } } });
    expect(service.simulator.files.all()).toHaveLength(1);
  });

  test("finds its own file where everything was lost after it was made", async () => {
    const service = await open(3);
    service.simulator.faults.add({ path: create, fault: "drop-after-applied", nth: 1 });
    service.simulator.faults.add({ path: "/v1/talkchannel/target_user_file", fault: -401, from: 3 });
    const ran = await apply(service);
    expect(ran.code).toBe(4);
    const [run = ""] = /\d{8}-\d{6}-[a-z0-9]{4}/.exec(ran.error.hint) ?? [];
    service.simulator.faults.clear();
    expect(await applyPlan(service, run)).toMatchObject({ code: 0, json: { upload: { fileId: 4821, added: 3 } } });
    expect(service.simulator.files.all()).toHaveLength(1);
  });
});

describe("a file that is not the run's own", () => {
  test("is not taken over where Kakao refused to make one, and somebody else made it before the run went on", async () => {
    const service = await open(20);
    service.simulator.faults.add({ path: create, fault: { status: 401, code: -401 }, nth: 1 });
    const ran = await apply(service);
    const [run = ""] = /\d{8}-\d{6}-[a-z0-9]{4}/.exec(ran.error.hint) ?? [];
    service.simulator.faults.clear();
    service.simulator.files.addByHand("_Abcd", "members");
    for (let night = 1; night <= 2; night += 1) expect(await applyPlan(service, run)).toMatchObject({ code: 3, error: { code: "customer-file-unknown" } });
    expect([calls(service, create), calls(service, add)]).toEqual([1, 0]);
  });

  test("is not taken over where nobody heard what came of making one, and somebody has filled it", async () => {
    const service = await open(20);
    service.simulator.faults.add({ path: create, fault: "drop-before", from: 1 });
    service.simulator.faults.add({ path: "/v1/talkchannel/target_user_file", fault: -401, from: 3 });
    const ran = await apply(service);
    const [run = ""] = /\d{8}-\d{6}-[a-z0-9]{4}/.exec(ran.error.hint) ?? [];
    service.simulator.faults.clear();
    const other = service.simulator.files.create("_Abcd", "members", { 지역: "string", 가입일: "string", vip_level: "number" });
    service.simulator.files.add(other.id, "app", "9", usualFields);
    expect(await applyPlan(service, run)).toMatchObject({ code: 3, error: { code: "customer-file-unknown" } });
    expect(calls(service, add)).toBe(0);
  });
});

describe("another customer file of the channel", () => {
  test("is named with the command that cleans it where who was removed from this one is still in it", async () => {
    const service = await open(20, { channel: { segments: { spring: "id <= 10" } } });
    await apply(service, "--segment", "spring");
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id in (3, 12)");
    const ran = await apply(service);
    expect(ran).toMatchObject({ code: 0, json: { upload: { removed: 2, stillIn: [{ file: "spring", users: 1 }] } } });
    expect(ran.err).toContain(`1 user who was to be removed is still in the customer file spring. Remove them there, too: kakao-sync export-channel-targets --upload --apply --purpose PURPOSE --file "spring" --segment spring\n`);
    expect(await apply(service, "--file", "spring", "--segment", "spring")).toMatchObject({ code: 0, json: { upload: { removed: 1, stillIn: [] } } });
    expect(service.simulator.files.all().some(({ users }) => users.app.has("1003"))).toBe(false);
  });
});

describe("a file for messages at night", () => {
  test("is not filled on without --night, by a plan or by a run", async () => {
    const service = await open([...range(1, 20).map((id) => consenting(id, { night: "1" })), ...range(21, 24).map((id) => consenting(id))]);
    expect(await apply(service, "--night", "--file", "night")).toMatchObject({ code: 0, json: { upload: { added: 20 } } });
    for (const run of [plan, apply]) expect(await run(service, "--file", "night")).toMatchObject({ code: 3, error: { code: "customer-file-night", hint: expect.stringContaining("--night") as string } });
    expect(await apply(service, "--night", "--file", "night")).toMatchObject({ code: 0, json: { upload: { same: 20, requested: 0 } } });
    const { id } = await plan(service, "--night", "--file", "night");
    expect(await applyPlan(service, id)).toMatchObject({ code: 0 });
  });
});

describe("a list that was restored", () => {
  test("from a copy older than the last upload is refused: it has forgotten whom the file was given since", async () => {
    const service = await open(20);
    await apply(service);
    const copy = readFileSync(service.path(".kakao-sync/targets.db"));
    for (const id of range(31, 34)) await service.addMember(consenting(id));
    const second = await apply(service);
    expect(second).toMatchObject({ code: 0 });
    const newest = readFileSync(service.path(".kakao-sync/targets.db"));
    rmSync(service.path(".kakao-sync/targets.db"));
    expect(await plan(service)).toMatchObject({ code: 3, error: { code: "customer-file-unknown", hint: expect.stringContaining("only from a copy made after the last upload") as string } });
    writeFileSync(service.path(".kakao-sync/targets.db"), copy);
    await service.change("update members set marketing_agreed = '0' where id in (31, 32)");
    for (const run of [plan, apply]) expect(await run(service)).toMatchObject({ code: 3, error: { code: "customer-file-list-old", hint: expect.stringContaining("--file NAME") as string } });
    writeFileSync(service.path(".kakao-sync/targets.db"), newest);
    const planned = await service.run(...upload, ...purpose);
    expect(planned.out).toMatch(new RegExp(`Whom the file holds is known as of [\\dT:.-]+Z, run ${second.id}\\.`));
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 2, list: { run: second.id } } } });
  });
});

describe("what lies in the workspace", () => {
  test("keeps nobody from removing who refuses where the run before is damaged", async () => {
    const service = await open(20);
    const { id } = await apply(service);
    service.write(`.kakao-sync/runs/${id}/run.db`, "no database at all, but long enough to be looked at");
    await service.change("update members set marketing_agreed = '0' where id = 3");
    expect(await apply(service)).toMatchObject({ code: 0, json: { upload: { removed: 1 } } });
  });

  test("is no identifier, number or field in clear, and nothing sealed of users who were removed", async () => {
    const service = await open(20, { channel: { idType: "phone", fields: { 지역: "region" } } });
    await service.change("update members set region = '판교동' where id <= 10");
    await apply(service);
    await service.change("update members set marketing_agreed = '0' where id = 10");
    const { id } = await plan(service);
    const bytes = (): string => readdirSync(service.path(".kakao-sync"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString("latin1")).join("\n");
    const forms = ["2000-3010", "1020003010", "20003010", Buffer.from("판교동").toString("latin1")];
    expect(forms.filter((form) => bytes().includes(form))).toEqual([]);
    const { default: Database } = await import("better-sqlite3");
    const read = (file: string, sql: string): Buffer[] => {
      const db = new Database(service.path(file), { readonly: true });
      try {
        return db.prepare<[], Buffer>(sql).pluck().all().map((body) => body.subarray(0, 24));
      } finally {
        db.close();
      }
    };
    const pieces = read(".kakao-sync/targets.db", "select body from blocks");
    expect(pieces).toHaveLength(1);
    await applyPlan(service, id);
    expect(pieces.filter((piece) => bytes().includes(piece.toString("latin1")))).toEqual([]);
    expect(read(`.kakao-sync/runs/${id}/run.db`, "select body from requests union all select intent from journal")).toEqual([]);
    expect(forms.filter((form) => bytes().includes(form))).toEqual([]);
    const first = await plan(service);
    await service.addMember(consenting(40));
    await plan(service);
    await plan(service);
    expect(read(`.kakao-sync/runs/${first.id}/run.db`, "select body from requests")).toEqual([]);
  });
});
