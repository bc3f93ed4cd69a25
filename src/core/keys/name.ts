/** A name of Hangul syllables only, as nearly every one is: already comparable. */
const syllables = /^[\uAC00-\uD7A3]{2,}$/;
/** A masked character (`김*아`, `김○아`) or a digit: whose name it is cannot be told. */
const unreadable = /[*○●◯\p{N}]/u;
/** Written or left out at will: dots, apostrophes and hyphens of every kind, and what is invisible. */
const dropped = /[.'\u00B4`\u02BC\u2018\u2019\-\u2010-\u2015\u2212·・\p{Cc}\p{Cf}]/gu;
const between = /[\s,、]+/;
const latinWord = /^[\p{Script=Latin}\p{M}]+$/u;

/**
 * A name as it is compared (product.md section 5): NFKC without spaces, case-folded, Latin words sorted behind the others, without
 * `. , ' -`. Null when it is unknown: none, masked, with digits, or without a letter.
 */
export function readName(raw: string | null): string | null {
  if (raw === null) return null;
  if (syllables.test(raw)) return raw;
  // The acute accent on its own is an apostrophe here; NFKC would make it a space and a combining mark.
  const text = foldCase(raw.replaceAll("\u00B4", "'").normalize("NFKC"));
  if (unreadable.test(text)) return null;
  const words = text.split(between).map((word) => word.replace(dropped, ""));
  const latin = words.filter((word) => latinWord.test(word)).sort();
  const others = words.filter((word) => !latinWord.test(word));
  const comparable = [...others, ...latin].join("").normalize("NFKC");
  return nameScripts(comparable) === 0 ? null : comparable;
}

/** Full case folding as far as the language has it: through capitals, so that `ß` and `SS` agree, and without the final sigma. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

const HANGUL = 1;
const LATIN = 2;
const HAN = 4;
const KANA = 8;
const OTHER = 16;

/** Which scripts a comparable name is written in: Hangul 1, Latin 2, Han 4, Kana 8, any other letter 16. Two names without a common one cannot differ. */
export function nameScripts(comparable: string): number {
  let mask = 0;
  for (let at = 0; at < comparable.length; at += 1) {
    const code = comparable.charCodeAt(at);
    if (code >= 0xac00 && code <= 0xd7a3) mask |= HANGUL;
    else if (code >= 97 && code <= 122) mask |= LATIN;
    else if (code >= 128) return mask | scriptsOfLetters(comparable.slice(at));
  }
  return mask;
}

const scripts = [
  [HANGUL, /\p{Script=Hangul}/u],
  [LATIN, /\p{Script=Latin}/u],
  [HAN, /\p{Script=Han}/u],
  [KANA, /[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  [OTHER, /(?![\p{Script=Hangul}\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])\p{L}/u],
] as const;

function scriptsOfLetters(text: string): number {
  return scripts.reduce((mask, [bit, pattern]) => (pattern.test(text) ? mask | bit : mask), 0);
}
