import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { Transaction } from "./postgres-connection.ts";
import { quoteName, splitTable } from "./table-map.ts";

/**
 * The oldest server that is served: 11. Its features are the newest that are used (`indnkeyatts`), and YugabyteDB still calls itself that. PostgreSQL's own project
 * supports later versions only; the tests run on 15.
 */
const minimumVersion = 110_000;

/**
 * The server's own identity and the database in it, not host or port: a replica has that of its primary. Servers that do not tell their system
 * identifier (CockroachDB, some managed ones) are known by the numbers they gave the database and the member table. Throws StartError for a server that is too old.
 */
export async function readIdentity(sql: Transaction, memberTable: string): Promise<string> {
  const [row = []] = await sql.rows("SELECT current_setting('server_version_num'), current_setting('server_version'), current_database()::text, version()");
  const [number, version = "", database = "", product = ""] = row.map(String);
  if (Number(number) < minimumVersion) {
    throw new StartError({ code: "database-version", message: say`The server is version ${version}; version 11 is the oldest that is served.`, hint: "Upgrade the server, or work on a copy of the database in a newer one." });
  }
  const cluster = product.includes("CockroachDB") ? await tryOne(sql, "SELECT crdb_internal.cluster_id()::text") : await tryOne(sql, "SELECT system_identifier::text FROM pg_control_system()");
  if (cluster !== null) return `postgres:${cluster}/${database}`;
  return `postgres:${await readNumbers(sql, memberTable)}/${database}`;
}

async function readNumbers(sql: Transaction, memberTable: string): Promise<string> {
  const { schema, table } = splitTable(memberTable);
  const names = [quoteName(memberTable), ...(schema === null ? [] : [`${quoteName(schema)}.${quoteName(table)}`])];
  const database = await tryOne(sql, "SELECT oid::text FROM pg_database WHERE datname = current_database()");
  for (const name of names) {
    const oid = await tryOne(sql, "SELECT to_regclass($1::text)::oid::text", [name]);
    if (oid !== null) return `oid-${database ?? "none"}-${oid}`;
  }
  return `oid-${database ?? "none"}`;
}

/** One value; null where this server or role has no answer. */
async function tryOne(sql: Transaction, text: string, values: readonly string[] = []): Promise<string | null> {
  try {
    return (await sql.savepoint(() => sql.rows(text, values)))[0]?.[0] ?? null;
  } catch {
    return null;
  }
}
