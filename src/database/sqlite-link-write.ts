import { randomUUID } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { FailedError } from "../errors.ts";
import { say } from "../say.ts";
import { judgeChange } from "./judge.ts";
import type { ChangeGuards, ChangeOutcome, FormerValues, LinkChange, SetValue } from "./service-database.ts";
import type { Prepared } from "./sqlite-connection.ts";
import { type LinkRow, readCountedPairs, readHeldInTable, readRowsOfIds, readRowsOfMembers, withLinks } from "./sqlite-link-rows.ts";
import type { SqliteLinkTable } from "./sqlite-link-table.ts";
import type { SqlitePlace } from "./sqlite-place.ts";
import { readByIds } from "./sqlite-read.ts";
import { writeInHalves } from "./sqlite-refusals.ts";
import { decodeSql, encodedAsJson, encodeStored } from "./sqlite-values.ts";
import { quoteName } from "./table-map.ts";

/** Changes that are looked at together. */
const lookSize = 250;

/** What is to become of one row of the link table: columns and their encoded values. No values: the row goes. No row: it is new. */
export interface RowPlan {
  readonly index: number;
  readonly change: LinkChange;
  readonly row: LinkRow | null;
  readonly values: Readonly<Record<string, string>> | null;
}

/** The links that a batch wrote or took away, to be looked at once more after the commit. */
export type WrittenLinks = readonly { readonly memberId: string; readonly from: KakaoId | null; readonly to: KakaoId | null }[];

/** Decides about every change inside the transaction, writes, reads the rows back, and tells the guards what to keep. */
export function writeTableChanges(
  writer: Prepared,
  link: SqliteLinkTable,
  places: readonly SqlitePlace[],
  changes: readonly LinkChange[],
  guards: ChangeGuards,
  now: string,
): { outcomes: ChangeOutcome[]; written: WrittenLinks } {
  const outcomes = new Array<ChangeOutcome>(changes.length).fill({ outcome: "moved", why: "row-gone" });
  const plans = planChanges(writer, link, places, changes, guards, now, outcomes);
  const refused = new Set(writePlans(writer, link, plans));
  for (const { index } of refused) outcomes[index] = { outcome: "moved", why: "index-refused" };
  const kept = plans.filter((plan) => !refused.has(plan));
  const rows = readWritten(writer, link, kept);
  for (const plan of kept) outcomes[plan.index] = { outcome: "written", former: plan.row?.values ?? null, written: rows.get(plan) ?? null };
  guards.intend(outcomes);
  return { outcomes, written: kept.map(({ change: { memberId, from, to } }) => ({ memberId, from, to })) };
}

/** Looks after the commit, on another connection. Throws FailedError where a link is not as written. */
export function checkWritten(reader: Prepared, link: SqliteLinkTable, written: WrittenLinks): void {
  const pairs = readCountedPairs(reader, link, written.flatMap(({ from, to }) => to ?? from ?? []));
  for (const { memberId, from, to } of written) {
    if (pairs.has(`${to ?? from ?? ""} ${memberId}`) !== (to !== null)) throw notAsWritten(link);
  }
}

function planChanges(writer: Prepared, link: SqliteLinkTable, places: readonly SqlitePlace[], changes: readonly LinkChange[], guards: ChangeGuards, now: string, outcomes: ChangeOutcome[]): RowPlan[] {
  const held = readHeldInTable(writer, link, changes.flatMap((change) => change.to ?? []));
  const plans: RowPlan[] = [];
  const planned = new Set<string>();
  for (let start = 0; start < changes.length; start += lookSize) {
    const some = changes.slice(start, start + lookSize);
    const members = readMembers(writer, places, some);
    const rows = readRowsOfMembers(writer, link, some.map((change) => change.memberId));
    some.forEach((change, at) => {
      const own = (rows.get(change.memberId) ?? []).filter((row) => row.counted);
      const member = members.get(nameOf(change.place, change.memberId));
      const name = nameOf(change.place, change.memberId);
      const why = judgeChange(change, member === undefined ? undefined : withLinks(member, own.map((row) => row.link)), start + at, held, planned.has(name), guards);
      if (why !== null) outcomes[start + at] = { outcome: "moved", why };
      else {
        plans.push(planRow(link, start + at, change, own, now));
        planned.add(name);
      }
    });
  }
  return plans;
}

function readMembers(writer: Prepared, places: readonly SqlitePlace[], changes: readonly LinkChange[]): Map<string, MemberRow> {
  const members = new Map<string, MemberRow>();
  for (const place of places) {
    const ids = changes.flatMap((change) => (change.place === place.at ? change.memberId : []));
    if (ids.length > 0) for (const row of readByIds(writer, place, ids).rows) members.set(nameOf(place.at, row.id), row);
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
function planRow(link: SqliteLinkTable, index: number, change: LinkChange, own: readonly LinkRow[], now: string): RowPlan {
  const { from, to, memberId } = change;
  const row = own.find((one) => (from === null ? one.link === "" || one.link === "0" : one.link === from)) ?? null;
  if (to === null) return { index, change, row, values: link.cleared === null ? null : fillAll(link.cleared, now) };
  const id = `${link.integers.kakao ? "i" : "t"}${to}`;
  const set = fillAll(link.set, now);
  if (row !== null) {
    const kept = Object.entries(set).map(([column, value]) => [column, row.values[column] === null ? value : encodeStored(row.values[column] ?? null)]);
    return { index, change, row, values: { ...Object.fromEntries(kept), [link.kakao]: id } };
  }
  const fixed = Object.entries(link.fixed).map(([column, value]) => [column, encodeLiteral(value)]);
  return { index, change, row, values: { ...set, ...Object.fromEntries(fixed), [link.member]: `${link.integers.member && /^(0|-?[1-9]\d{0,17})$/.test(memberId) ? "i" : "t"}${memberId}`, [link.kakao]: id } };
}

function fillAll(set: Readonly<Record<string, SetValue>>, now: string): Record<string, string> {
  return Object.fromEntries(Object.entries(set).map(([column, value]) => [column, value === "now" ? `t${now}` : value === "uuid" ? `t${randomUUID()}` : encodeLiteral(value.literal)]));
}

/** A whole number is written as one: 3.0 in a text column would be another value. */
function encodeLiteral(value: string | number | null): string {
  return typeof value === "number" && Number.isSafeInteger(value) ? `i${value}` : encodeStored(value);
}

/** Writes all plans, those that touch the same columns together; gives those that a unique index refuses. */
function writePlans(writer: Prepared, link: SqliteLinkTable, plans: readonly RowPlan[]): RowPlan[] {
  const removed = plans.filter((plan) => plan.values === null);
  deleteRows(writer, link, removed.flatMap(({ row }) => row ?? []));
  const written = plans.filter((plan) => plan.values !== null);
  const changed = written.filter((plan) => plan.row !== null && plan.change.to !== null);
  const cleared = written.filter((plan) => plan.change.to === null);
  const added = written.filter((plan) => plan.row === null);
  return [
    ...writeInHalves(changed, (some) => updateRows(writer, link, some.map(({ row, values }) => ({ row, values: values ?? {} })))),
    ...writeInHalves(cleared, (some) => updateRows(writer, link, some.map(({ row, values }) => ({ row, values: values ?? {} })))),
    ...writeInHalves(added, (some) => insertRows(writer, link, some.map(({ values }) => values ?? {}))),
  ];
}

/** Adds rows with these encoded values, all of the same columns, in one statement. */
export function insertRows(writer: Prepared, link: SqliteLinkTable, rows: readonly Readonly<Record<string, string>>[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const json = rows.map((values) => `[${columns.map((column) => encodedAsJson(values[column] ?? "n")).join()}]`);
  const values = columns.map((_, at) => decodeSql("value", at, hasBytes(json))).join(", ");
  const { changes } = writer.rows(`INSERT OR ABORT INTO ${link.table.sql} (${columns.map(quoteName).join(", ")}) SELECT ${values} FROM json_each(?)`).run(`[${json.join()}]`);
  if (changes !== rows.length) throw notAsWritten(link);
}

/** Gives rows new encoded values, all of the same columns, in one statement. */
export function updateRows(writer: Prepared, link: SqliteLinkTable, rows: readonly { readonly row: LinkRow | null; readonly values: Readonly<Record<string, string>> }[]): void {
  const columns = Object.keys(rows[0]?.values ?? {});
  const json = rows.map(({ row, values }) => `[${[...(row?.key ?? []), ...columns.map((column) => values[column] ?? "n")].map(encodedAsJson).join()}]`);
  const value = (at: number): string => decodeSql("kakao_sync_write.value", at, hasBytes(json));
  const sets = columns.map((column, at) => `${quoteName(column)} = ${value(link.key.length + at)}`).join(", ");
  const matches = link.key.map((key, at) => `kakao_sync_row.${key} = ${value(at)}`).join(" AND ");
  const { changes } = writer.rows(`UPDATE OR ABORT ${link.table.sql} AS kakao_sync_row SET ${sets} FROM json_each(?) AS kakao_sync_write WHERE ${matches}`).run(`[${json.join()}]`);
  if (changes !== rows.length) throw notAsWritten(link);
}

/** Removes rows in one statement. */
export function deleteRows(writer: Prepared, link: SqliteLinkTable, rows: readonly LinkRow[]): void {
  if (rows.length === 0) return;
  const json = rows.map(({ key }) => `[${key.map(encodedAsJson).join()}]`);
  const values = link.key.map((_, at) => decodeSql("value", at, hasBytes(json))).join(", ");
  const { changes } = writer.rows(`DELETE FROM ${link.table.sql} WHERE (${link.key.join(", ")}) IN (SELECT ${values} FROM json_each(?))`).run(`[${json.join()}]`);
  if (changes !== rows.length) throw notAsWritten(link);
}

function hasBytes(json: readonly string[]): boolean {
  return json.some((row) => row.includes('{"hex":'));
}

/** The rows as they are stored now, with defaults and whatever triggers made of them. Throws FailedError where a link does not read as written. */
function readWritten(writer: Prepared, link: SqliteLinkTable, plans: readonly RowPlan[]): Map<RowPlan, FormerValues | null> {
  const held = readRowsOfIds(writer, link, plans.flatMap(({ change }) => change.to ?? []));
  const cleared = readRowsOfMembers(writer, link, plans.flatMap(({ change }) => (change.to === null ? change.memberId : [])));
  const found = new Map<RowPlan, FormerValues | null>();
  for (const plan of plans) {
    const { memberId, from, to } = plan.change;
    const rows = to === null ? (cleared.get(memberId) ?? []) : (held.get(to) ?? []);
    const isRight = to === null ? !rows.some((row) => row.counted && row.link === from) : rows.length === 1 && rows[0]?.memberId === memberId && rows[0].counted;
    if (!isRight) throw notAsWritten(link);
    const row = to === null ? rows.find((one) => plan.values !== null && sameKey(one, plan.row)) : rows[0];
    if (to === null && plan.values !== null && row === undefined) throw notAsWritten(link);
    found.set(plan, row?.values ?? null);
  }
  return found;
}

function sameKey(left: LinkRow, right: LinkRow | null): boolean {
  return right !== null && left.key.every((part, at) => part === right.key[at]);
}

/** For a row that a trigger, or another program, has made something else of. */
export function notAsWritten(link: SqliteLinkTable): FailedError {
  return new FailedError({
    code: "database-not-as-written",
    message: say`A row of ${link.table.name} does not read as the link that was written; the batch was rolled back, or changed by another program after it.`,
    hint: "Look whether link.fixed, link.set, link.cleared and link.where fit each other, and for triggers on the table; then resume with --apply --plan RUN.",
  });
}
