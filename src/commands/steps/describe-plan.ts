import type { UnopenedTally } from "../../columns/unopened-tally.ts";
import type { Context } from "../../context.ts";
import type { Sides } from "../../core/matching/decide.ts";
import type { MappingPlan } from "../../core/matching/plan.ts";
import { KEY_NAMES } from "../../core/member.ts";
import type { RunFacts } from "../../workspace/runs.ts";
import type { PlanInput } from "./plan-mapping.ts";
import { planFiles } from "./write-mapping-plan.ts";
import { sqlFile, type SqlFileCounts } from "./write-sql-file.ts";

interface MadePlan {
  readonly sides: Sides;
  readonly plan: MappingPlan;
  readonly digest: string;
  /** Rows that apply is to change. */
  readonly planned: number;
  /** Rows of the link table whose member is in no configured table. */
  readonly danglingLinks: number;
  /** Values that could not be decrypted, by column and reason. */
  readonly undecryptable: UnopenedTally["counts"];
  /** What the SQL file holds; undefined without one. */
  readonly sql: SqlFileCounts | undefined;
  /** Its identity. */
  readonly database: string;
  readonly decisions: string | null;
}

/** What the registry keeps of a plan; `counts` are those of the JSON result (product.md section 11), and what the brakes look at. */
export function describePlan(context: Context, { operator, snapshot }: PlanInput, { sides, plan, digest, planned, danglingLinks, undecryptable, sql, decisions, database }: MadePlan): RunFacts {
  const { members, kakao, options } = sides;
  return {
    command: "map-members",
    operator,
    host: context.host,
    createdAt: Math.floor(context.now() / 1000),
    counts: {
      members: members.counts.live,
      kakaoUsers: kakao.ids.length,
      counts: plan.counts,
      planned,
      linkedEvidence: plan.linkedEvidence,
      memberOnly: members.counts.memberOnly,
      unusable: { members: inOrder(members.unusable), kakao: inOrder(kakao.unusable) },
      weakLinks: plan.weakLinks,
      heldTwice: plan.heldTwice,
      danglingLinks,
      malformedLinks: members.counts.malformedLinks,
      ...(Object.keys(undecryptable).length === 0 ? {} : { undecryptable }),
      ...(sql === undefined ? {} : { sqlFile: sql }),
      quality: { ...plan.quality, digested: KEY_NAMES.filter((key) => options.digests?.[key] !== undefined), usableMembers: members.usableCounts, usableKakao: snapshot.counts.usable },
    },
    digests: { plan: digest, config: context.configDigest, decisions, database },
    snapshot: { generation: snapshot.generation, takenAt: snapshot.takenAt, source: snapshot.source },
    files: sql === undefined ? planFiles : { ...planFiles, sql: sqlFile },
  };
}

function inOrder(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([left], [right]) => (left < right ? -1 : 1)));
}
