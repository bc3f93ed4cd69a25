import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { randomFrom } from "../../src/simulator/random.ts";
import { startSimulator, type Simulator } from "../../src/simulator/server.ts";
import type { LoadedUser } from "../../src/simulator/users.ts";
import { type CrashReport, killAt, type Moment, requireSame } from "./crash-rounds.ts";
import { readRows } from "./service.ts";
import { Shop } from "./shop.ts";

export interface CrashUnlinkSetup {
  readonly rounds: number;
  readonly seed: number;
  /** Members, each linked to a Kakao user. */
  readonly members: number;
  /** Kakao users that nobody holds. */
  readonly orphans: number;
  readonly told?: (text: string) => void;
}

const day = 86_400_000;
const unlinkPath = "/v1/user/unlink";
/** So long the program does not know what Kakao has done already. */
const answerAfterMs = 120;
const orphanId = (at: number): string => String(7_000_000_000_001 + at * 3);
const memberId = (at: number): string => String(1_000_000_000_001 + at * 7);

/** What really happened at Kakao in a round, by the simulator itself. */
interface Happened {
  /** Times that the link of an id was ended by the service. */
  readonly unlinked: Map<string, number>;
  readonly signedUp: Set<string>;
  readonly cameBack: Set<string>;
}

/**
 * Kills `unlink-orphans --apply` at random moments under random faults, lets people sign up and come back meanwhile, and takes it up again. Throws when anybody is
 * unlinked twice, a member or who came back is unlinked, somebody is left out, or the run's own list differs from what happened.
 */
export async function crashUnlink({ rounds, seed, members, orphans, told }: CrashUnlinkSetup): Promise<CrashReport> {
  const random = randomFrom(seed);
  const simulator = await startSimulator({ listingPerMinute: Infinity });
  const people = listPeople(members, orphans);
  simulator.users.load(people);
  const shop = new Shop({ fill: (db) => fillMembers(db, members), config: configOf(simulator.url), adminKey: simulator.adminKey });
  const found: Record<string, number> = {};
  let kills = 0;
  try {
    const { run, counts } = await shop.json<{ run: string; counts: { unlink: { incomplete: number } } }>(["unlink-orphans"]);
    requireSame("the plan", [String(counts.unlink.incomplete)], [String(orphans)]);
    const kept = ["members.db", ".kakao-sync"];
    for (const name of kept) cpSync(shop.path(name), join(shop.path("template"), name), { recursive: true });
    const apply = ["unlink-orphans", "--apply", "--plan", run, "--yes", "--operator", "crash"];
    const happened: Happened = { unlinked: new Map(), signedUp: new Set(), cameBack: new Set() };
    watchUnlinks(simulator, happened);
    for (let round = 1; round <= rounds; round += 1) {
      for (const name of kept) {
        rmSync(shop.path(name), { recursive: true });
        cpSync(join(shop.path("template"), name), shop.path(name), { recursive: true });
      }
      restorePeople(simulator, people, happened);
      addFaults(simulator, random);
      for (let left = 2 + Math.floor(random() * 3); left > 0; left -= 1) {
        if (!(await killAt(shop, apply, drawMoment(shop, run, random, orphans)))) continue;
        kills += 1;
        // What was under way at Kakao comes to its end without its caller.
        await delay(answerAfterMs + 60);
        const state = (await shop.json<{ runs: { state: string }[] }>(["runs"])).runs[0]?.state ?? "?";
        found[state] = (found[state] ?? 0) + 1;
        letPeopleMove(shop, simulator, happened, random, orphans);
      }
      simulator.faults.clear();
      if ((await shop.json<{ runs: { state: string }[] }>(["runs"])).runs[0]?.state !== "applied") await shop.run(apply);
      checkRound(`round ${round}`, simulator, shop, run, happened, members, orphans);
      told?.(`unlink round ${round} of ${rounds}: ${kills} kills, ${happened.signedUp.size} signed up and ${happened.cameBack.size} came back meanwhile`);
    }
    return { rounds, kills, found };
  } finally {
    shop.close();
    await simulator.close();
  }
}

/** Half of the kills at a moment of the clock, half of them at a write of the run's journal, which is right before or after a call. */
function drawMoment(shop: Shop, run: string, random: () => number, orphans: number): Moment {
  if (random() < 0.4) return { afterMs: 400 + random() * 1500 };
  return { folder: shop.path(".kakao-sync", "runs", run), file: /^run\.db/, nth: 1 + Math.floor(random() * orphans * 3), thenMs: random() < 0.5 ? 0 : random() * 8 };
}

function addFaults(simulator: Simulator, random: () => number): void {
  const rule = (fault: Parameters<Simulator["faults"]["add"]>[0]["fault"], probability: number, path = unlinkPath): void => {
    simulator.faults.add({ path, fault, probability, seed: Math.floor(random() * 2 ** 31) });
  };
  rule("drop-after-applied", 0.03);
  rule("drop-before", 0.02);
  rule(-1, 0.01);
  rule(-603, 0.01);
  rule("html-502", 0.01);
  rule("not-json", 0.01);
  rule({ slowMs: 20 }, 0.05);
  rule({ answerAfterMs }, 0.25);
  rule("html-502", 0.01, "/v2/app/users");
  rule("drop-before", 0.01, "/v2/app/users");
}

/** The simulator's own word on who was unlinked by the service, whatever became of the answer. */
function watchUnlinks(simulator: Simulator, { unlinked }: Happened): void {
  const unlink = simulator.users.unlink.bind(simulator.users);
  simulator.users.unlink = (id, reason) => {
    const ended = unlink(id, reason);
    if (ended && reason === "UNLINK_FROM_SERVICE") unlinked.set(id, (unlinked.get(id) ?? 0) + 1);
    return ended;
  };
}

function restorePeople(simulator: Simulator, people: readonly LoadedUser[], happened: Happened): void {
  for (const user of people) {
    const id = String(user.id);
    if (simulator.users.has(id)) simulator.users.replace(id, user);
    else simulator.users.load([user]);
  }
  happened.unlinked.clear();
  happened.signedUp.clear();
  happened.cameBack.clear();
}

/** While nothing runs: a few of those still linked become members, a few of those unlinked come back. */
function letPeopleMove(shop: Shop, simulator: Simulator, { unlinked, signedUp, cameBack }: Happened, random: () => number, orphans: number): void {
  const db = new Database(shop.path("members.db"));
  // Of the last ones nobody may have written down yet what came of their call: those are the ones that must be looked at.
  const justNow = new Set([...unlinked.keys()].slice(-6));
  try {
    for (let at = 0; at < orphans; at += 1) {
      const id = orphanId(at);
      const linked = simulator.users.has(id);
      if (linked && !cameBack.has(id) && !signedUp.has(id) && random() < 0.01) {
        db.prepare("insert into members (phone, status, kakao_id) values (null, 'active', ?)").run(BigInt(id));
        signedUp.add(id);
      }
      if (!linked && (unlinked.get(id) ?? 0) > 0 && random() < (justNow.has(id) ? 0.6 : 0.03)) {
        simulator.users.relink(id);
        cameBack.add(id);
      }
    }
  } finally {
    db.close();
  }
}

function checkRound(round: string, simulator: Simulator, shop: Shop, run: string, { unlinked, signedUp, cameBack }: Happened, members: number, orphans: number): void {
  const all = Array.from({ length: orphans }, (_, at) => orphanId(at));
  const show = (id: string, times: number, linked: boolean): string => `${id}: unlinked ${times} times, ${linked ? "linked" : "not linked"}`;
  requireSame(`orphans of ${round}`, all.map((id) => show(id, unlinked.get(id) ?? 0, simulator.users.has(id))), all.map((id) => (signedUp.has(id) ? show(id, 0, true) : show(id, 1, cameBack.has(id)))));
  const kept = Array.from({ length: members }, (_, at) => memberId(at));
  requireSame(`members of ${round}`, kept.filter((id) => !simulator.users.has(id)), []);
  const rows = readRows(readFileSync(shop.path(".kakao-sync", "runs", run, "unlinked.csv"), "utf8"));
  const listed = new Map(rows.map(({ kakao_id = "", outcome = "" }) => [kakao_id, outcome]));
  const outcomes = (id: string): readonly string[] => (signedUp.has(id) ? ["spared"] : cameBack.has(id) ? ["done", "spared"] : ["done"]);
  requireSame(`unlinked.csv of ${round}`, all.filter((id) => !outcomes(id).includes(listed.get(id) ?? "missing")).map((id) => `${id} ${listed.get(id) ?? "missing"}`), []);
}

function listPeople(members: number, orphans: number): LoadedUser[] {
  const user = (id: string, phone: string, linkedMs: number): LoadedUser => {
    const linked = `${new Date(linkedMs).toISOString().slice(0, 19)}Z`;
    return { id, connected_at: linked, synched_at: linked, kakao_account: { phone_number_needs_agreement: false, phone_number: phone } };
  };
  const start = Date.parse("2024-01-01T00:00:00Z");
  const digits = (at: number): string => `${String(2000 + Math.floor(at / 9000))}-${String(1000 + (at % 9000))}`;
  return [
    ...Array.from({ length: members }, (_, at) => user(memberId(at), `+82 10-${digits(at)}`, start + (at % 300) * day)),
    ...Array.from({ length: orphans }, (_, at) => user(orphanId(at), `+82 10-${digits(at + 5_000_000)}`, start + (at % 300) * day)),
  ];
}

function fillMembers(db: Database.Database, members: number): void {
  db.exec("create table members (id integer primary key, phone text, status text, kakao_id integer)");
  db.exec("create unique index one_link on members (kakao_id)");
  db.transaction(() => {
    const insert = db.prepare("insert into members values (?, ?, 'active', ?)");
    for (let at = 0; at < members; at += 1) insert.run(at + 1, `010-${String(2000 + Math.floor(at / 9000))}-${String(1000 + (at % 9000))}`, BigInt(memberId(at)));
  })();
}

function configOf(baseUrl: string): string {
  return `environment: rehearsal
database: { url: "sqlite:./members.db" }
members: { table: members, id: id, phone: phone, where: "status = 'active'" }
link: { column: kakao_id }
kakao: { appId: 424242, adminKey: "\${KAKAO_ADMIN_KEY}", baseUrl: "${baseUrl}", app: { fixedIds: true, autoLink: true } }
limits: { requestsPerSecond: 100, listingPerMinute: 100, unlink: { share: 1, count: 1000000, nightly: 1000000 } }
`;
}
