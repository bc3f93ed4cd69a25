const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Columns of a terminal that a text takes: Hangul, Chinese and full-width characters take two, combining ones none. */
export function measureWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{M}\p{C}]/u.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}
