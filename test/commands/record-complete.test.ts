import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import type { SimulatorOptions } from "../../src/simulator/server.ts";
import { crowd, goodFile, goodScopes, goodTerms, scopesOf } from "../helpers/consent.ts";
import { ci } from "../helpers/match.ts";
import { openOrphans, planOrphans } from "../helpers/orphans.ts";
import { openService, type Service } from "../helpers/service.ts";

interface Entry {
  readonly command: string;
  readonly event: string;
  readonly operator: string;
  readonly host: string;
  readonly purpose?: string;
  readonly app: string;
  readonly database: string | null;
  readonly run?: string;
  readonly code?: string;
  readonly counts?: Readonly<Record<string, unknown>>;
  readonly ci?: { readonly received?: number; readonly used?: number; readonly destroyed?: number };
  readonly digests?: Readonly<Record<string, string>>;
}

async function readEntries(service: Service): Promise<readonly Entry[]> {
  const { json, code } = await service.json("runs", "audit");
  expect([code, json["brokenAt"]]).toEqual([0, null]);
  return (json["record"] as readonly { readonly entry: Entry }[]).map(({ entry }) => entry);
}

const lastOf = async (service: Service): Promise<Entry | undefined> => (await readEntries(service)).at(-1);
const digestOf = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
const ctrlC = (): InterruptedError => new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "Run it again." });

/** Stops the command that is under way as with Ctrl-C, at this call for the n-th time. */
function stopAt(path: string, nth: number): { readonly signal: AbortSignal; readonly onRequest: NonNullable<SimulatorOptions["onRequest"]> } {
  const controller = new AbortController();
  let seen = 0;
  return { signal: controller.signal, onRequest: (request) => (request.path === path && (seen += 1) === nth ? controller.abort(ctrlC()) : undefined) };
}

/** So many users with a CI and a phone number, each with a member. */
function couples(size: number, withCi = true) {
  const at = Array.from({ length: size }, (_, index) => index);
  const keys = (index: number) => ({ phone: `010${20_000_000 + index}`, ...(withCi ? { ci: ci(`c${index}`) } : {}) });
  return { members: at.map((index) => ({ id: index + 1, ...keys(index) })), users: Object.fromEntries(at.map((index) => [String(1001 + index), keys(index)])) };
}

describe("every entry says who, where, what for, of which app and database", () => {
  test("of each command that reads keys or changes something", async () => {
    const service = await openOrphans({ orphans: 2, members: [{ id: 90, phone: "010-7777-2468" }], users: { "1900": { phone: "010-7777-2468" } }, config: { matching: { phone: "alone" } } });
    const { publicKey } = (await service.json("approve", "--init", "--as", "lee", "--key", "lee.pem")).json;
    service.configure({ kakao: { app: { fixedIds: true, autoLink: true } }, matching: { phone: "alone" }, approvers: { lee: publicKey }, limits: { unlink: { share: 1, count: 10 } } });
    await service.json("pull");
    const map = (await service.json("map-members")).id;
    await service.json("approve", map, "--as", "lee", "--key", "lee.pem", "--yes");
    await service.json("map-members", "--apply", "--plan", map, "--yes");
    await service.json("undo", map, "--apply", "--yes");
    const unlink = await planOrphans(service);
    await service.json("unlink-orphans", "--apply", "--plan", unlink, "--yes", "--save-consents");
    await service.json("runs", "consents", unlink, "--to", "consents.csv");
    await service.json("purge", "--snapshots", "--forget", unlink, "--apply", "--yes");

    const entries = await readEntries(service);
    expect([...new Set(entries.map(({ command, event }) => `${command} ${event}`))]).toEqual(expect.arrayContaining([
      "pull pulled", "map-members planned", "approve approved", "map-members applying", "map-members applied", "undo applying", "undo undone",
      "unlink-orphans planned", "unlink-orphans applying", "unlink-orphans applied", "runs consents exported", "purge destroyed",
    ]));
    for (const entry of entries) {
      expect(entry).toMatchObject({ operator: "tester", host: hostname(), purpose: expect.stringMatching(/^[a-z].{10,}/) as string, app: "424242" });
      if (!["pull", "approve", "runs consents", "purge"].includes(entry.command)) expect(entry.database).toMatch(/^sqlite:/);
    }
    const exported = entries.find(({ command }) => command === "runs consents");
    expect(exported).toMatchObject({ event: "exported", run: unlink, counts: { users: 2 }, digests: { "consents.csv": digestOf(service.path("consents.csv")) } });
  });

  test("a look at a sample of consents, and a list of whom to ask, with the file's digest", async () => {
    const people = crowd(5);
    const service = await openService({ simulator: { users: people, scopes: scopesOf(goodScopes), serviceTerms: goodTerms }, members: [{ id: 1, link: String(people[0]?.id) }] });
    service.write("kakao-sync.consent.yaml", goodFile);
    await service.json("audit-consent", "--live");
    expect(await lastOf(service)).toMatchObject({ command: "audit-consent", event: "read", operator: "tester", purpose: "how many users agreed to which item and term", counts: { users: 5 } });
    await service.json("audit-consent", "--needs-consent", "ask.csv");
    expect(await lastOf(service)).toMatchObject({ event: "exported", purpose: "members to ask for the additional consent", counts: { asked: 1 }, digests: { "ask.csv": digestOf(service.path("ask.csv")) } });
  });
});

describe("what stopped on the way is on record with what it had read", () => {
  test("a pull, and where it goes on; also where no CI is among what was read", async () => {
    for (const withCi of [true, false]) {
      const stop = stopAt("/v2/app/users", 4);
      const service = await openService({ ...couples(90, withCi), simulator: { onRequest: stop.onRequest }, config: { limits: { requestsPerSecond: 1 } } });
      expect((await service.runWith({ signal: stop.signal }, "pull")).code).toBe(130);
      const first = await lastOf(service);
      const read = Number(first?.counts?.["read"]);
      expect(first).toMatchObject({ command: "pull", event: "interrupted", code: "interrupted", counts: { before: 0 }, ci: { received: withCi ? read : 0 } });
      expect([read > 0, read < 90]).toEqual([true, true]);
      service.configure({});
      await service.json("pull");
      expect(await lastOf(service)).toMatchObject({ event: "pulled", counts: { kakaoUsers: 90, read: 90 - read, before: read }, ci: { received: withCi ? 90 - read : 0 } });
    }
  });

  test("an unfinished pull that is thrown away because other properties are wanted", async () => {
    const stop = stopAt("/v2/app/users", 4);
    const service = await openService({ ...couples(90), simulator: { onRequest: stop.onRequest }, config: { limits: { requestsPerSecond: 1 } } });
    await service.runWith({ signal: stop.signal }, "pull");
    service.configure({ matching: { keys: ["phone"] } });
    await service.json("pull");
    expect((await readEntries(service)).map(({ event, counts }) => [event, counts?.["unfinishedPull"] ?? null])).toEqual([["interrupted", null], ["destroyed", true], ["pulled", null]]);
  });

  test("a plan that fails while members are read, and one that Kakao cannot answer for", async () => {
    const service = await openService(couples(3));
    await service.json("pull");
    service.configure({ members: { ci: { sql: "case when id = 2 then abs(-9223372036854775808) else ci end" } } });
    expect((await service.json("map-members")).code).toBe(4);
    expect(await lastOf(service)).toMatchObject({ command: "map-members", event: "interrupted", operator: "tester", code: expect.stringMatching(/^database-/) as string });
    service.configure({});
    service.simulator.faults.add({ fault: -5 });
    expect((await service.json("pull")).code).toBe(4);
    expect(await lastOf(service)).toMatchObject({ command: "pull", event: "interrupted", code: "kakao-5" });
  });

  test("an undo: its beginning, how far it came, and its end", async () => {
    const service = await openService(couples(3));
    const { id } = await service.apply();
    writeFileSync(service.path(".kakao-sync/stop"), "");
    expect((await service.json("undo", id, "--apply", "--yes")).code).toBe(130);
    rmSync(service.path(".kakao-sync/stop"));
    await service.json("undo", id, "--apply", "--yes");
    expect((await readEntries(service)).filter(({ command }) => command === "undo")).toMatchObject([
      { event: "applying", run: id, counts: { planned: 3 }, digests: { plan: expect.any(String) as string } },
      { event: "interrupted", run: id, code: "stopped", counts: { restored: 0 } },
      { event: "applying", run: id, counts: { planned: 3 } },
      { event: "undone", run: id, counts: { restored: 3 } },
    ]);
  });

  test("a list of whom to ask", async () => {
    const people = crowd(120);
    const stop = stopAt("/v2/user/service_terms", 110);
    const service = await openService({ simulator: { users: people, scopes: scopesOf(goodScopes), serviceTerms: goodTerms, onRequest: stop.onRequest }, members: people.map(({ id }, at) => ({ id: at + 1, link: String(id) })), config: { limits: { requestsPerSecond: 100 } } });
    expect((await service.runWith({ signal: stop.signal }, "audit-consent", "--needs-consent", "ask.csv")).code).toBe(130);
    expect(await lastOf(service)).toMatchObject({ event: "interrupted", code: "interrupted", purpose: "members to ask for the additional consent", counts: { asked: 100 } });
  });

  test("but neither what could not start, nor what somebody declined, nor what only looks", async () => {
    const service = await openService(couples(2));
    const { id } = await service.json("map-members");
    const before = (await readEntries(service)).length;
    expect((await service.json("map-members", "--plan", id)).code).toBe(2);
    expect((await service.runWith({ typed: "\r" }, "map-members", "--apply", "--plan", id)).code).toBe(130);
    expect((await service.json("explain", "--member", "1")).code).toBe(0);
    expect((await readEntries(service)).length).toBe(before);
  });
});

describe("the chain", () => {
  async function openChain(): Promise<{ readonly service: Service; readonly change: (sql: string) => void }> {
    const service = await openService(couples(2));
    await service.json("pull");
    const { id } = await service.apply();
    await service.json("undo", id, "--apply", "--yes");
    return {
      service,
      change: (sql) => {
        const db = new Database(service.path(".kakao-sync/record.db"));
        db.exec("drop trigger if exists record_is_not_changed; drop trigger if exists record_is_not_cut");
        db.exec(sql);
        db.close();
      },
    };
  }

  test.each([
    ["an entry changed", "update record set entry = replace(entry, 'tester', 'nobody') where seq = 3", 3],
    ["an entry dropped", "delete from record where seq = 4", 4],
    ["the first one dropped", "delete from record where seq = 1", 1],
    ["two entries swapped", "update record set seq = 100 where seq = 2; update record set seq = 2 where seq = 3; update record set seq = 3 where seq = 100", 2],
    ["an entry put in", "update record set seq = seq + 100 where seq > 2; update record set seq = seq - 99 where seq > 100; insert into record select 3, entry, hash from record where seq = 2", 3],
    ["a hash changed", "update record set hash = replace(hash, substr(hash, 1, 1), 'f') || 'x' where seq = 2", 2],
  ])("names the first broken link: %s", async (_what, sql, brokenAt) => {
    const { service, change } = await openChain();
    change(sql);
    const audit = await service.json("runs", "audit");
    expect(audit).toMatchObject({ code: 1, json: { brokenAt, entries: brokenAt - 1 } });
    expect((await service.run("runs", "audit")).err).toContain(`broken at entry ${brokenAt}`);
    expect((await service.run("runs", "audit", "--month", "2026-11")).code).toBe(1);
  });

  test("an end that was cut off is missed, and shows in the head that was noted elsewhere", async () => {
    const { service, change } = await openChain();
    const { head, entries } = (await service.json("runs", "audit")).json;
    change("delete from record where seq = (select max(seq) from record)");
    const cut = (await service.json("runs", "audit")).json;
    expect(cut).toMatchObject({ brokenAt: entries, lost: entries, entries: Number(entries) - 1 });
    expect(cut["head"]).not.toBe(head);
  });
});
