import { randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import { findMysql, findPostgres } from "./servers.ts";

/** The engines that the command tests run on: each in a vitest project of its own (vitest.config.ts). */
export type StoreEngine = "sqlite" | "postgres" | "mysql";

/** The engine of this test process. */
export const storeEngine = readEngine(process.env["KAKAO_SYNC_TEST_ENGINE"] ?? "sqlite");

/** A service's database as its own application reaches it. Integers come back as decimal text. */
export interface Store {
  /** As `database.url` names it from the service's folder. */
  readonly url: string;
  /** One statement or several, separated by semicolons. */
  change(sql: string): Promise<void>;
  insert(table: string, values: readonly (string | null)[]): Promise<void>;
  rows(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  remove(): Promise<void>;
}

/** An empty database of this process's engine; for SQLite a file in the folder. */
export async function createStore(folder: string): Promise<Store & { readonly sqlite?: Database.Database }> {
  if (storeEngine === "sqlite") return createSqliteStore(folder);
  return storeEngine === "postgres" ? createPostgresStore() : createMysqlStore();
}

function readEngine(name: string): StoreEngine {
  if (name === "sqlite" || name === "postgres" || name === "mysql") return name;
  throw new Error(`KAKAO_SYNC_TEST_ENGINE is ${name}; write sqlite, postgres or mysql`);
}

function createSqliteStore(folder: string): Store & { readonly sqlite: Database.Database } {
  const sqlite = new Database(join(folder, "members.db"));
  return {
    sqlite,
    url: "sqlite:./members.db",
    change: async (sql) => void sqlite.exec(sql),
    insert: async (table, values) => void sqlite.prepare(`insert into ${table} values (${values.map(() => "?").join(", ")})`).run(...values),
    rows: async (sql) => sqlite.prepare<[], unknown[]>(sql).raw().safeIntegers().all().map((row) => row.map(textOrNull)),
    remove: async () => void sqlite.close(),
  };
}

/** A name that no other test of a shared server has. */
function drawName(): string {
  return `kakao_sync_${randomBytes(6).toString("hex")}`;
}

async function createPostgresStore(): Promise<Store> {
  const { default: pg } = await import("pg");
  const server = requireUrl(await findPostgres());
  const name = drawName();
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`create database ${name} template template0`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href, types: { getTypeParser: () => (text: unknown) => text } as never });
  await client.connect();
  return {
    url: url.href,
    change: async (sql) => void (await client.query(sql)),
    insert: async (table, values) => void (await client.query(`insert into ${table} values (${values.map((_, at) => `$${at + 1}`).join(", ")})`, [...values])),
    rows: async (sql) => (await client.query<unknown[]>({ text: sql, rowMode: "array" })).rows.map((row) => row.map(textOrNull)),
    remove: async () => {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

async function createMysqlStore(): Promise<Store> {
  const { createConnection } = await import("mysql2/promise");
  const server = new URL(requireUrl(await findMysql()));
  const name = drawName();
  const options = { host: server.hostname, port: Number(server.port || 3306), user: decodeURIComponent(server.username), password: decodeURIComponent(server.password) };
  const client = await createConnection({ ...options, multipleStatements: true, supportBigNumbers: true, bigNumberStrings: true, dateStrings: true, charset: "utf8mb4" });
  await client.query(`create database ${name} character set utf8mb4`);
  await client.query(`use ${name}`);
  server.pathname = `/${name}`;
  return {
    url: server.href,
    change: async (sql) => void (await client.query(sql)),
    insert: async (table, values) => void (await client.query(`insert into ${table} values (${values.map(() => "?").join(", ")})`, [...values])),
    rows: async (sql) => {
      const [rows] = await client.query({ sql, rowsAsArray: true });
      return Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? row.map(textOrNull) : [])) : [];
    },
    remove: async () => {
      await client.query(`drop database ${name}`);
      await client.end();
    },
  };
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function requireUrl(found: { readonly url: string } | { readonly missing: string }): string {
  if ("url" in found) return found.url;
  throw new Error(found.missing);
}
