import { findConsents, type ProposedConsents } from "./consents.ts";
import { type FrameworkName, type FrameworkRemark, recogniseFramework } from "./frameworks.ts";
import { type ProposedLink, proposeLink } from "./links.ts";
import { findColumn, type SampledTable, type TableLook } from "./look.ts";
import { findIdColumn, findMemberColumns, type ProposedColumn, type UnreadColumn } from "./member-columns.ts";
import { isDormantTable, scoreMembers } from "./member-table.ts";
import { MEMBER_ROLES, type MemberRole } from "./names.ts";
import type { SqlEngine } from "./quote.ts";
import { type ProposedStates, proposeStates } from "./states.ts";

/** A further table of members, never live. */
interface ProposedAlso {
  readonly table: string;
  readonly id: string;
  readonly columns: Readonly<Partial<Record<MemberRole, ProposedColumn>>>;
}

/** What a database seems to say of the service's members. All of it is for the operator to judge. */
export interface Proposal {
  readonly framework: FrameworkName | null;
  readonly table: string;
  readonly id: string | undefined;
  readonly columns: Readonly<Partial<Record<MemberRole, ProposedColumn>>>;
  readonly unread: readonly UnreadColumn[];
  readonly states: ProposedStates;
  readonly link: ProposedLink;
  readonly consents: ProposedConsents;
  readonly also: readonly ProposedAlso[];
  readonly protected: string | undefined;
  readonly otherLogin: string | undefined;
  readonly remarks: readonly FrameworkRemark[];
}

/** What was looked into: the sampled tables, and what the catalogue says of all. */
export interface LookedInto {
  readonly engine: SqlEngine;
  readonly sampled: readonly SampledTable[];
  readonly all: readonly TableLook[];
}

/** Tables that may be the members', the likeliest first. */
export function listMemberTables({ engine, sampled, all }: LookedInto): readonly SampledTable[] {
  const known = recogniseFramework(sampled, all, engine)?.members;
  const scored = sampled.map((table) => ({ table, score: table.name === known ? 100 : scoreMembers(table) })).filter(({ score }) => score > 0);
  return scored.sort((left, right) => right.score - left.score || (right.table.rows ?? 0) - (left.table.rows ?? 0)).map(({ table }) => table);
}

/** The proposal for one member table. */
export function propose(looked: LookedInto, table: SampledTable): Proposal {
  const recognised = recogniseFramework(looked.sampled, looked.all, looked.engine);
  const framework = recognised?.members === table.name ? recognised : undefined;
  const { columns, unread } = findMemberColumns(without(table, framework?.not ?? []));
  const named = Object.entries(framework?.columns ?? {}).filter(([role, source]) => ("column" in source ? findColumn(table, source.column) !== undefined : !(role in columns)));
  return {
    framework: framework?.name ?? null,
    table: table.name,
    id: framework?.id ?? findIdColumn(table),
    columns: { ...columns, ...Object.fromEntries(named.map(([role, source]) => [role, "column" in source ? { ...source, by: "name" } : source])) },
    unread: unread.filter(({ role }) => framework?.columns?.[role] === undefined),
    states: proposeStates(table, looked.engine),
    link: framework?.link ?? proposeLink(table, looked.sampled),
    consents: findConsents(table),
    also: looked.sampled.flatMap((other) => readAlso(other, table)),
    protected: framework?.protected,
    otherLogin: framework?.otherLogin,
    remarks: framework?.remarks ?? [],
  };
}

function without(table: SampledTable, not: readonly string[]): SampledTable {
  const kept = table.columns.map(({ name }, at) => ({ name, at })).filter(({ name }) => !not.includes(name));
  if (kept.length === table.columns.length) return table;
  return { ...table, columns: table.columns.filter(({ name }) => !not.includes(name)), sample: table.sample.map((row) => kept.map(({ at }) => row[at] ?? null)) };
}

/** Dormant members that were moved to a table of the same kind. */
function readAlso(table: SampledTable, members: SampledTable): ProposedAlso[] {
  const id = findIdColumn(table);
  if (table.name === members.name || !isDormantTable(table) || table.isView || id === undefined) return [];
  const { columns } = findMemberColumns(table);
  return MEMBER_ROLES.slice(0, 3).some((role) => columns[role] !== undefined) ? [{ table: table.name, id, columns }] : [];
}
