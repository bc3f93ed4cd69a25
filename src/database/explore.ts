import type { SampleRow, TableLook } from "../core/detect/look.ts";
import { StartError } from "../errors.ts";
import { translate } from "../say.ts";
import { schemeOf, unknownEngine } from "./open.ts";
import type { Engine } from "./service-database.ts";
import { describeMissing } from "./table-map.ts";

/** Which rows to look at, and how much of them. */
export interface SampleWish {
  /** Rows at most: half of them the first ones, half those with the highest primary keys. A small table may show some twice. */
  readonly rows: number;
  /** Without it all columns, in the table's order. An expression is the operator's, or was made from names of the catalogue. */
  readonly columns?: readonly (string | { readonly sql: string })[];
}

/** A database that is not configured yet, over a read-only connection (one same-shaped file an engine: `explore-sqlite`, …). */
export interface DatabaseExplorer {
  readonly engine: Engine;
  /** Tables and views that this user may read. */
  listTables(): Promise<readonly TableLook[]>;
  /** Throws StartError for names that are not there. */
  sampleRows(table: string, wish: SampleWish): Promise<readonly SampleRow[]>;
  /** Rows that fulfil a condition of the operator. Throws an OperatorError for one that the database does not take. */
  countRows(table: string, condition: string): Promise<number>;
  close(): Promise<void>;
}

/** Characters of a value that are looked at: a CI has 88. */
export const sampledCharacters = 200;

/** Where a count costs more than a moment, in bytes of a table or in rows, the database's own estimate does. */
export const countedBytes = 200_000_000;
export const countedRows = 1_000_000;

type OpenExplorer = (url: string, timeZone: string) => Promise<DatabaseExplorer> | DatabaseExplorer;

const engines: Readonly<Record<string, () => Promise<OpenExplorer>>> = {
  sqlite: async () => (await import("./explore-sqlite.ts")).exploreSqlite,
  csv: async () => (await import("./explore-csv.ts")).exploreCsv,
  postgres: async () => (await import("./explore-postgres.ts")).explorePostgres,
  mysql: async () => (await import("./explore-mysql.ts")).exploreMysql,
};

/** Looks into a database by its URL alone. Throws StartError for an unknown scheme, or a database that cannot be reached or read. */
export async function exploreDatabase(url: string, timeZone: string): Promise<DatabaseExplorer> {
  const engine = engines[schemeOf(url)];
  if (engine === undefined) throw unknownEngine(translate("The URL"), url);
  return (await engine())(url, timeZone);
}

/** The sample of both ends: the second half is only asked for where the first one was full and an order is known. */
export async function sampleBothEnds(wish: SampleWish, hasOrder: boolean, read: (end: "first" | "last", rows: number) => Promise<readonly SampleRow[]>): Promise<readonly SampleRow[]> {
  const half = Math.ceil(wish.rows / 2);
  const first = await read("first", hasOrder ? half : wish.rows);
  return hasOrder && first.length === half ? [...first, ...(await read("last", wish.rows - half))] : first;
}

/** For names that the catalogue does not know. `describe` says so of one, `existing` is what there is instead. */
export function wrongNames(describe: (name: string) => string, names: readonly string[], existing: Iterable<string>): StartError {
  const known = [...existing];
  return new StartError({ code: "database-names", message: names.map((name) => describeMissing(describe(name), name, known)).join("\n"), hint: "Correct the name as the database shows it." });
}
