import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import type { CustomerFile } from "../../src/simulator/customer-files.ts";
import { randomFrom } from "../../src/simulator/random.ts";
import { startSimulator, type Simulator } from "../../src/simulator/server.ts";
import { type CrashReport, killAt, type Moment, requireSame } from "./crash-rounds.ts";
import { Shop } from "./shop.ts";

export interface CrashUploadSetup {
  /** Nights: the first makes the file, each later one brings it to what the members have become. */
  readonly rounds: number;
  readonly seed: number;
  readonly members: number;
  readonly told?: (text: string) => void;
}

const paths = { list: "/v1/talkchannel/target_user_file", create: "/v1/talkchannel/create/target_user_file", add: "/v1/talkchannel/update/target_users", remove: "/v1/talkchannel/delete/target_users" };
/** So long the program does not know what Kakao has done already. */
const answerAfterMs = 120;
const fresh = ["export-channel-targets", "--upload", "--purpose", "crash", "--apply", "--yes", "--operator", "crash"];
const memberKakaoId = (id: number): string => String(7_000_000_000_000 + id * 3);
const regions = ["서울", "부산", "대구", "광주"];

interface Uploaded {
  readonly upload: { readonly added: number; readonly changed: number; readonly removed: number; readonly requested: number; readonly succeeded: number; readonly failed: number; readonly moved: number; readonly requests: number; readonly held: number };
}

/**
 * Kills `export-channel-targets --upload --apply` at random moments under faults, lets members refuse, come, go and move between the kills, and takes it up again. Throws
 * when somebody who refused is in the file after the run that was gone on with, when the file differs from the selection after the next run, or when a run after that one
 * sends anything.
 */
export async function crashUpload({ rounds, seed, members, told }: CrashUploadSetup): Promise<CrashReport> {
  const random = randomFrom(seed);
  const simulator = await startSimulator({ listingPerMinute: Infinity, removeCounts: "present", fileList: { list: "files", id: "id", name: "name" } });
  const shop = new Shop({ fill: (db) => fillMembers(db, members), config: configOf(simulator.url), adminKey: simulator.adminKey });
  const found: Record<string, number> = {};
  const justAdded = watchAdded(simulator);
  let kills = 0;
  let next = members + 1;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      if (round > 1) next = letMembersMove(shop, random, next, 0.04);
      addFaults(simulator, random);
      const requests = round === 1 ? Math.ceil(members / 2000) : 4;
      for (let left = (round === 1 ? 5 : 2) + Math.floor(random() * 3); left > 0; left -= 1) {
        const run = await findInterrupted(shop);
        if (run === undefined && left < 3 && round > 1) next = letMembersMove(shop, random, next, 0.005);
        if (!(await killAt(shop, argsOf(run), drawMoment(shop, random, requests)))) continue;
        kills += 1;
        // What was under way at Kakao comes to its end without its caller.
        await delay(answerAfterMs + 60);
        const state = (await readRuns(shop))[0]?.state ?? "no run";
        found[state] = (found[state] ?? 0) + 1;
        next = letMembersMove(shop, random, next, 0.005);
        refuse(shop, Array.from({ length: 10 }, () => justAdded[Math.floor(random() * justAdded.length)] ?? "0"));
      }
      simulator.faults.clear();
      await finishNight(`night ${round}`, shop, simulator);
      told?.(`upload night ${round} of ${rounds}: ${kills} kills, ${readFile(simulator).users.app.size} users in the file`);
    }
    return { rounds, kills, found };
  } finally {
    shop.close();
    await simulator.close();
  }
}

/** Goes on with what was interrupted, uploads what has changed since that run's plan, and once more. */
async function finishNight(night: string, shop: Shop, simulator: Simulator): Promise<void> {
  const interrupted = await findInterrupted(shop);
  if (interrupted !== undefined) {
    const { upload } = await shop.json<Uploaded>(argsOf(interrupted));
    requireSums(`run that was gone on with in ${night}`, upload);
    const { refusing } = readMembers(shop);
    requireSame(`who refuses and is in the file after ${night}`, [...readFile(simulator).users.app.keys()].filter((id) => refusing.has(id)), []);
  }
  requireSums(`fresh run of ${night}`, (await shop.json<Uploaded>(fresh)).upload);
  const file = readFile(simulator);
  requireSame(`file after ${night}`, listFile(file), readMembers(shop).selected);
  const before = countUserCalls(simulator);
  const { upload } = await shop.json<Uploaded>(fresh);
  requireSame(`third run of ${night}`, [`${upload.requested} users in ${countUserCalls(simulator) - before} requests, ${upload.held} held`], [`0 users in 0 requests, ${file.users.app.size} held`]);
}

function requireSums(what: string, { added, changed, removed, requested, succeeded, failed }: Uploaded["upload"]): void {
  requireSame(`counts of the ${what}`, [`${added + changed + removed} and ${succeeded + failed}, ${failed} failed`], [`${succeeded} and ${requested}, 0 failed`]);
}

function countUserCalls({ requests }: Simulator): number {
  return requests.count({ path: paths.add }) + requests.count({ path: paths.remove });
}

function argsOf(run: string | undefined): readonly string[] {
  return run === undefined ? fresh : ["export-channel-targets", "--upload", "--apply", "--plan", run, "--yes", "--operator", "crash"];
}

async function readRuns(shop: Shop): Promise<readonly { readonly run: string; readonly state: string }[]> {
  const finished = await shop.call(["runs", "--json"]);
  return finished.code === 0 ? (JSON.parse(finished.stdout) as { runs: { run: string; state: string }[] }).runs : [];
}

async function findInterrupted(shop: Shop): Promise<string | undefined> {
  return (await readRuns(shop)).find(({ state }) => state === "interrupted")?.run;
}

/** A third of the kills at a moment of the clock, the others at a write of the list or of the journal, which is right before or after a request. */
function drawMoment(shop: Shop, random: () => number, requests: number): Moment {
  if (random() < 0.33) return { afterMs: 400 + random() * (1500 + 150 * requests) };
  return { folder: shop.workspace, file: /^targets\.db/, nth: 1 + Math.floor(random() * (6 + requests * 8)), thenMs: random() < 0.5 ? 0 : random() * 60 };
}

function addFaults(simulator: Simulator, random: () => number): void {
  const rule = (fault: Parameters<Simulator["faults"]["add"]>[0]["fault"], probability: number, path: string): void => {
    simulator.faults.add({ path, fault, probability, seed: Math.floor(random() * 2 ** 31) });
  };
  for (const path of [paths.add, paths.remove]) {
    rule("drop-after-applied", 0.15, path);
    rule("drop-before", 0.05, path);
    rule(-1, 0.05, path);
    rule(-603, 0.05, path);
    rule({ status: 503, code: -9798 }, 0.02, path);
    rule({ slowMs: 30 }, 0.5, path);
    rule({ answerAfterMs }, 0.4, path);
  }
  rule("drop-after-applied", 0.5, paths.create);
  rule({ answerAfterMs }, 0.5, paths.create);
  rule("html-502", 0.05, paths.list);
}

/** While nothing runs: of so many members each, some refuse, consent again, withdraw, are deleted, become dormant, move; some are new. */
function letMembersMove(shop: Shop, random: () => number, next: number, share: number): number {
  const db = new Database(shop.path("members.db"));
  const count = Number(db.prepare("select count(*) from members").pluck().get());
  const some = (): readonly unknown[] => Array.from({ length: Math.ceil((count * share) / 6) }, () => 1 + Math.floor(random() * (next - 1)));
  const each = (sql: string): void => {
    const statement = db.prepare(sql);
    for (const id of some()) statement.run(id);
  };
  try {
    db.transaction(() => {
      each("update members set agreed = '0' where id = ?");
      each("update members set agreed = '1' where id = ?");
      each("update members set status = 'dormant' where id = ?");
      each("delete from members where id = ?");
      each(`update members set region = '${regions[Math.floor(random() * regions.length)] ?? ""}', level = level + 1 where id = ?`);
      for (let left = some().length; left > 0; left -= 1) insertMember(db, next++);
    })();
    return next;
  } finally {
    db.close();
  }
}

/** The ids that Kakao has taken last, whether anybody heard of it or not: those are the ones that must be in the workspace's list. */
function watchAdded({ files }: Simulator): readonly string[] {
  const last: string[] = [];
  const add = files.add.bind(files);
  files.add = (file, type, id, fields) => {
    add(file, type, id, fields);
    last.push(id);
    if (last.length > 1000) last.splice(0, 500);
  };
  return last;
}

function refuse(shop: Shop, ids: readonly string[]): void {
  const db = new Database(shop.path("members.db"));
  try {
    for (const id of ids) db.prepare("update members set agreed = '0' where kakao_id = ?").run(BigInt(id));
  } finally {
    db.close();
  }
}

function fillMembers(db: Database.Database, members: number): void {
  db.exec("create table members (id integer primary key, phone text, status text, kakao_id integer unique, agreed text, agreed_at text, region text, level integer)");
  db.transaction(() => {
    for (let id = 1; id <= members; id += 1) insertMember(db, id);
  })();
}

function insertMember(db: Database.Database, id: number): void {
  db.prepare("insert into members values (?, null, 'active', ?, ?, '2026-01-01 10:00:00', ?, ?)").run(id, BigInt(memberKakaoId(id)), id % 10 === 0 ? "0" : "1", regions[id % regions.length], id % 5);
}

/** The selection in the test's own words: a line for each user of the file, by id; and who refuses. */
function readMembers(shop: Shop): { readonly selected: readonly string[]; readonly refusing: ReadonlySet<string> } {
  const db = new Database(shop.path("members.db"), { readonly: true });
  try {
    const selected = db.prepare<[], string>("select kakao_id || ' ' || region || ' ' || level from members where agreed = '1' and status = 'active' order by kakao_id").pluck().all();
    return { selected, refusing: new Set(db.prepare<[], string>("select cast(kakao_id as text) from members where agreed = '0'").pluck().all()) };
  } finally {
    db.close();
  }
}

function readFile(simulator: Simulator): CustomerFile {
  const [file, other] = simulator.files.all();
  if (file === undefined || other !== undefined) throw new Error(`there are ${simulator.files.all().length} files instead of one`);
  return file;
}

function listFile({ users }: CustomerFile): readonly string[] {
  return [...users.app].sort(([left], [right]) => (BigInt(left) < BigInt(right) ? -1 : 1)).map(([id, fields]) => `${id} ${fields["지역"] ?? ""} ${fields["level"] ?? ""}`);
}

function configOf(baseUrl: string): string {
  return `environment: rehearsal
database: { url: "sqlite:./members.db" }
members: { table: members, id: id, phone: phone, where: "status = 'active'" }
link: { column: kakao_id }
kakao: { appId: 424242, adminKey: "\${KAKAO_ADMIN_KEY}", baseUrl: "${baseUrl}" }
channel:
  publicId: _Abcd
  idType: app
  marketing: { agreed: agreed, agreedAt: agreed_at }
  fields: { 지역: region, level: { column: level, type: number } }
limits: { requestsPerSecond: 100 }
`;
}
