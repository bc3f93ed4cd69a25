import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { AuditRecord, type RecordEntry } from "../../src/workspace/record.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

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
  const record = new AuditRecord(folder);
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
      const record = new AuditRecord(folder);
      record.append(entry({ users }));
      record.close();
    }
    const record = new AuditRecord(folder);
    expect([...record.entries()].map(({ seq, entry: { counts } }) => [seq, counts])).toEqual([[1, { users: 1 }], [2, { users: 2 }], [3, { users: 3 }]]);
    expect(record.verify()).toMatchObject({ entries: 3, brokenAt: null, head: [...record.entries()].at(-1)?.hash });
    expect(statSync(join(folder, "record.db")).mode & 0o777).toBe(0o600);
  });

  it("an empty one is whole, and nothing is made by looking at it", () => {
    const folder = makeFolder();
    expect(new AuditRecord(folder).verify()).toEqual({ entries: 0, brokenAt: null, head: "0".repeat(64) });
  });

  it("refuses to change or drop an entry", () => {
    const folder = makeFolder();
    const record = new AuditRecord(folder);
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
    expect(new AuditRecord(folder).verify().brokenAt).toBe(brokenAt);
  });

  it("an end that was cut off shows in the head", () => {
    const { folder, db } = makeRecord(4);
    const before = new AuditRecord(folder).verify().head;
    db.exec("delete from record where seq = 4");
    db.close();
    expect(new AuditRecord(folder).verify()).toMatchObject({ entries: 3, brokenAt: null, head: expect.not.stringMatching(before) });
  });
});
