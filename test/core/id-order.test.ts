import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareMemberIds, SortedIds } from "../../src/core/id-order.ts";

const boundaries = [2n ** 31n, 2n ** 32n, 2n ** 52n, 2n ** 53n, 2n ** 62n, 2n ** 63n - 2n, 10n ** 15n, 10n ** 16n, 10n ** 18n];
/** Around each power, where a half or a double goes wrong, and 1 and 2^63-1 themselves. */
const edges = [...new Set([1n, 2n, 9n, 10n, ...boundaries.flatMap((edge) => [edge - 1n, edge, edge + 1n])])].sort((left, right) => (left < right ? -1 : 1));

describe("SortedIds", () => {
  it("gives back and finds every id at a boundary", () => {
    const ids = new SortedIds(BigUint64Array.from(edges));
    expect(ids.length).toBe(edges.length);
    expect(edges.map((_, row) => ids.at(row))).toEqual(edges.map(String));
    expect(edges.map((id) => ids.find(String(id)))).toEqual(edges.map((_, row) => row));
    expect(ids.at(edges.length - 1)).toBe("9223372036854775807");
  });

  it("does not take a neighbour for an id that is not there", () => {
    edges.forEach((gone, at) => {
      const ids = new SortedIds(BigUint64Array.from(edges.filter((_, row) => row !== at)));
      expect(ids.find(String(gone))).toBe(-1);
    });
    expect(new SortedIds(new BigUint64Array(0)).find("1")).toBe(-1);
  });

  it("finds what is among any ids, and nothing else", () => {
    const id = fc.oneof(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), fc.bigInt({ min: 1n, max: 300n }), fc.constantFrom(...edges));
    fc.assert(
      fc.property(fc.uniqueArray(id, { maxLength: 60 }), fc.array(id, { maxLength: 20 }), (among, asked) => {
        const sorted = BigUint64Array.from(among).sort();
        const ids = new SortedIds(sorted);
        for (const each of [...among, ...asked]) expect(ids.find(String(each))).toBe(sorted.indexOf(each));
        expect(Array.from(sorted, (_, row) => ids.at(row))).toEqual(Array.from(sorted, String));
      }),
    );
  });

  it("reads a part of a longer list where that part begins", () => {
    const whole = BigUint64Array.of(1n, 2n, 2n ** 40n, 2n ** 63n - 1n);
    const ids = new SortedIds(whole.subarray(2));
    expect([ids.at(0), ids.at(1), ids.find("1"), ids.find("1099511627776")]).toEqual(["1099511627776", "9223372036854775807", -1, 0]);
  });
});

describe("compareMemberIds", () => {
  const ordered = ["1", "2", "10", "9007199254740992", "9007199254740993", "9223372036854775807", "", "-1", "0", "0012", "1.0", "9223372036854775808", "Kim", "kim", "김"];

  it("puts numbers first, by value, and other texts by code unit", () => {
    expect([...ordered].reverse().sort(compareMemberIds)).toEqual(ordered);
    for (const id of ordered) expect(compareMemberIds(id, id)).toBe(0);
  });

  it("is one order for all ids", () => {
    const id = fc.oneof(fc.constantFrom(...ordered), fc.string(), fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String));
    fc.assert(
      fc.property(id, id, id, (a, b, c) => {
        expect(Math.sign(compareMemberIds(a, b)) + Math.sign(compareMemberIds(b, a))).toBe(0);
        if (compareMemberIds(a, b) < 0 && compareMemberIds(b, c) < 0) expect(compareMemberIds(a, c)).toBeLessThan(0);
      }),
    );
  });
});
