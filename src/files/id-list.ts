import { isKakaoId, type KakaoId } from "../core/kakao-id.ts";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { readCsv } from "./csv-in.ts";
import { readLines } from "./text-in.ts";

/** The column of Kakao ids in a CSV file. */
const column = "kakao_id";

/**
 * Kakao ids from a file: one a line, or a CSV file with a column `kakao_id`; blank lines are skipped. Throws StartError `id-malformed` with the line
 * of anything else, and what `readCsv` throws.
 */
export async function* readIdList(path: string): AsyncIterable<KakaoId> {
  if (await hasHeader(path)) {
    for await (const { line, cells } of readCsv(path, [column])) yield checkId(path, line, cells[column] ?? "");
    return;
  }
  for await (const { line, text } of readLines(path)) if (text.trim() !== "") yield checkId(path, line, text);
}

/** A list of bare ids has no comma and no letter; whatever starts otherwise must be a CSV file with its header. */
async function hasHeader(path: string): Promise<boolean> {
  for await (const { text } of readLines(path)) if (text.trim() !== "") return /[\p{L},"]/u.test(text);
  return false;
}

function checkId(path: string, line: number, text: string): KakaoId {
  const id = text.trim();
  if (isKakaoId(id)) return id;
  throw new StartError({
    code: "id-malformed",
    message: say`${path}, line ${line}: this is no Kakao id.`,
    hint: say`Write one id a line, or a csv file with a column ${column}. A Kakao id is a whole number from 1 to 2^63-1, without separators; a spreadsheet may have rounded it.`,
  });
}
