import { describe, expect, it } from "vitest";
import { BrokenSeal, createCipher, createKeyedDigest } from "../../src/workspace/encryption.ts";

const cipher = createCipher(Buffer.alloc(32, 1));
const secret = Buffer.from("kim@example.com 01055550147");

describe("sealing", () => {
  it("gives the plain bytes back, and never the same sealed bytes twice", () => {
    const sealed = cipher.seal(secret, "here");
    expect(cipher.open(sealed, "here")).toEqual(secret);
    expect(sealed.includes("kim@")).toBe(false);
    expect(cipher.seal(secret, "here").equals(sealed)).toBe(false);
  });

  it("seals nothing at all, too", () => {
    expect(cipher.open(cipher.seal(Buffer.alloc(0), "x"), "x")).toHaveLength(0);
  });

  it("does not open elsewhere, with another key, cut off, or with any bit changed", () => {
    const sealed = cipher.seal(secret, "here");
    expect(() => cipher.open(sealed, "there")).toThrow(BrokenSeal);
    expect(() => createCipher(Buffer.alloc(32, 2)).open(sealed, "here")).toThrow(BrokenSeal);
    for (const length of [0, 5, 27, sealed.length - 1]) {
      expect(() => cipher.open(sealed.subarray(0, length), "here"), `cut to ${length}`).toThrow(BrokenSeal);
    }
    for (let at = 0; at < sealed.length; at += 1) {
      const flipped = Buffer.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(() => cipher.open(flipped, "here"), `byte ${at}`).toThrow(BrokenSeal);
    }
  });

  it("refuses a key of another length", () => {
    expect(() => createCipher(Buffer.alloc(16))).toThrow("32 bytes");
  });
});

describe("derived keys", () => {
  it("depend on key and label", () => {
    const key = cipher.deriveKey("decisions");
    expect(key).toHaveLength(32);
    expect(cipher.deriveKey("decisions")).toEqual(key);
    expect(cipher.deriveKey("record").equals(key)).toBe(false);
    expect(createCipher(Buffer.alloc(32, 2)).deriveKey("decisions").equals(key)).toBe(false);
  });
});

describe("keyed digests", () => {
  const digest = createKeyedDigest(Buffer.alloc(32, 3));

  it("are 16 bytes in hexadecimal, equal for equal texts only", () => {
    expect(digest("01012345678")).toMatch(/^[0-9a-f]{32}$/u);
    expect(digest("01012345678")).toBe(digest("01012345678"));
    expect(digest("01012345679")).not.toBe(digest("01012345678"));
    expect(digest("김민아")).not.toBe(digest("김민이"));
  });

  it("say nothing across runs: another salt, another digest", () => {
    expect(createKeyedDigest(Buffer.alloc(32, 4))("01012345678")).not.toBe(digest("01012345678"));
  });

  it("refuse a salt that could be guessed", () => {
    expect(() => createKeyedDigest(Buffer.alloc(4))).toThrow("16 bytes");
  });
});
