import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { ServiceDatabase, ServiceDatabaseMap } from "../../src/database/service-database.ts";
import { createMysqlDatabase, runAlone } from "../contracts/mysql-server.ts";
import { membersMap, membersSql, openGuards, readAll } from "../contracts/service-database.ts";
import { findMysql } from "../helpers/servers.ts";
import { findPrograms, type OwnServer, startOwnServer } from "./mysql-own-server.ts";

const programs = findPrograms();
const other = await findMysql();

describe.skipIf("missing" in programs)(`MariaDB: a server of its own${"missing" in programs ? `, skipped: ${programs.missing}` : ""}`, () => {
  let server: OwnServer;

  beforeAll(async () => {
    server = await startOwnServer("paths" in programs ? programs.paths : []);
    await runAlone(server.url, "CREATE DATABASE shop CHARACTER SET utf8mb4");
    await runAlone(server.url, "CREATE USER clerk@localhost IDENTIFIED BY 'p@ss:w/rd#1'");
    await runAlone(server.url, "GRANT ALL ON shop.* TO clerk@localhost");
    for (const statement of membersSql) await runAlone(withUrl((url) => (url.pathname = "/shop")), statement);
  });
  afterAll(async () => {
    await server.remove();
  });

  const withUrl = (edit: (url: URL) => unknown): string => {
    const url = new URL(server.url);
    edit(url);
    return url.href;
  };
  const asClerk = (host: string, search: string): string => withUrl((url) => ([url.username, url.password, url.hostname, url.pathname, url.search] = ["clerk", encodeURIComponent("p@ss:w/rd#1"), host, "/shop", search]));
  const open = (url: string): Promise<ServiceDatabase> => openServiceDatabase({ url, timeZone: "Asia/Seoul", session: {}, map: { ...membersMap, members: { ...membersMap.members, name: { kind: "sql", sql: "(SELECT VARIABLE_VALUE <> '' FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher')" } } }, now: () => new Date() });

  it.each([
    ["127.0.0.1", "", true],
    ["127.0.0.1", "?sslmode=disable", false],
    ["127.0.0.1", "?sslmode=prefer", true],
    ["127.0.0.1", "?sslmode=require", true],
    ["127.0.0.1", "?sslmode=verify-ca&ssl-ca=CA", true],
    ["localhost", "?sslmode=verify-full&ssl-ca=CA", true],
    ["localhost", "?ssl-ca=CA", true],
    ["localhost", "?socket=SOCKET", false],
    ["127.0.0.1", "?ssl-ca=CA", "database-url"],
    ["127.0.0.1", "?sslmode=verify-full", "database-url"],
    ["localhost", "?sslmode=verify-full", "database-certificate"],
    ["localhost", "?sslmode=verify-full&ssl-ca=CA.none", "database-certificate"],
  ])("%s%s", async (host, query, expected) => {
    const opening = open(asClerk(host, query.replace("CA", server.caFile).replace("SOCKET", server.socket)));
    if (typeof expected === "string") {
      await expect(opening).rejects.toMatchObject({ exitCode: 2, code: expected, message: expect.not.stringContaining("p@ss") });
      return;
    }
    const database = await opening;
    expect((await database.findMembers(0, ["1"]))[0]?.name).toBe(expected ? "1" : "0");
    await database.close();
  });

  it("goes on after a restart between two batches; while the server is down the run stops, and the lock is gone", async () => {
    const database = await open(asClerk("127.0.0.1", ""));
    const lock = await database.lock();
    expect(await database.writeLinks([{ place: 0, memberId: "1", from: null, to: "11" }], openGuards)).toMatchObject([{ outcome: "written" }]);
    await server.stop();
    await expect(database.writeLinks([{ place: 0, memberId: "4", from: null, to: "14" }], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-lost", hint: expect.stringContaining("--apply --plan RUN") });
    await server.start();
    expect(await lock.isHeld()).toBe(false);
    expect(await database.writeLinks([{ place: 0, memberId: "4", from: null, to: "14" }], openGuards)).toMatchObject([{ outcome: "written" }]);
    expect((await readAll(database)).filter((row) => row.link === "11" || row.link === "14")).toHaveLength(2);
    await database.close();
  });

  describe.skipIf("missing" in other)("a replica", () => {
    const map: ServiceDatabaseMap = { members: { table: "people", id: "id", where: "all" }, also: [{ table: "sleepers", id: "id" }], pending: [], link: { kind: "column", column: "kakao_id", set: {} } };
    /** On two servers, in databases of different names, as far as their rows are given. */
    const withReplica = async (read: { readonly people: string; readonly sleepers?: string }, work: (database: ServiceDatabase, primary: ServiceDatabase, replica: ServiceDatabase) => Promise<void>): Promise<void> => {
      const statements = (people: string, sleepers: string): string[] => ["CREATE TABLE people (id INT PRIMARY KEY, kakao_id BIGINT UNIQUE)", `INSERT INTO people ${people}`, "CREATE TABLE sleepers (id INT PRIMARY KEY)", `INSERT INTO sleepers ${sleepers}`];
      const services = [await createMysqlDatabase(server.url, statements("SELECT seq, IF(seq = 2, 22, NULL) FROM seq_1_to_10", "SELECT seq FROM seq_100_to_119")), await createMysqlDatabase("url" in other ? other.url : "", statements(read.people, read.sleepers ?? "SELECT seq FROM seq_100_to_119"))];
      const opened: ServiceDatabase[] = [];
      try {
        const [primary = "", replica = ""] = services.map(({ url }) => url);
        const options = { timeZone: "Asia/Seoul", session: {}, map, now: () => new Date() };
        for (const urls of [{ url: primary, readUrl: replica }, { url: primary }, { url: replica }]) opened.push(await openServiceDatabase({ ...options, ...urls }));
        const [both, alone, copy] = opened;
        if (both !== undefined && alone !== undefined && copy !== undefined) await work(both, alone, copy);
      } finally {
        for (const database of opened) await database.close();
        for (const service of services) await service.remove();
      }
    };

    it("is asked for members; last looks, writes and the number of rows are the primary's", () =>
      withReplica({ people: "SELECT seq, NULL FROM seq_1_to_9" }, async (both, primary, replica) => {
        expect(await both.inspect()).toMatchObject({ rows: [10, 20] });
        expect((await readAll(both)).map((row) => row.link)).toEqual(Array.from({ length: 29 }, () => null));
        expect(await both.findHeldIds(["22"])).toEqual(new Set(["22"]));
        expect(await both.writeLinks([{ place: 0, memberId: "1", from: null, to: "11" }, { place: 0, memberId: "2", from: null, to: "12" }], openGuards)).toMatchObject([{ outcome: "written" }, { why: "link-changed" }]);
        expect((await readAll(replica)).filter((row) => row.link !== null)).toEqual([]);
        expect(both.identity).toBe(primary.identity);
        expect(both.identity).not.toBe(replica.identity);
      }));

    it.each([
      [{ people: "SELECT seq, NULL FROM seq_1_to_8" }, "people has 8 rows at database.readUrl and 10 at database.url"],
      [{ people: "SELECT seq, NULL FROM seq_1_to_12" }, "people has 12 rows"],
      [{ people: "SELECT seq, NULL FROM seq_1_to_10", sleepers: "SELECT seq FROM seq_100_to_116" }, "sleepers has 17 rows"],
    ])("that differs by more than a tenth is refused: %o", (read, told) =>
      withReplica(read, async (both) => {
        await expect(both.inspect()).rejects.toMatchObject({ exitCode: 2, code: "replica-differs", message: expect.stringContaining(told) });
      }));
  });

  it("knows a server that takes no writes", async () => {
    await runAlone(server.url, "SET GLOBAL read_only = 1");
    const database = await open(asClerk("127.0.0.1", ""));
    expect(await database.inspect()).toMatchObject({ readOnly: true, replica: false });
    await expect(database.writeLinks([{ place: 0, memberId: "9007199254740993", from: null, to: "19" }], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-read-only" });
    await database.close();
    await runAlone(server.url, "SET GLOBAL read_only = 0");
  });
});
