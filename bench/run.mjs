// npm run bench [-- --rows 1000000]: planning, applying, pulling and starting, each beside a peer that does the same work in the same run. Prints ratios.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { KEY, makeData } from "./make-data.mjs";
import { measureExportGrowth } from "./export-targets.mjs";
import { measureEngines } from "./measure-engines.mjs";
import { measurePull } from "./measure-pull.mjs";
import { runNode } from "./run-process.mjs";

const here = new URL(".", import.meta.url).pathname;
const program = resolve(here, "../bin/kakao-sync.js");
const at = process.argv.indexOf("--rows");
const rows = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
const data = join(here, ".data", String(rows));
const env = { KAKAO_SYNC_KEY: KEY, KAKAO_SYNC_OPERATOR: "bench" };

console.log(`${cpus().length} × ${cpus()[0].model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${rows.toLocaleString("en-US")} rows a side\n`);
if (!existsSync(join(data, "kakao-sync.config.yaml"))) {
  process.stdout.write("Making data …\n");
  await makeData(data, rows);
}

await benchPlan();
benchApply();
measureEngines(data);
await measurePull(Math.min(rows, 4_000));
if (hasCommand("sqlite3")) measureExportGrowth(rows);
benchHelp();

async function benchPlan() {
  const duckdbIsThere = existsSync(resolve(here, "../node_modules/@duckdb/node-api"));
  if (!duckdbIsThere) console.log("DuckDB is not installed; npm install --no-save @duckdb/node-api brings it");
  const [plan, duckdb] = takeTurns(2, [
    () => {
      const { stdout, ...figures } = runNode([program, "map-members", "--json", "--quiet"], { cwd: freshCopy(), env });
      const { link } = JSON.parse(stdout).counts;
      return { ...figures, what: `links ${link.ci + link.phone + link.email}` };
    },
    ...(duckdbIsThere ? [() => {
      const { stdout, ...figures } = runNode([join(here, "peer-duckdb.mjs"), data]);
      return { ...figures, what: stdout.trim() };
    }] : []),
  ]);
  const sqlite = hasCommand("sqlite3") ? takeTurns(1, [runSqlite])[0] : undefined;
  report("plan", plan);
  if (duckdb !== undefined) report("DuckDB: the same three joins from CSV", duckdb, plan);
  if (sqlite !== undefined) report("sqlite3 shell: import, index, three joins", sqlite, plan);
  console.log();
}

function runSqlite() {
  const started = performance.now();
  const done = spawnSync("sqlite3", ["-batch", ":memory:"], { cwd: data, input: readFileSync(join(here, "peer.sql")), encoding: "utf8", maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`sqlite3 failed\n${done.stderr}`);
  return { seconds: (performance.now() - started) / 1000, what: done.stdout.trim().replaceAll("\n", " ") };
}

/** Applies a fresh plan, and makes the same links again with one set-based UPDATE in a copy of the database as it was. */
function benchApply() {
  let work = "";
  const [apply, update] = takeTurns(2, [
    () => {
      work = freshCopy();
      cpSync(join(data, "members.db"), join(work, "peer.db"));
      const { run } = JSON.parse(runNode([program, "map-members", "--json", "--quiet"], { cwd: work, env }).stdout);
      const { stdout, ...figures } = runNode([program, "map-members", "--apply", "--plan", run, "--yes", "--json", "--quiet"], { cwd: work, env });
      return { ...figures, what: `done ${JSON.parse(stdout).applied.done}` };
    },
    () => {
      const { stdout, ...figures } = runNode([join(here, "peer-update.mjs"), join(work, "peer.db"), join(work, "members.db")]);
      return { ...figures, what: stdout.trim() };
    },
  ]);
  report("apply", apply);
  report("one set-based UPDATE of the same rows", update, apply);
  console.log();
  rmSync(work, { recursive: true });
}

/**
 * The machine may be twice as fast a few seconds later, so a short run can be lucky where a long one cannot: subject and peer take turns, the peer as often as it
 * takes to run as long as the subject, and the means are compared.
 */
function takeTurns(times, [subject, peer]) {
  const runs = [[], []];
  const sum = (figures) => figures.reduce((total, { seconds }) => total + seconds, 0);
  for (let turn = 0; turn < times; turn += 1) {
    runs[0].push(subject());
    while (peer !== undefined && sum(runs[1]) < sum(runs[0]) && runs[1].length < 12 * (turn + 1)) runs[1].push(peer());
  }
  return runs.map((figures) => figures[0] && { ...figures[0], seconds: sum(figures) / figures.length, megabytes: Math.max(...figures.map(({ megabytes }) => megabytes)), runs: figures.length });
}

function benchHelp() {
  const times = (args) => Array.from({ length: 10 }, () => runNode(args).seconds * 1000).sort((left, right) => left - right)[4];
  const help = times([program, "--help"]);
  const bare = times(["-e", "0"]);
  console.log(`--help: ${help.toFixed(0)} ms, ${(help / bare).toFixed(2)} × a bare node -e 0 (${bare.toFixed(0)} ms; medians of ten)`);
}

function freshCopy() {
  const work = join(here, ".data", "work");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  for (const name of [".kakao-sync", "members.db", "kakao-sync.config.yaml"]) cpSync(join(data, name), join(work, name), { recursive: true });
  return work;
}

function report(name, { seconds, megabytes, what, runs }, subject) {
  const memory = !(megabytes > 0) ? "" : `, peak ${megabytes.toFixed(0)} MB`;
  const ratio = subject === undefined ? "" : `   ours takes ${(subject.seconds / seconds).toFixed(2)} × the time`;
  console.log(`${name}: ${seconds.toFixed(1)} s (mean of ${runs})${memory}  (${what})${ratio}`);
}

function hasCommand(name) {
  return spawnSync(name, ["-version"]).status === 0;
}
