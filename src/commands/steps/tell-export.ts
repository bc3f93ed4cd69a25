import { basename, dirname, join } from "node:path";
import type { Context } from "../../context.ts";
import type { AskedRelation } from "../../core/targets/judge.ts";
import type { TargetCounts } from "../../core/targets/tally.ts";
import { LEFT_OUT } from "../../core/targets/targets.ts";
import { targetTexts } from "../../messages/targets.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";
import { countOf } from "./count-of.ts";

/** What a registered export keeps about itself (`registerExport`). */
export type ExportCounts = Omit<TargetCounts, "relations"> & {
  readonly name: string;
  readonly relations?: TargetCounts["relations"];
  readonly removed?: number;
  readonly asked: { readonly segment: string | null; readonly night: boolean; readonly relation: boolean; readonly excludeOverdue: boolean };
};

/** The result of an export: counts that add up, what is odd, the files, and what to do with them. */
export function tellExport(context: Context, run: Run): void {
  const { terminal } = context;
  const counts = run.counts as ExportCounts;
  terminal.line(say`Export ${run.id} (${counts.name}): ${countOf(counts.members, "member")} read, ${counts.exported.toLocaleString("en-US")} exported`);
  tellSelection(context, counts, { listed: true });
  for (const line of listOddities(context, counts)) terminal.warn(line);
  terminal.json(describeExport(context, run));
  terminal.note(say`Files: ${Object.values(run.files).map((file) => basename(file)).join(", ")} in ${context.shown(join(run.folder, dirname(Object.values(run.files)[0] ?? "")))}`);
  tellNext(context, counts);
}

/** The JSON result (product.md section 11). */
function describeExport(context: Context, run: Run): Record<string, unknown> {
  const { planned: _planned, applied: _applied, purpose: _purpose, mode, ...counts } = run.counts;
  return { command: "export-channel-targets", run: run.id, mode, ...counts, files: listFiles(context, run) };
}

/** Who is left out and why, whose notice is due, and what Kakao said: for an export, which has lists of them (`listed`), and for an upload. */
export function tellSelection({ terminal }: Context, { leftOut, overdue, due, relations, removed }: Omit<TargetCounts, "relations"> & Pick<ExportCounts, "relations" | "removed">, { listed }: { readonly listed: boolean } = { listed: false }): void {
  const rows = LEFT_OUT.flatMap((reason) => (leftOut[reason] === undefined ? [] : [[reason, leftOut[reason], targetTexts.reasons[reason]]]));
  const sum = Object.values(leftOut).reduce((total, count) => total + count, 0);
  if (sum > 0) {
    terminal.line();
    terminal.table([{ header: "left out" }, { header: "members" }, { header: "" }], [...rows, [say`sum`, sum, ""]]);
  }
  if (relations !== undefined) {
    terminal.line();
    terminal.table([{ header: "the channel" }, { header: "members" }, { header: "" }], (["added", "blocked", "none", "unknown"] as const).map((relation) => [relation, relations[relation], translate(relationWords[relation])]));
  }
  terminal.line();
  const [late, soon] = [overdue.toLocaleString("en-US"), due.toLocaleString("en-US")];
  if (overdue + due > 0) terminal.line(listed ? say`Reconfirmation notices: ${late} overdue, ${soon} due within 30 days: see reconfirm.csv.` : say`Reconfirmation notices: ${late} overdue, ${soon} due within 30 days.`);
  if (removed === undefined) return;
  const identifiers = countOf(removed, "identifier is", "identifiers are");
  terminal.line(removed > 0 ? say`Since the last export of this name ${identifiers} to be removed: see removed.csv.` : say`Since the last export of this name ${identifiers} to be removed.`);
}

const relationWords: Readonly<Record<AskedRelation, string>> = {
  added: "friends of the channel: who can be reached",
  blocked: "blocked the channel: left out",
  none: "exported, and not reached before they add it",
  unknown: "not asked, or no answer: left out",
};

/** What is odd about a selection, each in a sentence. */
export function listOddities({ config: { members } }: Context, { unreadable, exported }: ExportCounts): readonly string[] {
  const rows = (count: number): string => countOf(count, "row holds a value", "rows hold a value");
  return [
    ...(unreadable.agreed > 0 ? [say`${rows(unreadable.agreed)} in marketing.agreed that is neither yes nor no: they count as refused.`] : []),
    ...(unreadable.night > 0 ? [say`${rows(unreadable.night)} in marketing.night that is neither yes nor no: they count as refused.`] : []),
    ...(unreadable.reconfirmedAt > 0 ? [say`${rows(unreadable.reconfirmedAt)} in marketing.reconfirmedAt that is no date, or one in the future: they count as not reconfirmed.`] : []),
    ...(unreadable.refusals > 0 ? [say`${countOf(unreadable.refusals, "row refuses, but its number or link", "rows refuse, but their number or link")} cannot be read: for whom they refuse is not known, and another row of the same person may be exported.`] : []),
    ...(members.birthdate === undefined ? ["members.birthdate is not configured: nobody was left out for being younger than 14."] : []),
    ...(exported === 0 ? ["Nobody is exported: look at the reasons, and at the columns of channel.marketing."] : []),
  ];
}

function listFiles(context: Context, run: Run): readonly string[] {
  return Object.values(run.files).map((file) => context.shown(`${run.folder}/${file}`));
}

/** Briefly; the long version is docs/runbooks/export-channel-targets.md. */
function tellNext({ terminal }: Context, { exported, asked }: ExportCounts): void {
  if (exported === 0) return;
  terminal.note(
    [
      say`Upload to the partner centre 2 to 3 days before sending; the file is ready when it no longer says 취합 중. It then counts three things: 등록 시도수, rows tried; 등록 성공수, rows that are well-formed; 친구수, friends of the channel: nobody else is reached.`,
      asked.night ? say`Advertisements bear (광고) and a way to refuse; only members with the night consent are in this file.`
      : say`Advertisements bear (광고) and a way to refuse, and are sent between 08:00 and 21:00 only: for the hours between, export with --night.`,
      say`Export again right before an upload that has waited: who refuses meanwhile is still in the file.`,
    ].join("\n"),
  );
}
