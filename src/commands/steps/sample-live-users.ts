import type { KakaoId } from "../../core/kakao-id.ts";
import type { Context } from "../../context.ts";
import type { KakaoClient } from "../../kakao/client.ts";

/** How old a snapshot may be to choose from: tonight's. */
const snapshotMs = 24 * 3_600_000;

/** Of how many users one listing page is to give candidates; a page has a hundred, the rest stand in for those who cannot be asked. */
const usersPerPage = 50;
const fewestPages = 10;

/** Candidates of one slot: more than twenty of a kind who cannot be asked are no accident. */
const mostPerSlot = 20;

/** Users to choose from, spread over all linked ids. */
export interface SampleSource {
  readonly slots: readonly KakaoId[][];
  /** How many linked users there are; null where only a part was listed. */
  readonly linked: number | null;
}

/** How many listing calls it takes to choose so many users when there is no snapshot. */
export function countListingPages(size: number): number {
  return Math.max(fewestPages, Math.ceil(size / usersPerPage));
}

/**
 * Slots that lie evenly over all linked ids, one for each user of the sample, each with its candidates in order: of tonight's snapshot, or of listing pages that begin at
 * evenly spread ids. Nothing is drawn at random, so that two looks at the same users ask the same ones.
 */
export async function chooseSample(context: Context, kakao: KakaoClient, size: number): Promise<SampleSource> {
  const known = readSnapshotIds(context);
  if (known !== null) return { slots: cutSlots(known.length, (at) => String(known[at]), size), linked: known.length };
  const { ids, complete } = await listSpread(context, kakao, size);
  return { slots: cutSlots(ids.length, (at) => ids[at] ?? "", size), linked: complete ? ids.length : null };
}

/** Eight bytes a user: there may be millions of them. */
function readSnapshotIds(context: Context): BigUint64Array | null {
  const snapshot = context.workspace().snapshots.snapshot();
  if (snapshot === null) return null;
  try {
    return snapshot.takenAt * 1000 > context.now() - snapshotMs ? snapshot.ids() : null;
  } finally {
    snapshot.close();
  }
}

/** The first page, and one from each of the evenly spread ids on; where they hold too few, the listing goes on from the start. */
async function listSpread(context: Context, kakao: KakaoClient, size: number): Promise<{ readonly ids: readonly KakaoId[]; readonly complete: boolean }> {
  const last = await kakao.readLastUserId();
  if (last === undefined) return { ids: [], complete: true };
  const first = await firstPage(kakao, undefined);
  if (first.at(-1) === last) return { ids: first, complete: true };
  const found = new Set(first);
  for (const start of spreadStarts(first.at(-1) ?? last, last, countListingPages(size))) {
    await context.checkpoint();
    for (const id of await firstPage(kakao, start)) found.add(id);
  }
  for await (const page of kakao.listUserIds()) {
    if (found.size >= 2 * size) break;
    for (const id of page) found.add(id);
    if (page.at(-1) === last) return { ids: inOrder(found), complete: true };
    await context.checkpoint();
  }
  return { ids: inOrder(found), complete: false };
}

async function firstPage(kakao: KakaoClient, from: KakaoId | undefined): Promise<readonly KakaoId[]> {
  for await (const page of kakao.listUserIds(from === undefined ? {} : { from })) return page;
  return [];
}

/** Ids above `low`, up to `high` and evenly apart. */
function spreadStarts(low: KakaoId, high: KakaoId, pages: number): KakaoId[] {
  const [from, to] = [BigInt(low) + 1n, BigInt(high)];
  return Array.from({ length: pages }, (_, at) => String(from + ((to - from) * BigInt(at)) / BigInt(pages)));
}

function inOrder(ids: ReadonlySet<KakaoId>): KakaoId[] {
  return Array.from(ids, BigInt).sort((left, right) => (left < right ? -1 : 1)).map(String);
}

/** So many slots of neighbours, none of them empty. */
function cutSlots(count: number, idAt: (at: number) => KakaoId, size: number): KakaoId[][] {
  const slots = Math.min(size, count);
  return Array.from({ length: slots }, (_, slot) => {
    const from = Math.floor((slot * count) / slots);
    const to = Math.min(Math.floor(((slot + 1) * count) / slots), from + mostPerSlot);
    return Array.from({ length: to - from }, (_one, at) => idAt(from + at));
  });
}
