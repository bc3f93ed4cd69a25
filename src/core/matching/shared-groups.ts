import { compareKakaoIds } from "../kakao-id.ts";
import { compareMemberIds } from "../id-order.ts";
import type { KeyName } from "../member.ts";

/** At most this many ids a side of a group are listed; the size counts all. */
export const LISTED_AT_MOST = 100;

export interface SharedGroup {
  readonly key: KeyName;
  readonly name: string;
  readonly kakao: BoundedIds;
  readonly members: BoundedIds;
}

/** The lowest ids of many, and how many there were: the same whatever order they came in. */
export class BoundedIds {
  size = 0;
  readonly ids: string[] = [];
  private readonly compare: (left: string, right: string) => number;

  constructor(compare: (left: string, right: string) => number) {
    this.compare = compare;
  }

  add(id: string): void {
    this.size += 1;
    const last = this.ids[this.ids.length - 1];
    if (this.ids.length === LISTED_AT_MOST && last !== undefined && this.compare(id, last) >= 0) return;
    let at = this.ids.length;
    while (at > 0 && this.compare(id, this.ids[at - 1] ?? "") < 0) at -= 1;
    this.ids.splice(at, 0, id);
    if (this.ids.length > LISTED_AT_MOST) this.ids.pop();
  }
}

/**
 * The values that more than one person has, for `shared.csv`: those that an answer of the plan is about, found by key and slot, and CIs that several
 * members have without any Kakao user, found by their hash.
 */
export class SharedGroups {
  private readonly bySlot = new Map<string, SharedGroup>();
  private readonly memberCis = new Map<string, BoundedIds>();

  constructor(named: Iterable<readonly [KeyName, number, string]>) {
    for (const [key, slot, name] of named) {
      this.bySlot.set(`${key}-${slot}`, { key, name, kakao: new BoundedIds(compareKakaoIds), members: new BoundedIds(compareMemberIds) });
    }
  }

  get hasSlots(): boolean {
    return this.bySlot.size > 0;
  }

  at(key: KeyName, slot: number): SharedGroup | undefined {
    return this.bySlot.get(`${key}-${slot}`);
  }

  /** A member whose CI other members have too, though no answer is about it. */
  addMemberCi(hash: string, memberId: string): void {
    let ids = this.memberCis.get(hash);
    if (ids === undefined) {
      ids = new BoundedIds(compareMemberIds);
      this.memberCis.set(hash, ids);
    }
    ids.add(memberId);
  }

  /** All groups: first those of the plan, in its order, then the CIs of members alone, by their lowest member id. */
  list(): readonly SharedGroup[] {
    const alone = [...this.memberCis.values()].filter((ids) => ids.size > 1);
    alone.sort((left, right) => compareMemberIds(left.ids[0] ?? "", right.ids[0] ?? ""));
    const first = this.bySlot.size + 1;
    return [
      ...this.bySlot.values(),
      ...alone.map((members, at): SharedGroup => ({ key: "ci", name: `ci-${first + at}`, kakao: new BoundedIds(compareKakaoIds), members })),
    ];
  }
}
