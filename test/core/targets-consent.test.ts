import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTimeMs } from "../../src/core/keys.ts";
import { readConsent, readPastMs, type Consent } from "../../src/core/targets/consent.ts";
import { readNotice } from "../../src/core/targets/notice.ts";

const seoul = { nowMs: Date.parse("2026-11-21T12:00:00+09:00"), zoneMinutes: 540 };

describe("a consent as a flag or as its date (T1)", () => {
  const values: Readonly<Record<Consent, readonly (string | null)[]>> = {
    yes: ["1", "t", "true", "TRUE", "y", "Y", " Yes ", "on", "예", "동의", "수신동의", "\\x01", "2026-11-21", "2026-11-21 11:59:59", "2026-11-21T02:59:00Z", "20250301", "1767225600", "1767225600000"],
    no: ["0", "f", "false", "n", "N ", "No", "off", "아니오", "거부", "미동의", "\\x00", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00", "00000000", "1970-01-01 00:00:00", "1970-01-01T09:00:00+09:00", "1969-12-31 19:00:00"],
    none: [null, "", "   ", "\t"],
    unreadable: ["2", "-1", "maybe", "X", "o", "null", "2026-11-22", "2026-11-21 12:00:01", "2099-12-31", "9999-12-31", "2026-02-30", "동의?", "\u001dseveral", "10", "1.0", "10101", "1975-05-05"],
  };
  test.each(Object.entries(values))("%s", (consent, texts) => {
    expect(texts.map((text) => [text, readConsent(text, seoul)])).toEqual(texts.map((text) => [text, consent]));
  });

  test("times without a zone are of the database's zone, so that the future begins when it does there", () => {
    expect(readConsent("2026-11-21 03:30:00", { ...seoul, zoneMinutes: 0 })).toBe("unreadable");
    expect(readConsent("2026-11-21 02:30:00", { ...seoul, zoneMinutes: 0 })).toBe("yes");
    expect(readConsent("2026-11-21 11:30:00+09:00", { ...seoul, zoneMinutes: 0 })).toBe("yes");
  });
});

test("the plain form of a time is read as every other", () => {
  const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, "0"));
  const text = fc.tuple(fc.integer({ min: 1970, max: 2030 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }), two, two, two, fc.constantFrom("", "x", " ", "Z", "+", "00"));
  fc.assert(
    fc.property(text, fc.constantFrom(540, 0, -300), ([year, month, day, hours, minutes, seconds, spoilt], zoneMinutes) => {
      const raw = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")} ${hours}:${minutes}:${spoilt === "" ? seconds : spoilt.padEnd(2, "1")}`;
      const ms = parseTimeMs(raw, zoneMinutes);
      expect([raw, readPastMs(raw, { ...seoul, zoneMinutes })]).toEqual([raw, ms !== null && ms <= seoul.nowMs ? ms : null]);
    }),
    { numRuns: 5000 },
  );
});

describe("the notice of every second year (T3)", () => {
  const at = (day: string): number => Date.parse(`${day}T00:00:00+09:00`);
  const stateOf = (agreed: string, today: string, reconfirmed?: string): string | null => {
    const notice = readNotice(at(agreed), reconfirmed === undefined ? null : at(reconfirmed), at(today));
    return notice === null ? null : `${notice.state} ${notice.dueOn}`;
  };

  test.each([
    ["2024-11-21", "2026-10-21", null],
    ["2024-11-21", "2026-10-22", "due 20261121"],
    ["2024-11-21", "2026-11-20", "due 20261121"],
    // Before the same day of the second year: on it, it is too late.
    ["2024-11-21", "2026-11-21", "overdue 20261121"],
    ["2024-11-21", "2028-11-20", "overdue 20261121"],
    ["2024-11-21", "2028-11-21", "overdue 20281121"],
    ["2021-01-31", "2026-11-21", "overdue 20250131"],
    ["2024-01-05", "2025-12-05", null],
    ["2024-01-05", "2025-12-06", "due 20260105"],
    // 29 February has no same day two years later: the day before the notice is certainly late.
    ["2024-02-29", "2026-02-27", "due 20260228"],
    ["2024-02-29", "2026-02-28", "overdue 20260228"],
    ["2024-02-29", "2028-02-29", "overdue 20280229"],
    ["2026-11-21", "2026-11-21", null],
  ])("agreed on %s, on %s: %s", (agreed, today, expected) => {
    expect(stateOf(agreed, today)).toBe(expected);
  });

  test("runs from a later reconfirmation, and not from one before the consent", () => {
    expect(stateOf("2020-05-01", "2026-11-21", "2026-03-01")).toBeNull();
    expect(stateOf("2020-05-01", "2026-11-21", "2024-11-30")).toBe("due 20261130");
    expect(stateOf("2026-05-01", "2026-11-21", "2024-03-01")).toBeNull();
    expect(readNotice(at("2020-05-01"), at("2024-11-20"), at("2026-11-21"))).toEqual({ state: "overdue", agreedOn: "20200501", reconfirmedOn: "20241120", dueOn: "20261120" });
  });

  test("counts days in Korea", () => {
    const evening = Date.parse("2024-11-20T15:30:00Z");
    expect(readNotice(evening, null, Date.parse("2026-11-20T14:59:59Z"))).toMatchObject({ state: "due", agreedOn: "20241121" });
    expect(readNotice(evening, null, Date.parse("2026-11-20T15:00:00Z"))).toMatchObject({ state: "overdue" });
  });
});
