import type { Transaction } from "./postgres-connection.ts";
import { quoteName, splitTable } from "./table-map.ts";

/** What a column's type is good for; a domain counts as what it is made of. */
export type Kind = "integer" | "numeric" | "text" | "uuid" | "bytes" | "float" | "time" | "other";

export interface ColumnShape {
  readonly name: string;
  readonly kind: Kind;
  /** The type as people write it, with its length: for messages and for casts of values that are stored. */
  readonly declared: string;
  /** The type without its length, quoted for casts of values that are compared. */
  readonly base: string;
  readonly nullable: boolean;
  /** The server fills it when a new row does not. */
  readonly filled: boolean;
  /** Always computed by the server: never written. */
  readonly computed: boolean;
  /** A number of its own that a new row can be given only by overriding (`GENERATED ALWAYS AS IDENTITY`). */
  readonly identity: boolean;
  /** Equal means the same characters: false for citext and nondeterministic collations. */
  readonly exact: boolean;
}

/** A valid unique index over plain columns. */
export interface UniqueIndex {
  readonly columns: readonly string[];
  /** The condition of a partial index, as the server spells it. */
  readonly where: string | null;
  readonly primary: boolean;
  /** Each column in its own collation: else the index serves and proves only comparisons in another one. */
  readonly ownCollation: boolean;
}

/** A table or view as the catalogue describes it. */
export interface TableShape {
  readonly oid: string;
  /** The quoted name for SQL. */
  readonly sql: string;
  /** The quoted name without its schema, to say of a column that it is the table's: ORDER BY takes a bare name for that of an output column first. */
  readonly alias: string;
  readonly schema: string;
  /** As the configuration names it. */
  readonly name: string;
  readonly isView: boolean;
  readonly isPartitioned: boolean;
  /** By exact name. */
  readonly columns: ReadonlyMap<string, ColumnShape>;
  readonly uniqueIndexes: readonly UniqueIndex[];
}

/** Tables and views for the "did you mean" of a wrong name: plain where the search path finds them, else with their schema. */
export async function listTables(sql: Transaction): Promise<readonly string[]> {
  const rows = await sql.rows(
    `SELECT CASE WHEN pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname::text || '.' || c.relname::text END
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'`,
  );
  return rows.map(([name]) => String(name));
}

/** The table of this name on the search path (`schema.table` allowed), or undefined when there is none. */
export async function readTable(sql: Transaction, wanted: string): Promise<TableShape | undefined> {
  const { schema, table } = splitTable(wanted);
  const found = (await findTable(sql, quoteName(wanted))) ?? (schema === null ? undefined : await findTable(sql, `${quoteName(schema)}.${quoteName(table)}`));
  if (found === undefined) return undefined;
  const [oid = "", namespace = "", name = "", kind = ""] = found;
  return {
    oid,
    sql: `${quoteName(namespace)}.${quoteName(name)}`,
    alias: quoteName(name),
    schema: namespace,
    name: wanted,
    isView: kind === "v" || kind === "m",
    isPartitioned: kind === "p",
    columns: new Map((await readColumns(sql, oid)).map((column) => [column.name, column])),
    uniqueIndexes: await readUniqueIndexes(sql, oid),
  };
}

async function findTable(sql: Transaction, quoted: string): Promise<readonly string[] | undefined> {
  const [row] = await sql.rows(
    "SELECT c.oid::text, n.nspname::text, c.relname::text, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1::text)::oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
    [quoted],
  );
  return row?.map(String);
}

/** to_jsonb reads catalogue columns that older servers, and those that only speak the protocol, do not have. */
async function readColumns(sql: Transaction, oid: string): Promise<ColumnShape[]> {
  const rows = await sql.rows(
    `SELECT a.attname::text, b.typname::text, format_type(a.atttypid, a.atttypmod), quote_ident(bn.nspname::text) || '.' || quote_ident(b.typname::text), b.typcategory::text,
       a.attnotnull OR t.typnotnull, a.atthasdef OR t.typdefault IS NOT NULL, coalesce(to_jsonb(a) ->> 'attgenerated', ''), coalesce(to_jsonb(a) ->> 'attidentity', ''), coalesce(to_jsonb(l) ->> 'collisdeterministic', 'true')
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
       JOIN pg_namespace bn ON bn.oid = b.typnamespace LEFT JOIN pg_collation l ON l.oid = a.attcollation
     WHERE a.attrelid = $1::text::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [oid],
  );
  return rows.map((row) => {
    const [name = "", type = "", declared = "", base = "", , notNull, hasDefault, generated = "", identity = "", deterministic] = row.map(String);
    return {
      name,
      kind: kindOf(type, row[4] ?? ""),
      declared,
      base,
      nullable: notNull === "f",
      filled: hasDefault === "t" || identity !== "" || generated !== "",
      computed: generated !== "",
      identity: identity === "a",
      exact: type !== "citext" && deterministic === "true",
    };
  });
}

const kinds: Readonly<Record<string, Kind>> = {
  int2: "integer", int4: "integer", int8: "integer", numeric: "numeric",
  text: "text", varchar: "text", bpchar: "text", citext: "text",
  uuid: "uuid", bytea: "bytes", float4: "float", float8: "float",
  date: "time", timestamp: "time", timestamptz: "time", time: "time", timetz: "time",
};

function kindOf(type: string, category: string): Kind {
  return category === "A" ? "other" : (kinds[type] ?? "other");
}

async function readUniqueIndexes(sql: Transaction, oid: string): Promise<UniqueIndex[]> {
  const rows = await sql.rows(
    `SELECT array_to_json(ARRAY(SELECT a.attname::text FROM generate_series(0, x.keys - 1) AS k JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k] ORDER BY k))::text,
       pg_get_expr(i.indpred, i.indrelid), i.indisprimary,
       NOT EXISTS (SELECT FROM generate_series(0, x.keys - 1) AS k JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k] WHERE a.attcollation <> i.indcollation[k])
     FROM pg_index i CROSS JOIN LATERAL (SELECT coalesce((to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts::int) AS keys) AS x
     WHERE i.indrelid = $1::text::oid AND i.indisunique AND i.indisvalid AND i.indexprs IS NULL`,
    [oid],
  );
  return rows.map(([columns, where, primary, own]) => ({ columns: JSON.parse(String(columns)) as string[], where: where ?? null, primary: primary === "t", ownCollation: own === "t" }));
}
