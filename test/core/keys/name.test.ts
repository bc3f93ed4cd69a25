import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nameScripts, readName } from "../../../src/core/keys.ts";

describe("readName", () => {
  test.each([
    ["김민아", "김민아"],
    ["김 민 아", "김민아"],
    [" 김민아\u200b ", "김민아"],
    ["\u1100\u1175\u11b7\u1106\u1175\u11ab\u110b\u1161", "김민아"],
    ["Min-A Kim", "kimmina"],
    ["KIM, MIN-A", "kimmina"],
    ["Kim,Min‐A", "kimmina"],
    ["ＫＩＭ　ＭＩＮＡ", "kimmina"],
    ["Pat O'Brien Jr.", "jrobrienpat"],
    ["Pat O’Brien Jr", "jrobrienpat"],
    ["STRASSE Anna", "annastrasse"],
    ["Anna Straße", "annastrasse"],
    ["김민아 Mina Kim", "김민아kimmina"],
    ["Kim 김민아 Mina", "김민아kimmina"],
    ["金民娥", "金民娥"],
    ["존·스미스", "존스미스"],
    ["José", "josé"],
  ])("%s", (raw, expected) => {
    expect(readName(raw)).toBe(expected);
  });

  test.each([[null], [""], ["  "], ["김*아"], ["김＊아"], ["김○아"], ["김민아2"], ["김민아②"], ["user01"], ["-"], ["( )"], ["☺"]])("unknown: %s", (raw) => {
    expect(readName(raw)).toBeNull();
  });

  test("a comparable name is comparable already, and has a script", () => {
    const letters = fc.constantFrom("김", "민", "아", "金", "か", "カ", "a", "B", "é", "ß", "İ", "ς", "Ж", " ", "-", "'", ".", ",", "´", "ﬁ", "\u0301", "(", "ᄀ");
    fc.assert(
      fc.property(fc.oneof(fc.array(letters, { maxLength: 8 }).map((drawn) => drawn.join("")), fc.string({ unit: "grapheme" })), (text) => {
        const once = readName(text);
        if (once === null) return;
        expect(nameScripts(once)).toBeGreaterThan(0);
        expect(readName(once)).toBe(once);
      }),
      { numRuns: 3000 },
    );
  });

  test("order and case of Latin words, blanks and punctuation do not matter", () => {
    const word = fc.stringMatching(/^[A-Z][a-z]{0,6}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const expected = readName(words.join(" "));
        expect(readName([...words].reverse().join(" "))).toBe(expected);
        expect(readName(words.join(", ").toUpperCase())).toBe(expected);
        expect(readName(` ${words.join(".  ")}.`)).toBe(expected);
      }),
    );
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => readName(text) !== ""), { numRuns: 1000 });
  });
});

describe("nameScripts", () => {
  test.each([
    ["", 0],
    ["()", 0],
    ["김민아", 1],
    ["kim", 2],
    ["é", 2],
    ["金", 4],
    ["𠮷", 4],
    ["かな", 8],
    ["カナ", 8],
    ["иван", 16],
    ["김kim", 3],
    ["kim김", 3],
    ["金かな", 12],
    ["김金kimかж", 31],
  ])("%s is %i", (name, mask) => {
    expect(nameScripts(name)).toBe(mask);
  });
});
