import { describe, expect, it } from "vitest";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import type { Decision, PersonDecision } from "../../src/core/matching/decisions.ts";
import { renderEvidence } from "../../src/core/matching/evidence.ts";
import type { MemberRow } from "../../src/core/member.ts";
import { listRows, ci, kakaoUser, match, member } from "../helpers/match.ts";

const phone = "01012345670";
const email = "mina@example.com";
const kim = { name: "김민아", birthdate: "19910715" };
const lee = { name: "이서준", birthdate: "19820203" };
type Options = Parameters<typeof match>[2];

/** A decision about a pair as a plan without decisions shows it: what a person would have had before them. */
function decideOn(members: readonly MemberRow[], users: readonly KakaoUser[], options?: Options) {
  const { plan, sides, users: shown } = match(members, users, options);
  return (kakaoId: string, memberId: string, decision: Decision, changed: Partial<PersonDecision> = {}): PersonDecision => {
    const place = changed.place ?? 0;
    const user = sides.kakao.ids.find(kakaoId);
    const row = listRows(sides).find((at) => sides.members.ids.at(at) === memberId && sides.members.places.at(at) === place) ?? -1;
    const evidence = row < 0 || user < 0 ? "" : renderEvidence(plan.evidence(user, row));
    const action = shown.find((each) => each.kakaoId === kakaoId);
    const reason = action?.action === "linked" ? "contradicted" : (action?.reason ?? "");
    return { kakaoId, place, memberId, decision, reason, evidence, ...changed };
  };
}

/** The answers, `action reason by member` a user, and why decisions were refused. */
function obey(members: readonly MemberRow[], users: readonly KakaoUser[], decisions: readonly PersonDecision[], options?: Options) {
  const { users: answered, decisions: reading, plan } = match(members, users, options, [], decisions);
  return {
    answers: answered.map(({ action, reason, by, member: named }) => [action, reason, by, named].filter((part) => part !== "").join(" ")),
    refused: reading.refused.map(({ at, why }) => `${at} ${why}`),
    obeyed: reading.obeyed.map(({ at }) => at),
    counts: plan.counts,
  };
}

const twins = [member("1", { phone, ...kim }), member("2", { phone, ...kim })];
const mina = kakaoUser("100", { phone, ...kim });

describe("M12 links", () => {
  it("to a candidate are made, and keep the reason they were reviewed for", () => {
    const found = obey(twins, [mina], [decideOn(twins, [mina])("100", "2", "link")]);
    expect(found).toMatchObject({ answers: ["link shared-phone-members decision 0:2"], refused: [], counts: { link: { decision: 1, phone: 0 }, review: {} } });
  });

  it.each([
    ["another reason", { reason: "uncorroborated-phone" }],
    ["other evidence", { evidence: "ci=unknown phone=agree email=unknown name=unknown birthdate=agree" }],
    ["a member that is not there", { memberId: "3" }],
    ["a member of another place", { place: 1 }],
    ["a Kakao user that is not there", { kakaoId: "101" }],
  ])("are outdated with %s", (_, changed) => {
    const found = obey(twins, [mina], [{ ...decideOn(twins, [mina])("100", "2", "link"), ...changed }]);
    expect(found).toMatchObject({ answers: ["review shared-phone-members phone"], refused: ["0 decision-outdated"] });
  });

  it("are outdated once the rules answer otherwise, also when the values were compared before", () => {
    const alone = twins.slice(1);
    const remembered = { ...decideOn(twins, [mina])("100", "2", "link"), reason: null, evidence: null };
    expect(obey(alone, [mina], [remembered])).toMatchObject({ answers: ["link phone 0:2"], refused: ["0 decision-outdated"] });
    expect(obey(twins, [mina], [remembered]).answers).toEqual(["link shared-phone-members decision 0:2"]);
  });

  it.each([
    ["decision-ci-differs", "a struck pair", [member("1", { phone, ci: ci("b"), ...kim })], kakaoUser("100", { phone, ci: ci("a"), ...kim })],
    ["decision-member-linked", "a member with another link", [member("1", { phone, link: "99", ...kim })], mina],
    ["decision-member-linked", "a malformed link", [member("1", { phone, link: "x", ...kim })], mina],
    ["decision-already-linked", "a user whom a withdrawn member holds", [member("1", { phone, ...kim }), member("2", { state: "withdrawn", link: "100" })], mina],
    ["decision-already-linked", "a user whom a live member holds", [member("1", { phone, ...kim }), member("2", { link: "100" })], mina],
    ["decision-member-not-live", "a blocked member", [member("1", { phone, state: "notLive", blocked: true, ...kim })], mina],
    ["decision-member-not-live", "a blocked member that is taken for live", [member("1", { phone, blocked: true, ...kim })], mina],
    ["decision-member-not-live", "a member of a table without links", [member("1", { place: 1, phone, state: "notLive", ...kim })], mina],
  ] as const)("are refused, %s: %s", (why, _, members, user) => {
    const place = members[0]?.place ?? 0;
    const { answers: before } = obey(members, [user], []);
    const found = obey(members, [user], [decideOn(members, [user])("100", "1", "link", { place })]);
    expect(found).toMatchObject({ answers: before, refused: [`0 ${why}`], obeyed: [] });
  });

  it("go to a withdrawn member never, although it is known by its link", () => {
    const members = [...twins, member("3", { state: "withdrawn", link: "101" })];
    const users = [mina, kakaoUser("101")];
    expect(obey(members, users, [decideOn(members, users)("100", "3", "link")]).refused).toEqual(["0 decision-member-linked"]);
  });

  it("may name a dormant member of a table of its own that has a link column", () => {
    const members = [member("1", { place: 1, phone, state: "notLive", ...kim })];
    const link = decideOn(members, [mina])("100", "1", "link", { place: 1 });
    expect(link.reason).toBe("member-not-live");
    expect(obey(members, [mina], [link], { linkable: [true, true] })).toMatchObject({ answers: ["link member-not-live decision 1:1"], refused: [] });
  });

  it("may name a dormant member of the member table only where dormant members may be linked", () => {
    const members = twins.map((row) => ({ ...row, state: "notLive" as const }));
    const link = decideOn(members, [mina])("100", "1", "link");
    expect(obey(members, [mina], [link])).toMatchObject({ refused: ["0 decision-member-not-live"] });
    expect(obey(members, [mina], [link], { dormant: "link" }).answers).toEqual(["link shared-phone-members decision 0:1"]);
  });
});

describe("M12 links that meet", () => {
  const two = [mina, kakaoUser("101", { phone, ...kim })];

  it("refuse each other in one group, whomever they name", () => {
    const on = decideOn(twins, two);
    const found = obey(twins, two, [on("100", "1", "link"), on("101", "2", "link")]);
    expect(found).toMatchObject({ answers: ["review shared-phone-members phone", "review shared-phone-members phone"], refused: ["0 decision-twice", "1 decision-twice"] });
  });

  it("are made beside an unmatched one of the same group", () => {
    const on = decideOn(twins, two);
    const found = obey(twins, two, [on("100", "1", "link"), on("101", "1", "unmatched"), on("101", "2", "unmatched")]);
    expect(found).toMatchObject({ answers: ["link shared-phone-members decision 0:1", "unmatched shared-phone-members decision"], refused: [] });
  });

  it("refuse each other for one member in two groups", () => {
    const members = [member("1", { phone, email, ...kim }), member("2", { phone, ...kim }), member("3", { email, ...kim })];
    const users = [mina, kakaoUser("101", { email, ...kim })];
    const on = decideOn(members, users);
    expect(obey(members, users, [on("100", "1", "link"), on("101", "1", "link")]).refused).toEqual(["0 decision-twice", "1 decision-twice"]);
    expect(obey(members, users, [on("100", "2", "link"), on("101", "3", "link")]).refused).toEqual([]);
  });

  it("refuse each other for one Kakao user", () => {
    const on = decideOn(twins, [mina]);
    expect(obey(twins, [mina], [on("100", "1", "link"), on("100", "2", "link")]).refused).toEqual(["0 decision-twice", "1 decision-twice"]);
  });

  it("give way to the link that the rules make to the same member", () => {
    const members = [member("1", { ci: ci("a"), phone, ...kim }), member("2", { phone, ...kim })];
    const users = [mina, kakaoUser("101", { ci: ci("a") })];
    const on = decideOn(members, users);
    expect(obey(members, users, [on("100", "1", "link")])).toMatchObject({ answers: ["review shared-phone-members phone", "link ci 0:1"], refused: ["0 decision-twice"] });
    expect(obey(members, users, [on("100", "2", "link")])).toMatchObject({ answers: ["link shared-phone-members decision 0:2", "link ci 0:1"], refused: [] });
  });
});

describe("M12 unmatched and skip", () => {
  it("a user is unmatched only once that was said of every candidate", () => {
    const on = decideOn(twins, [mina]);
    const first = on("100", "1", "unmatched");
    expect(obey(twins, [mina], [first])).toMatchObject({ answers: ["review shared-phone-members phone"], refused: [], obeyed: [0] });
    const both = obey(twins, [mina], [first, on("100", "2", "unmatched")]);
    expect(both).toMatchObject({ answers: ["unmatched shared-phone-members decision"], counts: { unmatched: 1, review: {} } });
  });

  it("an unmatched candidate leaves the other to be linked, in either order", () => {
    const on = decideOn(twins, [mina]);
    const decisions = [on("100", "1", "unmatched"), on("100", "2", "link")];
    expect(obey(twins, [mina], decisions).answers).toEqual(["link shared-phone-members decision 0:2"]);
    expect(obey(twins, [mina], [...decisions].reverse()).answers).toEqual(["link shared-phone-members decision 0:2"]);
  });

  it("a struck pair may be called unmatched", () => {
    const members = [member("1", { phone, ci: ci("b") })];
    const users = [kakaoUser("100", { phone, ci: ci("a") })];
    expect(obey(members, users, [decideOn(members, users)("100", "1", "unmatched")]).answers).toEqual(["unmatched ci-differs decision"]);
  });

  it("a skipped pair stays a review", () => {
    expect(obey(twins, [mina], [decideOn(twins, [mina])("100", "1", "skip")])).toMatchObject({ answers: ["review shared-phone-members phone"], refused: [], obeyed: [0] });
  });
});

describe("M12 unlink", () => {
  const linked = [member("1", { link: "100", ...lee })];

  it("of a contradicted linked pair is obeyed, and the answer stays what it is until the link is gone", () => {
    expect(obey(linked, [mina], [decideOn(linked, [mina])("100", "1", "unlink")])).toMatchObject({ answers: ["linked"], refused: [], obeyed: [0] });
  });

  it("of a dormant holder is obeyed", () => {
    const members = [member("1", { state: "notLive", link: "100" })];
    expect(obey(members, [mina], [decideOn(members, [mina])("100", "1", "unlink")])).toMatchObject({ answers: ["review held-by-not-live 0:1"], refused: [], obeyed: [0] });
  });

  it.each([
    ["the values have changed", [member("1", { link: "100", ...kim })]],
    ["one of them has", [member("1", { link: "100", name: lee.name, birthdate: kim.birthdate })]],
    ["the member is dormant now", [member("1", { state: "notLive", link: "100", ...lee })]],
  ])("is outdated when %s", (_, now) => {
    expect(obey(now, [mina], [decideOn(linked, [mina])("100", "1", "unlink")])).toMatchObject({ refused: ["0 decision-outdated"], obeyed: [] });
  });

  it("of a pair that is no link is refused", () => {
    expect(obey(twins, [mina], [decideOn(twins, [mina])("100", "1", "unlink")]).refused).toEqual(["0 decision-not-a-link"]);
    const others = [member("1", { phone, link: "101" })];
    const users = [mina, kakaoUser("101")];
    expect(obey(others, users, [decideOn(others, users)("100", "1", "unlink")]).refused).toEqual(["0 decision-not-a-link"]);
  });
});
