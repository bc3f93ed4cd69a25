import { expect, test } from "vitest";
import { applyOrphans, openOrphans, planOrphans, unlinkCalls } from "../helpers/orphans.ts";
import type { ConfigChanges, Service } from "../helpers/service.ts";

const link = { column: undefined, table: "social_accounts", memberId: "member_id", kakaoId: "provider_user_id", fixed: { provider: "kakao" }, where: "deleted_at is null" };

/** Members 1 to 4 hold 1001 to 1004; 90 has left with 1900; 51 holds 8001, which Kakao no longer has; 5002 stands in a row that was deleted softly. */
async function open(more: ConfigChanges = {}): Promise<Service> {
  const service = await openOrphans({
    orphans: 0, linked: 0,
    members: [...[1, 2, 3, 4].map((id) => ({ id })), { id: 51, email: "a@example.com" }, { id: 90, status: "left" }],
    users: { ...Object.fromEntries([1001, 1002, 1003, 1004].map((id) => [String(id), {}])), "1900": { phone: "010-9900-1357" }, "5001": { phone: "010-7001-1357" }, "5002": { phone: "010-7002-1357" } },
    config: { kakao: { app: { fixedIds: false, autoLink: true } }, members: { otherLogin: "email is not null" }, link: { ...link, ...more } },
  });
  await service.change("create table social_accounts (provider varchar(20) not null, member_id varchar(40) not null, provider_user_id varchar(40), deleted_at varchar(30), primary key (provider, member_id))");
  await service.change("create unique index social_accounts_ids on social_accounts (provider, provider_user_id)");
  const row = (member: string, id: string, deleted = "null"): string => `('kakao', '${member}', '${id}', ${deleted})`;
  const rows = [row("1", "1001"), row("2", "1002"), row("3", "1003"), row("4", "1004"), row("90", "1900"), row("51", "8001"), row("777", "5002", "'2026-01-01'")];
  await service.change(`insert into social_accounts values ${rows.join(", ")}`);
  return service;
}

const stored = (service: Service): ReturnType<Service["rows"]> => service.rows("select member_id, provider_user_id, deleted_at from social_accounts where member_id = '51'");

test("a leaver's row may hold the id; a softly deleted row holds nothing", async () => {
  const service = await open();
  const ran = await applyOrphans(service, await planOrphans(service));
  expect(ran).toMatchObject({ code: 0, json: { applied: { done: 3, spared: 0 } } });
  expect(unlinkCalls(service).map(([id]) => id).sort()).toEqual(["1900", "5001", "5002"]);
});

test.each<[string, ConfigChanges, readonly (string | null)[][]]>([
  ["a gone row is marked where link.cleared says how", { cleared: { deleted_at: "gone" } }, [["51", "8001", "gone"]]],
  ["else it is deleted", {}, []],
])("%s, and undo brings it back", async (_name, more, cleared) => {
  const service = await open(more);
  const before = await stored(service);
  const run = await planOrphans(service);
  expect(await applyOrphans(service, run, "--clear-gone")).toMatchObject({ code: 0, json: { applied: { cleared: 1 } } });
  expect(await stored(service)).toEqual(cleared);
  expect(await service.json("undo", run, "--apply", "--yes", "--operator", "t")).toMatchObject({ code: 0, json: { restored: 1 } });
  expect(await stored(service)).toEqual(before);
});

test("who holds several links counts for nothing in clearable, and keeps them, whatever has become of the others since", async () => {
  const service = await openOrphans({
    orphans: 0, linked: 0,
    members: [1, 2, 3, 4, 51, 52].map((id) => ({ id, email: `${id}@example.com` })),
    users: Object.fromEntries([1001, 1002, 1003, 1004].map((id) => [String(id), {}])),
    config: { kakao: { app: { fixedIds: false, autoLink: true } }, members: { otherLogin: "email is not null" }, link: { column: undefined, table: "accounts", memberId: "member_id", kakaoId: "kakao_id" }, limits: { clear: { share: 1, count: 1 } } },
  });
  await service.change("create table accounts (n integer primary key, member_id integer, kakao_id bigint unique)");
  await service.change("insert into accounts values (1, 1, 1001), (2, 2, 1002), (3, 3, 1003), (4, 4, 1004), (5, 1, 8011), (6, 51, 8001), (7, 52, 8021), (8, 52, 8022)");
  const check = await service.json("unlink-orphans", "--clear-gone", "--check");
  expect(check).toMatchObject({ code: 1, json: { gone: 4, clearable: 1 } });
  expect((await service.json("explain", "--kakao", "8011", "--run", check.id)).json["answers"]).toMatchObject([{ lines: [expect.anything(), expect.stringContaining("holds several links: none of them is ever cleared")] }]);

  // By now the member of 8021 holds only that: the plan has not counted it, so it stays.
  await service.change("delete from accounts where n = 8");
  expect(await applyOrphans(service, check.id, "--clear-gone")).toMatchObject({ code: 0, json: { applied: { cleared: 1, notCleared: {} } } });
  expect(await service.rows("select member_id, kakao_id from accounts where n >= 5 order by n")).toEqual([["1", "8011"], ["52", "8021"]]);
  expect(await service.json("unlink-orphans", "--clear-gone", "--check")).toMatchObject({ json: { gone: 2, clearable: 1 } });
});

test("a row that counts again between plan and call spares its user", async () => {
  const service = await open();
  const run = await planOrphans(service);
  await service.change("update social_accounts set deleted_at = null where member_id = '777'");
  expect(await applyOrphans(service, run)).toMatchObject({ code: 0, json: { applied: { done: 2, spared: 1, sparedWhy: { held: 1 } } } });
  expect(unlinkCalls(service).map(([id]) => id).sort()).toEqual(["1900", "5001"]);
});
