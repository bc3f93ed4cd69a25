import { StartError } from "../errors.ts";
import type { ServiceDatabase, ServiceDatabaseMap } from "./service-database.ts";
import { openSqlite } from "./sqlite.ts";

export interface ServiceDatabaseOptions {
  /** `sqlite:/abs/path` or `sqlite:./relative`. */
  readonly url: string;
  /** The zone of columns without one (`database.timeZone`): `set: now` is written on its clock. */
  readonly timeZone: string;
  readonly map: ServiceDatabaseMap;
  readonly now?: () => Date;
}

/** The service's database behind the engine that its URL names. Throws StartError for an unknown scheme or an unusable file. */
export function openServiceDatabase(options: ServiceDatabaseOptions): ServiceDatabase {
  requireSqlite("database.url", options.url);
  return openSqlite({ url: options.url, timeZone: options.timeZone, map: options.map, now: options.now ?? (() => new Date()) });
}

/** Refuses a URL that no engine of this version serves. The URL itself is never repeated: it may hold a password. */
export function requireSqlite(where: string, url: string): void {
  if (url.startsWith("sqlite:")) return;
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0] ?? "";
  throw new StartError({
    code: "database-engine",
    message: `${where} names ${scheme === "" ? "no engine" : `the engine ${scheme}`}; this version serves sqlite only.`,
    hint: "Write it as sqlite:./members.db",
  });
}
