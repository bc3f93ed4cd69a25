import type { ListChange } from "./target-list-file.ts";
import { sortPairs } from "../core/sort-pairs.ts";

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
    let kept = 0;
    ids.forEach((id, at) => {
      const last = this.#last.get(id);
      this.#last.delete(id);
      if (last === null) return;
      ids[kept] = id;
      digests[kept] = last ?? digests[at] ?? 0n;
      kept += 1;
    });
    const added = [...this.#last].flatMap(([id, digest]) => (digest === null ? [] : [{ id, digest }]));
    const all = { ids: new BigUint64Array(kept + added.length), digests: new BigUint64Array(kept + added.length) };
    all.ids.set(ids.subarray(0, kept));
    all.digests.set(digests.subarray(0, kept));
    added.forEach(({ id, digest }, at) => ([all.ids[kept + at], all.digests[kept + at]] = [id, digest]));
    sortPairs(all.ids, all.digests);
    return all;
  }
}
