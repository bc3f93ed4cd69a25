import type { Context } from "../../context.ts";
import type { RecordedEntry } from "../../workspace/record.ts";
import { say, translate } from "../../say.ts";
import { heldBy, sumCis, type CiSums } from "./settle-cis.ts";

/** What the monthly review looks at (CI rules of the network act's decree, article 13 (2): who provided CIs, when, and what became of them). */
export interface MonthReview {
  readonly entries: number;
  /** By `<command> <event>`. */
  readonly events: Readonly<Record<string, number>>;
  /** By operator. */
  readonly operators: Readonly<Record<string, number>>;
  /** `heldBefore` + `received` + `found` = `destroyed` + `held`. */
  readonly ci: CiSums & { readonly heldBefore: number; readonly held: number };
  /** By approver. */
  readonly approvals: Readonly<Record<string, number>>;
  /** By code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly runs: readonly string[];
}

/** `before`: the entries of all months before it. */
export function summariseMonth(before: readonly RecordedEntry[], recorded: readonly RecordedEntry[]): MonthReview {
  const entries = recorded.map(({ entry }) => entry);
  const [heldBefore, sums] = [heldBy(sumCis(before)), sumCis(recorded)];
  return {
    entries: entries.length,
    events: tally(entries.map(({ command, event }) => `${command} ${event}`)),
    operators: tally(entries.map(({ operator }) => operator)),
    approvals: tally(entries.flatMap(({ event, approver }) => (event === "approved" ? [approver ?? "?"] : []))),
    ci: { heldBefore, ...sums, held: heldBefore + heldBy(sums) },
    refusals: tally(entries.flatMap(({ event, code }) => (event === "refused" ? [code ?? "?"] : []))),
    runs: [...new Set(entries.flatMap(({ run }) => run ?? []))],
  };
}

/** The review sheet: counts, and two lines for the reviewer's hand. */
export function tellMonth({ terminal }: Context, month: string, { entries, events, operators, approvals, ci, refusals, runs }: MonthReview): void {
  terminal.line(say`Review of ${month} (Korean time): ${entries} entries, ${runs.length} runs.`);
  const counts = [...Object.entries(events).map(([event, count]): [string, number] => [event.replace(/\w+$/, translate), count]), ...Object.entries(operators).map(([operator, count]): [string, number] => [say`by ${operator}`, count]), ...Object.entries(approvals).map(([approver, count]): [string, number] => [say`approved by ${approver}`, count]), ...Object.entries(refusals).map(([code, count]): [string, number] => [say`refused: ${code}`, count])];
  terminal.table([{ header: "what" }, { header: "times" }], counts);
  terminal.table([{ header: "CIs" }, { header: "values" }], [
    [say`held before`, ci.heldBefore],
    [say`received from Kakao, or in a file of its users`, ci.received],
    ...(ci.found === 0 ? [] : [[say`found here, though an entry says destroyed or none knows of them`, ci.found]]),
    [say`destroyed`, ci.destroyed],
    [say`held at the end`, ci.held],
    [say`used to compare`, ci.used],
  ]);
  terminal.line("Reviewed by ____________________   on ____________________");
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
