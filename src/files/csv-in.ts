import { CsvError, parse } from "csv-parse";
import { Readable } from "node:stream";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { readText } from "./text-in.ts";

export interface CsvRow {
  /** Of the row's end in the file, from 1; the header has line 1. */
  readonly line: number;
  /** Cell by header, as text: leading zeros stay. */
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * The rows of a CSV file with a header, read as a stream; LF or CRLF, with or without BOM, empty lines skipped.
 * Throws StartError `csv-malformed`, `csv-column-missing`, `csv-column-twice`, `file-not-utf8`, `file-missing`.
 */
export async function* readCsv(path: string, required: readonly string[]): AsyncIterable<CsvRow> {
  const parser = Readable.from(readText(path)).compose(parse({ bom: true, cast: false, info: true, skip_empty_lines: true }));
  let header: readonly string[] | null = null;
  try {
    for await (const { record, info } of parser) {
      const cells: string[] = record;
      const line: number = info.lines;
      if (header === null) header = checkHeader(path, cells, required);
      else yield { line, cells: Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ""])) };
    }
  } catch (error) {
    throw error instanceof CsvError ? malformed(path, error) : error;
  }
  if (header === null) checkHeader(path, [], required);
}

function checkHeader(path: string, header: readonly string[], required: readonly string[]): readonly string[] {
  const missing = required.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new StartError({
      code: "csv-column-missing",
      message: say`${path} has no column ${missing.join(", ")} in its first line.`,
      hint: say`The first line names the columns, separated by commas; needed are: ${required.join(",")}`,
    });
  }
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice === undefined) return header;
  throw new StartError({
    code: "csv-column-twice",
    message: say`${path} names the column ${twice} twice in its first line.`,
    hint: "Keep one of the two.",
  });
}

function malformed(path: string, error: CsvError): StartError {
  const line = "lines" in error ? String(error.lines) : "?";
  return new StartError({
    code: "csv-malformed",
    message: say`${path}, line ${line}: this is no CSV row like those before it (${error.code}).`,
    hint: "Check quotes and the number of commas there: a cell with a comma or a quote stands in quotes, a quote inside is doubled.",
    cause: error,
  });
}
