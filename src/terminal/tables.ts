import Table from "cli-table3";
import { measureWidth } from "./text-width.ts";

export type Cell = string | number | null;

/** A column of a table for people. Numbers stand at the right with thousands separators, null is an empty cell. */
export interface TableColumn {
  readonly header: string;
}

const gap = 2;
const narrowest = 12;
const borderless = {
  top: "", "top-mid": "", "top-left": "", "top-right": "",
  bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "",
  left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "",
  middle: " ".repeat(gap),
};

export function formatNumber(number: number): string {
  return number.toLocaleString("en-US");
}

/**
 * A compact table without borders, as lines without blanks at their ends. If it is wider than `width` columns of the terminal,
 * its widest column of texts is wrapped.
 */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[], width: number): string {
  const texts = rows.map((row) => row.map(renderCell));
  const isNumeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof (row[at] ?? 0) === "number"));
  const widths = columns.map(({ header }, at) => Math.max(1, measureWidth(header), ...texts.map((row) => measureWidth(row[at] ?? ""))));
  const wrapped = shrinkWidest(widths, isNumeric, width);
  const table = new Table({
    head: columns.map(({ header }) => header),
    chars: borderless,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
    colAligns: isNumeric.map((numeric) => (numeric ? "right" : "left")),
    colWidths: widths,
    wordWrap: true,
    wrapOnWordBoundary: wrapped === undefined || longestWord(texts.map((row) => row[wrapped] ?? "")) <= (widths[wrapped] ?? 0),
  });
  table.push(...texts);
  return table.toString().split("\n").map((line) => line.trimEnd()).join("\n");
}

function renderCell(cell: Cell): string {
  return cell === null ? "" : typeof cell === "number" ? formatNumber(cell) : cell.replace(/\p{Cc}/gu, " ");
}

/** Makes the widest column of texts narrower in place, as far as needed; gives back which. */
function shrinkWidest(widths: number[], isNumeric: readonly boolean[], width: number): number | undefined {
  const excess = widths.reduce((sum, column) => sum + column + gap, -gap) - width;
  const widest = widths.reduce((best, column, at) => (isNumeric[at] !== true && column > (widths[best] ?? 0) ? at : best), isNumeric.indexOf(false));
  if (excess <= 0 || widest < 0) return undefined;
  widths[widest] = Math.max(narrowest, (widths[widest] ?? 0) - excess);
  return widest;
}

function longestWord(texts: readonly string[]): number {
  return Math.max(0, ...texts.flatMap((text) => text.split(" ").map(measureWidth)));
}
