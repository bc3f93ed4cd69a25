import { describe, expect, it } from "vitest";
import { countGoing, findRefusals, mayBeBehind, type BrakeInput, type UnlinkNumbers } from "../../src/core/orphans/brakes.ts";
import { HeldShares, spanOf } from "../../src/core/orphans/held-shares.ts";
import { HELD } from "../../src/core/matching/kakao-side.ts";
import { MARK } from "../../src/core/orphans/kinds.ts";
import { LinkedUsers } from "../../src/core/orphans/linked-users.ts";
import { unlinkingTexts } from "../../src/messages/unlinking.ts";

const numbers: UnlinkNumbers = {
  unlinks: 100, kakaoUsers: 10_000, members: 9000, links: 8000, linkQuality: { values: 8000, unreadable: 0 }, places: { brand2: 500 }, storedIds: 8000, storedListed: 7900, recent: null, settled: null, keys: null,
};
const usual: BrakeInput = {
  numbers,
  reference: { members: 9000, links: 8000, kakaoUsers: 10_000, places: { brand2: 500 } },
  limits: { share: 0.05, count: 500, nightly: 500 },
  answers: {},
  server: { csv: false, replica: false, readOnly: false },
  atTerminal: true,
};

type Changes = Partial<Omit<BrakeInput, "numbers">> & { readonly numbers?: Partial<UnlinkNumbers> };

function withChanges({ numbers: changed = {}, ...rest }: Changes): BrakeInput {
  return { ...usual, ...rest, numbers: { ...numbers, ...changed } };
}

const codes = (changes: Changes): readonly string[] => findRefusals(withChanges(changes)).map(({ code }) => code);

describe("limits.unlink", () => {
  it.each([
    ["as many as the share allows", { numbers: { unlinks: 500 } }, []],
    ["one more than the count", { numbers: { unlinks: 501 } }, ["unlinks"]],
    ["the share is lower than the count", { numbers: { unlinks: 51, kakaoUsers: 1000 }, reference: null }, ["unlinks"]],
    ["exactly the share", { numbers: { unlinks: 50, kakaoUsers: 1000 }, reference: null }, []],
    ["the exact number lifts it", { numbers: { unlinks: 501 }, answers: { allowUnlinks: 501 } }, []],
    ["another number does not", { numbers: { unlinks: 501 }, answers: { allowUnlinks: 502 } }, ["unlinks"]],
    ["a wrong number refuses, even where none was needed", { answers: { allowUnlinks: 99 } }, ["unlinks"]],
    ["nobody to unlink needs no number", { numbers: { unlinks: 0 }, answers: { allowUnlinks: 5 } }, []],
    ["without a terminal too many are no refusal", { numbers: { unlinks: 5000 }, atTerminal: false }, []],
    ["without a terminal a wrong number is one", { numbers: { unlinks: 5000 }, atTerminal: false, answers: { allowUnlinks: 4999 } }, ["unlinks"]],
  ])("%s", (_, changes, expected) => expect(codes(changes)).toEqual(expected));

  it.each([
    ["at a terminal all", {}, 100],
    ["without one all that are allowed", { atTerminal: false }, 100],
    ["without one at most limits.unlink.nightly", { atTerminal: false, limits: { share: 0.05, count: 500, nightly: 30 } }, 30],
    ["without one never more than limits.unlink either", { atTerminal: false, numbers: { unlinks: 5000, kakaoUsers: 1000 } }, 50],
    ["without one all when their exact number was named", { atTerminal: false, numbers: { unlinks: 5000 }, answers: { allowUnlinks: 5000 } }, 5000],
    ["nobody where nightly is 0", { atTerminal: false, limits: { share: 0.05, count: 500, nightly: 0 } }, 0],
  ])("%s go", (_, changes, expected) => expect(countGoing(withChanges(changes))).toBe(expected));
});

describe("refusals that --allow-unlinks does not lift", () => {
  const named = { allowUnlinks: 100 };

  it.each([
    ["no member", { numbers: { members: 0 }, reference: null }, "no-members"],
    ["no link", { numbers: { links: 0, storedIds: 0, storedListed: 0 }, reference: null }, "no-links"],
    ["members below 90 %", { numbers: { members: 8099 } }, "members-shrunk"],
    ["links below 90 %", { numbers: { links: 7199 } }, "links-shrunk"],
    ["Kakao users below 90 %", { numbers: { kakaoUsers: 8999 } }, "kakao-users-shrunk"],
    ["a place below 90 %", { numbers: { places: { brand2: 449 } } }, "place-shrunk"],
    ["a place that is no longer configured", { numbers: { places: {} } }, "place-shrunk"],
    ["an empty place", { numbers: { places: { brand2: 0 } } }, "place-empty"],
    ["fewer than half of the stored ids listed", { numbers: { storedIds: 20, storedListed: 9 } }, "other-app"],
    ["links that are none", { numbers: { linkQuality: { values: 20, unreadable: 1 } } }, "links-unreadable"],
    ["the database behind", { numbers: { recent: { users: 50, held: 20 }, settled: { users: 1000, held: 900 } } }, "database-behind"],
    ["keys that are none", { numbers: { keys: { phone: { values: 20, unreadable: 11 } } } }, "keys-unreadable"],
    ["a replica", { server: { csv: false, replica: true, readOnly: true } }, "database-replica"],
    ["a database that can only be read", { server: { csv: false, replica: false, readOnly: true } }, "database-read-only"],
    ["a csv source", { server: { csv: true, replica: false, readOnly: true } }, "csv-source"],
  ])("%s", (_, changes, code) => expect(codes({ answers: named, ...changes })).toEqual([code]));

  it.each([
    ["members at 90 %", { numbers: { members: 8100 } }],
    ["one link in a hundred that is none", { numbers: { linkQuality: { values: 8000, unreadable: 80 } } }],
    ["fewer than twenty links of which some are none", { numbers: { linkQuality: { values: 19, unreadable: 19 } } }],
    ["links at 90 %", { numbers: { links: 7200 } }],
    ["Kakao users at 90 %", { numbers: { kakaoUsers: 9000 } }],
    ["a place at 90 %", { numbers: { places: { brand2: 450 } } }],
    ["a new place", { numbers: { places: { brand2: 500, brand3: 1 } } }],
    ["nothing to compare with yet", { numbers: { members: 1, links: 1, storedIds: 1, storedListed: 1, places: { brand2: 1 } }, reference: null }],
    ["half of the stored ids", { numbers: { storedIds: 20, storedListed: 10 } }],
    ["19 stored ids of which none is listed", { numbers: { storedIds: 19, storedListed: 0 } }],
    ["49 recent users", { numbers: { recent: { users: 49, held: 0 }, settled: { users: 1000, held: 900 } } }],
    ["exactly half the share", { numbers: { recent: { users: 100, held: 45 }, settled: { users: 1000, held: 900 } } }],
    ["nobody linked before", { numbers: { recent: { users: 500, held: 0 }, settled: { users: 0, held: 0 } } }],
    ["nobody held before either", { numbers: { recent: { users: 500, held: 0 }, settled: { users: 500, held: 0 } } }],
    ["half of the keys unreadable", { numbers: { keys: { phone: { values: 20, unreadable: 10 } } } }],
    ["19 values of which none can be read", { numbers: { keys: { email: { values: 19, unreadable: 19 } } } }],
  ])("none: %s", (_, changes) => expect(codes(changes)).toEqual([]));

  it.each([
    ["members", { numbers: { members: 10 }, answers: { acceptMembers: 10 } }, []],
    ["members, another number", { numbers: { members: 10 }, answers: { acceptMembers: 11 } }, ["members-shrunk"]],
    ["links", { numbers: { links: 10 }, answers: { acceptLinks: 10 } }, []],
    ["Kakao users", { numbers: { kakaoUsers: 5000 }, answers: { acceptKakaoUsers: 5000 } }, []],
    ["a place", { numbers: { places: { brand2: 3 } }, answers: { acceptPlaces: { brand2: 3 } } }, []],
    ["a place that is gone", { numbers: { places: {} }, answers: { acceptPlaces: { brand2: 0 } } }, []],
    ["an empty place is never accepted", { numbers: { places: { brand2: 0 } }, answers: { acceptPlaces: { brand2: 0 } } }, ["place-empty"]],
    ["no member is never accepted", { numbers: { members: 0 }, reference: null, answers: { acceptMembers: 0 } }, ["no-members"]],
  ])("accepted: %s", (_, changes, expected) => expect(codes(changes)).toEqual(expected));

  it("come all at once, the gravest first, each with its two numbers", () => {
    expect(findRefusals(withChanges({ numbers: { members: 10, links: 0, unlinks: 600 }, server: { csv: false, replica: true, readOnly: true } }))).toEqual([
      { code: "database-replica" },
      { code: "no-links" },
      { code: "members-shrunk", now: 10, limit: 9000 },
      { code: "links-shrunk", now: 0, limit: 8000 },
      { code: "unlinks", now: 600, limit: 500 },
    ]);
  });

  it("every one says what and what next, within plain words", () => {
    const all = findRefusals(withChanges({
      numbers: { unlinks: 9000, members: 1, links: 1, kakaoUsers: 5000, storedIds: 20, storedListed: 1, places: { brand2: 1, brand3: 0 }, recent: { users: 100, held: 1 }, settled: { users: 100, held: 90 }, keys: { ci: { values: 30, unreadable: 30 } }, linkQuality: { values: 200, unreadable: 3 } },
      server: { csv: false, replica: false, readOnly: true },
    }));
    expect(all.map(({ code }) => code)).toEqual(["database-read-only", "other-app", "links-unreadable", "place-empty", "place-shrunk", "members-shrunk", "links-shrunk", "kakao-users-shrunk", "keys-unreadable", "database-behind", "unlinks"]);
    for (const refusal of all) {
      const { message, hint } = unlinkingTexts.describe(refusal);
      expect(message).toMatch(/^[A-Z].*\.$/s);
      expect(hint.length).toBeGreaterThan(20);
      if ("now" in refusal) expect(message).toContain(refusal.now.toLocaleString("en-US"));
    }
  });
});

describe("whether the database is behind", () => {
  const day = 86_400;
  const now = 1_800_000_000;

  it.each([
    [0, undefined], [1 - 1 / day, undefined], [1, "recent"], [7, "recent"], [8 - 1 / day, "recent"], [8, "settled"], [90, "settled"], [91 - 1 / day, "settled"], [91, undefined], [-1, undefined],
  ])("linked %f days ago", (days, span) => expect(spanOf(Math.round(now - days * day), now)).toBe(span));

  it("a user without a date is in no span", () => expect(spanOf(0, now)).toBeUndefined());

  it("25 recent users whom nobody holds can never mean it, 26 can", () => {
    expect([mayBeBehind(25), mayBeBehind(26)]).toEqual([false, true]);
    for (let held = 0; held < 200; held += 1) {
      const recent = { users: held + 25, held };
      expect(findRefusals(withChanges({ numbers: { recent, settled: { users: 1000, held: 1000 } } }))).toEqual([]);
    }
    expect(codes({ numbers: { recent: { users: 50, held: 24 }, settled: { users: 1000, held: 1000 } } })).toEqual(["database-behind"]);
  });

  it("counts whom nobody holds, whom a withdrawn member holds, and a weighted sample of the held", () => {
    const users = new LinkedUsers(BigUint64Array.of(1n, 2n, 3n, 4n, 5n));
    for (const [row, days] of [[0, 2], [1, 2], [2, 20], [3, 2], [4, 2]] as const) users.setLinkedAt(row, now - days * day);
    users.hold(1, HELD.withdrawn);
    users.hold(3, HELD.live);
    users.mark("5", MARK.elsewhere);
    const shares = new HeldShares(now);
    shares.addAsked(users);
    expect(shares.unheldRecent).toBe(1);
    shares.addHeld(now - 3 * day, 2.25);
    shares.addHeld(now - 30 * day, 2.25);
    expect([shares.recent, shares.settled, shares.unheldRecent]).toEqual([{ users: 4, held: 3 }, { users: 3, held: 2 }, 1]);
  });
});
