import { TextHash } from "../text-hash.ts";
import type { MemberSide } from "./member-side.ts";

/** Finds the kept row of a member by place and id: four bytes for each slot of an open-addressing table. */
export class RowIndex {
  private readonly table: Int32Array;
  private readonly members: MemberSide;
  private readonly hash: TextHash;

  constructor(members: MemberSide, seed: readonly [number, number]) {
    this.members = members;
    this.hash = new TextHash(seed);
    this.table = new Int32Array(Math.max(16, Math.ceil(members.length * 1.5))).fill(-1);
    for (let row = 0; row < members.length; row += 1) {
      this.table[this.probe(members.places.at(row), members.ids.at(row))] = row;
    }
  }

  /** The kept row, -1 when the member was not kept. */
  find(place: number, id: string): number {
    return this.table[this.probe(place, id)] ?? -1;
  }

  private probe(place: number, id: string): number {
    this.hash.read(id);
    let slot = (this.hash.low + place) % this.table.length;
    for (;;) {
      const row = this.table[slot] ?? -1;
      if (row === -1 || (this.members.ids.at(row) === id && this.members.places.at(row) === place)) return slot;
      slot = slot + 1 === this.table.length ? 0 : slot + 1;
    }
  }
}
