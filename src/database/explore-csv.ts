import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import Database from "better-sqlite3";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { loadCsv } from "./csv-load.ts";
import type { DatabaseExplorer } from "./explore.ts";
import { exploreConnection } from "./explore-sqlite.ts";

/** Looks into a CSV file, or all of a folder: each is a table with its name, loaded into a private temporary database. Throws StartErrors with file and line. */
export async function exploreCsv(url: string): Promise<DatabaseExplorer> {
  const path = url.slice("csv:".length).replace(/^\/\/(?=\/)/, "");
  const files = listFiles(path);
  const db = new Database("");
  try {
    db.pragma("journal_mode = OFF");
    db.pragma("synchronous = OFF");
    for (const file of files) await loadCsv(db, basename(file, extname(file)), file);
    db.pragma("query_only = 1");
    return exploreConnection("csv", path, db);
  } catch (error) {
    db.close();
    throw error;
  }
}

function listFiles(path: string): readonly string[] {
  try {
    const found = realpathSync(path);
    if (!statSync(found).isDirectory()) return [found];
    const files = readdirSync(found).filter((name) => /\.csv$/i.test(name)).sort();
    if (files.length > 0) return files.map((name) => join(found, name));
  } catch (cause) {
    throw new StartError({ code: "database-missing", message: say`${path} cannot be read: it is missing, or its folder is closed to this user.`, hint: "Correct the path behind csv:", cause });
  }
  throw new StartError({ code: "database-missing", message: say`There is no .csv file in ${path}.`, hint: "Each table is a file of its own: <table>.csv" });
}
