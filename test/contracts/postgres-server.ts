import { randomBytes } from "node:crypto";
import pg from "pg";
import type { EngineDatabase } from "./service-database.ts";

/** A database of its own on the server behind `server`, made with these statements, and a second connection to it. */
export async function createPostgresDatabase(server: string, statements: readonly string[]): Promise<EngineDatabase & { readonly name: string; run(sql: string): Promise<unknown[][]> }> {
  const name = `kakao_sync_${randomBytes(6).toString("hex")}`;
  await runAlone(server, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const service = new pg.Client({ connectionString: url.href, types: { getTypeParser: readAs } });
  service.on("error", () => undefined);
  await service.connect();
  const run = async (sql: string): Promise<unknown[][]> => (await service.query<unknown[]>({ text: sql, rowMode: "array" })).rows;
  for (const statement of statements) await run(statement);
  return {
    url: url.href,
    name,
    run,
    remove: async () => {
      await service.end();
      await runAlone(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** One statement on a connection of its own. */
async function runAlone(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows;
  } finally {
    await client.end();
  }
}

/** Integers (by their type's number in the catalogue) as bigints, all else as text. */
function readAs(type: number): (text: string) => unknown {
  return [20, 21, 23].includes(type) ? (text) => BigInt(text) : (text) => text;
}
