import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { encodeRow, type CsvCell, type WrittenCsv } from "./csv-out.ts";
import { OutputFile } from "./output-file.ts";
import { openTargetEncoding, type TargetEncoding } from "./target-encoding.ts";

export interface TargetFilesOptions {
  /** Absolute, and there; see `refuseUnsafeFolder`. */
  readonly folder: string;
  /** Without its ending: `targets`. */
  readonly name: string;
  readonly header: readonly string[];
  /** Files that Excel opens by a double click (`utf8-bom`, `cp949`) have its line ends, CRLF; `utf8` has LF. */
  readonly encoding: TargetEncoding;
  /** Rows a file at most, without the header; the files are then `targets-1.csv`, `targets-2.csv` … even where there is one. */
  readonly maxRows?: number;
}

/** A customer file for the partner centre, in one file or several: all of them are there at the end, or none. */
export interface TargetFiles {
  /** Cells in the order of the header; null is an empty cell. */
  write(row: readonly CsvCell[]): void;
  /** Characters that the encoding lacks, as `U+XXXX`, each once; none where the text can be written. Ask before writing: a row with one is a defect. */
  findUnencodable(text: string): readonly string[];
  /** Puts the files in their places, in order, and takes away what a former, longer set of that name left. */
  finish(): readonly WrittenCsv[];
  /** Gives all files up; nothing is left of them, and a former set stays. */
  discard(): void;
}

/**
 * Starts a customer file: 0600, minimal quoting as in RFC 4180, the same bytes for the same rows. Throws StartError `field-unencodable` for a column whose name the
 * encoding lacks, FailedError `disk-full`.
 */
export async function createTargetFiles(options: TargetFilesOptions): Promise<TargetFiles> {
  const { header, encoding, maxRows = Infinity } = options;
  if (!(maxRows >= 1)) throw new Error(`a file of at most ${maxRows} rows`);
  const { encode, findUnencodable } = await openTargetEncoding(encoding);
  refuseUnencodable(header, findUnencodable);
  const lineEnd = encoding === "utf8" ? "\n" : "\r\n";
  const firstLine = (encoding === "utf8-bom" ? "\uFEFF" : "") + encodeRow(header, lineEnd);
  const parts = new Parts(options, firstLine, encode);
  return {
    write: (row) => {
      if (row.length !== header.length) throw new Error(`a row of ${row.length} cells under a header of ${header.length}`);
      parts.write(encodeRow(row, lineEnd));
    },
    findUnencodable,
    finish: () => parts.finish(),
    discard: () => parts.discard(),
  };
}

function refuseUnencodable(header: readonly string[], find: TargetFiles["findUnencodable"]): void {
  const [name] = header.filter((column) => find(column).length > 0);
  if (name === undefined) return;
  throw new StartError({
    code: "field-unencodable",
    message: say`The field ${name} has a character in its name that CP949 lacks: ${find(name).join(", ")}.`,
    hint: "Rename it in channel.fields, or write UTF-8: --encoding utf8-bom",
  });
}

interface Part {
  readonly path: string;
  readonly file: OutputFile;
  rows: number;
  isPlaced: boolean;
}

/** The files of one set; only the last one is open. */
class Parts {
  readonly #options: TargetFilesOptions;
  readonly #firstLine: string;
  readonly #encode: (text: string) => Uint8Array;
  readonly #maxRows: number;
  readonly #parts: Part[] = [];
  #last: Part;

  constructor(options: TargetFilesOptions, firstLine: string, encode: (text: string) => Uint8Array) {
    this.#options = options;
    this.#firstLine = firstLine;
    this.#encode = encode;
    this.#maxRows = options.maxRows ?? Infinity;
    removeKilled(options);
    this.#last = this.#begin();
  }

  write(line: string): void {
    this.#orDiscard(() => {
      if (this.#last.rows === this.#maxRows) {
        this.#last.file.complete();
        this.#last = this.#begin();
      }
      this.#last.file.write(line);
      this.#last.rows += 1;
    });
  }

  /** Former files go before the new ones come, so that nothing is ever a mixture of two sets; a single file simply takes the place of the former one. */
  finish(): readonly WrittenCsv[] {
    return this.#orDiscard(() => {
      this.#last.file.complete();
      const kept = this.#parts.length === 1 ? this.#last.path : null;
      for (const former of findFormer(this.#options)) if (former !== kept) rmSync(former);
      return this.#parts.map((part) => {
        const written = part.file.place();
        part.isPlaced = true;
        return { ...written, rows: part.rows };
      });
    });
  }

  discard(): void {
    for (const { file, path, isPlaced } of this.#parts) {
      file.discard();
      if (isPlaced) rmSync(path, { force: true });
    }
  }

  #begin(): Part {
    const { folder, name, maxRows } = this.#options;
    const path = join(folder, maxRows === undefined ? `${name}.csv` : partName(name, this.#parts.length + 1));
    const part = { path, file: new OutputFile(path, this.#encode), rows: 0, isPlaced: false };
    this.#parts.push(part);
    part.file.write(this.#firstLine);
    return part;
  }

  /** Whatever fails, no part of the set stays: half of one would be taken for the whole. */
  #orDiscard<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      this.discard();
      throw error;
    }
  }
}

function partName(name: string, at: number): string {
  return `${name}-${at}.csv`;
}

/** The files of a former set of that name, the last part first, gaps or not. A copy that somebody named `targets-20251101.csv` is left alone. */
function findFormer({ folder, name }: TargetFilesOptions): readonly string[] {
  const parts = listParts(folder, `${name}-`, ".csv").sort((left, right) => right - left).map((at) => partName(name, at));
  return [...parts, `${name}.csv`].map((file) => join(folder, file)).filter((path) => existsSync(path));
}

/** What a killed run left of a set of that name under its temporary names: a part that no new one takes the place of would stay for ever. */
function removeKilled({ folder, name }: TargetFilesOptions): void {
  for (const at of listParts(folder, `.${name}-`, ".csv.tmp")) rmSync(join(folder, `.${partName(name, at)}.tmp`), { force: true });
  rmSync(join(folder, `.${name}.csv.tmp`), { force: true });
}

/** Numbers of parts in a folder. */
function listParts(folder: string, start: string, end: string): number[] {
  return readdirSync(folder).flatMap((file) => {
    const at = file.startsWith(start) && file.endsWith(end) ? file.slice(start.length, -end.length) : "";
    return /^[1-9]\d{0,4}$/.test(at) ? [Number(at)] : [];
  });
}
