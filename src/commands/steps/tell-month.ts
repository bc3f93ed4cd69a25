import type { Context } from "../../context.ts";
import type { RecordedEntry } from "../../workspace/record.ts";
import { say } from "../../say.ts";

/** What the monthly review looks at (CI rules of the network act's decree, article 13 (2): who provided CIs, when, and what became of them). */
export interface MonthReview {
  readonly entries: number;
  /** By `<command> <event>`. */
  readonly events: Readonly<Record<string, number>>;
  /** By operator. */
  readonly operators: Readonly<Record<string, number>>;
  readonly ci: { readonly received: number; readonly used: number; readonly destroyed: number };
  /** By approver. */
  readonly approvals: Readonly<Record<string, number>>;
  /** By code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly runs: readonly string[];
}

export function summariseMonth(recorded: readonly RecordedEntry[]): MonthReview {
  const entries = recorded.map(({ entry }) => entry);
  const sum = (what: "received" | "used" | "destroyed"): number => entries.reduce((total, { ci }) => total + (ci?.[what] ?? 0), 0);
  return {
    entries: entries.length,
    events: tally(entries.map(({ command, event }) => `${command} ${event}`)),
    operators: tally(entries.map(({ operator }) => operator)),
    approvals: tally(entries.flatMap(({ event, approver }) => (event === "approved" ? [approver ?? "?"] : []))),
    ci: { received: sum("received"), used: sum("used"), destroyed: sum("destroyed") },
    refusals: tally(entries.flatMap(({ event, code }) => (event === "refused" ? [code ?? "?"] : []))),
    runs: [...new Set(entries.flatMap(({ run }) => run ?? []))],
  };
}

/** The review sheet: counts, and two lines for the reviewer's hand. */
export function tellMonth({ terminal }: Context, month: string, recorded: readonly RecordedEntry[]): void {
  const { entries, events, operators, approvals, ci, refusals, runs } = summariseMonth(recorded);
  terminal.line(say`Review of ${month} (Korean time): ${entries} entries, ${runs.length} runs.`);
  const counts = [...Object.entries(events), ...Object.entries(operators).map(([operator, count]): [string, number] => [`by ${operator}`, count]), ...Object.entries(approvals).map(([approver, count]): [string, number] => [say`approved by ${approver}`, count]), ...Object.entries(refusals).map(([code, count]): [string, number] => [`refused: ${code}`, count])];
  terminal.table([{ header: "what" }, { header: "times" }], counts);
  terminal.table([{ header: "CIs" }, { header: "values" }], [["received from Kakao", ci.received], ["used to compare", ci.used], ["destroyed", ci.destroyed]]);
  terminal.line("Reviewed by ____________________   on ____________________");
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
