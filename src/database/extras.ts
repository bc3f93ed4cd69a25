import type { MemberRow } from "../core/member.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { type ColumnSource, type ExtraSource, SEVERAL_ROWS, type ValueColumn } from "./service-database.ts";
import { VALUE_COLUMNS } from "./member-row.ts";

/** Rows that are read at once where a lookup has no index on its member: the whole table is then gone through once for so many members. */
export const WIDE_PAGE = 50_000;

/** An extra of the member table itself. */
export type OwnExtra = Exclude<ExtraSource, { readonly kind: "lookup" }>;

/** Lookups into one table by one column with one condition: they are read together. */
export interface LookupGroup {
  readonly table: string;
  readonly memberId: string;
  readonly where: string | undefined;
  /** `at` is the place among the extras. */
  readonly columns: readonly { readonly at: number; readonly name: string; readonly source: ColumnSource }[];
}

/** The extras of one reading, by where they are read from. */
export interface ExtraGroups {
  readonly count: number;
  readonly own: readonly { readonly at: number; readonly extra: OwnExtra }[];
  readonly lookups: readonly LookupGroup[];
}

export function groupExtras(extras: readonly ExtraSource[]): ExtraGroups {
  const own: { at: number; extra: OwnExtra }[] = [];
  const lookups = new Map<string, LookupGroup & { readonly columns: { at: number; name: string; source: ColumnSource }[] }>();
  extras.forEach((extra, at) => {
    if (extra.kind !== "lookup") {
      own.push({ at, extra });
      return;
    }
    const { table, memberId, where, name, column: source } = extra;
    const key = JSON.stringify([table, memberId, where ?? null]);
    const group = lookups.get(key) ?? { table, memberId, where, columns: [] };
    group.columns.push({ at, name, source });
    lookups.set(key, group);
  });
  return { count: extras.length, own, lookups: [...lookups.values()] };
}

/** Columns of the member table that extras name. */
export function listOwnColumns({ own }: ExtraGroups): string[] {
  return own.flatMap(({ extra }) => (extra.kind === "column" ? [extra.column] : []));
}

/** Columns of its table that a lookup names. */
export function listLookupColumns({ memberId, columns }: LookupGroup): string[] {
  return [memberId, ...columns.flatMap(({ source }) => (source.kind === "column" ? [source.column] : []))];
}

/** The operator's SQL in extras of the member table, by the configuration key it stands under. */
export function listOwnSql({ own }: ExtraGroups): { readonly name: string; readonly sql: string; readonly isCondition: boolean }[] {
  return own.flatMap(({ extra }) => (extra.kind === "column" ? [] : [{ name: extra.name, sql: extra.sql, isCondition: extra.kind === "condition" }]));
}

/** The operator's SQL in a lookup; its condition stands beside the first of its columns. */
export function listLookupSql({ where, columns }: LookupGroup): { readonly name: string; readonly sql: string; readonly isCondition: boolean }[] {
  const [first] = columns;
  const condition = where === undefined || first === undefined ? [] : [{ name: `${first.name.replace(/\.[^.]*$/, "")}.where`, sql: where, isCondition: true }];
  return [...condition, ...columns.flatMap(({ name, source }) => (source.kind === "sql" ? [{ name, sql: source.sql, isCondition: false }] : []))];
}

/** The SQL of the values, without those that are not wished for. */
export function chooseValues<Sql>(values: readonly (Sql | null)[], wished: readonly ValueColumn[] | undefined): readonly (Sql | null)[] {
  return wished === undefined ? values : values.map((sql, at) => (wished.some((name) => name === VALUE_COLUMNS[at]) ? sql : null));
}

/** Parts of the statement that `strayRowsSql` makes: each a text, its spelling that case, blanks around it and zeros in front do not change, and the rows. */
interface Spelled {
  readonly text: string;
  readonly spelling: string;
  /** `FROM …`, with a condition that leaves out NULL. */
  readonly from: string;
}

/**
 * Counts the rows of a lookup that are no member's, and would be one's under another spelling. Both tables are gone through once and grouped, so that no engine joins
 * expressions row by row. `hint` stands behind the SELECT of each grouping.
 */
export function strayRowsSql(members: Spelled, rows: Spelled, hint = ""): string {
  const select = ({ text, spelling, from }: Spelled, isMember: 0 | 1): string => `SELECT ${text} AS kakao_sync_text, ${spelling} AS kakao_sync_spelling, ${isMember} AS kakao_sync_member, ${1 - isMember} AS kakao_sync_row ${from}`;
  const byText = `SELECT ${hint} MIN(kakao_sync_spelling) AS kakao_sync_spelling, MAX(kakao_sync_member) AS kakao_sync_member, SUM(kakao_sync_row) AS kakao_sync_rows FROM (${select(members, 1)} UNION ALL ${select(rows, 0)}) AS kakao_sync_all GROUP BY kakao_sync_text`;
  const bySpelling = `SELECT ${hint} MAX(kakao_sync_member) AS kakao_sync_member, SUM(CASE WHEN kakao_sync_member = 0 THEN kakao_sync_rows ELSE 0 END) AS kakao_sync_strays FROM (${byText}) AS kakao_sync_texts GROUP BY kakao_sync_spelling`;
  return `SELECT COALESCE(SUM(kakao_sync_strays), 0) FROM (${bySpelling}) AS kakao_sync_spellings WHERE kakao_sync_member = 1`;
}

/** Throws StartError `member-ids-spelled` where there are such rows: what they say, a refusal above all, would be lost. */
export function refuseStrayRows(strays: number, table: string, member: string, id: string): void {
  if (strays === 0) return;
  throw new StartError({
    code: "member-ids-spelled",
    message:
      strays === 1
        ? say`1 row of ${table} are nobody's, because ${member} is spelled otherwise than ${id}: capital letters, blanks or zeros in front. A refusal among them would be lost.`
        : say`${strays.toLocaleString("en-US")} rows of ${table} are nobody's, because ${member} is spelled otherwise than ${id}: capital letters, blanks or zeros in front. A refusal among them would be lost.`,
    hint: "Correct the ids in these rows; or name a view that spells them as the member table does.",
  });
}

/** What a lookup found, by member id: the texts of its columns. */
export type LookedUp = ReadonlyMap<string, readonly (string | null)[]>;

/** Rows of member id, number of rows and texts, as a lookup's own statement gives them. */
export function decodeLookedUp(rows: readonly (readonly unknown[])[]): LookedUp {
  return new Map(rows.map(([member, count, ...texts]) => [String(member), Number(count) > 1 ? texts.map(() => SEVERAL_ROWS) : texts.map(textOrNull)]));
}

/** Gives rows that nobody else has yet their extras: `texts[n]` are those of row n out of the member table, `found` what each lookup found. */
export function putExtras(rows: readonly MemberRow[], groups: ExtraGroups, texts: readonly (readonly (string | null)[])[], found: readonly LookedUp[]): readonly MemberRow[] {
  for (const [index, row] of rows.entries()) {
    // Written into the row: a copy of each would take longer than all the rest.
    const target: { extras?: readonly (string | null)[] } = row;
    target.extras = arrange(groups, texts[index] ?? [], found, row.id);
  }
  return rows;
}

function arrange({ count, own, lookups }: ExtraGroups, texts: readonly (string | null)[], found: readonly LookedUp[], id: string): (string | null)[] {
  const extras = new Array<string | null>(count).fill(null);
  for (let nth = 0; nth < own.length; nth += 1) extras[own[nth]?.at ?? 0] = texts[nth] || null;
  for (let nth = 0; nth < lookups.length; nth += 1) {
    const values = found[nth]?.get(id);
    if (values !== undefined) lookups[nth]?.columns.forEach(({ at }, column) => (extras[at] = values[column] ?? null));
  }
  return extras;
}

function textOrNull(text: unknown): string | null {
  return text === null || text === undefined || text === "" ? null : String(text);
}
