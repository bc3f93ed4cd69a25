import { compareKakaoIds, isKakaoId, type KakaoId } from "./kakao-id.ts";

/** Order of member ids for people: decimal ids by number and first, other texts by code unit. */
export function compareMemberIds(left: string, right: string): number {
  const leftNumeric = isKakaoId(left);
  const rightNumeric = isKakaoId(right);
  if (leftNumeric && rightNumeric) return compareKakaoIds(left, right);
  if (leftNumeric !== rightNumeric) return leftNumeric ? -1 : 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Kakao ids in ascending order, found again by their text: two 32-bit halves an id, since reading a big integer
 * out of a typed array allocates.
 */
export class SortedIds {
  private readonly high: Uint32Array;
  private readonly low: Uint32Array;

  /** `ids` ascending. */
  constructor(ids: BigUint64Array) {
    const halves = new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2);
    this.high = new Uint32Array(ids.length);
    this.low = new Uint32Array(ids.length);
    for (let at = 0; at < ids.length; at += 1) {
      this.low[at] = halves[2 * at] ?? 0;
      this.high[at] = halves[2 * at + 1] ?? 0;
    }
  }

  get length(): number {
    return this.high.length;
  }

  at(row: number): KakaoId {
    const high = this.high[row] ?? 0;
    const low = this.low[row] ?? 0;
    return high < 0x200000 ? String(high * 4294967296 + low) : String((BigInt(high) << 32n) | BigInt(low));
  }

  /** The row of an id in canonical decimal text, -1 when it is not among them. */
  find(id: KakaoId): number {
    const [high, low] = splitId(id);
    let from = 0;
    let to = this.high.length - 1;
    while (from <= to) {
      const middle = (from + to) >>> 1;
      const highHere = this.high[middle] ?? 0;
      const lowHere = this.low[middle] ?? 0;
      if (highHere === high && lowHere === low) return middle;
      if (highHere < high || (highHere === high && lowHere < low)) from = middle + 1;
      else to = middle - 1;
    }
    return -1;
  }
}

/** The two 32-bit halves of a Kakao id. */
function splitId(id: KakaoId): readonly [number, number] {
  if (id.length <= 15) {
    const value = Number(id);
    return [Math.floor(value / 4294967296), value >>> 0];
  }
  const value = BigInt(id);
  return [Number(value >> 32n), Number(value & 0xffffffffn)];
}
