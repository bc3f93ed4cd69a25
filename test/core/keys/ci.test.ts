import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCi, UNUSABLE } from "../../../src/core/keys.ts";

const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const ci = `${characters}${characters.slice(0, 22)}==`;

describe("readCi", () => {
  test.each([
    ["as it is", ci, ci],
    ["trimmed outside", ` \t${ci}\r\n`, ci],
    ["never lower-cased", ci.toLowerCase(), ci.toLowerCase()],
    ["null", null, UNUSABLE.empty],
    ["blank", "  ", UNUSABLE.empty],
    ["blank of its length", " ".repeat(88), UNUSABLE.empty],
    ["white space inside", `${ci.slice(0, 40)} ${ci.slice(41)}`, UNUSABLE.malformed],
    ["one short", ci.slice(1), UNUSABLE.malformed],
    ["one long", `A${ci}`, UNUSABLE.malformed],
    ["a DI of 64 characters", "A1".repeat(32), UNUSABLE.malformed],
    ["without padding", `${ci.slice(0, 86)}AA`, UNUSABLE.malformed],
    ["with padding of one", `${ci.slice(0, 86)}A=`, UNUSABLE.malformed],
    ["of the URL alphabet", `-${ci.slice(1)}`, UNUSABLE.malformed],
    ["with a letter outside base64", `가${ci.slice(1)}`, UNUSABLE.malformed],
    ["one character repeated", `${"A".repeat(86)}==`, UNUSABLE.placeholder],
    ["one character but the last", `${"A".repeat(85)}Q==`, `${"A".repeat(85)}Q==`],
  ])("%s", (_case, raw, expected) => {
    expect(readCi(raw)).toBe(expected);
  });

  test("a reading reads as itself", () => {
    const character = fc.constantFrom(...characters);
    fc.assert(
      fc.property(fc.array(character, { minLength: 86, maxLength: 86 }), (drawn) => {
        const text = `${drawn.join("")}==`;
        expect(readCi(text)).toBe(text);
        expect(readCi(`\n${text} `)).toBe(text);
      }),
    );
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => typeof readCi(text) === "number"));
  });
});
