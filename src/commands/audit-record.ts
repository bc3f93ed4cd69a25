import type { Context } from "../context.ts";
import { EXIT, StartError } from "../errors.ts";
import type { RecordedEntry } from "../workspace/record.ts";
import type { Run } from "../workspace/runs.ts";
import { say, translate } from "../say.ts";
import { countHeldCis, heldBy, sumCis } from "./steps/settle-cis.ts";
import { summariseMonth, tellMonth } from "./steps/tell-month.ts";

/** `runs audit`: prints the record and says whether its chain is whole, exit 1 where it is not, or where one of the entries shown tells of a loss; with `--month` as a sheet for the monthly review. */
export async function auditRecord(context: Context, flags: { readonly month?: string }): Promise<number> {
  const { month } = flags;
  if (month !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month)) throw new StartError({ code: "usage", message: say`${month} is no month.`, hint: "Write it as 2026-11." });
  context.existingWorkspace();
  const record = context.auditRecord();
  const verified = record.verify();
  // Of a workspace in which no entry was noted yet.
  const isMissing = verified.entries === 0 && verified.brokenAt === null && context.workspace().runs.list().some(hasBegun);
  const check = isMissing ? { ...verified, brokenAt: 1 } : verified;
  const all = [...record.entries()];
  const entries = all.filter(({ entry }) => month === undefined || monthOf(entry.at) === month);
  const review = month === undefined ? undefined : summariseMonth(all.filter(({ entry }) => monthOf(entry.at) < month), entries);

  if (month === undefined || review === undefined) tellEntries(context, entries);
  else {
    tellMonth(context, month, review);
    tellUnsettled(context, heldBy(sumCis(all)));
  }
  const losses = all.filter(({ entry }) => entry.event === "lost");
  for (const { seq, entry } of losses) context.terminal.warn(say`Entry ${seq}: ${Number(entry.counts?.["noted"])} entries had been on record, and ${Number(entry.counts?.["found"])} were left: the record had been cut off, begun anew, or restored from an older copy.`);
  if (check.brokenAt === null && losses.length > 0) context.terminal.line(say`The chain of the ${check.entries} entries that are there fits. Its head, to be noted elsewhere: ${check.head}`);
  else if (check.brokenAt === null) context.terminal.line(say`The chain of ${check.entries} entries is whole. Its head, to be noted elsewhere: ${check.head}`);
  else if (isMissing) context.terminal.warn("The record is empty, although plans were applied in this workspace (kakao-sync runs): record.db was removed. Restore it from a backup.");
  else if (check.lost !== null) context.terminal.warn(say`${check.lost} entries were on record, and the last of them is not there any more: the record, of ${check.entries} entries now, was cut off, begun anew, or restored from an older copy. Restore the newest copy of record.db. Without one the next entry puts the loss on record.`);
  else context.terminal.warn(say`The record is broken at entry ${check.brokenAt}: it was changed, or one before it was dropped or put in. The ${check.entries} entries before it are whole.`);
  context.terminal.json({ command: "runs audit", ...check, ...(month === undefined ? { record: entries } : { month, review, held: countHeldCis(context) }) });
  return check.brokenAt === null && !losses.some((loss) => entries.includes(loss)) ? EXIT.done : EXIT.found;
}

/** The beginning of such a run was put on record before its first change. */
function hasBegun({ state }: Run): boolean {
  return ["applying", "interrupted", "applied", "undone", "abandoned"].includes(state);
}

function tellEntries({ terminal }: Context, entries: readonly RecordedEntry[]): void {
  if (entries.length === 0) return terminal.line("Nothing is on record yet.");
  terminal.table(
    [{ header: "#" }, { header: "when (Korea)" }, { header: "command" }, { header: "what" }, { header: "who" }, { header: "run or code" }],
    entries.map(({ seq, entry }) => [seq, renderTime(entry.at), entry.command, translate(entry.event), `${entry.operator}@${entry.host}`, entry.run ?? entry.code ?? ""]),
  );
  for (const { seq, entry } of entries) if (entry.purpose !== undefined) terminal.line(say`Purpose of #${seq}: ${translate(entry.purpose)}`);
}

/** What a killed command could not tell is missing until the next one puts it on record. */
function tellUnsettled(context: Context, recorded: number): void {
  const held = countHeldCis(context);
  if (held !== null && held !== recorded) context.terminal.warn(say`The workspace holds ${held} CIs, by the record there are ${recorded}: a command is running, or was killed. The next pull, map-members or purge --apply puts the difference on record.`);
}

/** `YYYY-MM` in Korea. */
function monthOf(at: string): string {
  return inKorea(at).slice(0, 7);
}

function renderTime(at: string): string {
  return inKorea(at).slice(0, 16).replace("T", " ");
}

function inKorea(at: string): string {
  return new Date(Date.parse(at) + 9 * 3_600_000).toISOString();
}
