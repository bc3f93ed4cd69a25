import type { KakaoId } from "../core/kakao-id.ts";
import { createCaller, type Caller, type CallRecord } from "./call.ts";
import type { KakaoChannel } from "./channel.ts";
import { createCustomerFiles } from "./customer-files.ts";
import { BASICS_PER_CALL, DETAILS_PER_CALL } from "./forecast.ts";
import { createSendRequest } from "./http.ts";
import { listUserIds, readLastUserId } from "./list-ids.ts";
import { createListingPace, createPauses, createSteadyPace, sleepFor, type ListingTimes } from "./pace.ts";
import { listAnswerable, propertyKeysFor } from "./presence.ts";
import { createRelations } from "./read-relations.ts";
import { readOne, readSeveral } from "./read-users.ts";
import { propertyKeysOf } from "./requests.ts";
import {
  checkDetails,
  checkScopes,
  checkServiceTerms,
  checkSeveralBasics,
  checkSeveralDetails,
  checkSeveralPresences,
  type KakaoBasics,
  type KakaoPresence,
  type KakaoScope,
  type KakaoServiceTerm,
  type KakaoUserDetails,
} from "./responses.ts";
import { createUnlink, type LastLook, type UnlinkAnswer, type UnlinkLook } from "./unlink.ts";

export { forecastPull } from "./forecast.ts";
export { KakaoCallError, KakaoNoAnswerError } from "./errors.ts";
export type { CallRecord } from "./call.ts";
export type { ListingTimes } from "./pace.ts";
export type { KakaoBasics, KakaoPresence, KakaoScope, KakaoServiceTerm, KakaoUserDetails } from "./responses.ts";
export type { LastLook, UnlinkAnswer, UnlinkLook } from "./unlink.ts";

export interface KakaoClientOptions {
  /** `https://kapi.kakao.com`; plain http for loopback addresses only, else StartError. */
  readonly baseUrl: string;
  /** The admin key, asked for with each call. */
  readonly adminKey: () => string;
  /** Reads the key anew after a -401; its answer is used from then on if it is another one (U6). */
  readonly refreshKey?: () => string | undefined;
  /** Pace of everything but the listing. */
  readonly requestsPerSecond: number;
  /** At most Kakao's 100 (kakao-api.md 3.1), counted in any 60 seconds and over runs. */
  readonly listingPerMinute: number;
  readonly listingStore: ListingTimes;
  /** Ends waits and reads under way with an InterruptedError, or with its reason if that is an operator's error; an unlink under way is finished. */
  readonly signal?: AbortSignal;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to below 1; spreads waits. */
  readonly random?: () => number;
  /** Told of every HTTP exchange, repeats included: each counts against the month's quota. */
  readonly onCall?: (call: CallRecord) => void;
  /** For one exchange as a whole; 30 s unless given. */
  readonly timeoutMs?: number;
}

/**
 * Kakao's user and channel API by admin key (kakao-api.md sections 3 and 8). Every method waits for its pace and repeats what U6 lets repeat.
 * They throw StartError (key or address wrong from the start), KakaoCallError (code `kakao-401`, `kakao-quota`, `kakao-103` …),
 * KakaoNoAnswerError and InterruptedError; none of them holds the key, an id or a user's data.
 */
export interface KakaoClient {
  /** All linked ids from `from` on, ascending, each once, a page at a time: ceil(n/100) calls (product.md section 12). No snapshot: users come and go meanwhile. */
  listUserIds(options?: { readonly from?: KakaoId }): AsyncIterable<readonly KakaoId[]>;
  /** The highest linked id, for a look that is spread over all of them; undefined where nobody is linked. */
  readLastUserId(): Promise<KakaoId | undefined>;
  /** Link dates of up to 100 users, in Kakao's order; who is not linked is left out. */
  readBasics(ids: readonly KakaoId[]): Promise<readonly KakaoBasics[]>;
  /** The asked properties (`kakao_account.email` …) of up to 20 users, in Kakao's order; who is not linked is left out. */
  readUsers(ids: readonly KakaoId[], propertyKeys: readonly string[]): Promise<readonly KakaoUserDetails[]>;
  /**
   * For which of these items (scope ids) there is a value, of up to 20 users: the values are asked for and dropped. Items without a value in the account are never
   * filled. `signUp` asks for `hasSignedUp`, which only apps without automatic linking have.
   */
  readPresence(ids: readonly KakaoId[], scopes: readonly string[], more?: { readonly signUp: boolean }): Promise<readonly KakaoPresence[]>;
  /** Of these items (scope ids) those that `readPresence` can say something about. */
  listAnswerable(scopes: readonly string[]): readonly string[];
  readUser(id: KakaoId, propertyKeys: readonly string[]): Promise<KakaoUserDetails | "not-linked">;
  /** False only if Kakao says -101 for this very id (U9); any other code throws. Asks basics first: they do not read personal data (U1). */
  isLinked(id: KakaoId): Promise<boolean>;
  /** One request, never repeated. `failed` holds Kakao's code; throws KakaoNoAnswerError when it may have happened. */
  unlink(id: KakaoId): Promise<UnlinkAnswer>;
  /**
   * Repeats what U6 lets repeat, after a wait and then only if `look` says `repeat`. `lastLook` is asked before each attempt, after the wait for the pace; a no spares
   * the user.
   */
  unlinkLooking(id: KakaoId, look: UnlinkLook, lastLook?: LastLook): Promise<UnlinkAnswer | { readonly outcome: "spared" }>;
  readScopes(id: KakaoId): Promise<readonly KakaoScope[] | "not-linked">;
  /** The terms the user agreed to, or all terms of the app. Kakao Sync apps only. */
  readServiceTerms(id: KakaoId, result: "agreed_service_terms" | "app_service_terms"): Promise<readonly KakaoServiceTerm[] | "not-linked">;
  /** How far Kakao's clock is ahead of this machine's, by the last answer that had a `Date`; undefined before the first. */
  clockOffsetMs(): number | undefined;
  readonly channel: KakaoChannel;
}

/** The one documented property that says least about a person: enough to hear -101. */
const leastPropertyKeys = ["kakao_account.age_range"];

/** Checks address and options at once and makes no call. */
export function createKakaoClient(options: KakaoClientOptions): KakaoClient {
  const caller = createCallerFrom(options);

  const readBasics: KakaoClient["readBasics"] = (ids) => readSeveral(caller, ids, BASICS_PER_CALL, undefined, checkSeveralBasics);
  const readUser: KakaoClient["readUser"] = (id, propertyKeys) => readOne(caller, "/v2/user/me", id, propertyKeysOf(propertyKeys), checkDetails);

  return {
    listUserIds: (listing) => listUserIds(caller, listing?.from),
    readLastUserId: () => readLastUserId(caller),
    readBasics,
    readPresence: (ids, scopes, more) => readSeveral(caller, ids, DETAILS_PER_CALL, [...propertyKeysFor(scopes), ...(more?.signUp === true ? ["has_signed_up"] : [])], checkSeveralPresences),
    listAnswerable,
    readUsers: (ids, propertyKeys) => readSeveral(caller, ids, DETAILS_PER_CALL, propertyKeys, checkSeveralDetails),
    readUser,
    async isLinked(id) {
      const [basics] = await readBasics([id]);
      return basics !== undefined || (await readUser(id, leastPropertyKeys)) !== "not-linked";
    },
    ...createUnlink(caller),
    clockOffsetMs: () => caller.clockOffsetMs(),
    channel: { readRelations: createRelations(caller), ...createCustomerFiles(caller) },
    async readScopes(id) {
      const answer = await readOne(caller, "/v2/user/scopes", id, {}, checkScopes);
      return answer === "not-linked" ? answer : answer.scopes;
    },
    async readServiceTerms(id, result) {
      const answer = await readOne(caller, "/v2/user/service_terms", id, { result }, checkServiceTerms);
      return answer === "not-linked" ? answer : answer.service_terms;
    },
  };
}

function createCallerFrom(options: KakaoClientOptions): Caller {
  const pauses = createPauses(options.now ?? Date.now, options.sleep ?? sleepFor, options.signal);
  const steady = createSteadyPace(options.requestsPerSecond, pauses);
  return createCaller({
    send: createSendRequest(options.baseUrl, options.timeoutMs ?? 30_000),
    adminKey: options.adminKey,
    refreshKey: options.refreshKey ?? (() => undefined),
    paces: {
      listing: createListingPace(options.listingPerMinute, options.listingStore, pauses),
      read: steady,
      unlink: steady,
      write: steady,
    },
    pauses,
    random: options.random ?? Math.random,
    signal: options.signal,
    onCall: options.onCall ?? (() => undefined),
  });
}
