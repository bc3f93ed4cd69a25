import type { AppTerm, ScopeSetup } from "./app-setup.ts";
import { defaultScopes, defaultTerms } from "./app-setup.ts";

/** How the simulated app and Kakao behave. What nobody has confirmed about the live service is a switch (kakao-api.md section 14). */
export interface Settings {
  readonly appId: number;
  /** The consent items set up in the app's console. */
  readonly scopes: readonly ScopeSetup[];
  readonly serviceTerms: readonly AppTerm[];
  /** Addresses that may call; empty: every one. Calls come from 127.0.0.1. */
  readonly allowedIps: readonly string[];
  /** Calls a minute to `/v1/user/ids`; Infinity for none. */
  readonly listingPerMinute: number;
  readonly listingWindow: "calendar" | "sliding";
  /** HTTP status of -10 on `/v1/user/ids`. */
  readonly rateLimitStatus: 429 | 400;
  readonly lastPageAfterUrl: "absent" | "null";
  readonly preregisteredListed: boolean;
  readonly unlinkedInAppUsers: "omit" | "fail";
  readonly appUsersShape: "array" | "elements";
  /** Whether `/v2/app/users` can be called with POST. */
  readonly appUsersPost: boolean;
  /** An app from before fixed ids: who comes back gets a new id. */
  readonly legacyIds: boolean;
}

export const defaultSettings: Settings = {
  appId: 424242,
  scopes: defaultScopes,
  serviceTerms: defaultTerms,
  allowedIps: [],
  listingPerMinute: 100,
  listingWindow: "calendar",
  rateLimitStatus: 429,
  lastPageAfterUrl: "absent",
  preregisteredListed: true,
  unlinkedInAppUsers: "omit",
  appUsersShape: "array",
  appUsersPost: false,
  legacyIds: false,
};
