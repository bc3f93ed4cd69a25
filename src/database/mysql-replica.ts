import { say } from "../say.ts";
import { connectMysql, type MysqlConnection, withMysqlErrors } from "./mysql-connection.ts";
import { numberOf, tellSafely } from "./mysql-errors.ts";
import type { ServiceDatabaseOptions } from "./open.ts";
import { lagUnknownError, noReplicaError } from "./replica.ts";

/** A replica of MySQL or MariaDB, and the statement that it answers. */
export interface MysqlReplica {
  readonly connection: MysqlConnection;
  readonly statement: string;
}

/** Of MariaDB with all its channels, of MySQL since 8.0.22, of older ones. */
const statements = ["SHOW ALL REPLICAS STATUS", "SHOW REPLICA STATUS", "SHOW SLAVE STATUS"];
const syntaxError = 1064;

/** Connects to the replica at `url`. Throws StartError where it follows nobody, or where this user may not know. */
export async function openReplica(url: string, { session, timeZone }: ServiceDatabaseOptions): Promise<MysqlReplica> {
  const connection = await connectMysql(url, { readOnly: true, session, timeZone });
  try {
    for (const statement of statements) {
      const channels = await askStatus({ connection, statement });
      if (channels === "unknown") continue;
      if (channels.length === 0) throw noReplicaError();
      return { connection, statement };
    }
    throw lagUnknownError(say`it knows none of MySQL's statements for that`);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Seconds that the replica is behind, by its own account; of several channels the longest. Null while one of them stands still. */
export async function readReplicaLag(replica: MysqlReplica): Promise<number | null> {
  const channels = await askStatus(replica);
  if (channels === "unknown" || channels.length === 0) throw noReplicaError();
  const lags = channels.map((channel) => channel["Seconds_Behind_Source"] ?? channel["Seconds_Behind_Master"] ?? null);
  return lags.includes(null) ? null : Math.max(...lags.map(Number));
}

type Channels = readonly Readonly<Record<string, string | null>>[];

async function askStatus({ connection, statement }: MysqlReplica): Promise<Channels | "unknown"> {
  return withMysqlErrors(connection.label, "read", async () => {
    try {
      return await connection.records(statement);
    } catch (error) {
      if (numberOf(error) === syntaxError) return "unknown";
      if (numberOf(error) === 0) throw error;
      throw lagUnknownError(tellSafely(error), error);
    }
  });
}
