import type { KakaoId } from "../core/kakao-id.ts";
import type { MemberRow } from "../core/member.ts";

/** A column as the configuration names it: a plain column, or an expression that the database computes. */
export type ColumnSource = { readonly kind: "column"; readonly column: string } | { readonly kind: "sql"; readonly sql: string };

/**
 * A text of each row of the member table beside the keys (`channel`, product.md section 9), written as those are; truth is `1` and `0`. Of expressions the engine cannot
 * always know that: a domain over boolean in PostgreSQL gives `true` and `false`.
 */
export type ExtraSource = {
  /** Its place in the configuration, for errors: `channel.marketing.agreed`. */
  readonly name: string;
} & (
  | ColumnSource
  /** An SQL condition of the operator over the member table: `1`, or null where it does not hold. */
  | { readonly kind: "condition"; readonly sql: string }
  /**
   * A column of a table with a row per member: null where there is no row, `SEVERAL_ROWS` where there is more than one that fulfils `where`. Members are known by their ids as
   * text, whatever the types; in MySQL texts as their collation compares them, which must be that of the members.
   */
  | { readonly kind: "lookup"; readonly table: string; readonly memberId: string; readonly column: ColumnSource; readonly where?: string }
);

/** What a lookup answers where it finds more than one row: no doubt is resolved here. */
export const SEVERAL_ROWS = "\u001dseveral";

/** What a reading of all members is to hold beside id, state, flags and link. */
export interface MemberWish {
  /** Which values are read; the others are null. Without it all that are configured. */
  readonly values?: readonly ValueColumn[];
  readonly extras?: readonly ExtraSource[];
}

export type ValueColumn = "ci" | "phone" | "email" | "name" | "birthdate" | "phoneVerifiedAt" | "emailVerifiedAt";

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
  /** Who can still sign in without Kakao. */
  readonly otherLogin?: string;
  readonly lastLoginAt?: ColumnSource;
}

/** A table of `members.also`: its members are never live. Without `kakaoId` they can hold no link. */
export interface AlsoTable extends MemberColumns {
  readonly kakaoId?: string;
}

/** What fills a further column when a link is written; in a row of a link table that is there already only where it is NULL. */
export type SetValue = "now" | "uuid" | { readonly literal: string | number | null };

/** The link is a column of the member table. */
export interface LinkColumn {
  readonly kind: "column";
  readonly column: string;
  readonly set: Readonly<Record<string, SetValue>>;
}

/** Values of further columns: what a row must have to count, and what is written into a new one. */
export type FixedValues = Readonly<Record<string, string | number | null>>;

/** The link is a row of a table of its own. Only rows with the `fixed` values that fulfil `where` count as links; the others are looked at before an id is given away. */
export interface LinkTable {
  readonly kind: "table";
  readonly table: string;
  readonly memberId: string;
  readonly kakaoId: string;
  readonly fixed: FixedValues;
  readonly where?: string;
  readonly set: Readonly<Record<string, SetValue>>;
  /** What is written into a row to take its link away; without it the row is deleted. */
  readonly cleared?: Readonly<Record<string, SetValue>>;
}

/** A table of people who are signing up just now (`members.pending`), in the same database. */
export interface PendingTable {
  readonly table: string;
  readonly kakaoId: string;
}

export interface ServiceDatabaseMap {
  readonly members: MemberTable;
  readonly also: readonly AlsoTable[];
  readonly link: LinkColumn | LinkTable;
  readonly pending: readonly PendingTable[];
}

/** A further place whose Kakao ids are in use (`alsoLinkedIn`). */
export interface PlaceMap {
  readonly name: string;
  readonly url: string;
  readonly table: string;
  readonly kakaoId: string;
  /** Only rows with these values count. */
  readonly fixed: FixedValues;
  readonly where?: string;
}

/** What `inspect` finds before anything is read; each finding blocks or warns by what the command is about to do. */
export interface Inspection {
  /** Rows of the member table and of each `members.also` table at `url`, in that order. */
  readonly rows: readonly number[];
  /**
   * Tables that lack a unique index which `--apply` needs (on the link column; in a link table on the Kakao id and on the member, each alone or with the `fixed`
   * columns), with the SQL that creates it. `place` is null for the link table.
   */
  readonly missingUniqueIndexes: readonly { readonly place: number | null; readonly sql: string }[];
  /** The SQL that adds the link column when the member table lacks it; the plan then reads every link as empty. */
  readonly missingLinkColumn: string | null;
  /** Columns of the link table that a new row must fill and that neither `fixed` nor `set` does: `--apply` refuses. */
  readonly unfilledColumns: readonly string[];
  /** The server, the file or the role cannot be written. */
  readonly readOnly: boolean;
  /** The server that `url` names follows another one: what it holds may be behind. */
  readonly replica: boolean;
}

/** One planned change of one member's link. `from` is what the member must hold now, `to` what it is to hold: null for empty. Taking a link away leaves the `set` columns alone. */
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

/**
 * Why a change was left alone: the row is gone, holds something else, the id is held by another row (of any link row, whether it counts or not), a value changed,
 * or a unique index of the database refuses it.
 */
export type MovedWhy = "row-gone" | "link-changed" | "id-held" | "values-changed" | "already-linked" | "index-refused";

/** Of a link column the touched columns; of a link table every column of the row, and null where there was or is no row. */
export type ChangeOutcome =
  | { readonly outcome: "written"; readonly former: FormerValues | null; readonly written: FormerValues | null }
  | { readonly outcome: "moved"; readonly why: MovedWhy };

/**
 * Called inside the transaction: `unchanged` looks at the row as it is now, before anything is written; `intend` gets all outcomes and must put them on disk
 * before it returns, and the transaction is committed only then. Where the database aborts a transaction and it is tried again, both are called again.
 */
export interface ChangeGuards {
  unchanged(row: MemberRow, at: number): boolean;
  intend(outcomes: readonly ChangeOutcome[]): void;
}

/** A change to take back: only where every column still holds what was written. A null is a row that is not there (link table). */
export interface LinkRestore {
  readonly place: number;
  readonly memberId: string;
  readonly written: FormerValues | null;
  readonly former: FormerValues | null;
}

export type RestoreOutcome = "restored" | "changed-since" | "row-gone" | "already-restored";

/** A link row whose member is in no configured table; `kakaoId` as stored, malformed or not. */
export interface DanglingLink {
  readonly kakaoId: string;
  readonly memberId: string;
}

/** Which rows of a link table hold an id: a softly deleted one holds it as long as an index says so, and is no link. */
export type HeldRows = "any" | "counted";

/** The advisory lock of one run: a help, not the guarantee (that is the compare-and-set of each row). */
export interface DatabaseLock {
  /** Null when it is held; else why this server has none (an engine without, a pooler between): a sentence for the operator. */
  readonly unavailable: string | null;
  /** False when the connection that held it is gone. Always true where there is none. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

export type Engine = "sqlite" | "postgres" | "mysql" | "csv";

/**
 * The service's own database behind one short contract (one same-shaped file an engine). Every connection is read-only until `writeLinks` or
 * `restoreLinks` is called for the first time. `inspect` and the reading of members ask `readUrl` where there is one; last looks, writes, reading back and the
 * lock ask `url`.
 */
export interface ServiceDatabase {
  readonly engine: Engine;
  /** The server's own identity, not host or port: a workspace is tied to it. */
  readonly identity: string;
  /** Checks tables, columns and ids, and those of the extras that are to be read. Throws StartError for what nothing can be read with. */
  inspect(extras?: readonly ExtraSource[]): Promise<Inspection>;
  /** Every member once, in primary-key order a place after another, in pages; no lock is held between pages. */
  readMembers(wish?: MemberWish): AsyncIterable<readonly MemberRow[]>;
  /** Link rows without a member, in pages; none where the link is a column. */
  readDanglingLinks(): AsyncIterable<readonly DanglingLink[]>;
  /** The rows with these ids of one place, in any order; missing ones are left out. */
  findMembers(place: number, ids: readonly string[]): Promise<readonly MemberRow[]>;
  /** Members of any state whose link is this Kakao id. */
  findHolders(kakaoId: KakaoId): Promise<readonly MemberRow[]>;
  /**
   * A last look, at `url`: which of these ids stand in a row of the member tables or the link table; in any row, or only in rows that count as links (dangling ones too).
   */
  findHeldIds(kakaoIds: readonly KakaoId[], rows?: HeldRows): Promise<ReadonlySet<KakaoId>>;
  /** The tables of `members.pending`. Throws StartError for wrong names. */
  openPending(): Promise<readonly LinkedPlace[]>;
  /** One transaction: looks at each row, lets the guards decide, writes, reads back; outcomes in the order of `changes`. */
  writeLinks(changes: readonly LinkChange[], guards: ChangeGuards): Promise<readonly ChangeOutcome[]>;
  /** One transaction: takes changes back where nothing changed since; outcomes in the order of `restores`. */
  restoreLinks(restores: readonly LinkRestore[]): Promise<readonly RestoreOutcome[]>;
  /** `lastLoginAt` of these members as stored, null where unknown; for "used since" of undo. */
  readLastLogins(place: number, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** Tries to take the advisory lock, without waiting, on a connection of its own. Throws RefusedError while another run has it. */
  lock(): Promise<DatabaseLock>;
  /**
   * How many seconds the replica of `replicaUrl` is behind; null while it stands still, and nobody knows. It is opened at the first question. Throws StartError where it is
   * no replica of this server or does not tell; an Error where none is configured, as for SQLite and CSV, which have none.
   */
  replicaLagSeconds(): Promise<number | null>;
  close(): Promise<void>;
}

/** A place whose Kakao ids are in use (`alsoLinkedIn`, `members.pending`), read-only. */
export interface LinkedPlace {
  readonly name: string;
  /** Every non-empty stored id, as text, in pages. */
  readIds(): AsyncIterable<readonly string[]>;
  /** A last look: which of these ids it holds now. */
  findHeldIds(kakaoIds: readonly KakaoId[]): Promise<ReadonlySet<KakaoId>>;
  close(): Promise<void>;
}
