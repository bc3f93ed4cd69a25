import { stringify } from "csv-stringify/sync";
import { OutputFile, type WrittenFile } from "./output-file.ts";

export type CsvCell = string | number | null;

export interface CsvOptions {
  /**
   * `machines`: UTF-8 without BOM, cells as they are. `people`: with BOM, so that Excel reads Korean, and cells that a spreadsheet
   * would run as a formula made harmless (`+82…` becomes `'+82…`).
   */
  readonly readers: "machines" | "people";
}

export interface WrittenCsv extends WrittenFile {
  /** Without the header. */
  readonly rows: number;
}

export interface CsvWriter {
  /** Cells in the order of the header; null is an empty cell. */
  write(row: readonly CsvCell[]): void;
  /** Puts the file in its place. */
  finish(): WrittenCsv;
  /** Gives the file up; nothing is left of it. */
  discard(): void;
}

/** Starts a CSV file: LF, 0600, whole or not at all. Throws FailedError `disk-full`. */
export function createCsv(path: string, header: readonly string[], options: CsvOptions): CsvWriter {
  const file = new OutputFile(path);
  const encode = options.readers === "people" ? encodeForPeople : (row: readonly CsvCell[]): string => encodeRow(row);
  let rows = 0;
  if (options.readers === "people") file.write("\uFEFF");
  file.write(encode(header));
  return {
    write: (row) => {
      if (row.length !== header.length) throw new Error(`a row of ${row.length} cells under a header of ${header.length}`);
      file.write(encode(row));
      rows += 1;
    },
    finish: () => ({ ...file.finish(), rows }),
    discard: () => file.discard(),
  };
}

function encodeForPeople(row: readonly CsvCell[]): string {
  return stringify([row], { escape_formulas: true });
}

const mustQuote = /[",\r\n]/u;

/** The same text as csv-stringify, many times as fast: files of a million rows are ordinary here. */
export function encodeRow(row: readonly CsvCell[], lineEnd: "\n" | "\r\n" = "\n"): string {
  let line = "";
  for (let at = 0; at < row.length; at += 1) {
    if (at > 0) line += ",";
    const cell = row[at];
    if (typeof cell === "string") line += mustQuote.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
    else if (typeof cell === "number") line += cell;
  }
  return line + lineEnd;
}
