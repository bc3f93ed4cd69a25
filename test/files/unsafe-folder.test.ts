import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { refuseUnsafeFolder } from "../../src/files/unsafe-folder.ts";
import { makeFolder } from "./make-folder.ts";

/** A work tree with this `.gitignore`; null where git is not installed. */
function makeWorkTree(ignored = ""): string | null {
  const root = makeFolder();
  try {
    execFileSync("git", ["init", "--quiet", root]);
  } catch {
    return null;
  }
  writeFileSync(join(root, ".gitignore"), ignored);
  return root;
}

const inGit = expect.objectContaining({ code: "folder-in-git", exitCode: 3, hint: expect.stringContaining(".gitignore") });

describe.skipIf(process.platform === "win32")("a folder that others can look into", () => {
  it.each([0o755, 0o750, 0o711, 0o705, 0o777, 0o710])("is refused: %o", (mode) => {
    const folder = makeFolder();
    chmodSync(folder, mode);
    expect(() => refuseUnsafeFolder(folder)).toThrow(expect.objectContaining({ code: "folder-exposed", exitCode: 3, hint: expect.stringContaining(`chmod 700 '${folder}'`) }));
    expect(statSync(folder).mode & 0o777).toBe(mode);
  });

  it("is not one of its owner alone", () => {
    const folder = makeFolder();
    chmodSync(folder, 0o700);
    refuseUnsafeFolder(folder);
  });

  it("is never made: a missing one gets 0700, its parents too, whatever the umask", () => {
    const above = makeFolder();
    const before = process.umask(0o000);
    onTestFinished(() => void process.umask(before));
    refuseUnsafeFolder(join(above, "a", "b"));
    expect([join(above, "a"), join(above, "a", "b")].map((folder) => statSync(folder).mode & 0o777)).toEqual([0o700, 0o700]);
  });
});

describe("a folder that cannot be written", () => {
  it("is told, where a file has its name", () => {
    const file = join(makeFolder(), "file");
    writeFileSync(file, "");
    expect(() => refuseUnsafeFolder(file)).toThrow(expect.objectContaining({ code: "folder-unusable", exitCode: 2 }));
    expect(() => refuseUnsafeFolder(join(file, "below"))).toThrow(expect.objectContaining({ code: "folder-unusable", exitCode: 2 }));
  });
});

describe("a folder in a git work tree", () => {
  it("is refused, and not made, unless git ignores it", ({ skip }) => {
    const root = makeWorkTree("/out/\n");
    if (root === null) return skip("git is not installed");
    expect(() => refuseUnsafeFolder(root)).toThrow(inGit);
    expect(() => refuseUnsafeFolder(join(root, "exports", "today"))).toThrow(inGit);
    expect(existsSync(join(root, "exports"))).toBe(false);
    refuseUnsafeFolder(join(root, "out"));
    refuseUnsafeFolder(join(root, "out", "today"));
  });

  it("is refused where only some names are ignored: a file has a temporary one first", ({ skip }) => {
    const root = makeWorkTree("*.csv\n");
    if (root === null) return skip("git is not installed");
    expect(() => refuseUnsafeFolder(join(root, "out"))).toThrow(inGit);
  });

  it("is refused where something in the ignored folder is tracked all the same", ({ skip }) => {
    const root = makeWorkTree("/out/\n");
    if (root === null) return skip("git is not installed");
    mkdirSync(join(root, "out"), { mode: 0o700 });
    writeFileSync(join(root, "out", "targets.csv"), "");
    refuseUnsafeFolder(join(root, "out"));
    execFileSync("git", ["-C", root, "add", "--force", "out/targets.csv"]);
    expect(() => refuseUnsafeFolder(join(root, "out"))).toThrow(inGit);
  });

  it("is found where it really lies, behind a link", ({ skip }) => {
    const root = makeWorkTree();
    if (root === null) return skip("git is not installed");
    mkdirSync(join(root, "below"));
    const link = join(makeFolder(), "link");
    symlinkSync(join(root, "below"), link);
    expect(() => refuseUnsafeFolder(join(link, "out"))).toThrow(inGit);
  });

  it("is found where .git is a file, as in further work trees", ({ skip }) => {
    const root = makeWorkTree();
    if (root === null) return skip("git is not installed");
    const further = join(makeFolder(), "further");
    const git = (...args: string[]): unknown => execFileSync("git", ["-C", root, "-c", "user.name=x", "-c", "user.email=x@example.com", ...args], { stdio: "ignore" });
    git("commit", "--quiet", "--allow-empty", "--message", "first");
    git("worktree", "add", further);
    expect(() => refuseUnsafeFolder(join(further, "out"))).toThrow(inGit);
  });

  it("is asked of its own repository, not of one that a hook's environment names", ({ skip }) => {
    const [root, other] = [makeWorkTree("/out/\n"), makeWorkTree()];
    if (root === null || other === null) return skip("git is not installed");
    writeFileSync(join(other, ".git", "info", "exclude"), "*\n");
    vi.stubEnv("GIT_DIR", join(other, ".git"));
    onTestFinished(() => void vi.unstubAllEnvs());
    refuseUnsafeFolder(join(root, "out"));
    expect(() => refuseUnsafeFolder(join(root, "exports"))).toThrow(inGit);
  });

  it("is refused, too, where git is not there to say what it ignores", () => {
    const root = makeFolder();
    mkdirSync(join(root, ".git"));
    writeFileSync(join(root, ".gitignore"), "/out/\n");
    vi.stubEnv("PATH", makeFolder() + delimiter);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => refuseUnsafeFolder(join(root, "out"))).toThrow(inGit);
  });
});
