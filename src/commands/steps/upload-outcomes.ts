import type { Context } from "../../context.ts";
import type { Journal } from "../../workspace/journal.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UploadKind, UploadRow, UploadStore } from "../../workspace/upload-store.ts";

/** What a step of the journal does: step 0 makes the file, the planned requests follow, and behind them come removals of who refuses, which no plan holds. */
export type StepKind = "create" | "always" | UploadKind;

/** On the disk before the request. `ids` of removals: whom the list no longer has afterwards was removed, also by a process that was killed. */
export interface StepIntent {
  readonly kind: StepKind;
  readonly ids?: readonly string[];
  /** Of step 0: Kakao has said for certain that it made no file. */
  readonly unmade?: true;
}

/** A user that Kakao did not take. */
export type FailedUser = readonly [id: string, place: number, memberId: string, code: string];

/** What came of a request: users sent = succeeded + failed; `moved` were planned and left alone, since a new selection says otherwise. */
export interface StepOutcome {
  readonly sent: number;
  readonly succeeded: number;
  readonly moved: number;
  readonly failed: readonly FailedUser[];
  /** HTTP requests, those that were halved and repeated among them. */
  readonly requests: number;
  /** Removals that Kakao has neither counted nor refused, in a form that it has never counted: sent in both. */
  readonly unconfirmed: number;
  /** Of step 0. */
  readonly fileId?: number;
}

/** `upload` of the JSON result (product.md section 11), and what else became of the users. */
export interface UploadedCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Users in requests, and those of them that Kakao took. */
  readonly requested: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Planned and left alone: refused or changed since the plan. */
  readonly moved: number;
  readonly requests: number;
  /** Of the removed: those of whom Kakao did not say whether it worked. */
  readonly unconfirmed: number;
}

function readIntent(intent: unknown): StepIntent {
  return intent as StepIntent;
}

export function readStep(journal: Journal, step: number): { readonly intent: StepIntent; readonly outcome: StepOutcome | null } | undefined {
  const entry = journal.find(step);
  return entry === undefined ? undefined : { intent: readIntent(entry.intent), outcome: entry.outcome as StepOutcome | null };
}

/** Everything that is on record, added up. */
export function countUploaded(store: UploadStore): UploadedCounts {
  const by: Record<StepKind, number> = { create: 0, always: 0, filter: 0, change: 0, add: 0 };
  const sums = { requested: 0, failed: 0, moved: 0, requests: 0, unconfirmed: 0 };
  for (const { intent, outcome } of store.journal("apply").entries()) {
    if (outcome === null) continue;
    const { sent, succeeded, moved, failed, requests, unconfirmed } = outcome as StepOutcome;
    by[readIntent(intent).kind] += succeeded;
    sums.requested += sent;
    sums.failed += failed.length;
    sums.moved += moved;
    sums.requests += requests;
    sums.unconfirmed += unconfirmed;
  }
  const removed = by.always + by.filter;
  return { added: by.add, changed: by.change, removed, succeeded: removed + by.change + by.add, ...sums };
}

/** `failed.csv`: whom Kakao did not take, and its word. The identifier is the Kakao id; a number is masked. */
export function writeFailed(context: Context, run: Run, store: UploadStore): void {
  const { members, channel } = context.config;
  const tables = [members.table, ...members.also.map(({ table }) => table)];
  const file = context.createCsv(`${run.folder}/failed.csv`, ["action", "place", "member_id", channel?.idType === "phone" ? "phone" : "kakao_id", "code"], { readers: "machines" });
  const show = (id: string): string => (channel?.idType === "phone" ? maskNumber(context, id) : id);
  try {
    for (const { intent, outcome } of store.journal("apply").entries()) {
      const { kind } = readIntent(intent);
      for (const [id, place, memberId, code] of (outcome as StepOutcome | null)?.failed ?? []) file.write([actions[kind], tables[place] ?? "", memberId, show(id), code]);
    }
    file.finish();
  } catch (error) {
    file.discard();
    throw error;
  }
}

const actions: Readonly<Record<StepKind, string>> = { create: "create", always: "remove", filter: "remove", change: "change", add: "add" };

function maskNumber(context: Context, id: string): string {
  return context.showValues({ phone: `0${id.slice(2)}`, email: null, name: null, birthdate: null }).phone;
}

/** A removal has no member: the list knows identifiers alone. */
export function toFailed([id, place, memberId]: UploadRow, code: string): FailedUser {
  return [String(id), place, memberId, code];
}
