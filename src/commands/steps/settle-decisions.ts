import { createHash } from "node:crypto";
import type { Context } from "../../context.ts";
import { readDecisions, type DecisionReading, type ObeyedDecision } from "../../core/matching/decisions.ts";
import { compare, decide, type Sides } from "../../core/matching/decide.ts";
import { readMember, type ReadMember } from "../../core/matching/read-member.ts";
import type { MemberRow } from "../../core/member.ts";
import { RowIndex } from "../../core/matching/row-index.ts";
import type { RememberedDecision } from "../../workspace/decisions.ts";
import type { PlanInput } from "./plan-mapping.ts";
import { decideFrom, pairName, type RefusedRow, type Wished } from "./read-decisions.ts";
import { findRows } from "./show-members.ts";

/** What a plan obeys of what people decided. */
export interface SettledDecisions {
  readonly obeyed: readonly ObeyedDecision[];
  readonly refused: readonly RefusedRow[];
  /** To be kept once the plan is made. */
  readonly remember: readonly RememberedDecision[];
  /** Of all that was wished; null without any. */
  readonly digest: string | null;
}

/**
 * Settles which decisions hold (M12): those of the file against the reason and evidence that the reviewer saw, remembered ones against a keyed digest of the
 * answer and of all values of both sides.
 */
export async function settleDecisions(context: Context, sides: Sides, { decisions, snapshot }: PlanInput): Promise<SettledDecisions> {
  const wished = decideFrom(context, decisions);
  const unknown = decisions.filter(({ pair }) => pair === null).map(({ row, line }): RefusedRow => ({ row, line, why: "decision-outdated" }));
  if (wished.length === 0) return { obeyed: [], refused: unknown, remember: [], digest: null };
  const rows = new RowIndex(sides.members, sides.options.seed);
  const first = readDecisions(sides, rows, wished.map(({ decision }) => decision));
  const digests = await digestPairs(context, sides, first.obeyed, (kakaoId) => snapshot.find(kakaoId));

  const holding = wished.filter((wish) => wish.file !== null || (wish.valueDigest !== null && wish.valueDigest === digests.get(pairName(wish.decision))));
  const reading = readDecisions(sides, rows, holding.map(({ decision }) => decision));
  const decidedAt = Math.floor(context.now() / 1000);
  const remember = reading.obeyed.flatMap(({ at }): RememberedDecision[] => {
    const wish = holding[at];
    const valueDigest = wish === undefined ? undefined : digests.get(pairName(wish.decision));
    if (wish === undefined || wish.file === null || valueDigest === undefined) return [];
    const { kakaoId, place, memberId, decision } = wish.decision;
    return [{ kakaoId, place, memberId, decision, decidedBy: wish.decidedBy, valueDigest, decidedAt }];
  });
  const refused = [...unknown, ...refusedRows(reading, holding)].sort((left, right) => left.line - right.line);
  return { obeyed: reading.obeyed, refused, remember, digest: digestOf(holding) };
}

/** Keyed digests, by pair, of the answer and all values of both sides as they are now. */
async function digestPairs(context: Context, sides: Sides, obeyed: readonly ObeyedDecision[], findUser: PlanInput["snapshot"]["find"]): Promise<ReadonlyMap<string, string>> {
  const values = new Map<number, string>();
  for await (const [row, member] of findRows(context, sides, new Set(obeyed.map(({ member }) => member)))) {
    values.set(row, renderDecided(member, readMember(member, sides.options)));
  }
  const digest = context.decisionDigest();
  const digests = new Map<string, string>();
  for (const { user, member } of obeyed) {
    const kakaoId = sides.kakao.ids.at(user);
    const found = findUser(kakaoId);
    const theirs = found === undefined ? [] : [found.state, found.ci, found.phone, found.email, found.name, found.birthdate];
    const pair = { kakaoId, place: sides.members.places.at(member), memberId: sides.members.ids.at(member) };
    digests.set(pairName(pair), digest([decide(sides, user).reason, compare(sides, user, member), ...theirs, values.get(member) ?? ""].join("\u001e")));
  }
  return digests;
}

/** The member's side of a decision, in comparable form: another way of writing a number does not outdate it. */
function renderDecided({ state, blocked, protected: isProtected }: MemberRow, { ci, phone, email, name, birthdate, phoneVerified, emailVerified }: ReadMember): string {
  return [state, blocked, isProtected, ci, phone, email, name, birthdate, phoneVerified, emailVerified].join("\u001f");
}

/** A remembered decision that no longer fits is left out without a word: it was obeyed once, or its pair is linked by now. */
function refusedRows(reading: DecisionReading, holding: readonly Wished[]): readonly RefusedRow[] {
  return reading.refused.flatMap(({ at, why }) => {
    const row = holding[at]?.file;
    return row === null || row === undefined ? [] : [{ row: row.row, line: row.line, why }];
  });
}

function digestOf(wished: readonly Wished[]): string {
  return createHash("sha256").update(JSON.stringify(wished.map(({ decision, decidedBy }) => [decision, decidedBy]))).digest("hex");
}
