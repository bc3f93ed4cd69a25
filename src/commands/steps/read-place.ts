import type { Context } from "../../context.ts";
import type { KakaoId } from "../../core/kakao-id.ts";
import type { Refusal } from "../../core/orphans/brakes.ts";
import { isMostlyLost, PlaceIds } from "../../core/orphans/place-ids.ts";
import type { LinkedPlace } from "../../database/service-database.ts";

/** Where the configuration names a place. */
export type PlaceSection = "alsoLinkedIn" | "members.pending";

/** Reads what a place has in use, as its stored texts mean it. */
export async function readPlace(place: LinkedPlace, take: (id: KakaoId) => void = () => undefined): Promise<PlaceIds> {
  const ids = new PlaceIds();
  for await (const page of place.readIds()) {
    for (const stored of page) {
      const id = ids.add(stored);
      if (id !== null) take(id);
    }
  }
  return ids;
}

/** Takes each table of `members.pending`, and closes all of them, whatever comes of it. */
export async function eachPending(context: Context, take: (table: LinkedPlace) => Promise<void>): Promise<void> {
  const tables = await (await context.database()).openPending();
  try {
    for (const table of tables) await take(table);
  } finally {
    for (const table of tables) await table.close();
  }
}

/** U8: why a place protects nobody, or not whom it should; undefined where it does. Nobody may be signing up just now, so an empty `members.pending` is none. */
export function judgePlace(section: PlaceSection, place: string, ids: PlaceIds): Extract<Refusal, { code: "place-empty" | "place-unreadable" }> | undefined {
  if (isMostlyLost(ids.quality)) return { code: "place-unreadable", section, place, ...ids.quality };
  return section === "alsoLinkedIn" && ids.length === 0 ? { code: "place-empty", place } : undefined;
}
