import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { judgeChange } from "./judge.ts";
import type { Cell, MysqlConnection } from "./mysql-connection.ts";
import { isEmptyText, type LinkRow, readHeldInTable, readRowsOfIds, readRowsOfMembers, withLinks } from "./mysql-link-rows.ts";
import { deleteRows, insertRows, notAsWritten, sameKey, updateRows } from "./mysql-link-statements.ts";
import type { MysqlLinkTable } from "./mysql-link-table.ts";
import type { MysqlPlace } from "./mysql-place.ts";
import { inChunks, readByIds } from "./mysql-read.ts";
import { columnOf } from "./mysql-schema.ts";
import { writeInHalves } from "./mysql-transaction.ts";
import { encodeStored, fillColumn } from "./mysql-values.ts";
import type { ChangeGuards, ChangeOutcome, FormerValues, LinkChange, SetValue } from "./service-database.ts";

type Cells = Readonly<Record<string, Cell>>;

/** What is to become of one row of the link table: columns and their texts. No values: the row goes. No row: it is new. */
interface RowPlan {
  readonly index: number;
  readonly change: LinkChange;
  readonly row: LinkRow | null;
  readonly values: Cells | null;
}

/** The links that a batch wrote or took away, to be looked at once more after the commit. */
export type WrittenLinks = readonly { readonly memberId: string; readonly from: KakaoId | null; readonly to: KakaoId | null }[];

/** Decides about every change inside the transaction, writes, reads the rows back, and tells the guards what to keep. */
export async function writeTableChanges(
  writer: MysqlConnection,
  link: MysqlLinkTable,
  places: readonly MysqlPlace[],
  changes: readonly LinkChange[],
  guards: ChangeGuards,
  now: string,
): Promise<{ outcomes: ChangeOutcome[]; written: WrittenLinks }> {
  const outcomes = new Array<ChangeOutcome>(changes.length).fill({ outcome: "moved", why: "row-gone" });
  const plans = await planChanges(writer, link, places, changes, guards, now, outcomes);
  const refused = new Set(await writePlans(writer, link, plans));
  for (const { index } of refused) outcomes[index] = { outcome: "moved", why: "index-refused" };
  const kept = plans.filter((plan) => !refused.has(plan));
  const rows = await readWritten(writer, link, kept);
  for (const plan of kept) outcomes[plan.index] = { outcome: "written", former: plan.row?.values ?? null, written: rows.get(plan) ?? null };
  guards.intend(outcomes);
  return { outcomes, written: kept.map(({ change: { memberId, from, to } }) => ({ memberId, from, to })) };
}

/** Looks after the commit, on a connection of any kind. Throws FailedError where a link is not as written. */
export async function checkWritten(connection: MysqlConnection, link: MysqlLinkTable, written: WrittenLinks): Promise<void> {
  const holders = await readRowsOfIds(connection, link, written.flatMap(({ from, to }) => to ?? from ?? []));
  for (const { memberId, from, to } of written) {
    const counted = (holders.get(to ?? from ?? "") ?? []).filter((row) => row.counted && isSameMember(link, row, memberId)).length;
    if (counted !== (to === null ? 0 : 1)) throw notAsWritten(link);
  }
}

async function planChanges(writer: MysqlConnection, link: MysqlLinkTable, places: readonly MysqlPlace[], changes: readonly LinkChange[], guards: ChangeGuards, now: string, outcomes: ChangeOutcome[]): Promise<RowPlan[]> {
  const members = await readMembers(writer, places, changes);
  const rows = await readRowsOfMembers(writer, link, changes.map((change) => change.memberId), true);
  const held = await readHeldInTable(writer, link, changes.flatMap((change) => change.to ?? []));
  const plans: RowPlan[] = [];
  const planned = new Set<string>();
  changes.forEach((change, index) => {
    const own = (rows.get(change.memberId) ?? []).filter((row) => row.counted);
    const name = nameOf(change.place, change.memberId);
    const member = members.get(name);
    const why = judgeChange(change, member === undefined ? undefined : withLinks(member, own.map((row) => row.link)), index, held, planned.has(name), guards);
    if (why !== null) outcomes[index] = { outcome: "moved", why };
    else {
      plans.push(planRow(link, index, change, own, now));
      planned.add(name);
    }
  });
  return plans;
}

/** Members are looked at, not written: a shared lock keeps their values as the guard saw them. */
async function readMembers(writer: MysqlConnection, places: readonly MysqlPlace[], changes: readonly LinkChange[]): Promise<Map<string, MemberRow>> {
  const members = new Map<string, MemberRow>();
  for (const place of places) {
    const ids = changes.flatMap((change) => (change.place === place.at ? change.memberId : []));
    if (ids.length > 0) for (const row of (await readByIds(writer, place, ids, { lock: "look" })).rows) members.set(nameOf(place.at, row.id), row);
  }
  return members;
}

function nameOf(place: number, memberId: string): string {
  return `${place} ${memberId}`;
}

/**
 * Which row is written, and with what: the row that holds the former id, else a counted row whose link is empty, else a new one. In a row that is there
 * already `set` fills only what is NULL: its own times and ids stay.
 */
function planRow(link: MysqlLinkTable, index: number, change: LinkChange, own: readonly LinkRow[], now: string): RowPlan {
  const { from, to, memberId } = change;
  const row = own.find((one) => (from === null ? isEmptyText(one.link) : one.link === from)) ?? null;
  if (to === null) return { index, change, row, values: link.cleared === null ? null : fillAll(link, link.cleared, now) };
  const set = fillAll(link, link.set, now);
  if (row !== null) {
    const kept = Object.entries(set).map(([column, value]) => [column, row.values[column] === null ? value : encodeStored(row.values[column])]);
    return { index, change, row, values: { ...Object.fromEntries(kept), [link.kakao.name]: to } };
  }
  const fixed = fillAll(link, Object.fromEntries(Object.entries(link.fixed).map(([column, value]) => [column, { literal: value }])), now);
  return { index, change, row, values: { ...set, ...fixed, [link.member.name]: memberId, [link.kakao.name]: to } };
}

function fillAll(link: MysqlLinkTable, set: Readonly<Record<string, SetValue>>, now: string): Cells {
  return Object.fromEntries(Object.entries(set).map(([name, value]) => [name, fillColumn(columnOf(link.table, name), value, now)]));
}

/** Writes all plans, those that touch the same columns together; gives those that a unique index refuses. */
async function writePlans(writer: MysqlConnection, link: MysqlLinkTable, plans: readonly RowPlan[]): Promise<RowPlan[]> {
  const removed = plans.filter((plan) => plan.values === null);
  for (const some of inChunks(removed)) await deleteRows(writer, link, some.flatMap(({ row }) => row ?? []));
  const written = plans.filter((plan) => plan.values !== null);
  const inRows = (some: readonly RowPlan[]): Promise<void> => updateRows(writer, link, some.flatMap(({ row, values }) => (row === null ? [] : [{ row, values: values ?? {} }])));
  const inNew = (some: readonly RowPlan[]): Promise<void> => insertRows(writer, link, some.map(({ values }) => values ?? {}));
  const refused: RowPlan[] = [];
  for (const some of inChunks(written.filter((plan) => plan.row !== null && plan.change.to !== null))) refused.push(...(await writeInHalves(some, inRows)));
  for (const some of inChunks(written.filter((plan) => plan.change.to === null))) refused.push(...(await writeInHalves(some, inRows)));
  for (const some of inChunks(written.filter((plan) => plan.row === null))) refused.push(...(await writeInHalves(some, inNew)));
  return refused;
}

/** The rows as they are stored now, with defaults and whatever triggers made of them. Throws FailedError where a link does not read as written. */
async function readWritten(writer: MysqlConnection, link: MysqlLinkTable, plans: readonly RowPlan[]): Promise<Map<RowPlan, FormerValues | null>> {
  const held = await readRowsOfIds(writer, link, plans.flatMap(({ change }) => change.to ?? []));
  const cleared = await readRowsOfMembers(writer, link, plans.flatMap(({ change }) => (change.to === null ? change.memberId : [])), false);
  const found = new Map<RowPlan, FormerValues | null>();
  for (const plan of plans) {
    const { memberId, from, to } = plan.change;
    const rows = to === null ? (cleared.get(memberId) ?? []) : (held.get(to) ?? []);
    const [only] = rows;
    const isRight = to === null ? !rows.some((row) => row.counted && row.link === from) : rows.length === 1 && only !== undefined && only.counted && isSameMember(link, only, memberId);
    const row = to === null ? rows.find((one) => plan.values !== null && plan.row !== null && sameKey(link, one, plan.row)) : only;
    if (!isRight || (to === null && plan.values !== null && row === undefined)) throw notAsWritten(link);
    found.set(plan, row?.values ?? null);
  }
  return found;
}

/** In a column of another kind or collation the member's id may be spelled otherwise; the row was then found by it all the same. */
function isSameMember(link: MysqlLinkTable, row: LinkRow, memberId: string): boolean {
  if (row.memberId === memberId) return true;
  return link.member.kind === "text" && row.memberId.toLowerCase() === memberId.toLowerCase();
}

