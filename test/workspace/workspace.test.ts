import Database from "better-sqlite3";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OperatorError } from "../../src/errors.ts";
import { hasWorkspace } from "../../src/workspace/workspace.ts";
import { makeFolder, openTestWorkspace, TEST_KEY } from "./open-test-workspace.ts";

/** The code and exit code of what `work` throws. */
function refusalOf(work: () => unknown): [string, number] {
  try {
    work();
  } catch (error) {
    if (error instanceof OperatorError) {
      expect(error.hint).not.toBe("");
      return [error.code, error.exitCode];
    }
    throw error;
  }
  throw new Error("nothing was refused");
}

const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe("the folder", () => {
  it.skipIf(process.platform === "win32")("is 0700 and its files 0600, whatever the umask or the modes before", () => {
    const parent = makeFolder();
    const folder = join(parent, ".kakao-sync");
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const before = process.umask(0o000);
    const workspace = openTestWorkspace(parent);
    workspace.settings.set("something", 1);
    process.umask(before);
    expect(modeOf(folder)).toBe(0o700);
    for (const name of ["workspace.db", "workspace.db-wal", "workspace.db-shm"]) expect(modeOf(join(folder, name)), name).toBe(0o600);
  });

  it("is known by its file only", () => {
    const parent = makeFolder();
    expect(hasWorkspace(join(parent, ".kakao-sync"))).toBe(false);
    openTestWorkspace(parent);
    expect(hasWorkspace(join(parent, ".kakao-sync"))).toBe(true);
  });
});

describe("what a workspace is tied to", () => {
  it("refuses another app and another kind", () => {
    const parent = makeFolder();
    openTestWorkspace(parent);
    expect(refusalOf(() => openTestWorkspace(parent, { appId: "7" }))).toEqual(["workspace-other-app", 3]);
    expect(refusalOf(() => openTestWorkspace(parent, { kind: "sandbox" }))).toEqual(["workspace-other-kind", 3]);
  });

  it("refuses another database, from the first one on, also after reopening", () => {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    workspace.tieDatabase("sqlite:abc");
    workspace.tieDatabase("sqlite:abc");
    expect(refusalOf(() => workspace.tieDatabase("sqlite:xyz"))).toEqual(["workspace-other-database", 3]);
    expect(refusalOf(() => openTestWorkspace(parent).tieDatabase("sqlite:xyz"))).toEqual(["workspace-other-database", 3]);
  });
});

describe("a workspace file that cannot be used", () => {
  const fileOf = (parent: string): string => join(parent, ".kakao-sync", "workspace.db");

  /** A workspace with enough in it for several pages, closed. */
  function makeClosed(): string {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    for (let at = 0; at < 200; at += 1) workspace.settings.set(`name ${at}`, "x".repeat(200));
    workspace.close();
    return parent;
  }

  it("cut off", () => {
    const parent = makeClosed();
    truncateSync(fileOf(parent), 8192);
    expect(refusalOf(() => openTestWorkspace(parent))).toEqual(["workspace-damaged", 2]);
  });

  it("overwritten in the middle", () => {
    const parent = makeClosed();
    const bytes = readFileSync(fileOf(parent));
    bytes.fill(0xff, 4096, bytes.length - 4096);
    writeFileSync(fileOf(parent), bytes);
    expect(refusalOf(() => openTestWorkspace(parent))).toEqual(["workspace-damaged", 2]);
  });

  it("no SQLite file at all", () => {
    const parent = makeClosed();
    writeFileSync(fileOf(parent), "this is a text, and it is longer than the header of a SQLite file would be. ".repeat(20));
    expect(refusalOf(() => openTestWorkspace(parent))).toEqual(["workspace-damaged", 2]);
  });

  it("of another program", () => {
    const parent = makeFolder();
    mkdirSync(join(parent, ".kakao-sync"));
    const other = new Database(fileOf(parent));
    other.exec("create table theirs (x)");
    other.close();
    expect(refusalOf(() => openTestWorkspace(parent))).toEqual(["workspace-foreign", 2]);
  });

  it("of a newer version, which is left as it is", () => {
    const parent = makeClosed();
    const newer = new Database(fileOf(parent));
    newer.pragma("user_version = 99");
    newer.close();
    expect(refusalOf(() => openTestWorkspace(parent))).toEqual(["workspace-newer", 2]);
    const again = new Database(fileOf(parent), { readonly: true });
    expect(again.pragma("user_version", { simple: true })).toBe(99);
    again.close();
  });
});

describe("the key", () => {
  it("is made by the first use, outside the workspace, 0600, and found again", () => {
    const parent = makeFolder();
    const key = { environment: { XDG_CONFIG_HOME: join(parent, "config") } };
    const file = join(parent, "config", "kakao-sync", "app-424242.key");
    const workspace = openTestWorkspace(parent, { key });
    expect(existsSync(file)).toBe(false);
    const sealed = workspace.cipher().seal(Buffer.from("x"), "a");
    const written = readFileSync(file, "utf8");
    expect(Buffer.from(written, "base64")).toHaveLength(32);
    if (process.platform !== "win32") expect(modeOf(file)).toBe(0o600);
    expect(openTestWorkspace(parent, { key }).cipher().open(sealed, "a").toString()).toBe("x");
    expect(readFileSync(file, "utf8")).toBe(written);
  });

  it("is never drawn anew for a workspace that has one", () => {
    const parent = makeFolder();
    openTestWorkspace(parent).cipher();
    const key = { environment: { XDG_CONFIG_HOME: join(parent, "config") } };
    expect(refusalOf(() => openTestWorkspace(parent, { key }).cipher())).toEqual(["key-missing", 2]);
    expect(existsSync(join(parent, "config"))).toBe(false);
  });

  it("that is wrong is told apart from damage", () => {
    const parent = makeFolder();
    openTestWorkspace(parent).cipher();
    const key = { environment: { KAKAO_SYNC_KEY: Buffer.alloc(32, 8).toString("base64") } };
    expect(refusalOf(() => openTestWorkspace(parent, { key }).cipher())).toEqual(["key-wrong", 2]);
  });

  it.each(["short", TEST_KEY.slice(0, 40), `${TEST_KEY}AA`, "=".repeat(44)])("that is malformed is refused: %s", (text) => {
    const workspace = openTestWorkspace(makeFolder(), { key: { environment: { KAKAO_SYNC_KEY: text } } });
    expect(refusalOf(() => workspace.cipher())).toEqual(["key-malformed", 2]);
  });

  it("does not lie in the workspace that it protects", () => {
    const parent = makeFolder();
    const key = { environment: {}, keyFile: join(parent, ".kakao-sync", "deep", "my.key") };
    expect(refusalOf(() => openTestWorkspace(parent, { key }).cipher())).toEqual(["key-inside-workspace", 2]);
    const beside = { environment: {}, keyFile: join(parent, ".kakao-sync.key") };
    expect(openTestWorkspace(parent, { key: beside }).cipher().deriveKey("x")).toHaveLength(32);
  });
});

describe("small facts", () => {
  it("are there again after reopening", () => {
    const parent = makeFolder();
    const workspace = openTestWorkspace(parent);
    workspace.settings.set("lastRun", { members: 3 });
    workspace.settings.set("lastRun", { members: 4 });
    workspace.listingTimes.save([1, 2, 1_700_000_000_123]);
    workspace.calls.addCalls("2026-11", 5);
    workspace.calls.addCalls("2026-11", 7);
    workspace.close();
    const again = openTestWorkspace(parent);
    expect(again.settings.get("lastRun")).toEqual({ members: 4 });
    expect(again.settings.get("nothing")).toBeUndefined();
    expect(again.listingTimes.load()).toEqual([1, 2, 1_700_000_000_123]);
    expect(again.calls.callsOf("2026-11")).toBe(12);
    expect(again.calls.callsOf("2026-12")).toBe(0);
    expect(openTestWorkspace(makeFolder()).listingTimes.load()).toEqual([]);
  });

  it("remembers decisions a pair, the newest, in numeric order of 19-digit ids", () => {
    const { decisions } = openTestWorkspace(makeFolder());
    const one = { place: 0, memberId: "m1", decision: "link", decidedBy: "kim", valueDigest: "d1", decidedAt: 1 };
    decisions.remember([
      { ...one, kakaoId: "9223372036854775807" },
      { ...one, kakaoId: "99" },
      { ...one, kakaoId: "99", memberId: "m2" },
    ]);
    decisions.remember([{ ...one, kakaoId: "99", decision: "skip", valueDigest: "d2" }]);
    decisions.forget([{ kakaoId: "99", place: 0, memberId: "m2" }]);
    expect([...decisions.all()]).toEqual([
      { ...one, kakaoId: "99", decision: "skip", valueDigest: "d2" },
      { ...one, kakaoId: "9223372036854775807" },
    ]);
  });
});
