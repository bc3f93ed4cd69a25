import type { Context } from "../../context.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";
import type { UndoChoice, UndoCounts, UndoSelection } from "./undo-links.ts";

/** Says first what comes back and what does not, then how many links it is about. */
export function tellUndo(context: Context, run: Run, selection: UndoSelection, flags: UndoChoice & { readonly apply?: boolean }): void {
  const { terminal } = context;
  const { links, used, knowsLogins } = selection;
  terminal.line("Links in the database go back to what they were. Nothing at Kakao changes, and nothing there comes back.");
  terminal.line(describeLinks(run, selection));
  if (!knowsLogins && run.command === "map-members") terminal.warn("members.lastLoginAt is not configured: nobody can tell which of these members have signed in since.");
  if (flags.apply === true) return;
  terminal.json({ command: "undo", run: run.id, mode: "plan", links: links.length, used: used.length });
  const choice = renderChoice(flags);
  if (links.length > 0) terminal.note(run.command === "map-members" ? say`Nothing has been changed. To take them away: kakao-sync undo ${run.id} --apply${choice}` : say`Nothing has been changed. To bring them back: kakao-sync undo ${run.id} --apply${choice}`);
  if (used.length > 0) terminal.note("Add --include-used to take away those links, too.");
}

function describeLinks(run: Run, { links, used }: UndoSelection): string {
  if (run.command !== "map-members") return say`Run ${run.id}: ${countOf(links.length, "cleared link")} to bring back. Whom it unlinked at Kakao stays unlinked.`;
  return say`Run ${run.id}: ${countOf(links.length, "link")} to take away, ${used.length.toLocaleString("en-US")} used since and left alone.`;
}

export function tellUndone(context: Context, run: Run, { used }: UndoSelection, counts: UndoCounts): void {
  const { terminal } = context;
  const { restored } = counts;
  terminal.line(run.command === "map-members" ? say`${countOf(restored, "link")} taken away again.` : say`${countOf(restored, "link")} brought back.`);
  const left = counts["changed-since"] + counts["row-gone"];
  if (left > 0) terminal.line(say`${left.toLocaleString("en-US")} left alone: the row is gone, or holds something else than the run wrote.`);
  const files = used.length === 0 ? {} : { files: { usedSince: context.shown(`${run.folder}/used-since.csv`) } };
  terminal.json({ command: "undo", run: run.id, mode: "apply", restored, changedSince: counts["changed-since"], rowGone: counts["row-gone"], used: used.length, ...files });
}

function renderChoice({ includeUsed, by, only }: UndoChoice): string {
  return `${includeUsed === true ? " --include-used" : ""}${by === undefined ? "" : ` --by ${by}`}${only === undefined ? "" : ` --only ${only}`}`;
}
