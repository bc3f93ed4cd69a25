import Database from "better-sqlite3";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Run, RunFacts } from "../../src/workspace/runs.ts";
import type { GoneRow, UnlinkDraft, UnlinkRow } from "../../src/workspace/unlink-store.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { makeFolder, openTestWorkspace } from "./open-test-workspace.ts";

const facts: RunFacts = {
  command: "unlink-orphans", operator: "kim", host: "db1", createdAt: 1, counts: {}, digests: { plan: "p", config: "c", decisions: null, database: "d" }, snapshot: null, files: {},
};

function makeRun(workspace: Workspace, fill: (draft: UnlinkDraft) => void = () => undefined): { readonly run: Run; readonly digest: string; readonly unlinks: number; readonly gone: number } {
  const prepared = workspace.runs.prepare(1);
  const draft = workspace.createUnlinkStore(prepared);
  fill(draft);
  const finished = draft.finish();
  return { run: workspace.runs.create(prepared.id, facts), ...finished };
}

const unlinkRow = (at: number): UnlinkRow => [String(9_223_372_036_854_770_000n + BigInt(at)), at % 2 === 0 ? "incomplete" : "withdrawn", 1_700_000_000 + at, at % 2 === 0 ? null : 1, at % 2 === 0 ? null : `m-${at}",\nü`];
const goneRow = (at: number): GoneRow => [at % 3 === 0 ? -1 : 0, `g-${at}`, String(1000 + at), at % 3 === 0 ? "dangling" : "live", at % 3 === 1, at % 2 === 0];
const unlinks = Array.from({ length: 1500 }, (_, at) => unlinkRow(at));
const gone = Array.from({ length: 1200 }, (_, at) => goneRow(at));

function fillBoth(draft: UnlinkDraft): void {
  for (const row of unlinks) draft.unlinks.add(row);
  for (const row of gone) draft.gone.add(row);
}

it("keeps unlinks in the order of writing, the first twenty in a batch of their own, and gone links beside them", () => {
  const workspace = openTestWorkspace(makeFolder());
  const made = makeRun(workspace, fillBoth);
  expect([made.unlinks, made.gone]).toEqual([1500, 1200]);
  const store = workspace.openUnlinkStore(made.run);
  const batches = [...store.unlinks()];
  expect(batches.map(({ seq, rows }) => [seq, rows.length])).toEqual([[0, 20], [1, 1000], [2, 480]]);
  expect(batches.flatMap(({ rows }) => rows)).toEqual(unlinks);
  expect([...store.gone()].flatMap(({ rows }) => rows)).toEqual(gone);
  store.close();
});

it.each([
  ["an unlink", `update batches set body = replace(body, '"withdrawn",1700000777', '"incomplete",1700000777')`],
  ["a link date", "update batches set body = replace(body, '1700000778', '1600000778')"],
  ["a gone link", `update gone set body = replace(body, '"g-700"', '"g-701"')`],
  ["an unlink that is left out", "delete from batches where seq = 2"],
  ["gone links that are left out", "delete from gone where seq = 1"],
  ["gone links that are put among the unlinks", "insert into batches select seq + 10, rows, body from gone; delete from gone"],
])("has a digest that changes with %s", (_, change) => {
  const workspace = openTestWorkspace(makeFolder());
  const made = makeRun(workspace, fillBoth);
  const before = workspace.openUnlinkStore(made.run);
  expect(before.planDigest()).toBe(made.digest);
  before.close();
  const file = new Database(join(made.run.folder, "run.db"));
  file.exec(change);
  file.close();
  const after = workspace.openUnlinkStore(made.run);
  expect(after.planDigest()).not.toBe(made.digest);
  after.close();
});

it("has the same digest for the same plan, and one for an empty plan", () => {
  const workspace = openTestWorkspace(makeFolder());
  expect(makeRun(workspace, fillBoth).digest).toBe(makeRun(workspace, fillBoth).digest);
  const empty = makeRun(workspace);
  const store = workspace.openUnlinkStore(empty.run);
  expect([[...store.unlinks()], [...store.gone()], store.planDigest()]).toEqual([[], [], empty.digest]);
  store.close();
});

it("answers about a user and a member, and keeps a journal", () => {
  const workspace = openTestWorkspace(makeFolder());
  const answer = { kakaoId: "42", place: 1, memberId: "m1", action: "keep", by: null, reason: "young", group: null, evidence: "2026-11-20T00:00:00Z", note: null };
  const { run } = makeRun(workspace, (draft) => draft.answers.add(answer));
  const store = workspace.openUnlinkStore(run);
  expect([store.findAnswer("42"), store.findAnswer("43"), store.findMemberAnswers(1, "m1"), store.findMemberAnswers(0, "m1")]).toEqual([answer, undefined, [answer], []]);
  store.journal("apply").intend(0, { at: 1 });
  expect([...store.journal("apply").unfinished()]).toEqual([{ seq: 0, intent: { at: 1 }, outcome: null }]);
  store.close();
});

it("leaves nothing when it is discarded, and a damaged one is told", () => {
  const workspace = openTestWorkspace(makeFolder());
  const prepared = workspace.runs.prepare(1);
  const draft = workspace.createUnlinkStore(prepared);
  draft.unlinks.add(unlinkRow(1));
  draft.discard();
  workspace.runs.discard(prepared.id);
  expect(workspace.runs.list()).toEqual([]);
  const { run } = makeRun(workspace, fillBoth);
  writeFileSync(join(run.folder, "run.db"), "no database at all, but long enough to be looked at");
  expect(() => workspace.openUnlinkStore(run)).toThrow(expect.objectContaining({ code: "run-damaged" }) as Error);
});
