import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortPairs } from "../../src/core/sort-pairs.ts";
import { findId } from "../../src/core/targets/find-id.ts";
import { sendInParts, type PartAnswer } from "../../src/core/targets/send-parts.ts";
import type { LeftOut, LeftOutRow } from "../../src/core/targets/targets.ts";
import { findUploadBrakes } from "../../src/core/targets/upload-brakes.ts";
import { ConfirmedRows } from "../../src/core/targets/upload-confirmed.ts";
import { FileDiff } from "../../src/core/targets/upload-diff.ts";
import { checkSchema, compareSchemas } from "../../src/core/targets/upload-schema.ts";

const identifiers = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe("identifiers in ascending order", () => {
  it("come with their digests, whatever the order before", () => {
    const shapes = fc.oneof(fc.array(identifiers, { maxLength: 300 }), fc.array(fc.bigInt({ min: 0n, max: 5n }), { maxLength: 300 }), fc.nat(500).map((length) => Array.from({ length }, (_, at) => BigInt(length - at))));
    fc.assert(fc.property(shapes, (given) => {
      const ids = BigUint64Array.from(given);
      const digests = ids.map((id) => id ^ 0xabcn);
      sortPairs(ids, digests);
      expect([...ids]).toEqual([...given].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0)));
      expect([...digests]).toEqual([...ids].map((id) => id ^ 0xabcn));
    }));
  });

  it("are found at their place, and nothing else is", () => {
    fc.assert(fc.property(fc.uniqueArray(identifiers, { maxLength: 100 }), fc.array(identifiers, { maxLength: 20 }), (given, others) => {
      const ids = BigUint64Array.from(given).sort();
      const halves = new Uint32Array(ids.buffer);
      for (const [at, id] of ids.entries()) expect(findId(halves, id)).toBe(at);
      for (const id of others) expect(findId(halves, id)).toBe(ids.indexOf(id));
    }));
  });
});

const leftOut = (removal: "always" | "filter", ...ids: bigint[]): LeftOutRow => ({ place: 0, memberId: "1", reason: removal === "always" ? "no-consent" : "outside-segment", ids, removal });

function diffOf(held: Readonly<Record<string, bigint>>): FileDiff {
  const ids = BigUint64Array.from(Object.keys(held), BigInt).sort();
  return new FileDiff({ ids, digests: ids.map((id) => held[String(id)] ?? 0n) });
}

describe("a customer file against a selection (T5)", () => {
  it("adds whom it lacks, changes whose fields differ or are not known, and leaves the others alone", () => {
    const diff = diffOf({ 1: 10n, 2: 20n, 3: 0n });
    expect([diff.takeExported(1n, 10n), diff.takeExported(2n, 21n), diff.takeExported(3n, 30n), diff.takeExported(4n, 40n)]).toEqual(["same", "change", "change", "add"]);
    expect(diff.counts).toEqual({ held: 3, same: 1, changed: 2, added: 1, always: 0, filter: 0 });
  });

  it("removes whom nobody holds any more and whose row says no always, whom a filter leaves out as a filter does", () => {
    const diff = diffOf({ 1: 1n, 2: 1n, 3: 1n, 4: 1n });
    diff.takeLeftOut(leftOut("always", 2n));
    diff.takeLeftOut(leftOut("filter", 3n, 99n));
    diff.takeExported(4n, 1n);
    expect([[...diff.removals("always")], [...diff.removals("filter")]]).toEqual([[1n, 2n], [3n]]);
    expect([1n, 2n, 3n, 4n, 99n].map((id) => diff.removalOf(id))).toEqual(["always", "always", "filter", undefined, undefined]);
    expect(diff.counts).toEqual({ held: 4, same: 1, changed: 0, added: 0, always: 2, filter: 1 });
  });

  it("lets the brake hold whom nobody speaks of, where more than a fifth of the file is gone and as many rows have an identifier that cannot be read", () => {
    const fates = (held: number, spoken: number, unread: number, reason: LeftOut = "bad-phone"): readonly number[] => {
      const diff = diffOf(Object.fromEntries(Array.from({ length: held }, (_, at) => [at + 1, 1n])));
      for (let id = 1; id <= spoken; id += 1) diff.takeExported(BigInt(id), 1n);
      for (let row = 0; row < unread; row += 1) diff.takeLeftOut({ place: 0, memberId: "1", reason, ids: [], removal: "filter" });
      expect([[...diff.removals("always")].length, [...diff.removals("filter")].length]).toEqual([diff.counts.always, diff.counts.filter]);
      return [diff.counts.always, diff.counts.filter];
    };
    for (const reason of ["no-phone", "bad-phone", "foreign-phone", "no-kakao-id"] as const) expect(fates(100, 79, 21, reason)).toEqual([0, 21]);
    expect(fates(100, 80, 100)).toEqual([20, 0]);
    expect(fates(100, 79, 20)).toEqual([21, 0]);
    expect(fates(100, 79, 21, "not-live")).toEqual([21, 0]);
  });

  it("takes the word of the row that says most, in whichever order they come: exported, then refused, then left out by a filter", () => {
    const says: readonly ((diff: FileDiff) => unknown)[] = [(diff) => diff.takeExported(1n, 1n), (diff) => diff.takeLeftOut(leftOut("always", 1n)), (diff) => diff.takeLeftOut(leftOut("filter", 1n))];
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 0], [0, 1], [1, 2], [2, 1]]) {
      const diff = diffOf({ 1: 1n });
      for (const at of order) says[at]?.(diff);
      expect(diff.removalOf(1n)).toBe(order.includes(0) ? undefined : "always");
    }
  });

  it("adds up: everyone held is the same, changed, or removed", () => {
    const answers = fc.array(fc.tuple(fc.bigInt({ min: 0n, max: 30n }), fc.constantFrom("exported", "always", "filter"), fc.bigInt({ min: 0n, max: 2n })), { maxLength: 60 });
    fc.assert(fc.property(fc.uniqueArray(fc.bigInt({ min: 0n, max: 30n })), answers, (held, given) => {
      const diff = diffOf(Object.fromEntries(held.map((id) => [id, 1n])));
      const exported = new Set<bigint>();
      for (const [id, what, digest] of given) {
        if (what !== "exported") diff.takeLeftOut(leftOut(what, id));
        else if (!exported.has(id)) {
          exported.add(id);
          diff.takeExported(id, digest);
        }
      }
      const { same, changed, added, always, filter } = diff.counts;
      expect(same + changed + always + filter).toBe(held.length);
      expect(same + changed + added).toBe(exported.size);
      expect([...diff.removals("always"), ...diff.removals("filter")].sort()).toEqual(held.filter((id) => !exported.has(id)).sort());
    }));
  });
});

it("lets only those planned rows go that a new selection exports with the same fields", () => {
  const rows = new ConfirmedRows(BigUint64Array.of(7n, 3n, 5n), BigUint64Array.of(70n, 30n, 50n));
  rows.takeExported(3n, 30n);
  rows.takeExported(5n, 51n);
  rows.takeExported(9n, 70n);
  expect([3n, 5n, 7n, 9n].map((id) => rows.has(id))).toEqual([true, false, false, false]);
});

describe("the brake of an upload (T5)", () => {
  const none = {};

  it("holds at more than a fifth of the file, removals by a filter and additions each", () => {
    expect(findUploadBrakes({ held: 100, filter: 20, added: 20 }, none)).toEqual([]);
    expect(findUploadBrakes({ held: 100, filter: 21, added: 20 }, none)).toEqual([{ code: "removals", count: 21, held: 100, allowed: 20 }]);
    expect(findUploadBrakes({ held: 100, filter: 0, added: 21 }, none)).toEqual([{ code: "additions", count: 21, held: 100, allowed: 20 }]);
    expect(findUploadBrakes({ held: 4, filter: 1, added: 1 }, none).map(({ code }) => code)).toEqual(["removals", "additions"]);
  });

  it("is lifted by the exact number alone, each by its own", () => {
    const numbers = { held: 100, filter: 21, added: 30 };
    const codes = (answers: Parameters<typeof findUploadBrakes>[1]): readonly string[] => findUploadBrakes(numbers, answers).map(({ code }) => code);
    expect(codes({ allowRemovals: 21 })).toEqual(["additions"]);
    expect(codes({ allowRemovals: 22, allowAdditions: 30 })).toEqual(["removals"]);
    expect(codes({ allowRemovals: 30, allowAdditions: 21 })).toEqual(["removals", "additions"]);
    expect(codes({ allowRemovals: 21, allowAdditions: 30 })).toEqual([]);
  });

  it("does not hold on a new or empty file", () => {
    expect(findUploadBrakes({ held: 0, filter: 0, added: 1_000_000 }, none)).toEqual([]);
  });
});

describe("the schema of a customer file (kakao-api.md 8.1)", () => {
  it("has text in Kakao's ten fields only", () => {
    const ten = ["생년월일", "국가", "지역", "성별", "연령", "구매금액", "포인트", "가입일", "최근 구매일", "응모일"];
    expect(checkSchema({ ...Object.fromEntries(ten.map((name) => [name, "string" as const])), vip_level: "number" })).toEqual([]);
    expect(checkSchema({ 지역: "number", 최근구매일: "string", grade: "string", level: "number" })).toEqual([{ code: "text-field", name: "최근구매일" }, { code: "text-field", name: "grade" }]);
  });

  it("has 1 to 30 fields", () => {
    const fields = (count: number): Record<string, "number"> => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, "number"]));
    expect([checkSchema(fields(0)), checkSchema(fields(1)), checkSchema(fields(30)), checkSchema(fields(31))]).toEqual([[{ code: "no-fields" }], [], [], [{ code: "too-many-fields", fields: 31, most: 30 }]]);
  });

  it("never changes: every field that is new, gone or of another type is told", () => {
    expect(compareSchemas({ 지역: "string", a: "number", b: "number" }, { 지역: "number", a: "number", c: "number" }).toSorted()).toEqual(["b", "c", "지역"]);
    expect(compareSchemas({ a: "number", b: "number" }, { b: "number", a: "number" })).toEqual([]);
  });
});

describe("a request that is not taken whole", () => {
  const rows = Array.from({ length: 2000 }, (_, at) => at);
  const sender = (bad: ReadonlySet<number>) => async (part: readonly number[]): Promise<PartAnswer> => (part.some((row) => bad.has(row)) ? { taken: false, code: "-2" } : { taken: true });

  it("goes in one request where all is well, and in none where there is nothing", async () => {
    expect(await sendInParts(rows, sender(new Set()), () => undefined)).toEqual({ taken: rows, refused: [], requests: 1 });
    expect(await sendInParts([], sender(new Set()), () => undefined)).toEqual({ taken: [], refused: [], requests: 0 });
  });

  it("is halved down to the row: every other row is taken, in order, and one bad row of 2,000 costs at most 23 requests", async () => {
    for (const bad of [0, 777, 1999]) {
      const sent = await sendInParts(rows, sender(new Set([bad])), () => undefined);
      expect(sent.refused).toEqual([{ row: bad, code: "-2" }]);
      expect(sent.taken).toEqual(rows.filter((row) => row !== bad));
      expect(sent.requests).toBeLessThanOrEqual(23);
    }
  });

  it("takes all but the bad ones, wherever they are, and tells each", async () => {
    await fc.assert(fc.asyncProperty(fc.uniqueArray(fc.nat(99), { maxLength: 100 }), async (bad) => {
      let told = 0;
      const sent = await sendInParts(rows.slice(0, 100), sender(new Set(bad)), () => (told += 1));
      expect(sent.taken).toEqual(rows.slice(0, 100).filter((row) => !bad.includes(row)));
      expect(sent.refused.map(({ row }) => row)).toEqual(bad.toSorted((left, right) => left - right));
      expect(told).toBe(bad.length);
    }));
  });

  it("stops where whoever is told of refused rows says so", async () => {
    let told = 0;
    const stop = (): void => {
      told += 1;
      if (told === 20) throw new Error("enough");
    };
    await expect(sendInParts(rows, sender(new Set(rows)), stop)).rejects.toThrow("enough");
  });
});
