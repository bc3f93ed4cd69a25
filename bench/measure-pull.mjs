// Calls of a first and of a second pull against the least there can be, on a simulated Kakao without a limit of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";
import { makePopulation } from "../dist/simulator/seed.js";
import { startSimulator } from "../dist/simulator/server.js";
import { KEY } from "./make-data.mjs";

const program = resolve(new URL(".", import.meta.url).pathname, "../bin/kakao-sync.js");

export async function measurePull(count) {
  const simulator = await startSimulator({ listingPerMinute: Infinity });
  simulator.users.seed(makePopulation({ count, seed: 1, now: Date.now(), young: 0 }));
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-pull-"));
  new Database(join(folder, "members.db")).exec("create table members (id integer primary key, phone text, kakao_id text unique)").close();
  writeFileSync(join(folder, "kakao-sync.config.yaml"), `database: { url: "sqlite:./members.db" }
members: { table: members, id: id, phone: phone, where: all }
link: { column: kakao_id }
kakao: { appId: 424242, adminKey: "\${KAKAO_ADMIN_KEY}", baseUrl: "${simulator.url}" }
limits: { requestsPerSecond: 100, listingPerMinute: 100 }
`);
  // Only as much as the listing's pace lets through in a minute, so that the benchmark need not wait for the next one.
  for (const name of ["first pull", "second pull"]) {
    const before = simulator.requests.total;
    const started = performance.now();
    await pull(folder, simulator.adminKey);
    const calls = simulator.requests.total - before;
    const least = Math.ceil(count / 100) + (name === "first pull" ? Math.ceil(count / 100) + Math.ceil(count / 20) : 0);
    console.log(`${name} of ${count.toLocaleString("en-US")} users: ${calls} calls, the least is ${least}; ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  await simulator.close();
  rmSync(folder, { recursive: true });
  console.log();
}

function pull(cwd, key) {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [program, "pull", "--quiet"], { cwd, env: { ...process.env, KAKAO_SYNC_KEY: KEY, KAKAO_SYNC_OPERATOR: "bench", KAKAO_ADMIN_KEY: key }, stdio: ["ignore", "ignore", "inherit"] });
    child.on("exit", (code) => (code === 0 ? done() : failed(new Error(`pull ended with ${code}`))));
  });
}
