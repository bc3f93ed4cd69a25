import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { ci } from "../helpers/match.ts";
import { applyOrphans, openOrphans, planOrphans, unlinkCalls } from "../helpers/orphans.ts";
import { openService, type Service } from "../helpers/service.ts";

const people = {
  members: [{ id: 1, ci: ci("a"), phone: "01022220001" }, { id: 2, phone: "01022220002" }],
  users: { 1001: { ci: ci("a"), phone: "01022220001" }, 1002: { ci: ci("b") } },
};

interface Recorded {
  readonly seq: number;
  readonly entry: { readonly command: string; readonly event: string; readonly operator: string; readonly run?: string; readonly code?: string; readonly counts?: Readonly<Record<string, unknown>>; readonly ci?: object; readonly digests?: object; readonly database: string | null };
}

async function readRecord(service: Service): Promise<readonly Recorded[]> {
  const { json } = await service.json("runs", "audit");
  return json["record"] as readonly Recorded[];
}

function lose(service: Service): void {
  for (const file of ["record.db", "record.db-wal", "record.db-shm"]) rmSync(service.path(`.kakao-sync/${file}`), { force: true });
}

describe("the record (section 10)", () => {
  test("pull, plan, apply, undo and a refusal each leave an entry; the chain is whole", async () => {
    const service = await openService(people);
    const { id } = await service.apply();
    expect((await service.json("map-members", "--apply", "--plan", id, "--yes", "--operator", "lee")).code).toBe(3);
    await service.json("undo", id, "--apply", "--yes", "--operator", "kim");
    const record = await readRecord(service);
    expect(record.map(({ seq, entry: { command, event, operator, run, code } }) => [seq, command, event, operator, run ?? "", code ?? ""])).toEqual([
      [1, "map-members", "pulled", "tester", "", ""],
      [2, "map-members", "planned", "tester", id, ""],
      [3, "map-members", "applying", "tester", id, ""],
      [4, "map-members", "applied", "tester", id, ""],
      [5, "map-members", "destroyed", "tester", id, ""],
      [6, "map-members", "refused", "lee", id, "plan-used"],
      [7, "undo", "applying", "kim", id, ""],
      [8, "undo", "undone", "kim", id, ""],
    ]);
    expect(record[0]?.entry).toMatchObject({ ci: { received: 2 }, app: "424242" });
    expect(record[1]?.entry).toMatchObject({ ci: { used: 2 }, database: expect.stringMatching(/.+/), digests: { plan: expect.stringMatching(/^[0-9a-f]{64}$/), "plan.csv": expect.stringMatching(/^[0-9a-f]{64}$/), "review.csv": expect.any(String) } });
    expect(record[2]?.entry).toMatchObject({ counts: { planned: 1, before: { done: 0, moved: 0, unknown: 0 } }, digests: { plan: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(record[3]?.entry).toMatchObject({ counts: { done: 1, failed: 0 }, digests: { "linked.csv": expect.any(String) } });
    expect(record[4]?.entry).toMatchObject({ counts: { users: 1 }, ci: { destroyed: 1 } });
  });

  test("a changed entry is found, exit 1", async () => {
    const service = await openService(people);
    await service.json("pull");
    await service.json("map-members");
    const db = new Database(service.path(".kakao-sync/record.db"));
    db.exec("drop trigger record_is_not_changed; update record set entry = replace(entry, '\"received\":2', '\"received\":0') where seq = 1");
    db.close();
    const audit = await service.json("runs", "audit");
    expect(audit.code).toBe(1);
    expect(audit.json).toMatchObject({ brokenAt: 1, entries: 0 });
    expect((await service.run("runs", "audit")).err).toContain("broken at entry 1");
  });

  test("one that was removed is missed, exit 1; begun anew, it says so by its first entry, in every audit of that month", async () => {
    const service = await openService(people);
    await service.json("map-members");
    const { head, entries } = (await service.json("runs", "audit")).json;
    lose(service);
    expect(await service.json("runs", "audit")).toMatchObject({ code: 1, json: { entries: 0, brokenAt: 1, lost: entries } });
    expect((await service.run("runs", "audit")).err).toContain(`${String(entries)} entries were on record`);
    await service.apply();
    const audit = await service.json("runs", "audit");
    expect(audit).toMatchObject({ code: 1, json: { brokenAt: null, lost: null } });
    expect((audit.json["record"] as { entry: object }[])[0]?.entry).toMatchObject({ event: "lost", operator: "tester", counts: { noted: entries, found: 0 }, digests: { head } });
    expect(await service.run("runs", "audit")).toMatchObject({ code: 1, err: expect.stringContaining(`Entry 1: ${String(entries)} entries had been on record, and 0 were left`) as string, out: expect.not.stringContaining("is whole") as string });
    const month = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7);
    expect([(await service.json("runs", "audit", "--month", month)).code, (await service.json("runs", "audit", "--month", "2020-01")).code]).toEqual([1, 0]);
  });

  test("its end that is cut off is missed, exit 1; an older copy put back, too, and the newest is whole", async () => {
    const service = await openService(people);
    await service.json("pull");
    const record = service.path(".kakao-sync/record.db");
    const older = readFileSync(record);
    const { id } = await service.apply();
    const newest = readFileSync(record);
    const { entries } = (await service.json("runs", "audit")).json;
    const db = new Database(record);
    db.exec("drop trigger record_is_not_cut; delete from record where seq = (select max(seq) from record)");
    db.close();
    expect(await service.json("runs", "audit")).toMatchObject({ code: 1, json: { entries: Number(entries) - 1, brokenAt: entries, lost: entries } });
    for (const [copy, code] of [[older, 1], [newest, 0]] as const) {
      lose(service);
      writeFileSync(record, copy, { mode: 0o600 });
      expect((await service.json("runs", "audit")).code).toBe(code);
    }
    expect((await service.json("undo", id, "--apply", "--yes")).code).toBe(0);
  });

  test("killed between an entry and its note it is whole, and so it is where nothing was noted yet", async () => {
    const service = await openService(people);
    await service.apply();
    const note = (sql: string) => {
      const db = new Database(service.path(".kakao-sync/workspace.db"));
      expect(db.prepare(sql).run().changes).toBe(1);
      db.close();
    };
    const [first] = (await service.json("runs", "audit")).json["record"] as { seq: number; hash: string }[];
    note(`update settings set value = '${JSON.stringify({ seq: first?.seq, hash: first?.hash })}' where name = 'record.head'`);
    expect((await service.json("runs", "audit")).code).toBe(0);
    note("delete from settings where name = 'record.head'");
    expect((await service.json("runs", "audit")).code).toBe(0);
    // Of a workspace of an earlier version only its runs tell.
    lose(service);
    expect(await service.json("runs", "audit")).toMatchObject({ code: 1, json: { entries: 0, brokenAt: 1, lost: null } });
    expect((await service.run("runs", "audit")).err).toContain("The record is empty, although plans were applied");
  });

  test("--month is a sheet with the month's sums; another month is empty, a wrong one refused", async () => {
    const service = await openService(people);
    await service.apply();
    const month = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7);
    const { json } = await service.json("runs", "audit", "--month", month);
    expect(json["review"]).toMatchObject({ entries: 5, ci: { received: 2, used: 2, destroyed: 1 }, operators: { tester: 5 }, refusals: {} });
    const sheet = await service.run("runs", "audit", "--month", month);
    expect(sheet.out).toContain("received from Kakao");
    expect((await service.json("runs", "audit", "--month", "2019-01")).json["review"]).toMatchObject({ entries: 0 });
    expect((await service.json("runs", "audit", "--month", "2019-13")).code).toBe(2);
  });

  test("nothing is made where there is no workspace", async () => {
    const service = await openService(people);
    expect((await service.json("runs", "audit")).code).toBe(2);
    expect(existsSync(service.path(".kakao-sync"))).toBe(false);
  });
});

describe("a run that is not carried out in one go", () => {
  /** Orphans whose unlinking is stopped at the fifth call. */
  async function openStopped(): Promise<{ readonly service: Service; readonly run: string; readonly unlinked: number }> {
    let calls = 0;
    const service = await openOrphans({
      orphans: 30,
      simulator: { onRequest: ({ path }) => (path === "/v1/user/unlink" && (calls += 1) === 5 ? writeFileSync(service.path(".kakao-sync/stop"), "") : undefined) },
    });
    const run = await planOrphans(service);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 130 });
    rmSync(service.path(".kakao-sync/stop"));
    return { service, run, unlinked: unlinkCalls(service).length };
  }

  const eventsOf = async (service: Service, run: string): Promise<readonly Recorded["entry"][]> => (await readRecord(service)).flatMap(({ entry }) => (entry.run === run && entry.event !== "planned" ? [entry] : []));

  test("says how many users it unlinked when it is stopped, and when it goes on", async () => {
    const { service, run, unlinked } = await openStopped();
    expect(unlinked).toBeGreaterThan(4);
    expect(await applyOrphans(service, run)).toMatchObject({ code: 0 });
    expect(await eventsOf(service, run)).toMatchObject([
      { event: "applying", counts: { going: 30, clears: 0, before: { done: 0, unknown: 0 } }, digests: { plan: expect.stringMatching(/^[0-9a-f]{64}$/) as string } },
      { event: "interrupted", code: "stopped", counts: { done: unlinked, spared: 0, failed: 0, cleared: 0, unknown: 0 } },
      { event: "applying", counts: { going: 30, before: { done: unlinked, unknown: 0 } } },
      { event: "applied", counts: { done: 30 } },
    ]);
  });

  test("says it when it is given up", async () => {
    const { service, run, unlinked } = await openStopped();
    expect(await service.json("runs", "abandon", run)).toMatchObject({ code: 0 });
    expect((await eventsOf(service, run)).at(-1)).toMatchObject({ event: "abandoned", counts: { done: unlinked, unknown: 0 }, digests: { plan: expect.any(String) as string } });
  });

  test("a call whose outcome nobody has noted is unknown", async () => {
    const { service, run, unlinked } = await openStopped();
    const db = new Database(service.path(`.kakao-sync/runs/${run}/run.db`));
    db.prepare("update journal set outcome = null where name = 'apply' and seq = 2").run();
    db.close();
    await service.json("runs", "abandon", run);
    expect((await eventsOf(service, run)).at(-1)).toMatchObject({ event: "abandoned", counts: { done: unlinked - 1, unknown: 1 } });
  });

  test("its store destroyed, it is given up all the same", async () => {
    const { service, run } = await openStopped();
    writeFileSync(service.path(`.kakao-sync/runs/${run}/run.db`), "nothing of the kind");
    expect(await service.json("runs", "abandon", run)).toMatchObject({ code: 0 });
    expect((await eventsOf(service, run)).at(-1)).toMatchObject({ event: "abandoned" });
  });

  test("the beginning is on record before the first call, the end before the run is over", async () => {
    const seen: string[] = [];
    const service = await openOrphans({
      orphans: 1,
      simulator: { onRequest: ({ path }) => (path === "/v1/user/unlink" ? void seen.push(...readEvents(service)) : undefined) },
    });
    const run = await planOrphans(service);
    const workspace = new Database(service.path(".kakao-sync/workspace.db"));
    workspace.exec("create trigger stuck before update on runs when new.state = 'applied' begin select raise(abort, 'stuck'); end");
    workspace.close();
    expect((await applyOrphans(service, run)).code).not.toBe(0);
    expect(seen.at(-1)).toBe("applying");
    expect(readEvents(service).slice(-3)).toEqual(["applying", "applied", "interrupted"]);
  });

  function readEvents(service: Service): readonly string[] {
    const db = new Database(service.path(".kakao-sync/record.db"), { readonly: true });
    const events = db.prepare<[], string>("select entry ->> 'event' from record order by seq").pluck().all();
    db.close();
    return events;
  }
});
