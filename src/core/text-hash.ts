/** Set in the last word of a text that was read two units a word; no text is that long. */
const wideMark = 0x40000000;

/**
 * A keyed 96-bit hash of short texts (HalfSipHash-1-3, one more word drawn from its end). Members choose their own e-mail addresses and names: without a key that
 * is drawn anew for each run, values could be made that collide. The result stands in `high`, `low` and `check`, since ten million
 * of them are computed in a row and an object each would cost more than the hash.
 */
export class TextHash {
  high = 0;
  low = 0;
  check = 0;
  private v0 = 0;
  private v1 = 0;
  private v2 = 0;
  private v3 = 0;
  private readonly key0: number;
  private readonly key1: number;

  /** The seed is two random 32-bit numbers. */
  constructor(seed: readonly [number, number]) {
    this.key0 = seed[0] | 0;
    this.key1 = seed[1] | 0;
  }

  /** Hashes a text into `high`, `low` and `check`; `high` and `low` are never both zero, since zero marks an empty slot. */
  read(text: string): void {
    // Four units a word where all are below 256, else two. Which of the two is part of the last word, so that no text of one kind reads like one of the other.
    if (!this.absorbNarrow(text)) this.absorbWide(text);
    this.finish();
    if (this.high === 0 && this.low === 0) this.low = 1;
  }

  /** The hash as 24 hexadecimal digits. */
  render(): string {
    return renderWord(this.high) + renderWord(this.low) + renderWord(this.check);
  }

  /** Puts a rendered hash where `read` puts that of a text. */
  take(rendered: string): void {
    this.high = Number.parseInt(rendered.slice(0, 8), 16);
    this.low = Number.parseInt(rendered.slice(8, 16), 16);
    this.check = Number.parseInt(rendered.slice(16), 16);
  }

  /** False, with nothing said about the state, when a unit is 256 or above. */
  private absorbNarrow(text: string): boolean {
    const { length } = text;
    const whole = length & ~3;
    let v0 = this.key0, v1 = this.key1 ^ 0xee, v2 = 0x6c796765 ^ this.key0, v3 = 0x74656462 ^ this.key1;
    let units = 0;
    for (let at = 0; at <= whole + 4; at += 4) {
      let word = length;
      if (at < whole) {
        const first = text.charCodeAt(at), second = text.charCodeAt(at + 1), third = text.charCodeAt(at + 2), fourth = text.charCodeAt(at + 3);
        units |= first | second | third | fourth;
        word = first | (second << 8) | (third << 16) | (fourth << 24);
      } else if (at === whole) {
        word = 0;
        for (let rest = whole; rest < length; rest += 1) {
          const unit = text.charCodeAt(rest);
          units |= unit;
          word |= unit << (8 * (rest - whole));
        }
      }
      v3 ^= word;
      v0 = (v0 + v1) | 0; v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0; v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0; v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0; v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0; v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2; v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.keep(v0, v1, v2, v3);
    return units < 256;
  }

  private absorbWide(text: string): void {
    const { length } = text;
    const words = (length + 1) >> 1;
    let v0 = this.key0, v1 = this.key1 ^ 0xee, v2 = 0x6c796765 ^ this.key0, v3 = 0x74656462 ^ this.key1;
    for (let at = 0; at <= words; at += 1) {
      const word = at === words ? length | wideMark : text.charCodeAt(2 * at) | ((2 * at + 1 < length ? text.charCodeAt(2 * at + 1) : 0) << 16);
      v3 ^= word;
      v0 = (v0 + v1) | 0; v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0; v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0; v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0; v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0; v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2; v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.keep(v0, v1, v2, v3);
  }

  private keep(v0: number, v1: number, v2: number, v3: number): void {
    this.v0 = v0;
    this.v1 = v1;
    this.v2 = v2;
    this.v3 = v3;
  }

  /** Three rounds for each of the three words. */
  private finish(): void {
    let { v0, v1, v2, v3 } = this;
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
  }
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Eight hexadecimal digits of a 32-bit number; by the byte, since `toString(16)` of large numbers is ten times as slow. */
function renderWord(word: number): string {
  return `${bytes[word >>> 24]}${bytes[(word >>> 16) & 255]}${bytes[(word >>> 8) & 255]}${bytes[word & 255]}`;
}
