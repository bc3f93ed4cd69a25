import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { Connection } from "./sqlite-connection.ts";
import { quoteName } from "./table-map.ts";

/** Rows that one transaction inserts. */
const batchSize = 10_000;

/**
 * Loads a CSV file into a new table: the first line names the columns, every value is text, an empty cell is NULL. UTF-8 with or without BOM.
 * Throws StartErrors with file and line.
 */
export async function loadCsv(db: Connection, table: string, path: string): Promise<void> {
  const parser = Readable.from(readText(path)).compose(parse({ bom: true, cast: false, info: true, skip_empty_lines: true }));
  let insert: ((rows: readonly (readonly (string | null)[])[]) => void) | undefined;
  let batch: (string | null)[][] = [];
  try {
    for await (const { record } of parser) {
      const cells: string[] = record;
      if (insert === undefined) {
        insert = createTable(db, table, path, cells);
        continue;
      }
      batch.push(cells.map((cell) => (cell === "" ? null : cell)));
      if (batch.length === batchSize) {
        insert(batch);
        batch = [];
      }
    }
  } catch (error) {
    throw error instanceof CsvError ? malformed(path, error) : error;
  }
  if (insert === undefined) throw new StartError({ code: "csv-malformed", message: say`${path} is empty.`, hint: "Its first line must name the columns." });
  insert(batch);
}

function createTable(db: Connection, table: string, path: string, header: readonly string[]): (rows: readonly (readonly (string | null)[])[]) => void {
  const names = header.map((name) => name.toLowerCase());
  const wrong = header.find((name, at) => name.trim() === "" || names.indexOf(name.toLowerCase()) !== at);
  if (wrong !== undefined) {
    throw new StartError({ code: "csv-malformed", message: wrong.trim() === "" ? say`${path}, line 1: a column has no name.` : say`${path}, line 1: the column ${wrong} is named twice.`, hint: "The first line names each column once." });
  }
  db.exec(`CREATE TABLE ${quoteName(table)} (${header.map((name) => `${quoteName(name)} TEXT`).join(", ")})`);
  const insert = db.prepare(`INSERT INTO ${quoteName(table)} VALUES (${header.map(() => "?").join(", ")})`);
  return db.transaction((rows: readonly (readonly (string | null)[])[]) => {
    for (const row of rows) insert.run(row);
  });
}

async function* readText(path: string): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const piece of createReadStream(path)) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    throw explainRead(cause, path) ?? cause;
  }
}

function explainRead(error: unknown, path: string): StartError | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  if (error.code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new StartError({ code: "file-not-utf8", message: say`${path} is not UTF-8 (CP949 and EUC-KR are not read).`, hint: "Convert it, for example: iconv -f CP949 -t UTF-8 FILE > NEW", cause: error });
  }
  return new StartError({ code: "database-missing", message: say`${path} cannot be read (${String(error.code)}).`, hint: "Correct database.url; a relative path counts from the configuration file. In a folder each table is a file: <table>.csv", cause: error });
}

/** The parser's own text is left out: it repeats cells. */
function malformed(path: string, error: CsvError): StartError {
  const line = "lines" in error ? String(error.lines) : "?";
  return new StartError({
    code: "csv-malformed",
    message: say`${path}, line ${line}: this is no CSV row like those before it (${error.code}).`,
    hint: "Check quotes and the number of commas there: a cell with a comma or a quote stands in quotes, a quote inside is doubled.",
  });
}
