import Database from "better-sqlite3";
import fc from "fast-check";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ci } from "../helpers/match.ts";
import { accountOf, openService, type RanJson, type Service } from "../helpers/service.ts";
import { lookInto, readRecord, readSnapshot, setClock, type CiEntry } from "../helpers/wiped.ts";

const seed = Number(process.env["BALANCE_SEED"] ?? 20261121);
const day = 86_400_000;
const start = Date.parse("2026-11-21T02:00:00+09:00");
const confirmed = ["--yes", "--operator", "kim"];
const config = { limits: { link: { share: 1, count: 1000 } } };

afterEach(() => {
  vi.useRealTimers();
});

/** Two of three have a CI. More than one call's worth, so that a pull can be cut between two. */
const everybody = Array.from({ length: 30 }, (_, at) => 1001 + at);
const hasCi = (id: number): boolean => id % 3 !== 0;
const accountFor = (id: number) => ({ id: String(id), ...accountOf(hasCi(id) ? { ci: ci(`c${String(id)}`) } : { name: "김하나" }) });

async function openTown(): Promise<Service> {
  setClock(start);
  const service = await openService({ members: everybody.filter((id) => id % 2 === 0).map((id) => ({ id, ci: ci(`c${String(id)}`) })), config });
  service.simulator.users.load(everybody.map(accountFor));
  return service;
}

/** CIs that the simulator has handed out since this was asked last. Nobody leaves while a command runs. */
function takeGiven({ simulator }: Service): number {
  const calls = simulator.requests.find({ path: "/v2/app/users", status: 200 }).filter(({ parameters }) => parameters["property_keys"]?.includes("ci") === true);
  simulator.requests.clear();
  return calls.flatMap(({ parameters }) => JSON.parse(parameters["target_ids"] ?? "[]") as number[]).filter((id) => hasCi(id) && simulator.users.get(String(id)) !== undefined).length;
}

/** CIs that lie in the workspace: counted in the snapshot itself, and in what an unfinished pull has staged. */
function countHeld(service: Service): number {
  const staged = lookInto(service, ({ snapshots }) => snapshots.countStagedCis());
  return (staged === null || staged.isOver ? 0 : staged.cis) + readSnapshot(service).filter(({ state, ci: value }) => state !== "wiped" && typeof value === "string").length;
}

interface Sums {
  readonly received: number;
  readonly found: number;
  readonly destroyed: number;
}

/** Sums over all months, each of which must add up by itself and begin where the one before it ended. */
async function readSheets(service: Service): Promise<Sums & { readonly held: number; readonly inWorkspace: unknown }> {
  const sums = { received: 0, found: 0, destroyed: 0 };
  let held = 0;
  let inWorkspace: unknown;
  for (let month = 0; month < 6; month += 1) {
    const name = new Date(start + month * 30.5 * day).toISOString().slice(0, 7);
    const { json } = await service.json("runs", "audit", "--month", name);
    const { ci: sheet } = json["review"] as { ci: Sums & { heldBefore: number; held: number } };
    expect([name, sheet.heldBefore, sheet.heldBefore + sheet.received + sheet.found]).toEqual([name, held, sheet.destroyed + sheet.held]);
    for (const what of ["received", "found", "destroyed"] as const) sums[what] += sheet[what];
    held = sheet.held;
    inWorkspace = json["held"];
  }
  return { ...sums, held, inWorkspace };
}

const sumOf = (entries: readonly CiEntry[], what: keyof Sums): number => entries.reduce((sum, entry) => sum + (entry.ci?.[what] ?? 0), 0);

/** Files of the workspace, as they were when this was made. */
function keepFiles(service: Service, name: string): (isMeant: (file: string) => boolean) => void {
  rmSync(service.path(name), { recursive: true, force: true });
  cpSync(service.path(".kakao-sync"), service.path(name), { recursive: true });
  return (isMeant) => {
    for (const file of readdirSync(service.path(".kakao-sync")).filter(isMeant)) rmSync(service.path(join(".kakao-sync", file)), { recursive: true });
    for (const file of readdirSync(service.path(name)).filter(isMeant)) cpSync(service.path(join(name, file)), service.path(join(".kakao-sync", file)), { recursive: true });
  };
}

/** An entry that was never written is not noted as the last one either. */
function putBackHead(service: Service): void {
  const [before, now] = ["before", ".kakao-sync"].map((folder) => new Database(service.path(join(folder, "workspace.db"))));
  const head = before?.prepare<[], string>("select value from settings where name = 'record.head'").pluck().get();
  now?.prepare("insert or replace into settings (name, value) values ('record.head', ?)").run(head);
  before?.close();
  now?.close();
}

const isOfRecord = (file: string): boolean => file.startsWith("record.db");

type Step =
  | { readonly do: "pull" | "plan" | "apply" | "purge" | "purge-old" | "undo" | "killed-purge" | "killed-wipe" | "placeholder" | "cut-purge" | "cut-refresh" }
  | { readonly do: "refresh"; readonly after: string }
  | { readonly do: "cut" | "killed"; readonly nth: number }
  | { readonly do: "days"; readonly days: number }
  | { readonly do: "leave" | "join"; readonly ids: readonly number[] };

const plain = fc.constantFrom("pull", "plan", "apply", "purge", "purge-old", "undo", "killed-purge", "killed-wipe", "placeholder", "cut-purge", "cut-refresh").map((name) => ({ do: name }) as Step);
const ids = fc.uniqueArray(fc.constantFrom(...everybody), { minLength: 1, maxLength: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 1, arbitrary: fc.constantFrom("0d", "1s").map((after): Step => ({ do: "refresh", after })) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("cut", "killed"), nth: fc.integer({ min: 2, max: 4 }) }) as fc.Arbitrary<Step> },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("days"), days: fc.constantFrom(1, 4, 8) }) as fc.Arbitrary<Step> },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("leave", "join"), ids }) as fc.Arbitrary<Step> },
);

/** Carries steps out, and knows what the record must say. */
class Town {
  readonly service: Service;
  readonly seen = new Map<string, number>();
  #received = 0;
  #found = 0;
  #now = start;
  #isPlaceholder = false;

  constructor(service: Service) {
    this.service = service;
  }

  async take(next: Step): Promise<void> {
    const { service } = this;
    this.seen.set(next.do, (this.seen.get(next.do) ?? 0) + 1);
    setClock((this.#now += 60_000));
    switch (next.do) {
      case "pull": return this.#whole(() => service.json("pull"));
      case "refresh": return this.#whole(() => service.json("pull", "--refresh-after", next.after));
      case "plan": return this.#whole(() => service.json("map-members"));
      case "apply": return this.#whole(() => service.apply());
      case "purge": return this.#whole(() => service.json("purge", "--snapshots", "--apply", ...confirmed));
      case "purge-old": return this.#whole(() => service.json("purge", "--apply", ...confirmed));
      case "undo": return this.#undo();
      case "cut":
      case "killed": return this.#cut(next.nth, next.do === "killed");
      case "cut-purge": return this.#each([{ do: "purge" }, { do: "cut", nth: 3 }, { do: "purge" }]);
      case "cut-refresh": return this.#each([{ do: "purge" }, { do: "cut", nth: 3 }, { do: "refresh", after: "0d" }]);
      case "killed-purge": return this.#killedPurge();
      case "killed-wipe": return this.#killedWipe();
      case "placeholder": return service.configure({ ...config, matching: { placeholders: (this.#isPlaceholder = !this.#isPlaceholder) ? ["010-1111-0001"] : [] } });
      case "days": this.#now += next.days * day; return;
      case "leave": for (const id of next.ids) service.simulator.users.unlink(String(id), "UNLINK_FROM_ADMIN"); return;
      case "join": service.simulator.users.load(next.ids.map(accountFor)); return;
    }
  }

  /** The next command has put on record what was missing: received is what Kakao gave, held is what lies here. */
  async check(): Promise<void> {
    await this.take({ do: "pull" });
    const { received, found, held, inWorkspace } = await readSheets(this.service);
    expect({ received, found, held, inWorkspace }).toEqual({ received: this.#received, found: this.#found, held: countHeld(this.service), inWorkspace: held });
    // Whatever was destroyed has been told by what destroyed it.
    expect(sumOf((await readRecord(this.service)).filter(({ event }) => event === "settled"), "destroyed")).toBe(0);
  }

  async #whole(run: () => Promise<RanJson>): Promise<void> {
    const { code, err } = await run();
    expect([0, 1, 2, 3], err).toContain(code);
    this.#received += takeGiven(this.service);
  }

  async #each(steps: readonly Step[]): Promise<void> {
    for (const next of steps) await this.take(next);
  }

  async #undo(): Promise<void> {
    const runs = (await this.service.json("runs")).json["runs"] as readonly { run: string; state: string; command: string }[] | undefined;
    const applied = runs?.find(({ state, command }) => state === "applied" && command === "map-members");
    if (applied !== undefined) await this.service.json("undo", applied.run, "--apply", ...confirmed);
  }

  /** A pull that stops at its n-th call for users; killed, before it could put that on record. */
  async #cut(nth: number, isKilled: boolean): Promise<void> {
    const { service } = this;
    // What is settled at its beginning stays on record.
    await this.#whole(() => service.json("purge", "--apply", ...confirmed));
    const before = await readRecordOrNone(service);
    const putBack = keepFiles(service, "before");
    service.simulator.faults.add({ fault: -5, path: "/v2/app/users", nth });
    const { code } = await service.json("pull");
    service.simulator.faults.clear();
    const told = (await readRecord(service)).slice(before.length);
    const given = takeGiven(service);
    // Answers that came in beside the one that failed may have been dropped unread.
    if (code === 0) expect(sumOf(told, "received")).toBe(given);
    else expect(sumOf(told, "received")).toBeLessThanOrEqual(given);
    this.#received += sumOf(told, "received");
    if (!isKilled || code === 0) return;
    putBack(isOfRecord);
    putBackHead(service);
  }

  /** It has said what it destroys, and is killed before it does. */
  async #killedPurge(): Promise<void> {
    const { service } = this;
    await this.#whole(() => service.json("purge", "--apply", ...confirmed));
    const before = await readRecordOrNone(service);
    const putBack = keepFiles(service, "before");
    await service.json("purge", "--snapshots", "--apply", ...confirmed);
    this.#found += sumOf((await readRecordOrNone(service)).slice(before.length), "destroyed");
    putBack((file) => !isOfRecord(file));
  }

  /** An applied run has said what it wipes, and is killed before it does. */
  async #killedWipe(): Promise<void> {
    const { service } = this;
    let id = "";
    await this.#whole(async () => {
      const planned = await service.json("map-members");
      id = planned.code === 0 ? planned.id : "";
      return planned;
    });
    if (id === "") return;
    const before = await readRecord(service);
    const putBack = keepFiles(service, "before");
    const applied = await service.json("map-members", "--apply", "--plan", id, ...confirmed);
    if (applied.code !== 0) return;
    this.#found += sumOf((await readRecord(service)).slice(before.length), "destroyed");
    putBack((file) => /^(snapshot|workspace)/.test(file));
    const db = new Database(service.path(".kakao-sync/workspace.db"));
    db.prepare("update runs set state = 'applied' where id = ?").run(id);
    db.close();
  }
}

async function readMonth(service: Service): Promise<Readonly<Record<string, unknown>>> {
  const { json } = await service.json("runs", "audit", "--month", "2026-11");
  return { ...(json["review"] as { ci: object }).ci, inWorkspace: json["held"] };
}

/** Where no workspace is yet, nothing is on record. */
async function readRecordOrNone(service: Service): Promise<readonly CiEntry[]> {
  const { json } = await service.json("runs", "audit");
  return ((json["record"] ?? []) as readonly { readonly entry: CiEntry }[]).map(({ entry }) => entry);
}

describe("CIs on the month's sheet", () => {
  test("add up after any series of pulls, kills, plans, applies and purges: received is what Kakao gave, held what lies in the workspace", async () => {
    const seen = new Map<string, number>();
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 12 }), async (steps) => {
        const town = new Town(await openTown());
        await town.take({ do: "pull" });
        for (const next of steps) await town.take(next);
        await town.check();
        for (const [name, times] of town.seen) seen.set(name, (seen.get(name) ?? 0) + times);
        found += sumOf(await readRecord(town.service), "found");
      }),
      { numRuns: Number(process.env["BALANCE_RUNS"] ?? 15), seed, interruptAfterTimeLimit: 240_000, markInterruptAsFailure: true },
    );
    // The property says nothing of what did not come up.
    expect([...seen.keys()].sort()).toEqual(["apply", "cut", "cut-purge", "cut-refresh", "days", "join", "killed", "killed-purge", "killed-wipe", "leave", "placeholder", "plan", "pull", "purge", "purge-old", "refresh", "undo"]);
    expect(found).toBeGreaterThan(0);
  }, 300_000);

  test("a pull that is killed once its snapshot stands, before that is on record: the sheet says that something is missing, the next command what", async () => {
    const service = await openTown();
    await service.json("pull");
    // Somebody is new, somebody has left, and nobody can write to the record.
    service.simulator.users.load([{ id: "2001", ...accountOf({ ci: ci("new") }) }]);
    service.simulator.users.unlink("1001", "UNLINK_FROM_ADMIN");
    const other = new Database(service.path(".kakao-sync/record.db"));
    other.exec("begin immediate");
    expect((await service.json("pull")).code).not.toBe(0);
    other.exec("rollback");
    other.close();
    expect([await readMonth(service), countHeld(service)]).toEqual([{ heldBefore: 0, received: 20, found: 0, used: 0, destroyed: 0, held: 20, inWorkspace: 20 }, 20]);
    expect((await service.json("pull")).code).toBe(0);
    expect(await readMonth(service)).toEqual({ heldBefore: 0, received: 21, found: 0, used: 0, destroyed: 1, held: 20, inWorkspace: 20 });
    expect((await readRecord(service)).slice(1).map(({ event, code, ci: cis }) => [event, code, cis])).toEqual([["interrupted", "killed", { received: 1 }], ["settled", undefined, { destroyed: 1 }], ["pulled", undefined, { received: 0, destroyed: 0 }]]);
  });

  test("the sheet says so where the workspace holds what the record does not know of", async () => {
    const service = await openTown();
    await service.json("pull");
    expect((await service.run("runs", "audit", "--month", "2026-11")).err).not.toContain("by the record");
    const putBack = keepFiles(service, "before");
    await service.json("purge", "--snapshots", "--apply", ...confirmed);
    putBack((file) => !isOfRecord(file));
    const { out, err } = await service.run("runs", "audit", "--month", "2026-11");
    expect([out, err]).toEqual([expect.stringMatching(/held at the end +│? *0/), expect.stringContaining("The workspace holds 20 CIs, by the record there are 0")]);
    await service.json("pull");
    expect(await readMonth(service)).toMatchObject({ received: 20, found: 20, destroyed: 20, held: 20, inWorkspace: 20 });
  });

  test("those of a file of Kakao users count, too", async () => {
    const service = await openTown();
    service.write("users.jsonl", [1, 2].map((id) => JSON.stringify({ id, kakao_account: { ci: ci(`file ${String(id)}`) } })).join("\n"));
    await service.json("map-members", "--from", "users.jsonl");
    expect(await readMonth(service)).toMatchObject({ received: 2, destroyed: 0, held: 2, inWorkspace: 2 });
    await service.apply("--from", "users.jsonl");
    expect(await readMonth(service)).toMatchObject({ received: 4, destroyed: 2, held: 2, inWorkspace: 2 });
    setClock(start + 8 * day);
    await service.json("purge", "--apply", ...confirmed);
    expect(await readMonth(service)).toMatchObject({ received: 4, destroyed: 4, held: 0, inWorkspace: 0 });
  });
});
