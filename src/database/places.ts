import { OperatorError, StartError } from "../errors.ts";
import { say } from "../say.ts";
import { schemeOf, unknownEngine } from "./open.ts";
import type { LinkedPlace, PlaceMap } from "./service-database.ts";

export interface PlaceOptions {
  readonly timeZone: string;
}

type OpenPlace = (map: PlaceMap, options: PlaceOptions) => Promise<LinkedPlace> | LinkedPlace;

const engines: Readonly<Record<string, () => Promise<OpenPlace>>> = {
  sqlite: async () => (await import("./sqlite-linked-place.ts")).openSqlitePlace,
  csv: async () => (await import("./csv.ts")).openCsvPlace,
  postgres: async () => (await import("./postgres-linked-place.ts")).openPostgresPlace,
  mysql: async () => (await import("./mysql-linked-place.ts")).openMysqlPlace,
};

/** Opens a place of `alsoLinkedIn` read-only. Throws StartError naming the place when it cannot be read. */
export async function openLinkedPlace(map: PlaceMap, options: PlaceOptions): Promise<LinkedPlace> {
  try {
    const engine = engines[schemeOf(map.url)];
    if (engine === undefined) throw unknownEngine("url", map.url);
    return await (await engine())(map, options);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    throw new StartError({ code: "linked-place", message: say`The place ${map.name} of alsoLinkedIn cannot be read. ${error.message}`, hint: error.hint, cause: error });
  }
}
