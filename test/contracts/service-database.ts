import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MemberRow } from "../../src/core/member.ts";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { ChangeGuards, ChangeOutcome, LinkChange, LinkRestore, ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";

/** What an engine brings so that the suite can run on it: an empty database of its own, and a second way in. */
export interface EngineFixture {
  readonly engine: string;
  /** A database made with these statements, in SQL that every engine reads. */
  create(statements: readonly string[]): Promise<EngineDatabase>;
}

export interface EngineDatabase {
  readonly url: string;
  /** Runs a statement on a connection of its own, as the service would, and gives its rows. */
  run(sql: string): unknown[][] | Promise<unknown[][]>;
  remove(): void | Promise<void>;
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
        await service.run("DROP INDEX members_kakao_id");
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

      it("keeps a value's control characters apart from the next value", async () => {
        await service.run("UPDATE members SET name = 'a\u001fb' || char(0) || '\u001fc', phone = '\u001f' WHERE id = 1");
        expect((await readAll(await open()))[0]).toMatchObject({ name: "a\u001fb\0\u001fc", phone: "\u001f", birthdate: "19910203", email: "a@example.com" });
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

      it("asks for the intent once, with all outcomes, before anything is written; a refusal writes nothing", async () => {
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
