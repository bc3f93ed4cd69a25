import { say } from "../say.ts";
import { judgeRestore } from "./judge.ts";
import type { LinkRestore, RestoreOutcome } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import type { Places } from "./postgres-place.ts";
import { readHeldIds } from "./postgres-read.ts";
import { columnOf, decodeStored, encodeStored } from "./postgres-values.ts";
import { type PlannedPlace, readFresh, type WritablePlace, writablePlace, writePlanned } from "./postgres-write.ts";
import { idOfStored } from "./stored-values.ts";
import { describeMissing, refuseWrongNames } from "./table-map.ts";

interface Group {
  readonly place: number;
  readonly columns: readonly string[];
  readonly members: { readonly index: number; readonly restore: LinkRestore }[];
}

/** Restores inside the transaction where every column still holds what was written; outcomes in the order of `restores`. */
export async function restoreAll(sql: Transaction, places: Places, restores: readonly LinkRestore[]): Promise<{ outcomes: RestoreOutcome[]; groups: PlannedPlace[] }> {
  const outcomes = new Array<RestoreOutcome>(restores.length).fill("row-gone");
  const groups: PlannedPlace[] = [];
  for (const group of groupByColumns(restores)) groups.push(await restoreGroup(sql, places, group, outcomes));
  return { outcomes, groups };
}

async function restoreGroup(sql: Transaction, places: Places, { place: at, columns, members }: Group, outcomes: RestoreOutcome[]): Promise<PlannedPlace> {
  const target = writablePlace(places, at);
  const { table } = target.place;
  refuseWrongNames(columns.filter((name) => !table.columns.has(name)).map((name) => describeMissing(say`${table.name} no longer has the column that was written: ${name}`, name, table.columns.keys())));
  const fresh = await readFresh(sql, places, target, columns, members.map(({ restore }) => restore.memberId));
  const held = await readHeldIds(sql, places, members.flatMap(({ restore }) => formerId(target, restore) ?? []));
  for (const { index, restore } of members) {
    const position = fresh.positions.get(restore.memberId);
    if (position === undefined) continue;
    const from = fresh.page.extras[position] ?? [];
    const former = formerId(target, restore);
    const stored = Object.fromEntries(columns.map((name, at) => [name, decodeStored(columnOf(table, name), from[at] ?? null)]));
    const outcome = fresh.writes[position] === undefined ? judgeRestore(restore, stored, former !== null && held.has(former)) : "changed-since";
    outcomes[index] = outcome;
    if (outcome !== "restored") continue;
    if (former !== null) held.add(former);
    fresh.writes[position] = { index, key: [restore.memberId], from, to: columns.map((name) => encodeStored(restore.former?.[name])) };
  }
  const { planned, refused } = await writePlanned(sql, target, fresh.writes.flat(), columns);
  for (const { index } of refused) outcomes[index] = "changed-since";
  return planned;
}

/** The Kakao id that a relink replaced, or that was taken away, if any: somebody else may hold it by now. */
function formerId({ link }: WritablePlace, { former }: LinkRestore): string | null {
  return idOfStored(former?.[link.column.name]);
}

/** Restores that share place and columns: a run may have been written under another `link.set`. */
function groupByColumns(restores: readonly LinkRestore[]): Group[] {
  const groups = new Map<string, Group>();
  restores.forEach((restore, index) => {
    const columns = Object.keys(restore.written ?? {});
    const name = JSON.stringify([restore.place, ...columns]);
    const group = groups.get(name) ?? { place: restore.place, columns, members: [] };
    group.members.push({ index, restore });
    groups.set(name, group);
  });
  return [...groups.values()];
}
