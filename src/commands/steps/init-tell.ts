import type { Context } from "../../context.ts";
import type { SampledTable } from "../../core/detect/look.ts";
import type { Proposal } from "../../core/detect/propose.ts";
import type { Inspection } from "../../database/service-database.ts";
import { say, translate } from "../../say.ts";
import type { Measured } from "./init-measure.ts";
import { explainUnread, frameworkNames, listRemarks } from "./init-words.ts";

/** The proposed columns as a table, and what the operator has to know beside them. */
export function tellColumns({ terminal }: Context, table: SampledTable, proposal: Proposal, measured: readonly Measured[]): void {
  const read = measured[0]?.rows ?? 0;
  const of = table.rows !== null && read < table.rows ? say`; values of ${read.toLocaleString("en-US")} rows, from both ends` : "";
  const framework = proposal.framework === null ? "" : ` (${translate(frameworkNames[proposal.framework])})`;
  terminal.line(say`Members: ${table.name}, ${sayRows(table.rows, table.isEstimate)}${framework}; id: ${proposal.id ?? say`none`}${of}`);
  const rows = measured.map(({ role, from, filled, usable, examples }) => [role, nameOf(proposal, role, from), percent(filled, read), percent(usable, read), examples.join(", ")]);
  if (rows.length > 0) terminal.table([{ header: "" }, { header: "column" }, { header: "filled" }, { header: "usable" }, { header: "" }], rows);
  for (const unread of proposal.unread) terminal.note(`${unread.role}: ${explainUnread(unread)}.`);
  for (const remark of listRemarks(proposal)) terminal.note(remark);
}

/** How many rows a table has; null where nobody counted them. */
export function sayRows(rows: number | null, isEstimate: boolean): string {
  if (rows === null) return say`not counted`;
  return isEstimate ? say`about ${rows.toLocaleString("en-US")} rows` : say`${rows.toLocaleString("en-US")} rows`;
}

function nameOf({ columns }: Proposal, role: Measured["role"], from: Measured["from"]): string {
  const column = columns[role];
  if (typeof from !== "string") return "(expression)";
  return column !== undefined && "by" in column && column.by === "content" ? say`${from} (by content)` : from;
}

/** Down, so that all is said only of all. */
export function percent(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0 %";
  const share = Math.floor((part * 100) / whole);
  return share === 0 ? "< 1 %" : `${share} %`;
}

/** What the database still needs before links can be written, with the SQL. */
export function listNeeds(inspection: Inspection): readonly { readonly says: string; readonly sql?: string }[] {
  return [
    ...(inspection.missingLinkColumn === null ? [] : [{ says: "The link column is missing; plans work without it. Before --apply:", sql: inspection.missingLinkColumn }]),
    ...inspection.missingUniqueIndexes.map(({ sql }) => ({ says: "A unique index is missing; plans work without it. Before --apply:", sql })),
    ...(inspection.unfilledColumns.length === 0 ? [] : [{ says: say`A new row of the link table needs a value in ${inspection.unfilledColumns.join(", ")}: before --apply name each in link.set or link.fixed.` }]),
    ...(inspection.readOnly ? [{ says: "This user can only read the database: enough for plans." }] : []),
  ];
}
