import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RefusedError, StartError } from "../errors.ts";
import { say } from "../say.ts";

/**
 * Makes sure that a folder is fit for a list of people in clear, before one is written: nobody but its owner gets in, and it does not end up in a repository. A missing
 * folder is made (0700). Takes an absolute path. Throws RefusedError `folder-in-git`, `folder-exposed`; StartError `folder-unusable`.
 */
export function refuseUnsafeFolder(folder: string): void {
  refuseWorkTree(folder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(folder, cause);
  }
  refuseExposed(folder);
}

/** Windows keeps access in lists, not in modes: nothing to look at there. */
const hasModes = process.platform !== "win32";

function refuseExposed(folder: string): void {
  if (!hasModes || (statSync(folder).mode & 0o077) === 0) return;
  throw new RefusedError({
    code: "folder-exposed",
    message: say`Other users of this machine can look into ${folder}: a customer file does not belong there.`,
    hint: say`Make the folder private (chmod 700 '${folder}'), or name another one with --to.`,
  });
}

function refuseWorkTree(folder: string): void {
  const real = findRealPath(folder);
  const root = findWorkTree(real);
  if (root === null || isIgnored(root, real)) return;
  throw new RefusedError({
    code: "folder-in-git",
    message: say`${folder} lies in the git work tree ${root}, and git does not ignore it: a customer file could end up in the repository.`,
    hint: say`Name a folder outside with --to; or add the whole folder to ${join(root, ".gitignore")}, with nothing in it tracked. Whether it is ignored is asked of git, which must be installed.`,
  });
}

/** Where the folder really lies, as far as it is there. */
function findRealPath(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? realpathSync(folder) : join(findRealPath(dirname(folder)), basename(folder));
}

/** The nearest folder upwards with a `.git`, which is a file in further work trees and submodules. */
function findWorkTree(folder: string): string | null {
  if (existsSync(join(folder, ".git"))) return folder;
  return dirname(folder) === folder ? null : findWorkTree(dirname(folder));
}

/** Whether git would ignore any file in the folder, whatever its name (what is written has a temporary one first), and tracks none there. */
function isIgnored(root: string, folder: string): boolean {
  const ignored = askGit(root, ["check-ignore", "--quiet", "--", join(folder, ".customer-file")]);
  return ignored !== null && askGit(root, ["ls-files", "--", folder]) === "";
}

/** What git prints; null where it says no, fails or is not there. No program that a repository names is run, and a hook's own repository is not taken for this one. */
function askGit(root: string, args: readonly string[]): string | null {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
  const { status, stdout } = spawnSync("git", ["-C", root, "-c", "core.fsmonitor=false", ...args], { env, encoding: "utf8", timeout: 10_000, windowsHide: true });
  return status === 0 ? stdout : null;
}

function unusable(folder: string, cause: unknown): StartError {
  const code = cause instanceof Error && "code" in cause ? say` (${String(cause.code)})` : "";
  return new StartError({ code: "folder-unusable", message: say`Nothing can be written into ${folder}${code}.`, hint: "Name a folder of your own with --to.", cause });
}
