import { createHash } from "node:crypto";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import { UNUSABLE } from "../../src/core/keys.ts";
import { renderEvidence } from "../../src/core/matching/evidence.ts";
import { KakaoSide } from "../../src/core/matching/kakao-side.ts";
import { MemberSide } from "../../src/core/matching/member-side.ts";
import type { MatchingOptions } from "../../src/core/matching/options.ts";
import { MappingPlan } from "../../src/core/matching/plan.ts";
import { readDecisions, type DecisionReading, type PersonDecision } from "../../src/core/matching/decisions.ts";
import { RowIndex } from "../../src/core/matching/row-index.ts";
import type { Sides } from "../../src/core/matching/decide.ts";
import type { MemberRow } from "../../src/core/member.ts";

export const testOptions: MatchingOptions = {
  keys: ["ci", "phone", "email"],
  phone: "corroborated",
  email: "corroborated",
  corroborators: ["name", "birthdate"],
  dormant: "review",
  placeholders: new Set(),
  syntheticEmails: [],
  phoneVerifiedAlways: false,
  emailVerifiedAlways: false,
  zoneMinutes: 540,
  linkable: [true, false],
  listingComplete: true,
  today: "20261120",
  nowMs: Date.UTC(2026, 10, 20),
  foreignPhone: () => null,
  seed: [1, 2],
};

/** A well-formed CI that differs for each name. */
export function ci(name: string): string {
  return Buffer.from(name.padEnd(64, "#")).toString("base64");
}

export function member(id: string, values: Partial<MemberRow> = {}): MemberRow {
  const verified = { phoneVerifiedAt: "2026-01-01 00:00:00", emailVerifiedAt: "2026-01-01 00:00:00" };
  return { place: 0, id, state: "live", blocked: false, protected: false, otherLogin: false, link: null, ci: null, phone: null, email: null, name: null, birthdate: null, ...verified, ...values };
}

export function kakaoUser(id: string, values: Partial<KakaoUser> = {}): KakaoUser {
  return { id, state: "read", connectedAt: 1_700_000_000, ci: UNUSABLE.empty, phone: UNUSABLE.empty, email: UNUSABLE.empty, name: null, birthdate: null, ...values };
}

export interface MatchedUser {
  readonly kakaoId: string;
  readonly action: string;
  readonly reason: string;
  readonly by: string;
  /** `place:id`, empty where nobody is named. */
  readonly member: string;
  readonly note: string;
  readonly evidence: string;
}

export interface Matched {
  readonly users: readonly MatchedUser[];
  readonly plan: MappingPlan;
  readonly sides: Sides;
  readonly decisions: DecisionReading;
}

/** The rows of all kept members. */
export function listRows({ members }: Sides): readonly number[] {
  return Array.from({ length: members.length }, (_, row) => row);
}

/** Runs passes 1 to 3 over two whole sides. */
export function match(members: readonly MemberRow[], users: readonly KakaoUser[], changed: Partial<MatchingOptions> = {}, elsewhere: readonly string[] = [], decisions: readonly PersonDecision[] = [], dangling: readonly string[] = []): Matched {
  const options = { ...testOptions, ...changed };
  const ordered = [...users].sort((left, right) => (BigInt(left.id) < BigInt(right.id) ? -1 : 1));
  const count = (key: "ci" | "phone" | "email"): number => ordered.filter((user) => typeof user[key] === "string").length;
  const kakao = new KakaoSide(BigUint64Array.from(ordered.map(({ id }) => BigInt(id))), { ci: count("ci"), phone: count("phone"), email: count("email") }, options);
  kakao.add(ordered);
  for (const id of elsewhere) kakao.markElsewhere(id);
  for (const id of dangling) kakao.markDangling(id);
  const memberSide = new MemberSide(kakao, options, (text) => createHash("sha256").update(text).digest("hex").slice(0, 32));
  memberSide.add(members);
  const sides: Sides = { kakao, members: memberSide, options };
  const reading = readDecisions(sides, new RowIndex(memberSide, options.seed), decisions);
  const plan = new MappingPlan(sides, reading.obeyed);
  const matched = ordered.map(({ id }, row): MatchedUser => {
    const answer = plan.answer(row);
    const named = answer.member !== -1;
    return {
      kakaoId: id,
      action: answer.action,
      reason: answer.reason,
      by: answer.by,
      member: named ? `${memberSide.places.at(answer.member)}:${memberSide.ids.at(answer.member)}` : "",
      note: answer.note,
      evidence: named ? renderEvidence(plan.evidence(row, answer.member)) : "",
    };
  });
  return { users: matched, plan, sides, decisions: reading };
}
