import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { findMysql, findPostgres } from "./servers.ts";

/** A database of its own on a real server, reached as a DBA would: with the server's command-line client. */
export interface SqlClient {
  readonly dialect: "postgres" | "mariadb";
  /** Runs SQL, stopping at the first error, and gives what the client prints: a row a line, cells separated by tabs. */
  run(sql: string): string;
  /** A table as CSV with a header, as this server's users dump it. */
  dump(table: string): string;
  remove(): void;
}

/** PostgreSQL, or why it cannot be used here. */
export async function openPsql(): Promise<SqlClient | string> {
  const found = await findPostgres();
  if (!("url" in found)) return found.missing;
  if (spawnSync("psql", ["--version"]).error !== undefined) return "psql is not installed";
  const name = drawName();
  const url = new URL(found.url);
  const client = (database: string, sql: string, ...flags: string[]): string => {
    url.pathname = database;
    return execFileSync("psql", [url.href, "-X", "-q", "-t", "-A", "-F", "\t", "-v", "ON_ERROR_STOP=1", ...flags], { input: sql, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 28 });
  };
  client("postgres", `create database ${name} template template0`);
  return {
    dialect: "postgres",
    run: (sql) => client(name, sql).trimEnd(),
    dump: (table) => client(name, `\\copy ${table} to stdout with csv header`),
    remove: () => void client("postgres", `drop database ${name} with (force)`),
  };
}

/** MariaDB (or MySQL), or why it cannot be used here. */
export async function openMariadb(): Promise<SqlClient | string> {
  const found = await findMysql();
  if (!("url" in found)) return found.missing;
  if (spawnSync("mariadb", ["--version"]).error !== undefined) return "the client mariadb is not installed";
  const { hostname, port, username, password } = new URL(found.url);
  const name = drawName();
  const client = (sql: string, ...flags: string[]): string =>
    execFileSync("mariadb", ["-h", hostname, "-P", port || "3306", "-u", decodeURIComponent(username), "--batch", "--raw", "--default-character-set=utf8mb4", ...flags], { input: sql, encoding: "utf8", env: { ...process.env, MYSQL_PWD: decodeURIComponent(password) }, stdio: ["pipe", "pipe", "pipe"], maxBuffer: 1 << 28 });
  client(`create database ${name} character set utf8mb4`);
  return {
    dialect: "mariadb",
    run: (sql) => client(sql, "--skip-column-names", name).trimEnd(),
    dump: (table) => client(`select * from ${table}`, name).split("\n").filter((line) => line !== "").map((line) => `${line.split("\t").map((cell) => (cell === "NULL" ? "" : `"${cell.replaceAll('"', '""')}"`)).join(",")}\n`).join(""),
    remove: () => void client(`drop database ${name}`),
  };
}

function drawName(): string {
  return `kakao_sync_${randomBytes(6).toString("hex")}`;
}
