import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

const measure = new URL("./measure.mjs", import.meta.url).href;

/** Runs a Node program in a process of its own. Returns seconds, peak megabytes and what it printed; throws when it fails. */
export function runNode(args, { cwd, env = {}, expect = [0] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-measure-"));
  const file = join(folder, "peak");
  const started = performance.now();
  const done = spawnSync(process.execPath, ["--import", measure, ...args], { cwd, env: { ...process.env, ...env, MEASURE_FILE: file }, encoding: "utf8", maxBuffer: 1 << 28 });
  const seconds = (performance.now() - started) / 1000;
  if (!expect.includes(done.status)) throw new Error(`${args.join(" ")} ended with ${done.status}\n${done.stdout}\n${done.stderr}`);
  const megabytes = Number(readFileSync(file, "utf8"));
  rmSync(folder, { recursive: true });
  return { seconds, megabytes, stdout: done.stdout, stderr: done.stderr };
}
