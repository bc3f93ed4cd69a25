import { realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { RefusedError, StartError } from "../errors.ts";
import type { MemberRow } from "../core/member.ts";
import { groupExtras } from "./extras.ts";
import { loadCsv } from "./csv-load.ts";
import type { ExtraSource, Inspection, LinkedPlace, MemberWish, PlaceMap, ServiceDatabase, ServiceDatabaseMap } from "./service-database.ts";
import { SqliteDatabase, type SqliteOptions, type SqliteSource } from "./sqlite.ts";
import type { Connection } from "./sqlite-connection.ts";
import { explainSqliteError } from "./sqlite-errors.ts";
import { say } from "../say.ts";
import { createPlace } from "./sqlite-linked-place.ts";
import { quoteName } from "./table-map.ts";

/** Where tables are: one file that is the member table, or a folder with a file a table. */
interface CsvPlace {
  readonly path: string;
  readonly isFolder: boolean;
}

/**
 * Dumps as CSV files, for plans only: loaded into a private temporary database of SQLite, whose file SQLite unlinks as soon as it has opened it. Conditions
 * and expressions are SQLite's, over text. Throws StartErrors for files that are missing or no CSV.
 */
export async function openCsv(options: SqliteOptions): Promise<ServiceDatabase> {
  const place = findPlace(options.url);
  const tables = listTables(options.map);
  if (!place.isFolder) refuseFurther(place, tables.slice(1));
  const db = createTemporary();
  try {
    for (const table of tables) await loadCsv(db, table, fileOf(place, table));
    indexIds(db, options.map);
    db.pragma("query_only = 1");
    return new CsvDatabase(options, sourceOf(place, db), new Lookups(db, place, tables));
  } catch (error) {
    db.close();
    throw explainSqliteError(place.path, "read", error);
  }
}

/** The Kakao ids in use in a CSV file: a place of `alsoLinkedIn`. */
export async function openCsvPlace(map: PlaceMap): Promise<LinkedPlace> {
  const place = findPlace(map.url);
  const db = createTemporary();
  try {
    await loadCsv(db, map.table, fileOf(place, map.table));
    return createPlace(map, db, place.path, () => void db.close());
  } catch (error) {
    db.close();
    throw explainSqliteError(place.path, "read", error);
  }
}

/** A dump has no indexes; whether the database has them is looked at by whoever runs the SQL file. */
class CsvDatabase extends SqliteDatabase {
  readonly #lookups: Lookups;

  constructor(options: SqliteOptions, source: SqliteSource, lookups: Lookups) {
    super(options, source);
    this.#lookups = lookups;
  }

  override async *readMembers(wish: MemberWish = {}): AsyncGenerator<readonly MemberRow[]> {
    await this.#lookups.load(wish.extras ?? []);
    yield* super.readMembers(wish);
  }

  override async inspect(extras: readonly ExtraSource[] = []): Promise<Inspection> {
    await this.#lookups.load(extras);
    const inspection = await super.inspect(extras);
    const { link, members } = this.map;
    const missing = inspection.missingLinkColumn !== null && link.kind === "column" ? `ALTER TABLE ${members.table} ADD COLUMN ${link.column} BIGINT NULL;\nCREATE UNIQUE INDEX ${members.table}_${link.column}_unique ON ${members.table} (${link.column});` : null;
    return { ...inspection, missingUniqueIndexes: [], missingLinkColumn: missing, unfilledColumns: [] };
  }
}

/** Tables with a row per member, loaded when they are asked for. */
class Lookups {
  readonly #db: Connection;
  readonly #place: CsvPlace;
  readonly #loaded: Set<string>;

  constructor(db: Connection, place: CsvPlace, loaded: readonly string[]) {
    this.#db = db;
    this.#place = place;
    this.#loaded = new Set(loaded);
  }

  /** Throws StartErrors for files that are missing or no CSV. */
  async load(extras: readonly ExtraSource[]): Promise<void> {
    const { lookups } = groupExtras(extras);
    const tables = [...new Set(lookups.map(({ table }) => table))].filter((table) => !this.#loaded.has(table));
    if (!this.#place.isFolder) refuseFurther(this.#place, tables);
    this.#db.pragma("query_only = 0");
    try {
      for (const table of tables) {
        await loadCsv(this.#db, table, fileOf(this.#place, table));
        this.#loaded.add(table);
      }
      for (const { table, memberId } of lookups) indexColumn(this.#db, table, memberId);
    } finally {
      this.#db.pragma("query_only = 1");
    }
  }
}

function sourceOf({ path }: CsvPlace, db: Connection): SqliteSource {
  return {
    engine: "csv",
    identity: `csv:${path}`,
    path,
    reader: db,
    openWriter: () => {
      throw new RefusedError({ code: "csv-plans-only", message: "A csv: database is a copy: links cannot be written into it.", hint: "Give apply.sql of the plan's folder to whoever runs SQL on the database: kakao-sync map-members --sql-dialect postgres" });
    },
    isReadOnly: () => true,
    openPending: ({ table, kakaoId }) => createPlace({ name: table, url: "", table, kakaoId, fixed: {} }, db, path, () => undefined),
  };
}

/** With an empty name SQLite makes a temporary database that only this connection can see. */
function createTemporary(): Connection {
  const db = new Database("");
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  return db;
}

function findPlace(url: string): CsvPlace {
  const path = url.slice("csv:".length).replace(/^\/\/(?=\/)/, "");
  try {
    const found = statSync(path);
    return { path: realpathSync(path), isFolder: found.isDirectory() };
  } catch (cause) {
    throw new StartError({ code: "database-missing", message: say`${path} cannot be read: it is missing, or its folder is closed to this user.`, hint: "Correct database.url; a relative path counts from the configuration file.", cause });
  }
}

/** The member table first; each table once. */
function listTables({ members, also, link, pending }: ServiceDatabaseMap): string[] {
  return [...new Set([members.table, ...also.map(({ table }) => table), ...(link.kind === "table" ? [link.table] : []), ...pending.map(({ table }) => table)])];
}

function refuseFurther({ path }: CsvPlace, tables: readonly string[]): void {
  if (tables.length === 0) return;
  throw new StartError({ code: "csv-one-table", message: say`${path} is one table, and the configuration names ${tables.length + 1}: also ${tables.join(", ")}.`, hint: "Put each table into a file of its own, named <table>.csv, and set database.url to their folder." });
}

function fileOf({ path, isFolder }: CsvPlace, table: string): string {
  return isFolder ? join(path, `${table}.csv`) : path;
}

/** Members and links are looked up by these; a column that is not there is named by `inspect`. */
function indexIds(db: Connection, { members, also, link }: ServiceDatabaseMap): void {
  const columns = [members, ...also].map(({ table, id }) => [table, id]);
  const links = link.kind === "column" ? [[members.table, link.column], ...also.map(({ table, kakaoId = "" }) => [table, kakaoId])] : [[link.table, link.memberId], [link.table, link.kakaoId]];
  for (const [table = "", column = ""] of [...columns, ...links]) indexColumn(db, table, column);
}

function indexColumn(db: Connection, table: string, column: string): void {
  const has = db.prepare("SELECT 1 FROM pragma_table_info(?) WHERE name = ? COLLATE NOCASE").get(table, column) !== undefined;
  if (has) db.exec(`CREATE INDEX IF NOT EXISTS ${quoteName(`${table} ${column}`)} ON ${quoteName(table)} (${quoteName(column)})`);
}
