import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";

interface Started {
  readonly home: string;
  /** Resolves when the text has come on stdout. */
  saw(text: string): Promise<void>;
  interrupt(): void;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** The built program in a home and a temporary folder of its own. */
function startProgram(...argv: string[]): Started {
  const home = mkdtempSync(join(tmpdir(), "kakao-sync-home-"));
  mkdirSync(join(home, "tmp"));
  const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: join(home, "tmp"), TEMP: join(home, "tmp") };
  const child = spawn(process.execPath, [resolve("bin/kakao-sync.js"), ...argv], { cwd: home, env });
  const output = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.err += chunk.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...output }));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(home, { recursive: true, force: true });
  });
  const saw = (text: string): Promise<void> =>
    new Promise((found) => {
      const look = (): void => {
        if (output.out.includes(text)) found();
      };
      child.stdout.on("data", look);
      child.on("close", () => found());
      look();
    });
  return { home, saw, interrupt: () => child.kill("SIGINT"), ended };
}

describe("demo", () => {
  it("plans, applies, has nothing left to do, and undoes", async () => {
    const { home, ended } = startProgram("demo", "--json");
    const { code, out } = await ended;
    expect(code).toBe(0);
    const { steps } = JSON.parse(out) as { readonly steps: readonly { readonly words: readonly string[]; readonly exit: number; readonly result: Record<string, unknown> }[] };
    expect(steps.map(({ words, exit }) => [words[0], exit])).toEqual([["pull", 0], ["map-members", 0], ["map-members", 0], ["map-members", 0], ["undo", 0], ["undo", 0]]);
    const [pull, plan, apply, again, whatIf, undo] = steps.map(({ result }) => result);
    const links = countLinks(plan);
    expect(links).toBeGreaterThan(800);
    expect(sumOf(plan?.["counts"])).toBe(pull?.["kakaoUsers"]);
    expect(apply?.["applied"]).toMatchObject({ done: links, moved: 0, failed: 0 });
    expect(sumOf(again?.["counts"])).toBe(pull?.["kakaoUsers"]);
    expect(countLinks(again)).toBe(0);
    expect(whatIf).toMatchObject({ links, used: 0 });
    expect(undo).toMatchObject({ restored: links });
    expect(readdirSync(join(home, "tmp"))).toEqual([]);
    expect(readdirSync(home)).toEqual(["tmp"]);
  });

  it("shows every command before what it says, within 80 columns", async () => {
    const { ended } = startProgram("demo", "--quiet");
    const { code, out } = await ended;
    expect(code).toBe(0);
    const commands = out.split("\n").filter((line) => line.startsWith("$ "));
    expect(commands.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual(["$ kakao-sync pull", "$ kakao-sync map-members", "$ kakao-sync map-members", "$ kakao-sync map-members", "$ kakao-sync undo", "$ kakao-sync undo"]);
    expect(commands.filter((line) => line.length > 80)).toEqual([]);
    expect(out).toMatch(/^sum {2,}1,500\b/m);
  });

  it("cleans up after Ctrl-C", async () => {
    const { home, saw, interrupt, ended } = startProgram("demo");
    await saw("$ kakao-sync pull");
    expect(readdirSync(join(home, "tmp"))).toHaveLength(1);
    interrupt();
    expect((await ended).code).toBe(130);
    expect(readdirSync(join(home, "tmp"))).toEqual([]);
  });
});

describe("sandbox", () => {
  it("runs until Ctrl-C, its normal end", async () => {
    const { home, saw, interrupt, ended } = startProgram("sandbox", "--members", "100");
    await saw("kakao-sync undo RUN");
    interrupt();
    const { code, err } = await ended;
    expect(err).toContain("has stopped");
    expect(code).toBe(0);
    expect(existsSync(join(home, "kakao-sync-sandbox", "members.db"))).toBe(true);
  });
});

function countLinks(plan: Record<string, unknown> | undefined): number {
  const { link, relink } = plan?.["counts"] as { readonly link: unknown; readonly relink: number };
  return sumOf(link) + relink;
}

/** Every number in an object, however deep. */
function sumOf(counts: unknown): number {
  if (typeof counts === "number") return counts;
  return Object.values(counts ?? {}).reduce<number>((sum, count) => sum + sumOf(count), 0);
}
