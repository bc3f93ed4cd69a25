import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { ServiceDatabase } from "../../src/database/service-database.ts";
import { runAlone } from "../contracts/mysql-server.ts";
import { membersMap, membersSql, openGuards, readAll } from "../contracts/service-database.ts";
import { findPrograms, type OwnServer, startOwnServer } from "./mysql-own-server.ts";

const programs = findPrograms();

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

  it("knows a server that takes no writes", async () => {
    await runAlone(server.url, "SET GLOBAL read_only = 1");
    const database = await open(asClerk("127.0.0.1", ""));
    expect(await database.inspect()).toMatchObject({ readOnly: true, replica: false });
    await expect(database.writeLinks([{ place: 0, memberId: "9007199254740993", from: null, to: "19" }], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-read-only" });
    await database.close();
    await runAlone(server.url, "SET GLOBAL read_only = 0");
  });
});
