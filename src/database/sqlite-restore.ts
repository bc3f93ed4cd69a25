import { judgeRestore } from "./judge.ts";
import type { LinkRestore, RestoreOutcome } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import type { SqlitePlace } from "./sqlite-place.ts";
import { readHeldIds } from "./sqlite-read.ts";
import { decodeStored, encodeStored } from "./sqlite-values.ts";
import { writeInHalves } from "./sqlite-refusals.ts";
import { idOfStored } from "./stored-values.ts";
import { composeWrite, type PlannedPlace, readBack, readFresh, updateRows, type WritablePlace, writablePlace } from "./sqlite-write.ts";

interface Numbered {
  readonly index: number;
  readonly restore: LinkRestore;
}

/** Restores inside the transaction where every column still holds what was written; outcomes in the order of `restores`. */
export function restoreAll(writer: Prepared, places: readonly SqlitePlace[], restores: readonly LinkRestore[]): { outcomes: RestoreOutcome[]; groups: PlannedPlace[] } {
  const outcomes = new Array<RestoreOutcome>(restores.length).fill("row-gone");
  const groups = groupByColumns(restores).map((group) => restoreGroup(writer, places, group, outcomes));
  return { outcomes, groups };
}

function restoreGroup(writer: Prepared, places: readonly SqlitePlace[], { place: at, columns, members }: Group, outcomes: RestoreOutcome[]): PlannedPlace {
  const target = writablePlace(places, at);
  const { page, positions, writes } = readFresh(writer, target, columns, members.map(({ restore }) => restore.memberId));
  const held = readHeldIds(writer, places, members.flatMap(({ restore }) => formerIds(target, restore)));
  for (const { index, restore } of members) {
    const position = positions.get(restore.memberId);
    if (position === undefined) continue;
    const [key = "n", ...stored] = page.extras[position] ?? [];
    const formers = formerIds(target, restore);
    const outcome = writes[position] === undefined ? judgeColumns(restore, columns, stored, formers.some((id) => held.has(id))) : "changed-since";
    outcomes[index] = outcome;
    if (outcome !== "restored") continue;
    for (const id of formers) held.add(id);
    writes[position] = composeWrite(key, columns.map((column) => encodeStored(restore.former?.[column] ?? null)), stored);
  }
  const rows = new Map<string, string>();
  writes.forEach((write, position) => rows.set(page.rows[position]?.id ?? "", write));
  const planned = { place: target.place, columns, rows };
  for (const [id] of writeInHalves([...rows], (some) => updateRows(writer, { ...planned, rows: new Map(some) }))) {
    rows.delete(id);
    for (const { index, restore } of members) if (restore.memberId === id && outcomes[index] === "restored") outcomes[index] = "changed-since";
  }
  readBack(writer, planned);
  return planned;
}

function judgeColumns(restore: LinkRestore, columns: readonly string[], stored: readonly string[], formerIsHeld: boolean): RestoreOutcome {
  return judgeRestore(restore, Object.fromEntries(columns.map((column, at) => [column, decodeStored(stored[at] ?? "n")])), formerIsHeld);
}

/** The Kakao id that a relink replaced, if any: somebody else may hold it by now. */
function formerIds({ link }: WritablePlace, restore: LinkRestore): string[] {
  const id = idOfStored(restore.former?.[link.name]);
  return id === null ? [] : [id];
}

interface Group {
  readonly place: number;
  readonly columns: readonly string[];
  readonly members: Numbered[];
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
