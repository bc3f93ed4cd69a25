import { compareKakaoIds, isKakaoId, nextKakaoId, type KakaoId } from "../core/kakao-id.ts";
import { createCaller, type Caller, type CallRecord } from "./call.ts";
import { unexpectedAnswerError } from "./errors.ts";
import { BASICS_PER_CALL, DETAILS_PER_CALL, LISTING_PAGE } from "./forecast.ts";
import { createSendRequest, type KakaoRequest } from "./http.ts";
import { createListingPace, createPauses, createSteadyPace, sleepFor, type ListingTimes } from "./pace.ts";
import {
  checkDetails,
  checkListingPage,
  checkScopes,
  checkServiceTerms,
  checkSeveralBasics,
  checkSeveralDetails,
  type Checked,
  type KakaoBasics,
  type KakaoScope,
  type KakaoServiceTerm,
  type KakaoUserDetails,
} from "./responses.ts";
import { createUnlink, type UnlinkAnswer, type UnlinkLook } from "./unlink.ts";

export { forecastPull, type PullForecast, type PullSize } from "./forecast.ts";
export { KakaoCallError, KakaoNoAnswerError } from "./errors.ts";
export type { CallRecord } from "./call.ts";
export type { ListingTimes } from "./pace.ts";
export type { KakaoAccount, KakaoBasics, KakaoScope, KakaoServiceTerm, KakaoUserDetails } from "./responses.ts";
export type { UnlinkAnswer, UnlinkLook } from "./unlink.ts";

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
 * Kakao's user API by admin key (kakao-api.md section 3). Every method waits for its pace and repeats what U6 lets repeat.
 * They throw StartError (key or address wrong from the start), KakaoCallError (code `kakao-401`, `kakao-quota`, `kakao-103` …),
 * KakaoNoAnswerError and InterruptedError; none of them holds the key, an id or a user's data.
 */
export interface KakaoClient {
  /** All linked ids from `from` on, ascending, each once, a page at a time: ceil(n/100) calls (product.md section 12). No snapshot: users come and go meanwhile. */
  listUserIds(options?: { readonly from?: KakaoId }): AsyncIterable<readonly KakaoId[]>;
  /** Link dates of up to 100 users, in Kakao's order; who is not linked is left out. */
  readBasics(ids: readonly KakaoId[]): Promise<readonly KakaoBasics[]>;
  /** The asked properties (`kakao_account.email` …) of up to 20 users, in Kakao's order; who is not linked is left out. */
  readUsers(ids: readonly KakaoId[], propertyKeys: readonly string[]): Promise<readonly KakaoUserDetails[]>;
  readUser(id: KakaoId, propertyKeys: readonly string[]): Promise<KakaoUserDetails | "not-linked">;
  /** False only if Kakao says -101 for this very id (U9); any other code throws. Asks basics first: they do not read personal data (U1). */
  isLinked(id: KakaoId): Promise<boolean>;
  /** One request, never repeated. `failed` holds Kakao's code; throws KakaoNoAnswerError when it may have happened. */
  unlink(id: KakaoId): Promise<UnlinkAnswer>;
  /** Repeats what U6 lets repeat, after a wait and then only if `look` says `repeat`. */
  unlinkLooking(id: KakaoId, look: UnlinkLook): Promise<UnlinkAnswer | { readonly outcome: "spared" }>;
  readScopes(id: KakaoId): Promise<readonly KakaoScope[] | "not-linked">;
  /** The terms the user agreed to, or all terms of the app. Kakao Sync apps only. */
  readServiceTerms(id: KakaoId, result: "agreed_service_terms" | "app_service_terms"): Promise<readonly KakaoServiceTerm[] | "not-linked">;
}

/** The one documented property that says least about a person: enough to hear -101. */
const leastPropertyKeys = ["kakao_account.age_range"];

/** Codes that speak of one user (U6); -402 does not occur where items without consent are left out. */
const userCodes: ReadonlySet<number> = new Set([-101, -103, -4, -406, -501]);

/** Checks address and options at once and makes no call. */
export function createKakaoClient(options: KakaoClientOptions): KakaoClient {
  const caller = createCallerFrom(options);

  async function readSeveral<T extends KakaoBasics>(
    ids: readonly KakaoId[],
    most: number,
    propertyKeys: readonly string[] | undefined,
    check: (body: unknown) => Checked<T[]>,
  ): Promise<readonly T[]> {
    if (ids.length > most) throw new RangeError(`at most ${String(most)} users a call, not ${String(ids.length)}`);
    if (ids.length === 0) return [];
    const request = get("/v2/app/users", { target_id_type: "user_id", target_ids: idList(ids), ...keyList(propertyKeys) });
    const result = await caller.call(request, "read");
    if (result.is === "refused") {
      if (!userCodes.has(result.code)) throw result.error;
      // Whether one such user is left out or fails the whole call is not documented (kakao-api.md 3.2): find the others.
      if (ids.length === 1) return [];
      const middle = Math.ceil(ids.length / 2);
      const first = await readSeveral(ids.slice(0, middle), most, propertyKeys, check);
      return [...first, ...(await readSeveral(ids.slice(middle), most, propertyKeys, check))];
    }
    const users = take(caller, request, result.body, check);
    const asked = new Set(ids);
    const known = new Map(users.map((user) => [user.id, user]));
    // An id that nobody asked for means ids got lost on the way: then "missing" would be a lie.
    if (users.some((user) => !asked.has(user.id))) throw unexpectedAnswerError(caller.facts(request), "it holds a user that was not asked for");
    return [...known.values()];
  }

  async function readOne<T extends { id: KakaoId }>(
    path: string,
    id: KakaoId,
    more: Readonly<Record<string, string>>,
    check: (body: unknown) => Checked<T>,
  ): Promise<T | "not-linked"> {
    const request = get(path, { ...target(id), ...more });
    const result = await caller.call(request, "read");
    if (result.is === "refused") {
      if (result.code === -101) return "not-linked";
      throw result.error;
    }
    const user = take(caller, request, result.body, check);
    if (user.id !== id) throw unexpectedAnswerError(caller.facts(request), "it is about another user");
    return user;
  }

  const readBasics: KakaoClient["readBasics"] = (ids) => readSeveral(ids, BASICS_PER_CALL, undefined, checkSeveralBasics);
  const readUser: KakaoClient["readUser"] = (id, propertyKeys) => readOne("/v2/user/me", id, keyList(propertyKeys), checkDetails);

  return {
    listUserIds: (from) => listUserIds(caller, from?.from),
    readBasics,
    readUsers: (ids, propertyKeys) => readSeveral(ids, DETAILS_PER_CALL, propertyKeys, checkSeveralDetails),
    readUser,
    async isLinked(id) {
      const [basics] = await readBasics([id]);
      return basics !== undefined || (await readUser(id, leastPropertyKeys)) !== "not-linked";
    },
    ...createUnlink(caller),
    async readScopes(id) {
      const answer = await readOne("/v2/user/scopes", id, {}, checkScopes);
      return answer === "not-linked" ? answer : answer.scopes;
    },
    async readServiceTerms(id, result) {
      const answer = await readOne("/v2/user/service_terms", id, { result }, checkServiceTerms);
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
    },
    pauses,
    random: options.random ?? Math.random,
    signal: options.signal,
    onCall: options.onCall ?? (() => undefined),
  });
}

/**
 * Pages are asked for by the last id + 1; Kakao's own `after_url` is not followed (plain http, holds the key, repeats an id),
 * only its absence is believed: that page was the last. A page that announces more is not taken for the end because it is
 * short, as a listing that ends early would make linked users look gone.
 */
async function* listUserIds(caller: Caller, from: KakaoId | undefined): AsyncGenerator<readonly KakaoId[]> {
  let start = from;
  for (;;) {
    const request = get("/v1/user/ids", { limit: String(LISTING_PAGE), order: "asc", ...(start === undefined ? {} : { from_id: start }) });
    const result = await caller.call(request, "listing");
    if (result.is === "refused") throw result.error;
    const page = take(caller, request, result.body, checkListingPage);
    if (page.ids.some((id, at) => compareKakaoIds(page.ids[at - 1] ?? id, id) > 0)) {
      throw unexpectedAnswerError(caller.facts(request), "the ids are not in ascending order");
    }
    const fresh = newIds(page.ids, start);
    if (fresh.length > 0) yield fresh;
    else if (page.more && page.ids.length >= LISTING_PAGE) {
      throw unexpectedAnswerError(caller.facts(request), "a full page repeats known ids and announces more");
    }
    const last = fresh.at(-1);
    start = last === undefined ? undefined : nextKakaoId(last);
    if (!page.more || start === undefined) return;
  }
}

/** The ids of an ascending page from `start` on, each once. */
function newIds(ids: readonly KakaoId[], start: KakaoId | undefined): KakaoId[] {
  return ids.filter((id, at) => (start === undefined || compareKakaoIds(id, start) >= 0) && id !== ids[at - 1]);
}

function take<T>(caller: Caller, request: KakaoRequest, body: unknown, check: (body: unknown) => Checked<T>): T {
  const checked = check(body);
  if (!checked.ok) throw unexpectedAnswerError(caller.facts(request), checked.where);
  return checked.value;
}

function get(path: string, parameters: Readonly<Record<string, string>>): KakaoRequest {
  return { method: "GET", path, parameters };
}

function target(id: KakaoId): Record<string, string> {
  return { target_id_type: "user_id", target_id: checkId(id) };
}

/** JSON text with the ids as numbers, written without ever being numbers here (kakao-api.md section 1). */
function idList(ids: readonly KakaoId[]): string {
  return `[${ids.map(checkId).join(",")}]`;
}

function keyList(propertyKeys: readonly string[] | undefined): Record<string, string> {
  return propertyKeys === undefined ? {} : { property_keys: JSON.stringify(propertyKeys) };
}

function checkId(id: KakaoId): KakaoId {
  if (!isKakaoId(id)) throw new TypeError("not a Kakao id");
  return id;
}
