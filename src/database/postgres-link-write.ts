import { say } from "../say.ts";
import { judgeChange } from "./judge.ts";
import type { MemberRow } from "../core/member.ts";
import type { ChangeGuards, ChangeOutcome, FormerValues, LinkChange } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import { type LinkRow, readHeldInTable, readRowsOfIds, readRowsOfMembers, withLinks } from "./postgres-link-rows.ts";
import type { PostgresLinkTable } from "./postgres-link-table.ts";
import type { Places } from "./postgres-place.ts";
import { readByIds } from "./postgres-read.ts";
import { deleteRows, insertRows, notAsWritten, type Texts, updateRows, writeInHalves } from "./postgres-statements.ts";
import { castNow, fillRow } from "./postgres-values.ts";
import { groupIds } from "./postgres-write.ts";

/** What is to become of one row of the link table: columns and their texts. No values: the row goes. No row: it is new. */
interface RowPlan {
  readonly index: number;
  readonly change: LinkChange;
  readonly row: LinkRow | null;
  readonly values: Readonly<Record<string, string | null>> | null;
}

/** Locks and looks at members and their link rows, decides, writes, reads back, and tells the guards what to keep. */
export async function writeTableChanges(sql: Transaction, link: PostgresLinkTable, places: Places, changes: readonly LinkChange[], guards: ChangeGuards, now: string): Promise<{ outcomes: ChangeOutcome[]; written: readonly LinkChange[] }> {
  const outcomes = new Array<ChangeOutcome>(changes.length).fill({ outcome: "moved", why: "row-gone" });
  const plans = await planChanges(sql, link, places, changes, guards, now, outcomes);
  const refused = new Set(await writePlans(sql, link, plans));
  for (const { index } of refused) outcomes[index] = { outcome: "moved", why: "index-refused" };
  const kept = plans.filter((plan) => !refused.has(plan));
  const rows = await readWritten(sql, link, kept);
  for (const plan of kept) outcomes[plan.index] = { outcome: "written", former: plan.row?.values ?? null, written: rows.get(plan) ?? null };
  guards.intend(outcomes);
  return { outcomes, written: kept.map(({ change }) => change) };
}

/** Looks after the commit. Throws FailedError where a link is not as written. */
export async function checkWritten(sql: Transaction, link: PostgresLinkTable, written: readonly LinkChange[]): Promise<void> {
  const holders = await readRowsOfIds(sql, link, written.flatMap(({ from, to }) => to ?? from ?? []));
  for (const { memberId, from, to } of written) {
    const counted = (holders.get(to ?? from ?? "") ?? []).filter((row) => row.counted && row.memberId === memberId).length;
    if (counted !== (to === null ? 0 : 1)) throw notAsWritten(say`A link reads back differently from what was written (table ${link.table.name}).`);
  }
}

async function planChanges(sql: Transaction, link: PostgresLinkTable, places: Places, changes: readonly LinkChange[], guards: ChangeGuards, now: string, outcomes: ChangeOutcome[]): Promise<RowPlan[]> {
  const members = await lockMembers(sql, places, changes);
  const rows = await readRowsOfMembers(sql, link, changes.map(({ memberId }) => memberId), true);
  const held = await readHeldInTable(sql, link, changes.flatMap((change) => change.to ?? []));
  const nows = await castNow(sql, link.table, { ...link.added, ...link.cleared }, now);
  const plans: RowPlan[] = [];
  const planned = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const own = (rows.get(change.memberId) ?? []).filter((row) => row.counted);
    const name = nameOf(change.place, change.memberId);
    const member = members.get(name);
    const why = judgeChange(change, member === undefined ? undefined : withLinks(member, own.map((row) => row.link)), index, held, planned.has(name), guards);
    if (why !== null) outcomes[index] = { outcome: "moved", why };
    else {
      plans.push(planRow(link, index, change, own, nows));
      planned.add(name);
    }
  }
  return plans;
}

/** The members as they are now; a service that locks a member's row before it links the member waits here, and we for it. */
async function lockMembers(sql: Transaction, places: Places, changes: readonly LinkChange[]): Promise<Map<string, MemberRow>> {
  const members = new Map<string, MemberRow>();
  for (const [at, ids] of groupIds(changes)) {
    const place = places.all[at];
    if (place === undefined) throw new Error(`there is no place ${at}`);
    for (const row of (await readByIds(sql, places, place, ids, [], true)).rows) members.set(nameOf(at, row.id), row);
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
function planRow(link: PostgresLinkTable, index: number, change: LinkChange, own: readonly LinkRow[], nows: ReadonlyMap<string, string | null>): RowPlan {
  const { from, to, memberId } = change;
  const row = own.find((one) => (from === null ? one.link === "" || one.link === "0" : one.link === from)) ?? null;
  if (to === null) return { index, change, row, values: link.cleared === null ? null : fillRow(link.cleared, nows) };
  if (row === null) return { index, change, row, values: { ...fillRow(link.added, nows), [link.member.name]: memberId, [link.kakao.name]: to } };
  const stored = (name: string): string | null => row.texts[link.columns.findIndex((column) => column.name === name)] ?? null;
  const set = Object.entries(fillRow(link.set, nows)).map(([name, text]) => [name, stored(name) ?? text]);
  return { index, change, row, values: { ...Object.fromEntries(set), [link.kakao.name]: to } };
}

/** Writes all plans, those that touch the same columns together; gives those that a unique index refuses. */
async function writePlans(sql: Transaction, link: PostgresLinkTable, plans: readonly RowPlan[]): Promise<RowPlan[]> {
  const { table, key } = link;
  const from = link.columns.map(({ name }) => name);
  const namesOf = (some: readonly RowPlan[]): string[] => Object.keys(some[0]?.values ?? {});
  const textsOf = (names: readonly string[], { values }: RowPlan): Texts => names.map((name) => values?.[name] ?? null);
  const update = (some: readonly RowPlan[]): Promise<void> => updateRows(sql, table, key, { to: namesOf(some), from }, some.map((plan) => ({ key: plan.row?.key ?? [], from: plan.row?.texts ?? [], to: textsOf(namesOf(some), plan) })));
  const add = (some: readonly RowPlan[]): Promise<void> => insertRows(sql, table, namesOf(some), some.map((plan) => textsOf(namesOf(some), plan)));
  await deleteRows(sql, table, key, from, plans.flatMap(({ row, values }) => (values === null && row !== null ? [{ key: row.key, from: row.texts }] : [])));
  const written = plans.filter((plan) => plan.values !== null);
  return [
    ...(await writeInHalves(sql, written.filter(({ row, change }) => row !== null && change.to !== null), update)),
    ...(await writeInHalves(sql, written.filter(({ change }) => change.to === null), update)),
    ...(await writeInHalves(sql, written.filter(({ row }) => row === null), add)),
  ];
}

/** The rows as they are stored now, with defaults and whatever triggers made of them. Throws FailedError where a link does not read as written. */
async function readWritten(sql: Transaction, link: PostgresLinkTable, plans: readonly RowPlan[]): Promise<Map<RowPlan, FormerValues | null>> {
  const held = await readRowsOfIds(sql, link, plans.flatMap(({ change }) => change.to ?? []));
  const cleared = await readRowsOfMembers(sql, link, plans.flatMap(({ change }) => (change.to === null ? change.memberId : [])));
  const found = new Map<RowPlan, FormerValues | null>();
  for (const plan of plans) {
    const { memberId, from, to } = plan.change;
    const rows = to === null ? (cleared.get(memberId) ?? []) : (held.get(to) ?? []);
    const isRight = to === null ? !rows.some((row) => row.counted && row.link === from) : rows.length === 1 && rows[0]?.memberId === memberId && rows[0].counted;
    const row = to === null ? rows.find((one) => plan.values !== null && plan.row !== null && sameKey(one, plan.row)) : rows[0];
    if (!isRight || (plan.values !== null && row === undefined)) throw notAsWritten(say`A link does not count as it was written: look whether link.fixed, link.set, link.cleared and link.where fit each other. The batch was rolled back (table ${link.table.name}).`);
    found.set(plan, row?.values ?? null);
  }
  return found;
}

export function sameKey(left: LinkRow, right: LinkRow): boolean {
  return left.key.every((part, at) => part === right.key[at]);
}
