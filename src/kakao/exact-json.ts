/** A whole string, or a whole number: strings are matched only so that the digits in them are stepped over. */
const stringOrNumber = /"[^"\\]*(?:\\[^][^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Not with a leading zero: that is no JSON and must stay none. */
const longInteger = /^-?[1-9]\d{15,}$/;

/**
 * JSON text as a value in which every integer of 16 digits or more is decimal text: a JavaScript number would lose digits
 * of a 64-bit id without a word (kakao-api.md section 1). Strings, fractions and exponents stay what they are.
 * Throws SyntaxError on text that is no JSON.
 */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(stringOrNumber, (token) => (longInteger.test(token) ? `"${token}"` : token)));
}
