import Database from "better-sqlite3";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { main } from "../src/main.ts";
import { startSimulator } from "../src/simulator/server.ts";

const scenarios = readdirSync("fixtures", { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() && entry.name !== "consent" ? [entry.name] : []));

/** Runs one command in process and returns what it wrote to stdout. */
async function run(cwd: string, env: Record<string, string>, ...argv: string[]): Promise<string> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await main(argv, { stdin, stdout, stderr, cwd, env, signal: new AbortController().signal });
  expect(code, String(stderr.read())).toBe(0);
  return String(stdout.read());
}

test.each(scenarios)("the scenario %s gets the plan that was written down for it", async (name) => {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-fixture-"));
  const simulator = await startSimulator({ users: readFileSync(`fixtures/${name}/kakao.json`, "utf8") });
  try {
    cpSync(`fixtures/${name}/kakao-sync.config.yaml`, join(folder, "kakao-sync.config.yaml"));
    new Database(join(folder, "members.db")).exec(readFileSync(`fixtures/${name}/members.sql`, "utf8")).close();
    const env = { KAKAO_ADMIN_KEY: simulator.adminKey, KAKAO_BASE_URL: simulator.url, KAKAO_SYNC_KEY: Buffer.alloc(32, 1).toString("base64"), KAKAO_SYNC_OPERATOR: "tester" };
    const result: { counts: unknown; files: { plan: string } } = JSON.parse(await run(folder, env, "map-members", "--json"));
    expect(readFileSync(join(folder, result.files.plan), "utf8")).toBe(readFileSync(`fixtures/${name}/expected/plan.csv`, "utf8"));
    expect(result.counts).toEqual(JSON.parse(readFileSync(`fixtures/${name}/expected/counts.json`, "utf8")));
  } finally {
    await simulator.close();
    rmSync(folder, { recursive: true });
  }
});
