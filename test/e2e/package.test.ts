import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// A build, an installation and a demo, on a machine that may be busy with other tests.
const patience = 300_000;

const folder = mkdtempSync(join(tmpdir(), "kakao-sync-package-"));
const elsewhere = join(folder, "elsewhere");
const installed = join(elsewhere, "node_modules", "kakao-sync");

/** A command as a build server runs it: without a terminal, and with nothing to answer a question. */
async function runIn(cwd: string, command: string, ...words: readonly string[]): Promise<{ readonly out: string; readonly err: string }> {
  const child = promisify(execFile)(command, words, { cwd, env: { ...process.env, CI: "true" }, shell: process.platform === "win32", maxBuffer: 2 ** 26 });
  child.child.stdin?.end();
  const { stdout, stderr } = await child;
  return { out: stdout, err: stderr };
}

/** The installed program, by its name. */
async function runInstalled(...words: readonly string[]): Promise<{ readonly out: string; readonly err: string }> {
  return runIn(elsewhere, "npx", "--no", "--", "kakao-sync", ...words);
}

/** Packs a copy of the checkout, where a build disturbs no other test, with things beside it that a tarball must not take along. */
async function pack(): Promise<string> {
  const [source, target] = [join(folder, "source"), join(folder, "packed")];
  const left = ["node_modules", "dist", ".git", ".data", ".kakao-sync"];
  cpSync(".", source, { recursive: true, filter: (path) => !left.includes(basename(path)) });
  symlinkSync(resolve("node_modules"), join(source, "node_modules"), "junction");
  mkdirSync(join(source, ".kakao-sync"));
  for (const file of [".env", ".kakao-sync/workspace.db", "kakao-sync.config.yaml", "members.db"]) writeFileSync(join(source, file), "secret");
  mkdirSync(target);
  await runIn(source, "npm", "pack", "--pack-destination", target);
  const [tarball = ""] = readdirSync(target);
  return join(target, tarball);
}

/**
 * Installs the tarball. The native part of better-sqlite3 is taken from this checkout, in the checkout's version: where no prebuilt binary can be had, its
 * install script compiles for minutes, and what is to be tested here is this package.
 */
async function install(tarball: string): Promise<void> {
  const { version } = JSON.parse(readFileSync("node_modules/better-sqlite3/package.json", "utf8")) as { readonly version: string };
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, "package.json"), JSON.stringify({ private: true, overrides: { "better-sqlite3": version } }));
  await runIn(elsewhere, "npm", "install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", tarball);
  cpSync("node_modules/better-sqlite3/build/Release/better_sqlite3.node", join(elsewhere, "node_modules/better-sqlite3/build/Release/better_sqlite3.node"));
}

function listFiles(): readonly string[] {
  return readdirSync(installed, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(installed, path)).isFile())
    .map((path) => path.split(sep).join("/"));
}

beforeAll(async () => install(await pack()), patience);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package, installed from its tarball", () => {
  it("holds the built program and its documents, and nothing else", () => {
    const files = listFiles();
    expect(files).toEqual(expect.arrayContaining(["package.json", "README.md", "bin/kakao-sync.js", "dist/main.js", "dist/cli.js", "docs/exit-codes.md"]));
    expect([...new Set(files.map((file) => file.split("/")[0]))].sort()).toEqual(["CHANGELOG.md", "LICENSE", "README.ko.md", "README.md", "SECURITY.md", "bin", "dist", "docs", "package.json"]);
    expect(files.filter((file) => !/\.(js|json|md)$/.test(file))).toEqual(["LICENSE"]);
    expect(files.filter((file) => /\.test\.|\.env|workspace\.db|config\.yaml/.test(file))).toEqual([]);
  });

  it("was built from the sources by being packed: a file for each of them", () => {
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
    const built = sources.map((path) => `dist/${path.split(sep).join("/").replace(/\.ts$/, ".js")}`);
    expect(listFiles().filter((file) => file.startsWith("dist/")).sort()).toEqual(built.sort());
  });

  it("brings what it needs, and no tool of its development", () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as Readonly<Record<"dependencies" | "devDependencies", Readonly<Record<string, string>>>>;
    const has = (name: string): boolean => existsSync(join(elsewhere, "node_modules", name));
    expect(Object.keys(dependencies).filter((name) => !has(name))).toEqual([]);
    // mysql2 asks for the types of Node itself, as a peer.
    const peers = Object.keys(dependencies).flatMap((name) => Object.keys((JSON.parse(readFileSync(join(elsewhere, "node_modules", name, "package.json"), "utf8")) as { readonly peerDependencies?: object }).peerDependencies ?? {}));
    expect(Object.keys(devDependencies).filter((name) => has(name) && !peers.includes(name))).toEqual([]);
  });

  it("answers as kakao-sync", { timeout: patience }, async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string };
    expect((await runInstalled("--version")).out).toBe(`${version}\n`);
    expect((await runInstalled("--help")).out).toMatch(/^Usage: kakao-sync \[options\] \[command\]\n/);
  });

  it("runs the demo to its end", { timeout: patience }, async () => {
    const { out, err } = await runInstalled("demo");
    expect(out.match(/^\$ kakao-sync \S+/gm)).toEqual(["pull", "map-members", "map-members", "map-members", "undo", "undo"].map((name) => `$ kakao-sync ${name}`));
    expect(out).toMatch(/^Run \S+: [\d,]+ links written and read back\.$/m);
    expect(err).not.toContain("Error");
    expect(readdirSync(elsewhere).sort()).toEqual(["node_modules", "package-lock.json", "package.json"]);
  });
});
