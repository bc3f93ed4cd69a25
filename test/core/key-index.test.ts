import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyIndex, NAMED_AT_MOST, SLOT } from "../../src/core/key-index.ts";
import { RepeatedHashes } from "../../src/core/repeated-hashes.ts";
import { TextHash } from "../../src/core/text-hash.ts";

function hashOf(text: string): TextHash {
  const hash = new TextHash([1, 2]);
  hash.read(text);
  return hash;
}

/** A hash whose halves are chosen, as an attacker would who knew the seed: to meet others at one place of the table. */
function chosenHash(high: number, low: number): TextHash {
  return Object.assign(new TextHash([0, 0]), { high, low });
}

const values = fc.array(fc.record({ value: fc.integer({ min: 0, max: 25 }).map(String), ciKnown: fc.boolean() }), { maxLength: 80 });

describe("KeyIndex", () => {
  it("counts and chains what a plain map would, of the values that Kakao users have", () => {
    fc.assert(
      fc.property(values, values, (users, members) => {
        const index = new KeyIndex(users.length);
        for (const { value, ciKnown } of users) index.addKakao(hashOf(value), ciKnown);
        members.forEach(({ value, ciKnown }, row) => {
          const slot = index.find(hashOf(value));
          if (slot < 0) return;
          index.countMember(slot, ciKnown);
          index.chainMember(slot, row);
        });
        for (let value = 0; value <= 25; value += 1) {
          const theirs = users.filter((user) => user.value === String(value));
          const ours = members.flatMap((member, row) => (member.value === String(value) ? [{ ...member, row }] : []));
          const slot = index.find(hashOf(String(value)));
          expect(slot === SLOT.unmatched).toBe(theirs.length === 0);
          if (slot === SLOT.unmatched) continue;
          expect([index.kakaoUsers(slot), index.kakaoUsersWithoutCi(slot)]).toEqual([theirs.length, theirs.filter(({ ciKnown }) => !ciKnown).length]);
          expect([index.members(slot), index.membersWithoutCi(slot)]).toEqual([ours.length, ours.filter(({ ciKnown }) => !ciKnown).length]);
          expect([...index.chained(slot)]).toEqual(ours.slice(0, NAMED_AT_MOST).map(({ row }) => row));
        }
      }),
    );
  });

  it("gives one value one slot, and different values different ones, up to a full table", () => {
    const count = 5000;
    const index = new KeyIndex(count);
    const slots = Array.from({ length: count }, (_, at) => index.addKakao(hashOf(`value ${at}`), true));
    expect(new Set(slots).size).toBe(count);
    expect(slots.map((_, at) => index.find(hashOf(`value ${at}`)))).toEqual(slots);
    expect(index.find(hashOf("value 5000"))).toBe(SLOT.unmatched);
  });

  it("keeps values apart that meet at the end of the table, or share one half", () => {
    const index = new KeyIndex(8);
    const halves = [[0xffffffff, 1], [0xffffffff, 2], [0xffffffff, 3], [0xfffffffe, 1], [0, 1], [1, 0], [0, 0xffffffff]] as const;
    const slots = halves.map(([high, low]) => index.addKakao(chosenHash(high, low), false));
    expect(new Set(slots).size).toBe(halves.length);
    expect(halves.map(([high, low]) => index.find(chosenHash(high, low)))).toEqual(slots);
    expect(index.find(chosenHash(0xffffffff, 4))).toBe(SLOT.unmatched);
  });

  it("saturates its counts instead of starting anew", () => {
    const index = new KeyIndex(1000);
    const slot = index.addKakao(hashOf("a"), false);
    for (let at = 0; at < 600; at += 1) {
      index.addKakao(hashOf("a"), false);
      index.countMember(slot, false);
    }
    expect([index.kakaoUsers(slot), index.kakaoUsersWithoutCi(slot), index.members(slot), index.membersWithoutCi(slot)]).toEqual([255, 255, 255, 255]);
  });

  it("refuses more values than were counted, rather than search for ever", () => {
    const index = new KeyIndex(0);
    expect(() => {
      for (let at = 0; at < 17; at += 1) index.addKakao(hashOf(String(at)), false);
    }).toThrow("more values than were counted");
    expect(index.find(hashOf("never added"))).toBe(SLOT.unmatched);
  });
});

describe("RepeatedHashes", () => {
  it("tells which were met again, through growing", () => {
    const hashes = new RepeatedHashes();
    const hash = new TextHash([1, 2]);
    for (let at = 0; at < 5000; at += 1) {
      hash.read(String(at));
      hashes.add(hash);
      expect(hashes.anyRepeated).toBe(false);
    }
    for (let at = 0; at < 5000; at += 7) {
      hash.read(String(at));
      hashes.add(hash);
    }
    // Once more through growing: what was repeated must stay so.
    for (let at = 5000; at < 9000; at += 1) {
      hash.read(String(at));
      hashes.add(hash);
    }
    expect(hashes.anyRepeated).toBe(true);
    const repeated = Array.from({ length: 9000 }, (_, at) => at).filter((at) => hashes.isRepeated(hashOf(String(at))));
    expect(repeated).toEqual(Array.from({ length: Math.ceil(5000 / 7) }, (_, at) => 7 * at));
    expect(hashes.isRepeated(hashOf("never added"))).toBe(false);
  });

  it("keeps hashes apart that share one half or begin at the same place", () => {
    const hashes = new RepeatedHashes();
    for (const [high, low] of [[1, 1023], [2, 1023], [1023, 1], [0, 1023], [1023, 0], [1, 2047]] as const) hashes.add(chosenHash(high, low));
    expect(hashes.anyRepeated).toBe(false);
    hashes.add(chosenHash(2, 1023));
    expect([hashes.isRepeated(chosenHash(2, 1023)), hashes.isRepeated(chosenHash(1, 1023)), hashes.isRepeated(chosenHash(1, 2047))]).toEqual([true, false, false]);
  });
});
