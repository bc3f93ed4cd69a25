import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RefusedError } from "../../src/errors.ts";
import { isLocked } from "../../src/workspace/lock.ts";
import { makeFolder, openTestWorkspace } from "./open-test-workspace.ts";
import { killChild, startChild } from "./run-child.ts";

const holder = { command: "map-members --apply", operator: "kim", host: "db1", since: "2026-11-20T18:00:00Z" };

describe("the lock", () => {
  it("is taken once, also within one process, and free again after release", () => {
    const workspace = openTestWorkspace(makeFolder());
    const lock = workspace.lock(holder, 1);
    expect(isLocked(workspace.folder)).toBe(true);
    expect(() => workspace.lock(holder, 1)).toThrow(RefusedError);
    lock.release();
    lock.release();
    expect(isLocked(workspace.folder)).toBe(false);
    expect(existsSync(join(workspace.folder, "lock.json"))).toBe(false);
    workspace.lock(holder, 1).release();
  });

  it("of another process is refused, naming who, and does not outlive a killed process", async () => {
    const workspace = openTestWorkspace(makeFolder());
    const child = await startChild(workspace.folder, `workspace.lock(${JSON.stringify(holder)}, 1);`);
    expect(() => workspace.lock(holder, 2)).toThrow(
      expect.objectContaining({
        code: "workspace-locked",
        message: expect.stringContaining(`map-members --apply of kim on db1 (process ${child.pid}, since 2026-11-20T18:00:00Z)`),
      }),
    );
    await killChild(child);
    const lock = workspace.lock({ ...holder, operator: "lee" }, 3);
    expect(isLocked(workspace.folder)).toBe(true);
    lock.release();
  });
});
