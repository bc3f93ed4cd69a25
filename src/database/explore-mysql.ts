import type { SampleRow, TableLook } from "../core/detect/look.ts";
import { countedBytes, type DatabaseExplorer, sampleBothEnds, sampledCharacters, type SampleWish, wrongNames } from "./explore.ts";
import { type Cell, connectMysql, type MysqlConnection, withMysqlErrors } from "./mysql-connection.ts";
import { isConnectionLost } from "./mysql-errors.ts";
import { say } from "../say.ts";
import { listTables, readTable, type TableShape } from "./mysql-schema.ts";
import { quoteMysqlName, textLiteral } from "./mysql-values.ts";
import { wrapSql } from "./operator-sql.ts";

/** Looks into a database of MySQL or MariaDB over a session that is set to read-only. Throws StartError where it cannot be reached. */
export async function exploreMysql(url: string, timeZone: string): Promise<DatabaseExplorer> {
  const connection = await connectMysql(url, { readOnly: true, session: {}, timeZone });
  const reading = <T>(work: () => Promise<T>): Promise<T> => withMysqlErrors(connection.label, "read", work);
  return {
    engine: "mysql",
    listTables: () => reading(() => lookAtAll(connection)),
    sampleRows: (name, wish) => reading(() => sample(connection, name, wish)),
    countRows: (name, condition) => reading(async () => Number((await connection.rows(`SELECT count(*) FROM ${(await requireTable(connection, name)).sql} WHERE ${wrapSql(condition)}`))[0]?.[0])),
    close: () => connection.close(),
  };
}

async function requireTable(connection: MysqlConnection, name: string): Promise<TableShape> {
  const table = await readTable(connection, name);
  if (table === undefined) throw wrongNames((wrong) => say`The database has no table ${wrong}`, [name], await listTables(connection));
  return table;
}

async function sample(connection: MysqlConnection, name: string, wish: SampleWish): Promise<readonly SampleRow[]> {
  const table = await requireTable(connection, name);
  const existing = [...table.columns.values()].map((column) => column.name);
  const wanted = wish.columns ?? existing;
  const wrong = wanted.filter((column) => typeof column === "string").filter((column) => !table.columns.has(column.toLowerCase()));
  if (wrong.length > 0) throw wrongNames((column) => say`${name} has no column ${column}`, wrong, existing);
  const read = wanted.map((column) => (typeof column === "string" ? readSql(quoteMysqlName(column), table.columns.get(column.toLowerCase())?.kind === "bytes") : readSql(wrapSql(column.sql), false)));
  const select = `SELECT ${read.join(", ")} FROM ${table.sql}`;
  return sampleBothEnds(wish, table.primaryKey.length > 0, (end, rows) =>
    connection.rows(`${select}${end === "last" ? ` ORDER BY ${table.primaryKey.map((key) => `${quoteMysqlName(key)} DESC`).join(", ")}` : ""} LIMIT ${rows}`),
  );
}

function readSql(column: string, isBytes: boolean): string {
  return isBytes ? `CONCAT(${textLiteral("\\x")}, LOWER(HEX(LEFT(${column}, ${sampledCharacters / 2}))))` : `LEFT(CAST(${column} AS CHAR), ${sampledCharacters})`;
}

/** One look at the catalogue for all tables. It shows only what this user may read. */
async function lookAtAll(connection: MysqlConnection): Promise<readonly TableLook[]> {
  const tables = await connection.rows("SELECT table_name, table_type, table_rows, data_length FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name");
  const columns = groupByTable(await connection.rows("SELECT table_name, column_name, LOWER(column_type), is_nullable = 'NO' AND column_default IS NULL AND extra NOT LIKE '%auto_increment%' AND extra NOT LIKE '%GENERATED%' FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"));
  const keys = groupByTable(
    await connection.rows("SELECT table_name, index_name, GROUP_CONCAT(column_name ORDER BY seq_in_index SEPARATOR 0x0a), SUM(column_name IS NULL OR sub_part IS NOT NULL) FROM information_schema.statistics WHERE table_schema = DATABASE() AND non_unique = 0 GROUP BY table_name, index_name"),
  );
  const looks: TableLook[] = [];
  for (const [name = null, type = null, rows = null, bytes = null] of tables) {
    const isView = /view/i.test(type ?? "");
    const unique = (keys.get(name ?? "") ?? []).filter(([, , , partial]) => partial === "0").map(([, index, names]) => ({ index, columns: (names ?? "").split("\n") }));
    looks.push({
      name: name ?? "",
      isView,
      columns: (columns.get(name ?? "") ?? []).map(([, column, declared, mustBeGiven]) => ({ name: column ?? "", type: declared ?? "", mustBeGiven: mustBeGiven === "1" })),
      primaryKey: unique.find(({ index }) => index === "PRIMARY")?.columns ?? [],
      uniqueKeys: unique.map((key) => key.columns),
      ...(isView ? { rows: null, isEstimate: false } : await countTable(connection, name ?? "", Number(rows), Number(bytes))),
    });
  }
  return looks;
}

async function countTable(connection: MysqlConnection, name: string, estimate: number, bytes: number): Promise<Pick<TableLook, "rows" | "isEstimate">> {
  if (bytes > countedBytes) return { rows: estimate, isEstimate: true };
  try {
    const [[count = null] = []] = await connection.rows(`SELECT count(*) FROM ${quoteMysqlName(name)}`);
    return { rows: Number(count), isEstimate: false };
  } catch (error) {
    // The catalogue also shows tables that this user may only write, and damaged ones.
    if (isConnectionLost(error)) throw error;
    return { rows: null, isEstimate: false };
  }
}

function groupByTable(rows: readonly (readonly Cell[])[]): ReadonlyMap<string, readonly (readonly Cell[])[]> {
  const groups = new Map<string, (readonly Cell[])[]>();
  for (const row of rows) groups.set(row[0] ?? "", [...(groups.get(row[0] ?? "") ?? []), row]);
  return groups;
}
