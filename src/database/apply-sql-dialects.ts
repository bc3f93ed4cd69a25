import { StartError } from "../errors.ts";
import { quoteName } from "./table-map.ts";

/** For which server the SQL file is written. */
export const SQL_DIALECTS = ["postgres", "mysql", "mariadb"] as const;
export type SqlDialect = (typeof SQL_DIALECTS)[number];

/** What the dialects say differently. Expressions and names come quoted. */
export interface SqlWords {
  readonly command: string;
  quote(name: string): string;
  /** A literal. */
  text(value: string): string;
  /** A column that holds this text, letter by letter; an index on the column serves. */
  same(column: string, value: string): string;
  /** A value as text; NULL as empty text. */
  orEmpty(value: string): string;
  /** SHA-256 in hexadecimal of texts with U+001F between them. */
  digest(texts: readonly string[]): string;
  noRow(table: string, condition: string): string;
  readonly now: string;
  readonly begin: string;
  /** What is set before the first transaction. */
  prepare(timeZone: string, now: Date): readonly string[];
  /** Adds what the query counts. */
  tally(query: string): string;
  result(changes: number): string;
}

const postgres: SqlWords = {
  command: "psql -q -v ON_ERROR_STOP=1 -f apply.sql DATABASE",
  quote: quoteName,
  text: (value) => `'${refuseZero(value).replaceAll("'", "''")}'`,
  same: (column, value) => `${column} = ${postgres.text(value)} AND ${column}::text = ${postgres.text(value)}`,
  orEmpty: (value) => `COALESCE((${value})::text, '')`,
  digest: (texts) => `encode(sha256(convert_to(${texts.join(" || chr(31) || ")}, 'UTF8')), 'hex')`,
  noRow: (table, condition) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE ${condition})`,
  now: "LOCALTIMESTAMP(0)",
  begin: "BEGIN;",
  prepare: (timeZone) => ["SET client_encoding = 'UTF8';", "SET standard_conforming_strings = on;", "SET datestyle = 'ISO, YMD';", `SET TIME ZONE ${postgres.text(timeZone)};`, "SET kakao_sync.linked = '0';"],
  tally: (query) => `DO $kakao_sync$BEGIN PERFORM set_config('kakao_sync.linked', (current_setting('kakao_sync.linked')::bigint + (${query}))::text, false); END$kakao_sync$;`,
  result: (changes) => `SELECT ${changes} AS planned, current_setting('kakao_sync.linked') AS linked_now;`,
};

const mysql: SqlWords = {
  command: "mysql DATABASE < apply.sql",
  quote: (name) => `\`${quoteName(name).slice(1, -1).replaceAll('""', '"').replaceAll("`", "``")}\``,
  // Whether a backslash escapes depends on the server's mode: such texts go as bytes.
  text: (value) => (/^[^'\\\p{Cc}]*$/u.test(value) ? `'${value}'` : `CONVERT(X'${Buffer.from(refuseZero(value)).toString("hex")}' USING utf8mb4)`),
  same: (column, value) => `${column} = ${mysql.text(value)} AND CONVERT(${column} USING utf8mb4) = ${mysql.text(value)} COLLATE utf8mb4_bin`,
  orEmpty: (value) => `COALESCE(CONVERT(${value} USING utf8mb4), '')`,
  digest: (texts) => `SHA2(CONCAT_WS(CHAR(31 USING utf8mb4), ${texts.join(", ")}), 256)`,
  // A table that is being changed may be read only through a derived table that is made first.
  noRow: (table, condition) => `NOT EXISTS (SELECT 1 FROM (SELECT 1 AS one FROM ${table} WHERE ${condition} LIMIT 1) AS held)`,
  now: "NOW()",
  begin: "START TRANSACTION;",
  prepare: (timeZone, now) => ["SET NAMES utf8mb4;", "SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@SESSION.sql_mode, ''), 'STRICT_ALL_TABLES');", `SET SESSION time_zone = '${offsetOf(timeZone, now)}';`, "SET @kakao_sync_linked = 0;"],
  tally: (query) => `SET @kakao_sync_linked = @kakao_sync_linked + (${query});`,
  result: (changes) => `SELECT ${changes} AS planned, @kakao_sync_linked AS linked_now;`,
};

export const dialects: Readonly<Record<SqlDialect, SqlWords>> = { postgres, mysql, mariadb: { ...mysql, command: "mariadb DATABASE < apply.sql" } };

/** `+09:00`: servers know names of zones only where somebody has loaded them. */
function offsetOf(timeZone: string, now: Date): string {
  const name = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(now).find(({ type }) => type === "timeZoneName")?.value ?? "";
  return name.replace(/^GMT/, "") || "+00:00";
}

function refuseZero(value: string): string {
  if (!value.includes("\0")) return value;
  throw new StartError({ code: "database-literal", message: "A member id or a literal holds a zero byte: it cannot stand in SQL.", hint: "Look at the ids of the dump and at link.fixed and link.set." });
}
