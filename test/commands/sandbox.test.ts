import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { InterruptedError } from "../../src/errors.ts";
import { main } from "../../src/main.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";

const key = Buffer.alloc(32, 7).toString("base64");

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-sandbox-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function interruption(): InterruptedError {
  return new InterruptedError({ code: "interrupted", message: "Interrupted.", hint: "Run the same command again." });
}

interface Started {
  /** What it has said once it is up, or at its end. */
  readonly output: { readonly out: string; readonly err: string };
  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number>;
  readonly ended: Promise<number>;
}

/** Runs a command line in this process, until it is up or has ended. */
async function start(cwd: string, argv: readonly string[], stopAtOnce = false): Promise<Started> {
  const controller = new AbortController();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const output = { out: "", err: "" };
  stdout.on("data", (chunk: Buffer) => (output.out += chunk.toString()));
  const isUp = new Promise<void>((resolve) => {
    stderr.on("data", (chunk: Buffer) => {
      output.err += chunk.toString();
      if (output.err.includes("Runs until Ctrl-C")) resolve();
    });
  });
  const env = { KAKAO_SYNC_KEY: key, KAKAO_SYNC_OPERATOR: "tester" };
  const ended = main(argv, { stdin: new PassThrough(), stdout, stderr, env, cwd, signal: controller.signal });
  const stop = (): Promise<number> => {
    controller.abort(interruption());
    return ended;
  };
  if (stopAtOnce) controller.abort(interruption());
  onTestFinished(async () => {
    await stop();
  });
  await Promise.race([isUp, ended]);
  return { output, stop, ended };
}

async function runJson(cwd: string, ...argv: string[]): Promise<{ readonly code: number; readonly json: Record<string, unknown> }> {
  const { ended, output } = await start(cwd, [...argv, "--json"]);
  const code = await ended;
  return { code, json: JSON.parse(output.out) as Record<string, unknown> };
}

async function startRefused(cwd: string, ...argv: string[]): Promise<{ readonly code: number; readonly error: string }> {
  const { code, json } = await runJson(cwd, "sandbox", ...argv);
  return { code, error: (json["error"] as { readonly code: string }).code };
}

function readMembers(folder: string, columns: string): unknown[] {
  const db = new Database(join(folder, "members.db"), { readonly: true });
  try {
    return db.prepare(`select ${columns} from members union all select ${columns} from members_dormant order by 1`).raw().all();
  } finally {
    db.close();
  }
}

describe("sandbox", () => {
  it("serves a Kakao and a database on which every answer of a mapping comes up and adds up", async () => {
    const cwd = makeFolder();
    const { output, stop } = await start(cwd, ["sandbox"]);
    const folder = join(cwd, "kakao-sync-sandbox");
    expect(output.out).toContain("kakao-sync map-members --apply");
    expect(statSync(join(folder, ".env")).mode & 0o077).toBe(0);

    expect((await runJson(folder, "pull")).json).toMatchObject({ kakaoUsers: 1_500 });
    const { code, json } = await runJson(folder, "map-members");
    expect(code).toBe(0);
    const { link, review, ...rest } = json["counts"] as { readonly link: Record<string, number>; readonly review: Record<string, number> } & Record<string, number>;
    expect(Object.keys(rest).filter((action) => rest[action] === 0)).toEqual([]);
    expect([link["ci"], link["phone"], link["email"]].filter((count) => count === 0)).toEqual([]);
    expect(Object.keys(review)).toHaveLength(19);
    const sum = [...Object.values(rest), ...Object.values(link), ...Object.values(review)].reduce((total, count) => total + count, 0);
    expect(sum).toBe(1_500);
    expect(json["linkedEvidence"]).toMatchObject({ contradicted: 3, unknown: 6 });

    expect(await stop()).toBe(0);
    await expect(fetch(/http:\S+:\d+/.exec(output.out)?.[0] ?? "")).rejects.toThrow();
  });

  it("comes back with its people, its port and an edited configuration", async () => {
    const cwd = makeFolder();
    const first = await start(cwd, ["sandbox", "--folder", "mine", "--members", "300"]);
    await first.stop();
    const folder = join(cwd, "mine");
    const config = join(folder, "kakao-sync.config.yaml");
    writeFileSync(config, `${readFileSync(config, "utf8")}# mine\n`);
    const before = readMembers(folder, "*");
    const edited = readFileSync(config, "utf8");

    const second = await start(cwd, ["sandbox", "--folder", "mine"]);
    expect(readFileSync(config, "utf8")).toBe(edited);
    expect(readMembers(folder, "*")).toEqual(before);
    expect((await runJson(folder, "pull")).json).toMatchObject({ kakaoUsers: 225 });
    await second.stop();

    const third = await start(cwd, ["sandbox", "--folder", "mine", "--port", "0"]);
    expect(readFileSync(config, "utf8")).toContain("# mine");
    expect((await runJson(folder, "pull")).json).toMatchObject({ kakaoUsers: 225, new: 0 });
    await third.stop();
  });

  it("makes the same people in another folder", async () => {
    const cwd = makeFolder();
    for (const folder of ["one", "two"]) await (await start(cwd, ["sandbox", "--folder", folder, "--members", "200"])).stop();
    const columns = "id, ci, phone, email, name, status, role, kakao_id";
    expect(readMembers(join(cwd, "one"), columns)).toHaveLength(200);
    expect(readMembers(join(cwd, "one"), columns)).toEqual(readMembers(join(cwd, "two"), columns));
  });

  it("says with --json where everything is", async () => {
    const cwd = makeFolder();
    const { output, stop } = await start(cwd, ["sandbox", "--members", "100", "--json"]);
    const json = JSON.parse(output.out) as Record<string, unknown>;
    expect(json).toMatchObject({ command: "sandbox", folder: "kakao-sync-sandbox", config: join("kakao-sync-sandbox", "kakao-sync.config.yaml"), members: 100, kakaoUsers: 75, new: true });
    await stop();
  });
});

describe("sandbox refuses", () => {
  it("a folder that is something else, and leaves it alone", async () => {
    const cwd = makeFolder();
    mkdirSync(join(cwd, "photos"));
    writeFileSync(join(cwd, "photos", "cat.jpg"), "cat");
    expect(await startRefused(cwd, "--folder", "photos")).toEqual({ code: 2, error: "sandbox-folder-in-use" });
    expect(readdirSync(join(cwd, "photos"))).toEqual(["cat.jpg"]);
  });

  it("a workspace of a real app: in its folder, by name, or where it is called", async () => {
    const cwd = makeFolder();
    openWorkspace({ folder: join(cwd, ".kakao-sync"), appId: "777", kind: "real", key: { environment: { KAKAO_SYNC_KEY: key } } }).close();
    const refused = { code: 3, error: "workspace-other-kind" };
    expect(await startRefused(cwd)).toEqual(refused);
    expect(await startRefused(cwd, "--folder", ".")).toEqual(refused);
    expect(await startRefused(cwd, "--folder", "elsewhere", "--workspace", ".kakao-sync")).toEqual(refused);
    expect(readdirSync(cwd)).toEqual([".kakao-sync"]);
    const { output, stop } = await start(cwd, ["sandbox", "--folder", "elsewhere", "--members", "100"]);
    expect(output.err).toContain("Runs until");
    await stop();
  });

  it("another size than the folder's, and a size that makes no sense", async () => {
    const cwd = makeFolder();
    await (await start(cwd, ["sandbox", "--members", "100"])).stop();
    expect(await startRefused(cwd, "--members", "200")).toEqual({ code: 2, error: "sandbox-other-size" });
    expect(await startRefused(cwd, "--folder", "small", "--members", "5")).toEqual({ code: 2, error: "sandbox-size" });
    expect(existsSync(join(cwd, "small"))).toBe(false);
  });

  it("a port that is in use, or none", async () => {
    const cwd = makeFolder();
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? String(address.port) : "";
    expect(await startRefused(cwd, "--port", port)).toEqual({ code: 2, error: "sandbox-port" });
    expect(await startRefused(cwd, "--port", "70000")).toEqual({ code: 2, error: "sandbox-port" });
    expect(readdirSync(cwd)).toEqual([]);
  });

  it("to leave half a database behind when it is stopped on the way", async () => {
    const cwd = makeFolder();
    const { ended } = await start(cwd, ["sandbox", "--members", "50000"], true);
    expect(await ended).toBe(130);
    expect(readdirSync(cwd)).toEqual([]);
  });
});
