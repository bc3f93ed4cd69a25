/** Deterministic numbers from 0 to below 1 out of a numeric seed (mulberry32): the same seed, the same sequence. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Reorders a list in place, every order equally likely. */
export function shuffle<Entry>(list: Entry[], random: () => number): Entry[] {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const here = list[at];
    const there = list[other];
    if (here === undefined || there === undefined) continue;
    list[at] = there;
    list[other] = here;
  }
  return list;
}
