import type { KakaoId } from "../core/kakao-id.ts";

/** What a user is to the channel (kakao-api.md 3.10). */
export type ChannelRelation = "added" | "blocked" | "none";

/** A customer file as Kakao lists it; what the answer does not say is left out (its exact names are unconfirmed, kakao-api.md 8.2). */
export interface CustomerFile {
  readonly fileId: number;
  readonly name?: string;
  readonly status?: string;
  /** Empty while the file has no valid customer. */
  readonly schema?: Readonly<Record<string, string>>;
}

/** A user as the customer-file API takes it: the id as text in the form of `userType`, and the fields that have a value. */
export interface CustomerFileUser {
  readonly id: string;
  readonly field: Readonly<Record<string, string | number>>;
}

/** Kakao's own count of a request; null where the answer does not say. */
export interface CustomerFileCounts {
  readonly requested: number | null;
  readonly succeeded: number | null;
}

/** How a request on users of a file ended that may be repeated: adding again overwrites or repeats (unconfirmed), removing again does nothing. */
export type CustomerFileAnswer =
  | ({ readonly outcome: "answered"; /** An earlier attempt may have been carried out without an answer: what it did is not counted again, perhaps. */ readonly repeated: boolean } & CustomerFileCounts)
  /** Kakao refused this very request (-2, -101 and other codes about one user, a 400 without a code …): some user in it is wrong, or the file. */
  | { readonly outcome: "refused"; readonly code: number | null };

/**
 * Channel relations and customer files (kakao-api.md 3.11, 8). Waits for the pace and repeats what may be repeated; what ends the run is thrown as by `KakaoClient`:
 * -401, -402 where `plusfriends` is switched off (with what to switch on), -3, -5, -12, -541, -544, -816, -819, -10, and after its repeats -1, -603, -815, -9798 and no
 * answer. `createFile`, `addUsers` and `removeUsers` write at Kakao: a rehearsal must refuse before it calls them. One that is under way when the run is stopped is
 * finished; between its repeats it stops.
 */
export interface KakaoChannel {
  /** Of up to 200 users; who is left out is not linked, did not agree to `plusfriends`, or cannot be told. */
  readRelations(ids: readonly KakaoId[], channelPublicId: string): Promise<ReadonlyMap<KakaoId, ChannelRelation>>;
  /** Every file has an id: an answer from which none can be read throws (`kakao-unexpected-answer`) and is never an empty list. */
  listFiles(channelPublicId: string): Promise<readonly CustomerFile[]>;
  /**
   * Never repeated blindly: without an answer the files are listed, and one of that name counts as made. `mayBeMade` is told as soon as an attempt may have made it: what is
   * thrown without that says for certain that nothing was made.
   */
  createFile(
    file: {
      readonly channelPublicId: string;
      readonly name: string;
      readonly schema: Readonly<Record<string, "string" | "number">>;
    },
    mayBeMade?: () => void,
  ): Promise<{ readonly outcome: "created" | "existed"; readonly fileId: number } | { readonly outcome: "name-taken" | "too-many-files" }>;
  /** 1 to 2,000 users. Repeated after no answer, too. */
  addUsers(request: CustomerFileRequest & { readonly users: readonly CustomerFileUser[] }): Promise<CustomerFileAnswer>;
  /** 1 to 2,000 ids. Repeated after no answer, too; success may come without counts. `removeAs` is `channel.unconfirmed.removeAs`. */
  removeUsers(request: CustomerFileRequest & { readonly ids: readonly string[]; readonly removeAs: "ids" | "objects" }): Promise<CustomerFileAnswer>;
}

export interface CustomerFileRequest {
  readonly fileId: number;
  readonly channelPublicId: string;
  readonly userType: "app" | "phone";
}
