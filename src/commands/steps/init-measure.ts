import type { Context } from "../../context.ts";
import type { SampledTable } from "../../core/detect/look.ts";
import { MEMBER_ROLES, type MemberRole } from "../../core/detect/names.ts";
import type { Proposal } from "../../core/detect/propose.ts";
import { readTime } from "../../core/keys.ts";
import { countUsable, type Usability } from "../../core/detect/usable.ts";
import type { DatabaseExplorer } from "../../database/explore.ts";
import { say } from "../../say.ts";

/** What the values of a proposed column are worth, with a few of them masked. */
export interface Measured extends Usability {
  readonly role: MemberRole;
  readonly from: string | { readonly sql: string };
  readonly examples: readonly string[];
}

/** Rows whose values are read, of both ends of a larger table. */
const measuredRows = 50_000;
const examplesShown = 2;

/** Reads the proposed columns as the matching itself would. Examples are masked, and only there for a person at a terminal. */
export async function measure(context: Context, explorer: DatabaseExplorer, table: SampledTable, columns: Proposal["columns"]): Promise<readonly Measured[]> {
  const roles = MEMBER_ROLES.flatMap((role) => {
    const column = columns[role];
    return column === undefined ? [] : [{ role, from: "sql" in column ? { sql: column.sql } : column.column }];
  });
  if (roles.length === 0) return [];
  const foreign = await context.foreignPhone();
  const rows = await explorer.sampleRows(table.name, { rows: measuredRows, columns: roles.map(({ from }) => from) });
  return roles.map(({ role, from }, at) => {
    const values = rows.map((row) => row[at] ?? null);
    return { role, from, ...countUsable(role, values, foreign), examples: context.terminal.showsExamples ? showSome(context, role, values) : [] };
  });
}

function showSome(context: Context, role: MemberRole, values: readonly (string | null)[]): readonly string[] {
  const some = [...new Set(values.flatMap((value) => (value === null || value.trim() === "" ? [] : [value])))].slice(0, examplesShown);
  if (role === "ci") return some.length === 0 ? [] : [say`never shown`];
  const none = { phone: null, email: null, name: null, birthdate: null };
  if (role === "phone" || role === "email" || role === "name" || role === "birthdate") return some.map((value) => context.showValues({ ...none, [role]: value })[role]);
  return some.map((value) => (readTime(value) ? value.slice(0, 10) : say`no time`));
}
