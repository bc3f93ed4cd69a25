import { RefusedError } from "../errors.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { numberOf } from "./mysql-errors.ts";
import { say } from "../say.ts";
import type { Places } from "./mysql-place.ts";
import type { TableShape } from "./mysql-schema.ts";
import { textLiteral } from "./mysql-values.ts";

/** True when the server takes no writes, or the user may not write links: as far as that can be known without writing. */
export async function isReadOnly(connection: MysqlConnection, places: Places): Promise<boolean> {
  if (await takesNoWrites(connection)) return true;
  for (const statement of listWrites(places)) if (await isDenied(connection, statement)) return true;
  return false;
}

/** True when the server follows another one. A user without the right to know it gets the answer no. */
export async function isReplica(connection: MysqlConnection): Promise<boolean> {
  try {
    return (await connection.rows("SHOW REPLICA STATUS")).length > 0;
  } catch (error) {
    if (numberOf(error) === 0) throw error;
    return false;
  }
}

/** Throws RefusedError for a table whose engine has no transactions: what was written there could not be taken back by the server. */
export async function refuseWithoutTransactions(connection: MysqlConnection, tables: readonly TableShape[]): Promise<void> {
  for (const { engine, name } of tables) {
    if (engine === null) continue;
    const [[transactions = null] = []] = await connection.rows(`SELECT transactions FROM information_schema.engines WHERE engine = ${textLiteral(engine)}`);
    if (transactions !== "NO") continue;
    throw new RefusedError({ code: "database-no-transactions", message: say`The table ${name} is kept by the engine ${engine}, which has no transactions.`, hint: say`Change it with: ALTER TABLE ${name} ENGINE = InnoDB` });
  }
}

async function takesNoWrites(connection: MysqlConnection): Promise<boolean> {
  const rows = await connection.rows("SHOW GLOBAL VARIABLES WHERE variable_name IN ('read_only', 'super_read_only', 'innodb_read_only', 'tidb_super_read_only')");
  return rows.some(([, value]) => value !== "OFF" && value !== "0");
}

/** What apply would do, over no row. */
function listWrites({ all, linkTable }: Places): string[] {
  if (linkTable !== null) {
    const { table, member, kakao, cleared } = linkTable;
    return [
      `INSERT INTO ${table.sql} (${member.sql}, ${kakao.sql}) SELECT NULL, NULL FROM DUAL WHERE FALSE`,
      `UPDATE ${table.sql} SET ${kakao.sql} = NULL WHERE FALSE`,
      ...(cleared === null ? [`DELETE FROM ${table.sql} WHERE FALSE`] : []),
    ];
  }
  const [members] = all;
  if (members === undefined || members.link === null) return [];
  const columns = [members.link.column.sql, ...Object.keys(members.link.set).map((name) => members.table.columns.get(name.toLowerCase())?.sql ?? "")];
  return [`UPDATE ${members.table.sql} SET ${columns.map((column) => `${column} = NULL`).join(", ")} WHERE FALSE`];
}

/**
 * EXPLAIN asks for the same rights as the statement and does nothing; on a connection that cannot write it then ends with 1792, which says that the
 * rights are there. Roles and column rights are heeded, which reading SHOW GRANTS would miss.
 */
async function isDenied(connection: MysqlConnection, statement: string): Promise<boolean> {
  try {
    await connection.rows(`EXPLAIN ${statement}`);
    return false;
  } catch (error) {
    const number = numberOf(error);
    if (number === 0) throw error;
    // Denied rights, a view that cannot be updated, a server that takes no writes.
    return [1044, 1142, 1143, 1288, 1290, 1471].includes(number);
  }
}
