import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { startSimulator, type Simulator } from "../../src/simulator/server.ts";
import { Shop } from "../helpers/shop.ts";

/** The script as the runbook prints it. */
const [, indented = ""] = /^ {3}```sh\n( {3}#!\/bin\/sh\n[^]*?)^ {3}```$/m.exec(readFileSync("docs/runbooks/nightly.md", "utf8")) ?? [];
/** Whenever this runs, the end of the window is two hours away. */
const end = new Date(Date.now() + 11 * 3_600_000).toISOString().slice(11, 16);
const script = indented.replaceAll(/^ {3}/gm, "").replaceAll("05:30", end);
/** `sh` is one of these, or another one. */
const shells = ["sh", "dash", "bash"].filter((shell) => spawnSync(shell, ["-c", "true"]).status === 0);
const hasShell = spawnSync("sh", ["-c", "command -v nice && command -v tail"]).status === 0;

interface Night {
  readonly code: number | null;
  readonly said: string;
  /** What each step has answered. */
  readonly results: readonly { readonly command: string; readonly error?: { readonly code: string } }[];
}

interface NightShop {
  readonly simulator: Simulator;
  readonly path: (name: string) => string;
  /** Changes the members by SQL. */
  change(sql: string): void;
  /** What the customer file holds. */
  held(): readonly string[];
  run(env?: Readonly<Record<string, string>>): Promise<Night>;
}

/** A shop with a member to be linked, a Kakao user whom nobody knows, one who is to be written to, and ten members who have nothing to do with Kakao. */
async function openShop(): Promise<NightShop> {
  const account = (phone: string, name: string) => ({ phone_number_needs_agreement: false, phone_number: phone.replace(/^0/, "+82 "), name_needs_agreement: false, name });
  const simulator = await startSimulator({
    users: [
      { id: "501", connected_at: "2026-01-05T00:00:00Z", kakao_account: account("01022220001", "김민준") },
      { id: "502", connected_at: "2026-01-05T00:00:00Z", kakao_account: account("01022220002", "이서연") },
      { id: "503", connected_at: "2026-01-05T00:00:00Z", kakao_account: account("01022220003", "박도윤") },
    ],
  });
  const config = {
    environment: "rehearsal",
    database: { url: "sqlite:./members.db" },
    members: { table: "members", id: "id", phone: "phone", name: "name", phoneVerified: "always", where: "status = 'active'", withdrawn: "status = 'left'", otherLogin: "1 = 1" },
    link: { column: "kakao_id" },
    kakao: { appId: 424242, adminKey: "${KAKAO_ADMIN_KEY}", baseUrl: simulator.url, app: { fixedIds: false, autoLink: true } },
    channel: { publicId: "_Abcd", idType: "app", marketing: { agreed: "agreed", agreedAt: "agreed_at" }, fields: { 지역: "region" } },
    limits: { requestsPerSecond: 100, unlink: { share: 1, count: 10 } },
  };
  const shop = new Shop({
    fill: (db) => db.exec(`create table members (id integer primary key, phone text, name text, status text, kakao_id text unique, agreed text, agreed_at text, region text);
      insert into members values (1, '01022220001', '김민준', 'active', '501', 'Y', '2026-02-01', '서울'), (2, '01022220002', '이서연', 'active', null, 'N', null, null);
      insert into members (id, name, status) select value, '최서준', 'active' from json_each('[11, 12, 13, 14, 15, 16, 17, 18, 19, 20]')`),
    config: JSON.stringify(config),
    adminKey: simulator.adminKey,
  });
  onTestFinished(async () => {
    shop.close();
    await simulator.close();
  });
  mkdirSync(shop.path("bin"));
  mkdirSync(shop.path("log"));
  writeFileSync(shop.path("nightly.sh"), script);
  writeFileSync(shop.path("bin/kakao-sync"), `#!/bin/sh\nexec "${process.execPath}" "${resolve("bin/kakao-sync.js")}" "$@"\n`);
  for (const file of ["nightly.sh", "bin/kakao-sync"]) chmodSync(shop.path(file), 0o755);
  return {
    simulator,
    path: (name) => shop.path(name),
    change: (sql) => {
      const db = new Database(shop.path("members.db"));
      db.exec(sql);
      db.close();
    },
    held: () => [...(simulator.files.all()[0]?.users.app.keys() ?? [])],
    run: async (env = {}) => {
      for (const name of readdirSync(shop.path("log"))) rmSync(shop.path("log", name));
      const child = spawn("sh", [shop.path("nightly.sh"), shop.folder, shop.path("log")], { env: { ...shop.env, PATH: `${shop.path("bin")}:${process.env["PATH"] ?? ""}`, ...env }, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (said += text));
      const [code] = (await once(child, "close")) as [number | null];
      const files = readdirSync(shop.path("log")).filter((name) => name.endsWith(".json")).map((name) => shop.path("log", name));
      const results = files.toSorted((left, right) => statSync(left).mtimeMs - statSync(right).mtimeMs).map((file) => JSON.parse(readFileSync(file, "utf8")) as Night["results"][number]);
      return { code, said, results };
    },
  };
}

// A night starts the program five times: on a busy machine three nights take more than a minute.
describe.skipIf(!hasShell)("the script of the runbook", { timeout: 240_000 }, () => {
  test("does every step and says nothing when all is well", async () => {
    const { simulator, held, run } = await openShop();
    const night = await run();
    expect([night.code, night.said]).toEqual([0, ""]);
    expect(night.results.map(({ command }) => command)).toEqual(["pull", "unlink-orphans", "map-members", "export-channel-targets", "purge"]);
    expect([...simulator.users.idsFrom(1n, false)]).toEqual(["501", "502"]);
    expect(held()).toEqual(["501"]);
  });

  test("tells what a step has found, exit 1, and goes on", async () => {
    const { simulator, run } = await openShop();
    simulator.faults.add({ fault: { status: 400, code: -777 }, path: "/v1/user/unlink", userId: "503" });
    const night = await run();
    expect(night).toMatchObject({ code: 1, said: expect.stringMatching(/^kakao-sync unlink-orphans --apply .* ended with 1:\n\{\n {2}"command": "unlink-orphans"[^]*"failed": 1/) as string });
    expect(night.results).toHaveLength(5);
  });

  test("ends at a pull that could not start, and at one that is refused, with its exit code and its error", async () => {
    const { run } = await openShop();
    const night = await run({ KAKAO_ADMIN_KEY: "wrong" });
    expect(night).toMatchObject({ code: 2, said: expect.stringMatching(/^kakao-sync pull --until \d\d:\d\d ended with 2:\n\{[^]*"code": "kakao-401"/) as string, results: [{ command: "pull", error: { code: "kakao-401" } }] });
    const nobody = await run({ KAKAO_SYNC_OPERATOR: "" });
    expect(nobody).toMatchObject({ code: 3, said: expect.stringContaining("operator-missing") as string });
    expect(nobody.results).toHaveLength(1);
  });

  test("after a brake of unlinking links nobody and adds nobody to the customer file, but removes who refuses; exit 3", async () => {
    const { held, change, run } = await openShop();
    expect((await run()).code).toBe(0);
    change("delete from members where id > 12; update members set agreed = 'N' where id = 1; update members set agreed = 'Y', agreed_at = '2026-03-01' where id = 2");
    const night = await run();
    expect(night).toMatchObject({ code: 3, said: expect.stringMatching(/^kakao-sync unlink-orphans --apply .* ended with 3:\n\{[^]*"code": "brake-members-shrunk"/) as string });
    expect(night.results.map(({ command, error }) => [command, error?.code])).toEqual([["pull", undefined], ["unlink-orphans", "brake-members-shrunk"], ["export-channel-targets", undefined], ["purge", undefined]]);
    expect(held()).toEqual([]);
  });

  test("after a brake of mapping adds nobody to the customer file, but removes who refuses; the next night makes up for it", async () => {
    const { simulator, held, change, run } = await openShop();
    expect((await run()).code).toBe(0);
    simulator.users.link({ connected_at: "2026-01-05T00:00:00Z", kakao_account: { phone_number_needs_agreement: false, phone_number: "+82 1022220004", name_needs_agreement: false, name: "정하은" } }, "504");
    change("insert into members values (4, '01022220004', '정하은', 'active', null, 'Y', '2026-03-01', '서울'); update members set agreed = 'N' where id = 1; update members set agreed = 'Y', agreed_at = '2026-03-01' where id = 2");
    const night = await run();
    expect(night).toMatchObject({ code: 3, said: expect.stringMatching(/^kakao-sync map-members --apply .* ended with 3:\n\{[^]*"code": "brake-links"/) as string });
    expect(night.results.map(({ command }) => command)).toEqual(["pull", "unlink-orphans", "map-members", "export-channel-targets", "purge"]);
    expect(held()).toEqual([]);
    change("update members set kakao_id = '504' where id = 4");
    expect(await run()).toMatchObject({ code: 0, said: "" });
    expect(held()).toEqual(["502", "504"]);
  });

  test("ends where a step failed part-way; the next night is refused by what was left, and still removes who refuses", async () => {
    const { simulator, held, change, run } = await openShop();
    expect((await run()).code).toBe(0);
    simulator.users.link({ connected_at: "2026-01-05T00:00:00Z", kakao_account: { phone_number_needs_agreement: false, phone_number: "+82 1022220005", name_needs_agreement: false, name: "강지호" } }, "505");
    simulator.faults.add({ fault: { status: 401, code: -401 }, path: "/v1/user/unlink" });
    change("update members set agreed = 'N' where id = 1; update members set agreed = 'Y', agreed_at = '2026-03-01' where id = 2");
    const failed = await run();
    expect(failed).toMatchObject({ code: 4, said: expect.stringContaining('"code": "kakao-401"') as string });
    expect([failed.results.map(({ command }) => command), held()]).toEqual([["pull", "unlink-orphans"], ["501"]]);
    simulator.faults.clear();
    const refused = await run();
    expect(refused).toMatchObject({ code: 3, said: expect.stringContaining('"code": "run-interrupted"') as string });
    expect(held()).toEqual([]);
  });
});

/** The script alone, with a program that ends as it is told: what comes after which exit code. */
describe.skipIf(!hasShell)("the script's order", () => {
  const all = ["pull", "unlink-orphans", "map-members", "export-channel-targets", "purge"] as const;
  type Command = (typeof all)[number];

  function runWith(codes: Readonly<Partial<Record<Command, number>>>): { readonly code: number | null; readonly said: string; readonly steps: readonly string[]; readonly flags: string } {
    const folder = mkdtempSync(join(tmpdir(), "kakao-sync-night-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "kakao-sync"), `#!/bin/sh\necho "$*" >> "${folder}/calls"\necho "{}"\ncase $1 in\n${Object.entries(codes).map(([command, code]) => `${command}) exit ${code} ;;`).join("\n")}\nesac\n`);
    writeFileSync(join(folder, "nightly.sh"), script);
    chmodSync(join(folder, "kakao-sync"), 0o755);
    const { status, stdout, stderr } = spawnSync("sh", [join(folder, "nightly.sh"), folder, folder], { env: { PATH: `${folder}:${process.env["PATH"] ?? ""}` }, encoding: "utf8" });
    const calls = readFileSync(join(folder, "calls"), "utf8").trimEnd().split("\n");
    return { code: status, said: stdout + stderr, steps: calls.map((call) => call.split(" ")[0] ?? ""), flags: calls.find((call) => call.startsWith("export")) ?? "" };
  }

  test.each<[Command, number]>([1, 2, 3, 4, 70, 127, 130, 143].map((code) => ["pull", code]))("a %s that ends with %i ends the night, unless it only found something", (command, code) => {
    const night = runWith({ [command]: code });
    expect([night.code, night.steps]).toEqual([code, code === 1 ? all : ["pull"]]);
  });

  test.each<[Command, number]>((["unlink-orphans", "map-members", "export-channel-targets"] as const).flatMap((command) => [2, 4, 70, 127, 130, 143].map((code): [Command, number] => [command, code])))("%s that ends with %i ends the night with that code", (command, code) => {
    const night = runWith({ [command]: code });
    expect([night.code, night.steps]).toEqual([code, all.slice(0, all.indexOf(command) + 1)]);
    expect(night.said).toMatch(new RegExp(`^kakao-sync ${command} .* ended with ${code}:\n\\{\\}\n$`));
  });

  test.each<[Command, readonly Command[]]>([
    ["unlink-orphans", ["pull", "unlink-orphans", "export-channel-targets", "purge"]],
    ["map-members", all],
  ])("%s that is refused: removals only, and exit 3", (command, steps) => {
    const night = runWith({ [command]: 3 });
    expect([night.code, night.steps]).toEqual([3, steps]);
    expect(night.flags).toContain(" --removals-only ");
  });

  test("a customer file that is refused keeps nothing from being purged; nothing refused, no removals only", () => {
    const night = runWith({ "export-channel-targets": 3 });
    expect([night.code, night.steps, night.flags.includes("removals")]).toEqual([3, all, false]);
  });

  test("keeps the code of the first stop and tells of each", () => {
    const night = runWith({ "unlink-orphans": 3, "export-channel-targets": 4 });
    expect([night.code, night.steps.at(-1)]).toEqual([3, "export-channel-targets"]);
    expect(night.said.match(/ended with \d/g)).toEqual(["ended with 3", "ended with 4"]);
    expect(runWith({ "unlink-orphans": 1, "map-members": 3 }).code).toBe(3);
    expect(runWith({ "map-members": 3, purge: 1 }).code).toBe(3);
  });

  test.runIf(existsSync("/dev/full"))("begins nothing where the log cannot be written: no folder, no file of a step, or a full disk", () => {
    const folder = mkdtempSync(join(tmpdir(), "kakao-sync-night-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "kakao-sync"), `#!/bin/sh\necho "$*" >> "${folder}/calls"\n`);
    chmodSync(join(folder, "kakao-sync"), 0o755);
    writeFileSync(join(folder, "nightly.sh"), script);
    const run = (log: string, shell = "sh") => spawnSync(shell, [join(folder, "nightly.sh"), folder, log], { env: { PATH: `${folder}:${process.env["PATH"] ?? ""}`, TZ: "UTC" }, encoding: "utf8" });
    expect(run(join(folder, "no-such-folder"))).toMatchObject({ status: 2, stderr: expect.stringContaining("no-such-folder") as string });
    const days = [0, 1].map((offset) => join(folder, new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)));
    // A folder stands where the step's result is to go. Shells disagree about what a redirection that fails ends with.
    for (const day of days) mkdirSync(`${day}-pull.json`);
    for (const shell of shells) expect([shell, run(folder, shell)]).toMatchObject([shell, { status: 2, stderr: expect.stringContaining("-pull.json") as string }]);
    for (const day of days) {
      rmSync(`${day}.err`, { force: true });
      symlinkSync("/dev/full", `${day}.err`);
    }
    expect(run(folder)).toMatchObject({ status: 2, stderr: expect.stringContaining("No space left") as string });
    expect(existsSync(join(folder, "calls"))).toBe(false);
  });
});
