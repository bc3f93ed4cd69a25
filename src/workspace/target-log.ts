import type { ListChange } from "./target-list-file.ts";
import { sortPairs } from "../core/sort-pairs.ts";
import { findId } from "../core/targets/find-id.ts";

interface Pairs {
  readonly ids: BigUint64Array;
  readonly digests: BigUint64Array;
}

/** What was appended to a list, the last word about each identifier: a digest, or null where it was taken out. */
export class TargetListLog {
  readonly #last = new Map<bigint, bigint | null>();

  constructor(changes: Iterable<ListChange>) {
    for (const { ids, digests } of changes) ids.forEach((id, at) => this.#last.set(id, digests === null ? null : (digests[at] ?? 0n)));
  }

  /** The list with these changes; both arrays are sorted by identifier and may be written into. */
  applyTo(ids: BigUint64Array, digests: BigUint64Array): Pairs {
    if (this.#last.size === 0) return { ids, digests };
    const halves = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
    const removed: number[] = [];
    const added: (readonly [bigint, bigint])[] = [];
    for (const [id, digest] of this.#last) {
      const at = findId(halves, id);
      if (at < 0) {
        if (digest !== null) added.push([id, digest]);
      } else if (digest === null) removed.push(at);
      else digests[at] = digest;
    }
    removed.sort((left, right) => left - right);
    const kept = ids.length - removed.length;
    const all = { ids: leaveOut(ids, removed, added.length), digests: leaveOut(digests, removed, added.length) };
    added.forEach(([id, digest], at) => ([all.ids[kept + at], all.digests[kept + at]] = [id, digest]));
    sortPairs(all.ids, all.digests);
    return all;
  }
}

/** The numbers without those at some places, which ascend, and room for so many more behind them. */
function leaveOut(numbers: BigUint64Array, places: readonly number[], more: number): BigUint64Array {
  const rest = new BigUint64Array(numbers.length - places.length + more);
  let [from, to] = [0, 0];
  for (const place of [...places, numbers.length]) {
    rest.set(numbers.subarray(from, place), to);
    to += place - from;
    from = place + 1;
  }
  return rest;
}
