import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../src/simulator/random.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { makeFolder, userOf } from "./open-test-workspace.ts";
import { pullAll } from "./pull-all.ts";
import { killChild, startChild } from "./run-child.ts";

describe("a key that is rotated again and again", () => {
  it("and killed at any moment, leaves one key that opens everything", async () => {
    const parent = makeFolder();
    const keyFile = join(parent, "keys", "workspace.key");
    const options = { folder: join(parent, ".kakao-sync"), appId: "424242", kind: "real", key: { environment: {}, keyFile } } as const;
    const users = Array.from({ length: 1200 }, (_, at) => userOf(String(1 + at)));
    const first = openWorkspace(options);
    pullAll(first, users, { now: 1 });
    const sealed = first.cipher().seal(Buffer.from("a journal"), "journal");
    const derived = first.cipher().deriveKey("decisions");
    first.close();

    const random = randomFrom(20261121);
    const keys = new Set([readFileSync(keyFile, "utf8")]);
    for (let round = 1; round <= 8; round += 1) {
      const child = await startChild(join(parent, "other"), `
        const rotating = module.openWorkspace(${JSON.stringify(options)});
        const rotate = async () => {
          rotating.rotateKey(null);
          for (const { generation } of rotating.snapshots.list()) await rotating.snapshots.sealAnew(generation);
          setImmediate(rotate);
        };
        setImmediate(rotate);`);
      await delay(20 + random() * 60);
      await killChild(child);
      const workspace = openWorkspace(options);
      try {
        const snapshot = workspace.snapshots.snapshot();
        expect([...(snapshot?.blocks() ?? [])].flat()).toEqual(users);
        snapshot?.close();
        expect(workspace.cipher().open(sealed, "journal").toString()).toBe("a journal");
        expect(workspace.cipher().deriveKey("decisions")).toEqual(derived);
        expect(workspace.rotateKey(null).isNew).toBe(true);
      } finally {
        workspace.close();
      }
      expect([existsSync(`${keyFile}.new`), readdirSync(join(parent, "keys"))]).toEqual([false, ["workspace.key"]]);
      keys.add(readFileSync(keyFile, "utf8"));
    }
    expect(keys.size).toBe(9);
  }, 60_000);
});
