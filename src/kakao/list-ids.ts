import { compareKakaoIds, nextKakaoId, type KakaoId } from "../core/kakao-id.ts";
import { takeChecked, type Caller } from "./call.ts";
import { unexpectedAnswerError } from "./errors.ts";
import { LISTING_PAGE } from "./forecast.ts";
import { get } from "./requests.ts";
import { checkListingPage } from "./responses.ts";

/**
 * Pages of linked ids from `from` on. The next page is asked for by the last id + 1; Kakao's own `after_url` is not followed
 * (plain http, holds the key, repeats an id), only its absence is believed: that page was the last. A page that announces
 * more is not taken for the end because it is short, as a listing that ends early would make linked users look gone.
 */
export async function* listUserIds(caller: Caller, from: KakaoId | undefined): AsyncGenerator<readonly KakaoId[]> {
  let start = from;
  for (;;) {
    const request = get("/v1/user/ids", { limit: String(LISTING_PAGE), order: "asc", ...(start === undefined ? {} : { from_id: start }) });
    const result = await caller.call(request, "listing");
    if (result.is === "refused") throw result.error;
    const page = takeChecked(caller, request, result.body, checkListingPage);
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

/** The highest linked id, undefined where nobody is linked: one listing call. */
export async function readLastUserId(caller: Caller): Promise<KakaoId | undefined> {
  const request = get("/v1/user/ids", { limit: "1", order: "desc" });
  const result = await caller.call(request, "listing");
  if (result.is === "refused") throw result.error;
  return takeChecked(caller, request, result.body, checkListingPage).ids[0];
}

/** The ids of an ascending page from `start` on, each once. */
function newIds(ids: readonly KakaoId[], start: KakaoId | undefined): KakaoId[] {
  return ids.filter((id, at) => (start === undefined || compareKakaoIds(id, start) >= 0) && id !== ids[at - 1]);
}
