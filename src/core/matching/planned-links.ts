import type { KakaoId } from "../kakao-id.ts";
import type { Action, DecidedBy } from "./answers.ts";
import type { ObeyedDecision } from "./decisions.ts";
import type { Sides } from "./decide.ts";
import type { MappingPlan } from "./plan.ts";

/** A change that apply is to make. The digest is of everything the decision looked at on the member's side. */
export interface PlannedLink {
  readonly place: number;
  readonly memberId: string;
  readonly kakaoId: KakaoId;
  readonly action: Extract<Action, "link" | "relink"> | "unlink";
  readonly by: DecidedBy;
  /** The id that a relink replaces or a decision clears. */
  readonly former: KakaoId | null;
  readonly digest: string;
}

/** All changes of a plan, in the order in which the members were read: primary-key order, in which they are written fastest. */
export function* listPlannedLinks(sides: Sides, plan: MappingPlan, decided: readonly ObeyedDecision[]): Iterable<PlannedLink> {
  const { members, kakao } = sides;
  const clears = new Map(decided.filter(({ decision }) => decision === "unlink").map(({ member, user }) => [member, user]));
  for (let row = 0; row < members.length; row += 1) {
    const target = plan.targetOf(row);
    const cleared = target === undefined ? clears.get(row) : undefined;
    const user = target?.user ?? cleared;
    if (user === undefined) continue;
    const kakaoId = kakao.ids.at(user);
    yield {
      place: members.places.at(row),
      memberId: members.ids.at(row),
      kakaoId,
      action: target?.action ?? "unlink",
      by: target?.by ?? "decision",
      former: cleared === undefined ? members.unlistedLink(row) : kakaoId,
      digest: members.usedValues(row),
    };
  }
}
