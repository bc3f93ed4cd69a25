import { describe, expect, it } from "vitest";
import { compareKakaoIds } from "../../src/core/kakao-id.ts";
import { drawMarketingConsent, type MarketingConsent } from "../../src/sandbox/channel.ts";
import { makeDemoPeople } from "../../src/sandbox/demo-people.ts";

const now = Date.UTC(2026, 4, 4, 3);

describe("makeDemoPeople", () => {
  it.each([100, 777, 2_000, 12_345])("makes exactly %i members", (members) => {
    expect([...makeDemoPeople(members, now).members()]).toHaveLength(members);
  });

  it("makes the same people each time", () => {
    expect([...makeDemoPeople(500, now).members()]).toEqual([...makeDemoPeople(500, now).members()]);
  });

  it("knows a CI of about seven in ten members", () => {
    const members = [...makeDemoPeople(4_000, now).members()];
    const share = members.filter(({ draft }) => draft.ci !== null).length / members.length;
    expect(share).toBeGreaterThan(0.65);
    expect(share).toBeLessThan(0.85);
  });

  it("gives no two people one link, and no former id that is listed", () => {
    const people = makeDemoPeople(5_000, now);
    const rows = [...people.members()];
    const own = rows.filter(({ draft }) => draft.link === "own").map(({ kakaoId }) => kakaoId);
    const former = rows.flatMap(({ draft, formerId }) => (draft.link === "former" && formerId !== null ? [formerId] : []));
    expect(own.length).toBeGreaterThan(0);
    expect(new Set(own).size).toBe(own.length);
    expect(former.length).toBeGreaterThan(0);
    expect(former.filter((id) => people.kakaoUsers.detailsOf(id) !== undefined)).toEqual([]);
  });

  it("answers for every Kakao id in ascending order, and for no other", () => {
    const { kakaoUsers } = makeDemoPeople(1_000, now);
    const ids = Array.from({ length: kakaoUsers.count }, (_none, index) => kakaoUsers.idAt(index));
    expect([...ids].sort(compareKakaoIds)).toEqual(ids);
    expect(ids.filter((id) => kakaoUsers.detailsOf(id) === undefined)).toEqual([]);
    expect(kakaoUsers.detailsOf("1")).toBeUndefined();
    expect(kakaoUsers.detailsOf("9223372036854775807")).toBeUndefined();
  });

  it("links nobody at Kakao after the time it is made for", () => {
    const { kakaoUsers } = makeDemoPeople(2_000, now);
    const ages = Array.from({ length: kakaoUsers.count }, (_none, index) => now - Date.parse(kakaoUsers.detailsOf(kakaoUsers.idAt(index))?.connected_at ?? ""));
    expect(Math.min(...ages)).toBeGreaterThan(0);
    expect(ages.filter((age) => age < 24 * 3_600_000).length).toBeGreaterThan(10);
  });

  it("has users who added the channel, blocked it, or did neither, most of them ready to show it, the same each time", () => {
    const { kakaoUsers } = makeDemoPeople(2_000, now);
    const ids = Array.from({ length: kakaoUsers.count }, (_none, index) => kakaoUsers.idAt(index));
    const users = ids.map((id) => kakaoUsers.detailsOf(id));
    const relations = users.map((user) => user?.channels?.["_DemoShop"]?.relation ?? "NONE");
    const count = (relation: string): number => relations.filter((one) => one === relation).length;
    expect([count("ADDED"), count("BLOCKED"), count("NONE")].map((found) => Math.round((found / ids.length) * 10))).toEqual([5, 1, 4]);
    const shown = users.filter((user) => user?.scopes?.includes("plusfriends")).length;
    expect(shown).toBeGreaterThan(ids.length * 0.85);
    expect(shown).toBeLessThan(ids.length);
    const times = users.flatMap((user) => Object.values(user?.channels ?? {}).flatMap(({ created_at: created, updated_at: updated }) => [Date.parse(updated ?? "") - Date.parse(created ?? ""), now - Date.parse(updated ?? "")]));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    expect(makeDemoPeople(2_000, now).kakaoUsers.detailsOf(ids[7] ?? "")?.channels).toEqual(users[7]?.channels);
  });
});

describe("drawMarketingConsent", () => {
  it("has yeses with a date in the past, noes, and members who were never asked", () => {
    const consents = Array.from({ length: 5_000 }, (_none, at) => drawMarketingConsent(10_001 + at, now));
    const share = (some: (consent: MarketingConsent) => boolean): number => Math.round((consents.filter(some).length / consents.length) * 20);
    expect([share(({ agreed }) => agreed === 1), share(({ agreed }) => agreed === 0), share(({ agreed }) => agreed === null)]).toEqual([13, 3, 4]);
    expect(share(({ agreed, agreedAt }) => agreed !== 1 && agreedAt !== null)).toBe(0);
    expect(consents.some(({ agreed, agreedAt }) => agreed === 1 && agreedAt === null)).toBe(true);
    const day = 86_400_000;
    for (const { agreedAt, reconfirmedAt } of consents) {
      expect(agreedAt ?? 0).toBeLessThan(now);
      expect(reconfirmedAt ?? 0).toBeLessThan(now);
      if (agreedAt !== null && reconfirmedAt !== null) expect((reconfirmedAt - agreedAt) / day).toBeLessThan(731);
    }
    const overdue = ({ agreedAt, reconfirmedAt }: MarketingConsent): boolean => agreedAt !== null && reconfirmedAt === null && now - agreedAt > 731 * day;
    expect(consents.filter(overdue).length).toBeGreaterThan(100);
    expect(consents.filter(({ reconfirmedAt }) => reconfirmedAt !== null).length).toBeGreaterThan(100);
  });
});
