import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalizeEmail, readKakaoEmail, readMemberEmail, UNUSABLE } from "../../../src/core/keys.ts";

const { empty, malformed, placeholder, relay, synthetic, unverified } = UNUSABLE;

describe("normalizeEmail", () => {
  test.each([
    ["mina@example.com", "mina@example.com"],
    [" Mina@Example.COM\n", "mina@example.com"],
    ["mi.na+shop@example.com", "mi.na+shop@example.com"],
    ["m@a.co", "m@a.co"],
    ["o'brien_1@mail.example.co.kr", "o'brien_1@mail.example.co.kr"],
    ["ｍｉｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ", "mina@example.com"],
    ["mina@한글.한국", "mina@xn--bj0bj06e.xn--3e0b707e"],
    ["mina@BÜCHER.de", "mina@xn--bcher-kva.de"],
    ["mina@example。com", "mina@example.com"],
    ["민아@example.com", "민아@example.com"],
    [`${"a".repeat(64)}@example.com`, `${"a".repeat(64)}@example.com`],
  ])("%s", (raw, expected) => {
    expect(normalizeEmail(raw)).toBe(expected);
  });

  test.each([
    [""],
    ["mina"],
    ["@example.com"],
    ["mina@"],
    ["mina@localhost"],
    ["mina@example.com."],
    ["mina@.example.com"],
    ["mina@example..com"],
    ["mina@-example.com"],
    ["mina@example-.com"],
    ["mina@exam_ple.com"],
    ["mina@example.c"],
    ["mina@10.0.0.1"],
    ["mina@[10.0.0.1]"],
    ["mina@example.com:80"],
    ["mina@한글.한국/path"],
    ["mina@한글.한국:80"],
    ["mina@b@example.com"],
    ["mi na@example.com"],
    ["mi,na@example.com"],
    [".mina@example.com"],
    ["mina.@example.com"],
    ["mi..na@example.com"],
    ['"mi na"@example.com'],
    ["Mina <mina@example.com>"],
    ["mailto:mina@example.com"],
    ["mina@example.com;m2@example.com"],
    [`${"a".repeat(65)}@example.com`],
    [`mina@${"a".repeat(64)}.com`],
    [`mina@${"abcdefgh.".repeat(28)}com`],
  ])("no address: %s", (raw) => {
    expect(normalizeEmail(raw)).toBeNull();
  });
});

describe("readMemberEmail", () => {
  const patterns = [/^kakao_\d+@/, /@member\.example\.com$/];
  test.each([
    ["an address", "Mina@Example.com", "mina@example.com"],
    ["null", null, empty],
    ["blank", "  ", empty],
    ["a word", "none", malformed],
    ["none@…", "NONE@example.com", placeholder],
    ["nonesuch@… is somebody", "nonesuch@example.com", "nonesuch@example.com"],
    ["a relay of Apple", "x1y2@privaterelay.appleid.com", relay],
    ["a relay with a subdomain", "shop@mina.anonaddy.com", relay],
    ["a domain that only ends like a relay", "mina@notduck.com", "mina@notduck.com"],
    ["a domain that only starts like a relay", "mina@duck.com.example.com", "mina@duck.com.example.com"],
    ["a made-up address", "KAKAO_123@example.com", synthetic],
    ["a made-up address by domain", "mina@member.example.com", synthetic],
  ])("%s", (_case, raw, expected) => {
    expect(readMemberEmail(raw, patterns)).toBe(expected);
  });
});

describe("readKakaoEmail", () => {
  test.each([
    ["valid and verified", "Mina@example.com", true, true, "mina@example.com"],
    ["not valid: another account holds it now", "mina@example.com", false, true, unverified],
    ["not verified", "mina@example.com", true, false, unverified],
    ["validity not said", "mina@example.com", null, true, unverified],
    ["verification not said", "mina@example.com", true, null, unverified],
    ["no address", null, true, true, empty],
    ["no address, nothing said", null, null, null, empty],
    ["blank", " ", false, false, empty],
    ["malformed", "mina", true, true, malformed],
    ["a placeholder", "none@example.com", true, true, placeholder],
  ])("%s", (_case, raw, valid, verified, expected) => {
    expect(readKakaoEmail(raw, valid, verified)).toBe(expected);
  });
});

describe("properties", () => {
  const domain = fc.constantFrom("example.com", "EXAMPLE.co.kr", "한글.한국", "bücher.de", "ｅxample.com", "faß.de", "a。kr");
  const address = fc.tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), domain).map(([local, host]) => `${local}@${host}`);

  test("a normalized address is normalized already", () => {
    fc.assert(
      fc.property(fc.oneof(address, fc.emailAddress()), (text) => {
        const once = normalizeEmail(text);
        if (once !== null) expect(normalizeEmail(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  test("case, outer blanks and width do not matter", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        const wide = text.replace(/[!-~]/g, (plain) => String.fromCharCode(plain.charCodeAt(0) + 0xfee0));
        const expected = normalizeEmail(text);
        for (const variant of [text.toUpperCase(), ` ${text}\t`, wide]) expect(normalizeEmail(variant)).toBe(expected);
      }),
    );
  });

  test("never throws, and yields one @ and a lower-case ASCII domain", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), address), (text) => {
        const reading = readMemberEmail(text, []);
        if (typeof reading === "string") expect(reading).toMatch(/^[^@\s]+@([a-z0-9-]+\.)+[a-z0-9-]{2,}$/);
      }),
      { numRuns: 1000 },
    );
  });
});
