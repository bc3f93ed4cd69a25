import { createHash } from "node:crypto";
import { RefusedError } from "../errors.ts";
import { say } from "../say.ts";
import type { MysqlConnection } from "./mysql-connection.ts";
import { textLiteral } from "./mysql-values.ts";
import type { DatabaseLock } from "./service-database.ts";

/** What the lock is of: the database and the column or table that links are written into. */
export interface LockedThing {
  readonly database: string;
  readonly link: string;
}

/** The name of the lock: servers allow 64 characters. */
function lockName({ database, link }: LockedThing): string {
  return `kakao_sync_${createHash("sha256").update(JSON.stringify([database, link])).digest("hex").slice(0, 40)}`;
}

/**
 * Tries to take the advisory lock on a connection of its own, which is closed with it. Where the server has no such lock, or a proxy does not keep the
 * session, the lock says so. Throws RefusedError while another connection holds it.
 */
export async function takeLock(connect: () => Promise<MysqlConnection>, thing: LockedThing): Promise<DatabaseLock> {
  const connection = await connect();
  const name = textLiteral(lockName(thing));
  const taken = await ask(connection, `SELECT GET_LOCK(${name}, 0)`);
  if (taken === "0") {
    await connection.close();
    throw new RefusedError({ code: "database-busy", message: say`Another run is writing links into ${connection.label}.`, hint: "Wait for it to end, or stop it, then run the same command again." });
  }
  const isHeld = async (): Promise<boolean> => (await ask(connection, `SELECT IS_USED_LOCK(${name}) = CONNECTION_ID()`)) === "1";
  if (taken !== "1" || !(await isHeld())) {
    await connection.close();
    return noLock(taken === "1" ? say`A proxy before the server does not keep a session together, and with it no lock.` : say`The server gives no advisory locks (GET_LOCK).`);
  }
  if (await isCluster(connection)) {
    await connection.close();
    return noLock(say`On a Galera cluster a lock holds on one node alone.`);
  }
  const release = async (): Promise<void> => {
    // Asked for, it is free before the server notices that the connection has gone.
    await ask(connection, `SELECT RELEASE_LOCK(${name})`);
    await connection.close();
  };
  return { unavailable: null, isHeld, release };
}

function noLock(unavailable: string): DatabaseLock {
  return { unavailable, isHeld: () => Promise.resolve(true), release: () => Promise.resolve() };
}

async function isCluster(connection: MysqlConnection): Promise<boolean> {
  const [row] = await connection.rows("SHOW VARIABLES LIKE 'wsrep_on'").catch(() => []);
  return row?.[1] === "ON";
}

/** The single answer, null where the server refuses the question or the connection is gone. */
async function ask(connection: MysqlConnection, sql: string): Promise<string | null> {
  const [row] = await connection.rows(sql).catch(() => []);
  return row?.[0] ?? null;
}
