import { createHash } from "node:crypto";
import { isKakaoId, type KakaoId } from "../core/kakao-id.ts";
import { randomFrom } from "./random.ts";
import { drawConsents } from "./seed-consents.ts";
import { drawPerson, type SeedPerson } from "./seed-people.ts";
import { formatTime, type SimulatedUser, type UserSource } from "./users.ts";

/** How large and of what kind a population is. The same setup always gives the same people. */
export interface PopulationSetup {
  readonly count: number;
  readonly seed: number;
  /** Link dates lie in the three years before this time; milliseconds since 1970. */
  readonly now: number;
  /** Share of users linked within the last 24 hours; 0 when left out. */
  readonly young?: number;
  /** Share of preregistered users; above 0 the app's automatic linking is off, and every user shows `has_signed_up`. */
  readonly preregistered?: number;
}

/** People made up when asked for, by index or by Kakao id: nothing is stored. */
export interface Population extends UserSource {
  /** Who stands behind an index, whatever they consented to: to make up the service's own members. */
  personAt(index: number): SeedPerson;
}

/** One id in every so many, so that the ids have gaps like Kakao's. */
const gap = 1_000;
const firstShortId = 1_000_000_000;
const firstLongId = 4_611_686_018_000_000_000n;
const day = 86_400_000;

/** A population to link at once with Users.seed: nine in ten with ids of ten digits, one in ten with nineteen. */
export function makePopulation(setup: PopulationSetup): Population {
  const { count, seed } = setup;
  const shortIds = Math.ceil(count * 0.9);
  const idAt = (index: number): KakaoId => {
    const jitter = Math.floor(randomFrom(mix(seed, index))() * gap);
    if (index < shortIds) return String(firstShortId + index * gap + jitter);
    return String(firstLongId + BigInt((index - shortIds) * gap + jitter));
  };
  const indexOf = (id: KakaoId): number | undefined => {
    if (!isKakaoId(id)) return undefined;
    const number = BigInt(id);
    const index = number < firstLongId
      ? Math.floor((Number(number) - firstShortId) / gap)
      : shortIds + Number((number - firstLongId) / BigInt(gap));
    return index >= 0 && index < count && idAt(index) === id ? index : undefined;
  };
  const personAt = (index: number): SeedPerson => drawPerson(index, randomFrom(mix(seed, index) + 1), makeCi(seed, index));
  const detailsOf = (id: KakaoId): SimulatedUser | undefined => {
    const index = indexOf(id);
    return index === undefined ? undefined : drawUser(setup, () => personAt(index), randomFrom(mix(seed, index) + 2));
  };
  return { count, idAt, personAt, detailsOf };
}

function drawUser(setup: PopulationSetup, person: () => SeedPerson, random: () => number): SimulatedUser {
  const { now, young = 0, preregistered = 0 } = setup;
  const isYoung = random() < young;
  const connected = formatTime(now - (isYoung ? random() * day : day + random() * 3 * 365 * day));
  const throughSync = random() < 0.8;
  const signedUp = random() >= preregistered;
  const consentSeed = Math.floor(random() * 2 ** 32);
  return {
    connected_at: connected,
    ...(throughSync && signedUp ? { synched_at: connected } : {}),
    ...(preregistered > 0 ? { has_signed_up: signedUp } : {}),
    // Made when looked at: a call for link dates alone does not pay for the account.
    get kakao_account() {
      return drawConsents(person(), randomFrom(consentSeed));
    },
  };
}

/** 64 bytes as base64: 86 characters and `==`, the shape of a CI (kakao-api.md section 9). */
function makeCi(seed: number, index: number): string {
  return createHash("sha512").update(`ci ${seed} ${index}`).digest("base64");
}

function mix(seed: number, index: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b);
}
