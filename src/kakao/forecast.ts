/** Users to a listing page and to a basics call, and users to a details call (kakao-api.md 3.1, 3.2). */
export const LISTING_PAGE = 100;
export const BASICS_PER_CALL = 100;
export const DETAILS_PER_CALL = 20;
/** Users to a call for channel relations, and users to a request on a customer file (kakao-api.md 3.11, 8.3). */
export const RELATIONS_PER_CALL = 200;
export const FILE_USERS_PER_CALL = 2_000;

/** Users to list, users whose link date is to be asked, users whose details are to be read; and the two paces. */
export interface PullSize {
  readonly listed: number;
  readonly basicsNeeded: number;
  readonly detailsNeeded: number;
  readonly listingPerMinute: number;
  readonly requestsPerSecond: number;
}

export interface PullForecast {
  readonly calls: { readonly list: number; readonly basics: number; readonly details: number };
  /** Minutes at the two paces, which run side by side; not rounded. */
  readonly minutes: number;
}

/** What a pull will cost before its first call (product.md section 12). An empty app still takes one listing call. */
export function forecastPull(size: PullSize): PullForecast {
  const list = Math.max(1, Math.ceil(size.listed / LISTING_PAGE));
  const basics = Math.ceil(size.basicsNeeded / BASICS_PER_CALL);
  const details = Math.ceil(size.detailsNeeded / DETAILS_PER_CALL);
  const minutes = Math.max(list / size.listingPerMinute, (basics + details) / size.requestsPerSecond / 60);
  return { calls: { list, basics, details }, minutes };
}
