import { breakText, measureWidth } from "./text-width.ts";

export type Cell = string | number | null;

/** A column of a table for people. Numbers stand at the right with thousands separators, null is an empty cell. */
export interface TableColumn {
  readonly header: string;
}

const gap = 2;
/** A column of texts is made no narrower than this, nor than its longest word: ids and commands stay whole, a path or a sentence without blanks may be broken. */
const narrowest = 12;
const longestWhole = 24;

export function formatNumber(number: number): string {
  return number.toLocaleString("en-US");
}

/**
 * A compact table without borders, as lines without blanks at their ends and no wider than `width` columns of the terminal: texts are wrapped, the widest first.
 * Where that would take words apart, each row becomes a block of lines, `header  cell`; without `blocks`, for programs that read rows, the lines are wider instead.
 * Nothing is ever cut off.
 */
export function renderTable(columns: readonly TableColumn[], rows: readonly (readonly Cell[])[], width: number, blocks = true): string {
  const headers = columns.map(({ header }) => header);
  const texts = rows.map((row) => columns.map((_, at) => renderCell(row[at] ?? null)));
  const isNumeric = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof (row[at] ?? 0) === "number"));
  const table = layOut([headers, ...texts], isNumeric, width) ?? (blocks ? undefined : layOut([headers, ...texts], isNumeric, Infinity));
  if (table !== undefined) return table;
  return texts.map((row) => renderBlock(headers, row, width)).join("\n\n");
}

/** One row as lines of its own; empty cells are left out. */
function renderBlock(headers: readonly string[], row: readonly string[], width: number): string {
  const lines = headers.map((header, at) => [header.trim(), row[at] ?? ""]).filter(([, cell]) => cell !== "");
  const labels = Math.min(width - gap - narrowest, Math.max(0, ...lines.map(([header = ""]) => measureWidth(header))));
  return renderRows(lines, [labels, width - gap - labels], []);
}

function renderCell(cell: Cell): string {
  return cell === null ? "" : typeof cell === "number" ? formatNumber(cell) : cell.replace(/\p{Cc}/gu, " ");
}

/** The rows below each other within `width`; undefined where they do not fit. */
function layOut(rows: readonly (readonly string[])[], isNumeric: readonly boolean[], width: number): string | undefined {
  const columns = isNumeric.map((numeric, at) => measureColumn(rows.map((row) => row[at] ?? ""), numeric));
  const room = width - gap * (columns.length - 1);
  if (sum(columns.map(({ least }) => least)) > room) return undefined;
  let widths = columns.map(({ natural }) => natural);
  for (let level = Math.max(0, ...widths); sum(widths) > room; level -= 1) widths = columns.map(({ natural, least }) => Math.max(least, Math.min(natural, level)));
  return renderRows(rows, widths, isNumeric);
}

/** Columns of the terminal that the cells take as they are, and how few would do. */
function measureColumn(cells: readonly string[], numeric: boolean): { readonly natural: number; readonly least: number } {
  const natural = Math.max(1, ...cells.map(measureWidth));
  const word = Math.max(...cells.flatMap((cell) => cell.split(" ").map(measureWidth)));
  return { natural, least: numeric ? natural : Math.min(natural, Math.max(narrowest, Math.min(word, longestWhole))) };
}

function renderRows(rows: readonly (readonly string[])[], widths: readonly number[], isNumeric: readonly boolean[]): string {
  return rows.flatMap((row) => renderRow(row, widths, isNumeric)).join("\n");
}

function renderRow(row: readonly string[], widths: readonly number[], isNumeric: readonly boolean[]): string[] {
  const cells = widths.map((width, at) => wrapCell(row[at] ?? "", width));
  return Array.from({ length: Math.max(...cells.map((lines) => lines.length)) }, (_, line) => {
    const parts = cells.map((lines, at) => pad(lines[line] ?? "", widths[at] ?? 0, isNumeric[at] === true));
    return parts.join(" ".repeat(gap)).trimEnd();
  });
}

function pad(text: string, width: number, right: boolean): string {
  const blanks = " ".repeat(Math.max(0, width - measureWidth(text)));
  return right ? blanks + text : text + blanks;
}

/** The text in lines of at most `width` columns, broken at blanks; a word that alone is too long is broken where the line ends. */
function wrapCell(text: string, width: number): string[] {
  if (measureWidth(text) <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(" ").filter((part) => part !== "").flatMap((part) => breakText(part, width))) {
    const last = lines.at(-1);
    if (last !== undefined && measureWidth(last) + 1 + measureWidth(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
