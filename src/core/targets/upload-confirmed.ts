import { sortPairs } from "../sort-pairs.ts";
import { findId } from "./find-id.ts";

/** Rows that a plan wants in the file, until a new selection has confirmed each: the same identifier, exported with the same fields. 17 bytes a row. */
export class ConfirmedRows {
  private readonly halves: Uint32Array;
  private readonly digests: BigUint64Array;
  private readonly confirmed: Uint8Array;

  /** In any order, each identifier once; both arrays are taken over. */
  constructor(ids: BigUint64Array, digests: BigUint64Array) {
    sortPairs(ids, digests);
    this.halves = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
    this.digests = digests;
    this.confirmed = new Uint8Array(ids.length);
  }

  /** An answer of the new selection. */
  takeExported(id: bigint, digest: bigint): void {
    const at = findId(this.halves, id);
    if (at >= 0 && this.digests[at] === digest) this.confirmed[at] = 1;
  }

  has(id: bigint): boolean {
    return this.confirmed[findId(this.halves, id)] === 1;
  }
}
