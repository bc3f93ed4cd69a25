import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { openLinkedPlace } from "../../src/database/places.ts";
import { openServiceDatabase } from "../../src/database/open.ts";
import { chooseModes, findFixedOffset, refuseOldServer } from "../../src/database/mysql-session.ts";
import { explainMysqlError } from "../../src/database/mysql-errors.ts";
import { parseMysqlUrl } from "../../src/database/mysql-url.ts";
import type { Inspection, LinkChange, LinkTable, ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";
import { createMysqlDatabase } from "../contracts/mysql-server.ts";
import { openGuards, readAll, restoresOf } from "../contracts/service-database.ts";
import { findMysql } from "../helpers/servers.ts";

const server = await findMysql();
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

type Service = Awaited<ReturnType<typeof createMysqlDatabase>>;

async function create(url: string, statements: readonly string[]): Promise<Service> {
  const service = await createMysqlDatabase(url, statements);
  cleanups.push(() => service.remove());
  return service;
}

async function open(url: string, map: ServiceDatabaseMap, session: Readonly<Record<string, string>> = {}, readUrl?: string): Promise<ServiceDatabase> {
  const database = await openServiceDatabase({ url, ...(readUrl === undefined ? {} : { readUrl }), timeZone: "Asia/Seoul", session, map, now: () => new Date("2026-11-20T15:30:05Z") });
  cleanups.push(() => database.close());
  return database;
}

const column = (name: string): { kind: "column"; column: string } => ({ kind: "column", column: name });
const change = (memberId: string, to: string | null, from: string | null = null): LinkChange => ({ place: 0, memberId, from, to });
const people = (changes: Partial<ServiceDatabaseMap["members"]> = {}, set: Record<string, "now" | "uuid"> = {}): ServiceDatabaseMap => ({ members: { table: "people", id: "id", where: "all", ...changes }, also: [], pending: [], link: { kind: "column", column: "kakao_id", set } });

describe("a URL", () => {
  it("names host, port, user, database and how the connection is encrypted", () => {
    expect(parseMysqlUrl("mariadb://shop%40me:p%2Fw@[::1]:3307/shop?sslmode=require&ssl-ca=/ca.pem")).toEqual({ host: "::1", port: 3307, socket: undefined, user: "shop@me", password: "p/w", database: "shop", tls: "verify-ca", caFile: "/ca.pem", label: "[::1]:3307/shop" });
    expect(parseMysqlUrl("mysql://db/shop")).toMatchObject({ port: 3306, user: undefined, password: undefined, tls: "prefer" });
    expect(parseMysqlUrl("mysql://root@localhost/shop?socket=/run/mysqld.sock")).toMatchObject({ socket: "/run/mysqld.sock", tls: "disable", label: "/run/mysqld.sock/shop" });
    expect(parseMysqlUrl("mysql://db/shop?ssl-ca=/ca.pem")).toMatchObject({ tls: "verify-full" });
  });

  it.each(["mysql://db", "mysql://u:Sesame@db/shop?charset=latin1", "mysql://u:Sesame%@db/shop", "mysql://u:Sesame@db/shop?sslmode=verify-ca", "mysql://u:Sesame@db/shop?sslmode=disable&ssl-ca=/x", "mysql:Sesame"])("%s is refused without being repeated", (url) => {
    const parse = (): unknown => parseMysqlUrl(url);
    expect(parse).toThrow(expect.objectContaining({ exitCode: 2, code: "database-url", message: expect.not.stringContaining("Sesame") }));
  });
});

describe("a server", () => {
  it.each(["5.7.44-log", "10.6.18-MariaDB", "10.10.2-MariaDB-1", "8.0"].map((version) => [version, version !== "8.0"] as const))("%s is too old: %s", (version, isOld) => {
    if (isOld) expect(() => refuseOldServer(version)).toThrow(expect.objectContaining({ exitCode: 2, code: "database-version" }));
    else expect(() => refuseOldServer(version)).not.toThrow();
  });

  it.each(["8.0.11-TiDB-v7.5.0", "10.11.6-MariaDB-log", "11.4.2-MariaDB", "9.1.0"])("%s is new enough", (version) => expect(() => refuseOldServer(version)).not.toThrow());

  it("without zone tables is given the offset of a zone that never changes it", () => {
    expect(["Asia/Seoul", "UTC", "Asia/Kolkata", "America/New_York", "Europe/London"].map(findFixedOffset)).toEqual(["+09:00", "+00:00", "+05:30", null, null]);
  });

  it("keeps its own modes but those that bend stored values", () => {
    expect(chooseModes("ANSI_QUOTES,NO_ZERO_DATE,PAD_CHAR_TO_FULL_LENGTH,STRICT_TRANS_TABLES")).toBe("ANSI_QUOTES,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO");
  });

  it.each([
    [1290, "database-read-only", 3], [1836, "database-read-only", 3], [1021, "database-full", 4], [1114, "database-full", 4], [1317, "database-time-out", 4], [1213, "database-conflict", 4], [1053, "database-lost", 4], [1153, "database-packet", 4], [1062, "database-failed", 4],
  ])("error %i while writing is %s, exit %i, and its sentence is not repeated", (errno, code, exitCode) => {
    const error = Object.assign(new Error("Duplicate entry 'a@example.com'"), { errno, sqlState: "HY000", code: "ER_X" });
    expect(explainMysqlError("db:3306/shop", "write", error)).toMatchObject({ code, exitCode, message: expect.not.stringContaining("example") });
  });
});

function describeOn(url: string): void {
  describe("values", () => {
    it("of every type come as exact text, whatever their character set and collation", async () => {
      const service = await create(url, [
        "SET SESSION sql_mode = ''",
        "CREATE TABLE people (id BINARY(16) PRIMARY KEY, kakao_id BIGINT UNSIGNED UNIQUE, ci VARBINARY(20), phone BIGINT UNSIGNED, email VARCHAR(40) CHARACTER SET latin1, name VARCHAR(20) CHARACTER SET euckr, birthdate DATE, verified DATETIME(3), checked TIMESTAMP NULL)",
        "INSERT INTO people VALUES (x'3f2b8a529a594f4e8d150d5c3a8b1a01', NULL, x'00ff', 18446744073709551615, 'ö@example.com', '김민서', '0000-00-00', '0000-00-00 00:00:00', '2020-01-02 03:04:05')",
      ]);
      const map = people({ ci: column("ci"), phone: column("phone"), email: column("email"), name: column("name"), birthdate: column("birthdate"), phoneVerifiedAt: column("verified"), emailVerifiedAt: { kind: "sql", sql: "concat(email, '?')" } });
      const [row] = await readAll(await open(service.url, map));
      await expect((await open(service.url, people({ name: { kind: "sql", sql: "concat(email, name)" } }))).inspect()).rejects.toMatchObject({ exitCode: 2, code: "database-condition", message: expect.stringMatching(/^members\.name .*collations/) });
      expect(row).toMatchObject({ id: "3f2b8a529a594f4e8d150d5c3a8b1a01", ci: "\\x00ff", phone: "18446744073709551615", email: "ö@example.com", name: "김민서", birthdate: "0000-00-00", phoneVerifiedAt: "0000-00-00 00:00:00.000", emailVerifiedAt: "ö@example.com?" });
    });

    it("of every type are put back exactly", async () => {
      const types = { a: "DATETIME", b: "DOUBLE", c: "FLOAT", d: "DECIMAL(9, 3)", e: "BINARY(16)", f: "BIT(9)", g: "TINYINT(1)", h: "ENUM('1', '2')", i: "JSON", j: "VARCHAR(10) CHARACTER SET latin1", k: "YEAR" };
      const values = "'0000-00-00 00:00:00', 0.1, 0.1, 1.500, x'00ff', b'101', 1, '2', '{\"a\": 1}', 'ö ', 1999";
      const service = await create(url, ["SET SESSION sql_mode = ''", `CREATE TABLE links (member_id BINARY(16) PRIMARY KEY, kakao_id DECIMAL(20, 0), ${Object.entries(types).map(([name, type]) => `${name} ${type}`).join(", ")}, twice BIGINT AS (kakao_id * 2) VIRTUAL)`, "CREATE TABLE people (id BINARY(16) PRIMARY KEY)", "INSERT INTO people VALUES (x'01'), (x'02')", `INSERT INTO links (member_id, kakao_id, ${Object.keys(types).join(", ")}) VALUES (x'01', 77, ${values})`]);
      const link: LinkTable = { kind: "table", table: "links", memberId: "member_id", kakaoId: "kakao_id", fixed: {}, set: { e: "uuid" } };
      const database = await open(service.url, { ...people(), link });
      const all = async (): Promise<unknown[][]> => service.run("SELECT HEX(member_id), kakao_id, twice, a, b, c, d, HEX(e), HEX(f), g, h, CAST(i AS CHAR), HEX(j), k FROM links ORDER BY member_id");
      const before = await all();
      const [one = "", two = ""] = ["01", "02"].map((id) => id.padEnd(32, "0"));
      const changes = [change(one, null, "77"), change(two, "78")];
      const outcomes = await database.writeLinks(changes, openGuards);
      expect(outcomes).toMatchObject([{ former: { kakao_id: "77", c: 0.10000000149011612, e: { hex: "00ff".padEnd(32, "0") }, g: { int: "1" } }, written: null }, { former: null, written: { e: { hex: expect.stringMatching(/^[0-9a-f]{12}4[0-9a-f]{19}$/) } } }]);
      expect((await all()).map(([id]) => id)).toEqual([two]);
      expect(await database.restoreLinks(JSON.parse(JSON.stringify(restoresOf(changes, outcomes))))).toEqual(["restored", "restored"]);
      expect(await all()).toEqual(before);
    });

    it.each(["ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT", ""])("with quotes and backslashes stay values in the mode %s", async (mode) => {
      const ids = ["a'b", 'a"b', "a\\", "a`b?", "a\\' OR 1=1 -- "];
      const service = await create(url, ["CREATE TABLE people (id VARCHAR(40) COLLATE utf8mb4_bin PRIMARY KEY, kakao_id VARCHAR(40) UNIQUE)", ...ids.map((id) => `INSERT INTO people (id) VALUES (x'${Buffer.from(id).toString("hex")}')`)]);
      const database = await open(service.url, people({ where: "id <> '?' -- not this one?" }), { sql_mode: `${mode},STRICT_TRANS_TABLES` });
      expect((await readAll(database)).map((row) => [row.id, row.state]).toSorted()).toEqual(ids.map((id) => [id, "live"]).toSorted());
      expect((await database.findMembers(0, ids)).length).toBe(5);
      const changes = ids.map((id, at) => change(id, String(500 + at)));
      expect((await database.writeLinks(changes, openGuards)).map(({ outcome }) => outcome)).toEqual(ids.map(() => "written"));
      expect(await service.run("SELECT kakao_id, HEX(id) FROM people ORDER BY kakao_id")).toEqual(ids.map((id, at) => [String(500 + at), Buffer.from(id).toString("hex").toUpperCase()]));
    });

    it("of a time without a zone are written on the clock of the configured one", async () => {
      const service = await create(url, ["CREATE TABLE people (id INT PRIMARY KEY, kakao_id BIGINT UNIQUE, linked_at TIMESTAMP NULL, day DATE)", "INSERT INTO people (id) VALUES (1)"]);
      await (await open(service.url, people({}, { linked_at: "now", day: "now" }))).writeLinks([change("1", "11")], openGuards);
      expect(await service.run("SELECT CAST(UNIX_TIMESTAMP(linked_at) AS CHAR), CAST(day AS CHAR) FROM people")).toEqual([[String(Date.UTC(2026, 10, 20, 15, 30, 5) / 1000), "2026-11-21"]]);
    });
  });

  describe("names", () => {
    it("with backticks, dots and spaces stay names; a table of another database is found", async () => {
      const service = await create(url, ["CREATE TABLE `my ``people` (`the id` INT PRIMARY KEY, `kakao``id` BIGINT UNIQUE)", "INSERT INTO `my ``people` VALUES (1, NULL)"]);
      const map: ServiceDatabaseMap = { ...people({ table: "my `people", id: "the id" }), link: { kind: "column", column: "kakao`id", set: {} } };
      expect(await (await open(service.url, map)).writeLinks([change("1", "11")], openGuards)).toMatchObject([{ written: { "kakao`id": { int: "11" } } }]);
      const other = await create(url, []);
      expect(await readAll(await open(other.url, { ...map, members: { ...map.members, table: `${service.name}.my \`people` } }))).toMatchObject([{ id: "1", link: "11" }]);
    });
  });

  describe("types that do not fit", () => {
    it.each(["FLOAT", "DOUBLE", "INT", "LONGBLOB", "DATETIME", "DECIMAL(20, 2)", "DECIMAL(10, 0)", "VARCHAR(10)", "VARBINARY(40)", "ENUM('a')", "BIGINT AS (id) VIRTUAL"])("%s holds no Kakao ids", async (type) => {
      const service = await create(url, [`CREATE TABLE people (id BIGINT PRIMARY KEY, kakao_id ${type})`]);
      await expect((await open(service.url, people())).inspect()).rejects.toMatchObject({ exitCode: 2, code: "link-column-type", message: expect.stringContaining("people.kakao_id") });
    });

    it.each(["DOUBLE", "DATETIME", "ENUM('a')"])("%s is no id of members", async (type) => {
      const service = await create(url, [`CREATE TABLE people (id ${type} PRIMARY KEY, kakao_id BIGINT)`]);
      await expect((await open(service.url, people())).inspect()).rejects.toMatchObject({ exitCode: 2, code: "member-id-type" });
    });

    it("an id that stands twice or is NULL is counted", async () => {
      const service = await create(url, ["CREATE TABLE people (id VARCHAR(10), kakao_id BIGINT UNIQUE)", "INSERT INTO people (id) VALUES ('a'), ('A'), (NULL), ('b')"]);
      await expect((await open(service.url, people())).inspect()).rejects.toMatchObject({ code: "member-ids", message: "people.id is NULL in 1 rows.\npeople.id is not unique: 1 ids stand in more than one row." });
    });

    describe("a member's id in a link table", () => {
      const openWith = async (id: string, memberId: string): Promise<ServiceDatabase> => {
        const service = await create(url, [`CREATE TABLE people (id ${id} PRIMARY KEY)`, `CREATE TABLE links (id INT PRIMARY KEY, member_id ${memberId}, uid BIGINT)`, "INSERT INTO people VALUES ('7')", "INSERT INTO links VALUES (1, '7', 77)"]);
        return open(service.url, { ...people(), link: { kind: "table", table: "links", memberId: "member_id", kakaoId: "uid", fixed: {}, set: {} } });
      };

      it.each([
        ["VARCHAR(40) COLLATE utf8mb4_bin", "VARCHAR(40) COLLATE utf8mb4_general_ci NOT NULL", "varchar(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL;"],
        ["VARCHAR(40) COLLATE utf8mb4_general_ci", "CHAR(36) COLLATE utf8mb4_bin", "char(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL;"],
        ["VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci", "VARCHAR(40) COLLATE utf8mb4_swedish_ci", "varchar(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci NULL;"],
      ])("that is compared otherwise than in the member table is refused: %s and %s", async (id, memberId, alter) => {
        const told = { exitCode: 2, code: "id-collations", message: expect.stringMatching(/^people\.id is compared by \w+, links\.member_id by \w+/), hint: expect.stringContaining(`.\`links\` MODIFY \`member_id\` ${alter}`) };
        await expect((await openWith(id, memberId)).inspect()).rejects.toMatchObject(told);
      });

      it.each([
        ["VARCHAR(40) COLLATE utf8mb4_bin", "VARCHAR(64) COLLATE utf8mb4_bin"],
        ["VARCHAR(40) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci", "VARCHAR(40) COLLATE utf8mb4_general_ci"],
        ["INT", "VARCHAR(40) COLLATE utf8mb4_bin"],
      ])("that is compared alike is taken: %s and %s", async (id, memberId) => {
        const database = await openWith(id, memberId);
        expect(await database.inspect()).toMatchObject({ rows: [1] });
        expect(await readAll(database)).toMatchObject([{ id: "7", link: "77" }]);
      });
    });

    it("a link table without a key is refused", async () => {
      const service = await create(url, ["CREATE TABLE people (id INT PRIMARY KEY)", "CREATE TABLE links (member_id INT, kakao_id BIGINT UNIQUE)"]);
      await expect((await open(service.url, { ...people(), link: { kind: "table", table: "links", memberId: "member_id", kakaoId: "kakao_id", fixed: {}, set: {} } })).inspect()).rejects.toMatchObject({ exitCode: 2, code: "link-table-key" });
    });
  });

  describe("unique indexes", () => {
    it.each([
      ["VARCHAR(40) CHARACTER SET latin1 NOT NULL DEFAULT ''", "''"],
      ["VARCHAR(40)", "'0'"],
      ["BIGINT UNSIGNED NOT NULL DEFAULT 0", "0"],
      ["BIGINT", "NULL"],
      ["TEXT", "NULL"],
      ["DECIMAL(20, 0)", "0"],
    ])("of %s leave out the empty links that it holds (%s), and are known again", async (type, empty) => {
      const service = await create(url, [`CREATE TABLE people (id BIGINT PRIMARY KEY, kakao_id ${type})`, `INSERT INTO people VALUES (1, ${empty}), (2, ${empty}), (3, 33)`]);
      const [missing] = (await (await open(service.url, people())).inspect()).missingUniqueIndexes;
      await service.run(missing?.sql ?? "");
      const database = await open(service.url, people());
      expect((await database.inspect()).missingUniqueIndexes).toEqual([]);
      await expect(service.run("UPDATE people SET kakao_id = 33 WHERE id = 1")).rejects.toThrow(/duplicate/i);
      expect(await database.writeLinks([change("1", "11"), change("2", "12")], openGuards)).toMatchObject([{ outcome: "written" }, { outcome: "written" }]);
    });

    it.each(["ANSI_QUOTES", ""])("that were printed are known again in the mode '%s'", async (mode) => {
      const service = await create(url, ["CREATE TABLE people (id BIGINT PRIMARY KEY)", "CREATE TABLE links (id BIGINT AUTO_INCREMENT PRIMARY KEY, provider VARCHAR(10), member_id BIGINT UNSIGNED NOT NULL DEFAULT 0, uid BIGINT UNSIGNED NOT NULL DEFAULT 0, is_gone INT NOT NULL DEFAULT 0)", "INSERT INTO links (id) VALUES (1), (2)", "CREATE TABLE shops (id BIGINT PRIMARY KEY, kakao_id BIGINT UNSIGNED NOT NULL DEFAULT 0)", "INSERT INTO shops (id) VALUES (1), (2)"]);
      const link: LinkTable = { kind: "table", table: "links", memberId: "member_id", kakaoId: "uid", fixed: {}, where: "is_gone = 0", set: {} };
      for (const map of [people({ table: "shops" }), { ...people(), link }]) {
        const look = async (): Promise<Inspection["missingUniqueIndexes"]> => (await (await open(service.url, map, { sql_mode: mode })).inspect()).missingUniqueIndexes;
        const missing = await look();
        expect(missing.length).toBeGreaterThan(0);
        for (const { sql } of missing) await service.run(sql);
        expect(await look()).toEqual([]);
      }
    });

    it("in a link table leave out rows that do not count", async () => {
      const service = await create(url, ["CREATE TABLE people (id BIGINT PRIMARY KEY)", "INSERT INTO people VALUES (1), (2)", "CREATE TABLE links (id BIGINT AUTO_INCREMENT PRIMARY KEY, provider VARCHAR(10), member_id BIGINT, uid VARCHAR(40), deleted_at DATETIME)", "INSERT INTO links VALUES (1, 'kakao', 1, '77', '2020-01-01'), (2, 'kakao', 1, '77', '2021-01-01'), (3, 'kakao', 1, '78', NULL)"]);
      const link: LinkTable = { kind: "table", table: "links", memberId: "member_id", kakaoId: "uid", fixed: { provider: "kakao" }, where: "deleted_at IS NULL", set: {}, cleared: { deleted_at: "now" } };
      const look = async (): Promise<Inspection> => (await open(service.url, { ...people(), link })).inspect();
      const { missingUniqueIndexes } = await look();
      for (const { sql } of missingUniqueIndexes) await service.run(sql);
      expect([missingUniqueIndexes.length, (await look()).missingUniqueIndexes]).toEqual([2, []]);
      await expect(service.run("INSERT INTO links (provider, member_id, uid) VALUES ('kakao', 2, '78')")).rejects.toThrow(/duplicate/i);
      const database = await open(service.url, { ...people(), link });
      expect(await database.writeLinks([change("1", null, "78"), change("2", "99")], openGuards)).toMatchObject([{ outcome: "written" }, { outcome: "written" }]);
      expect(await database.writeLinks([change("1", "79")], openGuards)).toMatchObject([{ outcome: "written" }]);
    });
  });

  describe("an index that begins with a fixed column", () => {
    it("serves every look into the link table: no batch reads the table from end to end", async () => {
      const rows = Array.from({ length: 20_000 }, (_, at) => at + 1);
      const service = await create(url, [
        "CREATE TABLE people (id BIGINT PRIMARY KEY)",
        `INSERT INTO people VALUES ${rows.map((id) => `(${id})`).join(", ")}`,
        "CREATE TABLE links (id BIGINT AUTO_INCREMENT PRIMARY KEY, provider VARCHAR(10), member_id BIGINT, uid VARCHAR(40), UNIQUE (provider, uid), UNIQUE (provider, member_id))",
        `INSERT INTO links (provider, member_id, uid) VALUES ${rows.map((id) => `('naver', ${id}, '9${id}')`).join(", ")}, (NULL, 1, '12')`,
        "ANALYZE TABLE people, links",
      ]);
      const link: LinkTable = { kind: "table", table: "links", memberId: "member_id", kakaoId: "uid", fixed: { provider: "kakao" }, set: {} };
      // The server refuses every statement that it expects to look at more rows: half a thousand ids times the table would be millions.
      const database = await open(service.url, { ...people(), link }, { sql_big_selects: "0", max_join_size: "100000" });
      expect((await database.inspect()).missingUniqueIndexes).toEqual([]);
      expect(await database.findHeldIds(["91", "12", "13"])).toEqual(new Set(["91", "12"]));
      const changes = rows.slice(0, 1_500).map((id) => change(String(id), String(7_000_000_000 + id)));
      const outcomes = await database.writeLinks(changes, openGuards);
      expect(outcomes.filter(({ outcome }) => outcome !== "written")).toEqual([]);
      expect(await database.restoreLinks(restoresOf(changes, outcomes))).toEqual(changes.map(() => "restored"));
    });
  });

  describe("the session", () => {
    const statements = ["CREATE TABLE people (id INT PRIMARY KEY, kakao_id BIGINT UNIQUE, phone VARBINARY(64))", "INSERT INTO people VALUES (1, NULL, AES_ENCRYPT('01012345678', 'Sesame?'))"];

    it("has the operator's variables, for expressions that open encrypted columns", async () => {
      const service = await create(url, statements);
      const map = people({ phone: { kind: "sql", sql: "AES_DECRYPT(phone, @app_key)" } });
      expect(await readAll(await open(service.url, map, { "@app_key": "Sesame?" }))).toMatchObject([{ phone: "01012345678" }]);
      expect(await readAll(await open(service.url, map, { "@app_key": "other" }))).toMatchObject([{ phone: null }]);
    });

    it.each(["no_such_variable", "app.key", "sql_mode; DROP TABLE people"])("refuses %s without telling the value", async (name) => {
      const service = await create(url, statements);
      const failed = await open(service.url, people(), { [name]: "Sesame" }).catch((error: unknown) => error);
      expect(inspect(failed, { depth: 9 })).not.toMatch(/Sesame|536573616d65/i);
      expect(failed).toMatchObject({ exitCode: 2, code: "database-session", message: expect.stringContaining(name) });
      expect(failed).toMatchObject({ message: expect.not.stringContaining("Sesame") });
    });

    it.each(["", "ANSI_QUOTES", "NO_ZERO_DATE", "TRADITIONAL"])("writes no bent value in the mode '%s'", async (mode) => {
      const service = await create(url, ["CREATE TABLE people (id INT PRIMARY KEY, kakao_id BIGINT UNIQUE, rate INT)", "INSERT INTO people (id) VALUES (1)"]);
      const map = people({ name: { kind: "sql", sql: "@@SESSION.sql_mode" } });
      const database = await open(service.url, { ...map, link: { kind: "column", column: "kakao_id", set: { rate: { literal: "12 %" } } } }, { Sql_Mode: mode });
      expect(await readAll(database)).toMatchObject([{ name: expect.stringMatching(/^(?!.*(NO_ZERO|TRADITIONAL)).*STRICT_TRANS_TABLES/) }]);
      await expect(database.writeLinks([change("1", "11")], openGuards)).rejects.toMatchObject({ code: "database-failed" });
      expect(await service.run("SELECT kakao_id, rate FROM people")).toEqual([[null, null]]);
    });

    it("cannot write before the first link is written", async () => {
      const service = await create(url, [...statements, "CREATE FUNCTION sneak() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN UPDATE people SET kakao_id = 666; RETURN 1; END"]).catch(() => undefined);
      if (service === undefined) throw new Error("the server lets nobody create functions");
      await expect(readAll(await open(service.url, people({ where: "sneak() = 1" })))).rejects.toMatchObject({ code: "database-read-only" });
      expect(await service.run("SELECT kakao_id FROM people")).toEqual([[null]]);
    });
  });

  describe("a replica", () => {
    it("is refused where it is another database of the same server, and both connections are closed", async () => {
      const statements = ["CREATE TABLE people (id INT PRIMARY KEY, kakao_id BIGINT UNIQUE)"];
      const [primary, other] = [await create(url, statements), await create(url, statements)];
      const connections = async (): Promise<unknown> => primary.run(`SELECT COUNT(*) FROM information_schema.processlist WHERE db IN ('${primary.name}', '${other.name}') AND id <> CONNECTION_ID()`);
      const before = await connections();
      await expect(open(primary.url, people(), {}, other.url)).rejects.toMatchObject({ exitCode: 2, code: "database-other-server", hint: expect.stringContaining("database.readUrl") });
      await expect.poll(connections).toEqual(before);
      expect(await (await open(primary.url, people(), {}, primary.url)).inspect()).toMatchObject({ rows: [0] });
    });
  });

  describe("a place of alsoLinkedIn", () => {
    const place = { name: "brand2", table: "links", kakaoId: "uid", fixed: { provider: "kakao" }, where: "deleted_at is null -- still there" };

    it("gives every non-empty id that counts, in pages, and is asked again before a link is written", async () => {
      const ids = Array.from({ length: 10_050 }, (_, at) => String(7_000_000_000 + at));
      const service = await create(url, ["CREATE TABLE links (provider ENUM('naver', 'kakao', 'apple'), uid VARCHAR(40), deleted_at DATETIME, PRIMARY KEY (provider, uid))", `INSERT INTO links VALUES ${ids.map((id) => `('kakao', '${id}', NULL)`).join(", ")}, ('kakao', '5', '2020-01-01'), ('naver', '6', NULL), ('kakao', '0', NULL), ('kakao', '', NULL)`]);
      const opened = await openLinkedPlace({ ...place, url: service.url }, { timeZone: "Asia/Seoul" });
      cleanups.push(() => opened.close());
      const found: string[] = [];
      for await (const page of opened.readIds()) found.push(...page);
      expect(found.toSorted()).toEqual(ids);
      expect(await opened.findHeldIds(["7000000001", "5", "6", "8"])).toEqual(new Set(["7000000001"]));
    });

    it.each(["DECIMAL(22,2)", "VARBINARY(20)", "DOUBLE", "FLOAT", "DATE"])("a column declared as %s is refused", async (type) => {
      const service = await create(url, [`CREATE TABLE links (provider VARCHAR(10), uid ${type}, deleted_at DATETIME)`]);
      await expect(openLinkedPlace({ ...place, url: service.url }, { timeZone: "Asia/Seoul" })).rejects.toMatchObject({ exitCode: 2, code: "linked-place", message: expect.stringMatching(/brand2.*links\.uid is declared as/s) });
    });

    it.each(["DECIMAL(22,0)", "INT UNSIGNED", "BIGINT", "BIGINT ZEROFILL", "CHAR(20)"])("a column declared as %s gives its ids", async (type) => {
      const service = await create(url, [`CREATE TABLE links (provider VARCHAR(10), uid ${type}, deleted_at DATETIME)`, "INSERT INTO links VALUES ('kakao', '5001', NULL)"]);
      const opened = await openLinkedPlace({ ...place, url: service.url }, { timeZone: "Asia/Seoul" });
      cleanups.push(() => opened.close());
      expect(await opened.findHeldIds(["5001", "5002"])).toEqual(new Set(["5001"]));
    });

    it("with a wrong table, column, condition or password is named", async () => {
      const service = await create(url, ["CREATE TABLE links (provider VARCHAR(10), uid VARCHAR(40), deleted_at DATETIME)"]);
      for (const wrong of [{ table: "linkz" }, { kakaoId: "uidd" }, { where: "deleted_att is null" }, { url: service.url.replace("root", "nobody_here") }]) {
        await expect(openLinkedPlace({ ...place, url: service.url, ...wrong }, { timeZone: "Asia/Seoul" })).rejects.toMatchObject({ exitCode: 2, code: "linked-place", message: expect.stringContaining("brand2") });
      }
    });
  });
}

if ("url" in server) describeOn(server.url);
else describe("MySQL: values, types, indexes, sessions", () => it.skip(server.missing));
