import Database from "better-sqlite3";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Run, RunFacts } from "../../src/workspace/runs.ts";
import type { Answer, Candidate, PlanRow, RunDraft } from "../../src/workspace/run-store.ts";
import type { Workspace } from "../../src/workspace/workspace.ts";
import { makeFolder, openTestWorkspace, readAllBytes } from "./open-test-workspace.ts";
import { killChild, startChild } from "./run-child.ts";

const facts: RunFacts = {
  command: "map-members",
  operator: "kim",
  host: "db1",
  createdAt: 1,
  counts: {},
  digests: { plan: "p", config: "c", decisions: null, database: "d" },
  snapshot: null,
  files: {},
};

function makeRun(workspace: Workspace, fill: (draft: RunDraft) => void = () => undefined): { run: Run; digest: string; rows: number } {
  const prepared = workspace.runs.prepare(1);
  const draft = workspace.createRunStore(prepared);
  fill(draft);
  const finished = draft.finish();
  return { run: workspace.runs.create(prepared.id, facts), ...finished };
}

const planRow = (at: number): PlanRow => [0, `m-${at}",ü`, String(9_000_000_000_000_000_000n + BigInt(at)), at % 3 === 0 ? "relink" : "link", "ci", at % 3 === 0 ? "77" : null, "ab".repeat(16)];

describe("the plan", () => {
  const rows = Array.from({ length: 10_200 }, (_, at) => planRow(at));

  it("comes back in batches, a small one first, in the order in which it was written", () => {
    const workspace = openTestWorkspace(makeFolder());
    const made = makeRun(workspace, (draft) => rows.forEach((row) => draft.plan.add(row)));
    expect(made.rows).toBe(10_200);
    const store = workspace.openRunStore(made.run);
    const batches = [...store.batches()];
    expect(batches.map((batch) => [batch.seq, batch.rows.length])).toEqual([[0, 100], [1, 5000], [2, 5000], [3, 100]]);
    expect(batches.flatMap((batch) => batch.rows)).toEqual(rows);
    store.close();
  });

  it("has a digest that any change of any row changes, and nothing else", () => {
    const workspace = openTestWorkspace(makeFolder());
    const made = makeRun(workspace, (draft) => rows.forEach((row) => draft.plan.add(row)));
    const same = makeRun(workspace, (draft) => rows.forEach((row) => draft.plan.add(row)));
    expect(same.digest).toBe(made.digest);
    const store = workspace.openRunStore(made.run);
    expect(store.planDigest()).toBe(made.digest);
    store.close();
    const file = new Database(join(made.run.folder, "run.db"));
    file.exec(`update batches set body = replace(body, '"m-3000', '"m-3O00') where body like '%"m-3000%'`);
    file.close();
    const changed = workspace.openRunStore(made.run);
    expect(changed.planDigest()).not.toBe(made.digest);
    changed.close();
  });

  it("may be empty", () => {
    const workspace = openTestWorkspace(makeFolder());
    const { run, rows: count, digest } = makeRun(workspace);
    const store = workspace.openRunStore(run);
    expect(count).toBe(0);
    expect([...store.batches()]).toEqual([]);
    expect(store.planDigest()).toBe(digest);
    store.close();
  });

  it("digests values under a salt of its own that is kept", () => {
    const workspace = openTestWorkspace(makeFolder());
    let first = "";
    const { run } = makeRun(workspace, (draft) => (first = draft.digest("01055550147")));
    const other = makeRun(workspace, (draft) => expect(draft.digest("01055550147")).not.toBe(first));
    const store = workspace.openRunStore(run);
    expect(store.digest("01055550147")).toBe(first);
    store.close();
    const otherStore = workspace.openRunStore(other.run);
    expect(otherStore.digest("01055550147")).not.toBe(first);
    otherStore.close();
  });

  it("can be read while the journal is written", () => {
    const workspace = openTestWorkspace(makeFolder());
    const { run } = makeRun(workspace, (draft) => rows.forEach((row) => draft.plan.add(row)));
    const store = workspace.openRunStore(run);
    const journal = store.journal("apply");
    for (const { seq } of store.batches()) {
      journal.intend(seq, { seq });
      journal.outcome(seq, "written");
    }
    expect([...journal.entries()].map((entry) => entry.seq)).toEqual([0, 1, 2, 3]);
    store.close();
  });
});

describe("the journal", () => {
  it("knows intents without outcome, in order, a journal for itself", () => {
    const workspace = openTestWorkspace(makeFolder());
    const store = workspace.openRunStore(makeRun(workspace).run);
    const journal = store.journal("apply");
    journal.intend(1, { former: "x" });
    journal.intend(0, [1, 2]);
    journal.outcome(0, { done: true });
    expect([...journal.entries()]).toEqual([
      { seq: 0, intent: [1, 2], outcome: { done: true } },
      { seq: 1, intent: { former: "x" }, outcome: null },
    ]);
    expect([...journal.unfinished()].map((entry) => entry.seq)).toEqual([1]);
    expect(journal.find(1)).toEqual({ seq: 1, intent: { former: "x" }, outcome: null });
    expect(journal.find(7)).toBeUndefined();
    expect([...store.journal("undo").entries()]).toEqual([]);
    store.close();
  });

  it("lets an unfinished step be intended again, a finished one not", () => {
    const workspace = openTestWorkspace(makeFolder());
    const store = workspace.openRunStore(makeRun(workspace).run);
    const journal = store.journal("apply");
    journal.intend(0, "first");
    journal.intend(0, "second");
    expect(journal.find(0)?.intent).toBe("second");
    journal.outcome(0, "done");
    expect(() => journal.intend(0, "third")).toThrow("already done");
    expect(() => journal.outcome(1, "done")).toThrow("without an intent");
    store.close();
  });

  it("survives a killed process, and shows nothing in clear", async () => {
    const workspace = openTestWorkspace(makeFolder());
    const { run } = makeRun(workspace);
    const child = await startChild(
      workspace.folder,
      `const store = workspace.openRunStore(workspace.runs.get(${JSON.stringify(run.id)}));
       const journal = store.journal("apply");
       journal.intend(0, { former: "DISTINCTIVE-FORMER" });
       journal.outcome(0, { written: "DISTINCTIVE-NEW" });
       journal.intend(1, { former: "DISTINCTIVE-FORMER" });`,
    );
    await killChild(child);
    expect(readAllBytes(workspace.folder)).not.toContain("DISTINCTIVE");
    const store = workspace.openRunStore(run);
    expect([...store.journal("apply").entries()]).toEqual([
      { seq: 0, intent: { former: "DISTINCTIVE-FORMER" }, outcome: { written: "DISTINCTIVE-NEW" } },
      { seq: 1, intent: { former: "DISTINCTIVE-FORMER" }, outcome: null },
    ]);
    store.close();
  });
});

describe("answers and candidates", () => {
  const answer = (kakaoId: string, changes: Partial<Answer> = {}): Answer => ({
    kakaoId,
    place: 0,
    memberId: `m${kakaoId}`,
    action: "link",
    by: "ci",
    reason: null,
    group: null,
    evidence: "ci=agree phone=unknown",
    note: null,
    ...changes,
  });

  it("are found by Kakao id in any block, and by member in any place", () => {
    const workspace = openTestWorkspace(makeFolder());
    const ids = Array.from({ length: 2300 }, (_, at) => String(9_223_372_036_854_000_000n + 2n * BigInt(at)));
    const last = answer("9223372036854775807", { memberId: 'a "quoted" 이름', place: 2, action: "review", reason: "member-taken", group: "g1" });
    const nobody = answer("9223372036854775806", { memberId: null, place: null, action: "unmatched", by: null, evidence: null });
    const { run } = makeRun(workspace, (draft) => {
      draft.answers.add(answer("5", { memberId: "m9223372036854000004", action: "review" }));
      for (const id of ids) draft.answers.add(answer(id));
      draft.answers.add(nobody);
      draft.answers.add(last);
    });
    const store = workspace.openRunStore(run);
    for (const id of ["5", ids[0], ids[998], ids[999], ids[1000], ids[2299]]) expect(store.findAnswer(id ?? "")?.kakaoId).toBe(id);
    expect(store.findAnswer(nobody.kakaoId)).toEqual(nobody);
    expect(store.findAnswer(last.kakaoId)).toEqual(last);
    for (const id of ["1", "6", String(BigInt(ids[7] ?? 0) + 1n)]) expect(store.findAnswer(id)).toBeUndefined();
    expect(store.findMemberAnswers(0, "m9223372036854000004").map((one) => one.kakaoId)).toEqual(["5", "9223372036854000004"]);
    expect(store.findMemberAnswers(2, 'a "quoted" 이름')).toEqual([last]);
    expect(store.findMemberAnswers(1, "m5")).toEqual([]);
    store.close();
  });

  it("lists candidates as written, more than a page of them, while the journal is written", () => {
    const workspace = openTestWorkspace(makeFolder());
    const candidates: Candidate[] = Array.from({ length: 2100 }, (_, at) => ({
      code: `c${at}`,
      kakaoId: String(9_223_372_036_854_775_807n - BigInt(at % 700)),
      place: at % 2,
      memberId: `m${at}`,
      reason: "shared-phone-members",
      evidence: "phone=agree",
      group: at % 5 === 0 ? null : "g2",
    }));
    const { run } = makeRun(workspace, (draft) => candidates.forEach((one) => draft.addCandidate(one)));
    const store = workspace.openRunStore(run);
    expect(store.findCandidates("9223372036854775807").map((one) => one.code)).toEqual(["c0", "c700", "c1400"]);
    const seen: Candidate[] = [];
    for (const one of store.candidates()) {
      if (seen.length === 0) store.journal("apply").intend(0, one.code);
      seen.push(one);
    }
    expect(seen).toEqual(candidates);
    store.close();
  });
});

describe("a run's file that cannot be used", () => {
  it("is refused when cut off, replaced, or of another run", () => {
    const workspace = openTestWorkspace(makeFolder());
    const damaged = expect.objectContaining({ code: "run-damaged", exitCode: 2 });
    const one = makeRun(workspace).run;
    const other = makeRun(workspace).run;
    expect(() => workspace.openRunStore({ ...one, folder: other.folder })).toThrow(damaged);
    truncateSync(join(one.folder, "run.db"), 5000);
    expect(() => workspace.openRunStore(one)).toThrow(damaged);
    writeFileSync(join(other.folder, "run.db"), "x".repeat(4096));
    expect(() => workspace.openRunStore(other)).toThrow(damaged);
  });

  it("is not there when the plan was given up", () => {
    const workspace = openTestWorkspace(makeFolder());
    const prepared = workspace.runs.prepare(1);
    const draft = workspace.createRunStore(prepared);
    draft.plan.add(planRow(1));
    draft.discard();
    expect(readAllBytes(prepared.folder)).toBe("");
  });
});
