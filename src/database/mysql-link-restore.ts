import { judgeRestore, sameRow } from "./judge.ts";
import type { Cell, MysqlConnection } from "./mysql-connection.ts";
import { isEmptyText, type LinkRow, readKnownMembers, readRowsOfIds, readRowsOfMembers } from "./mysql-link-rows.ts";
import { deleteRows, insertRows, sameKey, updateRows } from "./mysql-link-statements.ts";
import type { MysqlLinkTable } from "./mysql-link-table.ts";
import type { MysqlPlace } from "./mysql-place.ts";
import { inChunks } from "./mysql-read.ts";
import { writeInHalves } from "./mysql-transaction.ts";
import { encodeStored } from "./mysql-values.ts";
import type { FormerValues, LinkRestore, RestoreOutcome } from "./service-database.ts";
import { idOfStored } from "./stored-values.ts";

interface Planned {
  readonly index: number;
  readonly row: LinkRow | null;
  readonly former: FormerValues | null;
}

/** Restores rows inside the transaction where they still are exactly what was written; outcomes in the order of `restores`. */
export async function restoreTable(writer: MysqlConnection, link: MysqlLinkTable, places: readonly MysqlPlace[], restores: readonly LinkRestore[]): Promise<RestoreOutcome[]> {
  const known = await readKnownMembers(writer, places, restores.map(({ memberId }) => memberId));
  const byMember = await readRowsOfMembers(writer, link, restores.map(({ memberId }) => memberId), true);
  const byId = await readRowsOfIds(writer, link, restores.flatMap(({ written, former }) => [written, former].flatMap((row) => idOfStored(row?.[link.kakao.name]) ?? [])));
  const planned: Planned[] = [];
  const touched = new Set<string>();
  const outcomes = restores.map((restore, index): RestoreOutcome => {
    const own = byMember.get(restore.memberId) ?? [];
    const row = findRow(link, restore, own, byId);
    if (restore.former !== null && !known.has(restore.memberId)) return "row-gone";
    if (restore.written !== null && restore.former !== null && row === undefined) return "row-gone";
    const outcome = touched.has(restore.memberId) ? "changed-since" : judgeRestore(restore, row?.values ?? null, isHeldByOthers(link, restore, row, own, byId));
    if (outcome === "restored") planned.push({ index, row: row ?? null, former: restore.former });
    if (outcome === "restored") touched.add(restore.memberId);
    return outcome;
  });
  for (const { index } of await writeRows(writer, link, planned)) outcomes[index] = "changed-since";
  return outcomes;
}

/** The row that the change left behind, or that stands in its place now: the one that reads as written, as before, holds the id, or counts for the member. */
function findRow(link: MysqlLinkTable, { written, former }: LinkRestore, own: readonly LinkRow[], byId: ReadonlyMap<string, readonly LinkRow[]>): LinkRow | undefined {
  const holders = byId.get(idOfStored((written ?? former)?.[link.kakao.name]) ?? "") ?? [];
  const candidates = [...holders, ...own];
  const as = (values: FormerValues | null): LinkRow | undefined => (values === null ? undefined : candidates.find((row) => sameRow(row.values, values)));
  const found = as(written) ?? as(former);
  if (found !== undefined || written === null) return found;
  return holders[0] ?? own.find((row) => row.counted);
}

/** An id that comes back must stand in no other row, and its member must hold no other link. */
function isHeldByOthers(link: MysqlLinkTable, { former }: LinkRestore, row: LinkRow | undefined, own: readonly LinkRow[], byId: ReadonlyMap<string, readonly LinkRow[]>): boolean {
  const id = idOfStored(former?.[link.kakao.name]);
  if (id === null) return false;
  const isOther = (one: LinkRow): boolean => row === undefined || !sameKey(link, one, row);
  return (byId.get(id) ?? []).some(isOther) || own.some((one) => one.counted && !isEmptyText(one.link) && isOther(one));
}

/** Former rows come back as they were, with every column; gives what a unique index refuses. */
async function writeRows(writer: MysqlConnection, link: MysqlLinkTable, planned: readonly Planned[]): Promise<Planned[]> {
  for (const some of inChunks(planned)) await deleteRows(writer, link, some.flatMap(({ row, former }) => (former === null && row !== null ? [row] : [])));
  const changed = planned.filter(({ row, former }) => row !== null && former !== null);
  const added = planned.filter(({ row, former }) => row === null && former !== null);
  const refused: Planned[] = [];
  for (const some of inChunks(changed)) refused.push(...(await writeInHalves(some, (part) => updateRows(writer, link, part.flatMap(({ row, former }) => (row === null ? [] : [{ row, values: encode(former) }]))))));
  for (const some of inChunks(added)) refused.push(...(await writeInHalves(some, (part) => insertRows(writer, link, part.map(({ former }) => encode(former))))));
  return refused;
}

function encode(former: FormerValues | null): Record<string, Cell> {
  return Object.fromEntries(Object.entries(former ?? {}).map(([column, value]) => [column, encodeStored(value)]));
}
