import { KEY_NAMES, type KeyName } from "../member.ts";
import { isMostlyLost, type IdQuality } from "./place-ids.ts";
import type { KeyQuality } from "./shared-keys.ts";

/** Users linked in a span of time, and how many of them a member row held when the plan was made. */
export interface HeldShare {
  readonly users: number;
  readonly held: number;
}

/** What the brakes of U4 look at: the numbers of one plan, kept with its run. */
export interface UnlinkNumbers {
  /** Users that the plan unlinks. */
  readonly unlinks: number;
  readonly kakaoUsers: number;
  /** Rows read from every member table, of any state. */
  readonly members: number;
  /** Stored Kakao ids of members and dangling rows, counted with repetition; malformed links are not among them. */
  readonly links: number;
  /** Stored links, malformed ones among them, and those that mean no Kakao id in any spelling. */
  readonly linkQuality: IdQuality;
  /** Ids in use at each place of `alsoLinkedIn`, by its name. */
  readonly places: Readonly<Record<string, number>>;
  /** Different stored ids, and how many of them Kakao lists. */
  readonly storedIds: number;
  readonly storedListed: number;
  /** Users linked 1 to 7 days ago, and 8 to 90; null where nobody needed to know (see `mayBeBehind`). */
  readonly recent: HeldShare | null;
  readonly settled: HeldShare | null;
  /** How well the members' keys could be read; null where nobody had to be searched for. */
  readonly keys: Readonly<Partial<Record<KeyName, KeyQuality>>> | null;
}

/** The numbers of the last completed run, that shrinking is measured against. */
export type UnlinkReference = Pick<UnlinkNumbers, "members" | "links" | "kakaoUsers" | "places">;

/** Flags that name a number exactly, and so accept it. */
export interface BrakeAnswers {
  readonly allowUnlinks?: number | undefined;
  readonly acceptMembers?: number | undefined;
  readonly acceptLinks?: number | undefined;
  readonly acceptKakaoUsers?: number | undefined;
  readonly acceptPlaces?: Readonly<Record<string, number>> | undefined;
}

/** `limits.unlink`. */
export interface UnlinkLimits {
  readonly share: number;
  readonly count: number;
  readonly nightly: number;
}

/** What the service's database is. */
export interface ServerFacts {
  readonly csv: boolean;
  readonly replica: boolean;
  readonly readOnly: boolean;
}

export interface BrakeInput {
  readonly numbers: UnlinkNumbers;
  /** Null before the first completed run: then nothing can have shrunk. */
  readonly reference: UnlinkReference | null;
  readonly limits: UnlinkLimits;
  readonly answers: BrakeAnswers;
  readonly server: ServerFacts;
  /** At a terminal a plan goes as a whole or not at all; without one the oldest go. */
  readonly atTerminal: boolean;
}

/** Why a run is refused; `now` and `limit` are the two numbers that are compared. */
export type Refusal =
  | { readonly code: "csv-source" | "database-replica" | "database-read-only" | "no-members" | "no-links" }
  | { readonly code: "other-app" | "members-shrunk" | "links-shrunk" | "kakao-users-shrunk" | "unlinks"; readonly now: number; readonly limit: number }
  | { readonly code: "place-shrunk"; readonly place: string; readonly now: number; readonly limit: number }
  | { readonly code: "place-empty"; readonly place: string }
  | ({ readonly code: "place-unreadable"; readonly section: "alsoLinkedIn" | "members.pending"; readonly place: string } & IdQuality)
  | ({ readonly code: "links-unreadable" } & IdQuality)
  | ({ readonly code: "keys-unreadable"; readonly key: KeyName } & KeyQuality)
  | { readonly code: "database-behind"; readonly recent: HeldShare; readonly settled: HeldShare };

/** Stored ids from which on "fewer than half of them are listed" says something. */
const storedIdsAtLeast = 20;
/** Stored links from which on "more than one in a hundred cannot be read" says something. */
const linksAtLeast = 20;
/** Stored values of a key from which on "most of them cannot be read" says something. */
const valuesAtLeast = 20;
/** Recent users from which on their held share says something. */
const recentAtLeast = 50;

/** U4: every reason to refuse, the gravest first; none is lifted by `--allow-unlinks` but the last. */
export function findRefusals(input: BrakeInput): Refusal[] {
  const { numbers, limits, answers, atTerminal } = input;
  const refusals = [...refuseSource(input), ...refusePlaces(input), ...refuseShrunk(input), ...refuseKeys(input)];
  const { recent, settled } = numbers;
  if (recent !== null && settled !== null && isBehind(recent, settled)) refusals.push({ code: "database-behind", recent, settled });
  const allowed = countAllowed(numbers, limits);
  const named = answers.allowUnlinks !== undefined && numbers.unlinks > 0 && answers.allowUnlinks !== numbers.unlinks;
  const tooMany = numbers.unlinks > allowed && answers.allowUnlinks !== numbers.unlinks && atTerminal;
  if (named || tooMany) refusals.push({ code: "unlinks", now: numbers.unlinks, limit: allowed });
  return refusals;
}

/** How many of the plan's users go now, the oldest first: all of them once their exact number was named or at a terminal, else what a night allows. */
export function countGoing({ numbers, limits, answers, atTerminal }: BrakeInput): number {
  if (atTerminal || answers.allowUnlinks === numbers.unlinks) return numbers.unlinks;
  return Math.min(numbers.unlinks, limits.nightly, countAllowed(numbers, limits));
}

/** `limits.unlink`: the lower of a share of Kakao's listing and a number. */
export function countAllowed({ kakaoUsers }: UnlinkNumbers, { share, count }: UnlinkLimits): number {
  return Math.min(Math.floor(share * kakaoUsers), count);
}

/** Whether Kakao lists so few of the stored ids that its key must be of another app. */
export function isOtherApp({ storedIds, storedListed }: Pick<UnlinkNumbers, "storedIds" | "storedListed">): boolean {
  return storedIds >= storedIdsAtLeast && storedListed * 2 < storedIds;
}

/** Whether so many recent users that nobody holds could mean that the database is behind: fewer than half of fifty never do, whatever the others are. */
export function mayBeBehind(unheldRecent: number): boolean {
  return unheldRecent * 2 > recentAtLeast;
}

function isBehind(recent: HeldShare, settled: HeldShare): boolean {
  if (recent.users < recentAtLeast || settled.users === 0) return false;
  return recent.held * 2 * settled.users < settled.held * recent.users;
}

function refuseSource({ numbers, server }: BrakeInput): Refusal[] {
  const refusals: Refusal[] = [];
  if (server.csv) refusals.push({ code: "csv-source" });
  if (server.replica) refusals.push({ code: "database-replica" });
  else if (server.readOnly && !server.csv) refusals.push({ code: "database-read-only" });
  if (numbers.members === 0) refusals.push({ code: "no-members" });
  else if (numbers.links === 0) refusals.push({ code: "no-links" });
  if (isOtherApp(numbers)) {
    refusals.push({ code: "other-app", now: numbers.storedListed, limit: numbers.storedIds });
  }
  if (numbers.linkQuality.values >= linksAtLeast && isMostlyLost(numbers.linkQuality)) refusals.push({ code: "links-unreadable", ...numbers.linkQuality });
  return refusals;
}

function refusePlaces({ numbers, reference, answers }: BrakeInput): Refusal[] {
  const refusals: Refusal[] = [];
  const { places } = numbers;
  for (const [place, now] of Object.entries(places)) if (now === 0) refusals.push({ code: "place-empty", place });
  // A place that is no longer configured protects nobody any more: it has shrunk to nothing.
  for (const [place, limit] of Object.entries(reference?.places ?? {})) {
    const now = places[place] ?? 0;
    if (places[place] === 0 || !hasShrunk(now, limit) || answers.acceptPlaces?.[place] === now) continue;
    refusals.push({ code: "place-shrunk", place, now, limit });
  }
  return refusals;
}

function refuseShrunk({ numbers, reference, answers }: BrakeInput): Refusal[] {
  if (reference === null) return [];
  const looks = [
    { code: "members-shrunk", now: numbers.members, limit: reference.members, accepted: answers.acceptMembers },
    { code: "links-shrunk", now: numbers.links, limit: reference.links, accepted: answers.acceptLinks },
    { code: "kakao-users-shrunk", now: numbers.kakaoUsers, limit: reference.kakaoUsers, accepted: answers.acceptKakaoUsers },
  ] as const;
  return looks.filter(({ now, limit, accepted }) => hasShrunk(now, limit) && accepted !== now).map(({ code, now, limit }): Refusal => ({ code, now, limit }));
}

/** A column whose values are no such key (encrypted ones, another column) shares nothing with anybody: everyone would look like nobody's. */
function refuseKeys({ numbers: { keys } }: BrakeInput): Refusal[] {
  return KEY_NAMES.flatMap((key): Refusal[] => {
    const { values, unreadable } = keys?.[key] ?? { values: 0, unreadable: 0 };
    return values >= valuesAtLeast && unreadable * 2 > values ? [{ code: "keys-unreadable", key, values, unreadable }] : [];
  });
}

/** Below nine tenths. */
function hasShrunk(now: number, before: number): boolean {
  return now * 10 < before * 9;
}
