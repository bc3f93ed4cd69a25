import Database from "better-sqlite3";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { describe, expect, test, vi, onTestFinished } from "vitest";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { encryptValue, readExampleFilter } from "../helpers/decrypt-filter.ts";
import { openService, usualChannel, type ConfigChanges, type MemberValues, type RanJson, type Service } from "../helpers/service.ts";

function consenting(id: number, more: Partial<MemberValues> = {}): MemberValues {
  return { id, link: String(1000 + id), phone: `010-2000-${String(3000 + id)}`, birthdate: "1990-05-17", agreed: "1", agreedAt: "2026-03-02 10:00:00", region: "서울", createdAt: "2025-11-02 23:30:00", vipLevel: "2", ...more };
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const byPhone = { ...usualChannel, idType: "phone", fields: {} };

async function open(members: readonly MemberValues[], config: ConfigChanges = {}, simulator?: SimulatorOptions): Promise<Service> {
  return openService({ members, config: { channel: usualChannel, ...config }, ...(simulator === undefined ? {} : { simulator }) });
}

const exportTargets = (service: Service, ...more: readonly string[]): Promise<RanJson> => service.json("export-channel-targets", "--purpose", "spring sale", ...more);
const targetsOf = (service: Service, run: string, file = "targets.csv"): readonly string[] => service.file(run, file).replace("\uFEFF", "").split(/\r?\n/).slice(1, -1).map((line) => line.split(",")[0] ?? "");

describe("numbers that could not be decrypted", () => {
  const [key, lostKey] = [randomBytes(32), randomBytes(32)];
  const seal = (at: number, by = key): string => encryptValue(by, `010-2000-${3000 + at}`);
  async function openSealed(count: number, others: readonly MemberValues[]): Promise<Service> {
    const service = await open([...range(1, count).map((id) => consenting(id, { phone: seal(id) })), ...others], {
      channel: byPhone,
      members: { phone: { column: "phone", decrypt: [process.execPath, "./decrypt.mjs"] } },
      matching: { keys: ["ci"] },
    });
    service.write("app.key", key.toString("base64"));
    service.write("decrypt.mjs", readExampleFilter());
    return service;
  }

  test("of withdrawn members count, too: more than one in a hundred refuses", async () => {
    const service = await openSealed(2, [consenting(3, { phone: seal(1, lostKey), status: "left", agreed: "N" })]);
    expect(await exportTargets(service)).toMatchObject({ code: 3, error: { code: "values-undecryptable" } });
  });

  test("a single one behind a refusal refuses, and is taken as it is with its exact number", async () => {
    const service = await openSealed(199, [consenting(300, { phone: seal(1, lostKey), status: "left", agreed: "N" })]);
    expect(await exportTargets(service)).toMatchObject({ code: 3, error: { code: "refusals-unreadable", message: expect.stringContaining("1 row of somebody who refuses") as string, hint: expect.stringContaining("--accept-unreadable 1") as string } });
    expect(await exportTargets(service, "--accept-unreadable", "2")).toMatchObject({ code: 3, error: { code: "refusals-unreadable" } });
    const ran = await exportTargets(service, "--accept-unreadable", "1");
    expect(ran).toMatchObject({ code: 0, json: { exported: 199, unreadable: { refusals: 1 } } });
    expect(ran.err).toContain("1 row refuses, but its number or link cannot be read");
  });
});

describe("refusals spelled otherwise", () => {
  test("are read generously, by number", async () => {
    const spelled = ["'01020003001", "01020003002.0", "tel:010-2000-3003", "010-2000-3004 (본인)", "010_2000_3005", "010·2000·3006", "010-2000-3007 / 02-111-2222"];
    const service = await open([...range(1, 8).map((id) => consenting(id)), ...spelled.map((phone, at) => consenting(101 + at, { phone, agreed: "N", status: at % 2 === 0 ? "left" : "active" }))], { channel: byPhone });
    const ran = await exportTargets(service);
    expect(targetsOf(service, ran.id)).toEqual(["01020003008"]);
    expect(ran.json).toMatchObject({ unreadable: { refusals: 0 }, leftOut: { "refused-elsewhere": 7 } });
  });

  test("one that names nobody is counted and told", async () => {
    const service = await open([consenting(1), consenting(2, { phone: "집", agreed: "N" }), consenting(3, { phone: "휴대폰 없음", agreed: "N", status: "left" }), consenting(4, { phone: "", agreed: "N" })], { channel: byPhone });
    const ran = await exportTargets(service);
    expect(ran).toMatchObject({ code: 0, json: { exported: 1, unreadable: { refusals: 2 } } });
    expect(ran.err).toContain("2 rows refuse, but their number or link cannot be read");
  });

  test("a number that a row cannot be exported under is no better for it", async () => {
    const service = await open([consenting(1, { phone: "'01020003001" }), consenting(2)], { channel: byPhone });
    expect(targetsOf(service, (await exportTargets(service)).id)).toEqual(["01020003002"]);
  });
});

describe("consents that nobody can read", () => {
  test("refuse the export where they are many, in the light of how many there are", async () => {
    const service = await open([...range(1, 40).map((id) => consenting(id)), ...range(41, 50).map((id) => consenting(id, { agreed: "A" }))]);
    expect(await exportTargets(service)).toMatchObject({ code: 0, json: { exported: 40, unreadable: { agreed: 10 } } });
    await service.addMember(consenting(51, { agreed: "B" }));
    expect(await exportTargets(service)).toMatchObject({ code: 3, error: { code: "consents-unreadable", message: expect.stringContaining("11 of 51 values in channel.marketing.agreed") as string } });
    expect(await exportTargets(service, "--accept-unreadable", "11")).toMatchObject({ code: 0, json: { exported: 40 } });
    for (const id of range(101, 1200)) await service.addMember(consenting(id));
    expect(await exportTargets(service)).toMatchObject({ code: 0, json: { exported: 1140, unreadable: { agreed: 11 } } });
  });
});

describe("an export that fails after its files", () => {
  async function failing(service: Service, ...more: readonly string[]): Promise<RanJson> {
    const db = new Database(service.path(".kakao-sync/workspace.db"));
    try {
      db.exec("create trigger fail before insert on runs begin select raise(abort, 'no'); end");
      return await exportTargets(service, ...more);
    } finally {
      db.exec("drop trigger fail");
      db.close();
    }
  }

  test("leaves none of them, and forgets nobody whom the next one must tell to be removed", async () => {
    const service = await open(range(1, 3).map((id) => consenting(id)));
    mkdirSync(service.path("out"), { mode: 0o700 });
    expect((await exportTargets(service)).code).toBe(0);
    await service.change("update members set marketing_agreed = '0' where id = 2");
    expect((await failing(service, "--to", "out")).code).not.toBe(0);
    expect(readdirSync(service.path("out"))).toEqual([]);
    const next = await exportTargets(service);
    expect(next.json).toMatchObject({ removed: 1 });
    expect(targetsOf(service, next.id, "removed.csv")).toEqual(["1002"]);
    expect((await exportTargets(service)).json).toMatchObject({ removed: 0 });
  });
});

describe("with --relation, by number", () => {
  const old = { connected_at: "2025-03-01T00:00:00Z", kakao_account: {}, scopes: ["plusfriends"] };
  test.each([["ADDED", "BLOCKED"], ["BLOCKED", "ADDED"]] as const)("nobody goes whose number somebody shares who blocked the channel: %s, %s", async (first, second) => {
    // The two are read in different batches.
    const between = range(2, 1700).map((id) => consenting(id));
    const service = await open([consenting(1, { phone: "010-9222-3333" }), ...between, consenting(1701, { phone: "010-9222-3333" })], { channel: byPhone });
    const relations = new Map([[1, first], [1701, second]]);
    service.simulator.users.load(range(1, 1701).map((id) => ({ id: String(1000 + id), ...old, channels: { _Abcd: { relation: relations.get(id) ?? "ADDED" } } })));
    const ran = await exportTargets(service, "--relation");
    expect(ran.json).toMatchObject({ exported: 1699, leftOut: { "blocked-channel": 2 } });
    expect(targetsOf(service, ran.id)).not.toContain("01092223333");
  });
});

test("who refuses and withdraws while the members are being read is heard", async () => {
  for (const change of ["marketing_agreed = '0'", "marketing_agreed = '0', status = 'left'"]) {
    const holder: { service?: Service; changed?: true } = {};
    const service = await open([consenting(1, { phone: "010-2222-3333" }), consenting(60_000, { phone: "010-2222-3333", link: "0" })], { channel: byPhone }, {
      onRequest: async () => {
        if (holder.changed === true) return;
        holder.changed = true;
        await holder.service?.change(`update members set ${change} where id = 60000`);
      },
    });
    holder.service = service;
    await service.change("with recursive n(i) as (select 2 union all select i + 1 from n where i < 50000) insert into members (id, status, marketing_agreed) select i, 'active', null from n");
    service.simulator.users.load([{ id: "1001", connected_at: "2025-03-01T00:00:00Z", kakao_account: {}, scopes: ["plusfriends"], channels: { _Abcd: { relation: "ADDED" } } }]);
    expect(await exportTargets(service, "--relation")).toMatchObject({ code: 4, error: { code: "members-changed" } });
    expect(holder.changed).toBe(true);
  }
});

test("a birth date with a time and a zone is the day that it is in Korea", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-02-28T00:30:00+09:00") });
  onTestFinished(() => void vi.useRealTimers());
  const births = ["2012-02-28", "2012-02-27T15:00:00Z", "2012-02-28 00:00:00", "2012-02-28T15:00:00Z", "2012-02-28 15:00:00+00", "2012-02-29T00:00:00+09:00"];
  const service = await open(births.map((birthdate, at) => consenting(at + 1, { birthdate, agreedAt: "2025-05-05" })));
  expect(targetsOf(service, (await exportTargets(service)).id)).toEqual(["1001", "1002", "1003"]);
});

test("an upload refuses consents that nobody can read as well, and keeps the number that was accepted with its plan", async () => {
  const service = await open([...range(1, 40).map((id) => consenting(id)), ...range(41, 51).map((id) => consenting(id, { agreed: "A" }))]);
  expect(await exportTargets(service, "--upload")).toMatchObject({ code: 3, error: { code: "consents-unreadable" } });
  const plan = await exportTargets(service, "--upload", "--accept-unreadable", "11");
  expect(plan).toMatchObject({ code: 0, json: { exported: 40 } });
  await service.addMember(consenting(52, { agreed: "A" }));
  const apply = (run: string): Promise<RanJson> => service.json("export-channel-targets", "--upload", "--apply", "--plan", run, "--yes");
  expect(await apply(plan.id)).toMatchObject({ code: 3, error: { code: "consents-unreadable" } });
  await service.change("update members set marketing_agreed = '0' where id = 52");
  expect(await apply(plan.id)).toMatchObject({ code: 0, json: { upload: { added: 40 } } });
});
