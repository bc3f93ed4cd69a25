import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { LinkChange, LinkRestore, LinkTable, ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";
import { type EngineDatabase, type EngineFixture, openGuards, readAll, restoresOf } from "./service-database.ts";

const everywhere: LinkTable = { kind: "table", table: "social_accounts", memberId: "member_id", kakaoId: "provider_user_id", fixed: { provider: "kakao" }, set: { created_at: "now", uuid: "uuid" } };
const link: LinkTable = { ...everywhere, where: "deleted_at IS NULL" };
const members = { table: "members", id: "id", where: "status = 'active'", withdrawn: "status = 'left'" };
const map: ServiceDatabaseMap = { members, also: [{ table: "members_dormant", id: "id" }], pending: [], link };
const withLink = (changes: Partial<LinkTable>): ServiceDatabaseMap => ({ ...map, link: { ...link, ...changes } });

/** Member ids are numbers there and text in the link table, as where one table serves several kinds of accounts. */
const schema = (numbered: string): string[] => [
  "CREATE TABLE members (id BIGINT PRIMARY KEY, status VARCHAR(10))",
  "INSERT INTO members VALUES (1, 'active'), (2, 'active'), (3, 'left'), (4, 'active'), (5, 'active'), (6, 'active'), (7, 'dormant'), (8, 'active')",
  "CREATE TABLE members_dormant (id BIGINT PRIMARY KEY, note VARCHAR(10))",
  "INSERT INTO members_dormant VALUES (101, NULL), (102, NULL)",
  `CREATE TABLE social_accounts (id ${numbered}, provider VARCHAR(20) NOT NULL, member_id VARCHAR(40), provider_user_id VARCHAR(40), created_at VARCHAR(30), uuid VARCHAR(40), deleted_at VARCHAR(30), note VARCHAR(20) DEFAULT 'new')`,
  "INSERT INTO social_accounts (id, provider, member_id, provider_user_id, created_at, uuid, deleted_at) VALUES " +
    [
      "(1, 'kakao', '1', '7000000000000000001', '2020-01-01', 'u1', NULL)",
      "(2, 'kakao', '2', '7000000000000000022', NULL, NULL, NULL)",
      "(3, 'kakao', '2', '900', NULL, NULL, NULL)",
      "(4, 'naver', '1', '8000000000000000001', NULL, NULL, NULL)",
      "(5, 'kakao', '4', '7000000000000000004', NULL, NULL, '2021-01-01')",
      "(6, 'kakao', '5', '', NULL, 'u6', NULL)",
      "(7, 'kakao', '6', NULL, '2020-06-06', NULL, NULL)",
      "(8, 'kakao', '7', '0', NULL, NULL, NULL)",
      "(9, 'kakao', '999', '7000000000000000999', NULL, NULL, NULL)",
      "(10, 'kakao', '01', 'oops', NULL, NULL, NULL)",
      "(11, 'kakao', '101', '7000000000000000101', NULL, NULL, NULL)",
      "(12, 'kakao', '3', 'broken', NULL, NULL, NULL)",
      "(13, 'kakao', '998', '', NULL, NULL, NULL)",
      "(14, 'kakao', NULL, '7000000000000000998', NULL, NULL, NULL)",
    ].join(", "),
];
const columns = "id, provider, member_id, provider_user_id, created_at, uuid, deleted_at, note";
const change = (memberId: string, to: string | null, from: string | null = null, place = 0): LinkChange => ({ place, memberId, from, to });
const first = "7000000000000000001";

/** Links in a table of their own, as every engine owes them (product.md sections 2, 4 and 6). */
export function describeLinkTables(fixture: EngineFixture): void {
  describe(`${fixture.engine}: links in a table of their own`, () => {
    let service: EngineDatabase;
    let opened: ServiceDatabase[] = [];
    const open = async (opening: ServiceDatabaseMap = map): Promise<ServiceDatabase> => {
      const database = await openServiceDatabase({ url: service.url, session: {}, timeZone: "Asia/Seoul", map: opening, now: () => new Date("2026-11-20T15:30:05Z") });
      opened.push(database);
      return database;
    };
    const stored = async (condition = "1 = 1"): Promise<unknown[][]> => service.run(`SELECT ${columns} FROM social_accounts WHERE ${condition} ORDER BY id`);
    const linksOf = async (database: ServiceDatabase): Promise<Record<string, unknown>> => Object.fromEntries((await readAll(database)).map((row) => [row.id, row.furtherLinks === undefined ? row.link : [row.link, ...row.furtherLinks]]));
    const close = async (): Promise<void> => {
      for (const database of opened) await database.close();
      opened = [];
      await service.remove();
    };

    beforeEach(async () => {
      service = await fixture.create(schema(fixture.dialect.numbered));
    });
    afterEach(close);

    describe("reading", () => {
      const links = { "1": first, "2": ["900", "7000000000000000022"], "3": "broken", "4": null, "5": null, "6": null, "7": null, "8": null, "101": "7000000000000000101", "102": null };

      it("gives each member its counted, non-empty links, several in numeric order", async () => {
        expect(await linksOf(await open())).toEqual(links);
      });

      it("finds members and holders with their links", async () => {
        const database = await open();
        expect(await database.findMembers(0, ["2", "1", "77"])).toMatchObject([{ id: "1", link: first }, { id: "2", link: "900", furtherLinks: ["7000000000000000022"] }]);
        expect(await database.findHolders("7000000000000000022")).toMatchObject([{ place: 0, id: "2", link: "900" }]);
        expect(await database.findHolders("7000000000000000101")).toMatchObject([{ place: 1, id: "101" }]);
        for (const nobody of ["7000000000000000004", "7000000000000000999", "8000000000000000001"]) expect(await database.findHolders(nobody)).toEqual([]);
      });

      it("counts rows by fixed values and where: null stands for NULL", async () => {
        expect(await linksOf(await open({ ...map, link: { ...everywhere, fixed: { provider: "naver" } } }))).toMatchObject({ "1": "8000000000000000001", "2": null, "4": null });
        expect(await linksOf(await open({ ...map, link: { ...everywhere, fixed: { provider: "kakao", deleted_at: null } } }))).toEqual(links);
        expect(await linksOf(await open({ ...map, link: everywhere }))).toMatchObject({ "4": "7000000000000000004" });
        expect(await linksOf(await open(withLink({ where: "deleted_at IS NOT NULL OR provider = 'x' -- those that went" })))).toMatchObject({ "1": null, "4": "7000000000000000004" });
      });

      it("lists rows whose member is in no configured table", async () => {
        const rows: unknown[] = [];
        for await (const page of (await open()).readDanglingLinks()) rows.push(...page);
        expect(rows).toEqual([{ memberId: "999", kakaoId: "7000000000000000999" }, { memberId: "01", kakaoId: "oops" }, { memberId: "", kakaoId: "7000000000000000998" }]);
      });

      it("knows an id of any row as held, whether it counts or not", async () => {
        const held = ["7000000000000000004", "7000000000000000999", "8000000000000000001", "7000000000000000101", "900"];
        expect(await (await open()).findHeldIds([...held, "1", "9223372036854775807"])).toEqual(new Set(held));
        const counted = await (await open()).findHeldIds(held, "counted");
        expect(held.filter((id) => !counted.has(id))).toEqual(["7000000000000000004", "8000000000000000001"]);
      });

      it("pages through thousands of members, links and dangling links once each", async () => {
        const numbers = Array.from({ length: 4_100 }, (_, at) => 10_001 + at);
        await service.run(`INSERT INTO members VALUES ${numbers.map((id) => `(${id}, 'active')`).join(", ")}`);
        await service.run(`INSERT INTO social_accounts (provider, member_id, provider_user_id) VALUES ${numbers.map((id) => `('kakao', '${id}', '${id}9')`).join(", ")}`);
        await service.run(`INSERT INTO social_accounts (provider, member_id, provider_user_id) VALUES ${numbers.map((id) => `('kakao', 'gone${id}', '${id}8')`).join(", ")}`);
        const database = await open();
        const found = await linksOf(database);
        expect(numbers.filter((id) => found[String(id)] !== `${id}9`)).toEqual([]);
        expect(Object.keys(found)).toHaveLength(4_110);
        const dangling: string[] = [];
        for await (const page of database.readDanglingLinks()) dangling.push(...page.map((row) => row.memberId));
        expect([dangling.length, new Set(dangling).size]).toEqual([4_103, 4_103]);
      });
    });

    describe("writing", () => {
      it("adds a row for a member without one, and tells the whole row as it is stored", async () => {
        const [outcome, other] = await (await open()).writeLinks([change("4", "11"), change("102", "12", null, 1)], openGuards);
        const [row, rowOther] = await stored("provider_user_id IN ('11', '12')");
        expect(row).toEqual([expect.any(BigInt), "kakao", "4", "11", "2026-11-21 00:30:05", expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/), null, "new"]);
        expect(rowOther?.slice(1, 4)).toEqual(["kakao", "102", "12"]);
        expect(outcome).toEqual({ outcome: "written", former: null, written: { id: { int: String(row?.[0]) }, provider: "kakao", member_id: "4", provider_user_id: "11", created_at: "2026-11-21 00:30:05", uuid: row?.[5], deleted_at: null, note: "new" } });
        expect(other).toMatchObject({ outcome: "written", former: null });
      });

      it("fills a counted row whose link is empty, whatever empties it; further columns only where they are NULL", async () => {
        const outcomes = await (await open()).writeLinks([change("5", "15"), change("6", "16"), change("7", "17")], openGuards);
        expect(outcomes).toMatchObject([{ former: { provider_user_id: "" } }, { former: { provider_user_id: null } }, { former: { provider_user_id: "0" } }]);
        expect(await stored("id IN (6, 7, 8) OR id > 14")).toEqual([
          [6n, "kakao", "5", "15", "2026-11-21 00:30:05", "u6", null, "new"],
          [7n, "kakao", "6", "16", "2020-06-06", expect.any(String), null, "new"],
          [8n, "kakao", "7", "17", "2026-11-21 00:30:05", expect.any(String), null, "new"],
        ]);
      });

      it("replaces a link in the row that holds it", async () => {
        const outcomes = await (await open()).writeLinks([change("1", "11", first)], openGuards);
        expect(outcomes).toMatchObject([{ former: { id: { int: "1" }, provider_user_id: first, note: "new" }, written: { id: { int: "1" }, provider_user_id: "11", uuid: "u1" } }]);
        expect(await stored("member_id = '1'")).toEqual([[1n, "kakao", "1", "11", "2020-01-01", "u1", null, "new"], [4n, "naver", "1", "8000000000000000001", null, null, null, "new"]]);
      });

      it("takes a link away with its row, and keeps the row's former values", async () => {
        const database = await open();
        expect(await database.writeLinks([change("1", null, first)], openGuards)).toEqual([
          { outcome: "written", written: null, former: { id: { int: "1" }, provider: "kakao", member_id: "1", provider_user_id: first, created_at: "2020-01-01", uuid: "u1", deleted_at: null, note: "new" } },
        ]);
        expect((await stored("member_id = '1'")).map(([id]) => id)).toEqual([4n]);
        expect(await linksOf(database)).toMatchObject({ "1": null });
      });

      it("takes a link away softly where `cleared` says how", async () => {
        const database = await open(withLink({ cleared: { deleted_at: "now", note: { literal: "unlinked" } } }));
        expect(await database.writeLinks([change("1", null, first)], openGuards)).toMatchObject([{ former: { deleted_at: null, note: "new" }, written: { provider_user_id: first, deleted_at: "2026-11-21 00:30:05", note: "unlinked" } }]);
        expect(await stored("id = 1")).toEqual([[1n, "kakao", "1", first, "2020-01-01", "u1", "2026-11-21 00:30:05", "unlinked"]]);
        expect(await linksOf(database)).toMatchObject({ "1": null });
      });

      it("leaves alone what is not as planned, each with its reason", async () => {
        const before = await stored();
        const changes = [
          change("2", "11", "900"), change("2", "11"), change("1", "11"), change("3", "11"), change("3", null, "broken1"), change("1", first), change("77", "11"),
          ...["7000000000000000004", "7000000000000000999", "8000000000000000001", "7000000000000000101"].map((id) => change("4", id)),
        ];
        const whys = ["link-changed", "link-changed", "link-changed", "link-changed", "link-changed", "already-linked", "row-gone", "id-held", "id-held", "id-held", "id-held"];
        expect(await (await open()).writeLinks(changes, openGuards)).toEqual(whys.map((why) => ({ outcome: "moved", why })));
        expect(await stored()).toEqual(before);
      });

      it("gives one id to one member and one member one id, also within a batch", async () => {
        expect(await (await open()).writeLinks([change("4", "11"), change("8", "11"), change("4", "12"), change("5", "13"), change("5", "14")], openGuards)).toMatchObject([
          { outcome: "written" }, { why: "id-held" }, { why: "link-changed" }, { outcome: "written" }, { why: "link-changed" },
        ]);
      });

      it("shows the guard the member with its link as it is now, and obeys it", async () => {
        const seen: unknown[] = [];
        const outcomes = await (await open()).writeLinks([change("1", "11", first), change("4", "12")], { unchanged: (row, at) => (seen.push([at, row.id, row.link]), at === 1), intend: () => undefined });
        expect(seen).toEqual([[0, "1", first], [1, "4", null]]);
        expect(outcomes).toMatchObject([{ why: "values-changed" }, { outcome: "written" }]);
      });

      it("hands the intent the rows as they will be stored; a refusal leaves nothing", async () => {
        const before = await stored();
        const full = new Error("the journal is full");
        const intents: unknown[] = [];
        const guards = { unchanged: () => true, intend: (outcomes: unknown) => { intents.push(outcomes); throw full; } };
        await expect((await open()).writeLinks([change("4", "11"), change("1", null, first), change("5", "15")], guards)).rejects.toBe(full);
        expect(intents).toMatchObject([[{ written: { id: { int: expect.any(String) }, note: "new" } }, { written: null }, { written: { provider_user_id: "15" } }]]);
        expect(await stored()).toEqual(before);
      });

      it("goes on where a unique index refuses one row, and names it", async () => {
        await service.run("DELETE FROM social_accounts WHERE id = 3");
        await service.run("CREATE UNIQUE INDEX one_row ON social_accounts (provider, member_id)");
        await service.run(`INSERT INTO members VALUES ${Array.from({ length: 30 }, (_, at) => `(${500 + at}, 'active')`).join(", ")}`);
        const changes = [change("4", "11"), ...Array.from({ length: 30 }, (_, at) => change(String(500 + at), String(600 + at)))];
        const outcomes = await (await open()).writeLinks(changes, openGuards);
        expect(outcomes[0]).toEqual({ outcome: "moved", why: "index-refused" });
        expect(outcomes.filter((outcome) => outcome.outcome === "written")).toHaveLength(30);
        expect((await stored("member_id = '4'")).map(([id]) => id)).toEqual([5n]);
      });

      it("refuses to leave a row behind that does not count as the link it was to be", async () => {
        const before = await stored();
        await expect((await open(withLink({ where: "note = 'verified'" }))).writeLinks([change("4", "11")], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-not-as-written" });
        expect(await stored()).toEqual(before);
      });
    });

    describe("restoring", () => {
      const changes = [change("4", "11"), change("5", "15"), change("6", "16"), change("7", "17"), change("1", "12", first), change("101", null, "7000000000000000101", 1)];
      const survive = (restores: LinkRestore[]): LinkRestore[] => JSON.parse(JSON.stringify(restores));

      it("puts every row back exactly, through the journal's JSON", async () => {
        for (const cleared of [undefined, { deleted_at: "now" as const }]) {
          const before = await stored();
          const database = await open(cleared === undefined ? map : withLink({ cleared }));
          const restores = survive(restoresOf(changes, await database.writeLinks(changes, openGuards)));
          expect(restores).toHaveLength(6);
          expect(await database.restoreLinks(restores)).toEqual(changes.map(() => "restored"));
          expect(await stored()).toEqual(before);
          expect(await database.restoreLinks(restores)).toEqual(changes.map(() => "already-restored"));
        }
      });

      it("leaves alone every row that the service has written into since", async () => {
        const database = await open();
        const restores = restoresOf(changes, await database.writeLinks(changes, openGuards));
        await service.run("UPDATE social_accounts SET note = 'seen' WHERE provider_user_id IN ('11', '12')");
        await service.run("UPDATE social_accounts SET deleted_at = '2026-11-21' WHERE provider_user_id = '15'");
        await service.run("DELETE FROM social_accounts WHERE provider_user_id = '16'");
        await service.run("INSERT INTO social_accounts (provider, member_id, provider_user_id) VALUES ('kakao', '101', '55')");
        const before = await stored();
        const expected = ["changed-since", "changed-since", "row-gone", "restored", "changed-since", "changed-since"];
        expect(await database.restoreLinks(restores)).toEqual(expected);
        expect((await stored()).filter((row) => row[0] !== 8n)).toEqual(before.filter((row) => row[0] !== 8n));
      });

      it("does not give an id back that somebody else holds by now, nor to a member who is gone", async () => {
        const database = await open();
        const some = [change("1", null, first), change("101", null, "7000000000000000101", 1)];
        const restores = restoresOf(some, await database.writeLinks(some, openGuards));
        await service.run(`INSERT INTO social_accounts (provider, member_id, provider_user_id, deleted_at) VALUES ('kakao', '8', '${first}', '2026-11-21')`);
        await service.run("DELETE FROM members_dormant WHERE id = 101");
        expect(await database.restoreLinks(restores)).toEqual(["changed-since", "row-gone"]);
        await service.run("DELETE FROM social_accounts WHERE member_id = '8'");
        expect(await database.restoreLinks(restores)).toEqual(["restored", "row-gone"]);
      });

      it("has nothing to do where the service removed a row that the run had added", async () => {
        const database = await open();
        const restores = restoresOf([change("4", "11")], await database.writeLinks([change("4", "11")], openGuards));
        await service.run("DELETE FROM social_accounts WHERE provider_user_id = '11'");
        expect(await database.restoreLinks(restores)).toEqual(["already-restored"]);
      });
    });

    describe("whatever stands in the table", () => {
      it.each(Array.from({ length: 12 }, (_, seed) => seed))("outcomes are those of the rules, other rows stay, and undo brings everything back (%i)", async (seed) => {
        const draw = drawFrom(seed);
        await service.run("DELETE FROM social_accounts");
        const ids = Array.from({ length: 7 }, (_, at) => `'700000000000000000${at}'`);
        // Apply asks for unique indexes: an id counts in one row at most. Rows that do not count may hold it as well.
        const free = [...ids];
        const rows = Array.from({ length: 6 + draw(10) }, (_, at) => {
          const [provider, deleted] = [draw(4) === 0 ? "'naver'" : "'kakao'", draw(4) === 0 ? "'2020-01-01'" : "NULL"];
          const counted = provider === "'kakao'" && deleted === "NULL";
          const id = counted ? (free.splice(draw(free.length), 1)[0] ?? "''") : ids[draw(ids.length)];
          return `(${at + 1}, ${provider}, ${draw(12) === 0 ? "NULL" : `'${1 + draw(9)}'`}, ${draw(3) === 0 ? ["''", "NULL", "'0'", "'bad'"][draw(4)] : id}, ${deleted}, 'n${at}')`;
        });
        await service.run(`INSERT INTO social_accounts (id, provider, member_id, provider_user_id, deleted_at, note) VALUES ${rows.join(", ")}`);
        const before = await stored();
        const wanted = Array.from({ length: 10 }, () => {
          const memberId = String(1 + draw(9));
          const [first = null] = countedLinks(before, memberId);
          const link = first === "bad" ? null : first;
          return change(memberId, draw(4) === 0 ? null : `700000000000000000${draw(9)}`, draw(5) === 0 ? "7000000000000000099" : link);
        });
        const database = await open(draw(2) === 0 ? map : withLink({ cleared: { deleted_at: "now" } }));
        const outcomes = await database.writeLinks(wanted, openGuards);
        expect(outcomes.map((outcome) => (outcome.outcome === "moved" ? outcome.why : outcome.outcome))).toEqual(expectOutcomes(before, wanted));
        const written = new Map(wanted.flatMap((one, at) => (outcomes[at]?.outcome === "written" ? [[one.memberId, one.to] as const] : [])));
        const after = await stored();
        for (const [memberId, to] of written) expect(countedLinks(after, memberId)).toEqual(to === null ? [] : [to]);
        const others = (all: readonly unknown[][]): unknown[][] => all.filter((row) => !written.has(String(row[2])));
        expect(others(after)).toEqual(others(before));
        const restores = restoresOf(wanted, outcomes);
        // An id that another row holds, too, is given back to nobody.
        const twice = new Set(before.map((row) => row[3]).filter((link, at, all) => isNonEmpty(link) && all.indexOf(link) !== at));
        const left = new Set(wanted.flatMap(({ memberId, from }, at) => (outcomes[at]?.outcome === "written" && twice.has(from) ? [memberId] : [])));
        expect(await database.restoreLinks(restores)).toEqual(restores.map(({ memberId }) => (left.has(memberId) ? "changed-since" : "restored")));
        const untouched = (all: readonly unknown[][]): unknown[][] => all.filter((row) => !left.has(String(row[2])));
        expect(untouched(await stored())).toEqual(untouched(before));
      });
    });

    describe("with ids as integers in the link table", () => {
      it("reads, fills, writes and restores NULL and 0", async () => {
        await service.run(`CREATE TABLE kakao_links (member BIGINT PRIMARY KEY, kakao BIGINT, linked_at VARCHAR(30))`);
        await service.run("INSERT INTO kakao_links VALUES (1, 9223372036854775807, NULL), (2, NULL, NULL), (4, 0, NULL), (999, 77, NULL)");
        const integers: ServiceDatabaseMap = { ...map, link: { kind: "table", table: "kakao_links", memberId: "member", kakaoId: "kakao", fixed: {}, set: { linked_at: "now" } } };
        const all = (): unknown => service.run("SELECT member, kakao, linked_at FROM kakao_links ORDER BY member");
        const before = await all();
        const database = await open(integers);
        expect(await linksOf(database)).toMatchObject({ "1": "9223372036854775807", "2": null, "4": null, "5": null });
        const some = [change("2", "9223372036854775806"), change("4", "14"), change("5", "15"), change("6", "77"), change("1", "9223372036854775805", "9223372036854775807")];
        const outcomes = await database.writeLinks(some, openGuards);
        expect(outcomes).toMatchObject([{ former: { kakao: null } }, { former: { kakao: { int: "0" } } }, { former: null }, { why: "id-held" }, { written: { kakao: { int: "9223372036854775805" } } }]);
        expect(await all()).toEqual([[1n, 9223372036854775805n, expect.any(String)], [2n, 9223372036854775806n, "2026-11-21 00:30:05"], [4n, 14n, expect.any(String)], [5n, 15n, expect.any(String)], [999n, 77n, null]]);
        expect(await database.restoreLinks(restoresOf(some, outcomes))).toEqual(["restored", "restored", "restored", "restored"]);
        expect(await all()).toEqual(before);
      });
    });

    describe("with text ids of members", () => {
      it.each(["shop1:0001", "3f2b8a52-9a59-4f4e-8d15-0d5c3a8b1a01"])("links %s", async (id) => {
        await service.run("CREATE TABLE customers (id VARCHAR(40) PRIMARY KEY)");
        await service.run(`INSERT INTO customers VALUES ('${id}'), ('x'), ('0001')`);
        const database = await open({ ...map, members: { table: "customers", id: "id", where: "all" }, also: [] });
        const outcomes = await database.writeLinks([change(id, "11")], openGuards);
        expect(outcomes).toMatchObject([{ written: { member_id: id, provider_user_id: "11" } }]);
        expect(await linksOf(database)).toEqual({ [id]: "11", x: null, "0001": null });
        expect(await database.restoreLinks(restoresOf([change(id, "11")], outcomes))).toEqual(["restored"]);
      });
    });

    describe("inspect", () => {
      it("names wrong tables and columns with the nearest name, and a condition that is none", async () => {
        await expect((await open(withLink({ table: "social_acounts" }))).inspect()).rejects.toMatchObject({ exitCode: 2, message: "There is no table social_acounts; did you mean social_accounts?" });
        await expect((await open(withLink({ memberId: "memberid", fixed: { provder: "kakao" }, set: { createdat: "now" }, cleared: { deletedat: "now" } }))).inspect()).rejects.toMatchObject({
          exitCode: 2,
          message: ["memberid; did you mean member_id?", "provder; did you mean provider?", "createdat; did you mean created_at?", "deletedat; did you mean deleted_at?"].map((text) => `social_accounts has no column ${text}`).join("\n"),
        });
        await expect((await open(withLink({ where: "deletedd IS NULL" }))).inspect()).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/^link\.where .*deletedd/) });
      });

      it("gives the statements for missing unique indexes on the id and on the member, and they work", async () => {
        await service.run("DELETE FROM social_accounts WHERE id IN (3, 5, 13)");
        const { missingUniqueIndexes: missing } = await (await open()).inspect();
        expect(missing.map(({ place }) => place)).toEqual([null, null]);
        for (const { sql } of missing) for (const statement of sql.split(";\n")) await service.run(statement);
        expect((await (await open()).inspect()).missingUniqueIndexes).toEqual([]);
      });

      it.each([
        ["provider_user_id", "member_id", 0],
        ["provider, provider_user_id", "member_id, provider", 0],
        ["provider, provider_user_id", "member_id, provider_user_id", 1],
        ["provider_user_id, deleted_at", "member_id, note", 2],
      ])("unique over (%s) and (%s): %i missing", async (one, two, missing) => {
        await service.run("DELETE FROM social_accounts WHERE id IN (3, 4, 13)");
        await service.run(`CREATE UNIQUE INDEX one ON social_accounts (${one})`);
        await service.run(`CREATE UNIQUE INDEX two ON social_accounts (${two})`);
        expect((await (await open()).inspect()).missingUniqueIndexes).toHaveLength(missing);
      });

      it("does not take an index over a column that is NULL in every link for one that keeps ids apart", async () => {
        await service.run("CREATE UNIQUE INDEX one ON social_accounts (provider_user_id, deleted_at)");
        expect((await (await open({ ...map, link: { ...everywhere, fixed: { deleted_at: null } } })).inspect()).missingUniqueIndexes).toHaveLength(2);
      });

      it("names the columns that a new row must have and nobody fills", async () => {
        await service.run("CREATE TABLE strict_links (provider VARCHAR(20) NOT NULL, member_id BIGINT NOT NULL PRIMARY KEY, kakao_id BIGINT NOT NULL, kind INT NOT NULL, source VARCHAR(20) NOT NULL, added VARCHAR(30) NOT NULL, state VARCHAR(10) NOT NULL DEFAULT 'on', note VARCHAR(10))");
        const table: LinkTable = { kind: "table", table: "strict_links", memberId: "member_id", kakaoId: "kakao_id", fixed: { provider: "kakao" }, set: { added: "now" } };
        expect((await (await open({ ...map, link: table })).inspect()).unfilledColumns).toEqual(["kind", "source"]);
      });
    });
  });
}

/** A generator of numbers below a bound that gives the same ones every time. */
function drawFrom(seed: number): (below: number) => number {
  let state = (seed + 1) * 2_654_435_761;
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state >>> 8) & 0xffff) % Math.max(1, below);
  };
}

function isNonEmpty(link: unknown): boolean {
  return link !== null && link !== "" && link !== "0";
}

/** The counted links of a member among rows of the link table. */
function countedLinks(rows: readonly unknown[][], memberId: string): string[] {
  return rows.flatMap(([, provider, member, link, , , deleted]) => (provider === "kakao" && deleted === null && member === memberId && isNonEmpty(link) ? [String(link)] : []));
}

/** The rules of product.md section 6 (Apply), said once more in the plainest way. */
function expectOutcomes(rows: readonly unknown[][], changes: readonly LinkChange[]): string[] {
  const held = new Set(rows.map((row) => row[3]).filter(isNonEmpty).map(String));
  const written = new Set<string>();
  return changes.map(({ memberId, from, to }) => {
    const links = countedLinks(rows, memberId);
    if (Number(memberId) > 8) return "row-gone";
    if (written.has(memberId) || links.length > 1) return "link-changed";
    if ((links[0] ?? null) === to) return "already-linked";
    if ((links[0] ?? null) !== from) return "link-changed";
    if (to !== null && held.has(to)) return "id-held";
    written.add(memberId);
    if (to !== null) held.add(to);
    return "written";
  });
}
