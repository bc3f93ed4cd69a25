import { describe, expect, it } from "vitest";
import { formatNumber, renderTable } from "../../src/terminal/tables.ts";
import { measureWidth } from "../../src/terminal/text-width.ts";

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

  it("leaves null empty and lets no control character through", () => {
    const table = renderTable([{ header: "a" }, { header: "b" }], [["x\u001b[2Jy", null]], 80);
    expect(table.split("\n")[1]).toBe("x [2Jy");
  });
});

describe("formatNumber and measureWidth", () => {
  it.each([[0, "0"], [999, "999"], [1000, "1,000"], [12_345_678, "12,345,678"]])("%d is %s", (number, text) => expect(formatNumber(number)).toBe(text));
  it.each([["abc", 3], ["김민아", 6], ["ＡＢ", 4], ["e\u0301", 1], ["👍", 2]])("%s takes %d columns", (text, width) => expect(measureWidth(text)).toBe(width));
});
