import { GrowingIds } from "../growing-ids.ts";
import { SortedIds } from "../id-order.ts";
import type { KakaoId } from "../kakao-id.ts";
import { HELD, type Held } from "../matching/kakao-side.ts";
import { joinIds, type Holder } from "./holders.ts";
import { classifyUser, READING, type Kind, type Mark, type Reading } from "./kinds.ts";

/** Bits of a user's second byte. */
const bit = { reading: 0b11, hasKey: 4, isShared: 8, isDecidedUnmatched: 16 } as const;
const heldBits = 0b111;
const markShift = 3;

/** What joining the listing with the stored ids comes to. */
export interface Joined {
  readonly users: LinkedUsers;
  /** Stored ids that Kakao does not list, ascending. */
  readonly unlisted: SortedIds;
  /** Different stored ids, how many of them are listed, and how many have several holders. */
  readonly storedIds: number;
  readonly storedListed: number;
  readonly heldTwice: number;
}

/** Kakao's linked users in ascending order of id, and all that is found out about them: 14 bytes a user. */
export class LinkedUsers {
  readonly ids: SortedIds;
  private readonly standing: Uint8Array;
  private readonly said: Uint8Array;
  private readonly dates: Uint32Array;

  /** `ids` ascending; `held` by row, taken over. */
  constructor(ids: BigUint64Array, held = new Uint8Array(ids.length)) {
    this.ids = new SortedIds(ids);
    this.standing = held;
    this.said = new Uint8Array(ids.length);
    this.dates = new Uint32Array(ids.length);
  }

  get length(): number {
    return this.ids.length;
  }

  hold(row: number, held: Held): void {
    this.standing[row] = ((this.standing[row] ?? 0) & ~heldBits) | held;
  }

  held(row: number): Held {
    const held = (this.standing[row] ?? 0) & heldBits;
    return held === 4 ? HELD.live : held === 3 ? HELD.notLive : held === 2 ? HELD.dangling : held === 1 ? HELD.withdrawn : HELD.nobody;
  }

  /** Notes that an id is in use elsewhere, is to stay linked, or is signing up; whether Kakao lists it. */
  mark(id: KakaoId, mark: Mark): boolean {
    const row = this.ids.find(id);
    if (row >= 0) this.standing[row] = (this.standing[row] ?? 0) | (mark << markShift);
    return row >= 0;
  }

  /** Whether nothing so far keeps the user: only then is Kakao asked for the link date, and for details. */
  isOpen(row: number): boolean {
    return (this.standing[row] ?? 0) <= HELD.withdrawn;
  }

  isMarked(row: number): boolean {
    return (this.standing[row] ?? 0) >> markShift !== 0;
  }

  /** What Kakao's basics or details said. */
  setReading(row: number, reading: Reading): void {
    this.said[row] = ((this.said[row] ?? 0) & ~bit.reading) | reading;
  }

  reading(row: number): Reading {
    return readingOf((this.said[row] ?? 0) & bit.reading);
  }

  /** When the user was linked, in Unix seconds; 0 is unknown. */
  setLinkedAt(row: number, seconds: number): void {
    this.dates[row] = seconds;
  }

  linkedAt(row: number): number {
    return this.dates[row] ?? 0;
  }

  setKeys(row: number, facts: { readonly hasKey: boolean; readonly isShared: boolean }): void {
    this.said[row] = (this.said[row] ?? 0) | (facts.hasKey ? bit.hasKey : 0) | (facts.isShared ? bit.isShared : 0);
  }

  decideUnmatched(row: number): void {
    this.said[row] = (this.said[row] ?? 0) | bit.isDecidedUnmatched;
  }

  kind(row: number): Kind {
    const said = this.said[row] ?? 0;
    return classifyUser({
      held: this.held(row),
      marks: (this.standing[row] ?? 0) >> markShift,
      reading: this.reading(row),
      hasKey: (said & bit.hasKey) !== 0,
      isShared: (said & bit.isShared) !== 0,
      isDecidedUnmatched: (said & bit.isDecidedUnmatched) !== 0,
    });
  }
}

/** Joins the listing with the stored ids; both ascending, else it throws. */
export function joinHolders(listing: BigUint64Array, holders: Iterable<Holder>): Joined {
  const heldBy = new Uint8Array(listing.length);
  const unlisted = new GrowingIds();
  const counts = { storedIds: 0, storedListed: 0, heldTwice: 0 };
  let row = 0;
  for (const { id, held, holders: count, isListed } of joinIds(listing, holders)) {
    if (count > 0) counts.storedIds += 1;
    if (count > 1) counts.heldTwice += 1;
    if (!isListed) unlisted.push(id);
    else {
      if (count > 0) counts.storedListed += 1;
      heldBy[row] = held;
      row += 1;
    }
  }
  // Only now, when the stored ids are no longer needed: so never more than three copies of an id are in memory.
  return { users: new LinkedUsers(listing, heldBy), unlisted: new SortedIds(unlisted.take()), ...counts };
}

function readingOf(code: number): Reading {
  return code === 3 ? READING.read : code === 2 ? READING.preregistered : code === 1 ? READING.young : READING.unread;
}
