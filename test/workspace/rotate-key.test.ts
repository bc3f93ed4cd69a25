import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../src/simulator/random.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { keyIdOf } from "../../src/workspace/keyring.ts";
import type { RunFacts } from "../../src/workspace/runs.ts";
import { makeFolder, openTestWorkspace, TEST_KEY, userOf } from "./open-test-workspace.ts";
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
      expect([existsSync(`${keyFile}.new`), readdirSync(join(parent, "keys")).filter((name) => !name.endsWith(".former"))]).toEqual([false, ["workspace.key"]]);
      keys.add(readFileSync(keyFile, "utf8"));
    }
    expect(keys.size).toBe(9);
  }, 60_000);
});

describe("a copy of a former key", () => {
  it("that a killed rotation began is gone after the next one", () => {
    const parent = makeFolder();
    const keyFile = join(parent, "keys", "workspace.key");
    const workspace = openWorkspace({ folder: join(parent, ".kakao-sync"), appId: "424242", kind: "real", key: { environment: {}, keyFile } });
    pullAll(workspace, [userOf("1")], { now: 1 });
    const copy = `workspace.key.${keyIdOf(Buffer.from(readFileSync(keyFile, "utf8"), "base64"))}.former`;
    writeFileSync(join(parent, "keys", `${copy}.0123456789ab.tmp`), "half a ke");
    workspace.rotateKey(null);
    workspace.close();
    expect(readdirSync(join(parent, "keys")).sort()).toEqual(["workspace.key", copy]);
  });
});

describe("whatever is sealed", () => {
  const facts: RunFacts = { command: "map-members", operator: "kim", host: "db1", createdAt: 1, counts: {}, digests: { plan: "p", config: "c", decisions: null, database: "d" }, snapshot: null, files: {} };
  const next = Buffer.alloc(32, 9);

  it("by the files of this list, and no others", () => {
    const sealing = readdirSync("src/workspace").filter((name) => readFileSync(join("src/workspace", name), "utf8").includes(".seal("));
    // Whoever adds one adds it to the test below. The file of an import lives for one command only, the keyring is what rotates.
    expect(sealing).toEqual(["import-users.ts", "journal.ts", "keyring.ts", "pull-staging.ts", "run-file.ts", "snapshot-file.ts", "snapshot-rows.ts", "target-list-file.ts", "upload-store.ts"]);
  });

  it("opens after two rotations, with the newest key alone", async () => {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    pullAll(workspace, [userOf("1"), userOf("2")], { now: 1 });
    const prepared = workspace.runs.prepare(1);
    const draft = workspace.createRunStore(prepared);
    draft.plan.add([0, "m", "9", "link", "ci", null, "ab".repeat(16)]);
    const digest = draft.digest("a value");
    const run = workspace.runs.create(prepared.id, { ...facts, digests: { ...facts.digests, plan: draft.finish().digest } });
    const store = workspace.openRunStore(run);
    store.journal("apply").intend(0, { what: "before" });
    store.close();
    const uploading = workspace.runs.prepare(2);
    const upload = workspace.createUploadStore(uploading);
    upload.add("add", [7n, 0, "m", 3n, ["서울"]]);
    const uploadRun = workspace.runs.create(uploading.id, { ...facts, command: "export-channel-targets", digests: { ...facts.digests, plan: upload.finish().digest } });
    const list = workspace.targetLists.write("export|_Abcd|app|members");
    list.add(7n, 3n);
    list.finish({ when: 1 });
    const fields = workspace.targetLists.digest(["서울"]);
    const unfinished = workspace.snapshots.beginPull({ properties: ["kakao_account.ci"], refreshBefore: 100, now: 200 });
    unfinished.addListed(["1", "2"]);
    unfinished.takeForBasics(2);
    unfinished.putBasics(["1", "2"], [{ id: "1", connectedAt: 1, next: "details" }, { id: "2", connectedAt: 1, next: "details" }]);
    unfinished.takeForDetails(1);
    unfinished.putDetails([userOf("1")], []);

    let rotating = workspace;
    for (const key of [Buffer.alloc(32, 8), next]) {
      rotating.rotateKey(key);
      for (const { generation } of rotating.snapshots.list()) await rotating.snapshots.sealAnew(generation);
      rotating.close();
      const environment = { KAKAO_SYNC_KEY: key.toString("base64") };
      const rotated = openTestWorkspace(parent, { key: { environment } });
      const snapshot = rotated.snapshots.snapshot();
      expect([...(snapshot?.blocks() ?? [])].flat()).toEqual([userOf("1"), userOf("2")]);
      snapshot?.close();
      const again = rotated.openRunStore(run);
      expect([again.digest("a value"), again.planDigest(), again.journal("apply").find(0)?.intent]).toEqual([digest, run.digests.plan, { what: "before" }]);
      again.close();
      const sending = rotated.openUploadStore(uploadRun);
      expect([[...sending.requests()].flatMap(({ rows }) => rows), sending.planDigest()]).toEqual([[[7n, 0, "m", 3n, ["서울"]]], uploadRun.digests.plan]);
      sending.close();
      expect(rotated.targetLists.read("export|_Abcd|app|members")).toEqual({ facts: { when: 1 }, ids: BigUint64Array.of(7n), digests: BigUint64Array.of(3n) });
      expect(rotated.targetLists.digest(["서울"])).toBe(fields);
      expect(rotated.snapshots.resumePull()?.state.counts).toMatchObject({ staged: 1, needsDetails: 1 });
      rotating = rotated;
    }
    for (const former of [TEST_KEY, Buffer.alloc(32, 8).toString("base64")]) {
      expect(() => openTestWorkspace(parent, { key: { environment: { KAKAO_SYNC_KEY: former } } }).cipher()).toThrow(expect.objectContaining({ code: "key-wrong" }));
    }
  });
});
