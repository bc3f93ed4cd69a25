import { compareKakaoIds } from "../kakao-id.ts";
import { compareMemberIds } from "../id-order.ts";
import { KEY_NAMES, type KeyName, type MemberRow } from "../member.ts";
import { TextHash } from "../text-hash.ts";
import type { Sides } from "./decide.ts";
import { readMember } from "./read-member.ts";
import type { MappingPlan } from "./plan.ts";

/** At most this many ids a side of a group are listed; the size counts all. */
const LISTED_AT_MOST = 100;

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

/** Every member id of a CI that several members and no Kakao user has, by the hash of the CI. */
export type UnmatchedCis = ReadonlyMap<string, BoundedIds>;

/**
 * The values that more than one person has, for `shared.csv`: those that an answer of the plan is about, in its order; then CIs that several members
 * have, by their lowest member id, whether or not a Kakao user has them.
 */
export function listSharedGroups(sides: Sides, plan: MappingPlan, unmatchedCis: UnmatchedCis): readonly SharedGroup[] {
  const named = new Map<string, SharedGroup>();
  for (const [key, slot, name] of plan.sharedGroups()) named.set(`${key}-${slot}`, emptyGroup(key, name));
  const cis = new Map<number, SharedGroup>();
  const groupAt = (key: KeyName, slot: number): SharedGroup | undefined => {
    if (slot < 0) return undefined;
    const group = named.size === 0 ? undefined : named.get(`${key}-${slot}`);
    if (group !== undefined || key !== "ci" || sides.kakao.indexes.ci.members(slot) < 2) return group;
    const known = cis.get(slot) ?? emptyGroup("ci", "");
    cis.set(slot, known);
    return known;
  };
  for (let row = 0; row < sides.members.length; row += 1) {
    for (const key of KEY_NAMES) groupAt(key, sides.members.slot(key, row))?.members.add(sides.members.ids.at(row));
  }
  if (named.size + cis.size > 0) {
    for (let row = 0; row < sides.kakao.ids.length; row += 1) {
      for (const key of KEY_NAMES) groupAt(key, sides.kakao.slot(key, row))?.kakao.add(sides.kakao.ids.at(row));
    }
  }
  const alone = [...unmatchedCis.values()].map((members): SharedGroup => ({ ...emptyGroup("ci", ""), members }));
  const further = [...cis.values(), ...alone].filter(({ members }) => members.size > 1);
  further.sort((left, right) => compareMemberIds((left.members.ids[0] ?? ""), (right.members.ids[0] ?? "")));
  return [...named.values(), ...further.map((group, at) => ({ ...group, name: `ci-${named.size + 1 + at}` }))];
}

/** Collects the members of CIs that several members and no Kakao user has, from one more look at all members. */
export class UnmatchedCiCollector {
  readonly found = new Map<string, BoundedIds>();
  private readonly sides: Sides;
  private readonly hash: TextHash;

  constructor(sides: Sides) {
    this.sides = sides;
    this.hash = new TextHash(sides.options.seed);
  }

  /** Whether there is anything to collect: mostly not, and then nobody need look again. */
  get isNeeded(): boolean {
    return this.sides.members.unmatchedCis.anyRepeated;
  }

  add(rows: readonly MemberRow[]): void {
    for (const row of rows) {
      if (row.state === "withdrawn") continue;
      const { ci } = readMember(row, this.sides.options);
      if (typeof ci !== "string") continue;
      this.hash.read(ci);
      if (!this.sides.members.unmatchedCis.isRepeated(this.hash)) continue;
      const name = `${this.hash.high}-${this.hash.low}`;
      const ids = this.found.get(name) ?? new BoundedIds(compareMemberIds);
      ids.add(row.id);
      this.found.set(name, ids);
    }
  }
}

function emptyGroup(key: KeyName, name: string): SharedGroup {
  return { key, name, kakao: new BoundedIds(compareKakaoIds), members: new BoundedIds(compareMemberIds) };
}
