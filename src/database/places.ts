import { OperatorError, StartError } from "../errors.ts";
import { requireSqlite } from "./open.ts";
import type { LinkedPlace, PlaceMap } from "./service-database.ts";
import { openSqlitePlace } from "./sqlite-linked-place.ts";

/** Opens a place of `alsoLinkedIn` read-only. Throws StartError naming the place when it cannot be read. */
export function openLinkedPlace(map: PlaceMap): LinkedPlace {
  try {
    requireSqlite("url", map.url);
    return openSqlitePlace(map);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new StartError({ code: "linked-place", message: `The place ${map.name} of alsoLinkedIn cannot be read. ${error.message}`, hint: error.hint, cause: error });
  }
}
