import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TextHash } from "../../src/core/text-hash.ts";

function hashOf(text: string, seed: readonly [number, number] = [1, 2]): string {
  const hash = new TextHash(seed);
  hash.read(text);
  return `${hash.high} ${hash.low} ${hash.check}`;
}

describe("TextHash", () => {
  it("tells near-equal texts apart", () => {
    const texts = [
      "", "\0", "\0\0", "\0\0\0", "\0\0\0\0",
      "a", "a\0", "\0a", "a\0\0", "\0\0a", "ab", "ba", "ab\0", "abc", "abc\0", "abcd", "a\0b", "ab\0c",
      "A", "Ａ", "a\u0301", "á",
      "\u0001", "\u0002", "\u0100", "\u0001\u0001", "\u{10001}", "\ud800", "\udc01", "\ud800\ud801", "\udc01\ud800",
      "\uffff", "\uffff\uffff", "\uffff\0", "\0\uffff",
      "01012345678", "01012345679", "10012345678", "김민아", "김민이", "mina@example.com", "mina@example.con",
    ];
    expect(new Set(texts.map((text) => hashOf(text))).size).toBe(texts.length);
  });

  it("packs no text of narrow units like one of wide units", () => {
    const wide = "\u6261\u6463"; // The bytes of "abcd".
    expect(new Set(["abcd", wide, `abcd${wide}`, `${wide}abcd`, "abcdabcd", `${wide}${wide}`].map((text) => hashOf(text))).size).toBe(6);
  });

  it("tells texts apart that differ in one unit, in their length or in the order of two units", () => {
    const text = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 100 }).map((units) => String.fromCharCode(...units));
    fc.assert(
      fc.property(text, fc.nat(), fc.integer({ min: 1, max: 0xffff }), (before, at, change) => {
        const unit = at % before.length;
        const changed = before.slice(0, unit) + String.fromCharCode(before.charCodeAt(unit) ^ change) + before.slice(unit + 1);
        const others = [changed, `${before}\0`, `\0${before}`, before.slice(1), before.slice(0, -1)];
        const hash = hashOf(before);
        for (const other of others) expect(hashOf(other)).not.toBe(hash);
        const turned = before.split("").reverse().join("");
        expect(hashOf(turned) === hash).toBe(turned === before);
      }),
    );
  });

  it("gives the same text the same hash, whatever was read before", () => {
    const hash = new TextHash([1, 2]);
    hash.read("another text");
    hash.read("mina@example.com");
    expect(`${hash.high} ${hash.low} ${hash.check}`).toBe(hashOf("mina@example.com"));
  });

  it("depends on both halves of the seed, wherever their bits are", () => {
    const seeds = [[0, 0], [1, 0], [0, 1], [1, 1], [0x80000000, 0], [0, 0x80000000], [0xffffffff, 0], [0, 0xffffffff], [0xffffffff, 0xffffffff]] as const;
    for (const text of ["", "a", "mina@example.com"]) expect(new Set(seeds.map((seed) => hashOf(text, seed))).size).toBe(seeds.length);
  });

  it("gives two unsigned halves that are spread over all their bits, and never both zero", () => {
    const hash = new TextHash([3, 4]);
    const bits = new Array<number>(64).fill(0);
    const count = 4000;
    for (let at = 0; at < count; at += 1) {
      hash.read(`010${20_000_000 + at}`);
      expect(hash.high !== 0 || hash.low !== 0).toBe(true);
      for (const half of [hash.high, hash.low]) expect(half >= 0 && half <= 0xffffffff && Number.isInteger(half)).toBe(true);
      const both = (BigInt(hash.high) << 32n) | BigInt(hash.low);
      bits.forEach((ones, bit) => { bits[bit] = ones + Number((both >> BigInt(bit)) & 1n); });
    }
    // Eight standard deviations of a fair coin.
    for (const ones of bits) expect(Math.abs(ones - count / 2)).toBeLessThan(8 * Math.sqrt(count / 4));
  });

  it("tells a hundred thousand numbers in a row apart", () => {
    const hash = new TextHash([5, 6]);
    const met = new Set<bigint>();
    for (let at = 0; at < 100_000; at += 1) {
      hash.read(String(1_000_000_000 + at));
      met.add((BigInt(hash.high) << 32n) | BigInt(hash.low));
    }
    expect(met.size).toBe(100_000);
  });
});
