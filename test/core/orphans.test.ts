import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnsweredUser } from "../../src/core/kakao-user.ts";
import { HELD } from "../../src/core/matching/kakao-side.ts";
import type { MemberRow } from "../../src/core/member.ts";
import { HolderCollector, joinIds, type Holder } from "../../src/core/orphans/holders.ts";
import { KEEP_KINDS, MARK, READING, UNLINK_KINDS, type KeepKind, type UnlinkKind } from "../../src/core/orphans/kinds.ts";
import { joinHolders, LinkedUsers } from "../../src/core/orphans/linked-users.ts";
import { KindTally, selectUnlinks, type UserAnswer } from "../../src/core/orphans/select.ts";
import { readUserKeys, SharedKeys, type SharedKeyOptions } from "../../src/core/orphans/shared-keys.ts";

/** The same populations each time, unless told: ORPHANS_SEED=7 npx vitest run test/core/orphans.test.ts */
const seed = Number(process.env["ORPHANS_SEED"] ?? 20261121);

/** A person's number stands for a value; so the reference compares numbers, and only the program reads texts. */
interface DrawnUser {
  readonly id: bigint;
  readonly reading: "unread" | "young" | "preregistered" | "read";
  readonly ci: number | null;
  readonly phone: number | null;
  readonly email: number | null;
  readonly emailVerified: boolean;
  readonly marks: readonly ("elsewhere" | "excluded" | "pending")[];
  readonly decided: boolean;
}

interface DrawnMember {
  readonly state: MemberRow["state"];
  readonly links: readonly bigint[];
  readonly ci: number | null;
  readonly phone: number | null;
  readonly email: number | null;
}

interface DrawnWorld {
  readonly users: readonly DrawnUser[];
  readonly members: readonly DrawnMember[];
  readonly dangling: readonly bigint[];
  readonly kinds: readonly UnlinkKind[];
  readonly limit: number | undefined;
}

/** Ids on both sides of what a JavaScript number holds; as texts they would sort otherwise. */
const ids = [2n, 10n, 9n, 100n, 4503599627370497n, 9007199254740993n, 9007199254740994n, 9223372036854775806n, 9223372036854775807n, 77n, 78n, 1000000007n];
const drawId = fc.constantFrom(...ids);
/** Few values, so that they meet. */
const drawValue = fc.option(fc.integer({ min: 1, max: 6 }), { nil: null });
const usualReading = fc.constantFrom("read" as const, "read" as const, "read" as const, "unread" as const, "young" as const, "preregistered" as const);

const drawWorld: fc.Arbitrary<DrawnWorld> = fc.record({
  users: fc.uniqueArray(
    fc.record({
      id: drawId, reading: usualReading, ci: drawValue, phone: drawValue, email: drawValue, emailVerified: fc.boolean(),
      marks: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom("elsewhere" as const, "excluded" as const, "pending" as const), { maxLength: 2 }) }),
      decided: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    { selector: ({ id }) => id, maxLength: 9 },
  ),
  members: fc.array(fc.record({ state: fc.constantFrom("live" as const, "notLive" as const, "withdrawn" as const, "withdrawn" as const), links: fc.uniqueArray(drawId, { maxLength: 2 }), ci: drawValue, phone: drawValue, email: drawValue }), { maxLength: 5 }),
  dangling: fc.array(drawId, { maxLength: 2 }),
  kinds: fc.subarray([...UNLINK_KINDS], { minLength: 1 }),
  limit: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
});

/** Section 7's table once more, as plainly as it can be said: sets and numbers, no streams, no hashes. */
function answerNaively(world: DrawnWorld): readonly string[] {
  const { members, dangling, kinds } = world;
  const sorted = [...world.users].sort((left, right) => (left.id < right.id ? -1 : 1));
  let left = world.limit ?? Number.POSITIVE_INFINITY;
  return sorted.map((user) => {
    const states = new Set(members.filter(({ links }) => links.includes(user.id)).map(({ state }) => state));
    if (states.has("live")) return "keep linked";
    if (states.has("notLive")) return "keep notLive";
    if (dangling.includes(user.id)) return "keep dangling";
    for (const mark of ["elsewhere", "excluded", "pending"] as const) if (user.marks.includes(mark)) return `keep ${mark}`;
    if (user.reading !== "read") return `keep ${user.reading}`;
    const isShared = members.some((member) => member.state !== "withdrawn" && (["ci", "phone", "email"] as const).some((key) => user[key] !== null && user[key] === member[key]));
    const isWithdrawn = states.has("withdrawn");
    if (isShared && (isWithdrawn || !user.decided)) return "keep mappable";
    const hasKey = user.ci !== null || user.phone !== null || (user.email !== null && user.emailVerified);
    const kind: UnlinkKind = isWithdrawn ? "withdrawn" : hasKey ? "incomplete" : "keyless";
    if (!kinds.includes(kind)) return kind === "keyless" ? "keep keyless" : "keep deselected";
    if (left === 0) return "keep deselected";
    left -= 1;
    return `unlink ${kind}`;
  });
}

const options: SharedKeyOptions = { keys: ["ci", "phone", "email"], placeholders: new Set(), foreignPhone: () => null, seed: [3, 5] };

const ciOf = (person: number): string => `${"ABCDEFG".charAt(person)}${"x".repeat(85)}==`;

/** A user as Kakao writes it. */
function toAnswer({ ci, phone, email, emailVerified }: DrawnUser): AnsweredUser {
  return {
    id: "1", connectedAt: null, hasSignedUp: null,
    account: {
      ci: ci === null ? null : ciOf(ci), phoneNumber: phone === null ? null : `+82 10-5555-010${phone}`,
      email: email === null ? null : `Person${email}@Example.com`, isEmailValid: true, isEmailVerified: emailVerified,
      name: null, birthyear: null, birthday: null, birthdayType: null,
    },
  };
}

/** A member as a shop writes it, in another form than Kakao. */
function toRow({ state, ci, phone, email }: DrawnMember): MemberRow {
  const isRead = state !== "withdrawn";
  return {
    place: 0, id: "1", state, blocked: false, protected: false, otherLogin: false, link: null,
    ci: ci === null || !isRead ? null : ` ${ciOf(ci)}`, phone: phone === null || !isRead ? null : `0105555010${phone}`, email: email === null || !isRead ? null : `person${email}@example.com `,
    name: null, birthdate: null, phoneVerifiedAt: null, emailVerifiedAt: null,
  };
}

/** The program's own way: streams in order of id, then marks, readings and keys. */
function answerByProgram({ users: drawn, members, dangling, kinds, limit }: DrawnWorld): readonly UserAnswer[] {
  const holders = new HolderCollector();
  for (const { state, links } of members) for (const link of links) holders.add(link, HELD[state]);
  for (const id of dangling) holders.add(id, HELD.dangling);
  const listing = BigUint64Array.from(drawn.map(({ id }) => id)).sort();
  const { users } = joinHolders(listing, holders.take());
  const shared = new SharedKeys(drawn.length, options);
  for (const user of drawn) for (const mark of user.marks) users.mark(String(user.id), MARK[mark]);
  drawn.forEach((user, at) => shared.add(at, readUserKeys(toAnswer(user), options)));
  shared.see(members.map(toRow));
  drawn.forEach((user, at) => {
    const row = users.ids.find(String(user.id));
    users.setReading(row, READING[user.reading]);
    if (user.reading !== "read") return;
    users.setKeys(row, { hasKey: readUserKeys(toAnswer(user), options).hasKey, isShared: shared.isShared(at) });
    if (user.decided) users.decideUnmatched(row);
  });
  return [...selectUnlinks(users, { kinds, limit })];
}

describe("kinds", () => {
  it("are those of a naive reading of the rules, for random services; every kind occurs", () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(drawWorld, (world) => {
        const answers = answerByProgram(world).map(({ action, kind }) => `${action} ${kind}`);
        expect(answers).toEqual(answerNaively(world));
        for (const answer of answers) met.add(answer);
      }),
      { seed, numRuns: 3000 },
    );
    const all = [...UNLINK_KINDS.map((kind) => `unlink ${kind}`), ...KEEP_KINDS.map((kind) => `keep ${kind}`)];
    expect(all.filter((kind) => !met.has(kind))).toEqual([]);
  });

  it("add up, whatever is chosen", () => {
    fc.assert(
      fc.property(drawWorld, (world) => {
        const tally = new KindTally();
        for (const answer of answerByProgram(world)) tally.add(answer);
        const { unlink, keep } = tally.counts;
        expect(Object.keys(unlink)).toEqual([...UNLINK_KINDS]);
        expect(Object.keys(keep)).toEqual([...KEEP_KINDS]);
        expect([...Object.values(unlink), ...Object.values(keep)].reduce((sum, count) => sum + count, 0)).toBe(world.users.length);
      }),
      { seed, numRuns: 300 },
    );
  });

  it("do not depend on the order of members, links and marks", () => {
    fc.assert(
      fc.property(drawWorld, (world) => {
        const turned = { ...world, users: [...world.users].reverse(), members: [...world.members].reverse().map((member) => ({ ...member, links: [...member.links].reverse() })), dangling: [...world.dangling].reverse() };
        expect(answerByProgram(turned)).toEqual(answerByProgram(world));
      }),
      { seed, numRuns: 300 },
    );
  });

  it("of whom nobody asked about: unread, and kept", () => {
    const users = new LinkedUsers(BigUint64Array.of(5n));
    expect([...selectUnlinks(users, { kinds: UNLINK_KINDS })]).toEqual([{ action: "keep", kind: "unread" }]);
  });
});

describe("stored links against the listing", () => {
  it("each stored id is listed or not, once; held twice is counted apart", () => {
    const drawLinks = fc.array(fc.tuple(drawId, fc.constantFrom(HELD.live, HELD.notLive, HELD.dangling, HELD.withdrawn)), { maxLength: 14 });
    fc.assert(
      fc.property(fc.uniqueArray(drawId), drawLinks, (listed, links) => {
        const holders = new HolderCollector();
        for (const [id, held] of links) holders.add(id, held);
        const joined = joinHolders(BigUint64Array.from(listed).sort(), holders.take());
        const stored = [...new Set(links.map(([id]) => id))];
        const gone = stored.filter((id) => !listed.includes(id)).sort((left, right) => (left < right ? -1 : 1));
        expect(Array.from({ length: joined.unlisted.length }, (_, at) => joined.unlisted.at(at))).toEqual(gone.map(String));
        expect(joined).toMatchObject({ storedIds: stored.length, storedListed: stored.length - gone.length, heldTwice: stored.filter((id) => links.filter(([other]) => other === id).length > 1).length });
        for (const id of listed) {
          const strongest = Math.max(0, ...links.filter(([other]) => other === id).map(([, held]) => held));
          expect(joined.users.held(joined.users.ids.find(String(id)))).toBe(strongest);
        }
      }),
      { seed, numRuns: 1000 },
    );
  });

  it("more ids than a chunk holds keep their order and number", () => {
    const holders = new HolderCollector();
    const count = 200_000;
    for (let at = 0; at < count; at += 1) holders.add(BigInt(1 + ((at * 7919) % count)), at % 2 === 0 ? HELD.live : HELD.withdrawn);
    let before = 0n;
    let [seen, wrong] = [0, 0];
    for (const { id, holders: several } of holders.take()) {
      if (id !== before + 1n || several !== 1) wrong += 1;
      before = id;
      seen += 1;
    }
    expect({ seen, wrong }).toEqual({ seen: count, wrong: 0 });
    expect([...holders.take()]).toEqual([]);
  });

  const held = (id: bigint): Holder => ({ id, held: HELD.live, holders: 1 });

  it.each([
    ["a listing that goes back", [1n, 3n, 2n], []],
    ["an id listed twice", [1n, 1n], []],
    ["holders that go back", [1n], [held(9n), held(3n)]],
    ["a holder twice", [], [held(3n), held(3n)]],
    ["text order instead of numeric order", [10n, 100n, 9n], []],
    ["a zero", [0n, 1n], []],
  ])("stops at %s", (_, listing, holders) => {
    expect(() => [...joinIds(listing, holders)]).toThrow("ascending numeric order");
  });

  it("stops at disorder behind the other stream's end", () => {
    expect(() => [...joinIds([1n], [held(1n), held(5n), held(4n)])]).toThrow("ascending numeric order");
    expect(() => joinHolders(BigUint64Array.of(5n, 4n), [])).toThrow("ascending numeric order");
  });
});

describe("shared keys", () => {
  const user = (values: Partial<AnsweredUser["account"]>): AnsweredUser => ({
    id: "1", connectedAt: null, hasSignedUp: null,
    account: { ci: null, phoneNumber: null, email: null, isEmailValid: null, isEmailVerified: null, name: null, birthyear: null, birthday: null, birthdayType: null, ...values },
  });
  const member = (values: Partial<MemberRow>): MemberRow => ({ ...toRow({ state: "live", links: [], ci: null, phone: null, email: null }), ...values });

  function shares(account: Partial<AnsweredUser["account"]>, row: Partial<MemberRow>, with_: Partial<SharedKeyOptions> = {}): boolean {
    const all = { ...options, ...with_ };
    const shared = new SharedKeys(1, all);
    shared.add(0, readUserKeys(user(account), all));
    shared.see([member(row)]);
    return shared.isShared(0);
  }

  it.each([
    ["the same phone number in another form", { phoneNumber: "+82 10-5555-0101" }, { phone: "010.5555.0101" }, true],
    ["the same phone number, although both CIs differ: in doubt keep", { phoneNumber: "+82 10-5555-0101", ci: ciOf(1) }, { phone: "01055550101", ci: ciOf(2) }, true],
    ["the same address, not verified at Kakao", { email: "a@example.com", isEmailValid: true, isEmailVerified: false }, { email: "A@example.com" }, true],
    ["the same address, not valid at Kakao any more", { email: "a@example.com", isEmailValid: false, isEmailVerified: true }, { email: "a@example.com" }, true],
    ["the same address of a relay service", { email: "x1@privaterelay.appleid.com", isEmailValid: true, isEmailVerified: true }, { email: "x1@privaterelay.appleid.com" }, true],
    ["a not-live member", { ci: ciOf(1) }, { ci: ciOf(1), state: "notLive" as const }, true],
    ["a withdrawn member, even if an engine had read its keys", { ci: ciOf(1) }, { ci: ciOf(1), state: "withdrawn" as const }, false],
    ["another number", { phoneNumber: "+82 10-5555-0101" }, { phone: "01055550102" }, false],
    ["a placeholder on both sides", { phoneNumber: "+82 10-1234-5678" }, { phone: "010-1234-5678" }, false],
    ["a phone number in the e-mail column", { phoneNumber: "+82 10-5555-0101" }, { email: "01055550101" }, false],
  ])("%s", (_, account, row, expected) => expect(shares(account, row)).toBe(expected));

  it("placeholders of the configuration are no keys", () => {
    expect(shares({ phoneNumber: "+82 10-5555-0101" }, { phone: "01055550101" }, { placeholders: new Set(["01055550101"]) })).toBe(false);
  });

  it.each([
    ["nothing", {}, false],
    ["only an unverified address", { email: "a@example.com", isEmailValid: true, isEmailVerified: false }, false],
    ["a verified address", { email: "a@example.com", isEmailValid: true, isEmailVerified: true }, true],
    ["an address of which Kakao does not say that it is valid", { email: "a@example.com", isEmailVerified: true }, false],
    ["a placeholder", { phoneNumber: "+82 10-0000-0000" }, false],
    ["a damaged CI", { ci: "short" }, false],
    ["a CI", { ci: ciOf(1) }, true],
  ])("a usable key: %s", (_, account, expected) => expect(readUserKeys(user(account), options).hasKey).toBe(expected));

  it("a key without a column is none", () => {
    expect(readUserKeys(user({ ci: ciOf(1) }), { ...options, keys: ["phone"] }).hasKey).toBe(false);
    expect(shares({ ci: ciOf(1) }, { ci: ciOf(1) }, { keys: ["phone"] })).toBe(false);
  });

  it("counts values that are there, and those that are no such key", () => {
    const shared = new SharedKeys(0, options);
    shared.see([member({ phone: "0105555010" }), member({ phone: "01055550101", ci: "gAAAAABm" }), member({ phone: "010-1234-5678" }), member({ phone: " " }), member({ phone: "Z0FBQUFB", state: "withdrawn" })]);
    expect(shared.readings).toEqual({ ci: { values: 1, unreadable: 1 }, phone: { values: 3, unreadable: 1 }, email: { values: 0, unreadable: 0 } });
  });
});

/** Every kind is told in one of the two columns of the JSON result. */
const told: readonly (UnlinkKind | KeepKind)[] = [...UNLINK_KINDS, ...KEEP_KINDS];
it("keyless stands on both sides, every other kind on one", () => {
  expect(told.filter((kind, at) => told.indexOf(kind) !== at)).toEqual(["keyless"]);
});
