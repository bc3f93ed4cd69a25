import type { SampleRow, TableLook } from "../core/detect/look.ts";
import { countedBytes, type DatabaseExplorer, sampleBothEnds, sampledCharacters, type SampleWish, wrongNames } from "./explore.ts";
import { wrapSql } from "./operator-sql.ts";
import { PostgresConnection, type Row, type Transaction } from "./postgres-connection.ts";
import { isConnectionLost } from "./postgres-errors.ts";
import { say } from "../say.ts";
import { listTables, readTable, type TableShape } from "./postgres-schema.ts";
import { parsePostgresUrl } from "./postgres-url.ts";
import { quoteName } from "./table-map.ts";

/** Looks into a database of PostgreSQL, each time in a read-only transaction. Throws StartError where it cannot be reached. */
export async function explorePostgres(url: string, timeZone: string): Promise<DatabaseExplorer> {
  const connection = new PostgresConnection(parsePostgresUrl(url), { timeZone, session: {} });
  await connection.open();
  const reading = <T>(work: (sql: Transaction) => Promise<T>): Promise<T> => connection.transaction("read", "read", work);
  return {
    engine: "postgres",
    listTables: () => reading(lookAtAll),
    sampleRows: (name, wish) => reading((sql) => sample(sql, name, wish)),
    countRows: (name, condition) =>
      reading(async (sql) => {
        const [row] = await sql.rows(`SELECT count(*)::text FROM ${(await requireTable(sql, name)).sql} WHERE ${wrapSql(condition)}`);
        return Number(row?.[0]);
      }),
    close: () => connection.close(),
  };
}

async function requireTable(sql: Transaction, name: string): Promise<TableShape> {
  const table = await readTable(sql, name);
  if (table === undefined) throw wrongNames((wrong) => say`The database has no table ${wrong}`, [name], await listTables(sql));
  return table;
}

async function sample(sql: Transaction, name: string, wish: SampleWish): Promise<readonly SampleRow[]> {
  const table = await requireTable(sql, name);
  const columns = wish.columns ?? [...table.columns.keys()];
  const wrong = columns.filter((column) => typeof column === "string").filter((column) => !table.columns.has(column));
  if (wrong.length > 0) throw wrongNames((column) => say`${name} has no column ${column}`, wrong, table.columns.keys());
  const primaryKey = table.uniqueIndexes.find((index) => index.primary)?.columns ?? [];
  const select = `SELECT ${columns.map((column) => `left(${typeof column === "string" ? `${table.alias}.${quoteName(column)}` : wrapSql(column.sql)}::text, ${sampledCharacters})`).join(", ")} FROM ${table.sql}`;
  return sampleBothEnds(wish, primaryKey.length > 0, (end, rows) =>
    sql.rows(`${select}${end === "last" ? ` ORDER BY ${primaryKey.map((key) => `${table.alias}.${quoteName(key)} DESC`).join(", ")}` : ""} LIMIT ${rows}`),
  );
}

/** One look at the catalogue for all tables: a table at a time would be hundreds of round trips. */
async function lookAtAll(sql: Transaction): Promise<readonly TableLook[]> {
  const tables = await sql.rows(
    `SELECT c.oid::text, CASE WHEN pg_table_is_visible(c.oid) THEN c.relname::text ELSE n.nspname::text || '.' || c.relname::text END, c.relkind::text, c.reltuples::bigint::text,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) ELSE 0 END::text
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
       AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') ORDER BY 2`,
  );
  const oids = `{${tables.map(([oid]) => oid).join(",")}}`;
  const columns = groupByTable(await sql.rows("SELECT attrelid::text, attname::text, lower(format_type(atttypid, atttypmod)), (attnotnull AND NOT atthasdef AND coalesce(to_jsonb(a) ->> 'attidentity', '') = '')::text FROM pg_attribute a WHERE attrelid = ANY($1::oid[]) AND attnum > 0 AND NOT attisdropped ORDER BY attrelid, attnum", [oids]));
  const keys = groupByTable(
    await sql.rows(
      `SELECT i.indrelid::text, (SELECT json_agg(a.attname::text ORDER BY k) FROM generate_series(0, coalesce((to_jsonb(i) ->> 'indnkeyatts')::int, i.indnatts::int) - 1) AS k JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k])::text, i.indisprimary::text
       FROM pg_index i WHERE i.indrelid = ANY($1::oid[]) AND i.indisunique AND i.indisvalid AND i.indexprs IS NULL AND i.indpred IS NULL`,
      [oids],
    ),
  );
  const looks: TableLook[] = [];
  for (const [oid = "", name = "", kind = "", estimate, bytes] of tables.map((row) => row.map(String))) {
    const unique = (keys.get(oid) ?? []).map(([, names, isPrimary]) => ({ columns: JSON.parse(String(names)) as string[], isPrimary: isPrimary === "true" }));
    looks.push({
      name,
      isView: kind === "v" || kind === "m",
      columns: (columns.get(oid) ?? []).map(([, column, type, mustBeGiven]) => ({ name: String(column), type: String(type), mustBeGiven: mustBeGiven === "true" })),
      primaryKey: unique.find(({ isPrimary }) => isPrimary)?.columns ?? [],
      uniqueKeys: unique.map((key) => key.columns),
      ...(await countTable(sql, name, kind, Number(estimate), Number(bytes))),
    });
  }
  return looks;
}

/** What an estimate says before the table was ever analysed is nothing. */
async function countTable(sql: Transaction, name: string, kind: string, estimate: number, bytes: number): Promise<Pick<TableLook, "rows" | "isEstimate">> {
  if (kind === "v" || kind === "f") return { rows: null, isEstimate: false };
  if (bytes > countedBytes || kind === "p") return { rows: estimate > 0 ? estimate : null, isEstimate: estimate > 0 };
  try {
    const [row] = await sql.savepoint(async () => sql.rows(`SELECT count(*)::text FROM ${(await requireTable(sql, name)).sql}`));
    return { rows: Number(row?.[0]), isEstimate: false };
  } catch (error) {
    // A policy that hides rows from this user lets nobody count.
    if (isConnectionLost(error)) throw error;
    return { rows: null, isEstimate: false };
  }
}

function groupByTable(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(String(row[0]), [...(groups.get(String(row[0])) ?? []), row]);
  return groups;
}
