import { describe, expect, it } from "vitest";
import { compareKakaoIds } from "../../src/core/kakao-id.ts";
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
});
