import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const home = mkdtempSync(join(tmpdir(), "kakao-sync-documents-"));
const program = resolve("bin/kakao-sync.js");
const sandbox = spawn(process.execPath, [program, "sandbox", "--members", "400"], { cwd: home, env: { PATH: process.env["PATH"], HOME: home } });
let baseUrl = "";

/** The sandbox's Kakao and its member database stand for the reader's own; the program is on the path, as the README has put it. */
beforeAll(async () => {
  mkdirSync(join(home, "bin"));
  writeFileSync(join(home, "bin", "kakao-sync"), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(join(home, "bin", "kakao-sync"), 0o755);
  let out = "";
  await new Promise<void>((ready, failed) => {
    sandbox.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes("kakao-sync undo RUN")) ready();
    });
    sandbox.on("close", () => failed(new Error("the sandbox has ended")));
  });
  baseUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0] ?? "";
});

afterAll(async () => {
  sandbox.removeAllListeners("close");
  const ended = new Promise((resolved) => sandbox.on("close", resolved));
  sandbox.kill("SIGINT");
  await ended;
  rmSync(home, { recursive: true });
});

/** The blocks for a shell of a document that begin with this command. */
function readBlocks(document: string, beginning: string): string[] {
  return [...readFileSync(document, "utf8").matchAll(/^```sh\n([^]*?)^```/gm)].map(([, block = ""]) => block).filter((block) => block.startsWith(beginning));
}

/** Runs a block as it stands, in a folder with a member database of its own. */
function runBlock(name: string, block: string) {
  const folder = join(home, name);
  mkdirSync(folder);
  copyFileSync(join(home, "kakao-sync-sandbox", "members.db"), join(folder, "members.db"));
  const key = /=(.*)/.exec(readFileSync(join(home, "kakao-sync-sandbox", ".env"), "utf8"))?.[1] ?? "";
  const env = { PATH: [join(home, "bin"), process.env["PATH"]].join(delimiter), HOME: home, KAKAO_ADMIN_KEY: key, KAKAO_SYNC_KAKAO_BASE_URL: baseUrl, KAKAO_SYNC_OPERATOR: "reader", FORCE_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync("sh", ["-euc", block], { cwd: folder, env, encoding: "utf8" });
  return { folder, status, stdout, stderr };
}

describe.skipIf(process.platform === "win32")("the shell blocks of the README", () => {
  it("a first real run, from nothing to a plan, as it stands there", () => {
    const [block = "", ...others] = readBlocks("README.md", "kakao-sync init");
    expect(others).toEqual([]);
    expect(block.trim().split("\n")).toHaveLength(5);
    const { folder, status, stdout, stderr } = runBlock("first-run", block);
    expect({ status, errors: stderr.match(/^Error.*/gm) }).toEqual({ status: 0, errors: null });
    expect(stdout).toMatch(/^Plan (\S+): 300 Kakao users, \d+ live members$/m);
    expect(stdout).toMatch(/^\d{8}-\d{6}-\w{4} +map-members +planned/m);
    expect(existsSync(join(folder, ".kakao-sync", "workspace.db"))).toBe(true);
    // Nothing was written: the database is the copy that it was.
    expect(readFileSync(join(folder, "members.db")).equals(readFileSync(join(home, "kakao-sync-sandbox", "members.db")))).toBe(true);
    // Plain in a pipe: no colours, no cursor, no line that renews itself, whatever the environment says.
    expect(stdout + stderr).not.toMatch(/[\u001b\r\u2800-\u28ff]/);
  });
});
