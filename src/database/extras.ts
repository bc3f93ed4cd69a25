import type { MemberRow } from "../core/member.ts";
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

/** What a lookup found, by member id: the texts of its columns. */
export type LookedUp = ReadonlyMap<string, readonly (string | null)[]>;

/** Rows of member id, number of rows and texts, as a lookup's own statement gives them. */
export function decodeLookedUp(rows: readonly (readonly unknown[])[]): LookedUp {
  return new Map(rows.map(([member, count, ...texts]) => [String(member), Number(count) > 1 ? texts.map(() => SEVERAL_ROWS) : texts.map(textOrNull)]));
}

/** The rows with their extras: `own[n]` are the texts of row n out of the member table, `found` what each lookup found. */
export function withExtras(rows: readonly MemberRow[], { count, own, lookups }: ExtraGroups, texts: readonly (readonly (string | null)[])[], found: readonly LookedUp[]): readonly MemberRow[] {
  return rows.map((row, index) => {
    const extras = new Array<string | null>(count).fill(null);
    own.forEach(({ at }, nth) => (extras[at] = textOrNull(texts[index]?.[nth])));
    lookups.forEach(({ columns }, nth) => {
      const values = found[nth]?.get(row.id);
      if (values !== undefined) columns.forEach(({ at }, column) => (extras[at] = values[column] ?? null));
    });
    return { ...row, extras };
  });
}

function textOrNull(text: unknown): string | null {
  return text === null || text === undefined || text === "" ? null : String(text);
}
