import type { Context } from "../../context.ts";
import { isOtherApp, type Refusal } from "../../core/orphans/brakes.ts";
import { MARK } from "../../core/orphans/kinds.ts";
import type { LinkedUsers } from "../../core/orphans/linked-users.ts";
import { RefusedError } from "../../errors.ts";
import { unlinkingTexts } from "../../messages/unlinking.ts";
import { say } from "../../say.ts";
import { eachPending, judgePlace, readPlace } from "./read-place.ts";

/** What keeps users who have no member here. */
export interface KeptElsewhere {
  /** Ids in use at each place of `alsoLinkedIn`, with repetition. */
  readonly places: Readonly<Record<string, number>>;
  /** Stored ids that cannot be read, by the place or table; only where there are any. */
  readonly unreadable: Readonly<Record<string, number>>;
  /** Ids of `--exclude`, and those of them that Kakao does not list. */
  readonly excluded: number;
  readonly excludedUnknown: number;
}

/**
 * Marks who is in use elsewhere, who is signing up just now, and who was excluded. Throws RefusedError `place-empty`, `place-unreadable` or `place-other-app`: such a
 * place would protect nobody (U8).
 */
export async function markKept(context: Context, users: LinkedUsers, exclude: string | undefined): Promise<KeptElsewhere> {
  const places: Record<string, number> = {};
  const unreadable: Record<string, number> = {};
  for (const place of await context.places()) {
    const ids = await readPlace(place, (id) => users.mark(id, MARK.elsewhere));
    refuse(judgePlace("alsoLinkedIn", place.name, ids));
    places[place.name] = ids.length;
    if (ids.quality.unreadable > 0) unreadable[place.name] = ids.quality.unreadable;
    const listed = ids.countListed(users.ids);
    if (isOtherApp(listed)) throw otherApp(place.name, listed);
  }
  await eachPending(context, async (table) => {
    const ids = await readPlace(table, (id) => users.mark(id, MARK.pending));
    refuse(judgePlace("members.pending", table.name, ids));
    if (ids.quality.unreadable > 0) unreadable[table.name] = ids.quality.unreadable;
  });
  return { places, unreadable, ...(await markExcluded(context, users, exclude)) };
}

async function markExcluded(context: Context, users: LinkedUsers, exclude: string | undefined): Promise<Pick<KeptElsewhere, "excluded" | "excludedUnknown">> {
  const counts = { excluded: 0, excludedUnknown: 0 };
  if (exclude === undefined) return counts;
  for await (const id of context.readIdList(context.inputFile(exclude))) {
    counts.excluded += 1;
    if (!users.mark(id, MARK.excluded)) counts.excludedUnknown += 1;
  }
  return counts;
}

function refuse(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw new RefusedError({ code: refusal.code, ...unlinkingTexts.describe(refusal) });
}

function otherApp(place: string, { storedIds, storedListed }: { readonly storedIds: number; readonly storedListed: number }): RefusedError {
  return new RefusedError({
    code: "place-other-app",
    message: say`Kakao lists only ${storedListed.toLocaleString("en-US")} of ${storedIds.toLocaleString("en-US")} different ids at the place ${place} of alsoLinkedIn: another column, or ids of another app (U8).`,
    hint: "Look at its url, table, column, fixed and where in the configuration, then plan again.",
  });
}
