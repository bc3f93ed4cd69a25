import { setTimeout as wait } from "node:timers/promises";
import type { MysqlConnection } from "./mysql-connection.ts";
import { explainLostCommit, isConnectionLost, isDuplicate, isTryAgain } from "./mysql-errors.ts";

/** How often a transaction is begun before a conflict with others counts as a failure. */
const attempts = 5;

/** The longest first wait, in milliseconds; it doubles each time, and is drawn at random so that two writers do not meet again. */
const firstWait = 50;

/**
 * Does the work in one transaction, and again from its beginning where the server gave it up for another one (a deadlock, a lock that did not come, a
 * conflict between nodes). A COMMIT whose answer never came is a FailedError of its own.
 */
export async function inTransaction<T>(connection: MysqlConnection, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(connection, work);
    } catch (error) {
      if (!isTryAgain(error) || attempt === attempts) throw error;
      await wait(Math.random() * firstWait * 2 ** attempt);
    }
  }
}

async function once<T>(connection: MysqlConnection, work: () => Promise<T>): Promise<T> {
  await connection.begin();
  try {
    const result = await work();
    await commit(connection);
    return result;
  } catch (error) {
    await connection.rollBack();
    throw error;
  }
}

async function commit(connection: MysqlConnection): Promise<void> {
  try {
    await connection.commit();
  } catch (error) {
    throw isConnectionLost(error) ? explainLostCommit(connection.label, error) : error;
  }
}

/**
 * Writes rows in one statement, and where a unique index refuses it, in halves, so that one row does not stop the others. A statement that fails
 * leaves nothing behind. Gives the refused rows; every other error passes.
 */
export async function writeInHalves<Row>(rows: readonly Row[], write: (some: readonly Row[]) => Promise<void>): Promise<readonly Row[]> {
  if (rows.length === 0) return [];
  try {
    await write(rows);
    return [];
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    if (rows.length === 1) return rows;
    const middle = Math.ceil(rows.length / 2);
    return [...(await writeInHalves(rows.slice(0, middle), write)), ...(await writeInHalves(rows.slice(middle), write))];
  }
}
