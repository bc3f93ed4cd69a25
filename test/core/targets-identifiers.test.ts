import fc from "fast-check";
import { expect, test } from "vitest";
import { IdentifierCollector } from "../../src/core/targets/identifiers.ts";

const near = fc.bigInt({ min: 1n, max: 40n });
/** Far apart, and neighbours that a JavaScript number does not tell apart. */
const far = fc.oneof(
  near,
  fc.bigInt({ min: 4_000_000_000n, max: 4_000_000_040n }),
  fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }),
  fc.bigInt({ min: 2n ** 63n - 8n, max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
);
const ids = fc.oneof(fc.array(near, { maxLength: 60 }), fc.array(far, { maxLength: 60 }));

test("identifiers are found wherever they lie, and no others: who refuses, who is exported, who shares", () => {
  fc.assert(
    fc.property(ids, ids, ids, (held, refused, others) => {
      const collector = new IdentifierCollector();
      for (const one of held) collector.hold(one);
      for (const one of refused) collector.refuse(one);
      const identifiers = collector.take();
      const repeated = held.filter((one) => held.filter((other) => other === one).length > 1);
      expect(identifiers.sharing).toBe(repeated.length);
      const exported = new Set<bigint>();
      for (const one of [...held, ...refused, ...others]) {
        expect(identifiers.isRefused(one)).toBe(refused.includes(one));
        expect(identifiers.isShared(one)).toBe(repeated.includes(one));
        expect(identifiers.isTaken(one)).toBe(exported.has(one));
        expect(identifiers.take(one)).toBe(!exported.has(one));
        exported.add(one);
      }
    }),
    { numRuns: 500 },
  );
});
