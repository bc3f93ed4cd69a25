import pg from "pg";
import { expect, test } from "vitest";
import { findPrograms, startOwnServer } from "../database/postgres-own-server.ts";
import { openService, usualChannel } from "../helpers/service.ts";

const programs = findPrograms();

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  for (const sql of statements) await client.query(sql);
  await client.end();
}

test.skipIf(!("folder" in programs))("consents are read at database.url: a refusal that the replica has not received yet counts", async () => {
  const server = await startOwnServer("folder" in programs ? programs.folder : "");
  const standby = await server.copy();
  try {
    const service = await openService({ config: { channel: usualChannel, database: { url: server.url, readUrl: standby.url } } });
    await run(
      server.url,
      "create table members (id integer primary key, ci text, phone text, email text, name text, birthdate text, verified_at text, last_login_at text, status text not null, kakao_id bigint unique, marketing_agreed text, marketing_agreed_at text, reconfirmed_at text, night_agreed text, region text, created_at text, vip_level text)",
      "insert into members (id, birthdate, status, kakao_id, marketing_agreed, marketing_agreed_at) select n, '1990-01-01', 'active', 1000 + n, '1', '2026-03-02 10:00:00' from generate_series(1, 3) n",
    );
    await expect.poll(() => countAt(standby.url), { timeout: 20_000 }).toBe(3);
    await run(standby.url, "select pg_wal_replay_pause()");
    await run(server.url, "update members set marketing_agreed = '0' where id = 2");
    const ran = await service.json("export-channel-targets", "--purpose", "spring sale");
    expect(ran).toMatchObject({ code: 0, json: { exported: 2, leftOut: { "no-consent": 1 } } });
  } finally {
    await standby.remove();
    await server.remove();
  }
});

/** 0 while the table has not arrived. */
async function countAt(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ count: string }>("select count(*) from members");
    return Number(rows[0]?.count);
  } catch {
    return 0;
  } finally {
    await client.end();
  }
}
