import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startSimulator, type Simulator } from "../../src/simulator/server.ts";
import { Shop } from "../helpers/shop.ts";

/** The script as the runbook prints it. */
const [, indented = ""] = /^ {3}```sh\n( {3}#!\/bin\/sh\n[^]*?)^ {3}```$/m.exec(readFileSync("docs/runbooks/nightly.md", "utf8")) ?? [];
/** Whenever this runs, the end of the window is two hours away. */
const end = new Date(Date.now() + 11 * 3_600_000).toISOString().slice(11, 16);
const script = indented.replaceAll(/^ {3}/gm, "").replaceAll("05:30", end);
const hasShell = spawnSync("sh", ["-c", "command -v nice && command -v tail"]).status === 0;

interface Night {
  readonly code: number | null;
  readonly said: string;
  /** What each step has answered. */
  readonly results: readonly { readonly command: string; readonly error?: { readonly code: string } }[];
}

/** A shop with a member to be linked, a Kakao user whom nobody knows, and one who is to be written to. */
async function openShop(): Promise<{ readonly simulator: Simulator; run(env?: Readonly<Record<string, string>>): Promise<Night> }> {
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
      insert into members values (1, '01022220001', '김민준', 'active', '501', 'Y', '2026-02-01', '서울'), (2, '01022220002', '이서연', 'active', null, 'N', null, null)`),
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
    run: async (env = {}) => {
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

describe.skipIf(!hasShell)("the script of the runbook", () => {
  test("does every step and says nothing when all is well", async () => {
    const { simulator, run } = await openShop();
    const night = await run();
    expect([night.code, night.said]).toEqual([0, ""]);
    expect(night.results.map(({ command }) => command)).toEqual(["pull", "unlink-orphans", "map-members", "export-channel-targets", "purge"]);
    expect([...simulator.users.idsFrom(1n, false)]).toEqual(["501", "502"]);
    expect([...(simulator.files.all()[0]?.users.app.keys() ?? [])]).toEqual(["501"]);
  });

  test("tells what a step has found, exit 1, and goes on", async () => {
    const { simulator, run } = await openShop();
    simulator.faults.add({ fault: { status: 400, code: -777 }, path: "/v1/user/unlink", userId: "503" });
    const night = await run();
    expect(night).toMatchObject({ code: 1, said: expect.stringMatching(/^kakao-sync unlink-orphans --apply .* ended with 1:\n\{\n {2}"command": "unlink-orphans"[^]*"failed": 1/) as string });
    expect(night.results).toHaveLength(5);
  });

  test("stops at a step that could not do its work, with its exit code and its error", async () => {
    const { run } = await openShop();
    const night = await run({ KAKAO_ADMIN_KEY: "wrong" });
    expect(night).toMatchObject({ code: 2, said: expect.stringMatching(/^kakao-sync pull --until \d\d:\d\d ended with 2:\n\{[^]*"code": "kakao-401"/) as string, results: [{ command: "pull", error: { code: "kakao-401" } }] });
    const nobody = await run({ KAKAO_SYNC_OPERATOR: "" });
    expect(nobody).toMatchObject({ code: 3, said: expect.stringContaining("operator-missing") as string });
  });
});
