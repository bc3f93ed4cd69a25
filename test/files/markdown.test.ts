import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeMarkdown, renderMarkdown, renderMarkdownTable } from "../../src/files/markdown.ts";
import { finding, hostile, report, without } from "./findings.ts";

/** The cells of a table's row as GitHub reads them: parted at pipes without a backslash. */
function cellsOf(row: string): readonly string[] {
  const cells = row.match(/(?:\\.|[^|\\])+/g) ?? [];
  return cells.map((cell) => cell.trim());
}

function plain(cell: string): string {
  return cell.replace(/\\([\\|`*_[\]~])/g, "$1").replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}

describe("a Markdown page", () => {
  test("has a table for each item, with the counts first; a waived finding is not counted as an error", () => {
    const page = renderMarkdown("Consent audit", report([finding(), finding({ item: "name", level: "warning" }), finding({ waived: { reason: "r", until: "2026-12-31" } })]));
    expect(page.split("\n").filter((line) => line.startsWith("#"))).toEqual(["# Consent audit", "## phone\\_number", "## name"]);
    expect(page).toContain("Errors: 1. Warnings: 1. Notes: 0. Waived: 1.");
    expect(page).toContain("| waived until 2026-12-31 | C-ITEM-03 |");
  });

  test("what is about no item stands under the app as a whole", () => {
    expect(renderMarkdown("Consent audit", report([without("item")]))).toContain("## The app as a whole\n\n| Level | Rule |");
  });

  test("a cell comes through unharmed", () => {
    const [, , row = ""] = renderMarkdownTable(["A", "B"], [[hostile, "x"]]);
    expect(cellsOf(row)).toHaveLength(2);
    expect(plain(cellsOf(row)[0] ?? "")).toBe(hostile.replaceAll(/[\n\t]/g, " "));
  });

  test("every row has as many cells as the head, whatever is in them", () => {
    const cell = fc.string({ unit: "binary", minLength: 1 }).filter((text) => escapeMarkdown(text).trim() !== "");
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell)), (rows) => {
        const [, , ...lines] = renderMarkdownTable(["A", "B", "C"], rows);
        expect(lines.map((line) => cellsOf(line).length)).toEqual(rows.map(() => 3));
        expect(lines.every((line) => !/[\n\r\u2028\u2029]/.test(line))).toBe(true);
      }),
    );
  });
});
