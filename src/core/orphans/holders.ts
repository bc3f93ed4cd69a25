import { GrowingIds } from "../growing-ids.ts";
import { HELD, type Held } from "../matching/kakao-side.ts";

/** A stored Kakao id with its strongest holder, and how many hold it. */
export interface Holder {
  readonly id: bigint;
  readonly held: Held;
  readonly holders: number;
}

/** A linked user, a stored id, or both. */
export interface JoinedId extends Holder {
  readonly isListed: boolean;
}

/** Collects the stored ids of all members, as they are read, to hand them out in numeric order: 8 bytes a link. */
export class HolderCollector {
  private readonly byStrength: Readonly<Record<Exclude<Held, 0>, GrowingIds>> = {
    [HELD.withdrawn]: new GrowingIds(),
    [HELD.dangling]: new GrowingIds(),
    [HELD.notLive]: new GrowingIds(),
    [HELD.live]: new GrowingIds(),
  };

  add(id: bigint, held: Exclude<Held, 0>): void {
    this.byStrength[held].push(id);
  }

  /** Every stored id once, ascending; the collector is empty afterwards. */
  *take(): Iterable<Holder> {
    const sides = [HELD.live, HELD.notLive, HELD.dangling, HELD.withdrawn].map((held) => ({ held, ids: this.byStrength[held].take().sort(), at: 0 }));
    for (;;) {
      let id: bigint | undefined;
      for (const { ids, at } of sides) {
        const next = ids[at];
        if (next !== undefined && (id === undefined || next < id)) id = next;
      }
      if (id === undefined) return;
      let held: Held = HELD.nobody;
      let holders = 0;
      for (const side of sides) {
        for (; side.ids[side.at] === id; side.at += 1) {
          // The strongest side comes first.
          if (holders === 0) held = side.held;
          holders += 1;
        }
      }
      yield { id, held, holders };
    }
  }
}

/** Joins Kakao's listing and the stored ids, both ascending and each id once; throws where one of them is not. */
export function* joinIds(listing: Iterable<bigint>, holders: Iterable<Holder>): Iterable<JoinedId> {
  const listed = readAscending(listing, (id) => id);
  const stored = readAscending(holders, ({ id }) => id);
  let user = listed.next();
  let holder = stored.next();
  while (user !== undefined || holder !== undefined) {
    if (holder === undefined || (user !== undefined && user < holder.id)) {
      yield { id: user ?? 0n, held: HELD.nobody, holders: 0, isListed: true };
      user = listed.next();
      continue;
    }
    const isListed = user === holder.id;
    yield { ...holder, isListed };
    if (isListed) user = listed.next();
    holder = stored.next();
  }
}

function readAscending<Item>(items: Iterable<Item>, idOf: (item: Item) => bigint): { next(): Item | undefined } {
  const iterator = items[Symbol.iterator]();
  let before = 0n;
  return {
    next: () => {
      const { done, value } = iterator.next();
      if (done === true) return undefined;
      const id = idOf(value);
      if (id <= before) throw new Error("Kakao ids are not in ascending numeric order");
      before = id;
      return value;
    },
  };
}
