import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { ServiceDatabase, ServiceDatabaseMap } from "./service-database.ts";

export interface ServiceDatabaseOptions {
  /** `sqlite:/abs/path`, `postgres://…`, `mysql://…` or `csv:/abs/path`. */
  readonly url: string;
  /** A replica that `inspect` and the reading of members ask instead. */
  readonly readUrl?: string;
  /** A replica that writes wait for (`limits.replica`). */
  readonly replicaUrl?: string;
  /** Parameters set on each connection; values may be secrets. */
  readonly session: Readonly<Record<string, string>>;
  /** The zone of columns without one (`database.timeZone`): `set: now` is written on its clock. */
  readonly timeZone: string;
  readonly map: ServiceDatabaseMap;
  readonly now: () => Date;
}

type OpenEngine = (options: ServiceDatabaseOptions) => Promise<ServiceDatabase> | ServiceDatabase;

/** A driver is loaded with its engine, when a URL asks for it. */
const engines: Readonly<Record<string, () => Promise<OpenEngine>>> = {
  sqlite: async () => (await import("./sqlite.ts")).openSqlite,
  csv: async () => (await import("./csv.ts")).openCsv,
  postgres: async () => (await import("./postgres.ts")).openPostgres,
  mysql: async () => (await import("./mysql.ts")).openMysql,
};

/** The service's database behind the engine that its URL names. Throws StartError for an unknown scheme, or a database that cannot be reached or used. */
export async function openServiceDatabase(options: ServiceDatabaseOptions): Promise<ServiceDatabase> {
  const engine = engines[schemeOf(options.url)];
  if (engine === undefined) throw unknownEngine("database.url", options.url);
  return (await engine())(options);
}

/** `sqlite`, `postgres`, `mysql`, `csv`, or empty: what stands before the first colon. */
export function schemeOf(url: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0].toLowerCase() ?? "";
  return { postgresql: "postgres", mariadb: "mysql" }[scheme] ?? scheme;
}

/** The URL itself is never repeated: it may hold a password. */
export function unknownEngine(where: string, url: string): StartError {
  const scheme = schemeOf(url);
  const served = Object.keys(engines).join(", ");
  return new StartError({
    code: "database-engine",
    message: scheme === "" ? say`${where} names no engine; served are ${served}.` : say`${where} names the engine ${scheme}; served are ${served}.`,
    hint: "Write it as sqlite:./members.db",
  });
}
