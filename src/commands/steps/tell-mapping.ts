import type { Context } from "../../context.ts";
import type { Inspection } from "../../database/service-database.ts";
import { REVIEW_RULES } from "../../core/matching/answers.ts";
import type { PlanCounts } from "../../core/matching/plan.ts";
import { answerTexts } from "../../messages/answers.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { applyCommand, countPlanned } from "./check-apply.ts";
import { countOf } from "./count-of.ts";
import type { AppliedCounts } from "./apply-mapping.ts";
import type { RefusedRow } from "./read-decisions.ts";
import { tellExamples } from "./tell-examples.ts";
import { sqlFile, type SqlFileCounts } from "./write-sql-file.ts";
import { readQuality } from "./read-quality.ts";

/** The JSON result of `map-members` (product.md section 11). */
function describeMapping(context: Context, run: Run, mode: "plan" | "apply"): Record<string, unknown> {
  const { planned, quality, applied, appliedBy, undoneBy, ...counts } = run.counts;
  const done = applied as AppliedCounts | undefined;
  return {
    command: "map-members",
    run: run.id,
    mode,
    ...counts,
    ...(mode === "apply" && done !== undefined ? { applied: { done: done.done, moved: total(done.moved), failed: done.failed, movedBy: done.moved } } : {}),
    files: Object.fromEntries(Object.entries(run.files).map(([name, file]) => [name, context.shown(`${run.folder}/${file}`)])),
  };
}

export interface PlanTold {
  readonly inspection: Inspection;
  readonly refusedDecisions: readonly RefusedRow[];
  /** Linked pairs that a decision clears. */
  readonly clears: number;
}

/** Counts, examples, warnings and the next command, at the end of a plan. */
export async function tellPlan(context: Context, run: Run, { inspection, refusedDecisions, clears }: PlanTold): Promise<void> {
  const { terminal } = context;
  tellCounts(context, run);
  await tellExamples(context, run);
  for (const line of warnings(context, run, inspection)) terminal.warn(line);
  terminal.json({ ...describeMapping(context, run, "plan"), clears, ...(refusedDecisions.length === 0 ? {} : { refusedDecisions }) });
  terminal.note(say`Files: ${Object.values(run.files).join(", ")} in ${context.shown(run.folder)}`);
  const changes = countPlanned(run);
  if (changes === 0) terminal.note("There is nothing to link.");
  else if (run.files["sql"] !== undefined) tellSqlFile(context, run);
  else if (/^csv:/i.test(context.config.database.url)) terminal.note(say`Nothing has been changed, and ${sqlFile} was not written.`);
  else tellNext(context, run, clears > 0);
}

function tellNext(context: Context, run: Run, alsoClears: boolean): void {
  const [digest, links, next] = [context.renderShortDigest(run), countOf(countPlanned(run), "link"), applyCommand(run)];
  context.terminal.note(
    alsoClears ? say`Digest of the plan, to compare by phone: ${digest}\nNothing has been changed. To write or clear ${links}: ${next}`
    : say`Digest of the plan, to compare by phone: ${digest}\nNothing has been changed. To write ${links}: ${next}`,
  );
}

function tellSqlFile({ terminal, shown }: Context, run: Run): void {
  const { links, clears, leftOut } = run.counts["sqlFile"] as SqlFileCounts;
  const [file, written] = [shown(`${run.folder}/${sqlFile}`), countOf(links, "link")];
  terminal.note(
    clears > 0 ? say`Nothing has been changed. ${file} writes ${written} and clears ${clears}; its first lines say how to run it.`
    : say`Nothing has been changed. ${file} writes ${written}; its first lines say how to run it.`,
  );
  if (leftOut > 0) terminal.warn(say`${countOf(leftOut, "relink is", "relinks are")} not in ${sqlFile}: right before each, Kakao must confirm that the former id is gone (M6). Apply to the database itself for these.`);
}

/** What the plan comes to: also before the question of an apply that plans and writes in one go. */
export function tellCounts({ terminal }: Context, run: Run): void {
  const counts = run.counts["counts"] as PlanCounts;
  const evidence = run.counts["linkedEvidence"] as Record<string, number>;
  const rows: (readonly [string, number, string])[] = [
    [say`linked already`, counts.linked, evidence["contradicted"] === 0 ? "" : say`${evidence["contradicted"]?.toLocaleString("en-US") ?? ""} contradicted: see check.csv`],
    [say`in use elsewhere`, counts.elsewhere, ""],
    [say`not read`, counts.unread, say`younger than 24 h, not answered, or not signed up`],
    [say`link by CI`, counts.link.ci, ""],
    [say`link by phone`, counts.link.phone, ""],
    [say`link by e-mail`, counts.link.email, ""],
    [say`link by decision`, counts.link.decision, ""],
    [say`relink by CI`, counts.relink, say`Kakao gave the person a new id`],
    [say`review`, total(counts.review), say`see review.csv`],
    [say`unmatched`, counts.unmatched, say`no member has a value of theirs`],
  ];
  terminal.line(say`Plan ${run.id}: ${countOf(Number(run.counts["kakaoUsers"]), "Kakao user")}, ${countOf(Number(run.counts["members"]), "live member")}`);
  terminal.line();
  terminal.table([{ header: "Kakao users" }, { header: "" }, { header: "" }], [...rows.filter(([, count]) => count > 0), [say`sum`, rows.reduce((sum, [, count]) => sum + count, 0), ""]]);
  const reasons = Object.entries(counts.review).sort(([, left], [, right]) => (right ?? 0) - (left ?? 0));
  if (reasons.length > 0) {
    terminal.line();
    terminal.table([{ header: "review because" }, { header: "" }, { header: "rule" }], reasons.map(([reason, count]) => [reason, count ?? 0, ruleOf(reason)]));
  }
  terminal.line();
  terminal.line(say`${countOf(Number(run.counts["memberOnly"]), "live member")} without a link and hit by no Kakao user.`);
}

/** The rule behind a review reason: `M8`. */
export function ruleOf(reason: string): string {
  return Object.entries(REVIEW_RULES).find(([name]) => name === reason)?.[1] ?? "";
}

function warnings(context: Context, run: Run, inspection: Inspection): readonly string[] {
  const isDump = /^csv:/i.test(context.config.database.url);
  const asks = (flag: string): string => (!isDump ? say`--apply will ask for ${flag}.` : run.files["sql"] === undefined ? say`${sqlFile} was not written; after a look, plan again with ${flag}.` : say`${flag} was given.`);
  const list: string[] = [...readQuality(run).map(({ says, flag }) => `${says} ${asks(flag)}`)];
  if (inspection.missingLinkColumn !== null) list.push(say`The member table has no link column; --apply will refuse. Create it:\n${inspection.missingLinkColumn}`);
  for (const { sql } of inspection.missingUniqueIndexes) list.push(say`A unique index of the links is missing; --apply will refuse. Create it:\n${sql}`);
  if (inspection.unfilledColumns.length > 0) list.push(say`The link table asks for a value in ${inspection.unfilledColumns.join(", ")}; --apply will refuse. Name each in link.set or link.fixed.`);
  const heldTwice = Number(run.counts["heldTwice"]);
  const malformed = Number(run.counts["malformedLinks"]);
  if (heldTwice > 0) list.push(say`${countOf(heldTwice, "Kakao id is", "Kakao ids are")} held by more than one member.`);
  if (malformed > 0) list.push(say`${countOf(malformed, "stored link is no Kakao id", "stored links are no Kakao ids")}; such links are never overwritten.`);
  for (const [column, reasons] of Object.entries((run.counts["undecryptable"] ?? {}) as Record<string, Record<string, number>>)) {
    const because = Object.entries(reasons).map(([reason, count]) => `${reason} ${count.toLocaleString("en-US")}`).join(", ");
    const values = countOf(total(reasons), "value", "values");
    list.push(total(reasons) === 1 ? say`${column}: ${values} could not be decrypted and counts as unknown (${because}).` : say`${column}: ${values} could not be decrypted and count as unknown (${because}).`);
  }
  const dangling = Number(run.counts["danglingLinks"]);
  if (dangling > 0) list.push(say`${countOf(dangling, "link row has", "link rows have")} no member in any configured table; such rows are never touched.`);
  if (context.config.matching.keys.some((key) => key !== "ci") && isNeverVerified(context)) {
    list.push(say`Neither phoneVerifiedAt nor emailVerifiedAt is configured: every hit by phone or e-mail will be a review (M8).`);
  }
  return list;
}

function isNeverVerified({ config: { members } }: Context): boolean {
  const { phoneVerifiedAt, phoneVerified, emailVerifiedAt, emailVerified } = members;
  return phoneVerifiedAt === undefined && phoneVerified === undefined && emailVerifiedAt === undefined && emailVerified === undefined;
}

export function tellApplied(context: Context, run: Run, applied: AppliedCounts): void {
  const { terminal } = context;
  terminal.line(say`Run ${run.id}: ${countOf(applied.done, "link")} written and read back.`);
  const moved = Object.entries(applied.moved);
  if (moved.length > 0) {
    terminal.line();
    terminal.table([{ header: "left alone because" }, { header: "rows" }], moved.map(([why, rows]) => [answerTexts.moved[why] ?? why, rows]));
    terminal.line("The next plan takes them up.");
  }
  if (applied.failed > 0) terminal.warn(say`${countOf(applied.failed, "row was", "rows were")} refused by a unique index of the database (index-refused in the run's record): look at the index and at what holds the value.`);
  terminal.json(describeMapping(context, run, "apply"));
  terminal.note(say`Members to tell: ${context.shown(`${run.folder}/linked.csv`)}`);
  terminal.note(say`To take the links away again: kakao-sync undo ${run.id}`);
}

export function tellRefusedDecisions({ terminal }: Context, refused: readonly RefusedRow[]): void {
  if (refused.length === 0) return;
  const shown = refused.slice(0, 20).map(({ row, line, why }) => say`  line ${line} (${row}): ${why}, ${answerTexts.decisionRefusals[why]}`);
  terminal.warn(say`${countOf(refused.length, "decision is", "decisions are")} not obeyed; these rows stay under review:\n${shown.join("\n")}${refused.length > 20 ? say`\n  and ${refused.length - 20} more` : ""}`);
}

function total(counts: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
