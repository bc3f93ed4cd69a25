import type { UnopenedTally } from "../../columns/unopened-tally.ts";
import type { Context } from "../../context.ts";
import { isKakaoId } from "../../core/kakao-id.ts";
import type { ObeyedDecision } from "../../core/matching/decisions.ts";
import type { Sides } from "../../core/matching/decide.ts";
import { KakaoSide } from "../../core/matching/kakao-side.ts";
import { MemberSide } from "../../core/matching/member-side.ts";
import type { MatchingOptions } from "../../core/matching/options.ts";
import { MappingPlan } from "../../core/matching/plan.ts";
import { listSharedGroups, UnmatchedCiCollector, type SharedGroup } from "../../core/matching/shared-groups.ts";
import { VALUE_NAMES, type MemberRow, type ValueName } from "../../core/member.ts";
import type { SqlDialect } from "../../database/apply-sql-dialects.ts";
import type { Inspection } from "../../database/service-database.ts";
import { FailedError } from "../../errors.ts";
import type { RunDraft } from "../../workspace/run-store.ts";
import type { Run } from "../../workspace/runs.ts";
import type { Snapshot } from "../../workspace/snapshot.ts";
import { compareValues, FalseHit } from "./compare-values.ts";
import { describePlan } from "./describe-plan.ts";
import type { FileDecisions, RefusedRow } from "./read-decisions.ts";
import { refuseUnfit } from "./open-kakao-side.ts";
import { readQuality } from "./read-quality.ts";
import { readElsewhere } from "./read-elsewhere.ts";
import { readMappingOptions } from "./read-mapping-options.ts";
import { settleDecisions } from "./settle-decisions.ts";
import { showMembers } from "./show-members.ts";
import { writeMappingPlan } from "./write-mapping-plan.ts";
import { writeSqlFile } from "./write-sql-file.ts";

/** What a plan is made from. */
export interface PlanInput {
  readonly snapshot: Snapshot;
  readonly inspection: Inspection;
  /** Decisions of `--decisions`, already matched with the review list they came from. */
  readonly decisions: FileDecisions;
  readonly operator: string;
  readonly allRows: boolean;
  /** Of the SQL file that a plan from a dump comes with. */
  readonly sqlDialect?: SqlDialect;
  /** Flags by which doubts about the keys (M13) were lifted for that file. */
  readonly accepted?: readonly string[];
}

export interface MappingResult {
  readonly run: Run;
  readonly refusedDecisions: readonly RefusedRow[];
  /** Linked pairs that a decision clears. */
  readonly clears: number;
}

/** Makes the mapping plan; again with another seed in the case, never yet seen, that two different values have one hash. */
export async function planMapping(context: Context, input: PlanInput): Promise<MappingResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await attemptPlan(context, input);
      recordPlan(context, input, result.run);
      return result;
    } catch (error) {
      if (!(error instanceof FalseHit)) throw error;
      if (input.snapshot.comparison !== null) throw readAllAgain(error);
      if (attempt === 3) throw context.values().columns.length > 0 ? readDifferently(error) : error;
    }
  }
}

/** Chance does not strike three times; a program that decrypts one value in two ways does. */
function readDifferently(cause: FalseHit): FailedError {
  return new FailedError({
    code: "values-read-differently",
    message: "A value was decrypted differently when it was read again, three times in a row.",
    hint: "The decrypt program must give the same answer for the same value each time. Nothing was written; then run the same command again.",
    cause,
  });
}

/** While hashes stand for wiped values, the seed cannot be drawn anew. */
function readAllAgain(cause: FalseHit): FailedError {
  return new FailedError({
    code: "false-hit",
    message: "Two different values have the same hash, and with the hashes that are left of wiped details it cannot be computed otherwise.",
    hint: "Nothing was written. Read all details again, then plan anew: kakao-sync pull --refresh-after 0d",
    cause,
  });
}

function recordPlan(context: Context, { snapshot }: PlanInput, { id, counts, digests }: Run): void {
  const { planned, members, kakaoUsers } = counts;
  const used = context.config.matching.keys.includes("ci") ? snapshot.counts.cis : 0;
  context.record({ event: "planned", run: id, counts: { planned, members, kakaoUsers }, ci: { used }, digests: { plan: digests.plan } });
}

/**
 * Kakao users, members, decisions of people, answers, a comparison of real values, files. Everything is written into the run's folder before the run is
 * registered; a run that was killed before that leaves nothing that counts.
 */
async function attemptPlan(context: Context, input: PlanInput): Promise<MappingResult> {
  const workspace = context.workspace();
  const { id, folder } = workspace.runs.prepare(Math.floor(context.now() / 1000));
  const draft = workspace.createRunStore({ id, folder });
  try {
    const { sides, danglingLinks, undecryptable } = await readSides(context, input, draft);
    const settled = await settleDecisions(context, sides, input);
    const plan = new MappingPlan(sides, settled.obeyed);
    await compareValues(context, sides, plan, draft.digest, input.snapshot.blocks());
    const groups = await collectGroups(context, input, sides, plan);
    const shownMembers = await showMembers(context, sides, plan);
    writeMappingPlan({ context, runId: id, folder, sides, plan, groups, shownMembers, draft, decided: settled.obeyed, allRows: input.allRows }, input.snapshot.blocks());
    const { digest, rows: planned } = draft.finish();
    workspace.decisions.remember(settled.remember);
    const made = { sides, plan, digest, planned, danglingLinks, undecryptable, decisions: settled.digest, database: (await context.database()).identity };
    const isDoubtful = readQuality(describePlan(context, input, { ...made, sql: undefined })).some(({ flag }) => input.accepted?.includes(flag) !== true);
    // Whoever runs the file is asked nothing more: what --apply would refuse (M13) does not get into it.
    const sql = input.sqlDialect === undefined || isDoubtful ? undefined : await writeSqlFile(context, { id, folder }, input.sqlDialect, sides, plan, settled.obeyed);
    const run = workspace.runs.create(id, describePlan(context, input, { ...made, sql }));
    workspace.snapshots.readAgain.add(sides.kakao.unheldWiped());
    return { run, refusedDecisions: settled.refused, clears: countClears(settled.obeyed) };
  } catch (error) {
    draft.discard();
    workspace.runs.discard(id);
    throw error;
  }
}

interface ReadSides {
  readonly sides: Sides;
  readonly danglingLinks: number;
  /** By column and reason. */
  readonly undecryptable: UnopenedTally["counts"];
}

/** Passes 1 and 2: both sides into memory. Throws RefusedError for a snapshot that does not fit, and where more than 1 % of a column could not be decrypted. */
async function readSides(context: Context, { snapshot, inspection }: PlanInput, draft: RunDraft): Promise<ReadSides> {
  const options: MatchingOptions = { ...readMappingOptions(context, await context.foreignPhone(), snapshot.complete), seed: snapshot.comparison?.seed ?? context.drawSeed() };
  refuseUnfit(snapshot, options);
  const kakao = new KakaoSide(snapshot.ids(), snapshot.counts.usable, options);
  for (const users of snapshot.blocks()) kakao.add(users);
  for await (const id of readElsewhere(context)) kakao.markElsewhere(id);
  let danglingLinks = 0;
  for await (const links of (await context.database()).readDanglingLinks()) {
    danglingLinks += links.length;
    for (const { kakaoId } of links) if (isKakaoId(kakaoId)) kakao.markDangling(kakaoId);
  }
  const members = new MemberSide(kakao, options, draft.digest, Math.min(sumOf(inspection.rows), snapshot.count + 1024));
  const tally = context.values().tally();
  await eachMemberPage(context, "Reading members", inspection, VALUE_NAMES, (page) => {
    tally.add(page);
    members.add(page);
  });
  tally.refuseMany();
  return { sides: { kakao, members, options }, danglingLinks, undecryptable: tally.counts };
}

/** Shared values for the list. Only where several members have a CI that no Kakao user has must all members be looked at again. */
async function collectGroups(context: Context, { inspection }: PlanInput, sides: Sides, plan: MappingPlan): Promise<readonly SharedGroup[]> {
  const collector = new UnmatchedCiCollector(sides);
  if (collector.isNeeded) await eachMemberPage(context, "Collecting shared CIs", inspection, ["ci"], (page) => collector.add(page));
  return listSharedGroups(sides, plan, collector.found);
}

/** Every member in pages, with these of its values opened. */
async function eachMemberPage(context: Context, label: string, inspection: Inspection, names: readonly ValueName[], take: (page: readonly MemberRow[]) => void): Promise<void> {
  const progress = context.terminal.progress(label, sumOf(inspection.rows));
  let done = 0;
  try {
    for await (const page of (await context.database()).readMembers()) {
      take(await context.values().open(page, names));
      progress.update((done += page.length));
      await context.checkpoint();
    }
  } finally {
    progress.finish();
  }
}

function countClears(obeyed: readonly ObeyedDecision[]): number {
  return obeyed.filter(({ decision }) => decision === "unlink").length;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
