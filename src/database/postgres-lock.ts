import { createHash } from "node:crypto";
import { RefusedError } from "../errors.ts";
import type { DatabaseLock } from "./service-database.ts";
import { connectAlone, type PostgresClient } from "./postgres-connection.ts";
import { codeOf, explainPostgresError, fromDriver, isConnectionLost } from "./postgres-errors.ts";
import { say } from "../say.ts";
import type { PostgresTarget } from "./postgres-url.ts";

/**
 * Tries to take the advisory lock of one run on one table, without waiting, on a connection of its own: it goes with the connection, however the run ends. Locks of
 * PostgreSQL are a database's own, so its name is no part of the key.
 */
export async function takeLock(target: PostgresTarget, table: string): Promise<DatabaseLock> {
  const client = await connectAlone(target);
  try {
    const missing = await findMissing(client);
    if (missing !== null) {
      await close(client);
      return { unavailable: missing, isHeld: () => Promise.resolve(true), release: () => Promise.resolve() };
    }
    const key = lockKey(table);
    if (!(await isTrue(client, "SELECT pg_try_advisory_lock($1::bigint)", key))) {
      throw new RefusedError({ code: "database-busy", message: say`Another run of kakao-sync works on ${target.label}.`, hint: "Wait until it has ended. A run that was killed gives its lock back by itself." });
    }
    return held(client, key);
  } catch (error) {
    await close(client);
    if (/^(0A000|42883|42501)$/.test(codeOf(error))) return { unavailable: say`This server has no advisory locks.`, isHeld: () => Promise.resolve(true), release: () => Promise.resolve() };
    throw explainPostgresError(target.label, "open", error);
  }
}

function held(client: PostgresClient, key: string): DatabaseLock {
  let gone = false;
  client.on("end", () => (gone = true));
  client.on("error", () => (gone = true));
  const isHeld = async (): Promise<boolean> => {
    if (gone) return false;
    try {
      return await isTrue(client, "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid() AND ((classid::bigint << 32) | objid::bigint) = $1::bigint)", key);
    } catch (error) {
      if (isConnectionLost(error)) return false;
      throw error;
    }
  };
  return { unavailable: null, isHeld, release: () => close(client) };
}

/** Why no lock can be had here, or null. A pooler gives its own process number at the door, or another backend at every statement. */
async function findMissing(client: PostgresClient): Promise<string | null> {
  const version = await one(client, "SELECT version()");
  if (version.includes("CockroachDB")) return say`CockroachDB has no advisory locks.`;
  const { processID } = client as unknown as { readonly processID: number | null };
  const backends = new Set([String(processID), await one(client, "SELECT pg_backend_pid()"), await one(client, "SELECT pg_backend_pid()")]);
  return backends.size === 1 ? null : say`A pooler stands between this program and the server: an advisory lock would be another's.`;
}

function lockKey(table: string): string {
  return createHash("sha256").update(`kakao-sync\0${table}`).digest().readBigInt64BE().toString();
}

async function isTrue(client: PostgresClient, text: string, value: string): Promise<boolean> {
  const { rows } = await fromDriver(client.query<[string]>({ text, values: [value], rowMode: "array" }));
  return rows[0]?.[0] === "t";
}

async function one(client: PostgresClient, text: string): Promise<string> {
  const { rows } = await fromDriver(client.query<[string]>({ text, rowMode: "array" }));
  return String(rows[0]?.[0]);
}

async function close(client: PostgresClient): Promise<void> {
  await client.end().catch(() => undefined);
}
