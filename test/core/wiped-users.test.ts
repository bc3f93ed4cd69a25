import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import { createWiper, fits, makeComparison } from "../../src/core/matching/kept-hashes.ts";
import { createHash } from "node:crypto";
import { prepareDigests } from "../../src/core/matching/key-digests.ts";
import type { MemberRow } from "../../src/core/member.ts";
import { ci, kakaoUser, match, member, testOptions, type Matched } from "../helpers/match.ts";
import { drawPopulation, type Population } from "./reference/population.ts";

const seed = Number(process.env["MATCHING_SEED"] ?? 20261121);
const hashSeed = [4_000_000_001, 17] as const;
const longest = 300_000;

function plan({ options, elsewhere, dangling }: Population, members: readonly MemberRow[], users: readonly KakaoUser[]): Matched {
  return match(members, users, { ...options, seed: hashSeed }, elsewhere, [], dangling);
}

/** The members after the plan was carried out. */
function apply(members: readonly MemberRow[], { users }: Matched): readonly MemberRow[] {
  const linkOf = new Map(users.filter(({ action }) => action === "link" || action === "relink").map(({ member, kakaoId }) => [member, kakaoId]));
  return members.map((row) => ({ ...row, link: linkOf.get(`${row.place}:${row.id}`) ?? row.link }));
}

/** The users after the wipe: of those linked before or by the plan, and not contradicted, only hashes are left. */
function wipe(population: Population, { users: answers, plan: { contradicted }, sides }: Matched): readonly KakaoUser[] {
  const options = { ...testOptions, ...population.options };
  const wiper = createWiper(options, makeComparison(options, hashSeed));
  const kept = new Set(contradicted.map(({ user }) => sides.kakao.ids.at(user)));
  const linked = new Set(answers.filter(({ action, kakaoId }) => (action === "linked" && !kept.has(kakaoId)) || action === "link" || action === "relink").map(({ kakaoId }) => kakaoId));
  return population.users.map((user) => (user.state === "read" && linked.has(user.id) ? wiper(user) : user));
}

/** All that a plan says but the evidence of linked pairs: of wiped users that is less. */
function render({ users, plan, sides }: Matched, isWiped: (kakaoId: string) => boolean, of: (kakaoId: string) => boolean = () => true): unknown {
  const idOf = (row: number): string => `${sides.members.places.at(row)}:${sides.members.ids.at(row)}`;
  return users.flatMap((user, row) => {
    const answer = plan.answer(row);
    return of(user.kakaoId) ? [{ ...user, evidence: isWiped(user.kakaoId) ? "" : user.evidence, corroboration: answer.corroboration, candidates: plan.candidatesOf(row, answer).map(idOf) }] : [];
  });
}

function renderSums({ plan, sides }: Matched): unknown {
  const { linkedEvidence: { agree, unknown, contradicted } } = plan;
  const groups = [...plan.sharedGroups()];
  return [plan.counts, plan.quality, plan.weakLinks, plan.heldTwice, sides.members.counts, agree + unknown, contradicted, groups, Object.fromEntries(sides.kakao.unusable), Object.fromEntries(sides.members.unusable)];
}

describe("wiped users", () => {
  it("leave every answer, list and count of the next plan as it would be without the wipe; only what agreed by name or birth date alone is unknown", () => {
    let [wiped, shared] = [0, 0];
    fc.assert(
      fc.property(drawPopulation(14, 12), (population) => {
        const first = plan(population, population.members.map(({ row }) => row), population.users);
        const members = apply(population.members.map(({ row }) => row), first);
        const left = wipe(population, first);
        const isWiped = new Set(left.filter(({ state }) => state === "wiped").map(({ id }) => id));
        wiped += isWiped.size;
        const [whole, bare] = [plan(population, members, population.users), plan(population, members, left)];
        shared += bare.users.filter(({ reason }) => reason.startsWith("shared-") || reason === "member-taken" || reason === "keys-disagree").length;
        expect(render(bare, (id) => isWiped.has(id))).toEqual(render(whole, (id) => isWiped.has(id)));
        expect(renderSums(bare)).toEqual(renderSums(whole));
        expect(bare.plan.contradicted).toEqual(whole.plan.contradicted);
        expect(bare.plan.linkedEvidence.agree).toBeLessThanOrEqual(whole.plan.linkedEvidence.agree);
      }),
      { numRuns: 2500, seed },
    );
    // The property says nothing of populations in which nothing was wiped, or nobody shares anything.
    expect([wiped > 700, shared > 2000], `${wiped} wiped, ${shared} shared`).toEqual([true, true]);
  }, longest);

  it("are unread once nobody holds them, and everybody else is answered as if they were read", () => {
    let unread = 0;
    fc.assert(
      fc.property(drawPopulation(14, 12), (population) => {
        const rows = population.members.map(({ row }) => row);
        const first = plan(population, rows, population.users);
        const left = wipe(population, first);
        const isWiped = new Set(left.filter(({ state }) => state === "wiped").map(({ id }) => id));
        // Taken back: the links of before the plan, and of every second one of them not even that.
        const members = rows.map((row, at) => (at % 2 === 0 ? row : { ...row, link: null }));
        const [whole, bare] = [plan(population, members, population.users), plan(population, members, left)];
        const isElse = (id: string): boolean => !isWiped.has(id);
        expect(render(bare, () => false, isElse)).toEqual(render(whole, () => false, isElse));
        for (const { kakaoId, action } of bare.users.filter((user) => isWiped.has(user.kakaoId))) {
          const known = whole.users.find((user) => user.kakaoId === kakaoId);
          const isHeld = known?.action === "linked" || known?.action === "elsewhere" || known?.reason.startsWith("held-by-") === true;
          expect(action).toBe(isHeld ? known?.action : "unread");
          unread += isHeld ? 0 : 1;
        }
        expect([...bare.sides.kakao.unheldWiped()].sort()).toEqual(bare.users.filter(({ kakaoId, action }) => isWiped.has(kakaoId) && action === "unread").map(({ kakaoId }) => kakaoId).sort());
      }),
      { numRuns: 1000, seed },
    );
    expect(unread).toBeGreaterThan(300);
  }, longest);

  it("hold neither name nor birth date, nor any key", () => {
    const user = kakaoUser("7", { ci: ci("a"), phone: "01012345670", email: "mina@example.com", name: "김민아", birthdate: "19910203" });
    const left = createWiper(testOptions, makeComparison(testOptions, hashSeed))(user);
    expect(left).toEqual({ id: "7", state: "wiped", connectedAt: user.connectedAt, ci: expect.stringMatching(/^[\da-f]{24}$/), phone: expect.stringMatching(/^[\da-f]{24}$/), email: expect.stringMatching(/^[\da-f]{24}$/), name: null, birthdate: null });
  });

  it("keep the hash of a key that the run did not use, so that it is compared once it is used", () => {
    const users = [kakaoUser("1", { ci: ci("a"), phone: "01011112222" }), kakaoUser("2", { ci: ci("b"), phone: "01011112222" })];
    const wiper = createWiper({ ...testOptions, keys: ["ci"] } as typeof testOptions, makeComparison(testOptions, hashSeed));
    const members = [member("10", { link: "1" }), member("20", { phone: "01011112222", name: "김민아" })];
    const [first] = users;
    expect(match(members, [first === undefined ? kakaoUser("1") : wiper(first), ...users.slice(1)], { seed: hashSeed }).users.map(({ action, reason }) => [action, reason])).toEqual([["linked", ""], ["review", "shared-phone-kakao"]]);
  });

  it("fit only what compares values alike", () => {
    const digests = prepareDigests({ ci: { places: [true], stored: "sha256-hex", form: "as-is", digest: (text) => createHash("sha256").update(text).digest("hex") } }, new Set());
    const keyed = prepareDigests({ ci: { places: [true], stored: "sha256-hex", form: "as-is", digest: (text) => createHash("sha256").update(`key${text}`).digest("hex") } }, new Set());
    const variants = [testOptions, { ...testOptions, placeholders: new Set(["01000001111"]) }, { ...testOptions, digests }, { ...testOptions, digests: keyed }];
    const table = variants.map((made) => variants.map((now) => fits(makeComparison(made, hashSeed), now)));
    expect(table).toEqual(variants.map((_one, row) => variants.map((_other, column) => row === column)));
    expect(fits(makeComparison(testOptions, hashSeed), { ...testOptions, syntheticEmails: [/x/] })).toBe(true);
  });
});
