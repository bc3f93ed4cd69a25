import { describe, expect, test } from "vitest";
import { frameworkFixtures, koreanShop, wordpressWithKakao } from "../helpers/frameworks.ts";
import { down, enter, openNewcomer, type Newcomer } from "../helpers/newcomer.ts";
import { storeEngine } from "../helpers/stores.ts";

interface Check {
  readonly what: string;
  readonly result: string;
  readonly detail: string;
}

async function checksOf(newcomer: Newcomer): Promise<{ readonly code: number; readonly checks: readonly Check[] }> {
  const { code, json } = await newcomer.json("doctor", "--operator", "kim");
  return { code, checks: json["checks"] as readonly Check[] };
}

describe.each(frameworkFixtures.map((fixture) => [fixture.title, fixture] as const))("%s", (_title, { schema, where, expected }) => {
  test("is recognised, and doctor accepts the configuration", async () => {
    const newcomer = await openNewcomer(schema);
    const { code, json } = await newcomer.json("init", "--database", newcomer.store.url, "--where", where, "--app-id", "424242");
    expect(json).toMatchObject(expected);
    expect(code).toBe(0);
    const { checks, code: found } = await checksOf(newcomer);
    expect(checks.filter(({ result }) => result === "fail")).toEqual([]);
    expect(checks).toEqual(expect.arrayContaining([expect.objectContaining({ what: "configuration", result: "ok" }), expect.objectContaining({ what: "database", result: "ok" })]));
    expect(found).toBe(0);
    expect(newcomer.has(".kakao-sync")).toBe(false);
    // What was proposed as a link is where plans look: a plan reads those that are there.
    expect((await newcomer.json("map-members", "--operator", "kim")).code).toBe(0);
  });
});

describe("without a terminal", () => {
  test("nothing is asked, and what cannot be known stands in the file as a comment", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const { code, json } = await newcomer.json("init", "--database", newcomer.store.url);
    expect({ code, left: json["left"] }).toEqual({ code: 0, left: ["members.where", "kakao.appId"] });
    expect(json).toMatchObject({
      framework: null, table: "회원", id: "회원번호",
      columns: { ci: "연계정보", phone: "연락", email: "이메일", name: "성명", birthdate: "생년월일" },
      keys: { ci: { rows: 100, filled: 50, usable: 50 }, phone: { filled: 75, usable: 75 }, email: { filled: 80, usable: 60, why: { malformed: 20 } } },
      proposed: { where: "상태 = '정상'", withdrawn: "상태 = '탈퇴'" },
      consents: { agreed: "마케팅수신동의", agreedAt: "마케팅수신동의일", joinedAt: "가입일" },
      link: { kind: "column", column: "kakao_id", isNew: true },
    });
    const config = newcomer.config();
    expect(config).toContain("  # where: 상태 = '정상'   # a guess");
    expect(config).toMatch(/^ {2}phone: 연락 +# told by its content alone; filled in 75 %, usable in 75 % of the rows$/m);
    expect(config).toMatch(/^# {3}marketing: \{ agreed: 마케팅수신동의, agreedAt: 마케팅수신동의일 \}/m);
    const doctor = await newcomer.run("doctor");
    expect(doctor.code).toBe(2);
    expect(doctor.err).toMatch(/members\.where: .*write the condition of live members/);
    newcomer.write("kakao-sync.config.yaml", config.replace("# where:", "where:").replace("# withdrawn:", "withdrawn:").replace("# appId:", "appId:"));
    expect((await checksOf(newcomer)).code).toBe(0);
  });

  test("no value of a member is shown, or written into the file", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const { out, err } = await newcomer.run("init", "--database", newcomer.store.url, "--where", "all");
    for (const value of ["member7@", "-4328", "1007-", "1990", "김"]) expect(out + err + newcomer.config()).not.toContain(value);
    expect(out).toMatch(/^phone +연락 \(by content\) +75 % +75 %$/m);
  });

  test("conditions of flags are tried: wrong ones, and two that overlap, write nothing", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const wrong = await newcomer.json("init", "--database", newcomer.store.url, "--where", "no_such_column = 1");
    expect(wrong).toMatchObject({ code: 2, json: { error: { code: "usage", message: expect.stringMatching(/^--where: .*no_such_column/) as unknown } } });
    const both = await newcomer.json("init", "--database", newcomer.store.url, "--where", "all", "--withdrawn", "상태 = '탈퇴'");
    expect(both).toMatchObject({ code: 2, json: { error: { message: "10 rows of 회원 would be live and have left at once." } } });
    expect(newcomer.has("kakao-sync.config.yaml")).toBe(false);
  });

  test("a configuration that is there stays, but for --overwrite", async () => {
    const newcomer = await openNewcomer(koreanShop);
    newcomer.write("kakao-sync.config.yaml", "mine");
    expect(await newcomer.json("init", "--database", newcomer.store.url)).toMatchObject({ code: 2, json: { error: { code: "config-exists" } } });
    expect(newcomer.config()).toBe("mine");
    expect((await newcomer.run("init", "--database", newcomer.store.url, "--overwrite")).code).toBe(0);
    expect(newcomer.config()).toContain("table: 회원");
  });

  test("without a database everything is a comment; one that cannot be reached writes nothing", async () => {
    const newcomer = await openNewcomer([]);
    const unreachable = await newcomer.json("init", "--database", "sqlite:./no-such.db");
    expect(unreachable).toMatchObject({ code: 2, json: { error: { code: "database-missing" } } });
    expect(newcomer.has("kakao-sync.config.yaml")).toBe(false);
    expect(await newcomer.json("init")).toMatchObject({ code: 0, json: { left: ["database.url", "members.table", "members.id", "members.ci, phone or email", "members.where", "link", "kakao.appId"] } });
  });

  test("another table than the likeliest is named by --table", async () => {
    const newcomer = await openNewcomer(koreanShop);
    expect((await newcomer.json("init", "--database", newcomer.store.url, "--table", "orders")).json).toMatchObject({ table: "orders", columns: { phone: "receiver_phone" } });
    expect(await newcomer.json("init", "--database", newcomer.store.url, "--table", "nobody", "--overwrite")).toMatchObject({ code: 2, json: { error: { code: "database-names", hint: expect.stringContaining("회원") as unknown } } });
  });

  test.skipIf(storeEngine === "postgres")("a view over something that is gone is left aside", async () => {
    const newcomer = await openNewcomer([...koreanShop, "create table old_users (id integer primary key, email varchar(100))", "create view old_members as select id, email from old_users", "drop table old_users"]);
    expect(await newcomer.json("init", "--database", newcomer.store.url)).toMatchObject({ code: 0, json: { table: "회원" } });
  });

  test.runIf(storeEngine === "postgres")("tables that this user may not read are left aside", async () => {
    const newcomer = await openNewcomer([...koreanShop, "create table users (id integer primary key, email text, phone text, ci text)", "create table tenants (id integer primary key, email text)", "alter table tenants enable row level security"]);
    const role = `kakao_sync_${newcomer.folder.slice(-6).toLowerCase()}`;
    await newcomer.store.change(`create role ${role} login; grant select on "회원", tenants to ${role}`);
    try {
      const { code, json } = await newcomer.json("init", "--database", newcomer.store.url.replace("root@", `${role}@`));
      expect({ code, table: json["table"] }).toEqual({ code: 0, table: "회원" });
    } finally {
      await newcomer.store.change(`drop owned by ${role}; drop role ${role}`);
    }
  });

  test.runIf(storeEngine === "sqlite")("a dump as CSV, whose id is found by its values", async () => {
    const newcomer = await openNewcomer([]);
    const rows = Array.from({ length: 20 }, (_one, at) => `${at + 1},김하나,010-1234-${1000 + at},active`).join("\n");
    newcomer.write("members.csv", `id,name,hp,status\n${rows}\n`);
    const { json } = await newcomer.json("init", "--database", "csv:./members.csv", "--where", "status = 'active'", "--app-id", "424242");
    expect(json).toMatchObject({ table: "members", id: "id", columns: { phone: "hp", name: "name" }, left: [] });
    expect((await checksOf(newcomer)).checks.filter(({ result }) => result === "fail")).toEqual([]);
  });

  test("ids of several providers in one column are never taken for links", async () => {
    const newcomer = await openNewcomer(["create table users (id integer primary key, email varchar(100), provider varchar(20), uid varchar(40))", "insert into users values (1, 'a@shop.example', 'kakao', '2700000001'), (2, 'b@shop.example', 'google', '102000000000000000001')"]);
    const { json } = await newcomer.json("init", "--database", newcomer.store.url, "--where", "all", "--app-id", "1");
    expect(json).toMatchObject({ link: { kind: "mixed", provider: "provider", providerId: "uid", kakao: "kakao" }, left: ["link"] });
    expect(newcomer.config()).not.toMatch(/^link:/m);
  });

  test.runIf(storeEngine === "mysql")("links among WordPress's other values are left to be completed: their indexes would break the site", async () => {
    const newcomer = await openNewcomer(wordpressWithKakao);
    const { json } = await newcomer.json("init", "--database", newcomer.store.url, "--where", "all", "--app-id", "1");
    expect(json).toMatchObject({ link: { kind: "meta", table: "wp_usermeta", key: "kakao_user_id" }, left: ["link"], remarks: expect.arrayContaining([expect.stringContaining("add column kakao_id")]) as unknown });
    const sql = (json["remarks"] as readonly string[]).map((remark) => /\((alter table .*?meta_value)\)/.exec(remark)?.[1]).find((found) => found !== undefined) ?? "";
    await newcomer.store.change(sql);
    expect(await newcomer.store.rows("select ID from wp_users where kakao_id = 2700000001")).toEqual([["1"]]);
  });

  test("a column of digests is not taken for the key itself", async () => {
    const digest = "a".repeat(60);
    const newcomer = await openNewcomer(["create table members (id integer primary key, ci varchar(100), phone varchar(30))", `insert into members values (1, '${digest}0001', '010-1111-2222'), (2, '${digest}0002', '010-1111-2223')`]);
    const { json } = await newcomer.json("init", "--database", newcomer.store.url);
    expect(json).toMatchObject({ columns: { phone: "phone" }, unread: [{ role: "ci", column: "ci", holds: "digest" }] });
    expect(newcomer.config()).toMatch(/^ {2}# ci: … +# ci holds digests; write \{ column: ci, stored: sha256-hex, of: as-is \}/m);
  });
});

describe.runIf(storeEngine === "postgres")("secrets", () => {
  test("a password of the URL goes into no file and no output", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const url = newcomer.store.url.replace("root@", "root:canary-secret@");
    const { out, err, code } = await newcomer.run("init", "--database", url, "--where", "all", "--app-id", "424242");
    expect(code).toBe(0);
    expect(out + err + newcomer.config()).not.toContain("canary-secret");
    expect(newcomer.config()).toContain("  url: ${DATABASE_URL}\n");
    expect(err).toMatch(/DATABASE_URL=<the URL you gave> and KAKAO_ADMIN_KEY=/);
    newcomer.write(".env", `DATABASE_URL=${url}\n`);
    expect((await checksOf(newcomer)).code).toBe(0);
    // The next time it is known from there.
    expect((await newcomer.json("init", "--where", "all", "--overwrite")).json).toMatchObject({ table: "회원" });
  });
});

describe("at a terminal", () => {
  const taken = [/Columns/, enter] as const;
  const table = [/Which table holds the members/, enter] as const;
  const verified = [[/Was every phone number verified/, `y${enter}`], [/Was every e-mail address verified/, enter]] as const;

  test("a mere Enter leaves who is live to be completed", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const ran = await newcomer.answering([table, taken, ...verified, [/Which members are live/, enter], [/Where are the Kakao ids/, enter], [/App id/, `424242${enter}`], [/Public id/, enter]], "init", "--database", newcomer.store.url);
    expect(ran.code).toBe(0);
    expect(newcomer.config()).toContain("  # TO BE COMPLETED: which rows are live.");
    expect(newcomer.config()).toMatch(/^ {2}phoneVerified: always/m);
    expect(newcomer.config()).toMatch(/^ {2}# emailVerified: always/m);
    expect(ran.out).toMatch(/010-\*{4}-\d{4}/);
    expect(ran.out).toContain("never shown");
    expect(ran.out + ran.err).not.toMatch(/010-1\d{3}-|member\d+@/);
  });

  test("chosen conditions are counted, and doctor accepts the file", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const answers = [table, taken, ...verified, [/Which members are live/, `${down}${enter}`], [/Who has left for good/, `${down}${enter}`], [/Where are the Kakao ids/, enter], [/App id/, `424242${enter}`], [/Public id/, `_Abcd${enter}`]] as const;
    const ran = await newcomer.answering(answers, "init", "--database", newcomer.store.url);
    expect(ran.err).toMatch(/상태 = '정상'\s+\(80 rows\)/);
    expect(newcomer.config()).toMatch(/^ {2}where: 상태 = '정상'/m);
    expect(newcomer.config()).toMatch(/^ {2}withdrawn: 상태 = '탈퇴'/m);
    expect(newcomer.config()).toMatch(/^ {2}publicId: _Abcd/m);
    expect((await checksOf(newcomer)).code).toBe(0);
  });

  test("a condition that the database does not take is asked again", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const other = `${down}${down}${down}${enter}`;
    const answers = [table, taken, ...verified, [/Which members are live/, other], [/The condition/, `nonsense ~ 1${enter}`], [/Which members are live/, other], [/The condition/, `회원번호 > 90${enter}`], [/Who has left for good/, enter], [/Where are the Kakao ids/, enter], [/App id/, enter], [/Public id/, enter]] as const;
    const ran = await newcomer.answering(answers, "init", "--database", newcomer.store.url);
    expect(ran.err).toContain("회원번호 > 90: 10 rows.");
    expect(newcomer.config()).toMatch(/^ {2}where: 회원번호 > 90/m);
  });

  test("a column can be changed or left out", async () => {
    const newcomer = await openNewcomer(koreanShop);
    const answers = [table, [/Columns/, `${down}${down}${enter}`], [/members\.phone/, `\u001b[A`.repeat(12) + enter], [/Columns/, enter], [/e-mail address verified/, enter], [/Which members are live/, enter], [/Where are the Kakao ids/, enter], [/App id/, enter], [/Public id/, enter]] as const;
    await newcomer.answering(answers, "init", "--database", newcomer.store.url);
    expect(newcomer.config()).toMatch(/^ {2}# phone: …/m);
  });

  test("an existing file is written anew only after a yes", async () => {
    const newcomer = await openNewcomer(koreanShop);
    newcomer.write("kakao-sync.config.yaml", "mine");
    const refused = await newcomer.answering([[/is there already\. Write it anew/, enter]], "init", "--database", newcomer.store.url);
    expect([refused.code, newcomer.config()]).toEqual([2, "mine"]);
  });
});
