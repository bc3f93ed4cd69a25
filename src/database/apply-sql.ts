import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";
import { dialects, type SqlDialect, type SqlWords } from "./apply-sql-dialects.ts";
import type { FixedValues, LinkTable, MemberColumns, ServiceDatabaseMap, SetValue } from "./service-database.ts";
import { splitTable } from "./table-map.ts";

/** One planned change for the file: the member as the dump has it, and the id that its link is to become (null: empty). */
export interface SqlChange {
  readonly row: MemberRow;
  readonly from: KakaoId | null;
  readonly to: KakaoId | null;
  /** The key that decided. */
  readonly by: string;
}

export interface SqlScriptOptions {
  readonly dialect: SqlDialect;
  readonly map: ServiceDatabaseMap;
  /** `link.set` with `now` is written on its clock. */
  readonly timeZone: string;
  readonly now: Date;
}

/** The text of a file that makes planned changes; every statement carries the conditions under which it was planned. */
export interface SqlScript {
  begin(run: string, changes: number): string;
  /** One transaction. */
  batch(changes: readonly SqlChange[]): string;
  end(changes: number): string;
}

/** The columns whose values a decision used; see the digest below. */
const usedColumns = ["ci", "phone", "email", "name", "birthdate"] as const;
const separator = "\u001f";

/**
 * Starts the SQL for a DBA. Values are compared as one SHA-256 a member that the database computes itself, over a salt of this file, the member's id and all used
 * values: nothing in the file is a value, and equal values of two members do not show. A value that is NULL in the dump may be empty text in the database.
 */
export function createSqlScript({ dialect, map, timeZone, now }: SqlScriptOptions): SqlScript {
  const words = dialects[dialect];
  const salt = randomBytes(16).toString("hex");
  const script = new Statements(words, map, salt);
  return {
    begin: (run, changes) => `${describeFile(dialect, words, run, changes)}\n${words.prepare(timeZone, now).join("\n")}\n`,
    batch: (changes) => [words.begin, ...changes.flatMap((change) => script.change(change)), ...script.tally(changes), "COMMIT;", ""].join("\n"),
    end: (changes) => `${words.result(changes)}\n`,
  };
}

function describeFile(dialect: SqlDialect, words: SqlWords, run: string, changes: number): string {
  return [
    `-- kakao-sync, run ${run}: ${changes} planned changes of Kakao links, for ${dialect}.`,
    `-- Run it with: ${words.command}`,
    "-- Each statement repeats the conditions of the plan: the link is as planned, nobody holds the Kakao id, the member fulfils the same conditions, and a digest of",
    "-- the used values, which the database computes, is the same. A row of which that is no longer true is skipped; the next plan takes it up.",
    "-- A unique index on the Kakao id (in a link table also on the member) must be there first: without one, two sessions could write one id at the same time.",
    "-- Transactions hold 1,000 changes at most. The file can be run again: what is done is skipped. The last line counts how many of the ids are linked then.",
  ].join("\n");
}

class Statements {
  readonly #words: SqlWords;
  readonly #map: ServiceDatabaseMap;
  readonly #salt: string;

  constructor(words: SqlWords, map: ServiceDatabaseMap, salt: string) {
    this.#words = words;
    this.#map = map;
    this.#salt = salt;
  }

  change(change: SqlChange): string[] {
    const { link } = this.#map;
    if (link.kind === "table") return this.#changeTable(link, change);
    const columns = this.#columnsOf(change.row.place);
    const column = this.#words.quote(this.#linkColumn(change.row.place));
    const sets = change.to === null ? [`${column} = NULL`] : [`${column} = '${change.to}'`, ...(change.row.place === 0 ? this.#fill(link.set).map(([name, value]) => `${name} = ${value}`) : [])];
    return [`UPDATE ${this.#table(columns.table)} SET ${sets.join(", ")} WHERE ${[...this.#isMember(change), this.#holds(column, change.from), ...this.#isFree(change.to)].join(" AND ")};`];
  }

  /** Adds to the count of linked ids. */
  tally(changes: readonly SqlChange[]): string[] {
    const ids = changes.flatMap(({ to }) => (to === null ? [] : `'${to}'`)).join(", ");
    if (ids === "") return [];
    const { link } = this.#map;
    const counted = link.kind === "table" ? ` AND ${this.#counted(link)}` : "";
    return this.#linkColumns().map(({ table, column }) => this.#words.tally(`SELECT COUNT(*) FROM ${table} WHERE ${column} IN (${ids})${counted}`));
  }

  #changeTable(link: LinkTable, change: SqlChange): string[] {
    const { quote } = this.#words;
    const { row, from, to } = change;
    const table = this.#table(link.table);
    const kakao = quote(link.kakaoId);
    const own = `${this.#words.same(quote(link.memberId), row.id)} AND ${this.#counted(link)}`;
    const member = `${this.#isMember(change).join(" AND ")}`;
    const isThere = `EXISTS (SELECT 1 FROM ${this.#table(this.#columnsOf(row.place).table)} WHERE ${member})`;
    if (to === null) {
      const holds = `${own} AND ${this.#holds(kakao, from)} AND ${isThere}`;
      return [link.cleared === undefined ? `DELETE FROM ${table} WHERE ${holds};` : `UPDATE ${table} SET ${this.#fill(link.cleared).map(([name, value]) => `${name} = ${value}`).join(", ")} WHERE ${holds};`];
    }
    const set = this.#fill(link.set);
    const filled = this.#fill(link.set, (value) => value !== "now").map(([name, value]) => `${name} = COALESCE(${name}, ${value})`);
    const onlyOne = `(SELECT COUNT(*) FROM (SELECT 1 AS one FROM ${table} WHERE ${own}) AS own) = 1`;
    const values: [string, string][] = [...set, ...Object.entries(link.fixed).map(([name, value]): [string, string] => [quote(name), this.#literal(value)]), [quote(link.memberId), this.#words.text(row.id)], [kakao, `'${to}'`]];
    const isEmpty = [own, this.#holds(kakao, null), onlyOne, isThere, ...this.#isFree(to)].join(" AND ");
    return [
      // A time goes into columns of many types, which COALESCE would have to be of one type with: it is filled by a statement of its own.
      ...this.#fill(link.set, (value) => value === "now").map(([name, value]) => `UPDATE ${table} SET ${name} = ${value} WHERE ${isEmpty} AND ${name} IS NULL;`),
      `UPDATE ${table} SET ${[`${kakao} = '${to}'`, ...filled].join(", ")} WHERE ${isEmpty};`,
      `INSERT INTO ${table} (${values.map(([name]) => name).join(", ")}) SELECT ${values.map(([, value]) => value).join(", ")} FROM ${this.#table(this.#columnsOf(row.place).table)} WHERE ${[member, this.#words.noRow(table, own), ...this.#isFree(to)].join(" AND ")};`,
    ];
  }

  /** The member as it was planned. Members of the further tables have no conditions. */
  #isMember({ row, by }: SqlChange): string[] {
    const columns = this.#columnsOf(row.place);
    return [this.#words.same(this.#words.quote(columns.id), row.id), ...(row.place === 0 ? this.#fulfils(row) : []), ...this.#isVerified(columns, row, by), this.#sameValues(columns, row)];
  }

  #fulfils(row: MemberRow): string[] {
    const { where, withdrawn, blocked, protected: guarded } = this.#map.members;
    const is = (sql: string | undefined, truth: boolean): string[] => (sql === undefined ? [] : [`(\n${sql}\n) IS ${truth ? "" : "NOT "}TRUE`]);
    return [...is(where.trim().toLowerCase() === "all" ? undefined : where, row.state === "live"), ...is(withdrawn, row.state === "withdrawn"), ...is(blocked, row.blocked), ...is(guarded, row.protected)];
  }

  /** When a number or address was verified is written in many ways; that it was must still be so. */
  #isVerified(columns: MemberColumns, row: MemberRow, by: string): string[] {
    const source = by === "phone" ? columns.phoneVerifiedAt : by === "email" ? columns.emailVerifiedAt : undefined;
    const value = by === "phone" ? row.phoneVerifiedAt : row.emailVerifiedAt;
    return source === undefined || value === null ? [] : [`${this.#source(source)} IS NOT NULL`];
  }

  #sameValues(columns: MemberColumns, row: MemberRow): string {
    const used = usedColumns.flatMap((name) => (columns[name] === undefined ? [] : [{ source: columns[name], value: row[name] }]));
    const digest = createHash("sha256").update([this.#salt, row.id, ...used.map(({ value }) => value ?? "")].join(separator)).digest("hex");
    return `${this.#words.digest([this.#words.text(this.#salt), this.#words.text(row.id), ...used.map(({ source }) => this.#words.orEmpty(this.#source(source)))])} = '${digest}'`;
  }

  #holds(column: string, id: KakaoId | null): string {
    return id === null ? `${this.#words.orEmpty(column)} IN ('', '0')` : this.#words.same(column, id);
  }

  #isFree(id: KakaoId | null): string[] {
    return id === null ? [] : this.#linkColumns().map(({ table, column }) => this.#words.noRow(table, `${column} = '${id}'`));
  }

  /** Every column that can hold a link, with its table. */
  #linkColumns(): { readonly table: string; readonly column: string }[] {
    const { link, members, also } = this.#map;
    if (link.kind === "table") return [{ table: this.#table(link.table), column: this.#words.quote(link.kakaoId) }];
    const columns = [{ table: members.table, column: link.column }, ...also.flatMap(({ table, kakaoId }) => (kakaoId === undefined ? [] : [{ table, column: kakaoId }]))];
    return columns.map(({ table, column }) => ({ table: this.#table(table), column: this.#words.quote(column) }));
  }

  #linkColumn(place: number): string {
    const { link, also } = this.#map;
    const column = place === 0 && link.kind === "column" ? link.column : also[place - 1]?.kakaoId;
    if (column === undefined) throw new Error(`place ${place} has no link column`);
    return column;
  }

  #counted(link: LinkTable): string {
    const fixed = (values: FixedValues): string[] => Object.entries(values).map(([name, value]) => `${this.#words.quote(name)} ${value === null ? "IS NULL" : `= ${this.#literal(value)}`}`);
    return [...fixed(link.fixed), ...(link.where === undefined ? [] : [`(\n${link.where}\n) IS TRUE`]), "1 = 1"].join(" AND ");
  }

  #fill(set: Readonly<Record<string, SetValue>>, isWanted: (value: SetValue) => boolean = () => true): [string, string][] {
    const valueOf = (value: SetValue): string => (value === "now" ? this.#words.now : this.#literal(value === "uuid" ? randomUUID() : value.literal));
    return Object.entries(set).flatMap(([name, value]) => (isWanted(value) ? [[this.#words.quote(name), valueOf(value)]] : []));
  }

  /** Numbers go as text, too: the server brings it to the column's type, where a number beside a text column would be an error or another comparison. */
  #literal(value: string | number | null): string {
    return value === null ? "NULL" : this.#words.text(String(value));
  }

  #source(source: NonNullable<MemberColumns["ci"]>): string {
    return source.kind === "sql" ? `(\n${source.sql}\n)` : this.#words.quote(source.column);
  }

  #table(name: string): string {
    const { schema, table } = splitTable(name);
    return [...(schema === null ? [] : [schema]), table].map((part) => this.#words.quote(part)).join(".");
  }

  #columnsOf(place: number): MemberColumns {
    const columns = place === 0 ? this.#map.members : this.#map.also[place - 1];
    if (columns === undefined) throw new Error(`there is no place ${place}`);
    return columns;
  }
}
