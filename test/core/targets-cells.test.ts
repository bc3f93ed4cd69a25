import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCellReader, type BadCell } from "../../src/core/targets/cells.ts";
import { readDayFormat } from "../../src/core/targets/days.ts";
import type { FieldValue } from "../../src/core/targets/targets.ts";

const readText = createCellReader({ type: "string" });
const readNumber = createCellReader({ type: "number" });

/** Reads days of that format, of a database in that zone. */
function days(text: string, timeZone = "Asia/Seoul", type: "string" | "number" = "string"): (raw: string | null) => FieldValue | BadCell {
  const day = readDayFormat(text, timeZone);
  if (day === null) throw new Error(`${text} is no format`);
  return createCellReader({ type, day });
}

describe("a text cell (T4)", () => {
  it.each(["서울", "a,b", 'say "hi"', "12-34", "a=b", "1 + 1", "a@b.kr", "😀 emoji", "서울".normalize("NFD"), " 서울 ", "0101", "x-", "👨‍👩‍👧"])("goes as it is: %j", (text) => {
    expect(readText(text)).toBe(text);
  });

  it.each([null, "", " ", "\u3000"])("is empty: %j", (text) => {
    expect(readText(text)).toBeNull();
  });

  it.each(["=1+1", "+82 10", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠x", " =1+1", "\u00A0=1", "\u200B=1", "\uFEFF@x", "=HYPERLINK(\"http://x\")"])("is rejected as a formula: %j", (text) => {
    expect(readText(text)).toEqual({ bad: "formula" });
  });

  it.each(["a\nb", "a\rb", "\tx", "\r=1", "a\u0000", "a\u007Fb", "a\u0085b", "a\u2028b", "a\uD83D", "\uDE00a", "\uDE00\uD83D"])("is rejected for what a cell cannot hold: %j", (text) => {
    expect(readText(text)).toEqual({ bad: "control-character" });
  });

  it("has at most 255 units", () => {
    expect(readText("가".repeat(255))).toBe("가".repeat(255));
    expect(readText("가".repeat(256))).toEqual({ bad: "too-long" });
  });

  it("is never altered: any text comes back whole, or not at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const read = readText(text);
        expect(read === text || typeof read === "object").toBe(true);
      }),
    );
  });
});

describe("a number cell (T4)", () => {
  it.each([["0", 0], ["-3", -3], ["-0", 0], ["-0.0", 0], ["7", 7], ["007", 7], ["12.50", 12.5], ["100.00", 100], [" 42 ", 42], ["9007199254740991", 9007199254740991], ["0.1", 0.1], ["0.30000000000000004", 0.30000000000000004]])("is read: %j", (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  it.each([null, "", "  "])("is empty: %j", (text) => {
    expect(readNumber(text)).toBeNull();
  });

  it.each(["1e3", "1,000", "1.000,5", "1 000", "+5", ".5", "5.", "0x10", "NaN", "Infinity", "-", "--3", "１２", "true", "t", "12원", "=1", "٣"])("is rejected as none: %j", (text) => {
    expect(readNumber(text)).toEqual({ bad: "no-number" });
  });

  it.each(["9007199254740993", "12345678901234567890", "0.1234567890123456789", "1000000000000000000000000", "0.0000001"])("is rejected where it could not be kept exactly: %j", (text) => {
    expect(readNumber(text)).toEqual({ bad: "number-too-long" });
  });

  it("says the same as the text, to the last digit", () => {
    const text = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 17n }), fc.integer({ min: 0, max: 12 })).map(([minus, digits, places]) => {
      const padded = String(digits).padStart(places + 1, "0");
      return `${minus ? "-" : ""}${padded.slice(0, padded.length - places)}${places === 0 ? "" : `.${padded.slice(-places)}`}`;
    });
    const exact = (shown: string): string => {
      const [whole = "", fraction = ""] = shown.split(".");
      return String(BigInt(whole.replace("-", "") + fraction.padEnd(40, "0")) * (shown.startsWith("-") ? -1n : 1n));
    };
    fc.assert(
      fc.property(text, (shown) => {
        const read = readNumber(shown);
        if (typeof read === "number") expect(exact(String(read))).toBe(exact(shown));
        else expect(read).toEqual({ bad: "number-too-long" });
      }),
    );
  });
});

describe("a day (T4)", () => {
  it.each([["YYYYMMDD", "20251102"], ["YYYY-MM-DD", "2025-11-02"], ["YYYY.MM.DD", "2025.11.02"], ["YYYY/MM/DD", "2025/11/02"], ["MMDD", "1102"], ["YYYY", "2025"], ["DD/MM/YYYY", "02/11/2025"]])("is written as %s", (format, shown) => {
    expect(days(format)("2025-11-02 10:00:00")).toBe(shown);
  });

  it.each(["", "YYYYMMDDHH", "YY", "yyyymmdd", "YYYYMMMM", "YYYY--MM", "-YYYY", "YYYY-", "YYYY년", "YYYY MM", "%Y%m%d"])("has no such format: %j", (format) => {
    expect(readDayFormat(format, "Asia/Seoul")).toBeNull();
  });

  it.each([
    ["2025-11-02", "20251102"],
    ["20251102", "20251102"],
    ["2025.11.2", "20251102"],
    ["2025/11/02", "20251102"],
    ["1987-03-01 00:00:00", "19870301"],
    ["2025-11-02T23:59:59", "20251102"],
    ["2025-11-02 23:59:59.999999", "20251102"],
    ["20251102235959", "20251102"],
    ["2025-11-02 23:59:59+09", "20251102"],
    ["2025-11-02 23:59:59+00", "20251103"],
    ["2025-11-02T14:59:59Z", "20251102"],
    ["2025-11-02T15:00:00Z", "20251103"],
    ["2025-11-02T15:00:00.000+00:00", "20251103"],
    ["2025-11-02 05:00:00-10:30", "20251103"],
    ["2024-02-29", "20240229"],
    // 2025-11-02T15:00:00Z
    ["1762095600", "20251103"],
    ["1762095599", "20251102"],
    ["1762095600000", "20251103"],
  ])("is that of Seoul: %s", (raw, shown) => {
    expect(days("YYYYMMDD")(raw)).toBe(shown);
  });

  it.each([
    ["UTC", "2025-11-02 14:59:59", "20251102"],
    ["UTC", "2025-11-02 15:00:00", "20251103"],
    ["UTC", "2025-11-02", "20251102"],
    // The clock of New York goes back at 2 o'clock on this day: 09:59 is an hour later against UTC than it was the day before.
    ["America/New_York", "2025-11-01 10:59:59", "20251101"],
    ["America/New_York", "2025-11-01 11:00:00", "20251102"],
    ["America/New_York", "2025-11-02 09:59:59", "20251102"],
    ["America/New_York", "2025-11-02 10:00:00", "20251103"],
    // The clock of Los Angeles goes forward at 2 o'clock, 5 hours before the day begins in Seoul.
    ["America/Los_Angeles", "2026-03-08 07:59:59", "20260308"],
    ["America/Los_Angeles", "2026-03-08 08:00:00", "20260309"],
    ["Asia/Kolkata", "2025-11-02 20:29:59", "20251102"],
    ["Asia/Kolkata", "2025-11-02 20:30:00", "20251103"],
    ["America/New_York", "2025-11-02 10:00:00+09", "20251102"],
  ])("is counted from the database's zone: %s %s", (zone, raw, shown) => {
    expect(days("YYYYMMDD", zone)(raw)).toBe(shown);
  });

  it.each(["2025-02-29", "2025-13-01", "어제", "2025-11-02 25:00", "2025-11-02 오후 3:00", "20251102x", "2025-11", "infinity", "-infinity", "0044-03-15 BC", "12345", "1", "2025-11-02 10:00 KST"])("is rejected as none: %j", (raw) => {
    expect(days("YYYYMMDD")(raw)).toEqual({ bad: "no-date" });
  });

  it.each([null, "", " ", "0000-00-00", "0000-00-00 00:00:00", "00000000", "0000-00-00 00:00:00.000000"])("is empty: %j", (raw) => {
    expect(days("YYYY-MM-DD")(raw)).toBeNull();
  });

  it("may be a number, as the API's own fields must be", () => {
    expect(days("YYYYMMDD", "Asia/Seoul", "number")("2025-11-02")).toBe(20251102);
  });
});
