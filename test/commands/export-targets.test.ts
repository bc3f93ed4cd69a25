import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { defaultScopes } from "../../src/simulator/app-setup.ts";
import { encryptValue, readExampleFilter } from "../helpers/decrypt-filter.ts";
import { openService, readRows, usualChannel, type ConfigChanges, type MemberValues, type RanJson, type Service, type ServiceSetup } from "../helpers/service.ts";

/** Someone who may be written to; what is given changes that. */
function consenting(id: number, more: Partial<MemberValues> = {}): MemberValues {
  return { id, link: String(1000 + id), phone: `010-2000-${String(3000 + id)}`, birthdate: "1990-05-17", agreed: "1", agreedAt: "2026-03-02 10:00:00", region: "서울", createdAt: "2025-11-02 23:30:00", vipLevel: "2", ...more };
}

type Setup = Omit<ServiceSetup, "members" | "config"> & { readonly channel?: ConfigChanges; readonly config?: ConfigChanges };

async function open(members: readonly MemberValues[], { channel = {}, config = {}, ...setup }: Setup = {}): Promise<Service> {
  return openService({ ...setup, members, config: { channel: { ...usualChannel, ...channel }, ...config } });
}

const flags = ["export-channel-targets", "--purpose", "spring sale", "--operator", "tester"];
const exportTargets = async (service: Service, ...more: readonly string[]): Promise<RanJson> => {
  const ran = await service.json(...flags, ...more);
  expect(ran).toMatchObject({ code: 0, error: { code: "", message: "" } });
  const { members, exported, leftOut } = ran.json as { members: number; exported: number; leftOut: Record<string, number> };
  expect(exported + Object.values(leftOut).reduce((sum, count) => sum + count, 0)).toBe(members);
  expect(service.csv(ran.id, "left-out.csv")).toHaveLength(members - exported);
  return ran;
};

/** Identifiers of the customer file. */
const targetsOf = (service: Service, run: string, file = "targets.csv"): readonly string[] => service.file(run, file).replace("\uFEFF", "").split(/\r?\n/).slice(1, -1).map((line) => line.split(",")[0] ?? "");
/** The reason by member id. */
const reasonsOf = (service: Service, run: string): Record<string, string> => Object.fromEntries(service.csv(run, "left-out.csv").map(({ member_id: id = "", reason = "" }) => [id, reason]));

describe("the selection", () => {
  test("takes who is live, linked and consenting, and tells one reason for each of the others", async () => {
    const service = await open([
      consenting(1),
      consenting(2, { status: "dormant" }),
      consenting(3, { agreed: "0" }),
      consenting(4, { agreedAt: "0000-00-00 00:00:00" }),
      consenting(5, { link: "0" }),
      consenting(6, { birthdate: "2015-01-01" }),
      consenting(7, { birthdate: "" }),
      consenting(8, { region: "=1+1" }),
      consenting(9, { status: "left" }),
      consenting(10, { agreed: "maybe" }),
      consenting(11),
    ]);
    const ran = await exportTargets(service);
    expect(ran.json).toMatchObject({
      command: "export-channel-targets", mode: "export", members: 11, exported: 2, overdue: 0, unreadable: { agreed: 1 },
      leftOut: { "not-live": 2, "no-consent": 2, "no-consent-date": 1, "under-14": 1, "age-unknown": 1, "no-kakao-id": 1, "bad-value": 1 },
    });
    expect(service.file(ran.id, "targets.csv")).toBe("\uFEFF앱유저아이디,지역,가입일,vip_level\r\n1001,서울,20251102,2\r\n1011,서울,20251102,2\r\n");
    expect(reasonsOf(service, ran.id)).toEqual({ 2: "not-live", 3: "no-consent", 4: "no-consent-date", 5: "no-kakao-id", 6: "under-14", 7: "age-unknown", 8: "bad-value", 9: "not-live", 10: "no-consent" });
    expect(service.csv(ran.id, "bad-values.csv")).toEqual([{ member_id: "8", field: "지역", why: "formula" }]);
    expect(service.simulator.requests.count({})).toBe(0);
  });

  test("by number: a refusal on any row wins, a withdrawn member's, too, in whatever form it was written", async () => {
    const service = await open(
      [
        consenting(1, { phone: "010-2222-3333" }),
        consenting(2, { phone: "+82 10 2222 3333", status: "left", agreed: "0" }),
        consenting(3, { phone: "01044445555" }),
        consenting(4, { phone: "010.4444.5555", status: "left" }),
        consenting(5, { phone: "010-4444-5555" }),
        consenting(6, { phone: "02-123-4567" }),
        consenting(7, { phone: "+1 202 555 0143" }),
        consenting(8, { phone: " " }),
        consenting(9, { phone: "010-6666-7777", link: "0" }),
      ],
      { channel: { idType: "phone", fields: {} } },
    );
    const ran = await exportTargets(service);
    expect(service.file(ran.id, "targets.csv")).toBe("\uFEFF전화번호\r\n01044445555\r\n01066667777\r\n");
    expect(reasonsOf(service, ran.id)).toEqual({ 1: "refused-elsewhere", 2: "not-live", 4: "not-live", 5: "duplicate", 6: "bad-phone", 7: "foreign-phone", 8: "no-phone" });
  });

  test("numbers that are encrypted are opened, withdrawn members', too; one in a hundred that cannot be refuses", async () => {
    const key = randomBytes(32);
    const seal = (text: string): string => encryptValue(key, text);
    const service = await open([consenting(1, { phone: seal("010-2222-3333") }), consenting(2, { phone: seal("010-4444-5555") }), consenting(3, { phone: seal("010-2222-3333"), status: "left", agreed: "N" })], {
      channel: { idType: "phone", fields: {} },
      config: { members: { phone: { column: "phone", decrypt: [process.execPath, "./decrypt.mjs"] } }, matching: { keys: ["ci"] } },
    });
    service.write("app.key", key.toString("base64"));
    service.write("decrypt.mjs", readExampleFilter());
    const ran = await exportTargets(service);
    expect(targetsOf(service, ran.id)).toEqual(["01044445555"]);
    expect(reasonsOf(service, ran.id)).toEqual({ 1: "refused-elsewhere", 3: "not-live" });
    await service.addMember(consenting(4, { phone: "not encrypted" }));
    expect(await service.json(...flags)).toMatchObject({ code: 3, error: { code: "values-undecryptable" } });
    expect(existsSync(service.path(".kakao-sync/runs")) ? readdirSync(service.path(".kakao-sync/runs")) : []).toEqual([ran.id]);
  });

  test("a segment takes in whoever fulfils its condition; an unknown one is refused", async () => {
    const service = await open([consenting(1), consenting(2, { vipLevel: "1" }), consenting(3, { region: "부산" })], { channel: { segments: { vip: "vip_level = '2' and region = '서울'" } } });
    const ran = await exportTargets(service, "--segment", "vip");
    expect(targetsOf(service, ran.id)).toEqual(["1001"]);
    expect(ran.json).toMatchObject({ name: "vip", leftOut: { "outside-segment": 2 } });
    expect(await service.json(...flags, "--segment", "gold")).toMatchObject({ code: 2, error: { code: "segment-unknown" } });
  });

  test("--night takes who agreed to it, and a refusal of it counts as one", async () => {
    const service = await open([consenting(1, { night: "Y" }), consenting(2, { night: "N" }), consenting(3), consenting(4, { night: "2026-01-01" })]);
    expect(targetsOf(service, (await exportTargets(service)).id)).toEqual(["1001", "1002", "1003", "1004"]);
    const ran = await exportTargets(service, "--night");
    expect(targetsOf(service, ran.id)).toEqual(["1001", "1004"]);
    expect(ran.json).toMatchObject({ leftOut: { "no-night-consent": 2 }, asked: { night: true } });
    service.configure({ channel: { ...usualChannel, marketing: { agreed: "marketing_agreed", agreedAt: "marketing_agreed_at" } } });
    expect(await service.json(...flags, "--night")).toMatchObject({ code: 2, error: { code: "night-missing" } });
  });

  test("without birth dates nobody is judged by age, and that is said", async () => {
    const service = await open([consenting(1, { birthdate: "2020-01-01" }), consenting(2, { birthdate: "" })], { config: { members: { birthdate: undefined } } });
    const ran = await service.run(...flags);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain("members.birthdate is not configured: nobody was left out for being younger than 14.");
    expect(ran.out).toContain("2 members read, 2 exported");
    service.configure({ channel: { ...usualChannel, ageUnknown: "export" } });
    expect((await exportTargets(service)).json).toMatchObject({ exported: 1, leftOut: { "under-14": 1 } });
  });

  test("dates without a zone are of the database's zone", async () => {
    const now = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19).replace("T", " ");
    const service = await open([consenting(1, { agreedAt: now })], { config: { database: { timeZone: "UTC" } } });
    expect((await exportTargets(service)).json).toMatchObject({ leftOut: { "no-consent-date": 1 } });
    service.configure({ channel: usualChannel });
    expect((await exportTargets(service)).json).toMatchObject({ exported: 1 });
  });
});

describe("consents where they are kept", () => {
  test("as the date on which they were given", async () => {
    const service = await open([consenting(1), consenting(2, { agreedAt: "0000-00-00" }), consenting(3, { agreedAt: "2999-01-01" }), consenting(4, { link: "1001", agreedAt: "" })], {
      schema: [], channel: { marketing: { agreed: "marketing_agreed_at", agreedAt: "marketing_agreed_at" } },
    });
    const ran = await exportTargets(service);
    expect(targetsOf(service, ran.id)).toEqual(["1001"]);
    expect(ran.json).toMatchObject({ leftOut: { "no-consent": 3 }, unreadable: { agreed: 1 } });
  });

  test("in a table of their own: no row is no consent, several are a doubt and so a refusal", async () => {
    const service = await open([consenting(1), consenting(2), consenting(3), consenting(4), consenting(5, { link: "1001", status: "dormant" })], {
      schema: ["create table consents (member integer not null, kind text not null, agreed text, at text)"],
      channel: { marketing: { table: "consents", memberId: "member", where: "kind = 'ads'", agreed: "agreed", agreedAt: "at" } },
    });
    await service.change("insert into consents values (1, 'ads', 'Y', '2026-01-01'), (1, 'sms', 'N', '2026-01-01'), (2, 'ads', 'N', '2026-01-01'), (4, 'ads', 'Y', '2026-01-01'), (4, 'ads', 'Y', '2026-02-01')");
    const ran = await exportTargets(service);
    expect(targetsOf(service, ran.id)).toEqual(["1001"]);
    expect(reasonsOf(service, ran.id)).toEqual({ 2: "no-consent", 3: "no-consent", 4: "no-consent", 5: "not-live" });
    await service.change("insert into consents values (5, 'ads', 'N', '2026-01-01')");
    expect((await exportTargets(service)).json).toMatchObject({ exported: 0, leftOut: { "refused-elsewhere": 1 } });
  });

  test("a column that nobody can read leaves nobody, and says so first", async () => {
    const service = await open([consenting(1, { agreed: "A" }), consenting(2, { agreed: "B" })]);
    const ran = await service.run(...flags);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain("2 rows hold a value in marketing.agreed that is neither yes nor no: they count as refused.");
    expect(ran.err).toContain("Nobody is exported");
  });
});

describe("reconfirmation notices (T3)", () => {
  const day = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  const members = [consenting(1), consenting(2, { agreedAt: day(800) }), consenting(3, { agreedAt: day(720) }), consenting(4, { agreedAt: day(800), reconfirmedAt: day(10) }), consenting(5, { agreedAt: day(900), birthdate: "2020-01-01" })];

  test("are counted and listed, and --exclude-overdue leaves out who is owed one", async () => {
    const service = await open(members);
    const ran = await exportTargets(service);
    expect(ran.json).toMatchObject({ exported: 4, overdue: 1, due: 1 });
    expect(service.csv(ran.id, "reconfirm.csv").map(({ member_id, state, reconfirmed_on }) => [member_id, state, reconfirmed_on])).toEqual([["2", "overdue", ""], ["3", "due", ""]]);
    const without = await exportTargets(service, "--exclude-overdue");
    expect(without.json).toMatchObject({ exported: 3, overdue: 1, due: 1, leftOut: { overdue: 2 } });
    expect(service.csv(without.id, "reconfirm.csv").map(({ member_id }) => member_id)).toEqual(["2", "3"]);
  });
});

describe("--relation", () => {
  const added = { channels: { _Abcd: { relation: "ADDED" } }, scopes: ["plusfriends"] } as const;
  const people = { old: { connected_at: "2025-03-01T00:00:00Z" }, young: { connected_at: new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+/, "") } };
  async function openRelated(setup: Setup = {}, count = 6): Promise<Service> {
    const service = await open(Array.from({ length: count }, (_, at) => consenting(at + 1)), setup);
    service.simulator.users.load([
      { id: "1001", ...people.old, ...added }, { id: "1002", ...people.old, scopes: ["plusfriends"], channels: { _Abcd: { relation: "BLOCKED" } } }, { id: "1003", ...people.old, scopes: ["plusfriends"] },
      { id: "1004", ...people.young, ...added }, { id: "1005", ...people.old },
    ]);
    return service;
  }

  test("leaves blockers out, asks nobody who was linked in the last 24 hours, and tells added, blocked, none", async () => {
    const service = await openRelated();
    const ran = await exportTargets(service, "--relation");
    expect(targetsOf(service, ran.id)).toEqual(["1001", "1003"]);
    expect(reasonsOf(service, ran.id)).toEqual({ 2: "blocked-channel", 4: "unknown-relation", 5: "unknown-relation", 6: "unknown-relation" });
    expect(ran.json).toMatchObject({ relations: { added: 1, blocked: 1, none: 1, unknown: 3 } });
    const asked = service.simulator.requests.find({ path: "/v2/api/talk/channels/multi" });
    expect(asked.map(({ parameters }) => parameters["target_ids"])).toEqual(["1001,1002,1003,1005"]);
    const told = await service.run(...flags, "--relation");
    expect(told.err).toContain("Relations of 6 Kakao users at most: 2 calls (1 basics, 1 relations)");
    expect(told.out).toMatch(/added +1 +friends of the channel[^]*blocked +1[^]*none +1[^]*unknown +3/);
  });

  test("asks in requests of 200, in batches that keep the order", async () => {
    const count = 450;
    const service = await open(Array.from({ length: count }, (_, at) => consenting(at + 1)));
    service.simulator.users.load(Array.from({ length: count }, (_, at) => ({ id: String(1001 + at), ...people.old, scopes: ["plusfriends"], channels: at % 3 === 0 ? { _Abcd: { relation: "BLOCKED" as const } } : {} })));
    const ran = await exportTargets(service, "--relation");
    expect(ran.json).toMatchObject({ exported: 300, relations: { added: 0, blocked: 150, none: 300, unknown: 0 } });
    expect(targetsOf(service, ran.id)).toEqual(Array.from({ length: count }, (_, at) => at).filter((at) => at % 3 !== 0).map((at) => String(1001 + at)));
    expect(service.simulator.requests.find({ path: "/v2/api/talk/channels/multi" }).map(({ parameters }) => parameters["target_ids"]?.split(",").length).sort()).toEqual([200, 200, 50]);
  });

  test("without the consent item it says what to switch on, and nothing is left of the export", async () => {
    const service = await openRelated({ simulator: { scopes: defaultScopes.filter(({ id }) => id !== "plusfriends") } });
    const ran = await service.json(...flags, "--relation");
    expect(ran.code).not.toBe(0);
    expect(ran.error.message + ran.error.hint).toMatch(/plusfriends/);
    expect(ran.error.code).toBe("kakao-402");
    expect(readdirSync(service.path(".kakao-sync/runs"))).toEqual([]);
    expect((await service.json("runs")).json).toMatchObject({ runs: [] });
  });

  test("calls that the month has no room for are refused before the first", async () => {
    const service = await openRelated({ config: { limits: { requestsPerSecond: 100, listingPerMinute: 100, monthlyShare: 0.0000001 } } });
    expect(await service.json(...flags, "--relation")).toMatchObject({ code: 3, error: { code: "monthly-share" } });
    expect(service.simulator.requests.count({})).toBe(0);
  });

  test("a member exported by number is asked about by Kakao id", async () => {
    const service = await openRelated({ channel: { idType: "phone", fields: {} } }, 3);
    await service.addMember(consenting(9, { link: "0" }));
    const ran = await exportTargets(service, "--relation");
    expect(targetsOf(service, ran.id)).toEqual(["01020003001", "01020003003"]);
    expect(reasonsOf(service, ran.id)).toEqual({ 2: "blocked-channel", 9: "unknown-relation" });
  });
});

describe("the files", () => {
  test("go into a private folder, 0600; parts by --max-rows, and a smaller set takes away what a larger one left", async () => {
    const service = await open([1, 2, 3, 4, 5].map((id) => consenting(id)));
    const ran = await exportTargets2(service, "--to", "out", "--max-rows", "2");
    expect(ran.json["files"]).toEqual(["out/targets-1.csv", "out/targets-2.csv", "out/targets-3.csv", "out/removed.csv", "out/reconfirm.csv", "out/left-out.csv", "out/bad-values.csv"]);
    for (const name of readdirSync(service.path("out"))) expect(statSync(service.path(`out/${name}`)).mode & 0o777).toBe(0o600);
    expect(statSync(service.path("out")).mode & 0o777).toBe(0o700);
    expect(readRows(readFileSync(service.path("out/targets-3.csv"), "utf8").replaceAll("\r", ""))).toHaveLength(1);
    await exportTargets2(service, "--to", "out");
    expect(readdirSync(service.path("out")).sort()).toEqual(["bad-values.csv", "left-out.csv", "reconfirm.csv", "removed.csv", "targets.csv"]);
    mkdirSync(service.path("open"));
    chmodSync(service.path("open"), 0o755);
    expect(await service.json(...flags, "--to", "open")).toMatchObject({ code: 3, error: { code: "folder-exposed" } });
  });

  const exportTargets2 = async (service: Service, ...more: readonly string[]): Promise<RanJson> => {
    const ran = await service.json(...flags, ...more);
    expect(ran).toMatchObject({ code: 0, error: { message: "" } });
    return ran;
  };

  test("headers and encodings as the flags say; what CP949 lacks is listed by row", async () => {
    const service = await open([consenting(1), consenting(2, { region: "서울 🍊" })], { channel: { fields: { "최근 구매일": "created_at", 지역: "region" } } });
    const api = await exportTargets(service, "--headers", "api", "--encoding", "utf8");
    expect(service.file(api.id, "targets.csv").split("\n")[0]).toBe("앱유저아이디,최근 구매일,지역");
    const cp949 = await exportTargets(service, "--encoding", "cp949");
    const bytes = readFileSync(service.path(`.kakao-sync/runs/${cp949.id}/targets.csv`));
    expect(new TextDecoder("euc-kr").decode(bytes)).toBe("앱유저아이디,지역,최근구매일\r\n1001,서울,2025-11-02 23:30:00\r\n");
    expect(service.csv(cp949.id, "bad-values.csv")).toEqual([{ member_id: "2", field: "지역", why: "not-in-cp949: U+1F34A" }]);
  });

  test("list whom to remove since the last export of that name, and only of that name", async () => {
    const service = await open([consenting(1), consenting(2), consenting(3)]);
    const first = await exportTargets(service);
    expect(first.json).not.toHaveProperty("removed");
    expect(targetsOf(service, first.id, "removed.csv")).toEqual([]);
    await service.change("update members set marketing_agreed = '0' where id = 2");
    await service.change("delete from members where id = 3");
    expect((await exportTargets(service, "--name", "other")).json).not.toHaveProperty("removed");
    const second = await exportTargets(service);
    expect(second.json).toMatchObject({ exported: 1, removed: 2 });
    expect(service.file(second.id, "removed.csv")).toBe("\uFEFF앱유저아이디\r\n1002\r\n1003\r\n");
    expect((await exportTargets(service)).json).toMatchObject({ removed: 0 });
  });

  test("two exports of the same rows are the same bytes", async () => {
    const service = await open([consenting(3), consenting(1), consenting(2)]);
    const [one, two] = [await exportTargets(service), await exportTargets(service)];
    expect(service.file(one.id, "targets.csv")).toBe(service.file(two.id, "targets.csv"));
  });

  test("Ctrl-C leaves nothing, and the former list counts on", async () => {
    const stop = new AbortController();
    const service = await open([consenting(1), consenting(2)], { simulator: { onRequest: () => stop.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "Run it again." })) } });
    service.simulator.users.load([{ id: "1001", connected_at: "2025-03-01T00:00:00Z" }]);
    const { id } = await exportTargets(service);
    mkdirSync(service.path("out"), { mode: 0o700 });
    const ran = await service.runWith({ signal: stop.signal }, ...flags, "--relation", "--to", "out");
    expect(ran.code).toBe(130);
    expect(readdirSync(service.path("out"))).toEqual([]);
    expect(readdirSync(service.path(".kakao-sync/runs"))).toEqual([id]);
    await service.change("update members set marketing_agreed = '0' where id = 2");
    expect((await exportTargets(service)).json).toMatchObject({ removed: 1 });
  });
});

describe("on record", () => {
  test("the purpose is required, and stands in the record with counts and digests of the files", async () => {
    const service = await open([consenting(1), consenting(2, { agreed: "0" })]);
    expect(await service.json("export-channel-targets")).toMatchObject({ code: 2, error: { code: "usage", message: expect.stringContaining("--purpose") as string } });
    expect(await service.json("export-channel-targets", "--purpose", " ")).toMatchObject({ code: 2, error: { code: "usage" } });
    expect(await service.json(...flags, "--where", "1=1")).toMatchObject({ code: 2, error: { code: "usage", hint: expect.stringContaining("channel.segments") as string } });
    const { id } = await exportTargets(service);
    const audit = await service.json("runs", "audit");
    expect(audit.code).toBe(0);
    const record = audit.json["record"] as readonly { readonly entry: Readonly<Record<string, unknown>> }[];
    const entry = record.map((one) => one.entry).find(({ event }) => event === "exported");
    expect(entry).toMatchObject({ command: "export-channel-targets", operator: "tester", purpose: "spring sale", run: id, counts: { members: 2, exported: 1, leftOut: { "no-consent": 1 } } });
    expect((await service.run("runs", "audit")).out).toMatch(/Purpose of #\d+: spring sale/);
    expect(Object.keys(entry?.["digests"] ?? {}).sort()).toEqual(["bad-values.csv", "left-out.csv", "reconfirm.csv", "removed.csv", "targets.csv"]);
  });

  test("a run of its own: shown, explained, never undone, purged without waiting for an undo", async () => {
    const service = await open([consenting(1), consenting(2, { agreed: "0" })]);
    const { id } = await exportTargets(service);
    expect((await service.json("runs")).json).toMatchObject({ runs: [{ run: id, command: "export-channel-targets", state: "applied", planned: 1 }] });
    expect((await service.run("runs", "show", id)).out).toMatch(/purpose +spring sale[^]*exported +1[^]*left out: no-consent +1/);
    expect((await service.run("explain", "--member", "2")).out).toContain(`Member 2 in export ${id}: left out, no-consent (T2).`);
    expect((await service.run("explain", "--member", "1", "--run", id)).out).toContain("is not among those whom");
    expect(await service.json("explain", "--kakao", "1001", "--run", id)).toMatchObject({ code: 2, error: { code: "usage" } });
    expect(await service.json("explain", "--member", "77", "--run", id)).toMatchObject({ code: 2, error: { code: "member-unknown" } });
    expect(await service.json("undo", id, "--apply", "--yes")).toMatchObject({ code: 3, error: { code: "run-not-undoable" } });
    expect((await service.json("purge", "--older-than", "0s")).json).toMatchObject({ runs: [id] });
    expect((await service.json("purge", "--older-than", "0s", "--apply", "--yes")).code).toBe(0);
    expect(existsSync(service.path(`.kakao-sync/runs/${id}`))).toBe(false);
  });

  test("an export supersedes no plan, and mapping is explained before it", async () => {
    const service = await open([consenting(1, { phone: "010-7777-8888" })], { users: { 5001: { phone: "010-7777-8888" } } });
    await service.json("pull");
    const plan = await service.json("map-members");
    await exportTargets(service);
    expect((await service.json("runs")).json).toMatchObject({ runs: [{ state: "applied" }, { run: plan.id, state: "planned" }] });
    expect((await service.json("explain", "--kakao", "5001")).json).toMatchObject({ run: plan.id });
  });

  test("without a section channel, and without a link column, it says what is missing", async () => {
    const service = await openService({ members: [consenting(1)] });
    expect(await service.json(...flags)).toMatchObject({ code: 2, error: { code: "channel-missing" } });
    service.configure({ channel: usualChannel, link: { column: "kakao_user" } });
    expect(await service.json(...flags)).toMatchObject({ code: 2, error: { code: "link-column-missing" } });
  });
});
