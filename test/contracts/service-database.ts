import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemberRow } from "../../src/core/member.ts";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { ChangeGuards, ChangeOutcome, LinkChange, LinkRestore, ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";

/** What an engine brings so that the suite can run on it: an empty database of its own, and a second way in. */
export interface EngineFixture {
  readonly engine: string;
  readonly dialect: Dialect;
  /** A database made with these statements, in SQL that every engine reads. */
  create(statements: readonly string[]): Promise<EngineDatabase>;
}

export interface EngineDatabase {
  readonly url: string;
  /** Runs a statement on a connection of its own, as the service would, and gives its rows: integers of any width as bigints, text as strings, NULL as null. */
  run(sql: string): unknown[][] | Promise<unknown[][]>;
  remove(): void | Promise<void>;
}

/** Where the engines' SQL differs. */
export interface Dialect {
  /** The definition of a column that numbers its rows by itself and may also be given, like `INTEGER PRIMARY KEY AUTOINCREMENT`. */
  readonly numbered: string;
  dropIndex(index: string, table: string): string;
  /** Definitions of an id column with five ids that it can hold, each a literal of SQL. What `run` would give is not looked at; the ids as the tool must read them are `ids`. */
  readonly idColumns: readonly { readonly what: string; readonly type: string; readonly ids: readonly string[] }[];
  /** A name as a quoted identifier. */
  quote(name: string): string;
  /** Definitions of columns with a value, a literal of SQL, and the text that the tool must read it as. */
  readonly extraTypes: readonly { readonly type: string; readonly literal: string; readonly text: string }[];
  /** Whether another run is kept out by an advisory lock. */
  readonly locks: boolean;
}

/** Guards that let everything through. */
export const openGuards: ChangeGuards = { unchanged: () => true, intend: () => undefined };

/** The member table that most tests use; `id` and `kakao_id` are 64-bit integers. */
export const membersSql = [
  "CREATE TABLE members (id BIGINT PRIMARY KEY, kakao_id BIGINT, status VARCHAR(10), role VARCHAR(10), phone VARCHAR(20), email VARCHAR(100), name VARCHAR(50), birthdate VARCHAR(10), linked_at VARCHAR(30), last_login_at VARCHAR(30))",
  "CREATE UNIQUE INDEX members_kakao_id ON members (kakao_id)",
  "INSERT INTO members VALUES (1, NULL, 'active', 'customer', '010-2345-6789', 'a@example.com', '김민서', '19910203', NULL, NULL)",
  "INSERT INTO members VALUES (2, 9223372036854775807, 'active', 'staff', '01023456780', NULL, '', NULL, '2020-01-01', '2026-01-02 03:04:05')",
  "INSERT INTO members VALUES (3, 7000000000000000003, 'left', NULL, '01099998888', 'left@example.com', '이서준', '19800101', NULL, NULL)",
  "INSERT INTO members VALUES (4, NULL, 'dormant', NULL, NULL, 'd@example.com', NULL, NULL, NULL, NULL)",
  "INSERT INTO members VALUES (9007199254740993, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
];

const column = (name: string): { kind: "column"; column: string } => ({ kind: "column", column: name });

/** The map of that table. */
export const membersMap: ServiceDatabaseMap = {
  members: {
    table: "members",
    id: "id",
    phone: column("phone"),
    email: { kind: "sql", sql: "lower(email) -- as the service compares it" },
    name: column("name"),
    birthdate: column("birthdate"),
    lastLoginAt: column("last_login_at"),
    where: "status = 'active'",
    withdrawn: "status = 'left'",
    protected: "role <> 'customer'",
  },
  also: [],
  pending: [],
  link: { kind: "column", column: "kakao_id", set: {} },
};

export const alsoSql = [
  "CREATE TABLE members_dormant (id BIGINT PRIMARY KEY, kakao_id BIGINT, phone VARCHAR(20))",
  "CREATE UNIQUE INDEX members_dormant_kakao_id ON members_dormant (kakao_id)",
  "INSERT INTO members_dormant VALUES (101, 7000000000000000101, '01011112222')",
];
export const alsoMap: ServiceDatabaseMap = { ...membersMap, also: [{ table: "members_dormant", id: "id", phone: column("phone"), kakaoId: "kakao_id" }] };

/** All rows, a place after another. */
export async function readAll(database: ServiceDatabase): Promise<MemberRow[]> {
  const rows: MemberRow[] = [];
  for await (const page of database.readMembers()) rows.push(...page);
  return rows;
}

/** What undo would ask for after these changes. */
export function restoresOf(changes: readonly LinkChange[], outcomes: readonly ChangeOutcome[]): LinkRestore[] {
  return outcomes.flatMap((outcome, at) => {
    const change = changes[at];
    if (outcome.outcome !== "written" || change === undefined) return [];
    return [{ place: change.place, memberId: change.memberId, written: outcome.written, former: outcome.former }];
  });
}

/** The behaviour that every engine owes (product.md sections 2, 4 and 6). */
export function describeServiceDatabase(fixture: EngineFixture): void {
  describe(`${fixture.engine}: the service's database`, () => {
    let service: EngineDatabase;
    let opened: ServiceDatabase[] = [];
    const open = async (map: ServiceDatabaseMap = membersMap): Promise<ServiceDatabase> => {
      const database = await openServiceDatabase({ url: service.url, session: {}, timeZone: "Asia/Seoul", map, now: () => new Date("2026-11-20T15:30:05Z") });
      opened.push(database);
      return database;
    };

    beforeEach(async () => {
      service = await fixture.create([...membersSql, ...alsoSql]);
    });
    afterEach(async () => {
      for (const database of opened) await database.close();
      opened = [];
      await service.remove();
    });

    describe("inspect", () => {
      it("counts the rows of every place and finds nothing amiss", async () => {
        expect(await (await open(alsoMap)).inspect()).toEqual({ rows: [5, 1], missingUniqueIndexes: [], missingLinkColumn: null, unfilledColumns: [], readOnly: false, replica: false });
      });

      it("names every wrong table and column at once, with the nearest name", async () => {
        const map: ServiceDatabaseMap = { ...membersMap, members: { ...membersMap.members, phone: column("phonee"), name: column("nam") }, also: [{ table: "member_dormant", id: "id" }] };
        await expect((await open(map)).inspect()).rejects.toMatchObject({
          exitCode: 2,
          message: "There is no table member_dormant; did you mean members_dormant?\nmembers has no column phonee; did you mean phone?\nmembers has no column nam; did you mean name?",
        });
      });

      it("counts rows that are live and withdrawn at once", async () => {
        const map = { ...membersMap, members: { ...membersMap.members, where: "status <> 'dormant'" } };
        await expect((await open(map)).inspect()).rejects.toMatchObject({ code: "live-and-withdrawn", message: expect.stringMatching(/^1 rows/) });
      });

      it("says which condition the database cannot compute", async () => {
        const map = { ...membersMap, members: { ...membersMap.members, where: "stattus = 'active'", protected: "role <>" } };
        await expect((await open(map)).inspect()).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/^members\.where .*stattus[^\n]*\nmembers\.protected /) });
      });

      it("gives the statement for a missing unique index, and the statement works", async () => {
        await service.run(fixture.dialect.dropIndex("members_kakao_id", "members"));
        const [missing] = (await (await open()).inspect()).missingUniqueIndexes;
        expect(missing?.place).toBe(0);
        await service.run(missing?.sql ?? "");
        expect((await (await open()).inspect()).missingUniqueIndexes).toEqual([]);
        await expect((async () => service.run("UPDATE members SET kakao_id = 9223372036854775807 WHERE id = 1"))()).rejects.toThrow(/unique|duplicate/i);
      });

      it("reads every link as empty while the link column is missing, and gives the statements that add it", async () => {
        const map: ServiceDatabaseMap = { ...membersMap, link: { kind: "column", column: "kakao_user", set: {} } };
        const database = await open(map);
        const inspection = await database.inspect();
        expect((await readAll(database)).map((row) => row.link)).toEqual([null, null, null, null, null]);
        for (const statement of (inspection.missingLinkColumn ?? "").split(";\n")) await service.run(statement);
        expect(await (await open(map)).inspect()).toMatchObject({ missingLinkColumn: null, missingUniqueIndexes: [] });
      });

      it("refuses an id in two places", async () => {
        await service.run("INSERT INTO members_dormant VALUES (4, NULL, NULL)");
        await expect((await open(alsoMap)).inspect()).rejects.toMatchObject({ code: "member-ids", message: "1 ids stand in both members and members_dormant." });
      });
    });

    describe("reading", () => {
      it("reads states, flags, 64-bit ids and raw values; nothing of a withdrawn member but id and link", async () => {
        const none = { otherLogin: false, ci: null, phoneVerifiedAt: null, emailVerifiedAt: null, blocked: false };
        expect(await readAll(await open(alsoMap))).toEqual([
          { ...none, place: 0, id: "1", state: "live", protected: false, link: null, phone: "010-2345-6789", email: "a@example.com", name: "김민서", birthdate: "19910203" },
          { ...none, place: 0, id: "2", state: "live", protected: true, link: "9223372036854775807", phone: "01023456780", email: null, name: null, birthdate: null },
          { ...none, place: 0, id: "3", state: "withdrawn", protected: false, link: "7000000000000000003", phone: null, email: null, name: null, birthdate: null },
          { ...none, place: 0, id: "4", state: "notLive", protected: false, link: null, phone: null, email: "d@example.com", name: null, birthdate: null },
          { ...none, place: 0, id: "9007199254740993", state: "notLive", protected: false, link: null, phone: null, email: null, name: null, birthdate: null },
          { ...none, place: 1, id: "101", state: "notLive", protected: false, link: "7000000000000000101", phone: "01011112222", email: null, name: null, birthdate: null },
        ]);
      });

      it("reads every row as live with `where: all`", async () => {
        const rows = await readAll(await open({ ...membersMap, members: { table: "members", id: "id", where: "all" } }));
        expect(rows.map((row) => row.state)).toEqual(["live", "live", "live", "live", "live"]);
      });

      it("finds members by id and leaves missing ones out", async () => {
        const rows = await (await open(alsoMap)).findMembers(0, ["9007199254740993", "5", "01", "2"]);
        expect(rows.map((row) => row.id).toSorted()).toEqual(["2", "9007199254740993"]);
      });

      it("finds holders of any state in any place", async () => {
        const database = await open(alsoMap);
        expect((await database.findHolders("7000000000000000003")).map(({ place, id, state }) => [place, id, state])).toEqual([[0, "3", "withdrawn"]]);
        expect((await database.findHolders("7000000000000000101")).map(({ place, id }) => [place, id])).toEqual([[1, "101"]]);
        expect(await database.findHolders("9223372036854775806")).toEqual([]);
      });

      it("reads last logins, null where unknown", async () => {
        expect(await (await open()).readLastLogins(0, ["1", "2"])).toEqual(new Map([["1", null], ["2", "2026-01-02 03:04:05"]]));
      });
    });

    describe("ids of members", () => {
      it.each(fixture.dialect.idColumns)("$what: read, found, linked and put back", async ({ type, ids }) => {
        await service.run(`CREATE TABLE people (id ${type} PRIMARY KEY, kakao_id VARCHAR(40))`);
        await service.run(`INSERT INTO people (id) VALUES ${ids.map((id) => `('${id}')`).join(", ")}`);
        const database = await open({ ...membersMap, members: { table: "people", id: "id", where: "all" } });
        expect((await database.inspect()).rows).toEqual([ids.length]);
        expect((await readAll(database)).map((row) => row.id).toSorted()).toEqual(ids.toSorted());
        expect((await database.findMembers(0, [...ids, "nobody"])).map((row) => row.id).toSorted()).toEqual(ids.toSorted());
        const changes = ids.map((memberId, at): LinkChange => ({ place: 0, memberId, from: null, to: String(9007199254740993n + BigInt(at)) }));
        const outcomes = await database.writeLinks(changes, openGuards);
        expect(outcomes).toEqual(changes.map(({ to }) => ({ outcome: "written", former: { kakao_id: null }, written: { kakao_id: to } })));
        expect(new Map((await readAll(database)).map((row) => [row.id, row.link]))).toEqual(new Map(changes.map(({ memberId, to }) => [memberId, to])));
        expect(await database.restoreLinks(restoresOf(changes, outcomes))).toEqual(changes.map(() => "restored"));
      });

      it.each(["BIGINT", "VARCHAR(40)"])("%s: thousands of rows come once each, and are written in one batch", async (type) => {
        await service.run(`CREATE TABLE people (id ${type} PRIMARY KEY, kakao_id BIGINT)`);
        const ids = Array.from({ length: 5_001 }, (_, at) => String((at * 7919) % 100_003));
        await service.run(`INSERT INTO people (id) VALUES ${ids.map((id) => `('${id}')`).join(", ")}`);
        const database = await open({ ...membersMap, members: { table: "people", id: "id", where: "all" } });
        expect((await readAll(database)).map((row) => row.id).toSorted()).toEqual(ids.toSorted());
        expect(await database.findMembers(0, ids)).toHaveLength(5_001);
        const changes = ids.map((memberId, at): LinkChange => ({ place: 0, memberId, from: null, to: String(7_000_000_000 + at) }));
        const outcomes = await database.writeLinks(changes, openGuards);
        expect(outcomes.filter((outcome) => outcome.outcome !== "written")).toEqual([]);
        const links = new Map((await readAll(database)).map((row) => [row.id, row.link]));
        expect(changes.filter(({ memberId, to }) => links.get(memberId) !== to)).toEqual([]);
        expect((await database.restoreLinks(restoresOf(changes, outcomes))).filter((outcome) => outcome !== "restored")).toEqual([]);
      });
    });

    describe("kinds of links in a column", () => {
      it.each([
        ["BIGINT", ["NULL", "0", "7000000000000000001"], [null, null, "7000000000000000001"]],
        ["VARCHAR(40)", ["NULL", "'0'", "''", "'7000000000000000001'", "'007'", "'x'"], [null, null, null, "7000000000000000001", "007", "x"]],
      ] as const)("%s: empty ones are linked and put back exactly, others never overwritten", async (type, values, links) => {
        await service.run(`CREATE TABLE people (id BIGINT PRIMARY KEY, kakao_id ${type})`);
        await service.run(`INSERT INTO people VALUES ${values.map((value, at) => `(${at}, ${value})`).join(", ")}`);
        const stored = (): unknown => service.run("SELECT id, kakao_id FROM people ORDER BY id");
        const before = await stored();
        const database = await open({ ...membersMap, members: { table: "people", id: "id", where: "all" } });
        expect((await readAll(database)).map((row) => row.link)).toEqual(links);
        const changes = values.map((_, at): LinkChange => ({ place: 0, memberId: String(at), from: null, to: `922337203685477580${at}` }));
        const outcomes = await database.writeLinks(changes, openGuards);
        expect(outcomes.map((outcome) => (outcome.outcome === "moved" ? outcome.why : null))).toEqual(links.map((link) => (link === null ? null : "link-changed")));
        expect(await database.findHeldIds(["9223372036854775800", "7000000000000000001", "1"])).toEqual(new Set(["9223372036854775800", "7000000000000000001"]));
        expect(await database.restoreLinks(restoresOf(changes, outcomes))).toEqual(links.flatMap((link) => (link === null ? ["restored"] : [])));
        expect(await stored()).toEqual(before);
      });
    });

    describe("looking for ids", () => {
      it("finds held ids in every place, of any state", async () => {
        const held = ["9223372036854775807", "7000000000000000003", "7000000000000000101"];
        expect(await (await open(alsoMap)).findHeldIds([...held, "1", "9223372036854775806"])).toEqual(new Set(held));
        expect(await (await open()).findHeldIds(held)).toEqual(new Set(held.slice(0, 2)));
        expect(await (await open()).findHeldIds([])).toEqual(new Set());
      });

      it("has no dangling links where links are a column", async () => {
        for await (const page of (await open()).readDanglingLinks()) expect(page).toEqual([]);
      });

      it("reads who is signing up just now", async () => {
        await service.run("CREATE TABLE signup_pending (id BIGINT PRIMARY KEY, kakao_id VARCHAR(40))");
        await service.run("INSERT INTO signup_pending VALUES (1, '7000000000000000555'), (2, ''), (3, NULL), (4, '0'), (5, '9223372036854775807')");
        const places = await (await open({ ...membersMap, pending: [{ table: "signup_pending", kakaoId: "kakao_id" }] })).openPending();
        const ids: string[] = [];
        for (const place of places) {
          for await (const page of place.readIds()) ids.push(...page);
          expect(await place.findHeldIds(["7000000000000000555", "1"])).toEqual(new Set(["7000000000000000555"]));
          await place.close();
        }
        expect(ids.toSorted()).toEqual(["7000000000000000555", "9223372036854775807"]);
      });

      it.each([{ table: "signup_pendin", kakaoId: "kakao_id" }, { table: "signup_pending", kakaoId: "kakaoid" }])("names a wrong table or column of those: %o", async (wrong) => {
        await service.run("CREATE TABLE signup_pending (id BIGINT PRIMARY KEY, kakao_id VARCHAR(40))");
        const database = await open({ ...membersMap, pending: [wrong] });
        await expect((async () => database.openPending())()).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/did you mean (signup_pending|kakao_id)\?/) });
      });
    });

    describe("the lock", () => {
      it.runIf(fixture.dialect.locks)("keeps a second run out until it is released", async () => {
        const [one, two] = [await open(), await open()];
        const lock = await one.lock();
        expect([lock.unavailable, await lock.isHeld()]).toEqual([null, true]);
        await expect(two.lock()).rejects.toMatchObject({ exitCode: 3, code: "database-busy" });
        expect(await two.writeLinks([{ place: 0, memberId: "1", from: null, to: "11" }], openGuards)).toMatchObject([{ outcome: "written" }]);
        await lock.release();
        const next = await two.lock();
        expect([next.unavailable, await next.isHeld()]).toEqual([null, true]);
        await next.release();
      });

      it.runIf(fixture.dialect.locks)("goes with its connection", async () => {
        const one = await open();
        await one.lock();
        await one.close();
        opened = opened.filter((database) => database !== one);
        const lock = await (await open()).lock();
        expect(lock.unavailable).toBeNull();
        await lock.release();
      });

      it.skipIf(fixture.dialect.locks)("says why there is none, and lets the run go on", async () => {
        const [one, two] = [await open(), await open()];
        const lock = await one.lock();
        expect([lock.unavailable, await lock.isHeld()]).toEqual([expect.stringMatching(/.{20,}/), true]);
        await (await two.lock()).release();
        await lock.release();
      });
    });

    describe("writing", () => {
      const change = (memberId: string, to: string | null, from: string | null = null): LinkChange => ({ place: 0, memberId, from, to });

      it("writes 19-digit ids and tells what the row held", async () => {
        const outcomes = await (await open()).writeLinks([change("9007199254740993", "9223372036854775806"), change("1", "7000000000000000001")], openGuards);
        expect(outcomes.map((outcome) => outcome.outcome)).toEqual(["written", "written"]);
        expect(await service.run("SELECT id, kakao_id FROM members ORDER BY id")).toEqual([
          [1n, 7000000000000000001n],
          [2n, 9223372036854775807n],
          [3n, 7000000000000000003n],
          [4n, null],
          [9007199254740993n, 9223372036854775806n],
        ]);
      });

      it("replaces a link only from the one it was planned from", async () => {
        const outcomes = await (await open()).writeLinks([change("2", "7000000000000000002", "9223372036854775807"), change("3", "7000000000000000009", "1")], openGuards);
        expect(outcomes).toMatchObject([{ outcome: "written" }, { outcome: "moved", why: "link-changed" }]);
        expect(await service.run("SELECT kakao_id FROM members WHERE id IN (2, 3) ORDER BY id")).toEqual([[7000000000000000002n], [7000000000000000003n]]);
      });

      it("leaves alone who moved since the plan, each with its reason", async () => {
        const database = await open(alsoMap);
        await readAll(database);
        await service.run("DELETE FROM members WHERE id = 4");
        await service.run("UPDATE members SET kakao_id = 7000000000000000001 WHERE id = 1");
        const outcomes = await database.writeLinks(
          [change("4", "11"), change("1", "12"), change("1", "7000000000000000001"), change("9007199254740993", "7000000000000000101")],
          openGuards,
        );
        expect(outcomes).toEqual(["row-gone", "link-changed", "already-linked", "id-held"].map((why) => ({ outcome: "moved", why })));
      });

      it("gives one id to one member and one member one id, also within a batch", async () => {
        const outcomes = await (await open()).writeLinks([change("1", "11"), change("4", "11"), change("1", "12")], openGuards);
        expect(outcomes).toMatchObject([{ outcome: "written" }, { why: "id-held" }, { why: "link-changed" }]);
      });

      it("shows the guard the row as it is now, and obeys it", async () => {
        const database = await open();
        await service.run("UPDATE members SET phone = '01000000000' WHERE id = 1");
        const seen: [number, string | null][] = [];
        const outcomes = await database.writeLinks([change("4", "14"), change("1", "11")], { unchanged: (row, at) => (seen.push([at, row.phone]), at === 0), intend: () => undefined });
        expect(seen).toEqual([[0, null], [1, "01000000000"]]);
        expect(outcomes).toMatchObject([{ outcome: "written" }, { why: "values-changed" }]);
      });

      it("takes a link away and leaves the further columns alone; undo puts it back unless somebody holds the id", async () => {
        const database = await open({ ...membersMap, link: { kind: "column", column: "kakao_id", set: { linked_at: "now" } } });
        const changes = [change("2", null, "9223372036854775807"), change("3", null, "1")];
        const outcomes = await database.writeLinks(changes, openGuards);
        expect(outcomes).toEqual([{ outcome: "written", former: { kakao_id: { int: "9223372036854775807" } }, written: { kakao_id: null } }, { outcome: "moved", why: "link-changed" }]);
        const stored = (): unknown => service.run("SELECT kakao_id, linked_at FROM members WHERE id = 2");
        expect(await stored()).toEqual([[null, "2020-01-01"]]);
        await service.run("UPDATE members SET kakao_id = 9223372036854775807 WHERE id = 4");
        expect(await database.restoreLinks(restoresOf(changes, outcomes))).toEqual(["changed-since"]);
        await service.run("UPDATE members SET kakao_id = NULL WHERE id = 4");
        expect(await database.restoreLinks(restoresOf(changes, outcomes))).toEqual(["restored"]);
        expect(await stored()).toEqual([[9223372036854775807n, "2020-01-01"]]);
      });

      it("asks for the intent once, with all outcomes, before anything is committed; a refusal writes nothing", async () => {
        const intents: (readonly ChangeOutcome[])[] = [];
        const full = new Error("the journal is full");
        const guards = { unchanged: () => true, intend: (outcomes: readonly ChangeOutcome[]) => { intents.push(outcomes); throw full; } };
        await expect((await open()).writeLinks([change("1", "11"), change("4", "14")], guards)).rejects.toBe(full);
        expect(intents).toMatchObject([[{ outcome: "written" }, { outcome: "written" }]]);
        expect(await service.run("SELECT count(*) FROM members WHERE kakao_id IN (11, 14)")).toEqual([[0n]]);
      });

      it("fills further columns: the time in the database's zone, a UUID, a literal", async () => {
        await service.run("ALTER TABLE members ADD COLUMN uuid VARCHAR(40)");
        await service.run("ALTER TABLE members ADD COLUMN source VARCHAR(40)");
        await service.run("ALTER TABLE members ADD COLUMN version INT");
        const set = { linked_at: "now", uuid: "uuid", source: { literal: 7 }, version: { literal: "3" } } as const;
        const changes = [change("1", "11")];
        const outcomes = await (await open({ ...membersMap, link: { kind: "column", column: "kakao_id", set } })).writeLinks(changes, openGuards);
        const [row] = await service.run("SELECT kakao_id, linked_at, uuid, source, version FROM members WHERE id = 1");
        expect(row).toEqual([11n, "2026-11-21 00:30:05", expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/), "7", 3n]);
        expect(outcomes).toMatchObject([{ written: { linked_at: "2026-11-21 00:30:05", source: "7", version: { int: "3" } }, former: { kakao_id: null, linked_at: null, uuid: null } }]);
        expect(await (await open()).restoreLinks(restoresOf(changes, outcomes))).toEqual(["restored"]);
        expect(await service.run("SELECT kakao_id, linked_at, uuid, source, version FROM members WHERE id = 1")).toEqual([[null, null, null, null, null]]);
      });
    });

    describe("a unique index that refuses a row", () => {
      it("stops that row only, and the others are written", async () => {
        await service.run("INSERT INTO members (id, status, phone) VALUES " + Array.from({ length: 50 }, (_, at) => `(${1000 + at}, 'active', 'x')`).join(", "));
        await service.run("CREATE UNIQUE INDEX one_time ON members (linked_at)");
        const database = await open({ ...membersMap, link: { kind: "column", column: "kakao_id", set: { linked_at: { literal: "2020-01-01" } } } });
        const changes = [1000, 1, 1049].map((id): LinkChange => ({ place: 0, memberId: String(id), from: null, to: String(id + 5000) }));
        const intents: (readonly ChangeOutcome[])[] = [];
        const outcomes = await database.writeLinks(changes, { unchanged: () => true, intend: (some) => void intents.push(some) });
        expect(outcomes).toEqual(changes.map(() => ({ outcome: "moved", why: "index-refused" })));
        expect(intents.at(-1)).toEqual(outcomes);
        await service.run("UPDATE members SET linked_at = '2019-01-01' WHERE id = 2");
        const again = await database.writeLinks(changes, openGuards);
        expect(again.map((outcome) => outcome.outcome).toSorted()).toEqual(["moved", "moved", "written"]);
        expect(await service.run("SELECT count(*) FROM members WHERE kakao_id IN (6000, 5001, 6049)")).toEqual([[1n]]);
      });
    });

    describe("restoring", () => {
      const changes: LinkChange[] = ["1", "4", "9007199254740993"].map((memberId, at) => ({ place: 0, memberId, from: null, to: String(11 + at) }));

      it("takes links away only where they still are what was written", async () => {
        const database = await open();
        const restores = restoresOf(changes, await database.writeLinks(changes, openGuards));
        await service.run("UPDATE members SET kakao_id = 99 WHERE id = 1");
        await service.run("DELETE FROM members WHERE id = 4");
        expect(await database.restoreLinks(restores)).toEqual(["changed-since", "row-gone", "restored"]);
        expect(await database.restoreLinks(restores)).toEqual(["changed-since", "row-gone", "already-restored"]);
        expect(await service.run("SELECT id, kakao_id FROM members WHERE id IN (1, 9007199254740993) ORDER BY id")).toEqual([[1n, 99n], [9007199254740993n, null]]);
      });

      it("survives the journal's JSON", async () => {
        const database = await open();
        const restores: LinkRestore[] = JSON.parse(JSON.stringify(restoresOf(changes, await database.writeLinks(changes, openGuards))));
        expect(await database.restoreLinks(restores)).toEqual(["restored", "restored", "restored"]);
      });

      it("does not give a replaced id back while somebody else holds it", async () => {
        const database = await open();
        const relink: LinkChange[] = [{ place: 0, memberId: "2", from: "9223372036854775807", to: "22" }];
        const restores = restoresOf(relink, await database.writeLinks(relink, openGuards));
        await service.run("UPDATE members SET kakao_id = 9223372036854775807 WHERE id = 1");
        expect(await database.restoreLinks(restores)).toEqual(["changed-since"]);
      });
    });
  });
}
