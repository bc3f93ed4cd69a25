import { execFileSync } from "node:child_process";
import { onTestFinished } from "vitest";
import { makeFolder } from "./make-folder.ts";

/** A file system of 512 KiB, or null where that is not allowed. */
export function mountSmallDisk(): string | null {
  const folder = makeFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync("umount", [folder]));
  return folder;
}
