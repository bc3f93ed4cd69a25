import type { Context } from "../../context.ts";
import type { SampledTable } from "../../core/detect/look.ts";
import { newLinkColumn, type UsableLink } from "../../core/detect/links.ts";
import { MEMBER_ROLES, type MemberRole } from "../../core/detect/names.ts";
import { propose, type Proposal } from "../../core/detect/propose.ts";
import type { DatabaseExplorer } from "../../database/explore.ts";
import { say } from "../../say.ts";
import type { Looked } from "./init-look.ts";
import { measure, type Measured } from "./init-measure.ts";
import { sayRows, tellColumns } from "./init-tell.ts";
import { describeLink } from "./init-words.ts";

/** A proposal as it was agreed upon, with what its columns are worth. */
export interface Agreed {
  readonly proposal: Proposal;
  readonly measured: readonly Measured[];
}

/** The member table: the likeliest one, or at a terminal the one that is chosen. */
export async function chooseTable({ terminal }: Context, { candidates }: Looked, isNamed: boolean): Promise<SampledTable | undefined> {
  const [first] = candidates;
  if (first === undefined || isNamed || candidates.length === 1 || !terminal.interactive) return first;
  const choices = candidates.map((table) => ({ name: `${table.name}   (${tellRows(table)})`, value: table }));
  return terminal.choose("Which table holds the members?", choices);
}

function tellRows({ rows, isEstimate, isView }: SampledTable): string {
  const counted = sayRows(rows, isEstimate);
  return isView ? say`view, ${counted}` : counted;
}

/** Shows what each column is worth, and lets a person at the terminal change any of them until all are taken. */
export async function agreeOnColumns(context: Context, explorer: DatabaseExplorer, looked: Looked, table: SampledTable): Promise<Agreed> {
  let proposal = propose(looked, table);
  for (;;) {
    const measured = await measure(context, explorer, table, proposal.columns);
    tellColumns(context, table, proposal, measured);
    const role = await context.terminal.choose<MemberRole | "take">("Columns", [
      { name: "take them", value: "take" },
      ...MEMBER_ROLES.map((one) => ({ name: say`change ${one}   (${describe(proposal, one)})`, value: one })),
    ]);
    if (role === undefined || role === "take") return { proposal, measured };
    proposal = { ...proposal, columns: await changeColumn(context, table, proposal, role) };
  }
}

function describe({ columns }: Proposal, role: MemberRole): string {
  const column = columns[role];
  return column === undefined ? say`none` : "sql" in column ? say`an expression` : column.column;
}

async function changeColumn({ terminal }: Context, table: SampledTable, { columns }: Proposal, role: MemberRole): Promise<Proposal["columns"]> {
  const { [role]: before, ...others } = columns;
  const name = await terminal.choose(`members.${role}`, [{ name: "none", value: "" }, ...table.columns.map((column) => ({ name: `${column.name}   ${column.type}`, value: column.name }))], before === undefined || "sql" in before ? "" : before.column);
  return name === undefined || name === "" ? others : { ...others, [role]: { column: name, by: "name" } };
}

/** Where links are: as proposed, or at a terminal another column. Undefined where it is left to be completed. */
export async function agreeOnLink({ terminal }: Context, table: SampledTable, { link }: Proposal): Promise<UsableLink | undefined> {
  const usable = link.kind === "column" || link.kind === "table" ? link : undefined;
  if (!terminal.interactive) return usable;
  terminal.note(say`Kakao ids: ${describeLink(link, table.name)}.`);
  const chosen = await terminal.choose<"take" | "column" | "new" | "leave">("Where are the Kakao ids stored, or to be stored?", [
    ...(usable === undefined ? [] : [{ name: "there", value: "take" } as const]),
    { name: "leave it: I complete it in the file", value: "leave" },
    { name: "in another column of the member table", value: "column" },
    { name: say`in a new column ${newLinkColumn} of the member table`, value: "new" },
  ]);
  if (chosen === "new") return { kind: "column", column: newLinkColumn, isNew: true };
  if (chosen === "leave") return undefined;
  if (chosen !== "column") return usable;
  const column = await terminal.choose("link.column", table.columns.map(({ name, type }) => ({ name: `${name}   ${type}`, value: name })));
  return column === undefined ? undefined : { kind: "column", column, isNew: false };
}

/** Asks whether every number, or address, was verified by the service; without a terminal nobody says so. */
export async function askVerified({ terminal }: Context, { columns }: Proposal, key: "phone" | "email"): Promise<boolean> {
  if (columns[key] === undefined || columns[`${key}VerifiedAt`] !== undefined) return false;
  return (await terminal.confirm(key === "phone" ? "Was every phone number verified at sign-up (a code, an identity check)?" : "Was every e-mail address verified at sign-up (a link, a code)?")) === "yes";
}

/** The app's number; undefined where it is left to be completed. */
export async function askAppId({ terminal }: Context): Promise<string | undefined> {
  const typed = await terminal.askText("App id, from App > App keys in Kakao's console (Enter alone: later)", { refuse: (answer) => (answer === "" || isAppId(answer) ? undefined : "It is a number, like 424242.") });
  return typed === undefined || typed === "" ? undefined : typed;
}

export function isAppId(text: string): boolean {
  return /^[1-9]\d{0,14}$/.test(text);
}

/** The channel's public id, asked only where consents were found. */
export async function askChannel({ terminal }: Context, { consents }: Proposal): Promise<string | undefined> {
  if (consents.agreed === undefined || consents.agreedAt === undefined) return undefined;
  if (terminal.interactive) terminal.note(say`${consents.agreed} and ${consents.agreedAt} look like consent to advertising, and when: customer files for a Kakao Talk Channel can be made of it.`);
  const typed = await terminal.askText("Public id of the channel, like _Abcd (Enter alone: later)");
  return typed === undefined || typed === "" ? undefined : typed;
}
