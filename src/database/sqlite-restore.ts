import type { LinkRestore, RestoreOutcome } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import type { SqlitePlace } from "./sqlite-place.ts";
import { readHeldIds } from "./sqlite-read.ts";
import { bindStored, isEmptyLink, sameStored } from "./sqlite-values.ts";
import { type FreshRow, readFresh, type RowWrite, updateRows, type WritablePlace, writablePlace } from "./sqlite-write.ts";

/** The rows that were restored together: one place and one set of columns. */
export interface RestoredGroup {
  readonly target: WritablePlace;
  readonly columns: readonly string[];
  readonly writes: readonly RowWrite[];
}

/** Restores inside the transaction where every column still holds what was written; outcomes in the order of `restores`. */
export function restoreAll(writer: Prepared, places: readonly SqlitePlace[], restores: readonly LinkRestore[]): { outcomes: RestoreOutcome[]; groups: RestoredGroup[] } {
  const outcomes = new Array<RestoreOutcome>(restores.length).fill("row-gone");
  const groups: RestoredGroup[] = [];
  for (const indexes of groupByColumns(restores)) {
    const members = indexes.flatMap((index) => (restores[index] === undefined ? [] : [{ index, restore: restores[index] }]));
    const [first] = members;
    if (first === undefined) continue;
    const target = writablePlace(places, first.restore.place);
    const columns = Object.keys(first.restore.written);
    const fresh = readFresh(writer, target, columns, members.map(({ restore }) => restore.memberId));
    const held = readHeldIds(writer, places, members.flatMap(({ restore }) => formerId(target, restore)));
    const wanted = new Map<string, RowWrite>();
    for (const { index, restore } of members) {
      const found = fresh.get(restore.memberId);
      if (found === undefined) continue;
      outcomes[index] = wanted.has(restore.memberId) ? "changed-since" : judgeRestore(restore, columns, found, formerId(target, restore).some((id) => held.has(id)));
      if (outcomes[index] !== "restored") continue;
      for (const id of formerId(target, restore)) held.add(id);
      wanted.set(restore.memberId, { id: restore.memberId, key: found.key, from: found.stored, to: columns.map((column) => restore.former[column] ?? null) });
    }
    const writes = [...fresh.keys()].flatMap((id) => wanted.get(id) ?? []);
    updateRows(writer, target.place, columns, writes);
    groups.push({ target, columns, writes });
  }
  return { outcomes, groups };
}

function judgeRestore(restore: LinkRestore, columns: readonly string[], found: FreshRow, formerIsHeld: boolean): RestoreOutcome {
  const holds = (values: LinkRestore["written"]): boolean => columns.every((column, at) => sameStored(values[column] ?? null, found.stored[at] ?? null));
  if (holds(restore.written)) return formerIsHeld ? "changed-since" : "restored";
  return holds(restore.former) ? "already-restored" : "changed-since";
}

/** The Kakao id that a relink replaced: somebody else may hold it by now. */
function formerId({ link }: WritablePlace, restore: LinkRestore): string[] {
  const value = restore.former[link.name] ?? null;
  return isEmptyLink(value) ? [] : [String(bindStored(value))];
}

/** Positions of restores that share place and columns: a run may have been written under another `link.set`. */
function groupByColumns(restores: readonly LinkRestore[]): Iterable<number[]> {
  const groups = new Map<string, number[]>();
  restores.forEach((restore, index) => {
    const name = JSON.stringify([restore.place, ...Object.keys(restore.written)]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [index]);
    else group.push(index);
  });
  return groups.values();
}
