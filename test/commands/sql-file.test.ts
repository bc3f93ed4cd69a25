import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { openService, type ConfigChanges, type Service, type ServiceSetup } from "../helpers/service.ts";
import { openMariadb, openPsql, type SqlClient } from "../helpers/sql-client.ts";
import { storeEngine } from "../helpers/stores.ts";

/** A CSV dump is read the same whatever engine the other tests run on. */
const suite = describe.skipIf(storeEngine !== "sqlite");

const people = ["one", "two", "three", "four", "five", "six", "seven"];
const users: ServiceSetup["users"] = {
  ...Object.fromEntries(people.map((name, at) => [String(7_000_000_011 + at), { ci: ci(name) }])),
  "7000000018": { phone: "010-2222-0008", name: "O'Hara 김\\둘" },
};

const memberTable = [
  "create table members (id bigint primary key, ci varchar(100), phone varchar(20), email varchar(100), name varchar(50), birthdate date, verified_at timestamp null, last_login_at timestamp null, status varchar(10) not null, kakao_id bigint null, linked_at timestamp null)",
  "create unique index members_kakao_id on members (kakao_id)",
];
const insert = (id: number, name: string | null, more = "null, null, null, null"): string => `insert into members (id, ci, phone, email, name, birthdate, status) values (${id}, ${name === null ? "null" : `'${ci(name)}'`}, ${more}, 'active')`;

async function planFrom(files: Readonly<Record<string, string>>, config: ConfigChanges, dialect: string, ...flags: string[]): Promise<{ service: Service; code: number; id: string; sql: string; json: Readonly<Record<string, unknown>> }> {
  const service = await openService({ users: users ?? {}, config });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(service.path(name)), { recursive: true });
    service.write(name, text);
  }
  const { code, id, json } = await service.json("map-members", "--sql-dialect", dialect, ...flags);
  return { service, code, id, json, sql: code === 0 ? service.file(id, "apply.sql") : "" };
}

suite.each([["PostgreSQL", openPsql], ["MariaDB", openMariadb]] as const)("the SQL file on %s", (_name, open) => {
  let client: SqlClient | undefined;
  let missing = "";
  beforeEach(async () => {
    const opened = await open();
    client = typeof opened === "string" ? undefined : opened;
    missing = typeof opened === "string" ? opened : "";
  });
  afterEach(() => client?.remove());

  test("writes what was planned from a dump, and skips what has changed since", async (context) => {
    if (client === undefined) return context.skip(missing);
    client.run([...memberTable, ...people.map((name, at) => insert(at + 1, name, at === 1 ? "'', 'a@b.kr', '이둘', '1991-02-03'" : undefined)), insert(8, null, "'010-2222-0008', null, 'O''Hara 김\\둘', null")].join(";\n").replace("김\\둘", client.dialect === "mariadb" ? "김\\\\둘" : "김\\둘"));
    client.run("update members set verified_at = '2026-01-01 00:00:00' where id = 8");
    const { code, sql, json, service, id } = await planFrom(
      { "members.csv": client.dump("members") },
      { database: { url: "csv:./members.csv" }, members: { blocked: "status = 'blocked'", protected: "email like '%@shop.kr' -- staff" }, link: { column: "kakao_id", set: { linked_at: "now" } } },
      client.dialect,
    );
    expect(code).toBe(0);
    expect(json["counts"]).toMatchObject({ link: { ci: 7, phone: 1 } });
    expect(statSync(`${service.folder}/.kakao-sync/runs/${id}/apply.sql`).mode & 0o777).toBe(0o600);
    // Since the dump: another CI, another state, a link of its own, an id that somebody else holds, a row that is gone.
    client.run(`update members set ci = '${ci("another")}' where id = 3;
      update members set status = 'dormant' where id = 4;
      update members set kakao_id = 99 where id = 5;
      insert into members (id, status, kakao_id) values (60, 'left', 7000000016);
      delete from members where id = 7;`);
    expect(client.run(sql)).toBe("8\t4");
    expect(client.run("select id, kakao_id from members where kakao_id is not null order by id").split("\n")).toEqual(["1\t7000000011", "2\t7000000012", "5\t99", "8\t7000000018", "60\t7000000016"]);
    expect(client.run("select count(*) from members where linked_at is not null")).toBe("3");
    expect(client.run(sql)).toBe("8\t4");
  });

  test("writes rows of a link table: new ones, and those that are there without a link", async (context) => {
    if (client === undefined) return context.skip(missing);
    client.run([
      ...memberTable, ...people.map((name, at) => insert(at + 1, name)),
      "create table social (provider varchar(10) not null, member varchar(40) not null, uid varchar(40), added varchar(30), gone timestamp null, kind int, token varchar(40))",
      "create unique index social_uid on social (provider, uid)",
      "insert into social (provider, member, uid, token) values ('kakao', '1', null, 't1'), ('naver', '2', 'n2', null), ('kakao', '7', '7000000017', null)",
    ].join(";\n"));
    const { code, sql, json } = await planFrom(
      { "dump/members.csv": client.dump("members"), "dump/social.csv": client.dump("social") },
      { database: { url: "csv:./dump/" }, link: { column: undefined, table: "social", memberId: "member", kakaoId: "uid", fixed: { provider: "kakao" }, where: "gone is null", set: { added: "now", token: "uuid", kind: 7 } } },
      client.dialect,
    );
    expect(code).toBe(0);
    expect(json["counts"]).toMatchObject({ linked: 1, link: { ci: 6 } });
    // Since the dump: a link of its own, an id in a row that no longer counts, another CI.
    client.run(`insert into social (provider, member, uid) values ('kakao', '4', '88');
      insert into social (provider, member, uid, gone) values ('kakao', '50', '7000000015', '2026-01-01 00:00:00');
      update members set ci = '${ci("another")}' where id = 6;`);
    expect(client.run(sql)).toBe("6\t3");
    const rows = (): string => (client === undefined ? "" : client.run("select member, provider, uid from social order by member, provider, uid"));
    const expected = ["1\tkakao\t7000000011", "2\tkakao\t7000000012", "2\tnaver\tn2", "3\tkakao\t7000000013", "4\tkakao\t88", "50\tkakao\t7000000015", "7\tkakao\t7000000017"];
    expect(rows().split("\n")).toEqual(expected);
    expect(client.run("select token from social where member = '1'")).toBe("t1");
    expect(client.run("select count(*) from social where added is not null and token is not null and kind = 7")).toBe("3");
    expect(client.run(sql)).toBe("6\t3");
    expect(rows().split("\n")).toEqual(expected);
  });

  test("takes text ids letter by letter, whatever they hold", async (context) => {
    if (client === undefined) return context.skip(missing);
    const ids = ["shop1:0001", "O'Hara", "a\\b", "김", "x; drop table members", "--", "3f2b8a52-9a59-4f4e-8d15-0d5c3a8b1a01"];
    const quoted = (text: string): string => `'${text.replaceAll("'", "''").replaceAll("\\", client?.dialect === "mariadb" ? "\\\\" : "\\")}'`;
    client.run(["create table members (id varchar(40) primary key, ci varchar(100), status varchar(10), kakao_id varchar(20))", "create unique index u on members (kakao_id)", ...ids.map((id, at) => `insert into members values (${quoted(id)}, '${ci(people[at] ?? "")}', 'active', ${["'0'", "''"][at] ?? "null"})`)].join(";\n"));
    const only = { phone: undefined, email: undefined, name: undefined, birthdate: undefined, phoneVerifiedAt: undefined, emailVerifiedAt: undefined, lastLoginAt: undefined };
    const { sql, code } = await planFrom({ "members.csv": client.dump("members") }, { database: { url: "csv:./members.csv" }, members: only }, client.dialect);
    expect(code).toBe(0);
    expect(client.run(sql)).toBe("7\t7");
    expect(client.run("select kakao_id from members order by kakao_id").split("\n")).toEqual(people.map((_, at) => String(7_000_000_011 + at)));
  });

  test("holds thousands in transactions of a thousand", async (context) => {
    if (client === undefined) return context.skip(missing);
    const many = Array.from({ length: 2_500 }, (_, at) => `person ${at}`);
    client.run([...memberTable, ...Array.from({ length: 25 }, (_, block) => `insert into members (id, ci, status) values ${many.slice(block * 100, block * 100 + 100).map((name, at) => `(${block * 100 + at + 1}, '${ci(name)}', 'active')`).join(", ")}`)].join(";\n"));
    const service = await openService({ config: { database: { url: "csv:./members.csv" } }, users: Object.fromEntries(many.map((name, at) => [String(8_000_000_000 + at), { ci: ci(name) }])) });
    service.write("members.csv", client.dump("members"));
    const { id } = await service.json("map-members", "--sql-dialect", client.dialect);
    const sql = service.file(id, "apply.sql");
    expect(sql.match(/^COMMIT;$/gm)).toHaveLength(3);
    expect(client.run(sql)).toBe("2500\t2500");
    expect(client.run("select count(*), min(kakao_id - id), max(kakao_id - id) from members")).toBe("2500\t7999999999\t7999999999");
  });
});

suite("a csv: database", () => {
  const header = "id,ci,phone,email,name,birthdate,verified_at,last_login_at,status,kakao_id\n";
  const canary = "01099887766";
  const dump = `${header}1,${ci("one")},${canary},canary@example.kr,카나리아,19910203,2026-01-01 00:00:00,,active,\n2,${ci("two")},,,,,,,active,55\n`;
  const config: ConfigChanges = { database: { url: "csv:./members.csv" } };

  test("comes with a file in which nobody's values stand, and whose digests differ from file to file", async () => {
    const { service, sql } = await planFrom({ "members.csv": dump }, config, "postgres");
    for (const value of [canary, "canary@", "카나리아", "19910203", ci("one")]) expect(sql).not.toContain(value);
    const again = await service.json("map-members", "--sql-dialect", "postgres");
    const digests = (text: string): readonly string[] => text.match(/'[0-9a-f]{64}'/g) ?? [];
    const second = service.file(again.id, "apply.sql");
    expect(digests(sql)).toHaveLength(1);
    expect(digests(second)).toHaveLength(1);
    expect(digests(sql)).not.toEqual(digests(second));
    expect(service.file(again.id, "plan.csv")).toBe(service.file(again.json["run"] as string, "plan.csv"));
  });

  test("is looked at by doctor: enough for plans", async () => {
    const { service } = await planFrom({ "members.csv": dump }, config, "postgres");
    const { code, json } = await service.json("doctor");
    expect(code).toBe(0);
    expect(json["checks"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ what: "database", result: "ok", detail: expect.stringMatching(/^2 member rows/) }),
        expect.objectContaining({ what: "role", result: "warn", detail: expect.stringContaining("enough for plans") }),
        expect.objectContaining({ what: "Kakao key", result: "ok" }),
      ]),
    );
  });

  test("comes without a file where the keys look wrong (M13), until that was accepted", async () => {
    const many = Array.from({ length: 120 }, (_, at) => `person ${at}`);
    const service = await openService({ config, users: Object.fromEntries(many.map((name, at) => [String(8_000_000_000 + at), { ci: ci(name), name: "김하나", birthdate: "19900101" }])) });
    service.write("members.csv", header + many.map((name, at) => `${at + 1},${ci(name)},,,${at < 10 ? "박둘셋,19700505" : "김하나,19900101"},,,active,\n`).join(""));
    const { id, json, code } = await service.json("map-members", "--sql-dialect", "postgres");
    expect([code, json["sqlFile"]]).toEqual([0, undefined]);
    expect(() => service.file(id, "apply.sql")).toThrow(/ENOENT/);
    const told = await service.run("map-members", "--sql-dialect", "postgres");
    expect(told.err).toMatch(/M13\)\. apply\.sql was not written; after a look, plan again with --accept-quality/);
    const accepted = await service.json("map-members", "--sql-dialect", "postgres", "--accept-quality");
    expect(accepted.json["sqlFile"]).toEqual({ links: 110, clears: 0, leftOut: 0 });
    expect(service.file(accepted.id, "apply.sql")).toContain("COMMIT;");
  });

  test("leaves relinks out and says so", async () => {
    const { sql, json, service } = await planFrom({ "members.csv": dump }, config, "mysql");
    expect(json["counts"]).toMatchObject({ relink: 1, link: { ci: 1 } });
    expect(json["sqlFile"]).toEqual({ links: 1, clears: 0, leftOut: 1 });
    expect(sql).not.toContain("7000000012");
    const shown = await service.run("runs", "show", String(json["run"]));
    expect(shown.err).toMatch(/To carry it out: give .*apply\.sql/);
    expect(shown.err).not.toContain("--apply");
    expect((await service.run("map-members", "--sql-dialect", "mysql")).err).toMatch(/1 relink is not in apply\.sql/);
  });

  test("needs the dialect, cannot be applied to, and no other database takes one", async () => {
    const service = await openService({ users: users ?? {}, config });
    service.write("members.csv", dump);
    expect(await service.json("map-members")).toMatchObject({ code: 2, error: { code: "usage", hint: expect.stringContaining("--sql-dialect postgres") } });
    expect(await service.apply("--sql-dialect", "postgres")).toMatchObject({ code: 3, error: { code: "csv-plans-only" } });
    expect(await service.json("map-members", "--sql-dialect", "oracle")).toMatchObject({ code: 2 });
    expect(await (await openService({ users: users ?? {} })).json("map-members", "--sql-dialect", "postgres")).toMatchObject({ code: 2, error: { code: "usage" } });
  });

  test("that is broken is one error with file and line, and no run is made", async () => {
    const { service, code } = await planFrom({ "members.csv": `${dump}3,too,short\n` }, config, "postgres");
    expect(code).toBe(2);
    expect((await service.run("map-members", "--sql-dialect", "postgres")).err).toMatch(/members\.csv, line 4/);
    expect((await service.json("runs")).json["runs"]).toEqual([]);
  });
});
