import type { MemberRow } from "../../core/member.ts";
import { REVIEW_RULES } from "../../core/matching/answers.ts";
import { answerTexts } from "../../messages/answers.ts";
import type { Answer, Candidate } from "../../workspace/run-store.ts";
import type { Run } from "../../workspace/runs.ts";
import { say, translate } from "../../say.ts";

export interface Explained {
  readonly kakaoId: string | null;
  readonly action: string;
  readonly rule?: string;
  readonly lines: readonly string[];
}

const keyWords: Readonly<Record<string, string>> = { ci: "CI", phone: "phone number", email: "e-mail address", decision: "a person's decision" };

/** The answer of a plan about one Kakao user, in sentences. */
export function explainAnswer(run: Run, answer: Answer, candidates: readonly Candidate[]): Explained {
  const rule = ruleOf(answer);
  const lines = [
    say`Kakao user ${answer.kakaoId} in plan ${run.id}: ${answer.action}${answer.reason ? `, ${answer.reason}` : ""} (${rule}).`,
    `  ${translate(sentenceOf(answer))}`,
    ...(answer.memberId === null ? [] : [say`  Member ${answer.memberId}: ${answer.evidence ?? ""}`]),
    ...(answer.note ? [`  ${Object.entries(answerTexts.notes).find(([note]) => note === answer.note)?.[1] ?? answer.note}`] : []),
    ...(answer.group ? [say`  Shared value ${answer.group}: see shared.csv.`] : []),
    ...candidates.filter(({ memberId }) => memberId !== answer.memberId).map(({ memberId, evidence }) => say`  Candidate ${memberId}: ${evidence}`),
  ];
  return { kakaoId: answer.kakaoId, action: answer.action, rule, lines };
}

/** A Kakao id that somebody holds: linked ones are not kept one by one in a plan. */
export function explainLinked(run: Run, kakaoId: string, holders: readonly MemberRow[]): Explained {
  const live = holders.filter(({ state }) => state === "live");
  const names = holders.map(({ id, state }) => `${id} (${nameState(state)})`).join(", ");
  const action = live.length > 0 ? "linked" : "review";
  return {
    kakaoId,
    action,
    rule: "M1",
    lines: [say`Kakao user ${kakaoId}: held by member ${names} in the database now; an id that anybody holds is never attached to anybody else (M1). Plan ${run.id} proposes nothing for it.`],
  };
}

/** The word for a member's state: `live`, `not live`, `withdrawn`. */
export function nameState(state: MemberRow["state"]): string {
  return state === "live" ? say`live` : state === "notLive" ? say`not live` : say`withdrawn`;
}

function ruleOf(answer: Answer): string {
  if (answer.by === "decision") return "M12";
  if (answer.action === "review") return Object.entries(REVIEW_RULES).find(([reason]) => reason === answer.reason)?.[1] ?? "M8";
  const rules: Readonly<Record<string, string>> = { linked: "M1", elsewhere: "M1", unread: "M2", unmatched: "M3", relink: "M6", link: "M9" };
  return rules[answer.action] ?? "";
}

function sentenceOf(answer: Answer): string {
  const key = translate(keyWords[answer.by ?? ""] ?? "");
  switch (answer.action) {
    case "link":
      if (answer.by === "decision") return "A person decided to link this pair.";
      return answer.note ? say`Linked by the ${key}: it names this member alone.` : say`Linked by the ${key}: it names this member alone, and nothing speaks against it.`;
    case "relink":
      return "The member's old Kakao id is no longer listed, and the CI names the member: the new id replaces it once Kakao confirms that the old one is gone.";
    case "review":
      return Object.entries(answerTexts.reasons).find(([reason]) => reason === answer.reason)?.[1] ?? "";
    case "elsewhere":
      return "A place of alsoLinkedIn has this id in use.";
    case "unread":
      return "Its details were not read: younger than 24 hours, not answered by Kakao, sign-up at Kakao not finished, or wiped when it was linked (the next pull reads them again).";
    case "unmatched":
      return answer.by === "decision" ? "A person decided that none of the candidates is this user." : "No live or dormant member has the same CI, phone number or e-mail address.";
    default:
      return "A live member holds this id.";
  }
}
