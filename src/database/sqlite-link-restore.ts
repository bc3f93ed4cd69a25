import { judgeRestore, sameRow } from "./judge.ts";
import type { FormerValues, LinkRestore, RestoreOutcome } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import { type LinkRow, readKnownMembers, readRowsOfIds, readRowsOfMembers } from "./sqlite-link-rows.ts";
import type { SqliteLinkTable } from "./sqlite-link-table.ts";
import { deleteRows, insertRows, notAsWritten, updateRows } from "./sqlite-link-write.ts";
import type { SqlitePlace } from "./sqlite-place.ts";
import { writeInHalves } from "./sqlite-refusals.ts";
import { encodeStored } from "./sqlite-values.ts";
import { idOfStored, sameStored } from "./stored-values.ts";

interface Planned {
  readonly index: number;
  readonly row: LinkRow | null;
  readonly former: FormerValues | null;
}

/** Restores rows inside the transaction where they still are exactly what was written; outcomes in the order of `restores`. */
export function restoreTable(writer: Prepared, link: SqliteLinkTable, places: readonly SqlitePlace[], restores: readonly LinkRestore[]): RestoreOutcome[] {
  const known = readKnownMembers(writer, places, restores.map(({ memberId }) => memberId));
  const byMember = readRowsOfMembers(writer, link, restores.map(({ memberId }) => memberId));
  const byId = readRowsOfIds(writer, link, restores.flatMap(({ written, former }) => [written, former].flatMap((row) => idOfStored(row?.[link.kakao]) ?? [])));
  const planned: Planned[] = [];
  const touched = new Set<string>();
  const outcomes = restores.map((restore, index): RestoreOutcome => {
    const own = byMember.get(restore.memberId) ?? [];
    const row = findRow(link, restore, own, byId);
    const stored = row?.values ?? null;
    if (restore.former !== null && !known.has(restore.memberId)) return "row-gone";
    if (restore.written !== null && restore.former !== null && row === undefined) return "row-gone";
    const outcome = touched.has(restore.memberId) ? "changed-since" : judgeRestore(restore, stored, isHeldByOthers(link, restore, row, own, byId));
    if (outcome === "restored") planned.push({ index, row: row ?? null, former: restore.former });
    if (outcome === "restored") touched.add(restore.memberId);
    return outcome;
  });
  const refused = new Set(writeRows(writer, link, planned));
  for (const { index } of refused) outcomes[index] = "changed-since";
  checkRestored(writer, link, restores, planned.filter((plan) => !refused.has(plan)));
  return outcomes;
}

/** Looks within the transaction whether the ids stand as before, or are gone: what a trigger makes of other columns is no matter. Throws FailedError where not. */
function checkRestored(writer: Prepared, link: SqliteLinkTable, restores: readonly LinkRestore[], planned: readonly Planned[]): void {
  const memberOf = ({ index }: Planned): string => restores[index]?.memberId ?? "";
  const rows = readRowsOfMembers(writer, link, planned.map(memberOf));
  for (const plan of planned) {
    const id = (plan.former ?? plan.row?.values)?.[link.kakao];
    const holding = (rows.get(memberOf(plan)) ?? []).filter((row) => sameStored(row.values[link.kakao], id));
    if (plan.former === null ? holding.some((row) => row.counted) : holding.length === 0) throw notAsWritten(link);
  }
}

/** The row that the change left behind, or that stands in its place now: the one that reads as written, as before, holds the id, or counts for the member. */
function findRow(link: SqliteLinkTable, { written, former }: LinkRestore, own: readonly LinkRow[], byId: ReadonlyMap<string, readonly LinkRow[]>): LinkRow | undefined {
  const holders = byId.get(idOfStored((written ?? former)?.[link.kakao]) ?? "") ?? [];
  const candidates = [...holders, ...own];
  const as = (values: FormerValues | null): LinkRow | undefined => (values === null ? undefined : candidates.find((row) => sameRow(row.values, values)));
  const found = as(written) ?? as(former);
  if (found !== undefined || written === null) return found;
  return holders[0] ?? own.find((row) => row.counted);
}

/** An id that comes back must stand in no other row, and its member must hold no other link. */
function isHeldByOthers(link: SqliteLinkTable, { former }: LinkRestore, row: LinkRow | undefined, own: readonly LinkRow[], byId: ReadonlyMap<string, readonly LinkRow[]>): boolean {
  const id = idOfStored(former?.[link.kakao]);
  if (id === null) return false;
  const holders = byId.get(id) ?? [];
  return holders.some((holder) => holder !== row && !sameKeys(holder, row)) || own.some((one) => one.counted && one.link !== "" && one.link !== "0" && !sameKeys(one, row));
}

function sameKeys(left: LinkRow, right: LinkRow | undefined): boolean {
  return right !== undefined && left.key.every((part, at) => part === right.key[at]);
}

/** Former rows come back as they were, with every column; gives what a unique index refuses. */
function writeRows(writer: Prepared, link: SqliteLinkTable, planned: readonly Planned[]): Planned[] {
  deleteRows(writer, link, planned.flatMap(({ row, former }) => (former === null && row !== null ? [row] : [])));
  const changed = planned.filter(({ row, former }) => row !== null && former !== null);
  const added = planned.filter(({ row, former }) => row === null && former !== null);
  const encode = (former: FormerValues | null): Record<string, string> => Object.fromEntries(Object.entries(former ?? {}).map(([column, value]) => [column, encodeStored(value)]));
  return [
    ...writeInHalves(changed, (some) => updateRows(writer, link, some.map(({ row, former }) => ({ row, values: encode(former) })))),
    ...writeInHalves(added, (some) => insertRows(writer, link, some.map(({ former }) => encode(former)))),
  ];
}
