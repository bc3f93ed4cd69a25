import fc from "fast-check";
import type { KakaoUser } from "../../../src/core/kakao-user.ts";
import { UNUSABLE } from "../../../src/core/keys.ts";
import type { MatchingOptions } from "../../../src/core/matching/options.ts";
import type { MemberRow } from "../../../src/core/member.ts";
import { ci } from "../../helpers/match.ts";

/** A stored text and what it compares as, null when it is no key or unknown. */
export interface Value {
  readonly raw: string | null;
  readonly comparable: string | null;
}

type Attribute = "ci" | "phone" | "email" | "name" | "birthdate";

export interface GeneratedMember {
  readonly row: MemberRow;
  readonly values: Readonly<Record<Attribute, Value>>;
  readonly phoneTime: (typeof times)[number];
  readonly emailTime: (typeof times)[number];
}

export interface Population {
  readonly members: readonly GeneratedMember[];
  readonly users: readonly KakaoUser[];
  readonly elsewhere: readonly string[];
  /** Ids of link rows whose member is nowhere. */
  readonly dangling: readonly string[];
  readonly options: Pick<
    MatchingOptions,
    | "keys" | "phone" | "email" | "corroborators" | "dormant" | "placeholders" | "syntheticEmails"
    | "phoneVerifiedAlways" | "emailVerifiedAlways" | "linkable" | "listingComplete"
  >;
}

/** Verification times as stored, read on 20 November 2026. */
const times = [
  { raw: "2026-11-01 10:00:00", verified: true, recent: true },
  { raw: "2020-05-05", verified: true, recent: false },
  { raw: "2026-11-25T00:00:00Z", verified: true, recent: false },
  { raw: "0000-00-00 00:00:00", verified: false, recent: false },
  { raw: null, verified: false, recent: false },
] as const;

const names = [
  ["김민아", "김민아", " 김 민 아 "],
  ["이서준", "이서준", "이-서준"],
  ["kimmina", "Mina Kim", "KIM, Mina"],
  ["박지우", "박지우", "박 지우"],
  ["joonlee", "Lee Joon", "joon lee"],
  ["김민아mina", "김민아 Mina", "MINA 김민아"],
  ["田中", "田中", "田 中"],
] as const;
/** The fourth turned 14 today, the fifth turns 14 tomorrow. */
const birthdates = ["19910715", "19820203", "19781130", "20121120", "20121121", "19950505", "19660606"] as const;

/** The ways in which a person's value is written. */
function writeValue(attribute: Attribute, person: number, form: number): Value {
  const forms = formsOf[attribute](person);
  return { raw: forms[form % forms.length] ?? forms[0], comparable: forms[0] };
}

const formsOf: Readonly<Record<Attribute, (person: number) => readonly [string, ...string[]]>> = {
  ci: (person) => [ci(`person ${person}`), ` ${ci(`person ${person}`)}\n`],
  phone: (person) => {
    const last = String(1000 + person * 37);
    return [`0102000${last}`, `010-2000-${last}`, `+82 10-2000-${last}`, `102000${last}`];
  },
  email: (person) => [`mina${person}@example.com`, `Mina${person}@EXAMPLE.com`, ` mina${person}@example.com `],
  name: (person) => names[person % names.length] ?? names[0],
  birthdate: (person) => {
    const date = birthdates[person % birthdates.length] ?? birthdates[0];
    const dashed = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
    return [date, dashed, `${dashed} 00:00:00`];
  },
};

/** Mostly each row is a person of its own, so that people meet one to one; else anybody. */
function drawPerson(at: number, people: number): fc.Arbitrary<number> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(at % people) }, { weight: 1, arbitrary: fc.nat(people - 1) });
}

/** What members have where nothing can be compared: nothing, malformed, placeholders. */
const unusable: Readonly<Record<Attribute, readonly (string | null)[]>> = {
  ci: [null, "", "c2hvcnQ=", `${"A".repeat(86)}==`],
  phone: [null, "", "02-123-4567", "010-1234-5678", "010-0000-0000"],
  email: [null, "", "none@example.com", "x@privaterelay.appleid.com", "mina@localhost"],
  name: [null, "", "김*아", "김민아2"],
  birthdate: [null, "", "0000-00-00", "1900-01-01", "1970-01-01"],
};

/** How alike the rows of a population are; drawn once for all of them. */
interface Profile {
  readonly people: number;
  readonly pools: Readonly<Record<Attribute, number>>;
  /** Percentages: a value of the row's own person, of somebody else; the rest has none. */
  readonly own: Readonly<Record<Attribute, number>>;
  readonly others: Readonly<Record<Attribute, number>>;
  readonly linked: number;
  readonly flagged: number;
}

function drawProfile(most: number): fc.Arbitrary<Profile> {
  const pool = fc.oneof({ weight: 6, arbitrary: fc.constant(1000) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) });
  const known = fc.constantFrom(20, 60, 90);
  const few = fc.constantFrom(0, 5, 15);
  const some = fc.constantFrom(0, 10, 40);
  return fc.record({
    people: fc.integer({ min: 1, max: most }),
    pools: fc.record({ ci: pool, phone: pool, email: pool, name: pool, birthdate: pool }),
    own: fc.record({ ci: fc.constantFrom(0, 10, 50, 90), phone: known, email: known, name: known, birthdate: known }),
    others: fc.record({ ci: few, phone: few, email: few, name: some, birthdate: some }),
    linked: fc.constantFrom(0, 10, 40),
    flagged: fc.constantFrom(0, 5, 20),
  });
}

const percent = fc.nat(99);
const draw = fc.record({ chance: percent, other: fc.nat(1000), form: fc.nat(11) });
type Draw = typeof draw extends fc.Arbitrary<infer T> ? T : never;
const drawValues = fc.record({ ci: draw, phone: draw, email: draw, name: draw, birthdate: draw });

function pick(attribute: Attribute, person: number, { chance, other, form }: Draw, { own, others, people, pools }: Profile): Value {
  if (chance >= own[attribute] + others[attribute]) return { raw: unusable[attribute][form % unusable[attribute].length] ?? null, comparable: null };
  const whose = chance < own[attribute] ? person : other % people;
  return writeValue(attribute, whose % pools[attribute], form);
}

function pickAll(draws: Readonly<Record<Attribute, Draw>>, person: number, profile: Profile): Record<Attribute, Value> {
  const of = (attribute: Attribute): Value => pick(attribute, person, draws[attribute], profile);
  return { ci: of("ci"), phone: of("phone"), email: of("email"), name: of("name"), birthdate: of("birthdate") };
}

/** Ids where their order or their digits go wrong first, and plain ones. */
const kakaoIds = [
  "1", "2", "9", "10", "100", "4294967295", "4294967296", "9007199254740991", "9007199254740992", "9007199254740993",
  "1000000000000000001", "9223372036854775806", "9223372036854775807",
  ...Array.from({ length: 67 }, (_, at) => String(3_000_000_000 + at * 7)),
] as const;
const malformedLinks = ["abc", "0123", "-1", "1.5", " 9", "9223372036854775808", "10000000000000000000"] as const;
const memberIds = ["1", "2", "9", "10", "0012", "kim01", "Kim01", "9007199254740993", "9223372036854775808"] as const;

const drawLink = fc
  .oneof({ weight: 4, arbitrary: fc.nat(20) }, { weight: 4, arbitrary: fc.nat(kakaoIds.length - 1) }, { weight: 1, arbitrary: fc.integer({ min: -malformedLinks.length, max: -1 }) })
  .map((at) => kakaoIds[at] ?? malformedLinks[-1 - at] ?? "abc");

function drawMember(profile: Profile, at: number): fc.Arbitrary<GeneratedMember> {
  return fc
    .record({
      person: drawPerson(at, profile.people),
      values: drawValues,
      place: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) }),
      state: fc.oneof({ weight: 7, arbitrary: fc.constant("live" as const) }, { weight: 2, arbitrary: fc.constant("notLive" as const) }, { weight: 1, arbitrary: fc.constant("withdrawn" as const) }),
      flags: fc.tuple(percent, percent),
      linked: percent,
      link: drawLink,
      further: fc.oneof({ weight: 8, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(drawLink, { minLength: 1, maxLength: 2 }) }),
      phoneTime: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(times[0], times[1]) }, { weight: 1, arbitrary: fc.constantFrom(...times) }),
      emailTime: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(times[0], times[1]) }, { weight: 1, arbitrary: fc.constantFrom(...times) }),
    })
    .map((drawn): GeneratedMember => {
      const { place, phoneTime, emailTime } = drawn;
      const values = pickAll(drawn.values, drawn.person, profile);
      const link = drawn.linked >= profile.linked ? null : drawn.link;
      const further = link === null || drawn.further.length === 0 ? {} : { furtherLinks: drawn.further };
      const state = place > 0 && drawn.state === "live" ? "notLive" : drawn.state;
      const [blocked, guarded] = drawn.flags;
      const flags = { blocked: blocked < profile.flagged, protected: guarded < profile.flagged, otherLogin: false };
      const id = memberIds[at] ?? String(1000 - at);
      // Of withdrawn members nothing but the link is read.
      const raw = (attribute: Attribute): string | null => (state === "withdrawn" ? null : values[attribute].raw);
      const row = { place, id, state, ...flags, link, ...further, phoneVerifiedAt: phoneTime.raw, emailVerifiedAt: emailTime.raw };
      return { row: { ...row, ci: raw("ci"), phone: raw("phone"), email: raw("email"), name: raw("name"), birthdate: raw("birthdate") }, values, phoneTime, emailTime };
    });
}

function drawUser(profile: Profile, id: string, at: number): fc.Arbitrary<KakaoUser> {
  const state = fc.oneof({ weight: 12, arbitrary: fc.constant("read" as const) }, { weight: 1, arbitrary: fc.constantFrom("young" as const, "unanswered" as const, "preregistered" as const) });
  return fc.record({ person: drawPerson(at, profile.people), values: drawValues, state }).map((drawn) => {
    const { ci, phone, email, name, birthdate } = pickAll(drawn.values, drawn.person, profile);
    return {
      id,
      state: drawn.state,
      connectedAt: 1_700_000_000,
      ci: ci.comparable ?? UNUSABLE.empty,
      phone: phone.comparable ?? UNUSABLE.malformed,
      email: email.comparable ?? UNUSABLE.unverified,
      name: name.comparable,
      birthdate: birthdate.comparable,
    };
  });
}

const mode = fc.oneof({ weight: 3, arbitrary: fc.constant("corroborated" as const) }, { weight: 1, arbitrary: fc.constantFrom("alone" as const, "review" as const) });

const drawOptions: fc.Arbitrary<Population["options"]> = fc.record({
  keys: fc.oneof({ weight: 2, arbitrary: fc.constant(["ci", "phone", "email"] as const) }, { weight: 1, arbitrary: fc.subarray(["ci", "phone", "email"] as const, { minLength: 1 }) }),
  phone: mode,
  email: mode,
  corroborators: fc.oneof(
    { weight: 2, arbitrary: fc.constant(["name", "birthdate"] as const) },
    { weight: 2, arbitrary: fc.subarray(["name", "birthdate", "email", "recentlyVerified"] as const) },
  ),
  dormant: fc.constantFrom("review" as const, "link" as const),
  placeholders: fc.constantFrom(new Set<string>(), new Set<string>(), new Set([formsOf.phone(0)[0], formsOf.email(1)[0], formsOf.ci(2)[0]])),
  syntheticEmails: fc.constantFrom([], [], [/^mina[02]@/]),
  phoneVerifiedAlways: fc.integer({ min: 0, max: 5 }).map((number) => number === 5),
  emailVerifiedAlways: fc.integer({ min: 0, max: 5 }).map((number) => number === 5),
  linkable: fc.boolean().map((second) => [true, false, second]),
  listingComplete: fc.integer({ min: 0, max: 4 }).map((number) => number < 4),
});

/** Two sides of at most so many rows, with whom and what else the rules ask. */
export function drawPopulation(mostMembers: number, mostUsers: number): fc.Arbitrary<Population> {
  const population = drawProfile(Math.ceil(mostUsers * 1.2)).chain((profile) => {
    const sizes = fc.tuple(fc.oneof({ weight: 2, arbitrary: fc.integer({ min: 0, max: mostMembers }) }, { weight: 1, arbitrary: fc.constant(mostMembers) }), fc.shuffledSubarray([...kakaoIds.slice(0, 20 + mostUsers)], { maxLength: mostUsers }));
    return sizes.chain(([size, ids]) =>
      fc.record({
        members: fc.tuple(...Array.from({ length: size }, (_, at) => drawMember(profile, at))),
        users: fc.tuple(...ids.map((id, at) => drawUser(profile, id, at))),
        elsewhere: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...kakaoIds.slice(0, 20)], { maxLength: 4 }) }),
        dangling: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray([...kakaoIds.slice(0, 20)], { maxLength: 3 }) }),
        options: drawOptions,
      }),
    );
  });
  // Numbers drawn with a bias towards their ends would make all rows the same person.
  return fc.noBias(population);
}
