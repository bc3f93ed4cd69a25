import { NAMED_AT_MOST, SLOT } from "../key-index.ts";
import type { KeyName } from "../member.ts";
import type { Action, Answer, Corroboration, Note, ReviewReason } from "./answers.ts";
import { packEvidence, SAYS, saysOf, type Evidence, type Says } from "./evidence.ts";
import { HELD, type KakaoSide } from "./kakao-side.ts";
import { LINK, type MemberSide } from "./member-side.ts";
import type { MatchingOptions } from "./options.ts";

/** Both sides after passes 1 and 2, and the rules' options. */
export interface Sides {
  readonly kakao: KakaoSide;
  readonly members: MemberSide;
  readonly options: MatchingOptions;
}

const linked = settle("linked");
const elsewhere = settle("elsewhere");
const unread = settle("unread");
const unmatched = settle("unmatched");

/**
 * The answer for one Kakao user (product.md section 6, M1 to M9), from what both sides hold: it depends on who hits, never on who was
 * answered before, so the users may be asked in any order and as often as needed.
 */
export function decide(sides: Sides, user: number): Answer {
  const { kakao, options } = sides;
  const held = kakao.held[user];
  if (held === HELD.live) return linked;
  if (held === HELD.notLive) return review("held-by-not-live", "", -1);
  if (held === HELD.dangling) return review("held-by-dangling", "", -1);
  if (held === HELD.withdrawn) return review("held-by-withdrawn", "", -1);
  if (kakao.elsewhere[user] === 1) return elsewhere;
  if (!kakao.isRead(user)) return unread;
  let anyHit = false;
  for (const key of options.keys) {
    const slot = kakao.slot(key, user);
    if (slot < 0 || kakao.indexes[key].members(slot) === 0) continue;
    anyHit = true;
    if (countUnstruck(sides, user, key) > 0) return decideByKey(sides, user, key, slot);
  }
  return anyHit ? review("ci-differs", "", -1) : unmatched;
}

/** What the two sides of a pair say about each other. */
export function compare(sides: Sides, user: number, member: number): Evidence {
  const { kakao, members } = sides;
  return packEvidence(
    compareSlots(kakao.slot("ci", user), members.slot("ci", member)),
    compareSlots(kakao.slot("phone", user), members.slot("phone", member)),
    compareSlots(kakao.slot("email", user), members.slot("email", member)),
    compareNames(sides, user, member),
    compareBirthdates(kakao.birthdate[user] ?? 0, members.birthdate(member)),
  );
}

function compareSlots(kakao: number, member: number): Says {
  if (kakao === SLOT.unknown || member === SLOT.unknown) return SAYS.unknown;
  return kakao === member ? SAYS.agree : SAYS.differ;
}

function compareNames(sides: Sides, user: number, member: number): Says {
  const theirs = sides.members.name(member);
  const scripts = sides.kakao.nameScripts[user] ?? 0;
  if ((scripts & theirs.scripts) === 0) return SAYS.unknown;
  return sides.kakao.nameHigh[user] === theirs.high && sides.kakao.nameLow[user] === theirs.low ? SAYS.agree : SAYS.differ;
}

function compareBirthdates(kakao: number, member: number): Says {
  if (kakao === 0 || member === 0) return SAYS.unknown;
  return kakao === member ? SAYS.agree : SAYS.differ;
}

/** How many members the user hits by a key without being struck. Only asked while no member has the user's CI, or for CI itself. */
function countUnstruck(sides: Sides, user: number, key: KeyName): number {
  const slot = sides.kakao.slot(key, user);
  if (slot < 0) return 0;
  const index = sides.kakao.indexes[key];
  return key === "ci" || !sides.kakao.hasCi(user) ? index.members(slot) : index.membersWithoutCi(slot);
}

function decideByKey(sides: Sides, user: number, key: KeyName, slot: number): Answer {
  const member = findNamed(sides, user, key, slot);
  if (member === undefined) return review(sharedReason[key].members, key, -1);
  if (sides.kakao.indexes[key].kakaoUsers(slot) > 1) return review(sharedReason[key].kakao, key, -1);
  if (!mayHoldLink(sides, member)) return review("member-not-live", key, member);
  const evidence = compare(sides, user, member);
  const link = sides.members.links.at(member);
  if (link !== LINK.none) {
    const relinks = key === "ci" && link === LINK.unlisted && sides.options.listingComplete && !differsTwice(evidence);
    return relinks ? attach("relink", key, member, noteOf(evidence), "strong") : review("member-linked-elsewhere", key, member);
  }
  if (isTaken(sides, member, key)) return review("member-taken", key, member);
  if (key === "phone" && doKeysDisagree(sides, user, member)) return review("keys-disagree", key, member);
  return key === "ci" ? decideByCi(evidence, member) : decideByContact(sides, user, member, key, evidence);
}

const sharedReason = {
  ci: { members: "shared-ci-members", kakao: "shared-ci-kakao" },
  phone: { members: "shared-phone-members", kakao: "shared-phone-kakao" },
  email: { members: "shared-email-members", kakao: "shared-email-kakao" },
} as const;

/** M4: the one member that the value names, undefined when it names nobody. */
function findNamed(sides: Sides, user: number, key: KeyName, slot: number): number | undefined {
  const index = sides.kakao.indexes[key];
  if (index.members(slot) > NAMED_AT_MOST) return undefined;
  if (index.members(slot) === 1) return index.firstMemberOf(slot);
  const candidates = [...index.chained(slot)].filter((member) => saysOf(compare(sides, user, member), "ci") !== SAYS.differ);
  if (candidates.length <= 1 || key === "ci") return candidates.length === 1 ? candidates[0] : undefined;
  const agreeing = candidates.filter((member) => {
    const evidence = compare(sides, user, member);
    return says(evidence, SAYS.agree) && !says(evidence, SAYS.differ);
  });
  const differing = candidates.filter((member) => surelyDiffers(sides, compare(sides, user, member)));
  return agreeing.length === 1 && differing.length === candidates.length - 1 ? agreeing[0] : undefined;
}

/** Digests of one person's name differ by a blank: then only a birth date tells the others apart. */
function surelyDiffers({ options }: Sides, evidence: Evidence): boolean {
  return options.digests?.name === undefined ? says(evidence, SAYS.differ) : saysOf(evidence, "birthdate") === SAYS.differ;
}

/** Whether name or birth date says so. */
function says(evidence: Evidence, what: Says): boolean {
  return saysOf(evidence, "name") === what || saysOf(evidence, "birthdate") === what;
}

/** M5: live, or dormant where the configuration lets dormant members be linked; a blocked one never, even where `members.where` takes it for live. */
function mayHoldLink(sides: Sides, member: number): boolean {
  if (sides.members.isBlocked(member)) return false;
  if (sides.members.isLive(member)) return true;
  return sides.options.dormant === "link" && sides.options.linkable[sides.members.places.at(member)] === true;
}

/**
 * M7: another Kakao user has an unstruck hit on the member by a higher key. The deciding user has none there itself, else that key would decide.
 * A user with the member's own CI is counted at the CI, so at the phone only users without a CI, or any user of a member without one, remain.
 */
function isTaken(sides: Sides, member: number, key: KeyName): boolean {
  if (key === "ci") return false;
  const { kakao, members, options } = sides;
  if (options.keys.includes("ci") && members.slot("ci", member) >= 0) return true;
  const phone = members.slot("phone", member);
  if (key === "phone" || phone < 0 || !options.keys.includes("phone")) return false;
  return (members.hasCi(member) ? kakao.indexes.phone.kakaoUsersWithoutCi(phone) : kakao.indexes.phone.kakaoUsers(phone)) > 0;
}

/** M7, deciding by phone: the user's e-mail hits somebody else, or somebody else's e-mail hits the member. */
function doKeysDisagree(sides: Sides, user: number, member: number): boolean {
  const { kakao, members, options } = sides;
  if (!options.keys.includes("email")) return false;
  const usersEmail = kakao.slot("email", user);
  const membersEmail = members.slot("email", member);
  const same = usersEmail >= 0 && usersEmail === membersEmail;
  if (countUnstruck(sides, user, "email") - (same ? 1 : 0) > 0) return true;
  if (membersEmail < 0) return false;
  const others = members.hasCi(member)
    ? kakao.indexes.email.kakaoUsersWithoutCi(membersEmail) - (same && !kakao.hasCi(user) ? 1 : 0)
    : kakao.indexes.email.kakaoUsers(membersEmail) - (same ? 1 : 0);
  return others > 0;
}

/** M9 for CI: one difference is noted, two are a review. */
function decideByCi(evidence: Evidence, member: number): Answer {
  if (differsTwice(evidence)) return review("ci-contradicted", "ci", member);
  return attach("link", "ci", member, noteOf(evidence), "strong");
}

/** M8: phone and e-mail decide only for an ordinary adult member with a verified value and something that agrees. */
function decideByContact(sides: Sides, user: number, member: number, key: "phone" | "email", evidence: Evidence): Answer {
  const { kakao, members, options } = sides;
  if (members.isProtected(member)) return review("protected", key, member);
  if (isUnder14(kakao.birthdate[user] ?? 0, options.today) || isUnder14(members.birthdate(member), options.today)) return review("under-14", key, member);
  if (!members.isVerified(member, key)) return review(`unverified-${key}`, key, member);
  if (saysOf(evidence, "birthdate") === SAYS.differ) return review("contradicted-birthdate", key, member);
  if (saysOf(evidence, "name") === SAYS.differ) return review("contradicted-name", key, member);
  const mode = options[key];
  if (mode === "review") return review(`${key}-only`, key, member);
  const corroboration = findCorroboration(sides, member, key, evidence);
  if (corroboration === undefined && mode !== "alone") return review(`uncorroborated-${key}`, key, member);
  return attach("link", key, member, "", corroboration ?? "alone");
}

function findCorroboration(sides: Sides, member: number, key: "phone" | "email", evidence: Evidence): Corroboration | undefined {
  const { corroborators } = sides.options;
  const strong = (["name", "birthdate"] as const).some((what) => corroborators.includes(what) && saysOf(evidence, what) === SAYS.agree);
  if (strong) return "strong";
  if (corroborators.includes("email") && key !== "email" && saysOf(evidence, "email") === SAYS.agree) return "email";
  if (corroborators.includes("recentlyVerified") && sides.members.isRecentlyVerified(member, key)) return "recentlyVerified";
  return undefined;
}

/** Both as numbers `YYYYMMDD`; 0 is unknown. */
function isUnder14(birthdate: number, today: string): boolean {
  return birthdate !== 0 && Number(today) - birthdate < 140000;
}

function differsTwice(evidence: Evidence): boolean {
  return saysOf(evidence, "name") === SAYS.differ && saysOf(evidence, "birthdate") === SAYS.differ;
}

function noteOf(evidence: Evidence): Note {
  if (saysOf(evidence, "name") === SAYS.differ) return "name-differs";
  return saysOf(evidence, "birthdate") === SAYS.differ ? "birthdate-differs" : "";
}

// Answers are asked for again and again, ten million at a time: written out, since spreading an object costs ten times as much.

function settle(action: Action): Answer {
  return { action, reason: "", by: "", member: -1, note: "", corroboration: "strong" };
}

function review(reason: ReviewReason, by: KeyName | "", member: number): Answer {
  return { action: "review", reason, by, member, note: "", corroboration: "strong" };
}

function attach(action: "link" | "relink", by: KeyName, member: number, note: Note, corroboration: Corroboration): Answer {
  return { action, reason: "", by, member, note, corroboration };
}
