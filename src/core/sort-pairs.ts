/** Shorter stretches are sorted by insertion. */
const fewEntries = 16;

/**
 * Sorts identifiers in ascending order, and their digests with them, in place: nothing is copied, so a list costs 16 bytes an identifier. Quicksort over 32-bit halves
 * (reading a big integer out of an array allocates), the pivot the middle of three, the longer part on a stack.
 */
export function sortPairs(ids: BigUint64Array, digests: BigUint64Array): void {
  const keys = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
  const others = new Uint32Array(digests.buffer, digests.byteOffset, 2 * digests.length);
  const waiting: [number, number][] = [[0, ids.length - 1]];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    let [first, last] = part;
    while (last - first >= fewEntries) {
      const split = partition(keys, others, first, last);
      if (split - first < last - split) {
        waiting.push([split + 1, last]);
        last = split;
      } else {
        waiting.push([first, split]);
        first = split + 1;
      }
    }
    insert(keys, others, first, last);
  }
}

/** Hoare's partition: everything up to the answer is at most what follows it. */
function partition(keys: Uint32Array, others: Uint32Array, first: number, last: number): number {
  const pivot = middleOf(keys, first, (first + last) >>> 1, last);
  const [low, high] = [lowOf(keys, pivot), highOf(keys, pivot)];
  let [left, right] = [first - 1, last + 1];
  for (;;) {
    do left += 1;
    while (isBelow(keys, left, low, high));
    do right -= 1;
    while (isAbove(keys, right, low, high));
    if (left >= right) return right === last ? last - 1 : right;
    swap(keys, left, right);
    swap(others, left, right);
  }
}

function middleOf(keys: Uint32Array, first: number, middle: number, last: number): number {
  const [a, b, c] = [isLess(keys, first, middle), isLess(keys, middle, last), isLess(keys, first, last)];
  if (a === b) return middle;
  return a === c ? last : first;
}

function insert(keys: Uint32Array, others: Uint32Array, first: number, last: number): void {
  for (let at = first + 1; at <= last; at += 1) {
    for (let below = at; below > first && isLess(keys, below, below - 1); below -= 1) {
      swap(keys, below, below - 1);
      swap(others, below, below - 1);
    }
  }
}

function isLess(keys: Uint32Array, at: number, other: number): boolean {
  return isBelow(keys, at, lowOf(keys, other), highOf(keys, other));
}

function isBelow(keys: Uint32Array, at: number, low: number, high: number): boolean {
  const own = highOf(keys, at);
  return own < high || (own === high && lowOf(keys, at) < low);
}

function isAbove(keys: Uint32Array, at: number, low: number, high: number): boolean {
  const own = highOf(keys, at);
  return own > high || (own === high && lowOf(keys, at) > low);
}

function swap(halves: Uint32Array, at: number, other: number): void {
  const [low, high] = [lowOf(halves, at), highOf(halves, at)];
  halves[2 * at] = lowOf(halves, other);
  halves[2 * at + 1] = highOf(halves, other);
  halves[2 * other] = low;
  halves[2 * other + 1] = high;
}

function lowOf(halves: Uint32Array, at: number): number {
  return halves[2 * at] ?? 0;
}

function highOf(halves: Uint32Array, at: number): number {
  return halves[2 * at + 1] ?? 0;
}
