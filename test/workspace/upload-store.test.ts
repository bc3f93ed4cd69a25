import Database from "better-sqlite3";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Run, RunFacts } from "../../src/workspace/runs.ts";
import type { UploadKind, UploadRow } from "../../src/workspace/upload-store.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { makeFolder, openTestWorkspace, utf8InLatin1 } from "./open-test-workspace.ts";

const facts: RunFacts = {
  command: "export-channel-targets", operator: "kim", host: "db1", createdAt: 1, counts: {}, digests: { plan: "p", config: "c", decisions: null, database: "d" }, snapshot: null, files: {},
};
const rowOf = (at: number): UploadRow => [9_223_372_036_854_770_000n + BigInt(at), at % 2, `a-member-${at}",\nü`, 18_446_744_073_709_551_615n - BigInt(at), ["판교", at, null]];
const rows = Array.from({ length: 4100 }, (_, at) => rowOf(at));
const kindOf = (at: number): UploadKind => (at % 10 === 0 ? "filter" : at % 10 < 4 ? "change" : "add");

function makeRun(workspace: Workspace): { readonly run: Run; readonly digest: string; readonly requests: number } {
  const prepared = workspace.runs.prepare(1);
  const draft = workspace.createUploadStore(prepared);
  rows.forEach((row, at) => draft.add(kindOf(at), row));
  const finished = draft.finish();
  return { run: workspace.runs.create(prepared.id, facts), ...finished };
}

it("keeps requests of 2,000 users: removals, then changes, then additions, each in the order of writing", () => {
  const workspace = openTestWorkspace(makeFolder());
  const { run, requests } = makeRun(workspace);
  const store = workspace.openUploadStore(run);
  const read = [...store.requests()];
  expect(requests).toBe(4);
  expect(read.map(({ step, kind, rows: some }) => [step, kind, some.length])).toEqual([[1, "filter", 410], [2, "change", 1230], [3, "add", 2000], [4, "add", 460]]);
  for (const kind of ["filter", "change", "add"] as const) expect(read.filter((one) => one.kind === kind).flatMap((one) => one.rows)).toEqual(rows.filter((_, at) => kindOf(at) === kind));
  store.close();
});

it("shows no identifier, member or field in clear", () => {
  const workspace = openTestWorkspace(makeFolder());
  const { run } = makeRun(workspace);
  const bytes = readFileSync(join(run.folder, "run.db")).toString("latin1");
  for (const text of ["922337203685477", "a-member-7", utf8InLatin1("판교")]) expect(bytes).not.toContain(text);
});

it.each([
  ["a changed byte", "update requests set body = cast(substr(body, 1, 99) || case substr(body, 100, 1) when x'00' then x'01' else x'00' end || substr(body, 101) as blob) where kind = 1"],
  ["a request that is left out", "delete from requests where kind = 2 and seq = 1"],
  ["removals that are put among the additions", "update requests set kind = 2, seq = 9 where kind = 0"],
])("has a digest that changes with %s", (_, change) => {
  const workspace = openTestWorkspace(makeFolder());
  const { run, digest } = makeRun(workspace);
  const before = workspace.openUploadStore(run);
  expect(before.planDigest()).toBe(digest);
  before.close();
  const file = new Database(join(run.folder, "run.db"));
  file.exec(change);
  file.close();
  const after = workspace.openUploadStore(run);
  expect(after.planDigest()).not.toBe(digest);
  after.close();
});

it("tells requests that do not open", () => {
  const workspace = openTestWorkspace(makeFolder());
  const { run } = makeRun(workspace);
  const file = new Database(join(run.folder, "run.db"));
  file.exec("update requests set kind = 2, seq = 9 where kind = 0");
  file.close();
  const store = workspace.openUploadStore(run);
  expect(() => [...store.requests()]).toThrow(expect.objectContaining({ code: "run-damaged" }) as Error);
  store.close();
});

it("keeps a journal while the requests are read, and destroys both", () => {
  const workspace = openTestWorkspace(makeFolder());
  const { run } = makeRun(workspace);
  const raw = new Database(join(run.folder, "run.db"), { readonly: true });
  const pieces = raw.prepare<[], Buffer>("select body from requests").pluck().all().map((body) => body.subarray(0, 24));
  raw.close();
  const store = workspace.openUploadStore(run);
  const journal = store.journal("apply");
  for (const { step } of store.requests()) journal.intend(step, { step });
  journal.outcome(2, { taken: 3 });
  expect([...journal.entries()].map(({ seq, outcome }) => [seq, outcome])).toEqual([[1, null], [2, { taken: 3 }], [3, null], [4, null]]);
  store.wipe();
  expect([[...store.requests()], [...journal.entries()]]).toEqual([[], []]);
  store.close();
  const left = readFileSync(join(run.folder, "run.db"));
  expect(pieces.map((piece) => left.includes(piece))).toEqual([false, false, false, false]);
});
