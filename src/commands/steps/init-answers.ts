import { MEMBER_ROLES, type MemberRole } from "../../core/detect/names.ts";
import type { UsableLink } from "../../core/detect/links.ts";
import type { Proposal } from "../../core/detect/propose.ts";
import type { StarterAnswers, StarterColumn, StarterLink } from "../../config/starter.ts";
import { inEnglish } from "../../say.ts";
import type { Conditions } from "./init-conditions.ts";
import type { Measured } from "./init-measure.ts";
import { percent } from "./init-tell.ts";
import { explainUnread } from "./init-words.ts";

/** All that was found and said, for the file. */
export interface Found {
  readonly proposal: Proposal;
  readonly measured: readonly Measured[];
  readonly conditions: Conditions;
  readonly link: UsableLink | undefined;
  readonly phoneVerified: boolean;
  readonly emailVerified: boolean;
}

type FromDatabase = Omit<StarterAnswers, "environment" | "databaseUrl" | "appId" | "baseUrl" | "channel">;

/** What a database gives to the configuration: columns with their worth behind them, guesses as comments. */
export function toAnswers({ proposal, measured, conditions, link, phoneVerified, emailVerified }: Found): FromDatabase {
  const columns: Partial<Record<MemberRole, StarterColumn>> = {};
  for (const { role, from, rows, filled, usable } of measured) columns[role] = { from, note: `${isByContent(proposal, role) ? "told by its content alone; " : ""}filled in ${percent(filled, rows)}, usable in ${percent(usable, rows)} of the rows` };
  const { where, withdrawn, blocked } = proposal.states;
  return {
    table: proposal.table,
    ...(proposal.id === undefined ? {} : { id: proposal.id }),
    columns,
    leftOut: Object.fromEntries(proposal.unread.filter(({ role }) => columns[role] === undefined).map((unread) => [unread.role, inEnglish(() => explainUnread(unread))])),
    phoneVerified,
    emailVerified,
    conditions,
    proposed: given({ where, withdrawn, blocked, protected: proposal.protected, otherLogin: proposal.otherLogin }),
    also: proposal.also.map(({ table, id, columns: others }) => ({ table, id, columns: namesOf(others) })),
    ...(link === undefined ? {} : { link: toStarterLink(link) }),
  };
}

function isByContent({ columns }: Proposal, role: MemberRole): boolean {
  const column = columns[role];
  return column !== undefined && "by" in column && column.by === "content";
}

function toStarterLink(link: NonNullable<Found["link"]>): StarterLink {
  if (link.kind === "column") return { kind: "column", column: link.column, ...(link.isNew ? { note: "still to be added to the table: doctor prints the SQL" } : {}) };
  const { kind, table, memberId, kakaoId, fixed, set, isGuess } = link;
  return { kind, table, memberId, kakaoId, fixed, set, ...(isGuess ? { note: "no row names Kakao yet: is it spelled so?" } : {}) };
}

function namesOf(columns: Proposal["columns"]): Readonly<Record<string, string>> {
  return Object.fromEntries(MEMBER_ROLES.flatMap((role) => {
    const column = columns[role];
    return column === undefined || "sql" in column ? [] : [[role, column.column] as const];
  }));
}

function given<Key extends string>(values: Readonly<Record<Key, string | undefined>>): Partial<Record<Key, string>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<Record<Key, string>>;
}
