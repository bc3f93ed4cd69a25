/**
 * A keyed 96-bit hash of short texts (HalfSipHash-1-3, one more word drawn from its end). Members choose their own e-mail addresses and names: without a key that
 * is drawn anew for each run, values could be made that collide. The result stands in `high`, `low` and `check`, since ten million
 * of them are computed in a row and an object each would cost more than the hash.
 */
export class TextHash {
  high = 0;
  low = 0;
  check = 0;
  private readonly key0: number;
  private readonly key1: number;

  /** The seed is two random 32-bit numbers. */
  constructor(seed: readonly [number, number]) {
    this.key0 = seed[0] | 0;
    this.key1 = seed[1] | 0;
  }

  /** Hashes a text into `high`, `low` and `check`; `high` and `low` are never both zero, since zero marks an empty slot. */
  read(text: string): void {
    let v0 = this.key0;
    let v1 = this.key1 ^ 0xee;
    let v2 = 0x6c796765 ^ this.key0;
    let v3 = 0x74656462 ^ this.key1;
    const words = Math.ceil(text.length / 2);
    for (let at = 0; at <= words; at += 1) {
      // Two UTF-16 units a word; the last word is the length.
      const word = at === words ? text.length : text.charCodeAt(2 * at) | ((2 * at + 1 < text.length ? text.charCodeAt(2 * at + 1) : 0) << 16);
      v3 ^= word;
      v0 = (v0 + v1) | 0; v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0; v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0; v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0; v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0; v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2; v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    v2 ^= 0xee;
    for (let round = 0; round < 9; round += 1) {
      if (round === 3) {
        this.high = (v1 ^ v3) >>> 0;
        v1 ^= 0xdd;
      } else if (round === 6) {
        this.low = (v1 ^ v3) >>> 0;
        v1 ^= 0xcc;
      }
      v0 = (v0 + v1) | 0; v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0; v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0; v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0; v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0; v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2; v2 = (v2 << 16) | (v2 >>> 16);
    }
    this.check = (v1 ^ v3) >>> 0;
    if (this.high === 0 && this.low === 0) this.low = 1;
  }
}
