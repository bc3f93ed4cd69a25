import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { applyOrphans, openOrphans, planOrphans, unlinkCalls } from "../helpers/orphans.ts";
import type { ConfigChanges, Service } from "../helpers/service.ts";
import { storeEngine } from "../helpers/stores.ts";

/** The URL of the service's own database, whatever engine it is. */
function databaseOf(service: Service): string {
  const { database } = JSON.parse(readFileSync(service.path("kakao-sync.config.yaml"), "utf8")) as { readonly database: { readonly url: string } };
  return database.url;
}

const base: ConfigChanges = {
  kakao: { app: { fixedIds: true, autoLink: true } },
  limits: { requestsPerSecond: 100, unlink: { share: 1, count: 10_000, nightly: 10_000 }, clear: { share: 1, count: 10_000 } },
};

/** Orphans, 5001 and on, and a second brand whose ids are written like this. */
async function openBrand(ids: readonly string[], type = "varchar(40)", column = "kakao_id", count = 25): Promise<Service> {
  const service = await openOrphans({ orphans: count });
  await service.change(`create table brand (id ${type === "varchar(40)" ? "integer" : "bigint"} primary key, kakao_id ${type})`);
  for (const [at, id] of ids.entries()) await service.change(`insert into brand values (${at + 1}, '${id}')`);
  service.configure({ ...base, alsoLinkedIn: [{ name: "brand2", url: databaseOf(service), link: { table: "brand", memberId: "id", kakaoId: column } }] });
  return service;
}

/** A table of people who are signing up, with ids written like this. */
async function openSigningUp(ids: readonly string[]): Promise<Service> {
  const service = await openOrphans({ orphans: 25 });
  await service.change("create table signing_up (kakao_id varchar(40))");
  for (const id of ids) await service.change(`insert into signing_up values ('${id}')`);
  service.configure({ ...base, members: { pending: [{ table: "signing_up", kakaoId: "kakao_id" }] } });
  return service;
}

const orphans = (count: number): string[] => Array.from({ length: count }, (_, at) => String(5001 + at));

describe("ids of a place that are spelled otherwise", () => {
  test("with blanks, zeros in front or decimals that are none they still mean one Kakao id, which is kept", async () => {
    const service = await openBrand(["05001", "5002 ", " 5003", "5004.00", "0005005.0", "5006", "\t5007"]);
    const planned = await service.json("unlink-orphans");
    expect(planned).toMatchObject({ code: 0, json: { counts: { keep: { elsewhere: 7 }, unlink: { incomplete: 18 } } } });
    expect(planned.json).not.toHaveProperty("unreadablePlaces");
    expect(await applyOrphans(service, planned.id)).toMatchObject({ code: 0, json: { applied: { done: 18 } } });
    expect(unlinkCalls(service).map(([id]) => id).filter((id) => id <= "5007")).toEqual([]);
  });

  test("count again as apply begins: who came in between is spared", async () => {
    const service = await openBrand(["05001"]);
    const run = await planOrphans(service);
    await service.change("insert into brand values (2, '05002'), (3, '5003 ')");
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: { applied: { done: 22, spared: 2, sparedWhy: { elsewhere: 2 } } } });
    expect(["5001", "5002", "5003"].map((id) => service.simulator.users.has(id))).toEqual([true, true, true]);
  });

  test("the same of people signing up just now", async () => {
    const service = await openSigningUp(["05001", "5002.0"]);
    const planned = await service.json("unlink-orphans");
    expect(planned).toMatchObject({ code: 0, json: { counts: { keep: { pending: 2 } } } });
    await service.change("insert into signing_up values ('005003')");
    expect(await applyOrphans(service, planned.id)).toMatchObject({ code: 0, json: { applied: { done: 22, spared: 1, sparedWhy: { pending: 1 } } } });
  });
});

describe("ids of a place that cannot be read", () => {
  const prefixed = orphans(25).map((id) => `kakao:${id}`);

  test("refuse the plan where they are more than one in a hundred, and no flag lifts that", async () => {
    const all = await openBrand(prefixed);
    expect(await all.json("unlink-orphans")).toMatchObject({ code: 3, error: { code: "place-unreadable", message: expect.stringMatching(/brand2.*\b25\b/s) as string } });
    const some = await openBrand([...orphans(25), ...prefixed.slice(0, 1)]);
    expect(await some.json("unlink-orphans", "--apply", "--yes", "--operator", "t", "--accept-place", "brand2=25")).toMatchObject({ code: 3, error: { code: "place-unreadable" } });
    expect([...unlinkCalls(all), ...unlinkCalls(some)]).toEqual([]);
  });

  test("are told with the plan where they are fewer", async () => {
    const service = await openBrand([...orphans(99), "unknown"], "varchar(40)", "kakao_id", 100);
    const ran = await service.run("unlink-orphans");
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining("1 id of brand2") as string });
    expect((await service.json("unlink-orphans")).json).toMatchObject({ unreadablePlaces: { brand2: 1 }, counts: { keep: { elsewhere: 99 }, unlink: { incomplete: 1 } } });
  });

  test("refuse the apply as well, also when only they are left", async () => {
    const service = await openBrand(orphans(20));
    const run = await planOrphans(service);
    await service.change("update brand set kakao_id = 'x' where id <= 2");
    expect(await applyOrphans(service, run)).toMatchObject({ code: 3, error: { code: "brake-place-unreadable" } });
    await service.change("update brand set kakao_id = 'x'");
    expect(await applyOrphans(service, run)).toMatchObject({ code: 3, error: { code: "brake-place-unreadable" } });
    expect(unlinkCalls(service)).toEqual([]);
  });

  test("the same of people signing up just now", async () => {
    const planned = await openSigningUp(["a-5001", "a-5002"]);
    expect(await planned.json("unlink-orphans")).toMatchObject({ code: 3, error: { code: "place-unreadable", message: expect.stringContaining("signing_up") as string } });
    const later = await openSigningUp([]);
    const run = await planOrphans(later);
    await later.change("insert into signing_up values ('a-5001')");
    expect(await applyOrphans(later, run)).toMatchObject({ code: 3, error: { code: "brake-place-unreadable" } });
    expect(unlinkCalls(later)).toEqual([]);
  });
});

test("a place whose ids Kakao does not list is another column, or another app", async () => {
  const service = await openBrand(orphans(20), "bigint", "id");
  expect(await service.json("unlink-orphans")).toMatchObject({ code: 3, error: { code: "place-other-app", message: expect.stringMatching(/\b0 of 20\b.*brand2/s) as string } });
  const fewer = await openBrand(orphans(19), "bigint", "id");
  expect(await fewer.json("unlink-orphans")).toMatchObject({ code: 0 });
  const half = await openBrand([...orphans(10), ...Array.from({ length: 10 }, (_, at) => String(8001 + at))]);
  expect(await half.json("unlink-orphans")).toMatchObject({ code: 0 });
  await half.change("insert into brand values (99, '8999')");
  expect(await half.json("unlink-orphans")).toMatchObject({ code: 3, error: { code: "place-other-app" } });
});

describe("links of members that are no Kakao ids", () => {
  /** Orphans 5001 to 5025, a hundred members with links, and then these, whose state goes through all of them. */
  async function openMisspelt(links: readonly string[], linked = 100): Promise<Service> {
    const service = await openOrphans({ orphans: 25, linked });
    await service.change("create table people (id integer primary key, phone varchar(20), status varchar(10), kid varchar(40)); insert into people select id, phone, status, kakao_id from members");
    for (const [at, link] of links.entries()) await service.change(`insert into people values (${901 + at}, null, '${["active", "dormant", "left"][at % 3] ?? ""}', '${link}')`);
    service.configure({ ...base, members: { table: "people", ci: undefined, email: undefined, name: undefined, birthdate: undefined, phoneVerifiedAt: undefined, emailVerifiedAt: undefined, lastLoginAt: undefined }, link: { column: "kid" } });
    return service;
  }

  test("keep whom they clearly mean, whatever the member's state, and name the member", async () => {
    const service = await openMisspelt(["05001", "5002 ", " 5003.00", "0005004", "8001 ", "0.0"]);
    const planned = await service.json("unlink-orphans");
    expect(planned).toMatchObject({ code: 0, json: { links: 100, malformedLinks: 6, gone: 0, counts: { keep: { linked: 100, dangling: 4 }, unlink: { incomplete: 21 } } } });
    expect(planned.json).not.toHaveProperty("refusals");
    expect(service.csv(planned.id, "plan.csv").slice(0, 5).map(({ kakao_id, member_id, kind, action }) => [kakao_id, member_id, kind, action])).toEqual([
      ["5001", "901", "dangling", "keep"], ["5002", "902", "dangling", "keep"], ["5003", "903", "dangling", "keep"], ["5004", "904", "dangling", "keep"], ["5005", "", "incomplete", "unlink"],
    ]);
    expect(await applyOrphans(service, planned.id)).toMatchObject({ code: 0, json: { applied: { done: 21 } } });
    expect(orphans(4).map((id) => service.simulator.users.has(id))).toEqual([true, true, true, true]);
  });

  test("refuse the apply where more than one in a hundred cannot be read at all", async () => {
    const one = await openMisspelt(["kakao:5001"]);
    expect((await one.json("unlink-orphans")).json).not.toHaveProperty("refusals");
    const two = await openMisspelt(["kakao:5001", "kakao:5002"]);
    const planned = await two.json("unlink-orphans");
    expect(planned.json).toMatchObject({ refusals: [{ code: "brake-links-unreadable", message: expect.stringMatching(/102 stored links 2 /) as string }] });
    expect(await applyOrphans(two, planned.id, "--allow-unlinks", "25", "--accept-links", "100")).toMatchObject({ code: 3, error: { code: "brake-links-unreadable" } });
    expect(unlinkCalls(two)).toEqual([]);
  });
});

test.runIf(storeEngine === "mysql")("no connection to a table of people signing up is left open, whatever comes of it", async () => {
  const service = await openSigningUp(["5001"]);
  const connections = async (): Promise<unknown> => (await service.rows("select count(*) from information_schema.processlist where db = database()"))[0]?.[0];
  const run = await planOrphans(service);
  await expect.poll(connections).toBe("1");
  await service.change("insert into signing_up values ('x')");
  expect(await service.json("unlink-orphans")).toMatchObject({ code: 3, error: { code: "place-unreadable" } });
  await expect.poll(connections).toBe("1");
  expect(await applyOrphans(service, run)).toMatchObject({ code: 3 });
  await expect.poll(connections).toBe("1");
});
