/** Encodings of a customer file. Which one the partner centre wants is unconfirmed (kakao-api.md 8.5): Korean Excel opens the first and the last with the right characters. */
export const TARGET_ENCODINGS = ["utf8-bom", "utf8", "cp949"] as const;
export type TargetEncoding = (typeof TARGET_ENCODINGS)[number];

/** How texts become the bytes of a customer file. */
export interface CellEncoding {
  encode(text: string): Buffer;
  /** Characters that the encoding lacks, as `U+XXXX`, each once. */
  findUnencodable(text: string): readonly string[];
}

/** CP949 is loaded only when it is asked for. */
export async function openTargetEncoding(encoding: TargetEncoding): Promise<CellEncoding> {
  return encoding === "cp949" ? (await import("./cp949.ts")).openCp949() : utf8;
}

const none: readonly string[] = [];

/** Half of a surrogate pair is no character: UTF-8 has no bytes for it, and Node would write U+FFFD in its place. */
const half = /\p{Cs}/gu;

const utf8: CellEncoding = {
  encode: (text) => Buffer.from(text),
  findUnencodable: (text) => {
    const halves = text.match(half);
    return halves === null ? none : listCodePoints(halves);
  },
};

/** `U+AC00`, each once. */
export function listCodePoints(characters: readonly string[]): readonly string[] {
  return [...new Set(characters)].map((character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`);
}
