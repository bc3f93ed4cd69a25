// npm run bench [-- --rows 1000000]: planning, applying, pulling and starting, each beside a peer that does the same work in the same run. Prints ratios.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { KEY, makeData } from "./make-data.mjs";
import { measurePull } from "./measure-pull.mjs";
import { runNode } from "./run-process.mjs";

const here = new URL(".", import.meta.url).pathname;
const program = resolve(here, "../bin/kakao-sync.js");
const at = process.argv.indexOf("--rows");
const rows = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
const data = join(here, ".data", String(rows));
const env = { KAKAO_SYNC_KEY: KEY };

console.log(`${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${rows.toLocaleString("en-US")} rows a side\n`);
if (!existsSync(join(data, "kakao-sync.config.yaml"))) {
  process.stdout.write("Making data …\n");
  await makeData(data, rows);
}

const planned = benchPlan();
await benchPeers(planned);
benchApply();
await measurePull(Math.min(rows, 4_000));
benchHelp();

/** Plans on a copy, so that every run of the benchmark starts from the same workspace. */
function benchPlan() {
  const work = freshCopy();
  const plan = runNode([program, "map-members", "--json", "--quiet"], { cwd: work, env });
  const { counts, run } = JSON.parse(plan.stdout);
  report("plan", plan, `links ${counts.link.ci + counts.link.phone + counts.link.email}`);
  return { ...plan, work, run };
}

async function benchPeers(plan) {
  const sqlite = hasCommand("sqlite3") ? peer("sqlite3 shell: import, index, three joins", () => spawnSync("sqlite3", ["-batch", ":memory:"], { cwd: data, input: readFileSync(join(here, "peer.sql")), encoding: "utf8", maxBuffer: 1 << 28 })) : undefined;
  const duckdb = existsSync(resolve(here, "../node_modules/@duckdb/node-api")) ? runNode([join(here, "peer-duckdb.mjs"), data]) : undefined;
  if (duckdb !== undefined) report("DuckDB: the same three joins from CSV", duckdb, duckdb.stdout.trim());
  else console.log("DuckDB is not installed; npm install --no-save @duckdb/node-api brings it");
  for (const [name, other] of [["sqlite3", sqlite], ["DuckDB", duckdb]]) {
    if (other !== undefined) console.log(`  plan / ${name}: ${(plan.seconds / other.seconds).toFixed(2)} × the time\n`);
  }
}

/** Applies the plan, then makes the same links again with one set-based UPDATE in a copy of the database as it was. */
function benchApply() {
  const work = planned.work;
  cpSync(join(data, "members.db"), join(work, "peer.db"));
  const applied = runNode([program, "map-members", "--apply", "--plan", planned.run, "--yes", "--operator", "bench", "--json", "--quiet"], { cwd: work, env });
  report("apply", applied, `done ${JSON.parse(applied.stdout).applied.done}`);
  const update = runNode([join(here, "peer-update.mjs"), join(work, "peer.db"), join(work, "members.db")]);
  report("one set-based UPDATE of the same rows", update, update.stdout.trim());
  console.log(`  apply / UPDATE: ${(applied.seconds / update.seconds).toFixed(2)} × the time\n`);
  rmSync(work, { recursive: true });
}

function benchHelp() {
  const times = (args) => Array.from({ length: 10 }, () => runNode(args).seconds * 1000).sort((left, right) => left - right)[4];
  const help = times([program, "--help"]);
  const bare = times(["-e", "0"]);
  console.log(`--help: ${help.toFixed(0)} ms, a bare node ${bare.toFixed(0)} ms (median of ten)`);
}

function freshCopy() {
  const work = join(here, ".data", "work");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  for (const name of [".kakao-sync", "members.db", "kakao-sync.config.yaml"]) cpSync(join(data, name), join(work, name), { recursive: true });
  return work;
}

function peer(name, work) {
  const started = performance.now();
  const done = work();
  const seconds = (performance.now() - started) / 1000;
  if (done.status !== 0) throw new Error(`${name} failed\n${done.stderr}`);
  console.log(`${name}: ${seconds.toFixed(1)} s  ${done.stdout.trim().replaceAll("\n", " ")}`);
  return { seconds };
}

function report(name, { seconds, megabytes }, what = "") {
  console.log(`${name}: ${seconds.toFixed(1)} s, peak ${megabytes.toFixed(0)} MB  ${what}`);
}

function hasCommand(name) {
  return spawnSync(name, ["-version"]).status === 0;
}
