import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTimeMs, readTime } from "../../../src/core/keys.ts";

const seoul = 540;

describe("a real time", () => {
  test.each([
    ["2025-11-02T01:20:33Z", "2025-11-02T01:20:33.000Z"],
    ["2025-11-02T01:20:33.250Z", "2025-11-02T01:20:33.250Z"],
    ["2025-11-02T01:20:33+09:00", "2025-11-01T16:20:33.000Z"],
    ["2025-11-02 01:20:33+09", "2025-11-01T16:20:33.000Z"],
    ["2025-11-02 01:20:33.123456-0330", "2025-11-02T04:50:33.123Z"],
    ["2025-11-02 01:20:33", "2025-11-01T16:20:33.000Z"],
    ["2025-11-02 01:20", "2025-11-01T16:20:00.000Z"],
    ["2025/11/02 01:20:33", "2025-11-01T16:20:33.000Z"],
    ["2025.11.02", "2025-11-01T15:00:00.000Z"],
    ["2025-11-02", "2025-11-01T15:00:00.000Z"],
    ["20251102", "2025-11-01T15:00:00.000Z"],
    ["20251102012033", "2025-11-01T16:20:33.000Z"],
    [" 1762046433 ", "2025-11-02T01:20:33.000Z"],
    ["1762046433.5", "2025-11-02T01:20:33.500Z"],
    ["1762046433250", "2025-11-02T01:20:33.250Z"],
  ])("%s", (raw, iso) => {
    expect(readTime(raw)).toBe(true);
    const ms = parseTimeMs(raw, seoul);
    expect(ms === null ? null : new Date(ms).toISOString()).toBe(iso);
  });

  test("without a zone it is of the zone given", () => {
    expect(parseTimeMs("2025-11-02 01:20:33", 0)).toBe(Date.parse("2025-11-02T01:20:33Z"));
    expect(parseTimeMs("2025-11-02 01:20:33", -300)).toBe(Date.parse("2025-11-02T01:20:33-05:00"));
  });

  test("a real day with a time nobody can read was verified, but not at a known time", () => {
    for (const raw of ["2025-11-02 10 a.m.", "2025-11-02 25:00:00", "2025-11-02 10:60"]) {
      expect(readTime(raw)).toBe(true);
      expect(parseTimeMs(raw, seoul)).toBeNull();
    }
  });

  test("agrees with the language on ISO times", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date("1980-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }), (date) => {
        expect(parseTimeMs(date.toISOString(), seoul)).toBe(date.getTime());
      }),
    );
  });
});

describe("never verified", () => {
  test.each([
    [null],
    [""],
    ["   "],
    ["0"],
    ["0.0"],
    ["1"],
    ["Y"],
    ["N"],
    ["true"],
    ["false"],
    ["0000-00-00"],
    ["0000-00-00 00:00:00"],
    ["0001-01-01 00:00:00"],
    ["1900-01-01"],
    ["1970-01-01 00:00:00"],
    ["1970-01-01 09:00:00+09"],
    ["9999-12-31 23:59:59"],
    ["2025-02-30 10:00:00"],
    ["00000000"],
    ["00000000000000"],
    ["-1762046433"],
    ["99999999999999999999"],
  ])("%s", (raw) => {
    expect(readTime(raw)).toBe(false);
    expect(parseTimeMs(raw, seoul)).toBeNull();
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !readTime(text) && parseTimeMs(text, 0) === null));
  });
});
