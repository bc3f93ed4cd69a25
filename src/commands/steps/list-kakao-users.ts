import type { Context } from "../../context.ts";
import { GrowingIds } from "../../core/growing-ids.ts";
import type { Snapshot } from "../../workspace/snapshot.ts";
import { say } from "../../say.ts";
import { refuseWrongClock } from "./check-clock.ts";
import { countOf } from "./count-of.ts";
import { tellCalls } from "./tell-calls.ts";
import { readReference } from "./unlink-reference.ts";

/** Who is linked at Kakao. */
export interface Listing {
  /** Ascending; handed over once, so that nobody keeps 8 bytes a user that are no longer needed. */
  takeIds(): BigUint64Array;
  /** Unix seconds: when the listing began. Who was linked later may be missing from it. */
  readonly takenAt: number;
  /** The snapshot that served; null where Kakao was asked. Whoever gets it closes it. */
  readonly snapshot: Snapshot | null;
}

const dayMs = 24 * 3_600_000;
/** Users that a forecast is told for when nobody knows yet how many there are. */
const exampleUsers = 10_000;

/** Lists the app's Kakao users; with `--max-age` a snapshot that is younger serves, since everyone is looked at again before being unlinked (U3). */
export async function listKakaoUsers(context: Context, maxAgeMs: number | undefined): Promise<Listing> {
  const snapshot = context.workspace().snapshots.snapshot();
  const isYoung = (ageMs: number): boolean => snapshot !== null && ageMs > 0 && snapshot.takenAt * 1000 > context.now() - ageMs;
  if (snapshot !== null && maxAgeMs !== undefined && isYoung(maxAgeMs)) return { takeIds: () => snapshot.ids(), takenAt: snapshot.takenAt, snapshot };
  if (maxAgeMs === undefined && isYoung(dayMs)) context.terminal.note("The snapshot is younger than a day: with --max-age 24h it serves as the listing.");
  const expected = snapshot?.count ?? readReference(context)?.kakaoUsers;
  snapshot?.close();
  tellListing(context, expected);
  const takenAt = Math.floor(context.now() / 1000);
  const ids = await readListing(context, expected);
  return { takeIds: () => ids.take(), takenAt, snapshot: null };
}

/** Of those without a member only an upper bound is known before the listing: it is told exactly once that is there. */
function tellListing(context: Context, expected: number | undefined): void {
  const { listingPerMinute, requestsPerSecond } = context.config.limits;
  const listed = expected ?? exampleUsers;
  const { calls } = context.forecastPull({ listed, basicsNeeded: listed, detailsNeeded: listed, listingPerMinute, requestsPerSecond });
  const later = (calls.basics + calls.details).toLocaleString("en-US");
  const amount = expected === undefined ? say`For every ${listed.toLocaleString("en-US")} Kakao users to list, then at most ${later} calls for those without a member` : say`About ${countOf(listed, "Kakao user")} to list, then at most ${later} calls for those without a member`;
  tellCalls(context, amount, { calls: { list: calls.list }, minutes: calls.list / listingPerMinute }, say`use the snapshot as the listing with --max-age`);
}

async function readListing(context: Context, expected: number | undefined): Promise<GrowingIds> {
  const ids = new GrowingIds();
  const progress = context.terminal.progress("Kakao users", expected);
  try {
    const kakao = context.kakao(context.signal);
    for await (const page of kakao.listUserIds()) {
      refuseWrongClock(context, kakao);
      for (const id of page) ids.push(BigInt(id));
      progress.update(ids.length);
      await context.checkpoint();
    }
  } finally {
    progress.finish();
  }
  return ids;
}
