import { describe, expect, it } from "vitest";
import type { KakaoUser } from "../../src/core/kakao-user.ts";
import type { MemberRow } from "../../src/core/member.ts";
import { ci, kakaoUser, match, member } from "../helpers/match.ts";

const phone = "01012345670";
const email = "mina@example.com";
const kim = { name: "김민아", birthdate: "19910715" };
const lee = { name: "이서준", birthdate: "19820203" };

interface Case {
  readonly rule: string;
  readonly members: readonly MemberRow[];
  readonly users: readonly KakaoUser[];
  readonly expected: Readonly<Record<string, string>>;
  readonly options?: Parameters<typeof match>[2];
  readonly elsewhere?: readonly string[];
  readonly dangling?: readonly string[];
}

/** `link phone 0:1`, `review keys-disagree 0:1`, `unmatched`. */
function answers({ members, users, options, elsewhere, dangling }: Case): Record<string, string> {
  return Object.fromEntries(match(members, users, options, elsewhere, [], dangling).users.map(({ kakaoId, action, reason, by, member: named, note }) => {
    const what = action === "review" ? reason : by;
    return [kakaoId, [action, what, named, note].filter((part) => part !== "").join(" ")];
  }));
}

const cases: readonly Case[] = [
  { rule: "M1 held by a live member is linked", members: [member("1", { link: "100" })], users: [kakaoUser("100")], expected: { 100: "linked" } },
  { rule: "M1 held by a dormant member is a review", members: [member("1", { state: "notLive", link: "100" })], users: [kakaoUser("100")], expected: { 100: "review held-by-not-live 0:1" } },
  { rule: "M1 held by a withdrawn member is a review", members: [member("1", { state: "withdrawn", link: "100" })], users: [kakaoUser("100")], expected: { 100: "review held-by-withdrawn 0:1" } },
  { rule: "M1 held by a link row without a member is a review that names nobody", dangling: ["100"], members: [member("1", { ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], expected: { 100: "review held-by-dangling" } },
  { rule: "M1 every link of a member holds", members: [member("1", { link: "100", furtherLinks: ["102"] })], users: [kakaoUser("100"), kakaoUser("101"), kakaoUser("102")], expected: { 100: "linked", 101: "unmatched", 102: "linked" } },
  { rule: "M6 of several links, all of them gone, none is replaced", members: [member("1", { link: "7", furtherLinks: ["8"], ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], expected: { 100: "review member-linked-elsewhere 0:1" } },
  {
    rule: "M1 the strongest holder counts",
    members: [member("1", { state: "withdrawn", link: "100" }), member("2", { state: "notLive", link: "100" })],
    users: [kakaoUser("100")],
    expected: { 100: "review held-by-not-live 0:2" },
  },
  { rule: "M1 in use elsewhere", members: [member("1", { ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], elsewhere: ["100"], expected: { 100: "elsewhere" } },
  { rule: "M1 a holder beats a place", members: [member("1", { link: "100" })], users: [kakaoUser("100")], elsewhere: ["100"], expected: { 100: "linked" } },
  { rule: "M2 young, unanswered and preregistered are unread", members: [member("1", { ci: ci("a") })], users: [kakaoUser("100", { state: "young" }), kakaoUser("101", { state: "unanswered" }), kakaoUser("102", { state: "preregistered", ci: ci("a") })], expected: { 100: "unread", 101: "unread", 102: "unread" } },
  { rule: "M3 no hit", members: [member("1", { ci: ci("a") })], users: [kakaoUser("100", { ci: ci("b") })], expected: { 100: "unmatched" } },
  { rule: "M3 only struck hits", members: [member("1", { ci: ci("a"), phone, ...kim })], users: [kakaoUser("100", { ci: ci("b"), phone, ...kim })], expected: { 100: "review ci-differs" } },
  { rule: "M3 withdrawn members are never hit", members: [member("1", { state: "withdrawn", ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], expected: { 100: "unmatched" } },
  { rule: "M4 two members with one CI", members: [member("1", { ci: ci("a"), ...kim }), member("2", { ci: ci("a"), ...lee })], users: [kakaoUser("100", { ci: ci("a"), ...kim })], expected: { 100: "review shared-ci-members" } },
  { rule: "M4 two Kakao users with one CI", members: [member("1", { ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") }), kakaoUser("101", { ci: ci("a") })], expected: { 100: "review shared-ci-kakao", 101: "review shared-ci-kakao" } },
  { rule: "M4 a shared phone names the one who agrees", members: [member("1", { phone, ...kim }), member("2", { phone, ...lee })], users: [kakaoUser("100", { phone, ...kim })], expected: { 100: "link phone 0:1" } },
  { rule: "M4 a member of unknown name keeps a shared phone from naming", members: [member("1", { phone, ...kim }), member("2", { phone })], users: [kakaoUser("100", { phone, ...kim })], expected: { 100: "review shared-phone-members" } },
  { rule: "M4 a struck member does not share", members: [member("1", { phone, ...kim }), member("2", { phone, ci: ci("b") })], users: [kakaoUser("100", { phone, ci: ci("a"), ...kim })], expected: { 100: "link phone 0:1" } },
  {
    rule: "M4 another Kakao user, even a linked one, has the phone",
    members: [member("1", { phone, ...kim }), member("2", { link: "101" })],
    users: [kakaoUser("100", { phone, ...kim }), kakaoUser("101", { phone })],
    expected: { 100: "review shared-phone-kakao", 101: "linked" },
  },
  { rule: "M5 the named member is not live", members: [member("1", { state: "notLive", ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], expected: { 100: "review member-not-live 0:1" } },
  { rule: "M5 dormant members where they may be linked", members: [member("1", { state: "notLive", ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], options: { dormant: "link" }, expected: { 100: "link ci 0:1" } },
  { rule: "M5 a blocked member never", members: [member("1", { state: "notLive", blocked: true, ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], options: { dormant: "link" }, expected: { 100: "review member-not-live 0:1" } },
  { rule: "M5 a table without a link column never", members: [member("1", { place: 1, state: "notLive", ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], options: { dormant: "link" }, expected: { 100: "review member-not-live 1:1" } },
  { rule: "M6 relink by CI when Kakao no longer lists the old id", members: [member("1", { link: "99", ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], expected: { 100: "relink ci 0:1" } },
  { rule: "M6 no relink while the old id is listed", members: [member("1", { link: "99", ci: ci("a") })], users: [kakaoUser("99"), kakaoUser("100", { ci: ci("a") })], expected: { 99: "linked", 100: "review member-linked-elsewhere 0:1" } },
  { rule: "M6 no relink without a whole listing", members: [member("1", { link: "99", ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], options: { listingComplete: false }, expected: { 100: "review member-linked-elsewhere 0:1" } },
  { rule: "M6 no relink where name and birth date differ", members: [member("1", { link: "99", ci: ci("a"), ...kim })], users: [kakaoUser("100", { ci: ci("a"), ...lee })], expected: { 100: "review member-linked-elsewhere 0:1" } },
  { rule: "M6 a malformed link is never overwritten", members: [member("1", { link: "abc", ci: ci("a") })], users: [kakaoUser("100", { ci: ci("a") })], expected: { 100: "review member-linked-elsewhere 0:1" } },
  { rule: "M6 no relink by phone", members: [member("1", { link: "99", phone, ...kim })], users: [kakaoUser("100", { phone, ...kim })], expected: { 100: "review member-linked-elsewhere 0:1" } },
  {
    rule: "M7 another user has the member by CI",
    members: [member("1", { ci: ci("a"), phone, ...kim })],
    users: [kakaoUser("100", { phone, ...kim }), kakaoUser("101", { ci: ci("a") })],
    expected: { 100: "review member-taken 0:1", 101: "link ci 0:1" },
  },
  {
    rule: "M7 an unread user takes nobody",
    members: [member("1", { ci: ci("a"), phone, ...kim })],
    users: [kakaoUser("100", { phone, ...kim }), kakaoUser("101", { state: "unanswered", ci: ci("a") })],
    expected: { 100: "link phone 0:1", 101: "unread" },
  },
  {
    rule: "M7 by e-mail, another user has the member by phone",
    members: [member("1", { phone, email, ...kim })],
    users: [kakaoUser("100", { email, ...kim }), kakaoUser("101", { phone, ...lee })],
    expected: { 100: "review member-taken 0:1", 101: "review keys-disagree 0:1" },
  },
  {
    rule: "M7 a struck phone hit does not take",
    members: [member("1", { ci: ci("a"), phone, email, ...kim })],
    users: [kakaoUser("100", { email, ...kim }), kakaoUser("101", { ci: ci("b"), phone })],
    expected: { 100: "link email 0:1", 101: "review ci-differs" },
  },
  {
    rule: "M7 the user's e-mail hits somebody else",
    members: [member("1", { phone, ...kim }), member("2", { email })],
    users: [kakaoUser("100", { phone, email, ...kim })],
    expected: { 100: "review keys-disagree 0:1" },
  },
  { rule: "M8 protected", members: [member("1", { phone, protected: true, ...kim })], users: [kakaoUser("100", { phone, ...kim })], expected: { 100: "review protected 0:1" } },
  { rule: "M8 a protected member may be linked by CI", members: [member("1", { ci: ci("a"), protected: true })], users: [kakaoUser("100", { ci: ci("a") })], expected: { 100: "link ci 0:1" } },
  { rule: "M8 under 14 the day before the birthday", members: [member("1", { phone, birthdate: "20121121" })], users: [kakaoUser("100", { phone, birthdate: "20121121" })], expected: { 100: "review under-14 0:1" } },
  { rule: "M8 fourteen on the birthday", members: [member("1", { phone, birthdate: "20121120" })], users: [kakaoUser("100", { phone, birthdate: "20121120" })], expected: { 100: "link phone 0:1" } },
  { rule: "M8 never verified", members: [member("1", { phone, phoneVerifiedAt: "0000-00-00 00:00:00", ...kim })], users: [kakaoUser("100", { phone, ...kim })], expected: { 100: "review unverified-phone 0:1" } },
  { rule: "M8 birth date before name", members: [member("1", { phone, ...kim })], users: [kakaoUser("100", { phone, ...lee })], expected: { 100: "review contradicted-birthdate 0:1" } },
  { rule: "M8 name differs", members: [member("1", { phone, ...kim })], users: [kakaoUser("100", { phone, name: lee.name })], expected: { 100: "review contradicted-name 0:1" } },
  { rule: "M8 nothing agrees", members: [member("1", { phone })], users: [kakaoUser("100", { phone })], expected: { 100: "review uncorroborated-phone 0:1" } },
  { rule: "M8 alone asks for no agreement", members: [member("1", { phone })], users: [kakaoUser("100", { phone })], options: { phone: "alone" }, expected: { 100: "link phone 0:1" } },
  { rule: "M8 review asks a person", members: [member("1", { email, ...kim })], users: [kakaoUser("100", { email, ...kim })], options: { email: "review" }, expected: { 100: "review email-only 0:1" } },
  { rule: "M8 names in different scripts say nothing", members: [member("1", { phone, name: "김민아" })], users: [kakaoUser("100", { phone, name: "minakim" })], expected: { 100: "review uncorroborated-phone 0:1" } },
  { rule: "M9 by CI, one difference is noted", members: [member("1", { ci: ci("a"), ...kim })], users: [kakaoUser("100", { ci: ci("a"), name: "이서준", birthdate: kim.birthdate })], expected: { 100: "link ci 0:1 name-differs" } },
  { rule: "M9 by CI, two differences are a review", members: [member("1", { ci: ci("a"), ...kim })], users: [kakaoUser("100", { ci: ci("a"), ...lee })], expected: { 100: "review ci-contradicted 0:1" } },
];

describe("mapping rules", () => {
  it.each(cases)("$rule", (one) => {
    expect(answers(one)).toEqual(one.expected);
    const reversed = { ...one, members: [...one.members].reverse(), options: { ...one.options, seed: [77, 991] as const } };
    expect(answers(reversed), "M10: neither the order of rows nor the seed matters").toEqual(one.expected);
  });

  it("M4 a phone that eleven members hold names nobody", () => {
    const members = Array.from({ length: 11 }, (_, at) => member(String(at + 1), { phone, ...(at === 0 ? kim : lee) }));
    const user = kakaoUser("100", { phone, ...kim });
    expect(match(members, [user]).users[0]).toMatchObject({ action: "review", reason: "shared-phone-members" });
    expect(match(members.slice(0, 10), [user]).users[0], "ten still can").toMatchObject({ action: "link", member: "0:1" });
  });
});
