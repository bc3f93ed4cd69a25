import { afterEach, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { LinkChange, ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";
import { openGuards, readAll, restoresOf } from "../contracts/service-database.ts";
import { createSqliteFile } from "../contracts/sqlite-file.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const simple: ServiceDatabaseMap = { members: { table: "members", id: "id", where: "all" }, also: [], pending: [], link: { kind: "column", column: "kakao_id", set: {} } };

async function withDatabase(statements: readonly string[], map: ServiceDatabaseMap = simple): Promise<{ service: ReturnType<typeof createSqliteFile>; database: ServiceDatabase }> {
  const service = createSqliteFile(statements);
  cleanups.push(() => service.remove());
  const database = await openServiceDatabase({ url: service.url, timeZone: "Asia/Seoul", session: {}, map, now: () => new Date() });
  cleanups.push(() => database.close());
  return { service, database };
}

const link = (memberId: string, to: string, from: string | null = null): LinkChange => ({ place: 0, memberId, from, to });

describe("the kinds of empty links", () => {
  const kinds = [
    ["INTEGER", ["NULL", "''", "0"]],
    ["BIGINT", ["NULL", "''", "0"]],
    ["TEXT", ["NULL", "''", "'0'"]],
    ["VARCHAR(20)", ["NULL", "''", "'0'"]],
    ["NUMERIC", ["NULL", "''", "0"]],
    ["", ["NULL", "''", "0", "'0'"]],
  ] as const;

  it.each(kinds)("a %s column: each reads as empty, takes a 19-digit id and is put back exactly", async (type, empties) => {
    const { service, database } = await withDatabase([
      `CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id ${type})`,
      ...empties.map((empty, at) => `INSERT INTO members VALUES (${at + 1}, ${empty})`),
    ]);
    const stored = (): unknown => service.run("SELECT id, typeof(kakao_id), kakao_id FROM members ORDER BY id");
    const before = stored();
    expect((await readAll(database)).map((row) => row.link)).toEqual(empties.map(() => null));

    const [missing] = (await database.inspect()).missingUniqueIndexes;
    service.run(missing?.sql ?? "");
    expect((await database.inspect()).missingUniqueIndexes).toEqual([]);

    const changes = empties.map((_, at) => link(String(at + 1), `922337203685477580${at}`));
    const outcomes = await database.writeLinks(changes, openGuards);
    expect((await readAll(database)).map((row) => row.link)).toEqual(changes.map((change) => change.to));
    expect((await database.findHolders("9223372036854775801")).map((row) => row.id)).toEqual(["2"]);
    expect(await database.restoreLinks(restoresOf(changes, outcomes))).toEqual(empties.map(() => "restored"));
    expect(stored()).toEqual(before);
  });

  it.each([["TEXT NOT NULL", "''"], ["BIGINT NOT NULL", "0"]])("a %s column: a link that is taken away leaves %s", async (type, empty) => {
    const { service, database } = await withDatabase([`CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id ${type})`, "INSERT INTO members VALUES (1, '12')"]);
    expect(await database.writeLinks([{ ...link("1", "12"), from: "12", to: null }], openGuards)).toMatchObject([{ outcome: "written" }]);
    expect(service.run("SELECT quote(kakao_id) FROM members")).toEqual([[empty]]);
  });

  it("a column without a type takes ids as the service stores them", async () => {
    const { service, database } = await withDatabase(["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id)", "INSERT INTO members VALUES (1, NULL), (2, 7000000000000000002)"]);
    await database.writeLinks([link("1", "7000000000000000001")], openGuards);
    expect(service.run("SELECT typeof(kakao_id) FROM members")).toEqual([["integer"], ["integer"]]);
    expect(await database.writeLinks([link("2", "7000000000000000001", "7000000000000000002")], openGuards)).toMatchObject([{ why: "id-held" }]);
  });

  it("floating-point and binary links are malformed text, never a Kakao id, and never overwritten", async () => {
    const { database } = await withDatabase(["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id)", "INSERT INTO members VALUES (1, 12.0), (2, x'3132'), (3, ' 12'), (4, 0.0)"]);
    expect((await readAll(database)).map((row) => row.link)).toEqual(["12.0", "X'3132'", " 12", "0.0"]);
    expect(await database.writeLinks([link("1", "12"), link("2", "13"), link("4", "14")], openGuards)).toMatchObject([{ why: "link-changed" }, { why: "link-changed" }, { why: "link-changed" }]);
  });

  it("refuses a floating-point link column", async () => {
    const { database } = await withDatabase(["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id DOUBLE)"]);
    await expect(database.inspect()).rejects.toMatchObject({ exitCode: 2, code: "link-column-real" });
  });

  it("undo puts back every type of a further column", async () => {
    const { service, database } = await withDatabase(
      ["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id INTEGER, note)", "INSERT INTO members VALUES (1, NULL, 0.1), (2, NULL, x'00ff'), (3, NULL, 5), (4, NULL, 5.0), (5, NULL, '5'), (6, NULL, '가')"],
      { ...simple, link: { kind: "column", column: "kakao_id", set: { note: { literal: 1 } } } },
    );
    const stored = (): unknown => service.run("SELECT typeof(note), quote(note) FROM members");
    const before = stored();
    const changes = [1, 2, 3, 4, 5, 6].map((id) => link(String(id), String(id + 10)));
    const restores = restoresOf(changes, await database.writeLinks(changes, openGuards));
    expect(service.run("SELECT DISTINCT quote(note) FROM members")).toEqual([["1"]]);
    expect(await database.restoreLinks(JSON.parse(JSON.stringify(restores)))).toEqual(changes.map(() => "restored"));
    expect(stored()).toEqual(before);
  });
});

describe("names", () => {
  const table = 'we"ird table; DROP TABLE members; --';
  const id = "id] ' \"x\"";
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const statements = [
    "CREATE TABLE members (id INTEGER PRIMARY KEY)",
    `CREATE TABLE ${quoted(table)} (${quoted(id)} TEXT PRIMARY KEY, "order" TEXT, "회원 이름" TEXT)`,
    `INSERT INTO ${quoted(table)} VALUES ('a', NULL, '김아')`,
  ];
  const map: ServiceDatabaseMap = {
    members: { table, id, where: "all", name: { kind: "column", column: "회원 이름" } },
    also: [],
    pending: [],
    link: { kind: "column", column: "order", set: {} },
  };

  it("are quoted, whatever they hold", async () => {
    const { service, database } = await withDatabase(statements, map);
    const [missing] = (await database.inspect()).missingUniqueIndexes;
    service.run(missing?.sql ?? "");
    expect((await database.inspect()).missingUniqueIndexes).toEqual([]);
    expect(await readAll(database)).toMatchObject([{ id: "a", name: "김아", link: null }]);
    expect(await database.writeLinks([link("a", "12")], openGuards)).toMatchObject([{ outcome: "written" }]);
    expect(await database.findHolders("12")).toHaveLength(1);
    expect(service.run("SELECT count(*) FROM members")).toEqual([[0n]]);
  });

  it.each(["id) FROM members; DROP TABLE members; --", "id\" FROM members --", "1"])("never become SQL: %s", async (column) => {
    const { service, database } = await withDatabase(statements, { ...simple, members: { ...simple.members, phone: { kind: "column", column } } });
    await expect(database.inspect()).rejects.toMatchObject({ code: "database-names" });
    expect(service.run("SELECT count(*) FROM members")).toEqual([[0n]]);
  });

  it("may carry the schema", async () => {
    const { database } = await withDatabase(["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id)"], { ...simple, members: { ...simple.members, table: "main.MEMBERS", where: "members.id > 0" } });
    expect((await database.inspect()).rows).toEqual([0]);
  });

  it("of an operator's condition must make one statement that changes nothing", async () => {
    for (const where of ["1); DELETE FROM members; --", "id = ?", "id = @separator", "count(*) > 1"]) {
      const { service, database } = await withDatabase(["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id)", "INSERT INTO members VALUES (1, NULL)"], { ...simple, members: { ...simple.members, where } });
      await expect(database.inspect()).rejects.toMatchObject({ code: "database-condition", message: expect.stringContaining("members.where") });
      expect(service.run("SELECT count(*) FROM members")).toEqual([[1n]]);
    }
  });
});

describe("member ids", () => {
  /** More than one page of rows. */
  const many = (expression: string): string => `INSERT INTO members (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5001) SELECT ${expression} FROM n`;
  const tables: [string, string, string][] = [
    ["an integer key", "CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id)", "i * 1000000000000007"],
    ["a text key", "CREATE TABLE members (id TEXT PRIMARY KEY, kakao_id)", "'user' || i"],
    ["numbers as text", "CREATE TABLE members (id VARCHAR(20) PRIMARY KEY, kakao_id)", "i"],
    ["a case-blind key", "CREATE TABLE members (id TEXT COLLATE NOCASE PRIMARY KEY, kakao_id)", "iif(i % 2, 'User', 'uSER') || i"],
    ["an index blinder than its column", "CREATE TABLE members (id TEXT, kakao_id, UNIQUE (id COLLATE NOCASE))", "iif(i % 2, 'User', 'uSER') || i"],
    ["an index stricter than its column", "CREATE TABLE members (id TEXT COLLATE NOCASE, kakao_id, UNIQUE (id COLLATE BINARY))", "iif(i % 2, 'U', 'u') || ((i + 1) / 2)"],
    ["no rowid", "CREATE TABLE members (id TEXT PRIMARY KEY, kakao_id) WITHOUT ROWID", "'user' || i"],
    ["numbers and text mixed", "CREATE TABLE members (id PRIMARY KEY, kakao_id)", "iif(i % 2, i, 'u' || i)"],
    ["no index at all", "CREATE TABLE members (id TEXT, kakao_id)", "'user' || (6000 - i)"],
    ["columns that hide the rowid", "CREATE TABLE members (rowid TEXT, oid TEXT, id INT, kakao_id)", "6000 - i"],
  ];

  it.each(tables)("%s: every row once, found and written by its id", async (_, create, expression) => {
    const { service, database } = await withDatabase([create, many(expression)]);
    await database.inspect();
    const ids = (await readAll(database)).map((row) => row.id);
    expect(ids.toSorted()).toEqual(service.run("SELECT CAST(id AS TEXT) FROM members ORDER BY 1 COLLATE BINARY").map(([id]) => id));
    expect((await database.findMembers(0, ids)).length).toBe(5001);
    const changes = ids.map((id, at) => link(id, String(1000 + at)));
    expect((await database.writeLinks(changes, openGuards)).filter((outcome) => outcome.outcome === "written").length).toBe(5001);
    const links = new Map((await readAll(database)).map((row) => [row.id, row.link]));
    expect(changes.filter((change) => links.get(change.memberId) !== change.to)).toEqual([]);
  });

  it("of another spelling do not find the row", async () => {
    const { database } = await withDatabase(["CREATE TABLE members (id TEXT COLLATE NOCASE PRIMARY KEY, kakao_id)", "INSERT INTO members VALUES ('Abc', NULL)"]);
    expect(await database.findMembers(0, ["abc"])).toEqual([]);
    expect(await database.writeLinks([link("abc", "12")], openGuards)).toEqual([{ outcome: "moved", why: "row-gone" }]);
  });

  it.each([
    ["CREATE TABLE members (id TEXT, kakao_id)", "('a', 1), ('a', 2), ('b', 3)", "members.id is not unique: 1 ids stand in more than one row."],
    ["CREATE TABLE members (id PRIMARY KEY, kakao_id)", "(1, 1), ('1', 2)", "members.id is not unique: 1 ids stand in more than one row."],
    ["CREATE TABLE members (id TEXT UNIQUE, kakao_id)", "(NULL, 1), (NULL, 2), ('b', 3)", "members.id is NULL in 2 rows."],
    ["CREATE TABLE members (id PRIMARY KEY, kakao_id)", "(1.5, 1), (x'00', 2)", "members.id is neither an integer nor text in 2 rows."],
  ])("that are none are refused with their count: %s %s", async (create, values, message) => {
    const { database } = await withDatabase([create, `INSERT INTO members (id, kakao_id) VALUES ${values}`]);
    await expect(database.inspect()).rejects.toMatchObject({ code: "member-ids", message });
  });
});

describe("unique indexes of the link", () => {
  it.each([
    ["CREATE UNIQUE INDEX i ON members (kakao_id) WHERE kakao_id IS NOT NULL", 0],
    [`CREATE UNIQUE INDEX i ON members ("kakao_id") WHERE (kakao_id <> '') AND ("kakao_id" IS NOT NULL) and kakao_id<>0`, 0],
    ["CREATE UNIQUE INDEX i ON members (kakao_id) WHERE status = 'active'", 1],
    ["CREATE UNIQUE INDEX i ON members (kakao_id) WHERE kakao_id IS NOT NULL AND status = 'active'", 1],
    ["CREATE UNIQUE INDEX i ON members (kakao_id, status)", 1],
    ["CREATE UNIQUE INDEX i ON members (lower(kakao_id))", 1],
    ["CREATE INDEX i ON members (kakao_id)", 1],
  ])("%s", async (index, missing) => {
    const { database } = await withDatabase(["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id TEXT, status TEXT)", "INSERT INTO members VALUES (1, '12', 'x')", index]);
    expect((await database.inspect()).missingUniqueIndexes.length).toBe(missing);
    expect((await database.findHolders("12")).map((row) => row.id)).toEqual(["1"]);
  });
});

describe("values", () => {
  it("keep their control characters apart from the next value", async () => {
    const { database } = await withDatabase(
      ["CREATE TABLE members (id INTEGER PRIMARY KEY, kakao_id, name TEXT, phone TEXT, email TEXT)", "INSERT INTO members VALUES (1, NULL, 'a\u001fb' || char(0) || '\u001fc', '\u001f', 'a@example.com')"],
      { ...simple, members: { ...simple.members, name: { kind: "column", column: "name" }, phone: { kind: "column", column: "phone" }, email: { kind: "column", column: "email" } } },
    );
    expect(await readAll(database)).toMatchObject([{ name: "a\u001fb\0\u001fc", phone: "\u001f", email: "a@example.com" }]);
  });
});
