const chunkLength = 65_536;

/** Kakao ids while nobody knows how many will come: 8 bytes an id, in chunks, so that growing copies nothing. */
export class GrowingIds {
  private readonly chunks: BigUint64Array[] = [];
  length = 0;

  push(id: bigint): void {
    const at = this.length % chunkLength;
    if (at === 0) this.chunks.push(new BigUint64Array(chunkLength));
    const last = this.chunks.at(-1);
    if (last !== undefined) last[at] = id;
    this.length += 1;
  }

  /** All of them in one array, in the order in which they came; the chunks are given back on the way. */
  take(): BigUint64Array {
    const all = new BigUint64Array(this.length);
    for (let at = 0; at < all.length; at += chunkLength) {
      const chunk = this.chunks.shift();
      if (chunk !== undefined) all.set(chunk.subarray(0, Math.min(chunkLength, all.length - at)), at);
    }
    this.length = 0;
    return all;
  }
}
