import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServiceDatabase, type ServiceDatabaseOptions } from "../../src/database/open.ts";
import type { ServiceDatabase } from "../../src/database/service-database.ts";
import { membersMap, membersSql, openGuards, readAll } from "../contracts/service-database.ts";
import { findPostgres } from "../helpers/servers.ts";
import { findPrograms, type OwnServer, startOwnServer } from "./postgres-own-server.ts";

const programs = findPrograms();
const shared = await findPostgres();

describe.skipIf("missing" in programs)(`PostgreSQL: a server of its own${"missing" in programs ? `, skipped: ${programs.missing}` : ""}`, () => {
  let server: OwnServer;
  let standby: OwnServer | undefined;

  beforeAll(async () => {
    server = await startOwnServer("folder" in programs ? programs.folder : "");
    await change(server.url, membersSql.join("; "));
  });
  afterAll(async () => {
    await standby?.remove();
    await server.remove();
  });

  const open = (url: string, changes: Partial<ServiceDatabaseOptions> = {}): Promise<ServiceDatabase> => openServiceDatabase({ url, timeZone: "Asia/Seoul", session: {}, map: membersMap, now: () => new Date(), ...changes });
  const withUrl = (edit: (url: URL) => void): string => {
    const url = new URL(server.url);
    edit(url);
    return url.href;
  };

  it("refuses a wrong or missing password, and shows neither", async () => {
    for (const wrong of ["hunter2", ""]) {
      await expect(open(withUrl((url) => (url.password = wrong)))).rejects.toMatchObject({ exitCode: 2, code: "database-login", message: expect.not.stringMatching(/hunter2|p@ss/), hint: expect.not.stringMatching(/hunter2|p@ss/) });
    }
  });

  it.each([
    ["127.0.0.1", "", true],
    ["127.0.0.1", "?sslmode=disable", false],
    ["127.0.0.1", "?sslmode=prefer", true],
    ["127.0.0.1", "?sslmode=require", true],
    ["127.0.0.1", "?sslmode=verify-ca&sslrootcert=CA", true],
    ["127.0.0.1", "?sslmode=require&ssl-ca=CA", true],
    ["localhost", "?sslmode=verify-full&sslrootcert=CA", true],
    ["localhost", "?sslrootcert=CA", true],
    ["127.0.0.1", "?sslmode=verify-full&sslrootcert=CA", "database-certificate"],
    ["localhost", "?sslmode=verify-full", "database-certificate"],
    ["localhost", "?sslmode=verify-full&sslrootcert=OTHER", "database-certificate"],
    ["localhost", "?sslmode=verify-full&sslrootcert=NONE", "database-certificate"],
    ["127.0.0.1", "?sslmode=verify-ca", "database-url"],
    ["127.0.0.1", "?sslmode=disable&sslrootcert=CA", "database-url"],
    ["127.0.0.1", "?sslmode=required", "database-url"],
  ])("%s%s", async (host, query, expected) => {
    const files = query.replace("CA", server.caFile).replace("OTHER", `${server.folder}/server.crt`).replace("NONE", `${server.folder}/none.crt`);
    const opening = open(withUrl((url) => ((url.hostname = host), (url.search = files))), { map: { ...membersMap, members: { ...membersMap.members, name: { kind: "sql", sql: "(SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid())" } } } });
    if (typeof expected === "string") {
      await expect(opening).rejects.toMatchObject({ exitCode: 2, code: expected, message: expect.not.stringContaining("p@ss") });
      return;
    }
    const database = await opening;
    expect((await database.findMembers(0, ["1"]))[0]?.name).toBe(String(expected));
    await database.close();
  });

  it.skipIf("missing" in shared)("says that a server without TLS offers none", async () => {
    const url = new URL("url" in shared ? shared.url : "");
    url.search = "?sslmode=require";
    const probe = new pg.Client({ connectionString: "url" in shared ? shared.url : "" });
    await probe.connect();
    const { rows } = await probe.query<{ ssl: string }>("SHOW ssl");
    await probe.end();
    const opening = open(url.href).then((database) => database.close());
    if (rows[0]?.ssl === "off") await expect(opening).rejects.toMatchObject({ exitCode: 2, code: "database-tls" });
    else await opening;
  });

  it("connects through a Unix socket", async () => {
    const database = await open(withUrl((url) => (url.search = `?host=${encodeURIComponent(server.folder)}`)));
    expect(await readAll(database)).toHaveLength(5);
    await database.close();
  });

  it("goes on after a restart between two batches; while the server is down the run stops and can be resumed", async () => {
    const database = await open(server.url);
    expect(await database.writeLinks([{ place: 0, memberId: "1", from: null, to: "11" }], openGuards)).toMatchObject([{ outcome: "written" }]);
    await server.stop();
    await expect(database.writeLinks([{ place: 0, memberId: "4", from: null, to: "14" }], openGuards)).rejects.toMatchObject({ exitCode: 4, code: "database-lost", hint: expect.stringContaining("--apply --plan RUN") });
    await server.start();
    expect(await database.writeLinks([{ place: 0, memberId: "4", from: null, to: "14" }], openGuards)).toMatchObject([{ outcome: "written" }]);
    expect((await readAll(database)).filter((row) => row.link === "11" || row.link === "14")).toHaveLength(2);
    await database.close();
  });

  it("knows a standby: the same identity, read for a plan, refused for writing", async () => {
    standby = await server.copy();
    const [primary, replica] = [await open(server.url), await open(standby.url)];
    expect(replica.identity).toBe(primary.identity);
    expect(await replica.inspect()).toMatchObject({ replica: true, readOnly: true });
    expect(await readAll(replica)).toHaveLength(5);
    await expect(replica.writeLinks([{ place: 0, memberId: "9007199254740993", from: null, to: "19" }], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "database-read-only" });
    const both = await open(server.url, { readUrl: standby.url });
    expect(await both.inspect()).toMatchObject({ replica: false, readOnly: false, rows: [5] });
    expect(await both.writeLinks([{ place: 0, memberId: "9007199254740993", from: null, to: "19" }], openGuards)).toMatchObject([{ outcome: "written" }]);
    expect((await both.findHeldIds(["19"])).size).toBe(1);
    await change(standby.url, "SELECT pg_wal_replay_pause()");
    await change(server.url, "INSERT INTO members (id) VALUES (71)");
    await expect(both.inspect()).rejects.toMatchObject({ exitCode: 2, code: "replica-differs", message: expect.stringMatching(/^members has 5 rows at database.readUrl and 6 at database.url/) });
    await change(standby.url, "SELECT pg_wal_replay_resume()");
    await expect.poll(() => both.inspect().catch(() => null)).toMatchObject({ rows: [6] });
    for (const database of [primary, replica, both]) await database.close();
  });
});

async function change(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}
