import type { MysqlConnection } from "./mysql-connection.ts";

/** Who a server is, and which of its databases a connection is in. */
export interface Identity {
  readonly server: string;
  readonly database: string;
}

/**
 * The server's own identity and the database, not host or port: the id of the cluster (Galera, group replication) where there is one, so that every
 * node is the same; else that of the server (MySQL `server_uuid`, MariaDB `server_uid`); else, with neither, the server's name for itself.
 */
export async function readIdentity(connection: MysqlConnection): Promise<Identity> {
  const [[database = null, hostname = null] = []] = await connection.rows("SELECT DATABASE(), @@hostname");
  const status = new Map((await connection.rows("SHOW GLOBAL STATUS LIKE 'wsrep_cluster_state_uuid'")).map(([name, value]) => [name, value]));
  const names = ["group_replication_group_name", "server_uuid", "server_uid"];
  const variables = new Map((await connection.rows(`SHOW GLOBAL VARIABLES WHERE variable_name IN (${names.map((name) => `'${name}'`).join(", ")})`)).map(([name, value]) => [(name ?? "").toLowerCase(), value]));
  const own = [status.get("wsrep_cluster_state_uuid"), ...names.map((name) => variables.get(name))].find((value) => value !== null && value !== undefined && value !== "");
  return { server: own ?? hostname ?? "", database: database ?? "" };
}
