import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { ACTIONS, REVIEW_RULES } from "../../src/core/matching/answers.ts";
import { renderEvidence } from "../../src/core/matching/evidence.ts";
import { LINK } from "../../src/core/matching/member-side.ts";
import type { MemberRow } from "../../src/core/member.ts";
import { listRows, match, type Matched, type MatchedUser } from "../helpers/match.ts";
import { Reference } from "./reference/decide-population.ts";
import type { ReferenceDecision } from "./reference/matching-sql.ts";
import { drawPopulation, type Population } from "./reference/population.ts";

/** The same populations each time, unless told: MATCHING_SEED=7 npx vitest run test/core/matching-reference.test.ts */
const seed = Number(process.env["MATCHING_SEED"] ?? 20261120);
/** At most so many members and Kakao users, in so many populations. */
const sizes = [
  { most: { members: 14, users: 10 }, runs: 1200 },
  { most: { members: 60, users: 60 }, runs: 100 },
] as const;
/** Milliseconds; ten times what it takes, for a busy machine and for shrinking. */
const longest = 300_000;
const reference = new Reference();

afterAll(() => {
  reference.close();
});

function decideAll(population: Population, members: readonly MemberRow[] = rowsOf(population), runSeed: readonly [number, number] = [1, 2]): Matched {
  return match(members, population.users, { ...population.options, seed: runSeed }, population.elsewhere, [], population.dangling);
}

function rowsOf({ members }: Population): readonly MemberRow[] {
  return members.map(({ row }) => row);
}

/** What the engine is to say where the reference says this. */
function expectedUser(population: Population, said: ReferenceDecision): MatchedUser {
  const { kakaoId, action, reason, by, note } = said;
  const found = { kakaoId, action, reason: reason ?? "", by: by ?? "", note: note ?? "" };
  // The engine names no holder of a linked id: there the evidence of every pair is looked at below.
  if (action === "linked") return { ...found, member: "", evidence: "" };
  if (said.memberId !== null) return { ...found, member: `${said.place}:${said.memberId}`, evidence: said.evidence ?? "" };
  if (found.reason !== "held-by-not-live" && found.reason !== "held-by-withdrawn") return { ...found, member: "", evidence: "" };
  return { ...found, ...expectedHolder(population, kakaoId, found.reason === "held-by-not-live" ? "notLive" : "withdrawn") };
}

/** Of several holders of the deciding state, the engine names the lowest; what speaks for it is asked of the reference with that pair alone. */
function expectedHolder(population: Population, kakaoId: string, state: string): { readonly member: string; readonly evidence: string } {
  const holders = population.members.filter(({ row }) => linksOf(row).includes(kakaoId) && row.state === state);
  const [first] = holders.sort((left, right) => left.row.place - right.row.place || compareIds(left.row.id, right.row.id));
  if (first === undefined) throw new Error("the reference knows a holder that is not there");
  const [alone] = reference.decide({ ...population, members: [first], users: population.users.filter(({ id }) => id === kakaoId) });
  return { member: `${first.row.place}:${first.row.id}`, evidence: alone?.evidence ?? "" };
}

function linksOf({ link, furtherLinks = [] }: MemberRow): readonly string[] {
  return link === null ? [] : [link, ...furtherLinks];
}

/** Decimal ids of 64 bits by number and first, then the others by code unit. */
function compareIds(left: string, right: string): number {
  const [a, b] = [left, right].map((id) => (/^[1-9]\d*$/.test(id) && BigInt(id) < 2n ** 63n ? BigInt(id) : null));
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : 1;
  if (typeof a === "bigint" || typeof b === "bigint") return typeof a === "bigint" ? -1 : 1;
  return left < right ? -1 : 1;
}

/** The contradicted pairs as `user member evidence`; of users with several live holders the users only, since the reference says no more. */
function expectedContradictions(said: readonly ReferenceDecision[]): string[] {
  return said.filter(({ linkedEvidence }) => linkedEvidence === "contradicted").map(({ kakaoId, place, memberId, evidence }) => (memberId === null ? kakaoId : `${kakaoId} ${place}:${memberId} ${evidence}`));
}

function renderContradictions({ plan, sides }: Matched, said: readonly ReferenceDecision[]): string[] {
  const several = new Set(said.filter(({ memberId }) => memberId === null).map(({ kakaoId }) => kakaoId));
  const rendered = [...plan.contradicted].sort((left, right) => left.user - right.user).map(({ user, member, evidence }) => {
    const id = sides.kakao.ids.at(user);
    return several.has(id) ? id : `${id} ${sides.members.places.at(member)}:${sides.members.ids.at(member)} ${renderEvidence(evidence)}`;
  });
  return [...new Set(rendered)];
}

/** What is to be done with each kept member. */
function listTargets({ plan, sides }: Matched) {
  return Array.from({ length: sides.members.length }, (_, member) => ({ member, ...plan.targetOf(member) })).filter((target) => target.user !== undefined);
}

function tally(values: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Everything a plan says, without the row numbers that the order of reading gives. */
function renderPlan(matched: Matched): unknown {
  const { users, plan, sides } = matched;
  const idOf = (member: number): string => `${sides.members.places.at(member)}:${sides.members.ids.at(member)}`;
  return {
    users: users.map((user, row) => {
      const answer = plan.answer(row);
      return { ...user, corroboration: answer.corroboration, group: plan.group(row, answer), candidates: plan.candidatesOf(row, answer).map(idOf) };
    }),
    counts: [plan.counts, plan.linkedEvidence, plan.quality, plan.weakLinks, plan.heldTwice, sides.members.counts],
    targets: listTargets(matched).map(({ user, action, by, member }) => [idOf(member), user, action, by].join(" ")).sort(),
    contradicted: plan.contradicted.map(({ user, member, evidence }) => `${user} ${idOf(member)} ${evidence}`).sort(),
    unusable: [Object.fromEntries(sides.members.unusable), Object.fromEntries(sides.kakao.unusable)],
  };
}

/** What no population may fail to lead to: each action, each reason, and what a link can say of itself. */
const everyAnswer = [
  ...ACTIONS.filter((action) => action !== "review"),
  ...Object.keys(REVIEW_RULES),
  ...["link ci", "link phone", "link email", "link ci name-differs", "link ci birthdate-differs"],
  ...["crowded value", "holder among several", "contradicted pair"],
];

describe("random populations", () => {
  it("get the answers of the reference, in counts that add up, and lead to every answer there is", () => {
    const met: Record<string, number> = {};
    const meet = (what: string): void => {
      met[what] = (met[what] ?? 0) + 1;
    };
    checkAll((population) => {
      const said = reference.decide(population);
      const matched = decideAll(population);
      expect(matched.users).toEqual(said.map((each) => expectedUser(population, each)));
      expect(matched.plan.linkedEvidence).toEqual({ agree: 0, unknown: 0, contradicted: 0, ...tally(said.flatMap(({ linkedEvidence }) => linkedEvidence ?? [])) });
      expect(renderContradictions(matched, said)).toEqual(expectedContradictions(said));
      checkPlan(population, matched);
      matched.users.forEach(({ action, reason, by, note }, row) => {
        for (const answer of action === "review" ? [reason] : new Set([action, `${action} ${by} ${note}`.trim()])) meet(answer);
        if (reason.startsWith("shared-") && matched.plan.candidatesOf(row, matched.plan.answer(row)).length === 0) meet("crowded value");
        if (reason.startsWith("held-by-not-live") && said[row]?.memberId === null) meet("holder among several");
      });
      if (matched.plan.contradicted.length > 0) meet("contradicted pair");
    });
    expect(everyAnswer.filter((answer) => met[answer] === undefined), "answers that no population led to").toEqual([]);
  }, longest);

  it("M10: neither the order of members nor the seed changes anything", () => {
    checkAll((population, members, runSeed) => {
      expect(renderPlan(decideAll(population, members, runSeed))).toEqual(renderPlan(decideAll(population)));
    });
  }, longest);
});

/** Tries a property on populations of both sizes, given with their members in another order and with another seed. */
function checkAll(property: (population: Population, shuffled: readonly MemberRow[], runSeed: readonly [number, number]) => void): void {
  for (const { most, runs } of sizes) {
    const drawn = drawPopulation(most.members, most.users).chain((population) => {
      const members = fc.shuffledSubarray([...rowsOf(population)], { minLength: population.members.length });
      return fc.tuple(fc.constant(population), members, fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff)));
    });
    fc.assert(fc.property(drawn, ([population, shuffled, runSeed]) => { property(population, shuffled, runSeed); }), { numRuns: runs, seed });
  }
}

/** What holds whatever the rules say: counts that add up, and changes that no rule could ask for are not there. */
function checkPlan(population: Population, matched: Matched): void {
  const { users, plan, sides } = matched;
  const { link, review, ...others } = plan.counts;
  const sum = [...Object.values(link), ...Object.values(review), ...Object.values(others)].reduce((total, count) => total + count, 0);
  expect(sum).toBe(population.users.length);
  expect(tally(users.flatMap(({ action, reason }) => (action === "review" ? [reason] : [])))).toEqual(review);
  expect(plan.linkedEvidence.agree + plan.linkedEvidence.unknown + plan.linkedEvidence.contradicted).toBe(plan.counts.linked);
  const held = tally(population.members.flatMap(({ row }) => [...new Set(linksOf(row))]));
  expect(plan.heldTwice).toBe(population.users.filter(({ id }) => (held[id] ?? 0) > 1).length);

  const changes = users.filter(({ action }) => action === "link" || action === "relink");
  expect(new Set(changes.map(({ member }) => member)).size, "one user a member").toBe(changes.length);
  expect(listTargets(matched)).toHaveLength(changes.length);
  for (const { kakaoId, action, member } of changes) {
    const target = population.members.find(({ row }) => `${row.place}:${row.id}` === member)?.row;
    expect(target).toMatchObject({ blocked: false, link: action === "link" ? null : expect.stringMatching(/^[1-9]\d*$/) });
    expect(target?.state).not.toBe("withdrawn");
    expect(held[kakaoId], "an id that anybody holds").toBeUndefined();
    expect(population.dangling).not.toContain(kakaoId);
    expect(target?.furtherLinks).toBeUndefined();
    expect(population.elsewhere).not.toContain(kakaoId);
    expect(population.users.find(({ id }) => id === kakaoId)?.state).toBe("read");
    const row = listRows(sides).find((at) => `${sides.members.places.at(at)}:${sides.members.ids.at(at)}` === member) ?? -1;
    expect(sides.members.links.at(row)).toBe(action === "link" ? LINK.none : LINK.unlisted);
  }
}
