import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatNumber, renderTable } from "../../src/terminal/tables.ts";
import { measureWidth } from "../../src/terminal/text-width.ts";

/** Whether sorted letters hold all of others. */
function contains(all: string, some: string): boolean {
  let at = 0;
  for (const letter of all) if (letter === some[at]) at += 1;
  return at >= some.length;
}

describe("renderTable", () => {
  it("aligns texts left and numbers right, with thousands separators", () => {
    const table = renderTable([{ header: "reason" }, { header: "users" }], [["shared-phone-members", 12], ["member-not-live", 1_234_567]], 80);
    expect(table.split("\n")).toEqual([
      "reason                    users",
      "shared-phone-members         12",
      "member-not-live       1,234,567",
    ]);
  });

  it("keeps columns in line behind Hangul, which is two wide", () => {
    const table = renderTable([{ header: "이름" }, { header: "id" }], [["김*아", "1"], ["남**아", "22"]], 80);
    expect(table.split("\n")).toEqual(["이름    id", "김*아   1", "남**아  22"]);
  });

  it("wraps the widest texts so that no line is wider than asked, and loses no word", () => {
    const message = "전화번호 is on but was not reviewed: switch it off in the console or apply for it";
    const table = renderTable([{ header: "rule" }, { header: "message" }, { header: "n" }], [["C-items-2", message, 3]], 50);
    const lines = table.split("\n");
    expect(Math.max(...lines.map(measureWidth))).toBeLessThanOrEqual(50);
    expect(lines.length).toBeGreaterThan(2);
    for (const word of message.split(" ")) expect(table).toContain(word);
  });

  it("breaks a word that alone is too long rather than cutting it off", () => {
    const path = "/srv/shop/".repeat(12);
    const table = renderTable([{ header: "file" }], [[path]], 40);
    expect(table.replace(/\s/g, "")).toBe(`file${path}`);
    expect(Math.max(...table.split("\n").map(measureWidth))).toBeLessThanOrEqual(40);
  });

  it("breaks Hangul without blanks by its columns, and keeps every letter", () => {
    const path = `/srv/${"쇼핑몰회원목록".repeat(6)}.csv`;
    const lines = renderTable([{ header: "파일" }, { header: "어디" }], [["목록", path]], 40).split("\n");
    expect(Math.max(...lines.map(measureWidth))).toBeLessThanOrEqual(40);
    expect(lines.slice(1).map((line) => line.replace(/^목록/, "    ").slice(4)).join("").replace(/\s/g, "")).toBe(path);
  });

  it("shows each row as a block where words would have to be broken, and a row a line where no one reads it", () => {
    const columns = ["run", "command", "state", "planned", "operator"].map((header) => ({ header }));
    const rows = [["20261120-021500-k3xz", "export-channel-targets", "applied", 1_234_567, "김운영"], ["20261119-021500-aaaa", "map-members", "planned", 12, null]];
    expect(renderTable(columns, rows, 40).split("\n")).toEqual([
      "run       20261120-021500-k3xz",
      "command   export-channel-targets",
      "state     applied",
      "planned   1,234,567",
      "operator  김운영",
      "",
      "run      20261119-021500-aaaa",
      "command  map-members",
      "state    planned",
      "planned  12",
    ]);
    expect(renderTable(columns, rows, 40, false).split("\n")[1]).toBe("20261120-021500-k3xz  export-channel-targets  applied  1,234,567  김운영");
  });

  it("is never wider than the terminal, and loses nothing", () => {
    const cell = fc.oneof(fc.string({ unit: fc.constantFrom(..."가나 힣aé-1/ 漢ᄒ"), maxLength: 60 }), fc.constant("export-channel-targets"), fc.integer({ min: 0, max: 99_999_999 }), fc.constant(null));
    const widths = fc.constantFrom(40, 80, 120);
    fc.assert(fc.property(fc.integer({ min: 1, max: 6 }).chain((columns) => fc.tuple(fc.array(fc.string({ unit: "grapheme-ascii", maxLength: 30 }), { minLength: columns, maxLength: columns }), fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 4 }))), widths, ([headers, rows], width) => {
      const table = renderTable(headers.map((header) => ({ header })), rows, width);
      expect(Math.max(...table.split("\n").map(measureWidth))).toBeLessThanOrEqual(width);
      const letters = (text: string): string => [...text.replace(/\s/g, "")].sort().join("");
      for (const row of rows) for (const value of row) expect(contains(letters(table), letters(typeof value === "number" ? formatNumber(value) : (value ?? "")))).toBe(true);
    }), { numRuns: 300 });
  });

  it("leaves null empty and lets no control character through", () => {
    const table = renderTable([{ header: "a" }, { header: "b" }], [["x\u001b[2Jy", null]], 80);
    expect(table.split("\n")[1]).toBe("x [2Jy");
  });
});

describe("formatNumber and measureWidth", () => {
  it.each([[0, "0"], [999, "999"], [1000, "1,000"], [12_345_678, "12,345,678"]])("%d is %s", (number, text) => expect(formatNumber(number)).toBe(text));
  it.each([["abc", 3], ["김민아", 6], ["ＡＢ", 4], ["e\u0301", 1], ["👍", 2], ["회원".normalize("NFD"), 4]])("%s takes %d columns", (text, width) => expect(measureWidth(text)).toBe(width));
});
