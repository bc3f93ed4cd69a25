import type { KakaoId } from "../kakao-id.ts";
import { KEY_NAMES } from "../member.ts";
import type { Answer, ReviewReason } from "./answers.ts";
import { compare, decide, type Sides } from "./decide.ts";
import { readLinkedEvidence, renderEvidence, SAYS, saysOf } from "./evidence.ts";
import { HELD } from "./kakao-side.ts";
import { LINK } from "./member-side.ts";
import type { RowIndex } from "./row-index.ts";

export const DECISIONS = ["link", "unmatched", "skip", "unlink"] as const;
export type Decision = (typeof DECISIONS)[number];

/** What a person decided about one pair, as the review list showed it (M12). */
export interface PersonDecision {
  readonly kakaoId: KakaoId;
  readonly place: number;
  readonly memberId: string;
  readonly decision: Decision;
  /** The reason and evidence that the person looked at; another one now makes the decision outdated. Null when a digest of all values is compared instead. */
  readonly reason: string | null;
  readonly evidence: string | null;
}

/** Why a decision is not obeyed. */
export type DecisionRefusal =
  | "decision-outdated"
  | "decision-already-linked"
  | "decision-ci-differs"
  | "decision-member-linked"
  | "decision-member-not-live"
  | "decision-twice"
  | "decision-not-a-link";

/** A decision that this plan obeys. */
export interface ObeyedDecision {
  readonly decision: Decision;
  readonly user: number;
  readonly member: number;
  /** Position in the list that was passed in. */
  readonly at: number;
}

export interface DecisionReading {
  readonly obeyed: readonly ObeyedDecision[];
  readonly refused: readonly { readonly at: number; readonly why: DecisionRefusal }[];
}

/**
 * Reads decisions against what both sides say now (M12). A person may choose between candidates, but never against M1, a struck hit or M6,
 * nor for a blocked or withdrawn member; two links to one member, of one Kakao user or in one shared group refuse each other, and so does
 * one to a member whom the rules give to another Kakao user.
 */
export function readDecisions(sides: Sides, rows: RowIndex, decisions: readonly PersonDecision[]): DecisionReading {
  const refused: { at: number; why: DecisionRefusal }[] = [];
  const possible: ObeyedDecision[] = [];
  decisions.forEach((decision, at) => {
    const user = sides.kakao.ids.find(decision.kakaoId);
    const member = rows.find(decision.place, decision.memberId);
    const why = user < 0 || member < 0 ? "decision-outdated" : refuse(sides, decision, user, member);
    if (why === undefined) possible.push({ decision: decision.decision, user, member, at });
    else refused.push({ at, why });
  });
  const twice = new Set([...findTwice(sides, possible), ...findGiven(sides, possible)]);
  for (const { at } of possible) if (twice.has(at)) refused.push({ at, why: "decision-twice" });
  return { obeyed: possible.filter(({ at }) => !twice.has(at)), refused: refused.sort((left, right) => left.at - right.at) };
}

function refuse(sides: Sides, decision: PersonDecision, user: number, member: number): DecisionRefusal | undefined {
  const answer = decide(sides, user);
  const evidence = compare(sides, user, member);
  if (decision.decision === "unlink") return refuseUnlink(sides, decision, user, member);
  if (sides.kakao.held[user] !== HELD.nobody) return "decision-already-linked";
  if (decision.reason !== null && answer.reason !== decision.reason) return "decision-outdated";
  if (decision.evidence !== null && renderEvidence(evidence) !== decision.evidence) return "decision-outdated";
  if (answer.action !== "review") return "decision-outdated";
  if (decision.decision !== "link") return undefined;
  if (saysOf(evidence, "ci") === SAYS.differ) return "decision-ci-differs";
  if (sides.members.links.at(member) !== LINK.none) return "decision-member-linked";
  return mayBeChosen(sides, member) ? undefined : "decision-member-not-live";
}

/** The lists give a live member's link the reading of its evidence as the reason, every other link the reason of the review. */
function refuseUnlink(sides: Sides, { reason, evidence }: PersonDecision, user: number, member: number): DecisionRefusal | undefined {
  if (sides.members.links.at(member) !== user || sides.members.holdsSeveral(member)) return "decision-not-a-link";
  const now = compare(sides, user, member);
  const reasonNow = sides.members.isLive(member) ? readLinkedEvidence(now) : decide(sides, user).reason;
  const isSame = (reason === null || reason === reasonNow) && (evidence === null || evidence === renderEvidence(now));
  return isSame ? undefined : "decision-outdated";
}

/** A person may choose a dormant member that lives in a table of its own; in the member table only where dormant members may be linked at all. */
function mayBeChosen(sides: Sides, member: number): boolean {
  if (sides.members.isBlocked(member) || sides.members.isWithdrawn(member)) return false;
  if (sides.members.isLive(member)) return true;
  const place = sides.members.places.at(member);
  return sides.options.linkable[place] === true && (place > 0 || sides.options.dormant === "link");
}

/** Links that name a member, a Kakao user or a shared value twice. */
function findTwice(sides: Sides, decisions: readonly ObeyedDecision[]): ReadonlySet<number> {
  const byName = new Map<string, number[]>();
  for (const { decision, user, member, at } of decisions) {
    if (decision !== "link") continue;
    for (const name of [`user ${user}`, `member ${member}`, ...sharedNames(sides, user)]) {
      byName.set(name, [...(byName.get(name) ?? []), at]);
    }
  }
  return new Set([...byName.values()].filter((at) => at.length > 1).flat());
}

/** Links to a member whom the rules themselves give to another Kakao user. */
function findGiven(sides: Sides, decisions: readonly ObeyedDecision[]): readonly number[] {
  const links = decisions.filter(({ decision }) => decision === "link");
  const chosen = new Set(links.map(({ member }) => member));
  const given = new Set<number>();
  for (let user = 0; chosen.size > 0 && user < sides.kakao.ids.length; user += 1) {
    const { action, member } = decide(sides, user);
    if ((action === "link" || action === "relink") && chosen.has(member)) given.add(member);
  }
  return links.filter(({ member }) => given.has(member)).map(({ at }) => at);
}

function sharedNames(sides: Sides, user: number): readonly string[] {
  const group = sharedSlot(sides, user, decide(sides, user).reason);
  return group === undefined ? [] : [`group ${group}`];
}

/** `<key>-<slot>` of the value that a `shared-…` answer is about. */
export function sharedSlot(sides: Sides, user: number, reason: ReviewReason | ""): string | undefined {
  if (!reason.startsWith("shared-")) return undefined;
  const key = KEY_NAMES.find((name) => reason === `shared-${name}-members` || reason === `shared-${name}-kakao`);
  return key === undefined ? undefined : `${key}-${sides.kakao.slot(key, user)}`;
}

/** The answer of a user after the decisions: a link by decision keeps the reason it had been reviewed for. */
export function overrule(answer: Answer, decision: ObeyedDecision | undefined): Answer {
  if (decision === undefined) return answer;
  if (decision.decision === "unmatched") return { ...answer, action: "unmatched", member: -1, by: "decision" };
  return { ...answer, action: "link", by: "decision", member: decision.member, note: "" };
}
