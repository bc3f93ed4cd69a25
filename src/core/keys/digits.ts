/** Whether all characters from the one place to before the other are digits `0` to `9`. */
export function areDigits(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (!(code >= 48 && code <= 57)) return false;
  }
  return true;
}

/** A table of the characters below 128 that are in `allowed`, by their code: a look-up is faster than a pattern. */
export function tabulate(allowed: string): Uint8Array {
  const table = new Uint8Array(128);
  for (const character of allowed) table[character.charCodeAt(0)] = 1;
  return table;
}
