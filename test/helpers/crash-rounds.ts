import { cpSync, existsSync, type FSWatcher, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { randomFrom } from "../../src/simulator/random.ts";
import { makePopulation, type Population } from "../../src/simulator/seed.ts";
import { startSimulator } from "../../src/simulator/server.ts";
import { openWorkspace, type Workspace } from "../../src/workspace/workspace.ts";
import { Shop, shopKey, type Started } from "./shop.ts";

export interface CrashSetup {
  readonly rounds: number;
  readonly seed: number;
  /** Members, and as many Kakao users. */
  readonly size: number;
  /** Told after each round. */
  readonly told?: (text: string) => void;
}

export interface CrashReport {
  readonly rounds: number;
  /** Processes killed while they ran; the other ones had ended before the moment came. */
  readonly kills: number;
  /** Kills by what the run was doing: its state afterwards. */
  readonly found: Readonly<Record<string, number>>;
}

/** When to kill: so long after the start, or so long after a file was touched for the n-th time. */
export type Moment = { readonly afterMs: number } | { readonly folder: string; readonly file: RegExp; readonly event?: "rename"; readonly nth: number; readonly thenMs: number };

const operator = ["--yes", "--operator", "crash"];

/** Kills `pull` at random moments and takes it up again; throws when the snapshot or a plan made from it differs from an undisturbed one. */
export async function crashPull({ rounds, seed, size, told }: CrashSetup): Promise<CrashReport> {
  const random = randomFrom(seed);
  const population = makePopulation({ count: size, seed, now: Date.now(), preregistered: 0.01 });
  const simulator = await startSimulator({ listingPerMinute: Infinity });
  simulator.users.seed(population);
  const shop = new Shop({ fill: fillMembers(population), config: configOf(simulator.url), adminKey: simulator.adminKey });
  const found: Record<string, number> = {};
  let kills = 0;
  try {
    const started = Date.now();
    await shop.run(["pull"]);
    const lasts = Date.now() - started;
    const snapshot = readSnapshot(shop);
    const plan = await readFreshPlan(shop, []);
    for (let round = 1; round <= rounds; round += 1) {
      rmSync(shop.workspace, { recursive: true });
      for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) {
        const atTheEnd = random() < 0.25;
        const moment: Moment = atTheEnd ? { folder: shop.workspace, file: /^snapshot-/, nth: 1 + Math.floor(random() * 3), thenMs: random() * 10 } : { afterMs: random() * lasts * 1.05 };
        if (!(await killAt(shop, ["pull"], moment))) continue;
        kills += 1;
        const state = existsSync(join(shop.workspace, "pull.db")) ? "unfinished" : existsSync(shop.workspace) ? "no pull" : "no workspace";
        found[state] = (found[state] ?? 0) + 1;
      }
      await shop.run(["pull"]);
      requireSame(`snapshot of round ${round}`, readSnapshot(shop), snapshot);
      requireSame(`plan of round ${round}`, await readFreshPlan(shop, []), plan);
      const strays = shop.listFiles(".kakao-sync").filter((file) => /pull\.db|\.tmp$|-journal$/.test(file));
      requireSame(`files of round ${round}`, strays, []);
      told?.(`pull round ${round} of ${rounds}: ${kills} kills`);
    }
    return { rounds, kills, found };
  } finally {
    shop.close();
    await simulator.close();
  }
}

/**
 * Kills `map-members --apply` and `undo --apply` at random moments and takes them up again; throws when the database after the apply, a plan made then,
 * or the database after the undo differs from what an undisturbed run leaves.
 */
export async function crashApply({ rounds, seed, size, told }: CrashSetup): Promise<CrashReport> {
  const random = randomFrom(seed);
  const population = makePopulation({ count: size, seed, now: Date.now() });
  const shop = new Shop({ fill: fillMembers(population), config: configOf("http://127.0.0.1:9"), adminKey: "of nobody" });
  const from = ["--from", "users.jsonl"];
  const found: Record<string, number> = {};
  let kills = 0;
  const kill = async (args: readonly string[], moment: Moment): Promise<void> => {
    if (!(await killAt(shop, args, moment))) return;
    kills += 1;
    const state = `${args[0] ?? ""}, run ${listRuns(shop).find(({ state }) => state !== "planned")?.state ?? "not begun"}`;
    found[state] = (found[state] ?? 0) + 1;
  };
  try {
    writeUsers(shop.path("users.jsonl"), population);
    const original = shop.readMembers();
    const plan = await shop.json<{ run: string }>(["map-members", ...from]);
    const template = shop.path("template");
    const kept = ["members.db", ".kakao-sync"];
    for (const name of kept) cpSync(shop.path(name), join(template, name), { recursive: true });
    const applyPlan = ["map-members", "--apply", "--plan", plan.run, ...operator];
    const applyFresh = ["map-members", "--apply", ...from, ...operator];
    const started = Date.now();
    const { applied }: { applied: { done: number } } = JSON.parse((await shop.run([...applyPlan, "--json"])).stdout);
    const lasts = Date.now() - started;
    if (applied.done < size / 2) throw new Error(`only ${applied.done} of ${size} members are linked: these rounds would prove nothing`);
    const written = shop.readMembers();
    const planAfter = await readFreshPlan(shop, from);
    const transactions = 1 + Math.ceil(applied.done / 2000);
    const draw = (most: number): Moment => drawWriting(shop, random, transactions) ?? { afterMs: random() * most };
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of kept) {
        rmSync(shop.path(name), { recursive: true });
        cpSync(join(template, name), shop.path(name), { recursive: true });
      }
      const fresh = random() < 0.25;
      for (let left = 1 + Math.floor(random() * 3); left > 0; left -= 1) {
        const run = findRun(shop);
        if (run?.state === "applied") break;
        await kill(fresh && run?.state !== "interrupted" ? applyFresh : [...applyPlan.slice(0, 3), run?.run ?? plan.run, ...operator], draw(fresh ? lasts * 2 : lasts));
      }
      const undoAtOnce = random() < 0.35 && findRun(shop)?.state === "interrupted";
      if (!undoAtOnce) {
        await finishApply(shop, applyFresh);
        requireSame(`members after the apply of round ${round}`, shop.readMembers(), written);
        requireSame(`linked.csv of round ${round}`, readLinked(shop, runToUndo(shop)), listChanged(original, written));
        requireSame(`plan after the apply of round ${round}`, await readFreshPlan(shop, from), planAfter);
      }
      const undo = ["undo", runToUndo(shop), "--apply", ...operator];
      for (let left = Math.floor(random() * 3); left > 0 && runToUndo(shop) !== ""; left -= 1) await kill(undo, draw(lasts));
      if (runToUndo(shop) !== "") await shop.run(undo);
      requireSame(`members after the undo of round ${round}${undoAtOnce ? ", an interrupted run" : ""}`, shop.readMembers(), original);
      told?.(`apply round ${round} of ${rounds}: ${kills} kills`);
    }
    return { rounds, kills, found };
  } finally {
    shop.close();
  }
}

/**
 * Most of an apply is start-up and planning, so two in three kills are aimed at its writing: at the making or removing of the database's journal, which
 * is the beginning or end of a transaction, or at any write in between.
 */
function drawWriting(shop: Shop, random: () => number, transactions: number): Moment | undefined {
  const kind = random();
  const near = { folder: shop.folder, thenMs: random() < 0.5 ? 0 : random() * 8 };
  if (kind < 0.35) return { ...near, file: /^members\.db-journal$/, event: "rename", nth: 1 + Math.floor(random() * transactions * 2) };
  if (kind < 0.67) return { ...near, file: /^members\.db/, nth: 1 + Math.floor(random() * transactions * 150) };
  return undefined;
}

/** Members of a population: three in four have their CI, all four kinds of empty links, one in fifty has left. */
export function fillMembers(population: Population): (db: Database) => void {
  const empties = ["null", "''", "0", "'0'"];
  const providers = ["null", "''", "'none'", "7"];
  return (db) => {
    db.exec("create table members (id integer primary key, ci text, phone text, email text, name text, birthdate text, verified text, status text, kakao_id, provider, note text)");
    db.exec("create unique index one_link on members (kakao_id) where kakao_id <> '' and kakao_id <> 0 and kakao_id <> '0'");
    db.transaction(() => {
      for (let at = 0; at < population.count; at += 1) {
        const { ci, phone, email, name, birthdate } = population.personAt(at);
        const link = at % 40 === 39 ? `'${population.idAt(at)}'` : empties[at % 4];
        db.prepare(`insert into members values (?, ?, ?, ?, ?, ?, '2026-01-01 00:00:00', ?, ${link}, ${providers[Math.floor(at / 4) % 4]}, ?)`)
          .run(at + 1, at % 4 < 3 ? ci : null, phone, email, name, birthdate, at % 50 === 49 ? "left" : "active", `note ${at}`);
      }
    })();
  };
}

export function configOf(baseUrl: string, more = ""): string {
  return `environment: rehearsal
database: { url: "sqlite:./members.db" }
members:
  table: members
  id: id
  ci: ci
  phone: phone
  email: email
  name: name
  birthdate: birthdate
  phoneVerifiedAt: verified
  emailVerifiedAt: verified
  where: "status = 'active'"
  withdrawn: "status = 'left'"
link: { column: kakao_id, set: { provider: kakao } }
kakao: { appId: 424242, adminKey: "\${KAKAO_ADMIN_KEY}", baseUrl: "${baseUrl}" }
limits: { requestsPerSecond: 100, listingPerMinute: 100, link: { share: 1, count: 1000000 } }
${more}`;
}

/** The population as a file for `--from`; ids stand as numbers, as Kakao answers them. */
export function writeUsers(path: string, population: Population): void {
  const lines = Array.from({ length: population.count }, (_, at) => {
    const id = population.idAt(at);
    return JSON.stringify({ id, ...population.detailsOf(id) }).replace(`"id":"${id}"`, `"id":${id}`);
  });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

/** Starts the program and kills it at the moment; false when it had ended before. */
export async function killAt(shop: Shop, args: readonly string[], moment: Moment): Promise<boolean> {
  const started = shop.start(args);
  await Promise.race([started.finished, reach(moment, started)]);
  started.child.kill("SIGKILL");
  return (await started.finished).signal === "SIGKILL";
}

async function reach(moment: Moment, { finished }: Started): Promise<void> {
  if ("afterMs" in moment) return delay(moment.afterMs);
  // The workspace may have to be made first.
  const ended = finished.then(() => true);
  while (!existsSync(moment.folder)) if (await Promise.race([ended, delay(2)])) return;
  let watcher: FSWatcher | undefined;
  try {
    await new Promise<void>((resolve) => {
      let seen = 0;
      watcher = watch(moment.folder, (event, name) => {
        if (moment.file.test(name ?? "") && event === (moment.event ?? event) && ++seen === moment.nth) resolve();
      });
      void ended.then(() => resolve());
    });
  } finally {
    watcher?.close();
  }
  if (moment.thenMs > 0) await delay(moment.thenMs);
}

interface RunFacts {
  readonly run: string;
  readonly state: string;
}

/** The newest run; undefined before the first. */
function findRun(shop: Shop): RunFacts | undefined {
  return listRuns(shop)[0];
}

/** Newest first; read here, because a process takes longer. */
function listRuns(shop: Shop): readonly RunFacts[] {
  const workspace = openShopWorkspace(shop);
  try {
    return workspace.runs.list().map(({ id, state }) => ({ run: id, state }));
  } finally {
    workspace.close();
  }
}

async function finishApply(shop: Shop, fresh: readonly string[]): Promise<void> {
  const run = findRun(shop);
  if (run?.state === "applied") return;
  await shop.run(run === undefined ? fresh : ["map-members", "--apply", "--plan", run.run, ...operator]);
}

/** The run that wrote: a plan may have been made after it. */
function runToUndo(shop: Shop): string {
  return listRuns(shop).find(({ state }) => state === "applied" || state === "interrupted")?.run ?? "";
}

async function readFreshPlan(shop: Shop, flags: readonly string[]): Promise<string[]> {
  const { files } = await shop.json<{ files: { plan: string } }>(["map-members", ...flags]);
  return readFileSync(shop.path(files.plan), "utf8").split("\n");
}

function readLinked(shop: Shop, run: string): string[] {
  const [, ...rows] = readFileSync(join(shop.workspace, "runs", run, "linked.csv"), "utf8").trimEnd().split("\n");
  return rows.map((row) => row.split(",")[0] ?? "").sort();
}

function listChanged(before: readonly string[], after: readonly string[]): string[] {
  return after.filter((row, at) => row !== before[at]).map((row) => /^integer (\d+)/.exec(row)?.[1] ?? row).sort();
}

function openShopWorkspace(shop: Shop): Workspace {
  return openWorkspace({ folder: shop.workspace, appId: "424242", kind: "sandbox", key: { environment: { KAKAO_SYNC_KEY: shopKey } } });
}

/** Every user of the snapshot, a line each, without the times of reading. */
export function readSnapshot(shop: Shop): string[] {
  const workspace = openShopWorkspace(shop);
  const snapshot = workspace.snapshots.snapshot();
  try {
    if (snapshot === null) return ["no snapshot"];
    return [String(snapshot.complete), JSON.stringify(snapshot.counts), ...[...snapshot.blocks()].flat().map((user) => JSON.stringify(user))];
  } finally {
    snapshot?.close();
    workspace.close();
  }
}

/** Throws with the first difference. */
export function requireSame(what: string, found: readonly string[], expected: readonly string[]): void {
  const at = Array.from({ length: Math.max(found.length, expected.length) }, (_, index) => index).find((index) => found[index] !== expected[index]);
  if (at === undefined) return;
  const differing = found.filter((row, index) => row !== expected[index]).length;
  throw new Error(`${what}: ${differing} of ${expected.length} differ, the first at ${at}:\n  found    ${String(found[at])}\n  expected ${String(expected[at])}`);
}
