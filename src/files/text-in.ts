import { createReadStream } from "node:fs";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";

/** The text of a UTF-8 file in pieces, without BOM. Throws StartError `file-missing` or `file-not-utf8`. */
export async function* readText(path: string): AsyncIterable<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const piece of createReadStream(path)) yield decoder.decode(piece, { stream: true });
    yield decoder.decode();
  } catch (cause) {
    throw explainReadError(cause, path) ?? cause;
  }
}

/** Lines without their ends, numbered from 1. LF or CRLF; a last line without an end counts. */
export async function* readLines(path: string): AsyncIterable<{ readonly line: number; readonly text: string }> {
  let line = 0;
  let rest = "";
  for await (const piece of readText(path)) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop() ?? "";
    for (const text of lines) {
      line += 1;
      yield { line, text: text.endsWith("\r") ? text.slice(0, -1) : text };
    }
  }
  if (rest !== "") yield { line: line + 1, text: rest };
}

function explainReadError(error: unknown, path: string): StartError | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  if (error.code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new StartError({
      code: "file-not-utf8",
      message: say`${path} is not UTF-8.`,
      hint: "Save it again as UTF-8; in Excel: Save as, CSV UTF-8.",
      cause: error,
    });
  }
  if (error.code !== "ENOENT" && error.code !== "EACCES" && error.code !== "EISDIR") return null;
  return new StartError({
    code: "file-missing",
    message: say`${path} cannot be read (${error.code}).`,
    hint: "Check the path and who may read the file.",
    cause: error,
  });
}
