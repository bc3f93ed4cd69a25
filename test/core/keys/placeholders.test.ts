import { describe, expect, test } from "vitest";
import { isPlaceholder, readPlaceholders } from "../../../src/core/keys.ts";
import { loadForeignPhone } from "../../../src/foreign-phone.ts";

const foreign = await loadForeignPhone();
const ci = `${"Ab3+".repeat(21)}Ab==`;

describe("readPlaceholders", () => {
  test("each text in every comparable form it has", () => {
    const values = ["010-9999-0000", "+82 10-5555-0000", "+1 415 555 2671", " Test@Example.com", ci, "없음", ""];
    const expected = ["01099990000", "01055550000", "+14155552671", "test@example.com", ci];
    expect([...readPlaceholders(values, foreign)]).toEqual(expected);
  });

  test("nothing of nothing", () => {
    expect(readPlaceholders([], foreign).size).toBe(0);
  });
});

describe("isPlaceholder", () => {
  const none: ReadonlySet<string> = new Set();
  const extra = readPlaceholders(["010-9999-0000", "test@example.com", ci], foreign);
  test.each([
    ["phone", "01000000000", none, true],
    ["phone", "0111111111", none, true],
    ["phone", "01012345678", none, true],
    ["phone", "01022345678", none, false],
    ["phone", "01099990000", none, false],
    ["phone", "01099990000", extra, true],
    ["email", "none@example.com", none, true],
    ["email", "test@example.com", none, false],
    ["email", "test@example.com", extra, true],
    ["email", "test2@example.com", extra, false],
    ["ci", ci, none, false],
    ["ci", ci, extra, true],
  ] as const)("%s %s", (key, comparable, values, expected) => {
    expect(isPlaceholder(key, comparable, values)).toBe(expected);
  });
});
