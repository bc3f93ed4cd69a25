/** A key can point at one person (product.md section 2); the order is the order of strength. */
export const KEY_NAMES = ["ci", "phone", "email"] as const;
export type KeyName = (typeof KEY_NAMES)[number];

/** live fulfils `members.where`; withdrawn fulfils `members.withdrawn`; everyone else, and every row of `members.also`, is not live. */
export type MemberState = "live" | "notLive" | "withdrawn";

/**
 * A row of the member table, or of a table of `members.also`, as the engine read it: raw text, never brought to a comparable form.
 * Numbers of any width arrive as decimal text; a date column as `YYYY-MM-DD…`; bytes as `\x` and hexadecimal digits in lower case.
 */
export interface MemberRow {
  /** 0 is `members.table`, n the n-th table of `members.also`. */
  readonly place: number;
  /** The member id as text; unique within its place. */
  readonly id: string;
  readonly state: MemberState;
  /** Fulfils `members.blocked`: never linked, whatever `matching.dormant` or a decision says. */
  readonly blocked: boolean;
  /** Fulfils `members.protected`: never linked by phone or e-mail. */
  readonly protected: boolean;
  /** Fulfils `members.otherLogin`: can still sign in without Kakao. */
  readonly otherLogin: boolean;
  /** The stored link as text, malformed or not; null when empty (NULL, `''` or `0`). */
  readonly link: string | null;
  /** Further links of the same member, as text: only a link table can hold them. */
  readonly furtherLinks?: readonly string[];
  /** The keys and corroborating values; all null for a withdrawn member, whose keys are never read. */
  readonly ci: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly name: string | null;
  readonly birthdate: string | null;
  /** When the service verified the number or address, as stored; null where the column is empty or not configured. */
  readonly phoneVerifiedAt: string | null;
  readonly emailVerifiedAt: string | null;
  /** Further texts that were asked for with `MemberWish.extras`, in that order, withdrawn members' too; only rows of the member table have them. */
  readonly extras?: readonly (string | null)[];
  /** The row as the database has it, where values of encrypted columns or of digests were opened in this one. */
  readonly raw?: MemberRow;
  /** Why values could not be decrypted, by name; these are null here. */
  readonly undecryptable?: Readonly<Partial<Record<ValueName, string>>>;
}

/** The values of a member that can be kept as a digest or encrypted. */
export const VALUE_NAMES = [...KEY_NAMES, "name", "birthdate"] as const;
export type ValueName = (typeof VALUE_NAMES)[number];
