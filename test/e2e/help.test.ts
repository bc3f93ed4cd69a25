import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";

const entry = resolve("bin/kakao-sync.js");

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The built program, where no configuration is. */
function run(...words: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...words], { cwd: tmpdir(), encoding: "utf8" });
  return { code: status, out: stdout, err: stderr };
}

/** The help of a command and of all below it, found as an operator finds them: in the help above. */
function* readHelp(path: readonly string[]): Generator<{ readonly path: readonly string[]; readonly help: Ran }> {
  const help = run(...path, "--help");
  yield { path, help };
  const list = help.out.split("\nCommands:\n")[1] ?? "";
  for (const [, name = ""] of list.matchAll(/^ {2}([a-z][a-z-]*)/gm)) {
    if (name !== "help") yield* readHelp([...path, name]);
  }
}

describe("help", () => {
  const pages = [...readHelp([])];

  it("knows every command", () => {
    expect(pages.map(({ path }) => path.join(" "))).toEqual(
      expect.arrayContaining(["", "init", "doctor", "pull", "map-members", "undo", "audit-consent", "runs", "runs show", "runs abandon", "explain", "sandbox", "demo"]),
    );
  });

  it.each(pages.map((page) => [page.path.join(" ") || "kakao-sync", page] as const))("%s: a result, within 80 columns", (_, { path, help }) => {
    const usage = ["Usage: kakao-sync", ...path].join(" ");
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out.slice(0, usage.length)).toBe(usage);
    expect(help.out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(help.out).toContain("--config <file>");
  });

  it("comes without a command, and by the word help, too", () => {
    expect(run()).toEqual(run("--help"));
    expect(run("help", "undo")).toEqual(run("undo", "--help"));
  });
});

describe("usage", () => {
  it.each([
    [["blub"], "Error: Unknown command 'blub'.\nSee `kakao-sync --help`.\n"],
    [["map-membres"], "Error: Unknown command 'map-membres'.\nDid you mean map-members? See `kakao-sync --help`.\n"],
    [["--blub"], "Error: Unknown option '--blub'.\nSee `kakao-sync --help`.\n"],
    [["pull", "--blub"], "Error: Unknown option '--blub'.\nSee `kakao-sync pull --help`.\n"],
    [["pull", "--dif"], "Error: Unknown option '--dif'.\nDid you mean --diff? See `kakao-sync pull --help`.\n"],
    [["undo"], "Error: Missing required argument 'run'.\nSee `kakao-sync undo --help`.\n"],
  ])("%j: exit 2, and what to do next", (words, err) => expect(run(...words)).toEqual({ code: 2, out: "", err }));
});

describe("--version", () => {
  it("is the package's", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
    expect(run("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("the entry file", () => {
  // import() is the one thing in it that ES5 has not: it stands where an old Node does not come, and all that can run this package at all can parse it.
  const text = readFileSync(entry, "utf8").replace("import(", "load(");

  /** Runs it under another Node version. */
  async function start(version: string): Promise<{ readonly loaded: readonly string[]; readonly said: readonly string[]; readonly exitCode: number | undefined }> {
    const heard: string[] = [];
    const process: { versions: object; version: string; exitCode?: number; on: (event: string) => void } = { versions: { node: version }, version: `v${version}`, on: (event) => heard.push(event) };
    const [loaded, said]: [string[], string[]] = [[], []];
    const load = (path: string): Promise<unknown> => Promise.resolve({ run: () => loaded.push(path) });
    runInNewContext(text, { process, load, console: { error: (line: string) => said.push(line) } });
    await new Promise((done) => setImmediate(done));
    // Whatever is thrown is 70 and never 1, as soon as there is a program that could throw it.
    expect(heard).toEqual(loaded.length === 0 ? [] : ["uncaughtException"]);
    return { loaded, said, exitCode: process.exitCode };
  }

  it("is written in a syntax that an old Node can read", () => {
    const parse = (script: string): readonly unknown[] => new Linter().verify(script, { languageOptions: { ecmaVersion: 5, sourceType: "script" } });
    expect(parse(text)).toEqual([]);
    for (const newer of ["const a = 1;", "var f = () => 1;", "var t = `x`;", "var b = a?.b;", "async function f() {}"]) expect(parse(newer)).toMatchObject([{ fatal: true }]);
  });

  it.each(["0.12.18", "8.17.0", "18.20.8", "20.9.0", "20.16.0"])("stops Node %s with what to do", async (version) => {
    const { loaded, said, exitCode } = await start(version);
    expect(loaded).toEqual([]);
    expect(said).toEqual([`kakao-sync needs Node 20.17 or later; this is v${version}. Install a newer Node and run it again.`]);
    expect(exitCode).toBe(2);
  });

  it.each(["20.17.0", "20.20.2", "22.0.0", "100.0.0"])("hands over in Node %s, and ends with the program's code", async (version) => {
    expect(await start(version)).toEqual({ loaded: ["../dist/main.js"], said: [], exitCode: 1 });
  });

  it("asks for the version that package.json asks for", () => {
    const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly engines: { readonly node: string } };
    expect(text).toContain(`needs Node ${engines.node.replace(">=", "")} or later`);
  });
});
