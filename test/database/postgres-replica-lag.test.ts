import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServiceDatabase, type ServiceDatabaseOptions } from "../../src/database/open.ts";
import type { ServiceDatabase } from "../../src/database/service-database.ts";
import { membersMap, membersSql } from "../contracts/service-database.ts";
import { findPrograms, type OwnServer, startOwnServer } from "./postgres-own-server.ts";

const programs = findPrograms();

describe.skipIf("missing" in programs)(`PostgreSQL: how far a standby is behind${"missing" in programs ? `, skipped: ${programs.missing}` : ""}`, () => {
  let server: OwnServer;
  let standby: OwnServer;
  const opened: ServiceDatabase[] = [];

  beforeAll(async () => {
    server = await startOwnServer("folder" in programs ? programs.folder : "");
    await change(server.url, membersSql.join("; "));
    standby = await server.copy();
  });
  afterAll(async () => {
    for (const database of opened) await database.close();
    await standby.remove();
    await server.remove();
  });

  const open = async (changes: Partial<ServiceDatabaseOptions> = {}): Promise<ServiceDatabase> => {
    const database = await openServiceDatabase({ url: server.url, replicaUrl: standby.url, timeZone: "Asia/Seoul", session: {}, map: membersMap, now: () => new Date(), ...changes });
    opened.push(database);
    return database;
  };
  const caughtUp = (database: ServiceDatabase): Promise<void> => expect.poll(() => database.replicaLagSeconds(), { timeout: 10_000 }).toBe(0);

  it("is nothing while nobody writes, and grows from the last transaction that arrived while one is missing", async () => {
    const database = await open();
    await change(server.url, "insert into members (id) values (101)");
    await caughtUp(database);
    await new Promise((wake) => setTimeout(wake, 1_200));
    expect(await database.replicaLagSeconds()).toBe(0);
    await change(standby.url, "select pg_wal_replay_pause()");
    await change(server.url, "insert into members (id) values (102)");
    const lag = await database.replicaLagSeconds();
    expect(lag).toBeGreaterThan(1.2);
    expect(lag).toBeLessThan(60);
    await change(standby.url, "select pg_wal_replay_resume()");
    await caughtUp(database);
  });

  it("is seen, too, while nothing arrives at all", async () => {
    const database = await open();
    await caughtUp(database);
    const follow = (to: string): Promise<void> => change(standby.url, `alter system set primary_conninfo = '${to.replaceAll("'", "''")}'`, "alter system set wal_retrieve_retry_interval = '200ms'", "select pg_reload_conf()");
    const [from] = await read(standby.url, "show primary_conninfo");
    await follow("host=127.0.0.1 port=1");
    await expect.poll(async () => (await read(standby.url, "select count(*) from pg_stat_wal_receiver"))[0], { timeout: 10_000 }).toBe("0");
    await change(server.url, "insert into members (id) values (103)");
    expect(await database.replicaLagSeconds()).toBeGreaterThan(0);
    await follow(String(from));
    await caughtUp(database);
  });

  it("cannot be asked of a server that follows nobody, or follows another one", async () => {
    const other = await startOwnServer("folder" in programs ? programs.folder : "");
    const follower = await other.copy();
    try {
      for (const replicaUrl of [server.url, other.url, follower.url]) await expect((await open({ replicaUrl })).replicaLagSeconds()).rejects.toMatchObject({ exitCode: 2, code: "replica-follows-none" });
    } finally {
      await follower.remove();
      await other.remove();
    }
  });

  it("stops the run while the standby is down, and is known again once it is back", async () => {
    const database = await open();
    await caughtUp(database);
    await standby.stop();
    await expect(database.replicaLagSeconds()).rejects.toMatchObject({ exitCode: 4, message: expect.stringContaining(new URL(standby.url).port) as string });
    await standby.start();
    await caughtUp(database);
  });
});

async function change(url: string, ...statements: readonly string[]): Promise<void> {
  for (const sql of statements) await read(url, sql);
}

async function read(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: "array" });
  await client.end();
  return (rows as readonly unknown[][])?.[0] ?? [];
}
