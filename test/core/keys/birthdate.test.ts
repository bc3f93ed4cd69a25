import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ageOn, kakaoBirthdate, readBirthdate } from "../../../src/core/keys.ts";

describe("readBirthdate", () => {
  test.each([
    ["19910715"],
    [" 19910715 "],
    ["1991-07-15"],
    ["1991.07.15"],
    ["1991/07/15"],
    ["1991-7-15"],
    ["1991. 7. 15."],
    ["１９９１－０７－１５"],
    ["1991-07-15 00:00:00"],
    ["1991-07-15T23:59:59.999Z"],
    ["1991/07/15 09:00"],
    ["19910715 000000"],
    ["19910715T000000Z"],
    ["19910715000000"],
  ])("%s", (raw) => {
    expect(readBirthdate(raw)).toBe("19910715");
  });

  test.each([
    [null],
    [""],
    ["0"],
    ["910715"],
    ["0000-00-00"],
    ["0000-00-00 00:00:00"],
    ["1991-00-15"],
    ["1991-13-15"],
    ["1991-07-00"],
    ["1991-07-32"],
    ["1991-06-31"],
    ["1991-02-29"],
    ["1900-02-29"],
    ["1991-07.15"],
    ["1991-0715"],
    ["15-07-1991"],
    ["1991-07-15abc"],
    ["1991-07-155"],
    ["199107151"],
    ["1991-07"],
    ["1991****"],
    ["1900-01-01"],
    ["19000101"],
    ["1970-01-01"],
    ["1970-01-01T00:00:00Z"],
    ["1899-12-30"],
    ["9999-12-31"],
  ])("unknown: %s", (raw) => {
    expect(readBirthdate(raw)).toBeNull();
  });

  test("29 February in leap years only", () => {
    expect(["2000-02-29", "2024-02-29", "2023-02-29", "1900-02-29"].map(readBirthdate)).toEqual(["20000229", "20240229", null, null]);
  });

  test("every day of the calendar in every form, and its reading reads as itself", () => {
    const day = fc.date({ min: new Date("1900-01-02"), max: new Date("2099-12-31"), noInvalidDate: true }).map((date) => date.toISOString());
    fc.assert(
      fc.property(day, (iso) => {
        const dashed = iso.slice(0, 10);
        const expected = dashed === "1970-01-01" ? null : dashed.replaceAll("-", "");
        for (const written of [iso, dashed, dashed.replaceAll("-", "."), dashed.replaceAll("-", "/"), dashed.replaceAll("-", "")]) {
          expect(readBirthdate(written)).toBe(expected);
        }
      }),
    );
  });

  test("days that are none are unknown", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (number) => {
        const text = String(number).padStart(8, "0");
        const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
        const time = Date.parse(`${iso}T00:00:00Z`);
        const exists = !Number.isNaN(time) && new Date(time).toISOString().startsWith(iso);
        if (!exists) expect(readBirthdate(text)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => readBirthdate(text) === null));
  });
});

describe("kakaoBirthdate", () => {
  test.each([
    ["1991", "0715", "SOLAR", "19910715"],
    ["1991", "0715", "LUNAR", null],
    ["1991", "0715", null, null],
    [null, "0715", "SOLAR", null],
    ["1991", null, "SOLAR", null],
    ["", "0715", "SOLAR", null],
    ["1991", "0229", "SOLAR", null],
    ["1991", "715", "SOLAR", null],
    ["1970", "0101", "SOLAR", null],
    ["1900", "0101", "SOLAR", null],
  ])("%s %s %s", (birthyear, birthday, type, expected) => {
    expect(kakaoBirthdate(birthyear, birthday, type)).toBe(expected);
  });
});

describe("ageOn", () => {
  test.each([
    ["20120715", "20260714", 13],
    ["20120715", "20260715", 14],
    ["20120715", "20261231", 14],
    ["20120229", "20260228", 13],
    ["20120229", "20260301", 14],
    ["20260715", "20260715", 0],
    ["19910101", "20251231", 34],
  ])("born %s, on %s: %i", (birthdate, today, age) => {
    expect(ageOn(birthdate, today)).toBe(age);
  });
});
