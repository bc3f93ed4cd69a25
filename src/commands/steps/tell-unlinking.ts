import type { Context } from "../../context.ts";
import type { KindCounts } from "../../core/orphans/select.ts";
import { countAllowed } from "../../core/orphans/brakes.ts";
import { KEEP_KINDS, UNLINK_KINDS } from "../../core/orphans/kinds.ts";
import type { Inspection } from "../../database/service-database.ts";
import { unlinkingTexts } from "../../messages/unlinking.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { applyCommand, countPlanned } from "./check-apply.ts";
import { countOf } from "./count-of.ts";
import { maskId } from "./mask-id.ts";
import { foreseeRefusals } from "./unlink-brakes.ts";
import { readUnlinkNumbers } from "./unlink-reference.ts";

/** Facts of a run that the JSON result does not repeat. */
const kept = new Set(["planned", "numbers", "app", "appliedBy", "undoneBy"]);

/** Examples shown at a terminal. */
const shownExamples = 3;

/** The JSON result of `unlink-orphans` (product.md section 11). */
export function describeUnlinking(context: Context, run: Run, mode: "plan" | "apply"): Record<string, unknown> {
  return {
    command: "unlink-orphans",
    run: run.id,
    mode,
    ...Object.fromEntries(Object.entries(run.counts).filter(([name]) => !kept.has(name))),
    files: Object.fromEntries(Object.entries(run.files).map(([name, file]) => [name, context.shown(`${run.folder}/${file}`)])),
  };
}

/** Counts, consequences, warnings and the next command, at the end of a plan. */
export async function tellUnlinking(context: Context, run: Run, inspection: Inspection): Promise<void> {
  const { terminal } = context;
  tellUnlinkCounts(context, run);
  tellExamples(context, run);
  const refusals = await foreseeRefusals(context, run, inspection);
  for (const line of listWarnings(run)) terminal.warn(line);
  const described = refusals.map((refusal) => ({ code: `brake-${refusal.code}`, ...unlinkingTexts.describe(refusal) }));
  for (const { message, hint } of described) terminal.warn(say`--apply will refuse: ${message}\n${hint}`);
  terminal.json({ ...describeUnlinking(context, run, "plan"), ...(described.length === 0 ? {} : { refusals: described }) });
  tellNext(context, run);
}

/** What the plan comes to: also before an apply that plans in one go. */
export function tellUnlinkCounts({ terminal }: Context, run: Run): void {
  const { unlink, keep } = run.counts["counts"] as KindCounts;
  const rows: (readonly [string, string, number, string])[] = [
    ...UNLINK_KINDS.map((kind) => [say`unlink`, kind, unlink[kind], unlinkingTexts.kinds[kind]] as const),
    ...KEEP_KINDS.map((kind) => [say`keep`, kind, keep[kind], unlinkingTexts.kinds[kind]] as const),
  ];
  terminal.line(say`Plan ${run.id}: ${countOf(numberOf(run, "kakaoUsers"), "Kakao user")}, ${countOf(numberOf(run, "members"), "member")}`);
  terminal.line();
  terminal.table([{ header: "" }, { header: "kind" }, { header: "Kakao users" }, { header: "" }], [...rows.filter(([, , count]) => count > 0), ["", say`sum`, rows.reduce((sum, [, , count]) => sum + count, 0), ""]]);
  terminal.line();
  const gone = countOf(numberOf(run, "gone"), "stored link");
  terminal.line(numberOf(run, "gone") > 0 ? say`${gone} that Kakao no longer has: see gone.csv` : say`${gone} that Kakao no longer has.`);
  if (numberOf(run, "heldTwice") > 0) terminal.line(say`${countOf(numberOf(run, "heldTwice"), "Kakao id is", "Kakao ids are")} held by more than one member.`);
  if (countPlanned(run) > 0) for (const line of listConsequences(run)) terminal.line(line);
}

/** U2: what is lost, and what that means for this app. */
function listConsequences(run: Run): readonly string[] {
  const { fixedIds } = run.counts["app"] as { readonly fixedIds?: boolean };
  return [
    "",
    "Unlinking cannot be undone: consents, agreed terms and tokens are lost.",
    fixedIds === true ? "Ids are fixed: who comes back has the same Kakao id, and agrees anew." : "Ids are not fixed: who comes back has another Kakao id, and agrees anew.",
  ];
}

/** A few rows to recognise, only at a terminal; ids masked. */
function tellExamples(context: Context, run: Run): void {
  if (!context.terminal.interactive || countPlanned(run) === 0) return;
  const store = context.workspace().openUnlinkStore(run);
  try {
    for (const { rows } of store.unlinks()) {
      context.terminal.line();
      context.terminal.table([{ header: "for example" }, { header: "kind" }, { header: "linked" }], rows.slice(0, shownExamples).map(([id, kind, linkedAt]) => [maskId(id), kind, new Date(linkedAt * 1000).toISOString().slice(0, 10)]));
      return;
    }
  } finally {
    store.close();
  }
}

function listWarnings(run: Run): readonly string[] {
  const { keep } = run.counts["counts"] as KindCounts;
  const malformed = numberOf(run, "malformedLinks");
  const dangling = numberOf(run, "danglingLinks");
  const unknown = numberOf(run, "excludedUnknown");
  const unreadable = (run.counts["unreadablePlaces"] ?? {}) as Readonly<Record<string, number>>;
  return [
    ...(keep.mappable > 0 ? [say`${countOf(keep.mappable, "Kakao user shares", "Kakao users share")} a key with a member and may be that member. Map them first: kakao-sync map-members`] : []),
    ...(malformed > 0 ? [say`${countOf(malformed, "stored link is no Kakao id", "stored links are no Kakao ids")}; such links are never touched.`] : []),
    ...(dangling > 0 ? [say`${countOf(dangling, "link row has", "link rows have")} no member in any configured table; such rows are never touched, and their users are kept.`] : []),
    ...Object.entries(unreadable).map(([place, count]) => (count === 1 ? say`${countOf(count, "id", "ids")} of ${place} cannot be read as a Kakao id: nobody is kept by it.` : say`${countOf(count, "id", "ids")} of ${place} cannot be read as Kakao ids: nobody is kept by them.`)),
    ...(unknown > 0 ? [say`${countOf(unknown, "id of --exclude is", "ids of --exclude are")} not linked at Kakao.`] : []),
  ];
}

function tellNext(context: Context, run: Run): void {
  const { terminal, config } = context;
  const planned = countPlanned(run);
  terminal.note(say`Files: ${Object.values(run.files).join(", ")} in ${context.shown(run.folder)}`);
  if (planned === 0) {
    terminal.note("There is nobody to unlink.");
    return;
  }
  const { unlink } = config.limits;
  const tonight = Math.min(planned, unlink.nightly, countAllowed(readUnlinkNumbers(run), unlink));
  if (tonight === 0) terminal.note(say`Without a terminal nobody would go; all wait for a later run.`);
  else if (tonight < planned) terminal.note(say`Without a terminal only the ${tonight.toLocaleString("en-US")} linked the longest would go; the others wait for a later run.`);
  terminal.note(say`Digest of the plan, to compare by phone: ${context.renderShortDigest(run)}\nNothing has been changed. To unlink ${countOf(planned, "Kakao user")}: ${applyCommand(run)}`);
}

function numberOf(run: Run, name: string): number {
  return Number(run.counts[name] ?? 0);
}
