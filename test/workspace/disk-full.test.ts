import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFolder, openTestWorkspace, userOf } from "./open-test-workspace.ts";

const full = expect.objectContaining({ code: "disk-full", exitCode: 4 });

/** A file system of 2 MiB, or null where that is not allowed. */
function mountSmallDisk(): string | null {
  const folder = makeFolder();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync("umount", ["-l", folder]));
  return folder;
}

describe("a full disk", () => {
  it("stops a pull and a plan part-way, and both can be given up", ({ skip }) => {
    const disk = mountSmallDisk();
    if (disk === null) return skip("a small disk can only be mounted by root on Linux");
    const workspace = openTestWorkspace(disk);
    const pull = workspace.snapshots.beginPull({ properties: [], refreshBefore: 0, now: 1 });
    let listed = 0;
    const list = (): void => {
      for (; listed < 1_000_000; listed += 100) pull.addListed(Array.from({ length: 100 }, (_, at) => String(1 + listed + at)));
    };
    expect(list).toThrow(full);
    expect(listed).toBeGreaterThan(0);
    pull.abandon();
    const prepared = workspace.runs.prepare(1);
    const draft = workspace.createRunStore(prepared);
    const plan = (): void => {
      for (let at = 0; at < 100_000; at += 1) draft.plan.add([0, String(at), "9223372036854775807", "link", "ci", null, "ab".repeat(16)]);
      draft.finish();
    };
    expect(plan).toThrow(full);
    draft.discard();
    expect(existsSync(join(prepared.folder, "run.db"))).toBe(false);
  });

  it("stops an import, and leaves nothing of it", async ({ skip }) => {
    const disk = mountSmallDisk();
    if (disk === null) return skip("a small disk can only be mounted by root on Linux");
    const workspace = openTestWorkspace(disk);
    const users = Array.from({ length: 20_000 }, (_, at) => userOf(String(at + 1)));
    await expect(workspace.snapshots.importUsers(users, 1)).rejects.toThrow(full);
    expect(existsSync(join(workspace.folder, "import.db"))).toBe(false);
    expect(workspace.snapshots.list()).toEqual([]);
  });
});
