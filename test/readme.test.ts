import { existsSync, readFileSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";

const readme = readFileSync("README.md", "utf8");
const setUp = "npm ci && npm run build && npm run demo";
const tests = "npm ci && npm test";

interface PackageFile {
  readonly scripts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

const packageFile = JSON.parse(readFileSync("package.json", "utf8")) as PackageFile;

/** The lines of the README's blocks for a shell. */
function readShellLines(): readonly string[] {
  return [...readme.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
}

describe("the README", () => {
  it("sets up with one line and tests with another", () => {
    expect(readShellLines().filter((line) => line.includes("npm ci"))).toEqual([setUp, tests]);
  });

  it("runs only scripts and files that there are", () => {
    const lines = readShellLines();
    const scripts = lines.flatMap((line) => [...line.matchAll(/npm (?:run )?([a-z]+)/g)].map(([, name = ""]) => name)).filter((name) => name !== "ci");
    expect(Object.keys(packageFile.scripts)).toEqual(expect.arrayContaining([...scripts, "build", "lint", "test", "demo", "prepack"]));
    for (const [, file = ""] of lines.join("\n").matchAll(/^node (\S+)/gm)) expect(existsSync(file)).toBe(true);
  });

  it("points at documents that exist", () => {
    const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = ""]) => target);
    expect(targets.length).toBeGreaterThan(3);
    expect(targets.filter((target) => !existsSync(target))).toEqual([]);
  });
});

describe(".ci/run", () => {
  it("runs exactly the README's test line, from the package's folder, after it has looked for a browser", () => {
    const commands = readFileSync(".ci/run", "utf8").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(commands).toEqual(["set -euo pipefail", 'cd "$(dirname "$0")/.."', "export KAKAO_SYNC_TEST_REQUIRE=postgres,mysql", ".ci/install-browser", tests]);
  });

  it.skipIf(process.platform === "win32").each([".ci/run", ".ci/install-browser"])("%s can be run", (script) => expect(statSync(script).mode & 0o111).not.toBe(0));
});

describe("the package", () => {
  it("is built before it is packed, and tested without another step", () => {
    expect(packageFile.scripts).toMatchObject({ prepack: "npm run build", test: "vitest run" });
  });

  it("needs at most 18 packages at run time", () => {
    expect(Object.keys(packageFile.dependencies).length).toBeLessThanOrEqual(18);
  });

  it("locks versions by their digests and names no registry", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly resolved?: string; readonly inBundle?: boolean }>> };
    const locked = Object.entries(packages).filter(([path]) => path !== "");
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(locked.filter(([, { integrity, inBundle }]) => integrity === undefined && inBundle !== true)).toEqual([]);
    expect(packages[""]).toMatchObject({ dependencies: packageFile.dependencies });
  });
});
