import fc from "fast-check";
import { expect, test } from "vitest";
import { SortedIds } from "../../src/simulator/sorted-ids.ts";

test("behaves like a sorted list under any sequence of additions and removals", () => {
  const step = fc.record({ id: fc.bigInt(0n, 6_000n), add: fc.boolean() });
  fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 400 }), fc.bigInt(0n, 6_000n), (steps, start) => {
    const ids = new SortedIds();
    // Enough to begin with for several leaves, so that splits and emptied leaves happen.
    const model = new Set(Array.from({ length: 3_000 }, (_, at) => BigInt(at * 2)));
    for (const id of model) ids.add(id);
    for (const { id, add } of steps) {
      expect(add ? ids.add(id) : ids.delete(id)).toBe(add ? !model.has(id) : model.has(id));
      if (add) model.add(id);
      else model.delete(id);
    }
    const sorted = [...model].sort((left, right) => (left < right ? -1 : 1));
    expect(ids.size).toBe(sorted.length);
    expect(ids.last).toBe(sorted.at(-1));
    expect([...ids.from(start)]).toEqual(sorted.filter((id) => id >= start));
    expect([...ids.from(start, true)]).toEqual(sorted.filter((id) => id <= start).reverse());
  }), { numRuns: 30 });
});

test("additions in any order split leaves without losing an id or its mark", () => {
  const ids = new SortedIds();
  const count = 10_000;
  for (let at = 0; at < count; at += 1) {
    const id = BigInt((at * 7_919) % count);
    expect(ids.add(id)).toBe(true);
    ids.setMark(id, Number(id) + 1);
  }
  expect([...ids.from(0n)]).toEqual(Array.from({ length: count }, (_, at) => BigInt(at)));
  expect(Array.from({ length: count }, (_, at) => ids.mark(BigInt(at)))).toEqual(Array.from({ length: count }, (_, at) => at + 1));
  for (let at = count - 1; at >= 0; at -= 1) {
    expect(ids.last).toBe(BigInt(at));
    expect(ids.delete(BigInt(at))).toBe(true);
  }
  expect([ids.size, [...ids.from(0n)], [...ids.from(0n, true)], ids.last, ids.mark(5n)]).toEqual([0, [], [], undefined, undefined]);
});
