import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { startSimulator } from "../../src/simulator/server.ts";
import { Shop } from "../helpers/shop.ts";

const program = resolve("bin/kakao-sync.js");

/** A shop with one member to be linked; `run` takes the program's words and where a shell sends its output. */
async function openShop(): Promise<{ readonly shop: Shop; run(words: string, where: string): Promise<{ readonly code: number | null; readonly stderr: string }> }> {
  const account = { phone_number_needs_agreement: false, phone_number: "+82 1022220002", name_needs_agreement: false, name: "이서연" };
  const simulator = await startSimulator({ users: [{ id: "502", connected_at: "2026-01-05T00:00:00Z", kakao_account: account }] });
  const config = {
    environment: "rehearsal",
    database: { url: "sqlite:./members.db" },
    members: { table: "members", id: "id", phone: "phone", name: "name", phoneVerified: "always", where: "all" },
    link: { column: "kakao_id" },
    kakao: { appId: 424242, adminKey: "${KAKAO_ADMIN_KEY}", baseUrl: simulator.url, app: { fixedIds: true, autoLink: true } },
    limits: { requestsPerSecond: 100 },
  };
  const shop = new Shop({
    fill: (db) => db.exec("create table members (id integer primary key, phone text, name text, kakao_id text unique); insert into members values (2, '01022220002', '이서연', null)"),
    config: JSON.stringify(config),
    adminKey: simulator.adminKey,
  });
  onTestFinished(async () => {
    shop.close();
    await simulator.close();
  });
  return {
    shop,
    run: async (words, where) => {
      const child = spawn("sh", ["-c", `exec '${process.execPath}' '${program}' ${words} ${where}`], { cwd: shop.folder, env: shop.env, stdio: ["ignore", "ignore", "pipe"] });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      const [code] = (await once(child, "close")) as [number | null];
      return { code, stderr };
    },
  };
}

describe.skipIf(!existsSync("/dev/full"))("what cannot be written because the disk is full", () => {
  test("a result: 4 instead of 0 and 1, and told on stderr; a refusal stays one", async () => {
    const { run } = await openShop();
    const planned = await run("map-members --json", "> /dev/full");
    expect(planned).toMatchObject({ code: 4, stderr: expect.stringContaining("could not be written to stdout (ENOSPC); without it the command would have ended with 0") as string });
    expect((await run("map-members --check --json", "> /dev/full")).code).toBe(4);
    expect((await run("map-members --apply --json", "> /dev/full 2> /dev/full")).code).toBe(3);
  });

  test("a note stops nothing: what was planned is applied", async () => {
    const { shop, run } = await openShop();
    expect((await run("map-members --apply --yes", "2> /dev/full")).code).toBe(0);
    expect(shop.readMembers()[0]).toContain("'502'");
  });

  test("a result of which only the beginning found room", async () => {
    const { shop, run } = await openShop();
    const cut = await run("map-members --help", "> cut.txt");
    const size = statSync(shop.path("cut.txt")).size;
    expect([cut.code, size > 1024]).toEqual([0, true]);
    const limited = spawnSync("sh", ["-c", `ulimit -f 1; exec '${process.execPath}' '${program}' map-members --help > cut.txt`], { cwd: shop.folder, env: shop.env, encoding: "utf8" });
    expect(limited).toMatchObject({ status: 4, stderr: expect.stringContaining("could not be written to stdout (EFBIG)") as string });
  });
});

test("a program that cannot be loaded ends with 70, not as one that has found something", () => {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-broken-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "bin"));
  copyFileSync(program, join(folder, "bin/kakao-sync.js"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const ran = spawnSync(process.execPath, [join(folder, "bin/kakao-sync.js"), "pull"], { encoding: "utf8" });
  expect(ran).toMatchObject({ status: 70, stderr: expect.stringMatching(/^kakao-sync could not be loaded, or stopped by a defect: ERR_MODULE_NOT_FOUND/) as string });
});
