import { findColumn, type SampledTable, type TableLook, valuesOf } from "./look.ts";
import type { ProposedLink } from "./links.ts";
import type { MemberRole } from "./names.ts";
import { quoteColumn, type SqlEngine } from "./quote.ts";

export type FrameworkName = "gnuboard" | "wordpress" | "django-allauth" | "laravel" | "rails" | "nextauth";

/** What is known of the tables of a framework beyond what names and contents say. */
interface Framework {
  readonly name: FrameworkName;
  readonly members: string;
  readonly id?: string;
  /** Values that the general search would not find; a column here goes before a found one, an expression only where none was found. */
  readonly columns?: Readonly<Partial<Record<MemberRole, { readonly column: string } | { readonly sql: string }>>>;
  /** Columns that look like a value and are none. */
  readonly not?: readonly string[];
  readonly link?: ProposedLink;
  readonly protected?: string;
  readonly otherLogin?: string;
  /** What cannot be mapped, by a code that the words for it are found under. */
  readonly remarks: readonly FrameworkRemark[];
}

export type FrameworkRemark = "gnuboard-dupinfo" | "gnuboard-certified" | "wordpress-meta" | "wordpress-no-link" | "wordpress-states" | "allauth-emails";

/** The framework that tables of these names and columns belong to; undefined where none is known. `tables` are those that were sampled, `all` every name. */
export function recogniseFramework(tables: readonly SampledTable[], all: readonly TableLook[], engine: SqlEngine): Framework | undefined {
  return gnuboard(tables, all) ?? wordpress(tables, engine) ?? allauth(tables, engine) ?? nextauth(tables) ?? rails(tables) ?? laravel(tables);
}

const has = (table: TableLook, ...columns: readonly string[]): boolean => columns.every((column) => findColumn(table, column) !== undefined);

/** `g5_member`, with any prefix; its social log-ins name the member by the login name. */
function gnuboard(tables: readonly SampledTable[], all: readonly TableLook[]): Framework | undefined {
  const members = tables.find((table) => has(table, "mb_no", "mb_id", "mb_hp", "mb_leave_date"));
  if (members === undefined) return undefined;
  const isCertified = all.some((table) => has(table, "ch_hp", "ch_datetime", "mb_id"));
  return {
    name: "gnuboard", members: members.name, id: "mb_id",
    columns: { lastLoginAt: { column: "mb_today_login" }, emailVerifiedAt: { column: "mb_email_certify" } },
    not: ["mb_dupinfo", "mb_certify", "mb_email_certify2"],
    protected: "mb_level >= 10",
    remarks: [...(has(members, "mb_dupinfo") ? (["gnuboard-dupinfo"] as const) : []), ...(isCertified ? (["gnuboard-certified"] as const) : [])],
  };
}

/** `wp_users` and `wp_usermeta`: nearly all that is known of a member stands in rows of the second. */
function wordpress(tables: readonly SampledTable[], engine: SqlEngine): Framework | undefined {
  const members = tables.find((table) => has(table, "ID", "user_login", "user_email", "user_registered", "display_name"));
  if (members === undefined) return undefined;
  const meta = tables.find((table) => has(table, "umeta_id", "user_id", "meta_key", "meta_value"));
  const keys = meta === undefined ? [] : [...new Set(valuesOf(meta, "meta_key").flatMap((key) => key ?? []))];
  const phone = ["billing_phone", "phone", "mobile", "billing_mobile", "phone_number", "user_phone", "hp"].find((key) => keys.includes(key));
  const kakao = keys.find((key) => /kakao/i.test(key) && /(?:id|identifier|uid)$/i.test(key));
  const inMeta = (key: string): string => `(select max(m.meta_value) from ${meta?.name ?? ""} m where m.user_id = ${members.name}.${quoteColumn(engine, "ID")} and m.meta_key = '${key}')`;
  const staff = keys.find((key) => /capabilities$/.test(key));
  return {
    name: "wordpress", members: members.name, id: "ID",
    columns: phone === undefined ? {} : { phone: { sql: inMeta(phone) } },
    not: ["user_nicename", "display_name", "user_login", "user_activation_key"],
    ...(kakao === undefined || meta === undefined ? {} : { link: { kind: "meta", table: meta.name, memberId: "user_id", key: kakao } satisfies ProposedLink }),
    ...(staff === undefined ? {} : { protected: `${inMeta(staff)} not like '%"customer"%' and ${inMeta(staff)} not like '%"subscriber"%'` }),
    remarks: ["wordpress-meta", "wordpress-states", ...(kakao === undefined ? (["wordpress-no-link"] as const) : [])],
  };
}

/** django-allauth: a row of `socialaccount_socialaccount` a link, whatever the user model is called. */
function allauth(tables: readonly SampledTable[], engine: SqlEngine): Framework | undefined {
  const social = tables.find((table) => /socialaccount_socialaccount$/.test(table.name) && has(table, "provider", "uid", "user_id"));
  const members = tables.find((table) => has(table, "password", "last_login", "is_active") && table !== social);
  if (social === undefined || members === undefined) return undefined;
  const [last, first] = [quoteColumn(engine, "last_name"), quoteColumn(engine, "first_name")];
  const full = engine === "mysql" ? `concat(${last}, ${first})` : `${last} || ${first}`;
  return {
    name: "django-allauth", members: members.name,
    columns: { lastLoginAt: { column: "last_login" }, ...(has(members, "last_name", "first_name") ? { name: { sql: full } } : {}) },
    not: ["username"],
    ...(has(members, "is_staff") ? { protected: engine === "postgres" ? "is_staff" : "is_staff = 1" } : {}),
    // Django writes an unusable password with an exclamation mark in front.
    otherLogin: "password not like '!%'",
    remarks: tables.some((table) => /account_emailaddress$/.test(table.name)) ? ["allauth-emails"] : [],
  };
}

/** NextAuth and Auth.js: `Account` or `accounts`, in camel or snake case. */
function nextauth(tables: readonly SampledTable[]): Framework | undefined {
  const account = tables.find((table) => has(table, "provider") && (has(table, "providerAccountId", "userId") || has(table, "provider_account_id", "user_id")));
  const wanted = account?.name.replace(/account(s?)$/i, (word, plural: string) => (word.startsWith("A") ? "User" : "user") + plural);
  const members = tables.find((table) => table.name === wanted) ?? tables.find((table) => /users?$/i.test(table.name) && has(table, "email"));
  return account === undefined || members === undefined ? undefined : { name: "nextauth", members: members.name, remarks: [] };
}

/** Devise: `users` with an encrypted password. */
function rails(tables: readonly SampledTable[]): Framework | undefined {
  const members = tables.find((table) => has(table, "encrypted_password", "email"));
  if (members === undefined) return undefined;
  return {
    name: "rails", members: members.name,
    columns: has(members, "current_sign_in_at") ? { lastLoginAt: { column: "current_sign_in_at" } } : {},
    not: ["unconfirmed_email"],
    remarks: [],
  };
}

/** Laravel: `users` as its own migration makes them. */
function laravel(tables: readonly SampledTable[]): Framework | undefined {
  const members = tables.find((table) => has(table, "email", "password", "remember_token"));
  return members === undefined ? undefined : { name: "laravel", members: members.name, remarks: [] };
}
