import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { ServiceDatabase } from "../../src/database/service-database.ts";
import { runAlone } from "../contracts/mysql-server.ts";
import { membersMap, membersSql } from "../contracts/service-database.ts";
import { findPrograms, type OwnServer, startOwnServer } from "./mysql-own-server.ts";

const programs = findPrograms();

describe.skipIf("missing" in programs)(`MariaDB: how far a replica is behind${"missing" in programs ? `, skipped: ${programs.missing}` : ""}`, () => {
  let primary: OwnServer;
  let replica: OwnServer;
  const opened: ServiceDatabase[] = [];

  beforeAll(async () => {
    const paths = "paths" in programs ? programs.paths : [];
    primary = await startOwnServer(paths, ["--server-id=1", "--log-bin=log", "--skip-slave-start"]);
    replica = await startOwnServer(paths, ["--server-id=2", "--slave-net-timeout=2"]);
    await runAlone(primary.url, "CREATE USER follower@'127.0.0.1' IDENTIFIED BY 'follower'");
    await runAlone(primary.url, "GRANT REPLICATION SLAVE ON *.* TO follower@'127.0.0.1'");
    await runAlone(replica.url, `CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=${new URL(primary.url).port}, MASTER_USER='follower', MASTER_PASSWORD='follower', MASTER_LOG_FILE='log.000001', MASTER_LOG_POS=4, MASTER_CONNECT_RETRY=1`);
    await runAlone(replica.url, "START SLAVE");
    await runAlone(primary.url, "CREATE DATABASE shop CHARACTER SET utf8mb4");
    for (const statement of membersSql) await runAlone(shop(primary), statement);
  });
  afterAll(async () => {
    for (const database of opened) await database.close();
    await replica.remove();
    await primary.remove();
  });

  const shop = ({ url }: OwnServer, user?: string): string => {
    const place = new URL(url);
    place.pathname = "/shop";
    if (user !== undefined) [place.username, place.password] = [user, user];
    return place.href;
  };
  const open = async (replicaUrl: string): Promise<ServiceDatabase> => {
    const database = await openServiceDatabase({ url: shop(primary), replicaUrl, timeZone: "Asia/Seoul", session: {}, map: membersMap, now: () => new Date() });
    opened.push(database);
    return database;
  };

  it("is nothing while it follows, grows while its own delay holds it back, and unknown while it stands still", async () => {
    const database = await open(shop(replica));
    await expect.poll(() => database.replicaLagSeconds(), { timeout: 10_000 }).toBe(0);
    for (const statement of ["STOP SLAVE", "CHANGE MASTER TO MASTER_DELAY = 60", "START SLAVE"]) await runAlone(replica.url, statement);
    await runAlone(shop(primary), "INSERT INTO members (id) VALUES (101)");
    await expect.poll(() => database.replicaLagSeconds(), { timeout: 20_000 }).toBeGreaterThan(1);
    await runAlone(replica.url, "STOP SLAVE");
    expect(await database.replicaLagSeconds()).toBeNull();
    for (const statement of ["CHANGE MASTER TO MASTER_DELAY = 0", "START SLAVE"]) await runAlone(replica.url, statement);
    await expect.poll(() => database.replicaLagSeconds(), { timeout: 10_000 }).toBe(0);
  });

  it("cannot be asked of a server that follows nobody, nor by a user who may not know", async () => {
    await expect((await open(shop(primary))).replicaLagSeconds()).rejects.toMatchObject({ exitCode: 2, code: "replica-follows-none" });
    await runAlone(replica.url, "CREATE USER clerk@'127.0.0.1' IDENTIFIED BY 'clerk'");
    await runAlone(replica.url, "GRANT SELECT ON shop.* TO clerk@'127.0.0.1'");
    await expect((await open(shop(replica, "clerk"))).replicaLagSeconds()).rejects.toMatchObject({ exitCode: 2, code: "replica-lag-unknown", hint: expect.stringContaining("REPLICA MONITOR") as string });
  });

  it("stops the run while it is down", async () => {
    const database = await open(shop(replica));
    await expect.poll(() => database.replicaLagSeconds(), { timeout: 10_000 }).toBe(0);
    await replica.stop();
    await expect(database.replicaLagSeconds()).rejects.toMatchObject({ exitCode: 4 });
    await replica.start();
  });
});
