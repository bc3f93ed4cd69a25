import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { EngineDatabase } from "./service-database.ts";

/** A database file in a folder of its own, and a second connection to it. */
export function createSqliteFile(statements: readonly string[]): Omit<EngineDatabase, "run" | "remove"> & { readonly path: string; run(sql: string): unknown[][]; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-database-"));
  const path = join(folder, "members.db");
  const service = new Database(path);
  for (const statement of statements) service.exec(statement);
  const run = (sql: string): unknown[][] => {
    const statement = service.prepare<[], unknown[]>(sql);
    if (statement.reader) return statement.raw().safeIntegers().all();
    statement.run();
    return [];
  };
  return { url: `sqlite:${path}`, path, run, remove: () => { service.close(); rmSync(folder, { recursive: true }); } };
}
