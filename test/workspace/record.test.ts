import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { randomFrom } from "../../src/simulator/random.ts";
import { AuditRecord, type HeadNote, type RecordedHead, type RecordEntry } from "../../src/workspace/record.ts";
import { openWorkspace } from "../../src/workspace/workspace.ts";
import { killChild, startChild } from "./run-child.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** As the workspace's database keeps it, over all openings of one folder's record. */
const notes = new Map<string, HeadNote>();

function openRecord(folder: string): AuditRecord {
  let head: RecordedHead | undefined;
  const note = notes.get(folder) ?? { read: () => head, write: (next: RecordedHead) => void (head = next) };
  notes.set(folder, note);
  return new AuditRecord(folder, note);
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-record-"));
  folders.push(folder);
  return folder;
}

function entry(counts: RecordEntry["counts"]): RecordEntry {
  return { at: "2026-11-21T02:00:00.000Z", command: "pull", event: "pulled", operator: "kim", host: "back1", app: "424242", database: null, ...(counts === undefined ? {} : { counts }) };
}

function makeRecord(entries: number): { readonly folder: string; readonly db: Database.Database } {
  const folder = makeFolder();
  const record = openRecord(folder);
  for (let at = 1; at <= entries; at += 1) record.append(entry({ users: at }));
  record.close();
  const db = new Database(join(folder, "record.db"));
  db.exec("drop trigger record_is_not_changed; drop trigger record_is_not_cut");
  return { folder, db };
}

describe("the record", () => {
  it("keeps entries in order over several openings, for its owner alone", () => {
    const folder = makeFolder();
    for (const users of [1, 2, 3]) {
      const record = openRecord(folder);
      record.append(entry({ users }));
      record.close();
    }
    const record = openRecord(folder);
    expect([...record.entries()].map(({ seq, entry: { counts } }) => [seq, counts])).toEqual([[1, { users: 1 }], [2, { users: 2 }], [3, { users: 3 }]]);
    expect(record.verify()).toMatchObject({ entries: 3, brokenAt: null, head: [...record.entries()].at(-1)?.hash });
    expect(statSync(join(folder, "record.db")).mode & 0o777).toBe(0o600);
  });

  it("an empty one is whole, and nothing is made by looking at it", () => {
    const folder = makeFolder();
    expect(openRecord(folder).verify()).toEqual({ entries: 0, brokenAt: null, lost: null, head: "0".repeat(64) });
  });

  it("refuses to change or drop an entry", () => {
    const folder = makeFolder();
    const record = openRecord(folder);
    record.append(entry({ users: 1 }));
    record.close();
    const db = new Database(join(folder, "record.db"));
    expect(() => db.exec("update record set entry = '{}'")).toThrow("append-only");
    expect(() => db.exec("delete from record")).toThrow("append-only");
    db.close();
  });

  it.each([
    ["a changed entry", "update record set entry = replace(entry, '\"users\":2', '\"users\":9') where seq = 2", 2],
    ["a dropped entry", "delete from record where seq = 2", 2],
    ["swapped entries", "update record set seq = -seq where seq in (2, 3); update record set seq = iif(seq = -2, 3, 2) where seq < 0", 2],
    ["an entry put in with a hash of its own", "insert into record values (5, '{}', '00')", 5],
    ["a changed hash", "update record set hash = '00' where seq = 4", 4],
  ])("finds %s", (_, change, brokenAt) => {
    const { folder, db } = makeRecord(4);
    db.exec(change);
    db.close();
    expect(openRecord(folder).verify().brokenAt).toBe(brokenAt);
  });

  it("an end that was cut off is missed, and shows in the head", () => {
    const { folder, db } = makeRecord(4);
    const before = openRecord(folder).verify().head;
    db.exec("delete from record where seq = 4");
    db.close();
    expect(openRecord(folder).verify()).toEqual({ entries: 3, brokenAt: 4, lost: 4, head: expect.not.stringMatching(before) as string });
  });

  it("one that is killed between the entry and its note is whole: the note lags behind by one entry or by many", () => {
    const folder = makeFolder();
    const lagging = new AuditRecord(folder, { read: () => undefined, write: () => undefined });
    const record = openRecord(folder);
    record.append(entry({ users: 1 }));
    for (const users of [2, 3]) lagging.append(entry({ users }));
    lagging.close();
    expect(record.verify()).toMatchObject({ entries: 3, brokenAt: null, lost: null });
    record.append(entry({ users: 4 }));
    expect([...record.entries()].map(({ entry: { event } }) => event)).toEqual(["pulled", "pulled", "pulled", "pulled"]);
    record.close();
  });

  it("killed at any moment while it grows, never lacks what was noted", { timeout: 60_000 }, async () => {
    const folder = join(makeFolder(), ".kakao-sync");
    const random = randomFrom(20261121);
    let before = 0;
    for (let round = 1; round <= 4; round += 1) {
      const child = await startChild(folder, `
        const { module: own } = await runnerImport(${JSON.stringify(resolve("src/workspace/record.ts"))}, { configFile: false, logLevel: "error" });
        const record = new own.AuditRecord(workspace.folder, workspace.notedHead);
        const grow = () => {
          record.append(${JSON.stringify(entry({ round }))});
          setImmediate(grow);
        };
        grow();`);
      await delay(random() * 60);
      await killChild(child);
      const workspace = openWorkspace({ folder, appId: "424242", kind: "real", key: { environment: {} } });
      const record = new AuditRecord(folder, workspace.notedHead);
      const { entries, ...check } = record.verify();
      expect(check).toMatchObject({ brokenAt: null, lost: null });
      expect([entries > before, [...record.entries()].every(({ entry: { event } }) => event === "pulled")]).toEqual([true, true]);
      before = entries;
      workspace.close();
    }
  });

  it("puts on record that entries before are missing, once: whoever cut it, removed it or wrote it anew", () => {
    const { folder, db } = makeRecord(4);
    const { head } = openRecord(folder).verify();
    db.exec("delete from record where seq > 2");
    db.close();
    for (const users of [5, 6]) {
      const record = openRecord(folder);
      record.append(entry({ users }));
      record.close();
    }
    expect([...openRecord(folder).entries()].slice(2).map(({ entry: { event, counts, digests } }) => ({ event, counts, digests }))).toEqual([
      { event: "lost", counts: { noted: 4, found: 2 }, digests: { head } },
      { event: "pulled", counts: { users: 5 }, digests: undefined },
      { event: "pulled", counts: { users: 6 }, digests: undefined },
    ]);
    expect(openRecord(folder).verify()).toMatchObject({ entries: 5, brokenAt: null, lost: null });
    // Begun anew by hand, and longer than it was: the hash of the entry noted last is another one.
    for (const file of ["record.db", "record.db-wal", "record.db-shm"]) rmSync(join(folder, file), { force: true });
    const other = new AuditRecord(folder, { read: () => undefined, write: () => undefined });
    for (const users of [1, 2, 3, 4, 5, 6, 7]) other.append(entry({ users }));
    other.close();
    expect(openRecord(folder).verify()).toMatchObject({ entries: 7, brokenAt: 5, lost: 5 });
  });
});
