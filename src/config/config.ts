import type { AdminKey } from "./admin-key.ts";

/**
 * The checked configuration: every default filled in, every path absolute, every duration in milliseconds.
 * It is made only by `loadConfig`; how a file is written is `RawConfig` (product.md section 4).
 */
export interface Config {
  /** Absolute path of the configuration file, and the folder that relative paths in it start from. */
  readonly file: string;
  readonly folder: string;
  /** What is allowed but unwise, each one line with its place. */
  readonly warnings: readonly string[];
  /** `rehearsal`: no change at Kakao's real host, whatever the flags. */
  readonly environment: "production" | "rehearsal";
  readonly database: DatabaseConfig;
  readonly members: MembersConfig;
  readonly link: LinkConfig;
  readonly alsoLinkedIn: readonly PlaceConfig[];
  readonly kakao: KakaoConfig;
  readonly matching: MatchingConfig;
  /** Absolute path of the consent file, which need not exist. */
  readonly consent: string;
  readonly channel?: ChannelConfig;
  readonly limits: LimitsConfig;
  /** Public Ed25519 keys (base64) of who may approve plans, by name. */
  readonly approvers: Readonly<Record<string, string>>;
  readonly retention: RetentionConfig;
}

/** Where a value comes from: a column as it is, an expression of the database, a stored digest, or an encrypted column. */
export type ColumnMap =
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "sql"; readonly sql: string }
  | StoredColumn
  | { readonly kind: "decrypt"; readonly column: string; readonly decrypt: readonly string[] };

/** A column holding a digest of the value in the form `of`; `keyFile` (absolute) for an HMAC. */
export interface StoredColumn {
  readonly kind: "stored";
  readonly column: string;
  readonly stored: StoredDigest;
  readonly of: StoredForm;
  readonly keyFile?: string;
}

export type StoredDigest = `${"sha256" | "sha512" | "hmac-sha256"}-${"hex" | "base64"}`;
export type StoredForm = "as-is" | "digits" | "hyphens" | "e164" | "lower";

export interface DatabaseConfig {
  /** `sqlite:` and an absolute path; other engines as written. May hold a password: never print it. */
  readonly url: string;
  readonly readUrl?: string;
  /** IANA name, of columns without a zone. */
  readonly timeZone: string;
  /** Parameters set on each connection. May hold secrets: never print the values. */
  readonly session: Readonly<Record<string, string>>;
}

/** The columns that say who a member is; at least one of ci, phone and email is there in `members`. */
export interface KeyColumns {
  readonly ci?: ColumnMap;
  readonly phone?: ColumnMap;
  readonly email?: ColumnMap;
  readonly name?: ColumnMap;
  readonly birthdate?: ColumnMap;
  /** When the number was verified, or `always`; never both. With neither, no number counts as verified (M8). */
  readonly phoneVerifiedAt?: ColumnMap;
  readonly phoneVerified?: "always";
  readonly emailVerifiedAt?: ColumnMap;
  readonly emailVerified?: "always";
  readonly lastLoginAt?: ColumnMap;
}

/** The member table. `where`, `withdrawn`, `blocked`, `otherLogin` and `protected` are SQL conditions over its columns. */
export interface MembersConfig extends KeyColumns {
  readonly table: string;
  readonly id: string;
  /** The condition of live rows; the word `all` says that every row is live. */
  readonly where: string;
  readonly withdrawn?: string;
  /** Not-live rows fulfilling it are never linked, whatever `matching.dormant` says. */
  readonly blocked?: string;
  readonly otherLogin?: string;
  readonly protected?: string;
  readonly also: readonly AlsoConfig[];
  readonly pending: readonly PendingConfig[];
}

/** A further table of members, none of them live. `kakaoId` is the column of their link, if they have one. */
export interface AlsoConfig extends KeyColumns {
  readonly table: string;
  readonly id: string;
  readonly kakaoId?: string;
}

/** A table of people who are signing up just now. */
export interface PendingConfig {
  readonly table: string;
  readonly kakaoId: string;
}

/** A value of the configuration as SQL gets it. */
export type Literal = string | number | null;

/** Columns to fill with a write: the time of writing, a fresh UUID, or a literal. */
export type FilledColumns = Readonly<Record<string, "now" | "uuid" | { readonly literal: Literal }>>;

/** Where links are stored: a column of the member table, or a table with a row per link. */
export type LinkConfig =
  | { readonly kind: "column"; readonly column: string; readonly set: FilledColumns }
  | ({ readonly kind: "table"; readonly memberId: string; readonly set: FilledColumns; readonly cleared?: FilledColumns } & LinkTable);

/** Which rows of a table are Kakao links: those with all `fixed` values that fulfil `where`. */
export interface LinkTable {
  readonly table: string;
  readonly kakaoId: string;
  readonly where?: string;
  readonly fixed: Readonly<Record<string, Literal>>;
}

/** A further place whose Kakao ids are in use. Its `url` reads like `database.url`. */
export interface PlaceConfig {
  readonly name: string;
  readonly url: string;
  readonly link: LinkTable;
}

/** Where the admin key comes from: a value, a file, or an environment variable that is not set. */
export type AdminKeySource = { readonly value: AdminKey } | { readonly file: string } | { readonly unset: string };

export interface KakaoConfig {
  /** Decimal text. */
  readonly appId: string;
  /** null: the configuration names none. Get the key with `requireAdminKey`. */
  readonly adminKey: AdminKeySource | null;
  /** Scheme and host, without a slash at the end; plain http only for loopback. */
  readonly baseUrl: string;
  readonly app: { readonly fixedIds?: boolean; readonly autoLink?: boolean };
}

export type KeyName = "ci" | "phone" | "email";
export type Corroborator = "name" | "birthdate" | "email" | "recentlyVerified";
export type KeyTrust = "corroborated" | "alone" | "review";

export interface MatchingConfig {
  /** Always in the order CI, phone, e-mail; each has its column in `members`. */
  readonly keys: readonly KeyName[];
  readonly phone: KeyTrust;
  readonly email: KeyTrust;
  /** Only those whose columns are configured. */
  readonly corroborators: readonly Corroborator[];
  readonly dormant: "review" | "link";
  readonly placeholders: readonly string[];
  /** Globs with `*`, or a regular expression between slashes, over the comparable form of the whole address. */
  readonly syntheticEmails: readonly string[];
}

export interface ChannelConfig {
  readonly publicId: string;
  readonly idType: "app" | "phone";
  /** SQL conditions over the member table, by the name that `--segment` takes. */
  readonly segments: Readonly<Record<string, string>>;
  /** What becomes of members whose birth date is empty or unreadable, where `members.birthdate` is configured. */
  readonly ageUnknown: "leave-out" | "export";
  /** What Kakao's documents leave open (kakao-api.md section 14): how numbers are sent, and how removed users are listed. */
  readonly unconfirmed: { readonly phoneAs: "82" | "010"; readonly removeAs: "ids" | "objects" };
  readonly marketing: {
    /** Where the consents are rows of a table of their own; the columns below are then of that table. */
    readonly table?: { readonly table: string; readonly memberId: string; readonly where?: string };
    readonly agreed: ColumnMap;
    readonly agreedAt: ColumnMap;
    readonly reconfirmedAt?: ColumnMap;
    readonly night?: ColumnMap;
  };
  readonly fields: Readonly<Record<string, ChannelField>>;
}

export interface ChannelField {
  readonly column: ColumnMap;
  readonly type: "string" | "number";
  readonly format?: string;
}

/** A brake: the lower of a share (0 to 1) and a count. */
export interface Brake {
  readonly share: number;
  readonly count: number;
}

export interface LimitsConfig {
  readonly requestsPerSecond: number;
  readonly listingPerMinute: number;
  readonly monthlyShare: number;
  readonly link: Brake;
  readonly unlink: Brake & { readonly nightly: number };
  readonly clear: Brake;
  /** 0: as fast as it goes. */
  readonly rowsPerSecond: number;
  /** Writes wait while this replica of the database is further behind. The URL may hold a password: never print it. */
  readonly replica?: { readonly url: string; readonly maxLagMs: number };
  readonly approvals: { readonly unlink: number; readonly link: number };
}

/** How long things are kept, in milliseconds. */
export interface RetentionConfig {
  readonly snapshotMs: number;
  readonly undoMs: number;
  readonly recordMs: number;
}
