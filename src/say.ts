/** A language that the program speaks. */
export const LANGUAGES = ["en", "ko"] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The sentences of one language by their English pattern, in which `{0}`, `{1}` … stand for what a sentence is about. A translation holds the same ones, in any order.
 * A particle behind one is written in both its forms, as dictionaries do, `{0}을(를)`, and the right one is chosen.
 */
export type Catalogue = ReadonlyMap<string, string>;

/** The program speaks one language at a time: `main` decides before anything else is done. */
let speaking: { readonly language: Language; readonly catalogue: Catalogue } = { language: "en", catalogue: new Map() };

/** From here on everything is said in this language. What its catalogue lacks is said in English. */
export function speak(language: Language, catalogue: Catalogue): void {
  speaking = { language, catalogue };
}

/** The language that is spoken. */
export function spokenLanguage(): Language {
  return speaking.language;
}

/** Has something said in English all the same: what goes into a file that is in English whoever asked for it. */
export function inEnglish<Said>(work: () => Said): Said {
  const before = speaking;
  speaking = { language: "en", catalogue: new Map() };
  try {
    return work();
  } finally {
    speaking = before;
  }
}

/** A sentence, or a part of one: say`${file} cannot be read.` is looked up as `{0} cannot be read.` */
export function say(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const pattern = speaking.language === "en" ? undefined : speaking.catalogue.get(parts.reduce((whole, part, at) => `${whole}{${String(at - 1)}}${part}`));
  return pattern === undefined ? parts.reduce((whole, part, at) => `${whole}${String(values[at - 1] ?? "")}${part}`) : fill(pattern, (at) => String(values[Number(at)] ?? ""));
}

/** A sentence that stands somewhere as a constant; anything else is given back as it is. */
export function translate(text: string): string {
  return speaking.catalogue.get(text) ?? text;
}

const placePattern = /\{(\w+)\}(을\(를\)|이\(가\)|은\(는\)|과\(와\)|\(으\)로|\(이\))?/g;

/** Puts values into the places of a pattern, `{0}` or `{item}`, with the right particle behind each. */
export function fill(pattern: string, valueOf: (place: string) => string): string {
  return pattern.replace(placePattern, (_, place: string, particle?: string) => {
    const value = valueOf(place);
    return particle === undefined ? value : value + chooseParticle(value, particle);
  });
}

/** The particle behind a word: one form behind a vowel, one behind a consonant. Behind a foreign word, which people read in different ways, both. */
function chooseParticle(word: string, both: string): string {
  const final = finalOf(word);
  if (final === undefined) return both;
  if (both === "(으)로") return final === "none" || final === "ㄹ" ? "로" : "으로";
  if (both === "(이)") return final === "none" ? "" : "이";
  return (final === "none" ? both[2] : both[0]) ?? both;
}

/** How the last sound of a word ends; undefined where it is neither Korean nor a number. Brackets and quotation marks are not read. */
function finalOf(word: string): "none" | "ㄹ" | "other" | undefined {
  const last = /([가-힣\d])[^\p{L}\d]*$/u.exec(word)?.[1];
  if (last === undefined) return undefined;
  // Read in Korean: 영 일 이 삼 사 오 육 칠 팔 구. A number that ends in 0 ends in 십, 백, 천, 만 or 영.
  if (last >= "0" && last <= "9") return last === "1" || last === "7" || last === "8" ? "ㄹ" : last === "0" || last === "3" || last === "6" ? "other" : "none";
  const final = (last.charCodeAt(0) - 0xac00) % 28;
  return final === 0 ? "none" : final === 8 ? "ㄹ" : "other";
}
