import { rmSync, writeFileSync } from "node:fs";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { findPrograms, type OwnServer, startOwnServer } from "../database/postgres-own-server.ts";
import { openService, type Service } from "../helpers/service.ts";

const programs = findPrograms();
const trusting = { matching: { phone: "alone" } };
const people = Array.from({ length: 250 }, (_, at) => ({ id: at + 1, phone: `010${20_000_000 + at}` }));

describe.skipIf("missing" in programs)(`limits.replica${"missing" in programs ? `, skipped: ${programs.missing}` : ""}`, () => {
  let server: OwnServer;
  let standby: OwnServer;
  let service: Service;
  let run: string;

  beforeAll(async () => {
    server = await startOwnServer("folder" in programs ? programs.folder : "");
    standby = await server.copy();
  });
  afterAll(async () => {
    await standby.remove();
    await server.remove();
  });

  beforeEach(async () => {
    service = await openService({ users: Object.fromEntries(people.map(({ phone }, at) => [String(1001 + at), { phone }])) });
    configure({ replica: { url: standby.url, maxLag: "1s" } });
    await ask(server.url, "create table members (id integer primary key, ci text, phone text, email text, name text, birthdate text, verified_at text, last_login_at text, status text not null, kakao_id bigint unique)");
    await ask(server.url, `insert into members (id, phone, verified_at, status) values ${people.map(({ id, phone }) => `(${id}, '${phone}', '2026-01-01', 'active')`).join(", ")}`);
    run = (await service.json("map-members")).id;
  });
  afterEach(async () => {
    vi.useRealTimers();
    await ask(standby.url, "select pg_wal_replay_resume()");
    await ask(server.url, "drop table members");
  });

  const configure = (limits: object): void => service.configure({ ...trusting, database: { url: server.url }, limits });
  const apply = (...flags: readonly string[]) => ["map-members", "--apply", "--plan", run, "--yes", "--json", ...flags];
  const linked = async (): Promise<number> => Number((await ask(server.url, "select count(kakao_id) from members"))[0]);

  /** The standby stands still, and somebody else has written since: for long enough to be more than a second behind. */
  async function fallBehind(): Promise<void> {
    await ask(server.url, "create table other ()", "drop table other");
    await new Promise((wake) => setTimeout(wake, 300));
    await ask(standby.url, "select pg_wal_replay_pause()");
    await ask(server.url, "create table other ()", "drop table other");
    await new Promise((wake) => setTimeout(wake, 1_100));
  }

  /** An apply that has begun, and waits. */
  async function startWaiting(...flags: readonly string[]): Promise<{ readonly ended: ReturnType<Service["runWith"]>; readonly controller: AbortController }> {
    await fallBehind();
    const controller = new AbortController();
    const ended = service.runWith({ signal: controller.signal }, ...apply(...flags));
    // Not expect.poll: it would move a clock on that stands still.
    while (!JSON.stringify((await service.json("runs")).json["runs"]).includes("applying")) await new Promise((wake) => setTimeout(wake, 50));
    await new Promise((wake) => setTimeout(wake, 1_000));
    expect(await linked()).toBe(0);
    return { ended, controller };
  }

  test("nothing is written while it lags; once it has caught up the run goes on, and says both", async () => {
    const { ended } = await startWaiting();
    await ask(standby.url, "select pg_wal_replay_resume()");
    const ran = await ended;
    expect([ran.code, await linked()]).toEqual([0, people.length]);
    expect(ran.err).toMatch(/Waiting: the replica of limits\.replica is \d+ s behind; allowed are 1 s\./);
    expect(ran.err).toContain("The replica has caught up; going on.");
  });

  test("waiting obeys Ctrl-C, the file stop and the end of the window, each resumable", async () => {
    const first = await startWaiting();
    first.controller.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "Run it again." }));
    expect((await first.ended).code).toBe(130);

    const second = await startWaiting();
    writeFileSync(service.path(".kakao-sync/stop"), "");
    expect(JSON.parse((await second.ended).out)).toMatchObject({ run, error: { code: "stopped", hint: expect.stringContaining(`--plan ${run}`) as string } });
    rmSync(service.path(".kakao-sync/stop"));

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const later = (minutes: number): number => Date.now() + minutes * 60_000;
    const third = await startWaiting("--until", new Date(later(9 * 60 + 3)).toISOString().slice(11, 16));
    vi.setSystemTime(later(3));
    expect(JSON.parse((await third.ended).out)).toMatchObject({ run, error: { code: "window-over", hint: expect.stringContaining(`--plan ${run}`) as string } });
    vi.useRealTimers();

    await ask(standby.url, "select pg_wal_replay_resume()");
    expect((await service.runWith({}, ...apply())).code).toBe(0);
    expect(await linked()).toBe(people.length);
  });

  test("undo waits, too", async () => {
    expect((await service.runWith({}, ...apply())).code).toBe(0);
    await fallBehind();
    const ended = service.json("undo", run, "--apply", "--yes");
    await new Promise((wake) => setTimeout(wake, 1_500));
    expect(await linked()).toBe(people.length);
    await ask(standby.url, "select pg_wal_replay_resume()");
    expect((await ended).json).toMatchObject({ restored: people.length });
  });

  test("one that cannot be asked refuses before anything is begun; a plan does without it", async () => {
    configure({ replica: { url: server.url } });
    const refused = await service.json(...apply().filter((word) => word !== "--json"));
    expect(refused).toMatchObject({ code: 2, error: { code: "replica-follows-none" } });
    expect((await service.json("runs")).json["runs"]).toMatchObject([{ run, state: "planned" }]);
    expect((await service.json("map-members", "--check")).code).toBe(1);
  });

  test("doctor tells how far it is behind", async () => {
    expect((await service.json("doctor")).json["checks"]).toContainEqual({ what: "replica of limits.replica", result: "ok", detail: "0 s behind" });
    await fallBehind();
    expect((await service.json("doctor")).json["checks"]).toContainEqual({ what: "replica of limits.replica", result: "warn", detail: expect.stringMatching(/^\d+ s behind$/) as string, todo: "--apply would wait until it has caught up." });
    configure({ replica: { url: server.url } });
    expect(await service.json("doctor")).toMatchObject({ code: 1 });
  });
});

async function ask(url: string, ...statements: readonly string[]): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let last: readonly unknown[] = [];
  for (const text of statements) last = (await client.query<unknown[]>({ text, rowMode: "array" })).rows[0] ?? [];
  await client.end();
  return last;
}
