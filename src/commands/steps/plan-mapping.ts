import type { Context } from "../../context.ts";
import { FalseHit, PlanCheck } from "../../core/matching/check.ts";
import { readDecisions, type ObeyedDecision, type PersonDecision } from "../../core/matching/decisions.ts";
import type { Sides } from "../../core/matching/decide.ts";
import { KakaoSide } from "../../core/matching/kakao-side.ts";
import { MemberSide } from "../../core/matching/member-side.ts";
import type { MatchingOptions } from "../../core/matching/options.ts";
import { MappingPlan } from "../../core/matching/plan.ts";
import { RowIndex } from "../../core/matching/row-index.ts";
import type { Inspection } from "../../database/service-database.ts";
import type { Snapshot } from "../../workspace/snapshot.ts";
import type { Run } from "../../workspace/runs.ts";
import { decideFrom, digestOfDecisions, type FileDecisions, type RefusedRow, settleDecisions } from "./read-decisions.ts";
import { readMappingOptions } from "./read-mapping-options.ts";
import { planFiles, writeMappingPlan } from "./write-mapping-plan.ts";

/** What a plan is made from. */
export interface PlanInput {
  readonly snapshot: Snapshot;
  readonly inspection: Inspection;
  /** Decisions of `--decisions`, already matched with the review list they came from. */
  readonly decisions: FileDecisions;
  readonly operator: string;
  readonly allRows: boolean;
}

export interface MappingResult {
  readonly run: Run;
  readonly plan: MappingPlan;
  readonly sides: Sides;
  readonly refusedDecisions: readonly RefusedRow[];
  /** Linked pairs that a decision clears. */
  readonly clears: number;
}

/**
 * Makes the mapping plan: Kakao users, members, decide, and both once more to compare real values (matching-engine: passes 1 to 4). Everything is written
 * into the run's folder before the run is registered; a run that was killed before that leaves nothing that counts.
 */
export async function planMapping(context: Context, input: PlanInput): Promise<MappingResult> {
  const options = readMappingOptions(context, await context.foreignPhone(), input.snapshot.complete);
  const outdated = new Set<string>();
  for (let attempt = 1; ; attempt += 1) {
    try {
      const result = await attemptPlan(context, input, { ...options, seed: context.drawSeed() }, outdated);
      if (result !== undefined) return result;
    } catch (error) {
      if (!(error instanceof FalseHit) || attempt === 4) throw error;
    }
  }
}

/** One attempt with one seed. Undefined when a remembered decision turned out to be outdated: then `outdated` has grown. */
async function attemptPlan(context: Context, input: PlanInput, options: MatchingOptions, outdated: Set<string>): Promise<MappingResult | undefined> {
  const sides = await readSides(context, input, options);
  const rows = new RowIndex(sides.members, options.seed);
  const wished = decideFrom(context, input.decisions, outdated);
  const reading = readDecisions(sides, rows, wished.map(({ decision }): PersonDecision => decision));
  const plan = new MappingPlan(sides, reading.obeyed);
  const workspace = context.workspace();
  const { id, folder } = workspace.runs.prepare(Math.floor(context.now() / 1000));
  const draft = workspace.createRunStore({ id, folder });
  try {
    const check = new PlanCheck(sides, plan, rows, reading.obeyed, draft.digest, context.showValues);
    await collectLinks(context, check, input, (row) => draft.plan.add(row));
    writeMappingPlan({ context, runId: id, folder, sides, plan, check, draft, decided: reading.obeyed, allRows: input.allRows }, input.snapshot.blocks());
    const settled = settleDecisions(context, input.decisions, wished, reading, check.decidedValues());
    if (settled.outdated.length > 0) {
      for (const pair of settled.outdated) outdated.add(pair);
      draft.discard();
      workspace.runs.discard(id);
      return undefined;
    }
    const { digest, rows: planned } = draft.finish();
    workspace.decisions.remember(settled.remember);
    const run = workspace.runs.create(id, describeRun(context, input, sides, plan, { digest, planned, decisions: digestOfDecisions(wished) }));
    return { run, plan, sides, refusedDecisions: settled.refused, clears: countClears(reading.obeyed) };
  } catch (error) {
    draft.discard();
    workspace.runs.discard(id);
    throw error;
  }
}

/** Passes 1 and 2: both sides into memory. */
async function readSides(context: Context, { snapshot, inspection }: PlanInput, options: MatchingOptions): Promise<Sides> {
  const kakao = new KakaoSide(snapshot.ids(), snapshot.counts.usable, options);
  for (const users of snapshot.blocks()) kakao.add(users);
  for (const place of context.places()) {
    for await (const ids of place.readIds()) for (const id of ids) kakao.markElsewhere(id);
  }
  const members = new MemberSide(kakao, options);
  const progress = context.terminal.progress("Reading members", sum(inspection.rows));
  try {
    for await (const page of context.database().readMembers()) {
      members.add(page);
      progress.update(members.counts.rows);
      context.signal.throwIfAborted();
    }
  } finally {
    progress.finish();
  }
  return { kakao, members, options };
}

type AddRow = (row: readonly [number, string, string, "link" | "relink" | "unlink", string, string | null, string]) => void;

/** Pass 4 over the members: what apply is to write, in primary-key order. */
async function collectLinks(context: Context, check: PlanCheck, { inspection }: PlanInput, add: AddRow): Promise<void> {
  const progress = context.terminal.progress("Comparing values", sum(inspection.rows));
  const planned: Parameters<PlanCheck["takeMembers"]>[1] = (link) => add([link.place, link.memberId, link.kakaoId, link.action, link.by, link.former, link.digest]);
  let done = 0;
  try {
    for await (const page of context.database().readMembers()) {
      check.takeMembers(page, planned);
      done += page.length;
      progress.update(done);
      context.signal.throwIfAborted();
    }
  } finally {
    progress.finish();
  }
  check.finishMembers(planned);
}

interface MadePlan {
  readonly digest: string;
  /** Rows that apply is to change. */
  readonly planned: number;
  readonly decisions: string | null;
}

function describeRun(context: Context, input: PlanInput, sides: Sides, plan: MappingPlan, made: MadePlan): Parameters<ReturnType<Context["workspace"]>["runs"]["create"]>[1] {
  return {
    command: "map-members",
    operator: input.operator,
    host: context.host,
    createdAt: Math.floor(context.now() / 1000),
    counts: {
      members: sides.members.counts.live,
      kakaoUsers: sides.kakao.ids.length,
      counts: plan.counts,
      planned: made.planned,
      linkedEvidence: plan.linkedEvidence,
      memberOnly: sides.members.counts.memberOnly,
      unusable: { members: Object.fromEntries(sortCounts(sides.members.unusable)), kakao: Object.fromEntries(sortCounts(sides.kakao.unusable)) },
      weakLinks: plan.weakLinks,
      heldTwice: plan.heldTwice,
      malformedLinks: sides.members.counts.malformedLinks,
      quality: { ...plan.quality, usableMembers: sides.members.usableCounts, usableKakao: input.snapshot.counts.usable },
    },
    digests: { plan: made.digest, config: context.configDigest, decisions: made.decisions, database: context.database().identity },
    snapshot: { generation: input.snapshot.generation, takenAt: input.snapshot.takenAt },
    files: planFiles,
  };
}

function sortCounts(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
}

function countClears(obeyed: readonly ObeyedDecision[]): number {
  return obeyed.filter(({ decision }) => decision === "unlink").length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
