import type { Context } from "../../context.ts";
import { isKakaoId } from "../../core/kakao-id.ts";
import { MARK } from "../../core/orphans/kinds.ts";
import type { LinkedUsers } from "../../core/orphans/linked-users.ts";
import { RefusedError } from "../../errors.ts";

/** What keeps users who have no member here. */
export interface KeptElsewhere {
  /** Ids in use at each place of `alsoLinkedIn`. */
  readonly places: Readonly<Record<string, number>>;
  /** Ids of `--exclude`, and those of them that Kakao does not list. */
  readonly excluded: number;
  readonly excludedUnknown: number;
}

/** Marks who is in use elsewhere, who is signing up just now, and who was excluded. Throws RefusedError `place-empty`: an empty place would protect nobody (U8). */
export async function markKept(context: Context, users: LinkedUsers, exclude: string | undefined): Promise<KeptElsewhere> {
  const places: Record<string, number> = {};
  for (const place of await context.places()) {
    let ids = 0;
    for await (const page of place.readIds()) {
      ids += page.length;
      for (const id of page) if (isKakaoId(id)) users.mark(id, MARK.elsewhere);
    }
    if (ids === 0) throw emptyPlace(place.name);
    places[place.name] = ids;
  }
  for (const table of await (await context.database()).openPending()) {
    for await (const page of table.readIds()) for (const id of page) if (isKakaoId(id)) users.mark(id, MARK.pending);
  }
  const counts = { excluded: 0, excludedUnknown: 0 };
  if (exclude === undefined) return { places, ...counts };
  for await (const id of context.readIdList(context.inputFile(exclude))) {
    counts.excluded += 1;
    if (!users.mark(id, MARK.excluded)) counts.excludedUnknown += 1;
  }
  return { places, ...counts };
}

function emptyPlace(name: string): RefusedError {
  return new RefusedError({
    code: "place-empty",
    message: `The place ${name} of alsoLinkedIn holds no Kakao id at all: nobody of its users would be protected (U8).`,
    hint: "Look at its url, table, column, fixed and where in the configuration; if nobody is linked there any more, remove the place.",
  });
}
