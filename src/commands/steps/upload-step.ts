import type { Journal } from "../../workspace/journal.ts";
import type { TargetListChanges, TargetLists } from "../../workspace/target-lists.ts";
import type { UploadRow } from "../../workspace/upload-store.ts";
import type { Look } from "./look-at-selection.ts";
import { NOT_FOUND } from "./send-removals.ts";
import type { SentUsers, UserSender } from "./send-users.ts";
import { readStep, toFailed, type StepIntent, type StepKind } from "./upload-outcomes.ts";

/** What one request of an upload works with. */
export interface StepWork {
  readonly journal: Journal;
  readonly list: TargetListChanges;
  readonly sender: UserSender;
}

/** A request that was begun: the rows of it that still are to be sent, those that an earlier process has sent for certain, and those that are left alone. */
interface Sorted {
  readonly going: readonly UploadRow[];
  readonly already: number;
  readonly moved: number;
}

/**
 * One request, its intent on disk before it and its outcome after it. The list says first that it does not know what the file will hold, then what it holds: who comes
 * back to it after a killed process finds everybody who may be in the file. Whom Kakao refused alone may be in it all the same (an answer that was lost before, a count that
 * is wrong): they stay on the list, are sent again as a change, and are removed when they refuse.
 */
export async function carryOut(work: StepWork, step: number, kind: Exclude<StepKind, "create">, { going, already, moved }: Sorted): Promise<void> {
  const { journal, list, sender } = work;
  const ids = going.map(([id]) => id);
  const isRemoval = kind === "always" || kind === "filter";
  const intent: StepIntent = isRemoval ? { kind, ids: ids.map(String) } : { kind };
  journal.intend(step, intent);
  list.mayHold(ids);
  const sent = going.length === 0 ? nothing : await (isRemoval ? sender.remove(going) : sender.add(going));
  if (isRemoval) {
    list.removed(idsOf(sent.taken));
    // Certainly in the file, as before; of the others nobody knows any more.
    const kept = sent.refused.filter(({ code }) => code !== NOT_FOUND).map(({ row }) => row);
    list.holds(idsOf(kept), digestsOf(kept));
  } else list.holds(idsOf(sent.taken), digestsOf(sent.taken));
  journal.outcome(step, {
    sent: going.length + already,
    succeeded: sent.taken.length + already,
    moved,
    failed: sent.refused.map(({ row, code }) => toFailed(row, code)),
    requests: sent.requests,
    unconfirmed: sent.unconfirmed,
  });
}

const nothing: SentUsers = { taken: [], refused: [], requests: 0, unconfirmed: 0 };

function idsOf(rows: readonly UploadRow[]): readonly bigint[] {
  return rows.map(([id]) => id);
}

function digestsOf(rows: readonly UploadRow[]): readonly bigint[] {
  return rows.map(([, , , digest]) => digest);
}

/** Planned additions and changes that the look confirms. */
export function sortAdditions(look: Look, rows: readonly UploadRow[]): Sorted {
  const going = rows.filter(([id]) => look.mayAdd(id));
  return { going, already: 0, moved: rows.length - going.length };
}

/** Planned removals that are still due; who was in the intent of a killed process and is in the file no more went by it. */
export function sortRemovals(work: StepWork, look: Look, step: number, rows: readonly UploadRow[]): Sorted {
  const begun = new Set(readStep(work.journal, step)?.intent.ids);
  const going = rows.filter(([id]) => look.removal(id) === "filter").map(([id]): UploadRow => [id, -1, "", look.digestOf(id), []]);
  const already = rows.filter(([id]) => look.removal(id) === "stays" && begun.has(String(id)) && !look.holds(id)).length;
  return { going, already, moved: rows.length - going.length - already };
}

/** Removals that no plan holds and whose outcome a killed process did not write down: whom the list no longer has went by it, the others come again. */
export function settleUnfinished(journal: Journal, lists: TargetLists, name: string): void {
  const unfinished = [...journal.unfinished()].filter(({ intent }) => (intent as StepIntent).kind === "always");
  if (unfinished.length === 0) return;
  const held = new Set(lists.read(name)?.ids);
  for (const { seq, intent } of unfinished) {
    const gone = ((intent as StepIntent).ids ?? []).filter((id) => !held.has(BigInt(id))).length;
    journal.outcome(seq, { sent: gone, succeeded: gone, moved: 0, failed: [], requests: 0, unconfirmed: 0 });
  }
}
