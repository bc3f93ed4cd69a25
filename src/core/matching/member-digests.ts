/** Keyed digests of kept members, 16 bytes each, beside each other. */
export class MemberDigests {
  private bytes: Uint8Array;
  private length = 0;

  constructor(expected: number) {
    this.bytes = new Uint8Array(16 * Math.max(16, expected));
  }

  /** Adds the digest of the next row: 32 hexadecimal digits. */
  push(hex: string): void {
    const start = this.length * 16;
    if (start === this.bytes.length) {
      const larger = new Uint8Array(Math.ceil(this.length * 1.5) * 16);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    for (let at = 0; at < 16; at += 1) this.bytes[start + at] = (digit(hex, 2 * at) << 4) | digit(hex, 2 * at + 1);
    this.length += 1;
  }

  /** The digest of a row in hexadecimal. */
  at(row: number): string {
    let hex = "";
    for (let at = row * 16; at < row * 16 + 16; at += 1) hex += pairs[this.bytes[at] ?? 0] ?? "";
    return hex;
  }
}

const pairs = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, "0"));

function digit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}
