import { judgeRestore } from "./judge.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import type { MysqlPlace } from "./mysql-place.ts";
import { readHeldIds } from "./mysql-read.ts";
import { decodeStored, encodeStored } from "./mysql-values.ts";
import { type PlannedPlace, readBack, readFresh, type RowWrite, type WritablePlace, writablePlace, writeRows } from "./mysql-write.ts";
import type { LinkRestore, RestoreOutcome } from "./service-database.ts";
import { idOfStored } from "./stored-values.ts";

interface Group {
  readonly place: number;
  readonly columns: readonly string[];
  readonly members: { readonly index: number; readonly restore: LinkRestore }[];
}

/** Restores inside the transaction where every column still holds what was written; outcomes in the order of `restores`. */
export async function restoreAll(writer: MysqlConnection, places: readonly MysqlPlace[], restores: readonly LinkRestore[]): Promise<{ outcomes: RestoreOutcome[]; groups: PlannedPlace[] }> {
  const outcomes = new Array<RestoreOutcome>(restores.length).fill("row-gone");
  const groups: PlannedPlace[] = [];
  for (const group of groupByColumns(restores)) groups.push(await restoreGroup(writer, places, group, outcomes));
  return { outcomes, groups };
}

async function restoreGroup(writer: MysqlConnection, places: readonly MysqlPlace[], { place, columns, members }: Group, outcomes: RestoreOutcome[]): Promise<PlannedPlace> {
  const target = writablePlace(places, place, columns);
  const fresh = await readFresh(writer, target, members.map(({ restore }) => restore.memberId));
  const held = await readHeldIds(writer, places, members.flatMap(({ restore }) => formerIds(target, restore)));
  const rows: RowWrite[] = [];
  const again = new Set<string>();
  for (const { index, restore } of members) {
    const one = fresh.get(restore.memberId);
    if (one === undefined) continue;
    const formers = formerIds(target, restore);
    const stored = Object.fromEntries(target.columns.map(({ name, shape }, at) => [name, decodeStored(shape, one.cells[at] ?? null)]));
    const outcome = again.has(restore.memberId) ? "changed-since" : judgeRestore(restore, stored, formers.some((id) => held.has(id)));
    outcomes[index] = outcome;
    if (outcome !== "restored") continue;
    again.add(restore.memberId);
    for (const id of formers) held.add(id);
    rows.push({ index, id: one.row.id, from: one.cells, to: target.columns.map(({ name }) => encodeStored(restore.former?.[name])) });
  }
  const refused = new Set(await writeRows(writer, target, rows));
  for (const { index } of refused) outcomes[index] = "changed-since";
  const planned = { target, rows: rows.filter((row) => !refused.has(row)) };
  await readBack(writer, planned);
  return planned;
}

/** The Kakao id that a relink replaced, if any: somebody else may hold it by now. */
function formerIds({ link }: WritablePlace, restore: LinkRestore): string[] {
  const id = idOfStored(restore.former?.[link.name]);
  return id === null ? [] : [id];
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
