import { describe, expect, it } from "vitest";
import { arrangeCells, arrangeHeader, readPhoneId, renderTargetId, type TargetHeader } from "../../src/core/targets/header.ts";

/** The sample of kakao-api.md 8.5. */
const sample = "앱유저아이디,이름,생년월일,지역,성별,연령,구매금액,포인트,멤버십등급,가입일,최근구매일,응모일";

function header(...asked: Parameters<typeof arrangeHeader>): TargetHeader {
  const arranged = arrangeHeader(...asked);
  if ("problem" in arranged) throw new Error(`${arranged.problem} ${arranged.name}`);
  return arranged;
}

describe("the header of a customer file (T4)", () => {
  it("is the centre's own sample, in its order, whatever the order of the configuration", () => {
    const fields = ["응모일", "최근구매일", "가입일", "멤버십등급", "포인트", "구매금액", "연령", "성별", "지역", "생년월일", "이름"];
    expect(header("centre-2025", "app", fields).names.join(",")).toBe(sample);
    expect(header("centre-2025", "app", fields).order).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it("holds the identifier and the configured fields, nothing else", () => {
    expect(header("centre-2025", "app", [])).toEqual({ names: ["앱유저아이디"], order: [] });
    expect(header("centre-2025", "phone", ["가입일", "지역"]).names).toEqual(["전화번호", "지역", "가입일"]);
    expect(header("api", "phone", ["지역"]).names).toEqual(["전화번호", "지역"]);
  });

  it("puts fields of the operator's own behind those of the sample, as they are configured", () => {
    expect(header("centre-2025", "app", ["vip_level", "가입일", "국가", "지역"])).toEqual({ names: ["앱유저아이디", "지역", "가입일", "vip_level", "국가"], order: [3, 1, 0, 2] });
  });

  it("spells the last purchase as the centre or as the API does, whichever way it is configured", () => {
    for (const name of ["최근구매일", "최근 구매일"]) {
      expect(header("centre-2025", "app", [name]).names).toEqual(["앱유저아이디", "최근구매일"]);
      expect(header("api", "app", [name]).names).toEqual(["앱유저아이디", "최근 구매일"]);
    }
  });

  it("keeps the configured order for the API", () => {
    expect(header("api", "app", ["vip_level", "최근 구매일", "가입일", "지역"])).toEqual({ names: ["앱유저아이디", "vip_level", "최근 구매일", "가입일", "지역"], order: [0, 1, 2, 3] });
  });

  it("cannot have a column twice, or a second identifier", () => {
    expect(arrangeHeader("centre-2025", "app", ["최근구매일", "지역", "최근 구매일"])).toEqual({ problem: "twice", name: "최근구매일" });
    expect(arrangeHeader("api", "app", ["최근구매일", "최근 구매일"])).toEqual({ problem: "twice", name: "최근 구매일" });
    expect(arrangeHeader("api", "app", ["전화번호"])).toEqual({ problem: "identifier", name: "전화번호" });
    expect(arrangeHeader("centre-2025", "phone", ["앱유저아이디"])).toEqual({ problem: "identifier", name: "앱유저아이디" });
  });
});

describe("a row's cells (T4)", () => {
  it("stand in the order of the header", () => {
    const target = header("centre-2025", "app", ["vip_level", "가입일", "지역"]);
    expect(arrangeCells(target, "app", { id: 9223372036854775807n, fields: [3, "20251102", null] })).toEqual(["9223372036854775807", null, "20251102", 3]);
  });

  it("have phones as national digits", () => {
    expect(arrangeCells(header("api", "phone", []), "phone", { id: 821012345678n, fields: [] })).toEqual(["01012345678"]);
    expect(renderTargetId("phone", 82113456789n)).toBe("0113456789");
    expect(renderTargetId("app", 8210n)).toBe("8210");
  });

  it("come back to the comparable number", () => {
    for (const number of ["01012345678", "0113456789", "01198765432"]) expect(renderTargetId("phone", readPhoneId(number) ?? 0n)).toBe(number);
    expect(readPhoneId("01055550147")).toBe(821055550147n);
    expect(readPhoneId("+14155552671")).toBeNull();
  });
});
