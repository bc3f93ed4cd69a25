import type { KakaoId } from "../core/kakao-id.ts";
import { say } from "../say.ts";
import { judgeChange } from "./judge.ts";
import type { ChangeGuards, ChangeOutcome, LinkChange } from "./service-database.ts";
import type { Transaction } from "./postgres-connection.ts";
import type { Places, PlaceLink, PostgresPlace } from "./postgres-place.ts";
import { type Page, readByIds, readHeldIds } from "./postgres-read.ts";
import { countHolding, type KeyPart, notAsWritten, type RowWrite, type Texts, updateRows, writeInHalves } from "./postgres-statements.ts";
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

/** What is to be written in a place, in key order, and of which change each row comes. */
export interface PlannedPlace {
  readonly target: WritablePlace;
  readonly columns: readonly string[];
  readonly rows: readonly PlannedRow[];
}

export interface PlannedRow extends RowWrite {
  readonly index: number;
}

/** The rows of a place as they are inside the transaction, locked, in key order. */
export interface FreshRows {
  readonly target: WritablePlace;
  readonly page: Page;
  /** Positions in the page, by exact id. */
  readonly positions: ReadonlyMap<string, number>;
  /** What is to be written, at the row's position, with holes where a row is left alone. */
  readonly writes: PlannedRow[];
}

/** Changes that are looked at together: their rows are garbage before the next ones are read. */
const lookSize = 1_000;

/** Locks and looks at every row, decides, writes in key order, and tells the guards what to keep: nothing counts before they return. */
export async function writeChanges(sql: Transaction, places: Places, changes: readonly LinkChange[], guards: ChangeGuards, now: string): Promise<{ outcomes: ChangeOutcome[]; writes: PlannedPlace[] }> {
  const outcomes: ChangeOutcome[] = [];
  const looked = new Map<number, PlaceWrites>();
  const held = new Set<KakaoId>();
  for (let start = 0; start < changes.length; start += lookSize) {
    const some = changes.slice(start, start + lookSize);
    const fresh = new Map<number, FreshRows>();
    for (const [at, ids] of groupIds(some)) {
      const known = looked.get(at) ?? (await beginWrites(sql, writablePlace(places, at), now));
      looked.set(at, known);
      fresh.set(at, await readFresh(sql, places, known.target, known.target.columns, ids));
    }
    // After the rows are locked: whoever took an id meanwhile is seen.
    for (const id of await readHeldIds(sql, places, some.flatMap((change) => change.to ?? []))) held.add(id);
    some.forEach((change, at) => outcomes.push(planChange(change, start + at, fresh.get(change.place), looked.get(change.place), held, guards)));
    for (const [at, { writes }] of fresh) looked.get(at)?.rows.push(...writes.flat());
  }
  const writes: PlannedPlace[] = [];
  for (const { target, rows } of looked.values()) {
    const { planned, refused } = await writePlanned(sql, target, rows, target.columns);
    for (const { index } of refused) outcomes[index] = { outcome: "moved", why: "index-refused" };
    writes.push(planned);
  }
  guards.intend(outcomes);
  return { outcomes, writes };
}

async function beginWrites(sql: Transaction, target: WritablePlace, now: string): Promise<PlaceWrites> {
  return { target, nows: await castNow(sql, target.place.table, target.link.fills, now), members: new Set(), rows: [] };
}

/** Writes rows; gives what was written, and what a unique index refused. */
export async function writePlanned(sql: Transaction, target: WritablePlace, rows: readonly PlannedRow[], columns: readonly string[]): Promise<{ planned: PlannedPlace; refused: ReadonlySet<PlannedRow> }> {
  const refused = new Set(await writeInHalves(sql, rows, (some) => updateRows(sql, target.place.table, target.key, { to: columns, from: columns }, some)));
  const planned = { target, columns, rows: refused.size === 0 ? rows : rows.filter((row) => !refused.has(row)) };
  // The UPDATE itself has not seen what triggers did after it; what they have bent is rolled back.
  await readBack(sql, planned);
  return { planned, refused };
}

/** The rows with these ids, locked until the transaction ends, each with the texts of `columns`. */
export async function readFresh(sql: Transaction, places: Places, target: WritablePlace, columns: readonly string[], ids: readonly string[]): Promise<FreshRows> {
  const page = await readByIds(sql, places, target.place, ids, columns.map((name) => `${quoteName(name)}::text`), true);
  return { target, page, positions: new Map(page.rows.map((row, at) => [row.id, at])), writes: [] };
}

/** Compares every written row: within the transaction, and once more after the commit. Throws FailedError on a difference. */
export async function readBack(sql: Transaction, { target: { place, key }, columns, rows }: PlannedPlace): Promise<void> {
  const same = await countHolding(sql, place.table, key, columns, rows);
  if (same !== rows.length) throw notAsWritten(say`${rows.length - same} of ${rows.length} rows read back differently from what was written (table ${place.table.name}).`);
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

/** What is to be written in a place, growing look by look. */
interface PlaceWrites {
  readonly target: WritablePlace;
  readonly nows: ReadonlyMap<string, string | null>;
  readonly members: Set<string>;
  readonly rows: PlannedRow[];
}

function planChange(change: LinkChange, index: number, fresh: FreshRows | undefined, known: PlaceWrites | undefined, held: Set<KakaoId>, guards: ChangeGuards): ChangeOutcome {
  const at = fresh?.positions.get(change.memberId);
  const row = at === undefined ? undefined : fresh?.page.rows[at];
  const why = judgeChange(change, row, index, held, known?.members.has(change.memberId) === true, guards);
  if (why !== null || fresh === undefined || known === undefined || at === undefined) return { outcome: "moved", why: why ?? "row-gone" };
  const { link, columns } = fresh.target;
  const from = fresh.page.extras[at] ?? [];
  const fills = change.to === null ? null : fillRow(link.fills, known.nows);
  const to = columns.map((name, nth) => (nth === 0 ? (change.to ?? emptyLink(link)) : fills === null ? (from[nth] ?? null) : (fills[name] ?? null)));
  known.members.add(change.memberId);
  fresh.writes[at] = { index, key: [change.memberId], to, from };
  return describeWrite(fresh.target, change.to === null ? 1 : columns.length, from, to);
}

/** What a link that was taken away leaves: NULL where the column allows it. */
function emptyLink({ column }: PlaceLink): string | null {
  if (column.nullable) return null;
  return column.kind === "text" ? "" : "0";
}

/** The first `count` of the touched columns, before and after. */
function describeWrite({ place: { table }, columns }: WritablePlace, count: number, from: Texts, to: Texts): ChangeOutcome {
  const former: Record<string, StoredValue> = {};
  const written: Record<string, StoredValue> = {};
  for (let at = 0; at < count; at += 1) {
    const column = columnOf(table, columns[at] ?? "");
    former[column.name] = decodeStored(column, from[at] ?? null);
    written[column.name] = decodeStored(column, to[at] ?? null);
  }
  return { outcome: "written", former, written };
}
