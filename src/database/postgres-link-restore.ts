import { judgeRestore, sameRow } from "./judge.ts";
import type { FormerValues, LinkRestore, RestoreOutcome } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import { type LinkRow, readKnownMembers, readRowsOfIds, readRowsOfMembers } from "./postgres-link-rows.ts";
import type { PostgresLinkTable } from "./postgres-link-table.ts";
import { sameKey } from "./postgres-link-write.ts";
import type { PostgresPlace } from "./postgres-place.ts";
import { deleteRows, insertRows, type Texts, updateRows, writeInHalves } from "./postgres-statements.ts";
import { encodeStored } from "./postgres-values.ts";
import { idOfStored } from "./stored-values.ts";

interface Planned {
  readonly index: number;
  readonly row: LinkRow | null;
  readonly former: FormerValues | null;
}

/** Restores rows inside the transaction where they still are exactly what was written; outcomes in the order of `restores`. */
export async function restoreTable(sql: Transaction, link: PostgresLinkTable, places: readonly PostgresPlace[], restores: readonly LinkRestore[]): Promise<RestoreOutcome[]> {
  const known = await readKnownMembers(sql, places, restores.map(({ memberId }) => memberId));
  const byMember = await readRowsOfMembers(sql, link, restores.map(({ memberId }) => memberId), true);
  const byId = await readRowsOfIds(sql, link, restores.flatMap(({ written, former }) => [written, former].flatMap((row) => idOfStored(row?.[link.kakao.name]) ?? [])), true);
  const planned: Planned[] = [];
  const touched = new Set<string>();
  const outcomes = restores.map((restore, index): RestoreOutcome => {
    const own = byMember.get(restore.memberId) ?? [];
    const row = findRow(link, restore, own, byId);
    if (restore.former !== null && (!known.has(restore.memberId) || (restore.written !== null && row === undefined))) return "row-gone";
    const outcome = touched.has(restore.memberId) ? "changed-since" : judgeRestore(restore, row?.values ?? null, isHeldByOthers(link, restore, row, own, byId));
    if (outcome !== "restored") return outcome;
    planned.push({ index, row: row ?? null, former: restore.former });
    touched.add(restore.memberId);
    return outcome;
  });
  for (const { index } of await writeRows(sql, link, planned)) outcomes[index] = "changed-since";
  return outcomes;
}

/** The row that the change left behind, or that stands in its place now: the one that reads as written, as before, holds the id, or counts for the member. */
function findRow(link: PostgresLinkTable, { written, former }: LinkRestore, own: readonly LinkRow[], byId: ReadonlyMap<string, readonly LinkRow[]>): LinkRow | undefined {
  const holders = byId.get(idOfStored((written ?? former)?.[link.kakao.name]) ?? "") ?? [];
  const candidates = [...holders, ...own];
  const as = (values: FormerValues | null): LinkRow | undefined => (values === null ? undefined : candidates.find((row) => sameRow(row.values, values)));
  const found = as(written) ?? as(former);
  if (found !== undefined || written === null) return found;
  return holders[0] ?? own.find((row) => row.counted);
}

/** An id that comes back must stand in no other row, and its member must hold no other link. */
function isHeldByOthers(link: PostgresLinkTable, { former }: LinkRestore, row: LinkRow | undefined, own: readonly LinkRow[], byId: ReadonlyMap<string, readonly LinkRow[]>): boolean {
  const id = idOfStored(former?.[link.kakao.name]);
  if (id === null) return false;
  const isOther = (one: LinkRow): boolean => row === undefined || !sameKey(one, row);
  return (byId.get(id) ?? []).some(isOther) || own.some((one) => one.counted && one.link !== "" && one.link !== "0" && isOther(one));
}

/** Former rows come back as they were, with every column; gives what a unique index refuses. */
async function writeRows(sql: Transaction, { table, key, keyColumns, columns }: PostgresLinkTable, planned: readonly Planned[]): Promise<Planned[]> {
  const from = columns.map(({ name }) => name);
  await deleteRows(sql, table, key, from, planned.flatMap(({ row, former }) => (former === null && row !== null ? [{ key: row.key, from: row.texts }] : [])));
  // A row that is still there keeps its key, and the number that the server gave it.
  const changeable = columns.filter(({ name, identity }) => !identity && !keyColumns.includes(name)).map(({ name }) => name);
  // A column that the table has got since is left to its default.
  const known = (names: readonly string[], some: readonly Planned[]): string[] => names.filter((name) => some[0]?.former?.[name] !== undefined);
  const changed = planned.filter(({ row, former }) => row !== null && former !== null);
  const added = planned.filter(({ row, former }) => row === null && former !== null);
  return [
    ...(await writeInHalves(sql, changed, (some) => updateRows(sql, table, key, { to: known(changeable, some), from }, some.map(({ row, former }) => ({ key: row?.key ?? [], from: row?.texts ?? [], to: encode(former, known(changeable, some)) }))))),
    ...(await writeInHalves(sql, added, (some) => insertRows(sql, table, known(from, some), some.map(({ former }) => encode(former, known(from, some)))))),
  ];
}

function encode(former: FormerValues | null, names: readonly string[]): Texts {
  return names.map((name) => encodeStored(former?.[name]));
}
