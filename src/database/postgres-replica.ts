import { PostgresConnection, type Transaction } from "./postgres-connection.ts";
import { isConnectionLost, isDriverError, tellSafely } from "./postgres-errors.ts";
import { readIdentity } from "./postgres-identity.ts";
import { parsePostgresUrl } from "./postgres-url.ts";
import type { ServiceDatabaseOptions } from "./open.ts";
import { lagUnknownError, noReplicaError } from "./replica.ts";

/** Connects to the standby at `url`. Throws StartError where it is none of the server of this identity. */
export async function openReplica(url: string, options: ServiceDatabaseOptions, identity: string): Promise<PostgresConnection> {
  const replica = new PostgresConnection(parsePostgresUrl(url), options);
  try {
    await replica.open();
    const [own, follows] = await replica.transaction("read", "open", async (sql) => [await readIdentity(sql, options.map.members.table), (await sql.rows("SELECT pg_is_in_recovery()::text"))[0]?.[0]] as const);
    if (own !== identity || follows !== "true") throw noReplicaError();
    return replica;
  } catch (error) {
    await replica.close();
    throw error;
  }
}

/**
 * Seconds that the standby is behind, 0 where it has replayed all that the primary had written when it was asked; null where it is behind and has replayed no
 * transaction yet. The time of the last replayed transaction alone would grow while nobody writes, and what was received says nothing while nothing arrives:
 * so positions are compared first.
 */
export async function readReplicaLag(primary: PostgresConnection, replica: PostgresConnection): Promise<number | null> {
  const position = await ask(primary, (sql) => sql.rows("SELECT pg_current_wal_lsn()::text"));
  const lag = "SELECT CASE WHEN pg_last_wal_replay_lsn() >= $1::pg_lsn THEN '0' ELSE greatest(0, extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()))::text END";
  const seconds = await ask(replica, (sql) => sql.rows(lag, [position]));
  return seconds === null ? null : Number(seconds);
}

/** The first value of the answer. A server that does not tell (some managed ones) ends the run before anything is written. */
async function ask(connection: PostgresConnection, work: (sql: Transaction) => Promise<readonly (readonly (string | null)[])[]>): Promise<string | null> {
  return connection.transaction("read", "read", async (sql) => {
    try {
      return (await work(sql))[0]?.[0] ?? null;
    } catch (error) {
      if (!isDriverError(error) || isConnectionLost(error)) throw error;
      throw lagUnknownError(tellSafely(error), error);
    }
  });
}
