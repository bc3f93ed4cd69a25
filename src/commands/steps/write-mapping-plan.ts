import type { Context } from "../../context.ts";
import type { KakaoUser } from "../../core/kakao-user.ts";
import type { Answer } from "../../core/matching/answers.ts";
import type { ObeyedDecision } from "../../core/matching/decisions.ts";
import type { Sides } from "../../core/matching/decide.ts";
import { renderEvidence } from "../../core/matching/evidence.ts";
import { listPlannedLinks } from "../../core/matching/planned-links.ts";
import type { MappingPlan } from "../../core/matching/plan.ts";
import type { SharedGroup } from "../../core/matching/shared-groups.ts";
import type { RunDraft } from "../../workspace/run-store.ts";

const planHeader = ["kakao_id", "member_id", "action", "by", "reason", "group", "evidence", "note"];
const reviewHeader = [
  "row", "kakao_id", "member_id", "reason", "group", "evidence",
  "kakao_phone", "member_phone", "kakao_email", "member_email", "kakao_name", "member_name", "kakao_birthdate", "member_birthdate",
  "decision", "decided_by",
];

/** What the files of a plan are written from. */
export interface PlanToWrite {
  readonly context: Context;
  readonly runId: string;
  readonly folder: string;
  readonly sides: Sides;
  readonly plan: MappingPlan;
  readonly groups: readonly SharedGroup[];
  /** Masked values of the members under review, by their row. */
  readonly shownMembers: ReadonlyMap<number, ShownValues>;
  readonly draft: RunDraft;
  readonly decided: readonly ObeyedDecision[];
  readonly allRows: boolean;
}

/** What a list shows of a person, masked; what is unknown is empty. */
export interface ShownValues {
  readonly phone: string;
  readonly email: string;
  readonly name: string;
  readonly birthdate: string;
}

/** Reason of the rows of `check.csv`: a linked pair whose values speak against it (M1). */
export const contradicted = "contradicted";

/** Names of a plan's files in its run's folder, as the JSON result has them. */
export const planFiles = { plan: "plan.csv", review: "review.csv", shared: "shared.csv", check: "check.csv", claims: "claims.csv", unmatched: "unmatched.csv" } as const;

/** Writes a plan: what apply is to do, in primary-key order, and every file, in numeric order of the Kakao ids. */
export function writeMappingPlan(work: PlanToWrite, blocks: Iterable<readonly KakaoUser[]>): void {
  const files = openFiles(work);
  try {
    const contradictedBy = groupByUser(work.plan);
    const decidedPairs = new Set(work.decided.map(({ user, member }) => `${user} ${member}`));
    let row = 0;
    for (const users of blocks) {
      for (const user of users) {
        const answer = work.plan.answer(row);
        if (answer.action !== "linked" || work.allRows) writeAnswer(work, files, row, user, answer);
        if (answer.action === "review") writeReview(work, files, row, user, answer, decidedPairs);
        if (answer.action === "unmatched") files.unmatched.write([user.id]);
        for (const member of contradictedBy.get(row) ?? []) writeCandidate(work, files.check, row, user, member, contradicted, "", decidedPairs);
        row += 1;
      }
    }
    writeShared(work, files);
    for (const { place, memberId, kakaoId, action, by, former, digest } of listPlannedLinks(work.sides, work.plan, work.decided)) {
      work.draft.plan.add([place, memberId, kakaoId, action, by, former, digest]);
    }
    for (const file of Object.values(files)) file.finish();
  } catch (error) {
    for (const file of Object.values(files)) file.discard();
    throw error;
  }
}

type Files = ReturnType<typeof openFiles>;

function openFiles({ context, folder }: PlanToWrite) {
  const open = (name: string, header: readonly string[], readers: "machines" | "people") => context.createCsv(`${folder}/${name}`, header, { readers });
  return {
    plan: open(planFiles.plan, planHeader, "machines"),
    review: open(planFiles.review, reviewHeader, "people"),
    shared: open(planFiles.shared, ["key", "group", "side", "id", "size"], "machines"),
    check: open(planFiles.check, reviewHeader, "people"),
    claims: open(planFiles.claims, ["kakao_id", "member_id", "reason"], "machines"),
    unmatched: open(planFiles.unmatched, ["kakao_id"], "machines"),
  };
}

function groupByUser(plan: MappingPlan): ReadonlyMap<number, readonly number[]> {
  const byUser = new Map<number, number[]>();
  for (const { user, member } of plan.contradicted) byUser.set(user, [...(byUser.get(user) ?? []), member].sort((left, right) => plan.compareMembers(left, right)));
  return byUser;
}

function writeAnswer({ sides, plan, draft, allRows }: PlanToWrite, files: Files, row: number, user: KakaoUser, answer: Answer): void {
  const named = answer.member !== -1;
  const memberId = named ? sides.members.ids.at(answer.member) : "";
  const evidence = named ? renderEvidence(plan.evidence(row, answer.member)) : "";
  const group = plan.group(row, answer);
  const inPlan = answer.action !== "linked" && answer.action !== "elsewhere" && answer.action !== "unread";
  if (inPlan || allRows) files.plan.write([user.id, memberId, answer.action, answer.by, answer.reason, group, evidence, answer.note]);
  const place = named ? sides.members.places.at(answer.member) : null;
  draft.answers.add({
    kakaoId: user.id, place, memberId: named ? memberId : null, action: answer.action,
    by: answer.by, reason: answer.reason, group, evidence, note: answer.note,
  });
}

/** Reasons that a login to the old account cannot settle: another person's value, or an id that somebody holds. */
const notToClaim: ReadonlySet<string> = new Set(["ci-differs", "held-by-not-live", "held-by-dangling", "held-by-withdrawn"]);

function writeReview(work: PlanToWrite, files: Files, row: number, user: KakaoUser, answer: Answer, decided: ReadonlySet<string>): void {
  const group = work.plan.group(row, answer);
  const candidates = work.plan.candidatesOf(row, answer);
  // A value that too many members hold: shared.csv lists them, and there is nothing to decide in a row.
  if (candidates.length === 0) files.review.write(["", user.id, "", answer.reason, group, "", ...inPairs(showUser(work.context, user), nothingShown), "", ""]);
  for (const member of candidates) {
    writeCandidate(work, files.review, row, user, member, answer.reason, group, decided);
    if (!notToClaim.has(answer.reason)) files.claims.write([user.id, work.sides.members.ids.at(member), answer.reason]);
  }
}

function writeCandidate(work: PlanToWrite, file: Files["review"], row: number, user: KakaoUser, member: number, reason: string, group: string, decided: ReadonlySet<string>): void {
  const { context, sides, plan, shownMembers, draft, runId } = work;
  const memberId = sides.members.ids.at(member);
  const place = sides.members.places.at(member);
  const evidence = renderEvidence(plan.evidence(row, member));
  const code = renderRowCode(runId, draft.digest, user.id, place, memberId);
  draft.addCandidate({ code, kakaoId: user.id, place, memberId, reason, evidence, group: group === "" ? null : group });
  if (decided.has(`${row} ${member}`)) return;
  file.write([code, user.id, memberId, reason, group, evidence, ...inPairs(showUser(context, user), shownMembers.get(member) ?? nothingShown), "", ""]);
}

/** Check digits over run, Kakao id and member, behind the end of the run's id: no spreadsheet takes it for a number. */
function renderRowCode(runId: string, digest: (text: string) => string, kakaoId: string, place: number, memberId: string): string {
  return `r${runId.slice(-4)}-${digest(["row", runId, kakaoId, place, memberId].join(" ")).slice(0, 8)}`;
}

function showUser(context: Context, user: KakaoUser): ShownValues {
  const textOf = (value: string | number): string | null => (typeof value === "string" ? value : null);
  return context.showValues({ phone: textOf(user.phone), email: textOf(user.email), name: user.name, birthdate: user.birthdate });
}

const nothingShown: ShownValues = { phone: "", email: "", name: "", birthdate: "" };

function inPairs(kakao: ShownValues, member: ShownValues): readonly string[] {
  return [kakao.phone, member.phone, kakao.email, member.email, kakao.name, member.name, kakao.birthdate, member.birthdate];
}

function writeShared({ groups }: PlanToWrite, files: Files): void {
  for (const group of groups) {
    for (const side of ["kakao", "members"] as const) {
      for (const id of group[side].ids) files.shared.write([group.key, group.name, side === "kakao" ? "kakao" : "member", id, group[side].size]);
    }
  }
}
