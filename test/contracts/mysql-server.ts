import { randomBytes } from "node:crypto";
import { type Connection, type ConnectionOptions, createConnection } from "mysql2/promise";
import type { EngineDatabase } from "./service-database.ts";

/** Integers as bigints, all else as text. */
const reading: ConnectionOptions = {
  rowsAsArray: true,
  charset: "utf8mb4",
  typeCast: (field) => {
    const isInteger = ["TINY", "SHORT", "INT24", "LONG", "LONGLONG"].includes(field.type);
    const text = field.string();
    return text === null ? null : isInteger ? BigInt(text) : text;
  },
};

/** A database of its own on the server behind `server`, made with these statements, and a second connection to it. */
export async function createMysqlDatabase(server: string, statements: readonly string[]): Promise<EngineDatabase & { readonly name: string; run(sql: string): Promise<unknown[][]> }> {
  const name = `kakao_sync_${randomBytes(6).toString("hex")}`;
  await runAlone(server, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const service = await connect(url.href);
  service.on("error", () => undefined);
  // The suite joins texts with ||, as the standard has it.
  await service.query("SET SESSION sql_mode = CONCAT(@@sql_mode, ',PIPES_AS_CONCAT')");
  const run = (sql: string): Promise<unknown[][]> => query(service, sql);
  for (const statement of statements) await run(statement);
  return {
    url: url.href,
    name,
    run,
    remove: async () => {
      await service.end();
      await runAlone(server, `DROP DATABASE ${name}`);
    },
  };
}

/** One statement on a connection of its own. */
export async function runAlone(url: string, sql: string): Promise<unknown[][]> {
  const client = await connect(url);
  try {
    return await query(client, sql);
  } finally {
    await client.end();
  }
}

/** A connection as a service would have it. */
export async function connect(url: string): Promise<Connection> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return createConnection({ ...reading, host: hostname, port: Number(port || 3306), user: decodeURIComponent(username), password: decodeURIComponent(password), database: pathname.slice(1) });
}

export async function query(client: Connection, sql: string): Promise<unknown[][]> {
  const [rows] = await client.query(sql);
  return Array.isArray(rows) ? (rows as unknown[][]) : [];
}
