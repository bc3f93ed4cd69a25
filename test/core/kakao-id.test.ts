import { describe, expect, it } from "vitest";
import { recogniseKakaoId } from "../../src/core/kakao-id.ts";
import { isMostlyLost, PlaceIds } from "../../src/core/orphans/place-ids.ts";
import { SortedIds } from "../../src/core/id-order.ts";

describe("a stored text that is to be a Kakao id", () => {
  it.each([
    ["5001", "5001"], ["05001", "5001"], ["5001 ", "5001"], ["\t5001\n", "5001"], [" 0005001.00 ", "5001"], ["5001.0", "5001"],
    ["9223372036854775807", "9223372036854775807"], ["09223372036854775807.0", "9223372036854775807"],
  ])("%j means %s", (stored, id) => expect(recogniseKakaoId(stored)).toBe(id));

  it.each(["", " ", "0", "000", "0.00"])("%j means nobody", (stored) => expect(recogniseKakaoId(stored)).toBe(""));

  it.each(["kakao:5001", "5001.5", "5001.", ".0", ".", "-5001", "+5001", "5 001", "5,001", "5.001e3", "0x1389", "9223372036854775808", "5001.0.0", "５００１"])("%j is none", (stored) => expect(recogniseKakaoId(stored)).toBeUndefined());
});

describe("the ids of a place", () => {
  it("are counted as they read, told apart, and looked for in the listing", () => {
    const ids = new PlaceIds();
    expect(["5", "07", "7 ", "0", "", "x", "9"].map((stored) => ids.add(stored))).toEqual(["5", "7", "7", null, null, null, "9"]);
    expect([ids.length, ids.quality]).toEqual([4, { values: 5, unreadable: 1 }]);
    const otherwise = ids.takeSpelledOtherwise();
    expect(["5", "7", "9"].map((id) => otherwise.find(id) >= 0)).toEqual([false, true, false]);
    expect(ids.countListed(new SortedIds(BigUint64Array.of(5n, 7n, 8n)))).toEqual({ storedIds: 3, storedListed: 2 });
  });

  it.each([[0, 0, false], [100, 1, false], [99, 1, true], [200, 3, true], [1, 1, true], [1000, 0, false]])("of %i so many as %i that cannot be read: %s", (values, unreadable, expected) => expect(isMostlyLost({ values, unreadable })).toBe(expected));
});
