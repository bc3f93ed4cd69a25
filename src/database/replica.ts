import { StartError } from "../errors.ts";
import { say } from "../say.ts";

/** For a `database.readUrl` that is known to be no replica of `database.url`. */
export function otherServerError(): StartError {
  return new StartError({ code: "database-other-server", message: "database.readUrl names another server, or another database, than database.url: it is no replica of it.", hint: "Correct database.readUrl, or remove it." });
}

/** For a `limits.replica` that follows nobody, or another server than `database.url`. */
export function noReplicaError(): StartError {
  return new StartError({ code: "replica-follows-none", message: "limits.replica names no replica of the server of database.url: writes cannot wait for it.", hint: "Name a replica (its url, or database.readUrl), or remove limits.replica." });
}

/** For a `limits.replica` that does not tell how far it is behind. */
export function lagUnknownError(why: string, cause?: unknown): StartError {
  return new StartError({ code: "replica-lag-unknown", message: say`How far the replica of limits.replica is behind cannot be asked (${why}).`, hint: "Grant its user the right (MySQL: REPLICATION CLIENT; MariaDB: REPLICA MONITOR), or remove limits.replica and write slowly with limits.rowsPerSecond.", cause });
}

/** A member table as both servers have it. */
export interface CountedTwice {
  readonly table: string;
  readonly read: number;
  readonly primary: number;
}

/**
 * Whom the replica lacks is taken for nobody's: throws StartError where one of the two has less than nine tenths of the other's rows, be it that `database.readUrl`
 * names something else, or that the replica is far behind.
 */
export function refuseDifferentCounts(counts: readonly CountedTwice[]): void {
  const differing = counts.filter(({ read, primary }) => Math.min(read, primary) * 10 < Math.max(read, primary) * 9);
  if (differing.length === 0) return;
  const message = differing.map(({ table, read, primary }) => say`${table} has ${spell(read)} rows at database.readUrl and ${spell(primary)} at database.url: that is no replica, or one far behind.`).join("\n");
  throw new StartError({ code: "replica-differs", message, hint: "Correct database.readUrl, wait until the replica has caught up, or remove it: members are then read at database.url." });
}

function spell(count: number): string {
  return count.toLocaleString("en-US");
}
