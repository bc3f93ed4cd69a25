import { randomFrom, shuffle } from "../simulator/random.ts";

/** What one side knows of a person, as that side writes it; null is not there. */
export interface Card {
  readonly ci: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly name: string | null;
  /** `YYYYMMDD` */
  readonly birthdate: string | null;
}

/** A member of the demo shop: a card, and what is unusual about the row. */
export interface MemberDraft extends Card {
  readonly status?: "left" | "blocked";
  readonly role?: "staff";
  /** Moved to the table of dormant members. */
  readonly isDormant?: true;
  readonly phoneUnverified?: true;
  readonly emailUnverified?: true;
  /** What the row holds: the person's own Kakao id, one that Kakao no longer lists, or no Kakao id at all. */
  readonly link?: "own" | "former" | "malformed";
}

/** The people of one story. */
export interface Cast {
  readonly own: Card;
  /** Somebody without a Kakao user; the same for both of a pair. */
  readonly other: Card;
  /** The first person of a pair; elsewhere the same as `own`. */
  readonly first: Card;
  /** A birth date of somebody under 14. */
  readonly childBirthdate: string;
}

/** One person: what Kakao shows of them (their own card when left out), and the shop's members around them. */
export interface Story {
  readonly shows?: (cast: Cast) => Card;
  readonly members?: (cast: Cast) => readonly MemberDraft[];
  /** Linked at Kakao within the last 24 hours. */
  readonly isYoung?: true;
  /** Kakao has not verified the e-mail address. */
  readonly emailUnverified?: true;
  /** The Kakao id is in use at the shop's second brand. */
  readonly usesPartner?: true;
}

/** So many of about 500 people; two stories are a pair of Kakao users who follow each other. */
type Block = readonly [weight: number, ...people: readonly Story[]];

const without = (card: Card, ...hidden: readonly (keyof Card)[]): Card => ({ ...card, ...Object.fromEntries(hidden.map((key) => [key, null])) });
const noCi = (card: Card): Card => without(card, "ci");

/** People with a Kakao user, one line for each way a mapping can go (product.md section 6). */
const withKakaoUser: readonly Block[] = [
  // M9: links by CI; an old number, a new surname; both name and birth date differing is a review.
  [175, { members: ({ own }) => [own] }],
  [30, { members: ({ own, other }) => [{ ...own, phone: other.phone, email: other.email }] }],
  [4, { members: ({ own, other }) => [{ ...own, name: other.name }] }],
  [1, { members: ({ own, other }) => [{ ...own, name: other.name, birthdate: other.birthdate }] }],
  // M9: links by phone and by e-mail.
  [45, { members: ({ own }) => [noCi(own)] }],
  [15, { shows: ({ own }) => noCi(own), members: ({ own }) => [own] }],
  [20, { members: ({ own }) => [without(own, "ci", "phone")] }],
  // M4: a household on one number, told apart by name or not; one person with two accounts.
  [8, { members: ({ own, other }) => [noCi(own), { ...noCi(other), phone: own.phone }] }],
  [6, { shows: ({ own }) => without(own, "ci", "name", "birthdate"), members: ({ own, other }) => [noCi(own), { ...noCi(other), phone: own.phone }] }],
  [3, { members: ({ own, other }) => [own, { ...own, email: other.email }] }],
  // M8
  [8, { members: ({ own }) => [{ ...noCi(own), phoneUnverified: true }] }],
  [3, { members: ({ own }) => [{ ...without(own, "ci", "phone"), emailUnverified: true }] }],
  [5, { members: ({ own, other }) => [{ ...noCi(own), name: other.name }] }],
  [4, { members: ({ own, other }) => [{ ...noCi(own), birthdate: other.birthdate }] }],
  [6, { members: ({ own }) => [without(own, "ci", "name", "birthdate")] }],
  [3, { members: ({ own }) => [without(own, "ci", "phone", "name", "birthdate")] }],
  [3, { members: ({ own }) => [{ ...noCi(own), role: "staff" }] }],
  [3, { shows: ({ own, childBirthdate }) => ({ ...noCi(own), birthdate: childBirthdate }), members: ({ own, childBirthdate }) => [{ ...noCi(own), birthdate: childBirthdate }] }],
  // M3: the number has changed hands.
  [8, { members: ({ own, other }) => [{ ...other, phone: own.phone }] }],
  // M5
  [12, { members: ({ own }) => [{ ...own, isDormant: true }] }],
  [3, { members: ({ own }) => [{ ...own, status: "blocked" }] }],
  // M1: held already, and by whom.
  [40, { members: ({ own }) => [{ ...own, link: "own" }] }],
  [2, { members: ({ own }) => [{ ...without(own, "ci", "phone", "email", "name", "birthdate"), link: "own" }] }],
  [1, { members: ({ other }) => [{ ...other, link: "own" }] }],
  [2, { members: ({ own }) => [{ ...own, isDormant: true, link: "own" }] }],
  [5, { members: ({ own }) => [{ ...own, status: "left", link: "own" }] }],
  [4, { members: ({ own }) => [own], usesPartner: true }],
  // M6: came back under a new Kakao id; only a CI carries a relink.
  [4, { members: ({ own }) => [{ ...own, link: "former" }] }],
  [2, { members: ({ own }) => [{ ...noCi(own), link: "former" }] }],
  [1, { members: ({ own }) => [{ ...own, link: "malformed" }] }],
  // M7: a member's former number, now somebody else's; and a number and an address of different members.
  [3, { members: ({ own, other }) => [{ ...own, phone: other.phone }] }, { shows: ({ own, other }) => ({ ...noCi(own), phone: other.phone }) }],
  [2, { members: ({ own, other }) => [without(own, "ci", "email"), { ...noCi(other), email: own.email }] }],
  // A couple with two Kakao accounts on one number that two members share.
  [2, { members: ({ own, other }) => [noCi(own), { ...noCi(other), phone: own.phone }] }, { shows: ({ own, first }) => ({ ...noCi(own), phone: first.phone }) }],
  // M2: not read yet.
  [12, { members: ({ own }) => [own], isYoung: true }],
  // M3: nobody at the shop, or nobody who can be found.
  [45, {}],
  [10, { members: ({ own }) => [{ ...own, status: "left" }] }],
  [3, { shows: ({ own }) => ({ ...noCi(own), phone: "+82 10-0000-0000" }), members: ({ other }) => [{ ...noCi(other), phone: "010-0000-0000" }] }],
  [3, { members: ({ own }) => [without(own, "ci", "phone")], emailUnverified: true }],
];

/** Members whom no Kakao user points at, and the values that identify nobody. */
const withoutKakaoUser: readonly Block[] = [
  [68, { members: ({ own }) => [own] }],
  [10, { members: ({ own }) => [noCi(own)] }],
  [4, { members: ({ own }) => [{ ...own, isDormant: true }] }],
  [6, { members: ({ own }) => [{ ...own, status: "left" }] }],
  [2, { members: ({ own }) => [{ ...own, status: "blocked" }] }],
  [2, { members: ({ own }) => [{ ...own, role: "staff" }] }],
  [2, { members: ({ own }) => [{ ...noCi(own), phone: "02-555-0100" }] }],
  [1, { members: ({ own }) => [{ ...noCi(own), phone: "010-1234-5678" }] }],
  [1, { members: ({ own }) => [{ ...noCi(own), phone: "없음" }] }],
  [1, { members: ({ own }) => [{ ...noCi(own), email: "none@example.com" }] }],
  [1, { members: ({ own }) => [{ ...noCi(own), email: "user@localhost" }] }],
  [1, { members: ({ own }) => [{ ...noCi(own), email: "k7d2m4q9@privaterelay.appleid.com" }] }],
  [1, { members: ({ own }) => [{ ...own, ci: own.ci?.slice(0, 64) ?? null }] }],
];

/** A story by index, and whether it is the second of a pair. */
export interface Part {
  readonly story: Story;
  readonly isSecond: boolean;
  /** Rows in the member tables. */
  readonly rows: number;
}

/** The stories in an order that repeats: index modulo length. The same seed gives the same order. */
export function castParts(kind: "withKakaoUser" | "withoutKakaoUser", seed: number): readonly Part[] {
  const blocks = (kind === "withKakaoUser" ? withKakaoUser : withoutKakaoUser).flatMap(([weight, ...people]) => Array.from({ length: weight }, () => people));
  return shuffle(blocks, randomFrom(seed)).flatMap((people) => people.map((story, at) => ({ story, isSecond: at === 1, rows: story.members?.(nobody).length ?? 0 })));
}

const empty: Card = { ci: null, phone: null, email: null, name: null, birthdate: null };
const nobody: Cast = { own: empty, other: empty, first: empty, childBirthdate: "" };
