import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExactJson } from "../../src/kakao/exact-json.ts";

test("integers of 16 digits and more are text, shorter ones numbers", () => {
  expect(parseExactJson("[999999999999999,1000000000000000,9223372036854775807,-9007199254740993]")).toEqual([
    999999999999999,
    "1000000000000000",
    "9223372036854775807",
    "-9007199254740993",
  ]);
});

test.each([
  ['{"a":9223372036854775807}', { a: "9223372036854775807" }],
  ['{ "a" :\n9223372036854775807\t}', { a: "9223372036854775807" }],
  ["9223372036854775807", "9223372036854775807"],
  ['["9223372036854775807"]', ["9223372036854775807"]],
  ['["id: 9223372036854775807, 1234567890123456"]', ["id: 9223372036854775807, 1234567890123456"]],
  ['["a\\"",1234567890123456,"\\\\",1234567890123456]', ['a"', "1234567890123456", "\\", "1234567890123456"]],
  ['["\\\\\\"1234567890123456"]', ['\\"1234567890123456']],
  ['["\\u0022 1234567890123456"]', ['" 1234567890123456']],
  ['{"1234567890123456":1234567890123456}', { "1234567890123456": "1234567890123456" }],
  ["[1234567890123456.5]", [1234567890123456.5]],
  ["[1234567890123456e2]", [123456789012345600]],
  ["[0.1234567890123456]", [0.1234567890123456]],
  ["[1e-1234567890123456]", [0]],
])("%s", (json, value) => {
  expect(parseExactJson(json)).toEqual(value);
});

test.each(["", "{", '{"a":1234567890123456', '["1234567890123456]', "01234567890123456", "[1234567890123456 1]", "<html>1234567890123456</html>"])(
  "%s is no JSON",
  (json) => {
    expect(() => parseExactJson(json)).toThrow(SyntaxError);
  },
);

test("a text of megabytes in one string", () => {
  const long = "9".repeat(5_000_000);
  expect(parseExactJson(JSON.stringify([long]))).toEqual([long]);
});

test("everything but long integers is what JSON.parse makes of it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.string({ unit: "binary" }), fc.integer({ min: 1_000 }), (json, text, number) => {
      const short = `[${json.replace(/\d{16,}/g, "7")},${JSON.stringify(text)},${String(number)}]`;
      const withId = `[1234567890123456,${short},${JSON.stringify(`${text}1234567890123456`)}]`;
      expect(parseExactJson(withId)).toEqual(["1234567890123456", JSON.parse(short), `${text}1234567890123456`]);
    }),
  );
});

test("any 64-bit id comes through", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), (id) => {
      expect(String((parseExactJson(`{"id":${String(id)}}`) as { id: unknown }).id)).toBe(String(id));
    }),
  );
});
