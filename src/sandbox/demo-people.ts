import type { KakaoId } from "../core/kakao-id.ts";
import { compareKakaoIds } from "../core/kakao-id.ts";
import type { KakaoAccount } from "../simulator/account-items.ts";
import { makePopulation, type Population } from "../simulator/seed.ts";
import type { SeedPerson } from "../simulator/seed-people.ts";
import { formatTime, type SimulatedUser, type UserSource } from "../simulator/users.ts";
import { drawChannelSide } from "./channel.ts";
import { type Card, type Cast, castParts, type MemberDraft, type Part } from "./stories.ts";

/** A member with the Kakao id of the person, for rows that hold one. */
export interface DemoMember {
  readonly draft: MemberDraft;
  readonly kakaoId: KakaoId | null;
  /** A Kakao id of the person from before, that Kakao no longer lists. */
  readonly formerId: KakaoId | null;
}

/** The people of the sandbox, made up when asked for: the same size and time always give the same people. */
export interface DemoPeople {
  /** Kakao's side, for Users.seed. */
  readonly kakaoUsers: UserSource;
  /** The shop's side, in no order that says who belongs to whom. */
  members(): Iterable<DemoMember>;
  /** Kakao ids in use at the second brand. */
  partnerIds(): Iterable<KakaoId>;
}

const seed = 20_250_101;
/** Kakao users for each member. */
const kakaoShare = 0.75;
/** Far enough away that no number or address is given twice. */
const otherPeople = 50_000_000;
const firstFormerId = 900_000_000;
const hour = 3_600_000;

/** `members` rows in both member tables together; `now` in milliseconds, link dates lie before it. */
export function makeDemoPeople(members: number, now: number): DemoPeople {
  const count = Math.round(members * kakaoShare);
  const population = makePopulation({ count, seed, now });
  const parts = castParts("withKakaoUser", seed);
  const partOf = (index: number): Part => at(parts, index);
  const castOf = castWith(population, partOf, now);
  return {
    kakaoUsers: {
      count,
      idAt: population.idAt,
      detailsOf: (id) => {
        const index = findIndex(population, id);
        return index === undefined ? undefined : drawUser(population, partOf(index), castOf(index), index, now);
      },
    },
    *members() {
      const further = castParts("withoutKakaoUser", seed);
      const rest = members - countRows(parts, count);
      for (const index of walk(count + Math.max(0, rest))) {
        const hasUser = index < count;
        const { story } = hasUser ? partOf(index) : at(further, index);
        const [kakaoId, formerId] = hasUser ? [population.idAt(index), String(firstFormerId + index)] : [null, null];
        for (const draft of story.members?.(castOf(index)) ?? []) yield { draft, kakaoId, formerId };
      }
    },
    *partnerIds() {
      for (let index = 0; index < count; index += 1) if (partOf(index).story.usesPartner === true) yield population.idAt(index);
    },
  };
}

function castWith(population: Population, partOf: (index: number) => Part, now: number): (index: number) => Cast {
  const childBirthdate = `${new Date(now).getUTCFullYear() - 10}0401`;
  const cardAt = (index: number): Card => toCard(population.personAt(index));
  return (index) => {
    const first = index < population.count && partOf(index).isSecond ? index - 1 : index;
    return {
      get own() {
        return cardAt(index);
      },
      get other() {
        return cardAt(first + otherPeople);
      },
      get first() {
        return cardAt(first);
      },
      childBirthdate,
    };
  };
}

function toCard({ ci, phone, email, name, birthdate }: SeedPerson): Card {
  return { ci, phone, email, name, birthdate };
}

function drawUser(population: Population, { story }: Part, cast: Cast, index: number, now: number): SimulatedUser {
  const drawn = population.detailsOf(population.idAt(index))?.connected_at;
  const connected = story.isYoung === true || drawn === undefined ? formatTime(now - (1 + (index % 12)) * hour) : drawn;
  return {
    connected_at: connected,
    synched_at: connected,
    ...drawChannelSide(index, now),
    // Made when looked at: a call for link dates alone does not pay for the account.
    get kakao_account() {
      const { calendar, isLeapMonth } = population.personAt(index);
      return toAccount(story.shows?.(cast) ?? cast.own, { birthday_type: calendar, is_leap_month: isLeapMonth }, story.emailUnverified !== true);
    },
  };
}

/** Kakao's answer in its own field names: what is not shown could still be asked for (kakao-api.md 3.3). */
function toAccount({ ci, phone, email, name, birthdate }: Card, calendar: KakaoAccount, emailVerified: boolean): KakaoAccount {
  return {
    ...item("name", name, { name }),
    ...item("email", email, { is_email_valid: true, is_email_verified: emailVerified, email }),
    ...item("phone_number", phone, { phone_number: phone }),
    ...item("birthyear", birthdate, { birthyear: birthdate?.slice(0, 4) }),
    ...item("birthday", birthdate, { birthday: birthdate?.slice(4), ...calendar }),
    ...item("ci", ci, { ci, ci_authenticated_at: "2024-08-01T00:00:00Z" }),
  };
}

function item(name: string, value: string | null, fields: KakaoAccount): KakaoAccount {
  return { [`${name}_needs_agreement`]: value === null, ...(value === null ? {} : fields) };
}

/** Ids ascend with the index. */
function findIndex({ count, idAt }: Population, id: KakaoId): number | undefined {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compareKakaoIds(idAt(middle), id);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

function countRows(parts: readonly Part[], people: number): number {
  const sum = (some: readonly Part[]): number => some.reduce((rows, part) => rows + part.rows, 0);
  return Math.floor(people / parts.length) * sum(parts) + sum(parts.slice(0, people % parts.length));
}

/** Every index below `length` once, far from its neighbours. */
function* walk(length: number): Generator<number> {
  const stride = [7919, 104_729].find((prime) => length % prime !== 0) ?? 1;
  for (let step = 0; step < length; step += 1) yield (step * stride) % length;
}

function at(parts: readonly Part[], index: number): Part {
  const part = parts[index % parts.length];
  if (part === undefined) throw new Error("there are no stories");
  return part;
}
