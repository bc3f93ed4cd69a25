import { describe, expect, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { openService, type ConfigChanges, type Service, type ServiceSetup } from "../helpers/service.ts";

const layout: ConfigChanges = {
  link: { column: undefined, table: "social_accounts", memberId: "member_id", kakaoId: "provider_user_id", fixed: { provider: "kakao" }, where: "deleted_at is null", set: { created_at: "now" }, cleared: { deleted_at: "now" } },
};

/** One row a link and member, as a service that knows several log-ins keeps them. Deleted rows stand for themselves: an id of theirs is free for nobody. */
const schema = [
  "create table social_accounts (provider varchar(20) not null, member_id varchar(40) not null, provider_user_id varchar(40), created_at varchar(30), deleted_at varchar(30), primary key (provider, member_id))",
  "create unique index social_accounts_ids on social_accounts (provider, provider_user_id)",
];

const rows = (...values: readonly string[]): string => `insert into social_accounts (provider, member_id, provider_user_id, created_at, deleted_at) values ${values.map((value) => `('kakao', ${value})`).join(", ")}`;

const people = ["one", "two", "three", "four", "five"];
const setup: ServiceSetup = {
  members: people.map((name, at) => ({ id: at + 1, ci: ci(name) })),
  users: Object.fromEntries(people.map((name, at) => [String(11 + at), { ci: ci(name) }])),
  schema,
  config: layout,
};

async function openWith(...links: readonly string[]): Promise<Service> {
  return openService({ ...setup, schema: [...schema, ...(links.length === 0 ? [] : [rows(...links)])] });
}

const stored = (service: Service): ReturnType<Service["rows"]> => service.rows("select member_id, provider_user_id, deleted_at from social_accounts order by member_id, provider_user_id");

describe("links in a table of their own", () => {
  test("are planned, written, planned no second time, and taken back", async () => {
    const service = await openWith("'1', '11', null, null", "'2', '', null, null");
    const before = await stored(service);
    const plan = await service.json("map-members");
    expect(plan.json["counts"]).toMatchObject({ linked: 1, link: { ci: 4 } });
    const { json, id } = await service.apply();
    expect(json["applied"]).toMatchObject({ done: 4, moved: 0, failed: 0 });
    expect(await stored(service)).toEqual([["1", "11", null], ["2", "12", null], ["3", "13", null], ["4", "14", null], ["5", "15", null]]);
    expect((await service.json("map-members")).json["counts"]).toMatchObject({ linked: 5, link: { ci: 0 } });
    const undone = await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    expect(undone.json).toMatchObject({ restored: 4, changedSince: 0 });
    expect(await stored(service)).toEqual(before);
  });

  test("that the service has written into since are left alone by undo", async () => {
    const service = await openWith();
    const { id } = await service.apply();
    await service.change("update social_accounts set created_at = '2030-01-01' where member_id = '3'");
    await service.change("delete from social_accounts where member_id = '4'");
    expect((await service.json("undo", id, "--apply", "--yes", "--operator", "tester")).json).toMatchObject({ restored: 3, changedSince: 1 });
    expect(await stored(service)).toEqual([["3", "13", null]]);
  });

  test("a unique index that refuses one row does not stop the others, now or in the next run", async () => {
    const service = await openWith("'3', '99', null, '2020-01-01'");
    const { code, json } = await service.apply();
    expect(json["applied"]).toMatchObject({ done: 4, moved: 0, failed: 1 });
    expect(code).toBe(1);
    expect(await stored(service)).toEqual([["1", "11", null], ["2", "12", null], ["3", "99", "2020-01-01"], ["4", "14", null], ["5", "15", null]]);
    expect((await service.apply("--allow-links", "1")).json["applied"]).toMatchObject({ done: 0, failed: 1 });
  });

  test("an id in a row without a member, in a deleted row or with a malformed neighbour is given to nobody else", async () => {
    const service = await openWith("'999', '11', null, null", "'998', '12', null, '2020-01-01'", "'3', 'thirteen', null, null");
    const { json } = await service.apply();
    expect(json["counts"]).toMatchObject({ link: { ci: 3 }, review: { "held-by-dangling": 1, "member-linked-elsewhere": 1 } });
    expect(json["applied"]).toMatchObject({ done: 2, movedBy: { "id-held": 1 } });
    expect((await stored(service)).map(([member]) => member)).toEqual(["3", "4", "5", "998", "999"]);
  });

  test("a replaced id comes back with undo", async () => {
    const service = await openWith("'1', '7', '2020-01-01', null");
    const { json, id } = await service.apply();
    expect(json["counts"]).toMatchObject({ relink: 1 });
    expect((await stored(service))[0]).toEqual(["1", "11", null]);
    await service.json("undo", id, "--apply", "--yes", "--operator", "tester");
    expect(await service.rows("select member_id, provider_user_id, created_at from social_accounts")).toEqual([["1", "7", "2020-01-01"]]);
  });

  const [table = "", index = ""] = schema;
  test.each([
    ["is refused without unique indexes", [table.replace("primary key (provider, member_id)", "n int primary key")], "unique-index-missing"],
    ["is refused with a column that must be filled and that nobody fills", [table.replace("created_at varchar(30)", "created_at varchar(30), kind int not null"), index], "link-table-unfilled"],
    ["goes on with one that fills itself", [table.replace("created_at varchar(30)", "created_at varchar(30), kind int not null default 7"), index], ""],
  ])("--apply %s", async (_what, tables, code) => {
    const service = await openService({ ...setup, schema: tables });
    const { error, json } = await service.apply();
    expect(error.code).toBe(code);
    expect(json["applied"] === undefined).toBe(code !== "");
  });
});
