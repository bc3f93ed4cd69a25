import { afterEach, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { LinkChange, LinkTable, ServiceDatabase } from "../../src/database/service-database.ts";
import { openGuards, readAll, restoresOf } from "../contracts/service-database.ts";
import { createSqliteFile } from "../contracts/sqlite-file.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const people = "CREATE TABLE members (id INTEGER PRIMARY KEY)";
const three = "INSERT INTO members VALUES (1), (2), (3)";
const layout = (changes: Partial<LinkTable> = {}): LinkTable => ({ kind: "table", table: "links", memberId: "member", kakaoId: "uid", fixed: { provider: "kakao" }, set: {}, ...changes });

async function withLinks(statements: readonly string[], link: LinkTable): Promise<{ service: ReturnType<typeof createSqliteFile>; database: ServiceDatabase }> {
  const service = createSqliteFile([people, three, ...statements]);
  cleanups.push(() => service.remove());
  const database = await openServiceDatabase({ url: service.url, timeZone: "Asia/Seoul", session: {}, map: { members: { table: "members", id: "id", where: "all" }, also: [], pending: [], link }, now: () => new Date() });
  cleanups.push(() => database.close());
  return { service, database };
}

const change = (memberId: string, to: string | null, from: string | null = null): LinkChange => ({ place: 0, memberId, from, to });
const changes = [change("1", "22", "11"), change("2", "12"), change("3", "13")];

describe("kinds of link tables", () => {
  it.each([
    ["a rowid only", "CREATE TABLE links (provider TEXT, member TEXT, uid TEXT)"],
    ["no rowid", "CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, PRIMARY KEY (provider, member)) WITHOUT ROWID"],
    ["the member as key", "CREATE TABLE links (member INTEGER PRIMARY KEY, provider TEXT, uid INTEGER)"],
    ["a key that counts up", "CREATE TABLE links (n INTEGER PRIMARY KEY AUTOINCREMENT, provider TEXT, member BLOB, uid BLOB)"],
    ["columns without types", "CREATE TABLE links (provider, member, uid)"],
    ["a computed column", "CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, both TEXT AS (provider || ':' || uid), stored TEXT AS (uid || '!') STORED)"],
    ["columns that hide the rowid", "CREATE TABLE links (rowid TEXT, oid TEXT, provider TEXT, member TEXT, uid TEXT)"],
    ["indexes that begin with a fixed column", "CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, UNIQUE (provider, uid), UNIQUE (provider, member))"],
  ])("%s: linked, relinked and put back exactly", async (_, create) => {
    const { service, database } = await withLinks([create, "INSERT INTO links (provider, member, uid) VALUES ('kakao', 1, 11), ('kakao', 2, NULL)"], layout());
    const stored = (): unknown => service.run("SELECT provider, typeof(member), member, typeof(uid), uid FROM links ORDER BY member");
    const before = stored();
    expect((await readAll(database)).map((row) => row.link)).toEqual(["11", null, null]);
    const outcomes = await database.writeLinks(changes, openGuards);
    expect(outcomes.map((outcome) => outcome.outcome)).toEqual(["written", "written", "written"]);
    expect((await readAll(database)).map((row) => row.link)).toEqual(["22", "12", "13"]);
    expect(service.run("SELECT count(DISTINCT typeof(uid)), count(*) FROM links")).toEqual([[1n, 3n]]);
    expect(await database.findHolders("13")).toMatchObject([{ id: "3" }]);
    const restores = JSON.parse(JSON.stringify(restoresOf(changes, outcomes)));
    expect(await database.restoreLinks(restores)).toEqual(["restored", "restored", "restored"]);
    expect(stored()).toEqual(before);
  });

  it("finds ids in rows of every provider, NULL too, through an index that begins with it", async () => {
    const { database } = await withLinks(["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT)", "CREATE UNIQUE INDEX u ON links (provider, uid) WHERE uid IS NOT NULL", "INSERT INTO links VALUES ('kakao', '1', '11'), ('naver', '1', '12'), (NULL, '1', '13'), ('zalo', '1', '14')"], layout());
    expect(await database.findHeldIds(["11", "12", "13", "14", "15"])).toEqual(new Set(["11", "12", "13", "14"]));
  });

  it("a view is refused: its rows cannot be told apart", async () => {
    const { database } = await withLinks(["CREATE TABLE raw (provider TEXT, member TEXT, uid TEXT)", "CREATE VIEW links AS SELECT * FROM raw"], layout());
    await expect(database.inspect()).rejects.toMatchObject({ exitCode: 2, code: "link-table-key" });
  });

  it("a floating-point column of ids is refused", async () => {
    const { database } = await withLinks(["CREATE TABLE links (provider TEXT, member TEXT, uid REAL)"], layout());
    await expect(database.inspect()).rejects.toMatchObject({ exitCode: 2, code: "link-column-real" });
  });
});

describe("values of the configuration", () => {
  it("are literals, never SQL, whatever they hold", async () => {
    const odd = "ka'k\"ao; DROP TABLE members; --";
    const { service, database } = await withLinks(["CREATE TABLE links (\"the provider\" TEXT, member TEXT, uid TEXT)"], layout({ fixed: { "the provider": odd } }));
    await database.writeLinks([change("1", "11")], openGuards);
    expect(service.run('SELECT "the provider", uid FROM links')).toEqual([[odd, "11"]]);
    expect((await readAll(database))[0]?.link).toBe("11");
    expect(service.run("SELECT count(*) FROM members")).toEqual([[3n]]);
  });

  it.each([["INTEGER", "integer"], ["TEXT", "text"], ["", "integer"]])("a number in a %s column is found as it was written", async (type, stored) => {
    const { service, database } = await withLinks([`CREATE TABLE links (provider ${type}, member TEXT, uid TEXT, kind ${type})`], layout({ fixed: { provider: 3 }, set: { kind: { literal: 7 } } }));
    await database.writeLinks([change("1", "11")], openGuards);
    expect(service.run("SELECT typeof(provider), CAST(provider AS TEXT), CAST(kind AS TEXT) FROM links")).toEqual([[stored, "3", "7"]]);
    expect((await readAll(database))[0]?.link).toBe("11");
  });
});

describe("what the table does by itself", () => {
  it("defaults and triggers are part of what was written; undo still knows the row", async () => {
    const { service, database } = await withLinks(
      ["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, state TEXT DEFAULT 'new', seen TEXT)", "CREATE TRIGGER t AFTER INSERT ON links BEGIN UPDATE links SET seen = 'by trigger' WHERE rowid = new.rowid; END"],
      layout(),
    );
    const outcomes = await database.writeLinks([change("1", "11")], openGuards);
    expect(outcomes).toMatchObject([{ written: { state: "new", seen: "by trigger" } }]);
    expect(await database.restoreLinks(restoresOf([change("1", "11")], outcomes))).toEqual(["restored"]);
    expect(service.run("SELECT count(*) FROM links")).toEqual([[0n]]);
  });

  it("a trigger that takes the link away again is noticed, and nothing stays", async () => {
    const { service, database } = await withLinks(["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT)", "CREATE TRIGGER t AFTER INSERT ON links BEGIN DELETE FROM links WHERE rowid = new.rowid; END"], layout());
    await expect(database.writeLinks([change("1", "11")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
    expect(service.run("SELECT count(*) FROM links")).toEqual([[0n]]);
  });

  it.each([
    ["brings the link back that undo deletes", {}, "CREATE TRIGGER t AFTER DELETE ON links BEGIN INSERT INTO links VALUES (old.provider, old.member, old.uid, NULL); END", "11", null],
    ["bends the id that undo brings back", { cleared: { gone: { literal: "2026" } }, where: "gone IS NULL" }, "CREATE TRIGGER t AFTER UPDATE ON links WHEN new.gone IS NULL AND new.uid <> '99' BEGIN UPDATE links SET uid = '99' WHERE rowid = new.rowid; END", null, "11"],
  ])("a trigger that %s is noticed, and nothing stays", async (_name, more, trigger, to, from) => {
    const { service, database } = await withLinks(["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, gone TEXT)", ...(from === null ? [] : [`INSERT INTO links VALUES ('kakao', '1', '${from}', NULL)`])], layout(more));
    const changes = [{ place: 0, memberId: "1", from, to }];
    const outcomes = await database.writeLinks(changes, openGuards);
    const before = service.run("SELECT * FROM links");
    service.run(trigger);
    await expect(database.restoreLinks(restoresOf(changes, outcomes))).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
    expect(service.run("SELECT * FROM links")).toEqual(before);
  });

  it("`ON CONFLICT REPLACE` never removes another row", async () => {
    const { service, database } = await withLinks(
      ["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, gone TEXT, UNIQUE (provider, member) ON CONFLICT REPLACE)", "INSERT INTO links VALUES ('kakao', '1', '99', '2020')"],
      layout({ where: "gone IS NULL" }),
    );
    expect(await database.writeLinks([change("1", "11"), change("2", "12")], openGuards)).toMatchObject([{ why: "index-refused" }, { outcome: "written" }]);
    expect(service.run("SELECT member, uid FROM links ORDER BY member")).toEqual([["1", "99"], ["2", "12"]]);
  });

  it("a foreign key or check that refuses stops the batch: it is no matter of one row", async () => {
    const { service, database } = await withLinks(["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT CHECK (length(uid) > 5))"], layout());
    await expect(database.writeLinks([change("1", "11"), change("2", "1234567")], openGuards)).rejects.toMatchObject({ exitCode: 4 });
    expect(service.run("SELECT count(*) FROM links")).toEqual([[0n]]);
  });
});

describe("unique indexes of a link table", () => {
  const indexed = async (fixed: LinkTable["fixed"], where: string | undefined, ...indexes: readonly string[]): Promise<number> => {
    const { database } = await withLinks(["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, gone TEXT, state TEXT)", ...indexes], layout({ fixed, ...(where === undefined ? {} : { where }) }));
    return (await database.inspect()).missingUniqueIndexes.length;
  };
  const kakao = { provider: "kakao" };

  it.each([
    ["CREATE UNIQUE INDEX a ON links (uid) WHERE uid IS NOT NULL", "CREATE UNIQUE INDEX b ON links (member) WHERE provider = 'kakao' AND gone IS NULL", 0],
    ["CREATE UNIQUE INDEX a ON links (uid) WHERE (gone is null) and ((uid <> ''))", "CREATE UNIQUE INDEX b ON links (member) WHERE \"gone\" IS NULL AND uid != '0'", 0],
    ["CREATE UNIQUE INDEX a ON links (uid) WHERE provider = 'KAKAO'", "CREATE UNIQUE INDEX b ON links (member) WHERE gone IS NOT NULL", 2],
    ["CREATE UNIQUE INDEX a ON links (uid) WHERE gone IS NULL OR uid <> ''", "CREATE UNIQUE INDEX b ON links (lower(member))", 2],
    ["CREATE INDEX a ON links (uid)", "CREATE UNIQUE INDEX b ON links (member, state)", 2],
  ])("%s; %s: %i missing", async (one, two, missing) => {
    expect(await indexed(kakao, "gone IS NULL", one, two)).toBe(missing);
  });

  it("over a condition that is not the configuration's do not count", async () => {
    const where = "(gone IS NULL OR state = 'a') AND state <> 'b'";
    expect(await indexed(kakao, where, "CREATE UNIQUE INDEX a ON links (uid) WHERE (gone is null or state = 'a') AND state<>'b'", "CREATE UNIQUE INDEX b ON links (member) WHERE state <> 'b'")).toBe(0);
    expect(await indexed(kakao, where, "CREATE UNIQUE INDEX a ON links (uid) WHERE gone IS NULL OR (state = 'a' AND state <> 'b')", "CREATE UNIQUE INDEX b ON links (member) WHERE state <> 'B'")).toBe(2);
  });

  it("are suggested over all rows, or where rows that do not count stand in the way, over those that count", async () => {
    for (const [more, condition] of [["", /^((?!gone).)*$/s], [", ('kakao', '9', '11', '2020')", /gone IS NULL/]] as const) {
      const { service, database } = await withLinks(["CREATE TABLE links (provider TEXT, member TEXT, uid TEXT, gone TEXT)", `INSERT INTO links VALUES ('kakao', '1', '11', NULL), ('kakao', '2', '', NULL), ('kakao', '3', '', NULL)${more}`], layout({ where: "gone IS NULL" }));
      const { missingUniqueIndexes } = await database.inspect();
      expect(missingUniqueIndexes[0]?.sql).toMatch(condition);
      for (const { sql } of missingUniqueIndexes) service.run(sql);
      expect((await database.inspect()).missingUniqueIndexes).toEqual([]);
    }
  });
});
