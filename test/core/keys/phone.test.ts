import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPhone, UNUSABLE } from "../../../src/core/keys.ts";
import { loadForeignPhone } from "../../../src/foreign-phone.ts";

const foreign = await loadForeignPhone();
const { empty, malformed, placeholder } = UNUSABLE;

function refuseForeign(text: string): never {
  throw new Error(`the phone library was asked about ${text}`);
}

describe("domestic numbers, without the phone library", () => {
  test.each([
    ["010-2234-5678", "01022345678"],
    ["01022345678", "01022345678"],
    ["+82 10-2234-5678", "01022345678"],
    ["+82 010-2234-5678", "01022345678"],
    ["+821022345678", "01022345678"],
    ["+82 1022345678", "01022345678"],
    ["+82 (0)10 2234 5678", "01022345678"],
    ["(+82) 10-2234-5678", "01022345678"],
    ["00821022345678", "01022345678"],
    ["0082 010-2234-5678", "01022345678"],
    ["821022345678", "01022345678"],
    ["8201022345678", "01022345678"],
    ["82-10-2234-5678", "01022345678"],
    ["1022345678", "01022345678"],
    ["10-2234-5678", "01022345678"],
    ["010.2234.5678", "01022345678"],
    ["(010) 2234 5678", "01022345678"],
    [" 010 22345678\t", "01022345678"],
    ["010 22 34 56 78", "01022345678"],
    ["０１０－２２３４－５６７８", "01022345678"],
    ["＋８２　１０－２２３４－５６７８", "01022345678"],
    ["010–2234—5678", "01022345678"],
    ["\u202a010-2234-5678\u202c", "01022345678"],
    ["010\u00a02234\u200b5678", "01022345678"],
    ["011-234-5678", "0112345678"],
    ["011-2345-6789", "01123456789"],
    ["016-234-5678", "0162345678"],
    ["017 234 5678", "0172345678"],
    ["018-2345-6789", "01823456789"],
    ["019-234-5678", "0192345678"],
    ["+82 11-234-5678", "0112345678"],
    ["+82 019-2345-6789", "01923456789"],
    ["82 16 234 5678", "0162345678"],
  ])("%s", (raw, expected) => {
    expect(readPhone(raw, refuseForeign)).toBe(expected);
  });
});

describe("no key, without the phone library", () => {
  test.each([
    ["nothing", null, empty],
    ["empty", "", empty],
    ["blank", " \t　", empty],
    ["a hyphen", "-", malformed],
    ["a plus", "+", malformed],
    ["a word", "없음", malformed],
    ["letters inside", "010-22B4-5678", malformed],
    ["an extension in words", "010-2234-5678 ext 3", malformed],
    ["an extension in Hangul", "010-2234-5678 (내선 3)", malformed],
    ["an extension of one digit that would make it fit", "011-234-5678 9", malformed],
    ["an extension by hyphen", "011-234-5678-9", malformed],
    ["the .0 of a spreadsheet", "1022345678.0", malformed],
    ["the .0 of a spreadsheet that would make it fit", "82112345678.0", malformed],
    ["an exponent", "1.022345678E9", malformed],
    ["two numbers", "010-2234-5678 010-3234-5678", malformed],
    ["two numbers with a slash", "010-2234-5678/9", malformed],
    ["two numbers with a comma", "010-2234-5678,79", malformed],
    ["one digit short", "010-2234-567", malformed],
    ["one digit long", "010-2234-56789", malformed],
    ["011 with six digits", "011-23-4567", malformed],
    ["011 with nine digits", "011-2345-67890", malformed],
    ["010 with seven digits", "010-223-4567", malformed],
    ["012, no mobile prefix", "012-2234-5678", malformed],
    ["015, pagers", "015-2234-5678", malformed],
    ["013", "013-2234-5678", malformed],
    ["Seoul", "02-1234-5679", malformed],
    ["Gyeonggi", "031-234-5678", malformed],
    ["internet telephony", "070-2234-5678", malformed],
    ["a safe number", "0505-234-5678", malformed],
    ["a service number", "1588-1234", malformed],
    ["Seoul from abroad", "+82 2-1234-5679", malformed],
    ["Seoul from abroad without plus", "82-2-1234-5679", malformed],
    ["Seoul from abroad by 00", "0082 2 1234 5679", malformed],
    ["011 without its zero", "11-2345-6789", malformed],
    ["011 without its zero, seven digits", "112345678", malformed],
    ["a doubled zero after +82", "+82 0010 2234 5678", malformed],
    ["a doubled country code", "+82 82 10 2234 5678", malformed],
    ["two plus signs", "++82 10 2234 5678", malformed],
    ["a plus inside", "82+10-2234-5678", malformed],
    ["a plus before the domestic zero", "+010-2234-5678", malformed],
    ["a zero before the country code", "082 10-2234-5678", malformed],
    ["a foreign number without plus", "14155552671", malformed],
    ["a Chinese number without plus", "13800138001", malformed],
    ["a Chinese number that starts like 010", "10223456789", malformed],
    ["a superscript digit", "010-2234-567²", malformed],
    ["Arabic digits", "٠١٠٢٢٣٤٥٦٧٨", malformed],
    ["an overlong one", `+${"123456789".repeat(9)}`, malformed],
    ["zeros", "010-0000-0000", placeholder],
    ["ones of an old prefix", "011-111-1111", placeholder],
    ["nines of an old prefix", "019-9999-9999", placeholder],
    ["zeros from abroad", "+82 10-0000-0000", placeholder],
    ["the sample number", "010-1234-5678", placeholder],
    ["the sample number from abroad", "+82 010-1234-5678", placeholder],
    ["one digit throughout", "00000000000", placeholder],
    ["nines throughout", "999-9999-9999", placeholder],
    ["nearly all alike", "010-0000-0001", "01000000001"],
    ["the sample number of another prefix", "011-1234-5678", "01112345678"],
  ])("%s", (_case, raw, expected) => {
    expect(readPhone(raw, refuseForeign)).toBe(expected);
  });
});

describe("foreign numbers, with the phone library", () => {
  test.each([
    ["+1 415-555-2671", "+14155552671"],
    ["0014155552671", "+14155552671"],
    ["00 1 (415) 555-2671", "+14155552671"],
    ["＋１ ４１５ ５５５ ２６７１", "+14155552671"],
    ["+81 90-1234-5678", "+819012345678"],
    ["+81 (0)90-1234-5678", "+819012345678"],
    ["+86 138 0013 8001", "+8613800138001"],
    ["+44 7911 123456", "+447911123456"],
    ["+44 20 7946 0958", malformed],
    ["+1 800 555 2671", malformed],
    ["+800 1234 5678", malformed],
    ["+1 415-555-267", malformed],
    ["+999 123456789", malformed],
    ["001022345678", malformed],
    ["00 10-2234-5678", malformed],
    ["+86 138 0000 0000", placeholder],
  ])("%s", (raw, expected) => {
    expect(readPhone(raw, foreign)).toBe(expected);
  });

  test("the library's word on its own: only E.164 of a foreign mobile number", () => {
    expect(foreign("+14155552671")).toBe("+14155552671");
    expect(foreign("+821022345678")).toBeNull();
    expect(foreign("01022345678")).toBeNull();
    expect(foreign("")).toBeNull();
  });
});

const subscriber = fc.integer({ min: 20_000_001, max: 99_999_998 }).map(String);
const separator = fc.constantFrom("", "-", " ", ".", " - ", "　", "–");
const opening = fc.constantFrom("010", "+8210", "+82010", "00821", "0082010", "8210", "82010", "10", "+82 10", "+82 010", "(010)", "82-10", "０１０", "＋82 10");

describe("properties", () => {
  test("all ways to write one number agree", () => {
    fc.assert(
      fc.property(subscriber, opening, separator, separator, (number, prefix, first, second) => {
        const whole = prefix === "00821" ? `${prefix}0` : prefix;
        const written = `${whole}${first}${number.slice(0, 4)}${second}${number.slice(4)}`;
        const plain = readPhone(`010${number}`, refuseForeign);
        expect(readPhone(written, refuseForeign)).toBe(plain);
      }),
    );
  });

  test("a reading reads as itself", () => {
    const written = fc.oneof(
      fc.tuple(fc.constantFrom("010", "011", "016", "017", "018", "019", "+82 10", "82", "10"), fc.stringMatching(/^[-. 0-9]{6,12}$/)).map((parts) => parts.join("")),
      fc.tuple(fc.constantFrom("+1", "+81 90", "+86 13", "+44 7", "00"), fc.stringMatching(/^\d{7,11}$/)).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(written, (text) => {
        const reading = readPhone(text, foreign);
        if (typeof reading !== "string") return;
        expect(reading).toMatch(/^(010\d{8}|01[16-9]\d{7,8}|\+(?!82)[1-9]\d+)$/);
        expect(readPhone(reading, foreign)).toBe(reading);
      }),
      { numRuns: 2000 },
    );
  });

  test("never throws, and reads no number out of text without one", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const reading = readPhone(text, foreign);
        expect(typeof reading === "number" || text.normalize("NFKC").replace(/\D/g, "").length >= 7).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
