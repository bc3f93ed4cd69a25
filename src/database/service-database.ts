import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";

/** A column as the configuration names it: a plain column, or an expression that the database computes. */
export type ColumnSource = { readonly kind: "column"; readonly column: string } | { readonly kind: "sql"; readonly sql: string };

/** The columns that both the member table and a table of `members.also` may have. */
export interface MemberColumns {
  readonly table: string;
  readonly id: string;
  readonly ci?: ColumnSource;
  readonly phone?: ColumnSource;
  readonly email?: ColumnSource;
  readonly name?: ColumnSource;
  readonly birthdate?: ColumnSource;
  readonly phoneVerifiedAt?: ColumnSource;
  readonly emailVerifiedAt?: ColumnSource;
}

/** The member table: conditions are SQL of the operator; names are quoted, never pasted. */
export interface MemberTable extends MemberColumns {
  /** `all`, or the condition that a live member fulfils. */
  readonly where: string;
  readonly withdrawn?: string;
  readonly blocked?: string;
  readonly protected?: string;
  readonly lastLoginAt?: ColumnSource;
}

/** A table of `members.also`: its members are never live. Without `kakaoId` they can hold no link. */
export interface AlsoTable extends MemberColumns {
  readonly kakaoId?: string;
}

/** What fills a further column when a link is written. */
export type SetValue = "now" | "uuid" | { readonly literal: string | number | null };

/** Where the link lives: a column of the member table. */
export interface LinkColumn {
  readonly column: string;
  readonly set: Readonly<Record<string, SetValue>>;
}

export interface ServiceDatabaseMap {
  readonly members: MemberTable;
  readonly also: readonly AlsoTable[];
  readonly link: LinkColumn;
}

/** A further place whose Kakao ids are in use (`alsoLinkedIn`). */
export interface PlaceMap {
  readonly name: string;
  readonly url: string;
  readonly table: string;
  readonly kakaoId: string;
  /** Only rows with these values count. */
  readonly fixed: Readonly<Record<string, string | number | null>>;
  readonly where?: string;
}

/** What `inspect` finds before anything is read; each finding blocks or warns by what the command is about to do. */
export interface Inspection {
  /** Rows of the member table and of each `members.also` table, in that order. */
  readonly rows: readonly number[];
  /** Tables (by place) whose link column has no unique index, with the SQL that creates it. */
  readonly missingUniqueIndexes: readonly { readonly place: number; readonly sql: string }[];
  /** The SQL that adds the link column when the member table lacks it; the plan then reads every link as empty. */
  readonly missingLinkColumn: string | null;
  readonly readOnly: boolean;
}

/** One planned change of one member's link. `from` is what the row must hold now, `to` what it is to hold: null for empty. Taking a link away leaves the `set` columns alone. */
export interface LinkChange {
  readonly place: number;
  readonly memberId: string;
  readonly from: KakaoId | null;
  readonly to: KakaoId | null;
}

/**
 * What the columns of a link held before it was written, to be restored by undo exactly: text as a string, an integer as
 * `{ "int": "…" }`, a floating-point number as a number, bytes as `{ "hex": "…" }`. JSON keeps all of them.
 */
export type FormerValues = Readonly<Record<string, string | number | null | { readonly int: string } | { readonly hex: string }>>;

/** Why a change was left alone: the row is gone, holds something else, the id is held by another row, or a value changed. */
export type MovedWhy = "row-gone" | "link-changed" | "id-held" | "values-changed" | "already-linked";

export type ChangeOutcome =
  | { readonly outcome: "written"; readonly former: FormerValues; readonly written: FormerValues }
  | { readonly outcome: "moved"; readonly why: MovedWhy };

/**
 * Called inside the transaction, before anything is written: `unchanged` looks at the row as it is now, and `intend` must put the former
 * and new values on disk before it returns.
 */
export interface ChangeGuards {
  unchanged(row: MemberRow, at: number): boolean;
  intend(outcomes: readonly ChangeOutcome[]): void;
}

/** A link to take away again: only where every column still holds what was written. */
export interface LinkRestore {
  readonly place: number;
  readonly memberId: string;
  readonly written: FormerValues;
  readonly former: FormerValues;
}

export type RestoreOutcome = "restored" | "changed-since" | "row-gone" | "already-restored";

/**
 * The service's own database behind one short contract (one same-shaped file an engine). Read-only until `writeLinks` or
 * `restoreLinks` is called for the first time.
 */
export interface ServiceDatabase {
  readonly engine: "sqlite";
  /** The server's own identity, not host or port: a workspace is tied to it. */
  readonly identity: string;
  /** Checks tables, columns and ids. Throws StartError for what nothing can be read with. */
  inspect(): Promise<Inspection>;
  /** Every member once, in primary-key order a place after another, in pages; no lock is held between pages. */
  readMembers(): AsyncIterable<readonly MemberRow[]>;
  /** The rows with these ids of one place, in any order; missing ones are left out. */
  findMembers(place: number, ids: readonly string[]): Promise<readonly MemberRow[]>;
  /** Members of any state whose link is this Kakao id. */
  findHolders(kakaoId: KakaoId): Promise<readonly MemberRow[]>;
  /** One transaction: looks at each row, lets the guards decide, writes, reads back; outcomes in the order of `changes`. */
  writeLinks(changes: readonly LinkChange[], guards: ChangeGuards): Promise<readonly ChangeOutcome[]>;
  /** One transaction: takes links away again where nothing changed since; outcomes in the order of `restores`. */
  restoreLinks(restores: readonly LinkRestore[]): Promise<readonly RestoreOutcome[]>;
  /** `lastLoginAt` of these members as stored, null where unknown; for "used since" of undo. */
  readLastLogins(place: number, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  close(): void;
}

/** A place of `alsoLinkedIn`, read-only. */
export interface LinkedPlace {
  readonly name: string;
  /** Every non-empty stored id, as text, in pages. */
  readIds(): AsyncIterable<readonly string[]>;
  close(): void;
}
