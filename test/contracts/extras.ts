import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemberRow } from "../../src/core/member.ts";
import { openServiceDatabase } from "../../src/database/open.ts";
import { type ExtraSource, type MemberWish, type ServiceDatabase, type ServiceDatabaseMap, SEVERAL_ROWS } from "../../src/database/service-database.ts";
import { alsoMap, alsoSql, type EngineDatabase, type EngineFixture, membersMap, membersSql } from "./service-database.ts";

const column = (name: string): ExtraSource => ({ kind: "column", name: `channel.fields.${name}`, column: name });
const sql = (text: string): ExtraSource => ({ kind: "sql", name: "channel.fields.x", sql: text });
const condition = (text: string): ExtraSource => ({ kind: "condition", name: "channel.segments.vip", sql: text });
const consent = (name: string, more: Partial<Extract<ExtraSource, { kind: "lookup" }>> = {}): ExtraSource => ({
  kind: "lookup", name: `channel.marketing.${name}`, table: "consents", memberId: "member_id", column: { kind: "column", column: name }, ...more,
});

/** Members 1 and 3 (who has left) hold one row that counts, 2 holds two, 4 one that does not, the last none. */
const consentsSql = [
  "CREATE TABLE consents (no INTEGER PRIMARY KEY, member_id BIGINT, kind VARCHAR(10), agreed VARCHAR(5), agreed_at VARCHAR(30), points BIGINT)",
  "INSERT INTO consents VALUES (1, 1, 'ad', 'Y', '2026-01-02 03:04:05', 9007199254740993)",
  "INSERT INTO consents VALUES (2, 1, 'night', 'N', '2020-01-01', 0)",
  "INSERT INTO consents VALUES (3, 3, 'ad', 'N', NULL, NULL)",
  "INSERT INTO consents VALUES (4, 2, 'ad', 'Y', NULL, NULL)",
  "INSERT INTO consents VALUES (5, 2, 'ad', 'Y', NULL, NULL)",
  "INSERT INTO consents VALUES (6, 4, NULL, 'Y', '2026-01-01', NULL)",
  "INSERT INTO consents VALUES (7, NULL, 'ad', 'Y', '2026-01-01', NULL)",
  "INSERT INTO consents VALUES (8, 77, 'ad', 'Y', '2026-01-01', NULL)",
];

/** What `readMembers` and `inspect` owe beside keys and links (`MemberWish`). */
export function describeExtras(fixture: EngineFixture): void {
  describe(`${fixture.engine}: texts beside the keys`, () => {
    let service: EngineDatabase;
    let opened: ServiceDatabase[] = [];
    const open = async (map: ServiceDatabaseMap = membersMap): Promise<ServiceDatabase> => {
      const database = await openServiceDatabase({ url: service.url, session: {}, timeZone: "Asia/Seoul", map, now: () => new Date("2026-11-20T15:30:05Z") });
      opened.push(database);
      return database;
    };
    const read = async (wish: MemberWish, map: ServiceDatabaseMap = membersMap): Promise<MemberRow[]> => {
      const rows: MemberRow[] = [];
      for await (const page of (await open(map)).readMembers(wish)) rows.push(...page);
      return rows;
    };
    /** By member id. */
    const extrasOf = async (extras: readonly ExtraSource[], map: ServiceDatabaseMap = membersMap): Promise<Readonly<Record<string, unknown>>> =>
      Object.fromEntries((await read({ extras }, map)).map((row) => [row.id, row.extras]));

    beforeEach(async () => {
      service = await fixture.create([...membersSql, ...alsoSql]);
    });
    afterEach(async () => {
      for (const database of opened) await database.close();
      opened = [];
      await service.remove();
    });

    describe("values", () => {
      it("are only those that are wished for; the rest of the row is as ever", async () => {
        const whole = await read({}, alsoMap);
        const narrow = await read({ values: ["phone"] }, alsoMap);
        expect(narrow).toEqual(whole.map((row) => ({ ...row, email: null, name: null, birthdate: null })));
        expect(narrow.map(({ phone }) => phone)).toEqual(["010-2345-6789", "01023456780", null, null, null, "01011112222"]);
        expect((await read({ values: [] })).every((row) => row.phone === null && row.name === null)).toBe(true);
        expect(narrow.some((row) => "extras" in row)).toBe(false);
      });
    });

    describe("of the member table", () => {
      it("are there for rows of every state, the keys of who has left still not; rows of another table have none", async () => {
        const rows = await read({ extras: [column("phone"), sql("lower(email) -- as the service compares it"), condition("role = 'staff'")] }, alsoMap);
        expect(rows.map(({ id, state, extras }) => [id, state, extras])).toEqual([
          ["1", "live", ["010-2345-6789", "a@example.com", null]],
          ["2", "live", ["01023456780", null, "1"]],
          ["3", "withdrawn", ["01099998888", "left@example.com", null]],
          ["4", "notLive", [null, "d@example.com", null]],
          ["9007199254740993", "notLive", [null, null, null]],
          ["101", "notLive", undefined],
        ]);
        expect(rows.find(({ id }) => id === "3")).toMatchObject({ phone: null, email: null, name: null, birthdate: null });
      });

      it("take an empty text, a condition that is false and one that is unknown for nothing", async () => {
        expect(await extrasOf([column("name"), condition("role = 'customer'"), condition("role <> 'customer'"), condition("1 = 1")])).toEqual({
          "1": ["김민서", "1", null, "1"],
          "2": [null, null, "1", "1"],
          "3": ["이서준", null, null, "1"],
          "4": [null, null, null, "1"],
          "9007199254740993": [null, null, null, "1"],
        });
      });

      it("come as text: long numbers digit by digit, times, truth as 1 and 0, bytes as hexadecimal digits", async () => {
        const { extraTypes } = fixture.dialect;
        const names = extraTypes.map((_, at) => `x${at}`);
        for (const [at, { type, literal }] of extraTypes.entries()) {
          await service.run(`ALTER TABLE members ADD COLUMN x${at} ${type}`);
          await service.run(`UPDATE members SET x${at} = ${literal} WHERE id = 1`);
        }
        const extras = await extrasOf([...names.map(column), sql("id"), sql("kakao_id"), sql("role = 'customer'"), sql("role = 'staff'")]);
        expect(extras["1"]).toEqual([...extraTypes.map(({ text }) => text), "1", null, "1", "0"]);
        expect(extras["2"]).toEqual([...names.map(() => null), "2", "9223372036854775807", "0", "1"]);
        expect(extras["4"]).toEqual([...names.map(() => null), "4", null, null, null]);
      });

      it("stand in the order of the wish, one that is named twice twice", async () => {
        expect((await extrasOf([column("name"), condition("id = 1"), column("phone"), column("name")]))["1"]).toEqual(["김민서", "1", "010-2345-6789", "김민서"]);
      });

      it("keep what could be taken for the end of a text or of a row", async () => {
        const trap = "a\u001fb\u001ec\n'\"`;--";
        await service.run(`UPDATE members SET name = '${trap.replaceAll("'", "''")}' WHERE id = 1`);
        expect((await extrasOf([column("name"), column("phone")]))["1"]).toEqual([trap, "010-2345-6789"]);
      });
    });

    describe("of a table with a row per member", () => {
      const ad = { where: "kind = 'ad' -- consents to advertising" };
      beforeEach(async () => {
        for (const statement of consentsSql) await service.run(statement);
      });

      it("are those of the one row that counts, of members of every state; nothing without a row, and never a guess of several", async () => {
        const extras = await extrasOf([consent("agreed", ad), column("status"), consent("agreed_at", ad), consent("points", ad)]);
        expect(extras).toEqual({
          "1": ["Y", "active", "2026-01-02 03:04:05", "9007199254740993"],
          "2": [SEVERAL_ROWS, "active", SEVERAL_ROWS, SEVERAL_ROWS],
          "3": ["N", "left", null, null],
          "4": [null, "dormant", null, null],
          "9007199254740993": [null, null, null, null],
        });
      });

      it("count every row without a condition, and may be computed", async () => {
        expect(await extrasOf([consent("agreed", { column: { kind: "sql", sql: "lower(agreed)" } })])).toMatchObject({ "1": [SEVERAL_ROWS], "3": ["n"], "4": ["y"], "9007199254740993": [null] });
      });

      it("come from several tables, and from one under several conditions", async () => {
        await service.run("CREATE TABLE regions (id BIGINT PRIMARY KEY, region VARCHAR(20))");
        await service.run("INSERT INTO regions VALUES (1, '서울'), (9007199254740993, '부산')");
        const region: ExtraSource = { kind: "lookup", name: "region", table: "regions", memberId: "id", column: { kind: "column", column: "region" } };
        const extras = await extrasOf([region, consent("agreed", ad), consent("agreed", { where: "kind = 'night'" })]);
        expect(extras).toMatchObject({ "1": ["서울", "Y", "N"], "2": [null, SEVERAL_ROWS, null], "9007199254740993": ["부산", null, null] });
      });

      it.each([
        { what: "with an index on the member", index: "CREATE INDEX consents_member ON consents (member_id)" },
        { what: "with none", index: null },
      ])("are read $what, of more members than a page holds", async ({ index }) => {
        if (index !== null) await service.run(index);
        const ids = Array.from({ length: 6_001 }, (_, at) => 1_000 + at);
        await service.run(`INSERT INTO members (id, status) VALUES ${ids.map((id) => `(${id}, 'active')`).join(", ")}`);
        await service.run(`INSERT INTO consents VALUES ${ids.map((id) => `(${id}, ${id}, 'ad', 'Y', '${id}', ${id})`).join(", ")}`);
        const extras = await extrasOf([consent("agreed_at", ad), consent("points", ad)]);
        expect(Object.keys(extras)).toHaveLength(6_006);
        expect(ids.every((id) => JSON.stringify(extras[String(id)]) === JSON.stringify([String(id), String(id)]))).toBe(true);
        expect(extras["3"]).toEqual([null, null]);
      });

      it("know the member by its id as text: of another type, and never by a spelling that only looks alike", async () => {
        await service.run("CREATE TABLE people (id VARCHAR(20) PRIMARY KEY)");
        await service.run("INSERT INTO people VALUES ('1'), ('01'), ('3'), ('x'), ('김')");
        const people: ServiceDatabaseMap = { members: { table: "people", id: "id", where: "all" }, also: [], pending: [], link: { kind: "column", column: "kakao_id", set: {} } };
        expect(await extrasOf([consent("agreed", ad)], people)).toEqual({ "1": ["Y"], "01": [null], "3": ["N"], x: [null], 김: [null] });
        await service.run("CREATE TABLE texts (member_id VARCHAR(20), agreed VARCHAR(5))");
        await service.run("INSERT INTO texts VALUES ('1', 'Y'), ('02', 'Y'), ('x', 'Y'), ('', 'Y'), ('9007199254740993', 'N'), ('9007199254740992', 'Y'), ('3.0', 'Y')");
        expect(await extrasOf([consent("agreed", { table: "texts" })])).toEqual({ "1": ["Y"], "2": [null], "3": [null], "4": [null], "9007199254740993": ["N"] });
      });

      it("are refused before anything is read where a row would be a member's under another spelling", async () => {
        await service.run("CREATE TABLE people (id VARCHAR(20) PRIMARY KEY)");
        await service.run("INSERT INTO people VALUES ('anna'), ('7'), ('김')");
        const people: ServiceDatabaseMap = { members: { table: "people", id: "id", where: "all" }, also: [], pending: [], link: { kind: "column", column: "kakao_id", set: {} } };
        await service.run("CREATE TABLE texts (member_id VARCHAR(20), kind VARCHAR(5), agreed VARCHAR(5))");
        await service.run("INSERT INTO texts VALUES ('anna', 'ad', 'Y'), ('7', 'ad', 'Y'), ('김', 'ad', 'Y'), ('gone', 'ad', 'Y'), (NULL, 'ad', 'Y'), ('', 'ad', 'N'), ('007', 'sms', 'N')");
        const extra = [consent("agreed", { table: "texts", where: "kind = 'ad'" })];
        expect((await (await open(people)).inspect(extra)).rows).toEqual([3]);
        for (const id of [" anna", "007", "0anna ", " 김"]) {
          await service.run(`INSERT INTO texts VALUES ('${id}', 'ad', 'N')`);
          await expect((await open(people)).inspect(extra)).rejects.toMatchObject({ exitCode: 2, code: "member-ids-spelled", message: expect.stringMatching(/^1 row of texts .*member_id.* people\.id/) });
          await service.run(`DELETE FROM texts WHERE member_id = '${id}'`);
        }
        await service.run("INSERT INTO texts VALUES ('02', 'ad', 'N'), ('2 ', 'ad', 'N')");
        await expect((await open()).inspect(extra)).rejects.toMatchObject({ code: "member-ids-spelled", message: expect.stringMatching(/^2 rows of texts/) });
      });

      it("compute their own condition over their own table alone", async () => {
        const extras = [consent("agreed", { where: "status = 'active'" }), consent("agreed_at", { column: { kind: "sql", sql: "upper(email)" } })];
        await expect((await open()).inspect(extras)).rejects.toMatchObject({
          exitCode: 2,
          code: "database-condition",
          message: expect.stringMatching(/^channel\.marketing\.where is no SQL that consents can compute: [^\n]*status[^\n]*\nchannel\.marketing\.agreed_at is no SQL that consents can compute: [^\n]*email/),
        });
      });

      it("quote their names", async () => {
        const { quote } = fixture.dialect;
        const name = "tab le'x) or 1=1 --";
        await service.run(`CREATE TABLE ${quote(name)} (${quote("mem ber'id")} BIGINT, ${quote('a"gr`eed;')} VARCHAR(5))`);
        await service.run(`INSERT INTO ${quote(name)} VALUES (1, 'Y')`);
        const extra = consent("agreed", { table: name, memberId: "mem ber'id", column: { kind: "column", column: 'a"gr`eed;' } });
        expect((await (await open()).inspect([extra])).rows).toEqual([5]);
        expect(await extrasOf([extra])).toMatchObject({ "1": ["Y"], "2": [null] });
      });
    });

    it("names every wrong table and column at once, of members and extras, before anything is read", async () => {
      for (const statement of consentsSql) await service.run(statement);
      const map: ServiceDatabaseMap = { ...membersMap, members: { ...membersMap.members, name: { kind: "column", column: "nam" } } };
      const extras = [column("regio"), consent("agred"), consent("agreed_at", { memberId: "member" }), consent("x", { table: "consent" })];
      const message = ["members has no column nam; did you mean name?", "members has no column regio", "consents has no column agred; did you mean agreed?", "consents has no column member", "There is no table consent; did you mean consents?"];
      const wrong = { exitCode: 2, code: "database-names", message: expect.stringMatching(new RegExp(`^${message.join("[^\n]*\n").replaceAll("?", "\\?")}`)) };
      await expect((await open(map)).inspect(extras)).rejects.toMatchObject(wrong);
      await expect(read({ extras }, map)).rejects.toMatchObject(wrong);
    });

    it("says which expression or condition the database cannot compute", async () => {
      await expect((await open()).inspect([sql("upper(regio)"), condition("stattus = 'active'")])).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^channel\.fields\.x is no SQL that members can compute: [^\n]*regio[^\n]*\nchannel\.segments\.vip is no SQL that members can compute: [^\n]*stattus/),
      });
    });
  });
}
