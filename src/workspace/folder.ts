import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { RefusedError } from "../errors.ts";
import { say } from "../say.ts";

/** Windows keeps access in lists, not in modes: nothing to check or to set there. */
const hasModes = process.platform !== "win32";

/** Makes the folder (0700) and its parents. An existing one is narrowed to 0700; throws RefusedError where that does not work. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  keepPrivate(folder, 0o700);
}

/**
 * Makes sure that the file exists, empty if new, and that only its owner can read it (0600); SQLite gives -wal and -shm the same mode.
 * An existing file is not opened: closing it again would drop the POSIX locks that SQLite holds on it in this process.
 */
export function makePrivateFile(file: string): void {
  if (existsSync(file)) keepPrivate(file, 0o600);
  else closeSync(openSync(file, "a", 0o600));
}

/** Takes group and world access away; throws RefusedError `workspace-exposed` where others keep it. */
export function keepPrivate(path: string, mode: number): void {
  if (!hasModes || !isExposed(path)) return;
  let cause: unknown;
  try {
    chmodSync(path, mode);
    if (!isExposed(path)) return;
  } catch (error) {
    cause = error;
  }
  throw new RefusedError({
    code: "workspace-exposed",
    message: say`${path} can be read or written by other users of this machine, and that could not be changed.`,
    hint: say`Make it private as its owner (chmod ${mode.toString(8)} '${path}'), or keep the workspace in a folder of your own.`,
    cause,
  });
}

/** True where anybody but the owner may read or write it. */
export function isExposed(path: string): boolean {
  return (statSync(path).mode & 0o077) !== 0;
}

/** Brings a written file to the disk, and the folder entry that names it. */
export function syncToDisk(file: string): void {
  syncPath(file, "r+");
  syncFolder(file);
}

/** Brings the entry of a file in its folder to the disk. */
export function syncFolder(file: string): void {
  if (hasModes) syncPath(dirname(file), "r");
}

function syncPath(path: string, flags: string): void {
  const handle = openSync(path, flags);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Removes a SQLite file and what belongs to it; none of them need exist. */
export function removeStateFile(file: string): void {
  for (const end of ["", "-wal", "-shm", "-journal"]) rmSync(file + end, { force: true });
}
