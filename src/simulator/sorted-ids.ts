/** A leaf never holds more: what an insertion or removal has to shift. */
const leafSize = 1024;

interface Leaf {
  readonly ids: BigUint64Array;
  readonly marks: Float64Array;
  length: number;
}

/**
 * A sorted set of 64-bit ids with a number beside each (0: none), in typed leaves: 16 bytes an id when full.
 * Looking up, adding and removing cost two binary searches and the shift of one leaf; a page costs its length.
 */
export class SortedIds {
  #leaves: Leaf[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get last(): bigint | undefined {
    const leaf = this.#leaves.at(-1);
    return leaf?.ids[leaf.length - 1];
  }

  has(id: bigint): boolean {
    return this.#find(id) !== undefined;
  }

  /** The number beside an id; undefined when the id is not in the set. */
  mark(id: bigint): number | undefined {
    const place = this.#find(id);
    return place?.leaf.marks[place.at];
  }

  setMark(id: bigint, mark: number): void {
    const place = this.#find(id);
    if (place) place.leaf.marks[place.at] = mark;
  }

  /** False when the id was there already. */
  add(id: bigint): boolean {
    const leafAt = Math.max(0, this.#leafFor(id));
    const leaf = this.#leaves[leafAt] ?? this.#insertLeaf(0);
    const at = lowerBound(leaf, id);
    if (at < leaf.length && leaf.ids[at] === id) return false;
    this.#size += 1;
    if (leaf.length < leafSize) insertInto(leaf, at, id);
    else if (at === leafSize) insertInto(this.#insertLeaf(leafAt + 1), 0, id);
    else {
      const right = this.#split(leafAt, leaf);
      if (at <= leaf.length) insertInto(leaf, at, id);
      else insertInto(right, at - leaf.length, id);
    }
    return true;
  }

  /** False when the id was not there. */
  delete(id: bigint): boolean {
    const place = this.#find(id);
    if (!place) return false;
    const { leaf, leafAt, at } = place;
    leaf.ids.copyWithin(at, at + 1, leaf.length);
    leaf.marks.copyWithin(at, at + 1, leaf.length);
    leaf.length -= 1;
    this.#size -= 1;
    if (leaf.length === 0) this.#leaves.splice(leafAt, 1);
    return true;
  }

  /** Ids from `start` on, inclusive: upwards, or downwards. Must be used up before the set changes. */
  *from(start: bigint, descending = false): Generator<bigint> {
    const step = descending ? -1 : 1;
    let leafAt = Math.max(0, this.#leafFor(start));
    let leaf = this.#leaves[leafAt];
    if (!leaf) return;
    let at = lowerBound(leaf, start);
    if (descending && (at === leaf.length || leaf.ids[at] !== start)) at -= 1;
    for (;;) {
      const id = at >= 0 && at < leaf.length ? leaf.ids[at] : undefined;
      if (id !== undefined) {
        yield id;
        at += step;
        continue;
      }
      leafAt += step;
      leaf = this.#leaves[leafAt];
      if (!leaf) return;
      at = descending ? leaf.length - 1 : 0;
    }
  }

  #find(id: bigint): { leaf: Leaf; leafAt: number; at: number } | undefined {
    const leafAt = this.#leafFor(id);
    const leaf = this.#leaves[leafAt];
    if (!leaf) return undefined;
    const at = lowerBound(leaf, id);
    return at < leaf.length && leaf.ids[at] === id ? { leaf, leafAt, at } : undefined;
  }

  /** Place of the last leaf that starts at or before the id; -1 when all start behind it. */
  #leafFor(id: bigint): number {
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#leaves[middle]?.ids[0];
      if (first !== undefined && first <= id) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #insertLeaf(at: number): Leaf {
    const leaf = { ids: new BigUint64Array(leafSize), marks: new Float64Array(leafSize), length: 0 };
    this.#leaves.splice(at, 0, leaf);
    return leaf;
  }

  #split(leafAt: number, leaf: Leaf): Leaf {
    const right = this.#insertLeaf(leafAt + 1);
    const half = leaf.length >>> 1;
    right.ids.set(leaf.ids.subarray(half, leaf.length));
    right.marks.set(leaf.marks.subarray(half, leaf.length));
    right.length = leaf.length - half;
    leaf.length = half;
    return right;
  }
}

function insertInto(leaf: Leaf, at: number, id: bigint): void {
  leaf.ids.copyWithin(at + 1, at, leaf.length);
  leaf.marks.copyWithin(at + 1, at, leaf.length);
  leaf.ids[at] = id;
  leaf.marks[at] = 0;
  leaf.length += 1;
}

function lowerBound(leaf: Leaf, id: bigint): number {
  let low = 0;
  let high = leaf.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = leaf.ids[middle];
    if (value !== undefined && value < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
