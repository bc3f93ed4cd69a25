const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Takes no column of its own: marks, controls, and the vowels and finals of Hangul in parts, as macOS writes file names. */
const without = /[\p{M}\p{C}\u1160-\u11ff\ud7b0-\ud7ff]/u;

let letters: Intl.Segmenter | undefined;

/** Columns of a terminal that a text takes: Hangul, Chinese and full-width characters take two, combining ones none. */
export function measureWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (without.test(character)) continue;
    width += wide.test(character) ? 2 : 1;
  }
  return width;
}

/** The text in pieces of at most `width` columns, 2 at least; nothing is lost, and no letter is taken apart. */
export function breakText(text: string, width: number): string[] {
  const pieces = [""];
  let taken = 0;
  // Made when it is first needed: it takes 20 ms, which `--help` does not have to wait for.
  letters ??= new Intl.Segmenter("ko", { granularity: "grapheme" });
  for (const { segment } of letters.segment(text)) {
    const more = measureWidth(segment);
    if (taken + more > width && taken > 0) {
      pieces.push("");
      taken = 0;
    }
    pieces[pieces.length - 1] += segment;
    taken += more;
  }
  return pieces;
}

/** The text, or what of it fits into `width` columns with `…` at its end. */
export function cutText(text: string, width: number): string {
  return measureWidth(text) <= width ? text : `${breakText(text, Math.max(2, width - 1))[0] ?? ""}…`;
}
