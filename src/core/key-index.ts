import type { TextHash } from "./text-hash.ts";

/** A value that more members than this hold still hits, but names nobody (product.md section 5). */
export const NAMED_AT_MOST = 10;

/** What a row of either side keeps of a key: a slot of the index, or one of these two. */
export const SLOT = {
  /** No usable value. */
  unknown: -1,
  /** A usable value that no Kakao user has. */
  unmatched: -2,
} as const;

const counterLimit = 255;

/**
 * All values of one key that Kakao users have, as an open-addressing table in typed arrays: 20 bytes a value, whatever the
 * length of the text. Two values are one when 96 bits of their keyed hash are (docs/decisions/0003-equality.md). A slot counts the Kakao users and the members with the value, and how many of each have no known CI (a hit between
 * two different CIs is struck), and chains up to ten of the members. Counts saturate at 255.
 */
export class KeyIndex {
  private readonly capacity: number;
  private readonly low: Uint32Array;
  private readonly high: Uint32Array;
  private readonly check: Uint32Array;
  private readonly counts: Uint8Array;
  private readonly firstMember: Int32Array;
  private readonly furtherMembers = new Map<number, number[]>();
  private used = 0;

  /** `most` is the number of values that Kakao users have, counted with repetition: the table does not grow. */
  constructor(most: number) {
    this.capacity = Math.max(16, Math.ceil(most / 0.75));
    this.low = new Uint32Array(this.capacity);
    this.high = new Uint32Array(this.capacity);
    this.check = new Uint32Array(this.capacity);
    this.counts = new Uint8Array(4 * this.capacity);
    this.firstMember = new Int32Array(this.capacity).fill(-1);
  }

  /** The slot of a value, made when it is new. */
  addKakao(hash: TextHash, ciKnown: boolean): number {
    const slot = this.probe(hash);
    if (this.low[slot] === 0 && this.high[slot] === 0) {
      if (this.used >= this.capacity - 1) throw new Error("key index is full: more values than were counted");
      this.used += 1;
      this.low[slot] = hash.low;
      this.high[slot] = hash.high;
      this.check[slot] = hash.check;
    }
    this.count(4 * slot);
    if (!ciKnown) this.count(4 * slot + 1);
    return slot;
  }

  /** The slot of a value that a Kakao user has, or `SLOT.unmatched`. */
  find(hash: TextHash): number {
    const slot = this.probe(hash);
    return this.low[slot] === 0 && this.high[slot] === 0 ? SLOT.unmatched : slot;
  }

  /** Counts a live or not-live member for a slot that `find` gave. */
  countMember(slot: number, ciKnown: boolean): void {
    this.count(4 * slot + 2);
    if (!ciKnown) this.count(4 * slot + 3);
  }

  /** Chains a member, by its row, to a slot; more than ten are not chained. */
  chainMember(slot: number, row: number): void {
    if (this.firstMember[slot] === -1) {
      this.firstMember[slot] = row;
      return;
    }
    const further = this.furtherMembers.get(slot);
    if (further === undefined) this.furtherMembers.set(slot, [row]);
    else if (further.length < NAMED_AT_MOST - 1) further.push(row);
  }

  kakaoUsers(slot: number): number {
    return this.counts[4 * slot] ?? 0;
  }

  kakaoUsersWithoutCi(slot: number): number {
    return this.counts[4 * slot + 1] ?? 0;
  }

  members(slot: number): number {
    return this.counts[4 * slot + 2] ?? 0;
  }

  membersWithoutCi(slot: number): number {
    return this.counts[4 * slot + 3] ?? 0;
  }

  /** The first chained member; undefined when none is. */
  firstMemberOf(slot: number): number | undefined {
    const first = this.firstMember[slot] ?? -1;
    return first === -1 ? undefined : first;
  }

  /** The chained members of a slot: all of them when there are at most ten, else ten of them that depend on the order of rows. */
  *chained(slot: number): Iterable<number> {
    const first = this.firstMember[slot] ?? -1;
    if (first === -1) return;
    yield first;
    yield* this.furtherMembers.get(slot) ?? [];
  }

  private count(at: number): void {
    const before = this.counts[at] ?? 0;
    if (before < counterLimit) this.counts[at] = before + 1;
  }

  private probe(hash: TextHash): number {
    const { low, high, check, capacity } = this;
    let slot = Math.floor((hash.high * capacity) / 4294967296);
    while ((low[slot] !== hash.low || high[slot] !== hash.high || check[slot] !== hash.check) && (low[slot] !== 0 || high[slot] !== 0)) {
      slot += 1;
      if (slot === capacity) slot = 0;
    }
    return slot;
  }
}
