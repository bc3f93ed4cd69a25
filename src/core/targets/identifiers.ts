import { GrowingIds } from "../growing-ids.ts";

/** Above every Kakao id (2^63-1) and every phone number. */
const refusedBit = 1n << 63n;
const withoutBit = 0x7fffffff;

/** Collects the identifiers of all rows in a first reading: 8 bytes each, 16 for a moment at the end. */
export class IdentifierCollector {
  private readonly ids = new GrowingIds();

  /** A row that may be exported holds it. */
  hold(id: bigint): void {
    this.ids.push(id);
  }

  /** A row that says no holds it. */
  refuse(id: bigint): void {
    this.ids.push(id | refusedBit);
  }

  /** The collector is empty afterwards. */
  take(): Identifiers {
    const all = this.ids.take().sort();
    const from = lowerBound(all, refusedBit);
    const refused = all.subarray(from);
    const halves = new Uint32Array(refused.buffer, refused.byteOffset, refused.length * 2);
    for (let at = 1; at < halves.length; at += 2) halves[at] = (halves[at] ?? 0) & withoutBit;
    return new Identifiers(new IdsInOrder(all.subarray(0, from)), new IdsInOrder(refused));
  }
}

/**
 * Which identifiers a row refuses, whichever it is, and which are exported by now (T1). What a second reading finds anew, since rows come and change between two
 * readings, is kept beside.
 */
export class Identifiers {
  private readonly held: IdsInOrder;
  private readonly refused: IdsInOrder;
  private readonly taken: Uint8Array;
  private readonly refusedSince = new Set<bigint>();
  private readonly takenSince = new Set<bigint>();
  private readonly blocked = new Set<bigint>();

  constructor(held: IdsInOrder, refused: IdsInOrder) {
    this.held = held;
    this.refused = refused;
    this.taken = new Uint8Array(Math.ceil(held.length / 8));
  }

  isRefused(id: bigint): boolean {
    return (this.refused.length > 0 && this.refused.find(id) >= 0) || this.isRefusedSince(id);
  }

  /** Refused by a row that said nothing of it in the first reading. */
  isRefusedSince(id: bigint): boolean {
    return this.refusedSince.size > 0 && this.refusedSince.has(id);
  }

  /** A row of the second reading says no. False where the identifier was exported before this came to light. */
  refuse(id: bigint): boolean {
    if (this.isRefused(id)) return true;
    this.refusedSince.add(id);
    return !this.isTaken(id);
  }

  /** Rows that may be exported and share their identifier with another one. */
  get sharing(): number {
    return this.held.countRepeated();
  }

  /** Whether more than one row that may be exported holds it. */
  isShared(id: bigint): boolean {
    return this.held.isRepeated(this.held.find(id));
  }

  /** One of those who share it has blocked the channel: none of them is written to. */
  block(id: bigint): void {
    this.blocked.add(id);
  }

  isBlocked(id: bigint): boolean {
    return this.blocked.size > 0 && this.blocked.has(id);
  }

  isTaken(id: bigint): boolean {
    const at = this.held.find(id);
    return at < 0 ? this.takenSince.has(id) : this.isTakenAt(at);
  }

  /** Exports it from now on; false where it is already. Rows with the same identifier stand together, and looking one up ends at the same of them each time. */
  take(id: bigint): boolean {
    const at = this.held.find(id);
    if (at < 0 ? this.takenSince.has(id) : this.isTakenAt(at)) return false;
    if (at < 0) this.takenSince.add(id);
    else this.taken[at >> 3] = (this.taken[at >> 3] ?? 0) | (1 << (at & 7));
    return true;
  }

  private isTakenAt(at: number): boolean {
    return ((this.taken[at >> 3] ?? 0) & (1 << (at & 7))) !== 0;
  }
}

/** Identifiers in a range of values on average: half a byte each to know where the ranges begin. */
const idsARange = 8;

/** Identifiers in ascending order, looked up where they lie: by halves of 32 bits, since reading a big integer out of a typed array allocates. */
class IdsInOrder {
  readonly length: number;
  /** Low half first. */
  private readonly halves: Uint32Array;
  /** Where each of equally wide ranges of values begins, and where the last one ends: a search over all of them would leave the processor's cache at nearly every step. */
  private readonly starts: Uint32Array;
  private readonly lowest: number;
  private readonly rangesPerValue: number;

  constructor(ids: BigUint64Array) {
    this.length = ids.length;
    this.halves = new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2);
    const ranges = Math.ceil(ids.length / idsARange);
    this.starts = new Uint32Array(ranges + 1).fill(this.length);
    this.lowest = this.valueAt(0);
    this.rangesPerValue = ranges / (this.valueAt(this.length - 1) - this.lowest + 1);
    let next = 0;
    for (let at = 0; at < this.length; at += 1) for (const range = this.rangeOf(this.valueAt(at)); next <= range; next += 1) this.starts[next] = at;
  }

  /** A place of the identifier, always the same one where it stands several times; -1 where it does not. */
  find(id: bigint): number {
    const value = Number(id);
    const [high, low] = value <= Number.MAX_SAFE_INTEGER ? [Math.floor(value / 4294967296), value >>> 0] : [Number(id >> 32n), Number(id & 0xffffffffn)];
    const range = this.rangeOf(value);
    let from = this.starts[range] ?? 0;
    let to = (this.starts[range + 1] ?? 0) - 1;
    while (from <= to) {
      const middle = (from + to) >>> 1;
      const [lowHere, highHere] = [this.halves[2 * middle] ?? 0, this.halves[2 * middle + 1] ?? 0];
      if (highHere === high && lowHere === low) return middle;
      if (highHere < high || (highHere === high && lowHere < low)) from = middle + 1;
      else to = middle - 1;
    }
    return -1;
  }

  /** Whether the identifier at this place stands at another one, too. */
  isRepeated(at: number): boolean {
    return at >= 0 && (this.isSame(at, at - 1) || this.isSame(at, at + 1));
  }

  countRepeated(): number {
    let count = 0;
    for (let at = 0; at < this.length; at += 1) if (this.isRepeated(at)) count += 1;
    return count;
  }

  /** Rounded above 2^53 as `Number` rounds a big integer: equal ones stay equal, and none comes before a lower one. */
  private valueAt(at: number): number {
    return (this.halves[2 * at + 1] ?? 0) * 4294967296 + (this.halves[2 * at] ?? 0);
  }

  private rangeOf(value: number): number {
    return Math.max(0, Math.min(this.starts.length - 2, Math.floor((value - this.lowest) * this.rangesPerValue)));
  }

  private isSame(at: number, other: number): boolean {
    return other >= 0 && other < this.length && this.halves[2 * at] === this.halves[2 * other] && this.halves[2 * at + 1] === this.halves[2 * other + 1];
  }
}

/** The first place of an ascending array whose value is not below this one. */
function lowerBound(ids: BigUint64Array, value: bigint): number {
  let from = 0;
  let to = ids.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((ids[middle] ?? 0n) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
