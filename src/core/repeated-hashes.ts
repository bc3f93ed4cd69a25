import type { TextHash } from "./text-hash.ts";

/** Remembers hashes and whether each was met more than once: 9 bytes a hash, growing by doubling. */
export class RepeatedHashes {
  private low = new Uint32Array(1024);
  private high = new Uint32Array(1024);
  private repeated = new Uint8Array(1024);
  private used = 0;
  /** Whether any hash was met more than once. */
  anyRepeated = false;
  /** Different hashes that were met more than once. */
  repeatedCount = 0;

  add(hash: TextHash): void {
    if (this.used * 4 >= this.low.length * 3) this.grow();
    const slot = this.probe(hash.high, hash.low);
    if (this.low[slot] === 0 && this.high[slot] === 0) {
      this.low[slot] = hash.low;
      this.high[slot] = hash.high;
      this.used += 1;
    } else {
      if (this.repeated[slot] === 0) this.repeatedCount += 1;
      this.repeated[slot] = 1;
      this.anyRepeated = true;
    }
  }

  isRepeated(hash: TextHash): boolean {
    return this.repeated[this.probe(hash.high, hash.low)] === 1;
  }

  private probe(high: number, low: number): number {
    const mask = this.low.length - 1;
    let slot = low & mask;
    while ((this.low[slot] !== low || this.high[slot] !== high) && (this.low[slot] !== 0 || this.high[slot] !== 0)) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const { low, high, repeated } = this;
    this.low = new Uint32Array(low.length * 2);
    this.high = new Uint32Array(low.length * 2);
    this.repeated = new Uint8Array(low.length * 2);
    for (let at = 0; at < low.length; at += 1) {
      const lowHalf = low[at] ?? 0;
      const highHalf = high[at] ?? 0;
      if (lowHalf === 0 && highHalf === 0) continue;
      const slot = this.probe(highHalf, lowHalf);
      this.low[slot] = lowHalf;
      this.high[slot] = highHalf;
      this.repeated[slot] = repeated[at] ?? 0;
    }
  }
}
