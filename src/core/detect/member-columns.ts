import { type Contents, readContents } from "./contents.ts";
import { type SampledTable, valuesOf } from "./look.ts";
import { MEMBER_ROLES, type MemberRole, readNameFor } from "./names.ts";

/** Where a value of a member is proposed to come from. */
export type ProposedColumn = { readonly column: string; readonly by: "name" | "content" } | { readonly sql: string };

/** A column that is named like a key and holds something else than its values. */
export interface UnreadColumn {
  readonly role: MemberRole;
  readonly column: string;
  /** `digest`: 256 or 512 bits; `flag`: yes or no where a time is needed; `other`: encrypted, or another thing. */
  readonly holds: "digest" | "flag" | "other";
}

interface MemberColumnsFound {
  readonly columns: Readonly<Partial<Record<MemberRole, ProposedColumn>>>;
  readonly unread: readonly UnreadColumn[];
}

/** From this share of the filled values on, a column holds what it is thought to hold. */
const enough = 0.5;
/** A column with another name is taken by its content alone only if hardly anything else is in it. */
const byContent = 0.8;
/** Of a CI nothing else has the form. */
const byContentCi = 0.5;

interface Candidate {
  readonly column: string;
  readonly named: 0 | 1 | 2;
  readonly fits: "yes" | "empty" | "no";
  readonly share: number;
  readonly contents: Contents;
  readonly filled: number;
}

/** Which column of a table is each of the member's values, by name and by content. */
export function findMemberColumns(table: SampledTable): MemberColumnsFound {
  const contents = new Map(table.columns.map(({ name }) => [name, readContents(valuesOf(table, name))]));
  const columns: Partial<Record<MemberRole, ProposedColumn>> = {};
  const unread: UnreadColumn[] = [];
  const taken = new Set<string>();
  for (const role of MEMBER_ROLES) {
    const candidates = table.columns.flatMap((column) => (taken.has(column.name) ? [] : [look(role, column, contents.get(column.name))]));
    const best = candidates.filter((candidate) => isTaken(role, candidate)).sort(better)[0];
    if (best !== undefined) {
      columns[role] = { column: best.column, by: best.named > 0 ? "name" : "content" };
      taken.add(best.column);
      continue;
    }
    const named = candidates.find((candidate) => candidate.named === 2 && candidate.fits === "no");
    if (named !== undefined) unread.push({ role, column: named.column, holds: holdsInstead(named.contents) });
  }
  return { columns, unread };
}

function look(role: MemberRole, column: { readonly name: string; readonly type: string }, contents: Contents = readContents([])): Candidate {
  const share = shareFor(role, contents);
  const isWrongType = isTime(role) && /^bool|^tinyint\(1\)/.test(column.type);
  const fits = isWrongType ? "no" : contents.filled === 0 ? "empty" : share >= enough ? "yes" : "no";
  return { column: column.name, named: readNameFor(role, column.name), fits, share, contents, filled: contents.filled };
}

function isTaken(role: MemberRole, { named, fits, share }: Candidate): boolean {
  // An empty column is what its name says; one that only suggests it may be anything.
  if (fits === "empty") return named === 2;
  if (fits === "no") return false;
  if (named > 0) return true;
  return (role === "ci" && share >= byContentCi) || ((role === "phone" || role === "email") && share >= byContent);
}

/** A column with values before an empty one, then the better name, then more values. */
function better(left: Candidate, right: Candidate): number {
  const rank = ({ fits, named, filled }: Candidate): readonly number[] => [fits === "yes" ? 1 : 0, named, filled];
  const [mine, other] = [rank(left), rank(right)];
  return mine.map((value, at) => (other[at] ?? 0) - value).find((difference) => difference !== 0) ?? 0;
}

function shareFor(role: MemberRole, { share }: Contents): number {
  if (role === "birthdate") return share.date;
  // Zero dates are how some databases write "never".
  if (isTime(role)) return share.time + share.zeroDate;
  return share[role];
}

function isTime(role: MemberRole): role is "phoneVerifiedAt" | "emailVerifiedAt" | "lastLoginAt" {
  return role === "phoneVerifiedAt" || role === "emailVerifiedAt" || role === "lastLoginAt";
}

function holdsInstead({ share }: Contents): UnreadColumn["holds"] {
  if (share.digest >= enough) return "digest";
  return share.flag >= enough ? "flag" : "other";
}

/** The column that names a member: the primary key, else a unique index of one column; undefined where neither is of one column. */
export function findIdColumn(table: SampledTable): string | undefined {
  const [only] = table.primaryKey;
  if (only !== undefined && table.primaryKey.length === 1) return only;
  const keys = table.uniqueKeys.flatMap((columns) => (columns.length === 1 ? columns : []));
  const named = keys.find((column) => readNameFor("memberId", column) === 2) ?? keys.find((column) => readNameFor("email", column) === 0 && readNameFor("phone", column) === 0 && readNameFor("ci", column) === 0);
  if (named !== undefined || table.uniqueKeys.length > 0) return named;
  // A dump or a view has no indexes: a column called id whose values differ.
  return table.columns.find(({ name }) => /^(?:id|no|idx|seq|.*_(?:id|no|idx|seq)|회원번호|아이디)$/i.test(name) && differ(valuesOf(table, name)))?.name;
}

function differ(values: readonly (string | null)[]): boolean {
  const filled = values.filter((value) => value !== null && value !== "");
  return filled.length === values.length && values.length > 0 && new Set(filled).size >= filled.length / 2;
}
