import iconv from "iconv-lite";
import { listCodePoints, type CellEncoding } from "./target-encoding.ts";

/** CP949, as Korean Windows has it. */
export function openCp949(): CellEncoding {
  const table = readTable();
  return {
    encode: (text) => encode(table, text),
    findUnencodable: (text) => (common.test(text) ? [] : listCodePoints([...text].filter((character) => character.length > 1 || isMissing(table, character.charCodeAt(0))))),
  };
}

/** Texts of these characters alone, which are nearly all, need no look at the table. */
const common = /^[\n\r -~가-힣]*$/;

/** The bytes of every UTF-16 unit; 0 for one that CP949 lacks. iconv-lite knows them, but writes `?` for what is missing, and a text at a time it is slow. */
function readTable(): Uint16Array {
  const table = new Uint16Array(1 << 16);
  for (let unit = 0; unit < table.length; unit += 1) {
    const bytes = iconv.encode(String.fromCharCode(unit), "cp949");
    if (bytes.length === 2) table[unit] = bytes.readUInt16BE();
    else if (unit < 0x80) table[unit] = unit;
  }
  return table;
}

function isMissing(table: Uint16Array, unit: number): boolean {
  return unit !== 0 && table[unit] === 0;
}

/** A character that CP949 lacks is a defect here: whoever writes has asked before. */
function encode(table: Uint16Array, text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length * 2);
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const code = table[unit] ?? 0;
    if (code > 0xff) bytes[end++] = code >> 8;
    else if (isMissing(table, unit)) throw new Error(`${listCodePoints([text.charAt(at)]).join()} has no bytes in CP949`);
    bytes[end++] = code & 0xff;
  }
  return bytes.subarray(0, end);
}
