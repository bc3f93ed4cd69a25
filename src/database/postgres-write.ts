import type { KakaoId } from "../core/kakao-id.ts";
import { judgeChange } from "./judge.ts";
import type { ChangeGuards, ChangeOutcome, LinkChange } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import type { Places, PlaceLink, PostgresPlace } from "./postgres-place.ts";
import { type Page, readByIds, readHeldIds } from "./postgres-read.ts";
import { countHolding, type KeyPart, notAsWritten, type RowWrite, updateRows, writeInHalves } from "./postgres-statements.ts";
import { castNow, columnOf, decodeStored, fillRow } from "./postgres-values.ts";
import type { StoredValue } from "./stored-values.ts";
import { quoteName } from "./table-map.ts";

/** A place that has a link column, with the columns that a link's writing touches. */
export interface WritablePlace {
  readonly place: PostgresPlace;
  readonly link: PlaceLink;
  readonly key: readonly KeyPart[];
  /** The link column first, then those of `link.set`. */
  readonly columns: readonly string[];
}

/** What is to be written in a place: by member id, in key order. */
export interface PlannedPlace {
  readonly target: WritablePlace;
  readonly rows: Map<string, RowWrite & { readonly index: number }>;
}

/** The rows of a place as they are inside the transaction, locked, in key order. */
interface FreshRows {
  readonly target: WritablePlace;
  readonly page: Page;
  /** Positions in the page, by exact id. */
  readonly positions: ReadonlyMap<string, number>;
  readonly nows: ReadonlyMap<string, string | null>;
}

/** Locks and looks at every row, decides, writes in key order, and tells the guards what to keep: nothing counts before they return. */
export async function writeChanges(sql: Transaction, places: Places, changes: readonly LinkChange[], guards: ChangeGuards, now: string): Promise<{ outcomes: ChangeOutcome[]; writes: PlannedPlace[] }> {
  const fresh = new Map<number, FreshRows>();
  for (const [at, ids] of groupIds(changes)) {
    const target = writablePlace(places, at);
    fresh.set(at, { ...(await readFresh(sql, places, target, target.columns, ids)), nows: await castNow(sql, target.place.table, target.link.fills, now) });
  }
  // After the rows are locked: whoever took an id in between is seen.
  const held = await readHeldIds(sql, places, changes.flatMap((change) => change.to ?? []));
  const writes = new Map<number, PlannedPlace>();
  const outcomes = changes.map((change, index) => planChange(change, index, fresh.get(change.place), writes, held, guards));
  const planned = [...writes.values()].map(inKeyOrder(fresh));
  for (const { target, rows } of planned) {
    for (const { index, key } of await writeInHalves(sql, [...rows.values()], (some) => updateRows(sql, target.place.table, target.key, some))) {
      outcomes[index] = { outcome: "moved", why: "index-refused" };
      rows.delete(key[0] ?? "");
    }
  }
  guards.intend(outcomes);
  return { outcomes, writes: planned };
}

/** The rows with these ids, locked until the transaction ends, each with the texts of `columns`. */
export async function readFresh(sql: Transaction, places: Places, target: WritablePlace, columns: readonly string[], ids: readonly string[]): Promise<Omit<FreshRows, "nows">> {
  const page = await readByIds(sql, places, target.place, ids, columns.map((name) => `${quoteName(name)}::text`), true);
  return { target, page, positions: new Map(page.rows.map((row, at) => [row.id, at])) };
}

/** Compares every written row after the commit. Throws FailedError on a difference. */
export async function readBack(sql: Transaction, { target, rows }: PlannedPlace): Promise<void> {
  const same = await countHolding(sql, target.place.table, target.key, [...rows.values()]);
  if (same !== rows.size) throw notAsWritten(target.place.table, `${rows.size - same} of ${rows.size} rows read back differently from what was written`);
}

/** The place with its link column; asking for another one is a defect. */
export function writablePlace({ all }: Places, at: number): WritablePlace {
  const place = all[at];
  if (place === undefined || place.link === null) throw new Error(`place ${at} has no link column`);
  return { place, link: place.link, key: [{ sql: place.key, type: place.keyType }], columns: [place.link.column.name, ...Object.keys(place.link.fills)] };
}

/** Member ids by place. */
export function groupIds(changes: readonly { readonly place: number; readonly memberId: string }[]): Map<number, string[]> {
  const ids = new Map<number, string[]>();
  for (const { place, memberId } of changes) {
    const known = ids.get(place);
    if (known === undefined) ids.set(place, [memberId]);
    else known.push(memberId);
  }
  return ids;
}

function planChange(change: LinkChange, index: number, fresh: FreshRows | undefined, writes: Map<number, PlannedPlace>, held: Set<KakaoId>, guards: ChangeGuards): ChangeOutcome {
  const at = fresh?.positions.get(change.memberId);
  const row = at === undefined ? undefined : fresh?.page.rows[at];
  const why = judgeChange(change, row, index, held, writes.get(change.place)?.rows.has(change.memberId) === true, guards);
  if (why !== null || fresh === undefined || at === undefined) return { outcome: "moved", why: why ?? "row-gone" };
  const { target } = fresh;
  const stored = fresh.page.extras[at] ?? [];
  const from = Object.fromEntries(target.columns.map((name, position) => [name, stored[position] ?? null]));
  const link = target.link.column.name;
  const to = change.to === null ? { ...from, [link]: emptyLink(target.link) } : { [link]: change.to, ...fillRow(target.link.fills, fresh.nows) };
  const planned = writes.get(change.place) ?? { target, rows: new Map() };
  writes.set(change.place, planned);
  planned.rows.set(change.memberId, { index, key: [change.memberId], to, from });
  return describeWrite(target, change.to === null ? [link] : target.columns, from, to);
}

/** Changes may come in any order; rows are written in that of their keys. */
function inKeyOrder(fresh: ReadonlyMap<number, FreshRows>): (planned: PlannedPlace) => PlannedPlace {
  return ({ target, rows }) => {
    const ordered = (fresh.get(target.place.at)?.page.rows ?? []).flatMap(({ id }) => {
      const write = rows.get(id);
      return write === undefined ? [] : [[id, write] as const];
    });
    return { target, rows: new Map(ordered) };
  };
}

/** What a link that was taken away leaves: NULL where the column allows it. */
function emptyLink({ column }: PlaceLink): string | null {
  if (column.nullable) return null;
  return column.kind === "text" ? "" : "0";
}

function describeWrite({ place }: WritablePlace, columns: readonly string[], from: RowWrite["from"], to: RowWrite["to"]): ChangeOutcome {
  const decode = (row: RowWrite["from"]): Record<string, StoredValue> => Object.fromEntries(columns.map((name) => [name, decodeStored(columnOf(place.table, name), row[name] ?? null)]));
  return { outcome: "written", former: decode(from), written: decode(to) };
}
