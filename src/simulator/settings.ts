import type { AppTerm, ChannelSetup, ScopeSetup } from "./app-setup.ts";
import { defaultChannels, defaultScopes, defaultTerms } from "./app-setup.ts";

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
  readonly channels: readonly ChannelSetup[];
  /** Whether the channel product is on and its policy accepted; off: every customer-file call is -3. */
  readonly channelProduct: boolean;
  /** How the call for several users' relations treats who is not linked or whose account is dormant, and who did not consent to `plusfriends`. */
  readonly unlinkedInRelations: "omit" | "fail";
  readonly withoutConsentInRelations: "omit" | "fail";
  /** JSON names of the list of customer files: the member that holds it (null: a bare array), and those of a file's id and name. */
  readonly fileList: { readonly list: string | null; readonly id: string; readonly name: string };
  /** Whether files uploaded by hand are listed, too. They count among the 30 either way. */
  readonly handFilesListed: boolean;
  /** What becomes of the former row when an id is added again. */
  readonly addingAgain: "overwrite" | "append";
  /** Whether ids such as `01055550147` are numbers, too, besides `821055550147`. */
  readonly phoneIds: "82" | "82-or-010";
  /** Whether a row whose fields are not the schema's is malformed. */
  readonly fieldsChecked: boolean;
  /** What a malformed row does to its request: not counted as a success, or -2 for all of them. */
  readonly malformedRows: "uncounted" | "refused";
  readonly removeAs: "ids" | "objects" | "either";
  /** The body that a removal is answered with: both counts, the file's id, an empty object, or nothing at all. */
  readonly removeAnswer: "counts" | "file-id" | "object" | "nothing";
  /** Who counts as removed: every well-formed id, or only who was in the file. */
  readonly removeCounts: "well-formed" | "present";
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
  channels: defaultChannels,
  channelProduct: true,
  unlinkedInRelations: "omit",
  withoutConsentInRelations: "omit",
  fileList: { list: null, id: "file_id", name: "file_name" },
  handFilesListed: true,
  addingAgain: "overwrite",
  phoneIds: "82",
  fieldsChecked: true,
  malformedRows: "uncounted",
  removeAs: "ids",
  removeAnswer: "counts",
  removeCounts: "well-formed",
};
