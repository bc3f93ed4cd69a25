import type { Connection } from "./sqlite-connection.ts";
import { quoteName, splitTable } from "./table-map.ts";

/** SQLite's column affinities (sqlite.org/datatype3.html section 3.1): what a value becomes when it is stored. */
export type Affinity = "integer" | "text" | "blob" | "real" | "numeric";

export interface ColumnShape {
  readonly name: string;
  readonly affinity: Affinity;
  readonly nullable: boolean;
  readonly hasDefault: boolean;
  /** Computed by the database: it can be read and never written. */
  readonly generated: boolean;
}

/** A unique index or primary key over plain columns, as the schema spells them. */
export interface UniqueKey {
  readonly columns: readonly string[];
  /** The condition of a partial index, as the schema spells it; null for a full one. */
  readonly where: string | null;
}

/** A unique index over exactly one plain column. */
export interface UniqueIndex {
  readonly column: string;
  readonly collation: string;
  /** The condition of a partial index, as the schema spells it; null for a full one. */
  readonly where: string | null;
}

/** A table or view as the catalogue describes it. */
export interface TableShape {
  /** The quoted name for SQL. */
  readonly sql: string;
  readonly schema: string;
  readonly name: string;
  /** By lower-case name: SQLite ignores the case of names. */
  readonly columns: ReadonlyMap<string, ColumnShape>;
  readonly uniqueIndexes: readonly UniqueIndex[];
  /** Every unique index and primary key over plain columns, of one column or several. */
  readonly uniqueKeys: readonly UniqueKey[];
  readonly primaryKey: readonly string[];
  /** The column that is the rowid itself (`INTEGER PRIMARY KEY`). */
  readonly rowidColumn: string | null;
  /** How to write the rowid; null for a view and for a table WITHOUT ROWID. */
  readonly rowid: string | null;
}

interface TableEntry { readonly schema: string; readonly name: string; readonly type: string; readonly wr: number }
interface ColumnEntry { readonly name: string; readonly type: string; readonly pk: number; readonly required: number; readonly hidden: number; readonly dflt: string | null }
interface IndexEntry { readonly name: string; readonly origin: string; readonly partial: number }

/** All tables and views of the file, for the "did you mean" of a wrong name. */
export function listTables(db: Connection): readonly string[] {
  return db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").pluck().all();
}

/** The table of this name (`schema.table` allowed), or undefined when there is none. */
export function readTable(db: Connection, wanted: string): TableShape | undefined {
  const entry = findTable(db, "main", wanted) ?? findQualified(db, wanted);
  if (entry === undefined) return undefined;
  const { schema, name } = entry;
  const columns = db.prepare<[string, string], ColumnEntry>("SELECT name, type, pk, hidden, dflt_value AS dflt, \"notnull\" AS required FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1").all(name, schema);
  const indexes = db.prepare<[string, string], IndexEntry>('SELECT name, origin, partial FROM pragma_index_list(?, ?) WHERE "unique"').all(name, schema);
  const shapes = new Map(columns.map((column) => [column.name.toLowerCase(), shapeOf(column)]));
  const hasRowid = entry.type === "table" && entry.wr === 0;
  const primary = columns.filter((column) => column.pk > 0).toSorted((left, right) => left.pk - right.pk);
  const isAlias = hasRowid && primary.length === 1 && !indexes.some((index) => index.origin === "pk");
  return {
    sql: `${quoteName(schema)}.${quoteName(name)}`,
    schema,
    name,
    columns: shapes,
    uniqueIndexes: indexes.flatMap((index) => readUniqueIndex(db, schema, index)),
    uniqueKeys: [...indexes.flatMap((index) => readUniqueKey(db, schema, index)), ...(isAlias ? [{ columns: primary.map((column) => column.name), where: null }] : [])],
    primaryKey: primary.map((column) => column.name),
    rowidColumn: isAlias ? (primary[0]?.name ?? null) : null,
    rowid: hasRowid ? (["rowid", "_rowid_", "oid"].find((alias) => !shapes.has(alias)) ?? null) : null,
  };
}

function findTable(db: Connection, schema: string, name: string): TableEntry | undefined {
  return db.prepare<[string, string], TableEntry>("SELECT schema, name, type, wr FROM pragma_table_list WHERE schema = ? COLLATE NOCASE AND name = ? COLLATE NOCASE").get(schema, name);
}

function findQualified(db: Connection, wanted: string): TableEntry | undefined {
  const { schema, table } = splitTable(wanted);
  return schema === null ? undefined : findTable(db, schema, table);
}

/** `hidden` is 2 or 3 for a generated column. */
function shapeOf({ name, type, required, hidden, dflt }: ColumnEntry): ColumnShape {
  return { name, affinity: affinityOf(type), nullable: required === 0, hasDefault: dflt !== null, generated: hidden > 1 };
}

type IndexPart = { readonly name: string | null; readonly coll: string };

function readIndexParts(db: Connection, schema: string, index: IndexEntry): IndexPart[] {
  return db.prepare<[string, string], IndexPart>("SELECT name, coll FROM pragma_index_xinfo(?, ?) WHERE key").all(index.name, schema);
}

/** Part of an index over an expression has no name: what it keeps apart is not known here. */
function readUniqueKey(db: Connection, schema: string, index: IndexEntry): UniqueKey[] {
  const columns = readIndexParts(db, schema, index).map((part) => part.name);
  if (!columns.every((name) => name !== null)) return [];
  return [{ columns, where: index.partial === 1 ? readIndexCondition(db, schema, index.name) : null }];
}

function readUniqueIndex(db: Connection, schema: string, index: IndexEntry): UniqueIndex[] {
  const parts = readIndexParts(db, schema, index);
  const [only] = parts;
  if (parts.length !== 1 || only === undefined || only.name === null) return [];
  return [{ column: only.name, collation: only.coll, where: index.partial === 1 ? readIndexCondition(db, schema, index.name) : null }];
}

/** A partial index's condition stands only in its SQL text, after the last WHERE that follows the closed column list. */
function readIndexCondition(db: Connection, schema: string, index: string): string {
  const sql = db.prepare<[string], string>(`SELECT sql FROM ${quoteName(schema)}.sqlite_schema WHERE type = 'index' AND name = ?`).pluck().get(index) ?? "";
  return /\)\s*where\b(.*)$/is.exec(sql)?.[1]?.trim() ?? sql;
}

function affinityOf(declared: string): Affinity {
  const type = declared.toUpperCase();
  if (type.includes("INT")) return "integer";
  if (/CHAR|CLOB|TEXT/.test(type)) return "text";
  if (type === "" || type.includes("BLOB")) return "blob";
  return /REAL|FLOA|DOUB/.test(type) ? "real" : "numeric";
}
