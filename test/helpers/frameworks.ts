import { createHash } from "node:crypto";
import { type StoreEngine, storeEngine } from "./stores.ts";

/** Tables as a framework makes them, and what `init` is to say of them. */
export interface FrameworkFixture {
  readonly title: string;
  /** What the framework runs on. */
  readonly engines: readonly StoreEngine[];
  readonly schema: readonly string[];
  readonly where: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

const everywhere: readonly StoreEngine[] = ["sqlite", "postgres", "mysql"];

const types = {
  sqlite: { id: "integer primary key autoincrement", time: "datetime", bool: "bool", json: "text" },
  postgres: { id: "bigserial primary key", time: "timestamptz", bool: "boolean", json: "jsonb" },
  mysql: { id: "bigint auto_increment primary key", time: "datetime(6)", bool: "tinyint(1)", json: "json" },
}[storeEngine];

const quote = (name: string): string => (storeEngine === "mysql" ? `\`${name}\`` : `"${name}"`);
const [yes, no] = storeEngine === "postgres" ? ["true", "false"] : ["1", "0"];

/** A CI of nobody: 64 bytes in base64. */
export function ciOf(seed: string): string {
  return createHash("sha512").update(seed).digest("base64");
}

/** So many rows, each as an SQL list of values. */
function rows(table: string, columns: readonly string[], count: number, rowOf: (at: number) => readonly (string | number | null)[]): string {
  const values = Array.from({ length: count }, (_one, at) => `(${rowOf(at + 1).map((value) => (value === null ? "null" : typeof value === "number" ? String(value) : value === yes || value === no ? value : `'${value.replaceAll("'", "''")}'`)).join(", ")})`);
  return `insert into ${quote(table)} (${columns.map(quote).join(", ")}) values ${values.join(", ")}`;
}

const phone = (at: number): string => `010-${String(1000 + at)}-${String(4321 + at)}`;
const name = (at: number): string => `김${String.fromCharCode(0xac00 + at * 28)}${String.fromCharCode(0xb098 + at * 28)}`;
const email = (at: number): string => `member${at}@shop.example`;
const kakaoId = (at: number): string => String(2_700_000_000 + at * 37);

const gnuboard: FrameworkFixture = {
  title: "Gnuboard 5",
  engines: ["mysql"],
  schema: [
    `create table g5_config (cf_id int auto_increment primary key, cf_title varchar(255) not null default '', cf_admin_email varchar(100) not null default '')`,
    `create table g5_member (mb_no int auto_increment, mb_id varchar(20) not null default '', mb_password varchar(255) not null default '', mb_name varchar(255) not null default '', mb_nick varchar(255) not null default '',
      mb_email varchar(255) not null default '', mb_level tinyint not null default 0, mb_sex char(1) not null default '', mb_birth varchar(255) not null default '', mb_tel varchar(255) not null default '', mb_hp varchar(255) not null default '',
      mb_certify varchar(20) not null default '', mb_dupinfo varchar(255) not null default '', mb_recommend varchar(255) not null default '', mb_today_login datetime not null default '1970-01-01 00:00:00', mb_datetime datetime not null default '1970-01-01 00:00:00',
      mb_leave_date varchar(8) not null default '', mb_intercept_date varchar(8) not null default '', mb_email_certify datetime not null default '1970-01-01 00:00:00', mb_email_certify2 varchar(255) not null default '',
      mb_mailling tinyint not null default 0, mb_sms tinyint not null default 0, mb_marketing_agree tinyint(1) not null default 0, mb_marketing_date datetime not null default '1970-01-01 00:00:00', primary key (mb_no), unique key mb_id (mb_id))`,
    `create table g5_member_social_profiles (mp_no int not null auto_increment, mb_id varchar(255) not null default '', provider varchar(50) not null default '', object_sha varchar(45) not null default '', identifier varchar(255) not null default '',
      profileurl varchar(255) not null default '', photourl varchar(255) not null default '', displayname varchar(150) not null default '', description varchar(255) not null default '', mp_register_day datetime not null default '1970-01-01 00:00:00',
      mp_latest_day datetime not null default '1970-01-01 00:00:00', unique key mp_no (mp_no), key mb_id (mb_id), key provider (provider))`,
    `create table g5_member_cert_history (ch_id int auto_increment primary key, mb_id varchar(20) not null default '', ch_name varchar(255) not null default '', ch_hp varchar(255) not null default '', ch_datetime datetime not null default '1970-01-01 00:00:00')`,
    rows("g5_member", ["mb_id", "mb_name", "mb_nick", "mb_email", "mb_birth", "mb_hp", "mb_dupinfo", "mb_today_login", "mb_datetime", "mb_leave_date", "mb_email_certify", "mb_marketing_agree", "mb_marketing_date", "mb_mailling"], 40, (at) => [
      `login${at}`, name(at), `nick${at}`, email(at), `1985010${1 + (at % 9)}`, phone(at), "0123456789abcdef0123456789abcdef", "2026-05-01 10:00:00", "2020-05-01 10:00:00", at % 10 === 0 ? "20250101" : "", "2020-05-02 10:00:00", at % 2, "2020-05-01 10:00:00", 1,
    ]),
    rows("g5_member_social_profiles", ["mb_id", "provider", "identifier"], 12, (at) => [`login${at}`, at % 3 === 0 ? "naver" : "kakao", at % 3 === 0 ? `naver-${at}` : kakaoId(at)]),
  ],
  where: "mb_leave_date = '' and mb_intercept_date = ''",
  expected: {
    framework: "gnuboard", table: "g5_member", id: "mb_id",
    columns: { phone: "mb_hp", email: "mb_email", name: "mb_name", birthdate: "mb_birth", emailVerifiedAt: "mb_email_certify", lastLoginAt: "mb_today_login" },
    proposed: { where: "coalesce(mb_leave_date, '') = '' and coalesce(mb_intercept_date, '') = ''", withdrawn: "coalesce(mb_leave_date, '') <> ''", blocked: "coalesce(mb_intercept_date, '') <> ''" },
    link: { kind: "table", table: "g5_member_social_profiles", memberId: "mb_id", kakaoId: "identifier", fixed: { provider: "kakao" }, isGuess: false },
    consents: { agreed: "mb_marketing_agree", agreedAt: "mb_marketing_date", others: ["mb_mailling", "mb_sms"], joinedAt: "mb_datetime" },
    left: [],
  },
};

const wordpress: FrameworkFixture = {
  title: "WordPress with WooCommerce",
  engines: ["mysql"],
  schema: [
    `create table wp_users (ID bigint unsigned not null auto_increment, user_login varchar(60) not null default '', user_pass varchar(255) not null default '', user_nicename varchar(50) not null default '', user_email varchar(100) not null default '',
      user_url varchar(100) not null default '', user_registered datetime not null default '1970-01-01 00:00:00', user_activation_key varchar(255) not null default '', user_status int not null default 0, display_name varchar(250) not null default '', primary key (ID), key user_login_key (user_login))`,
    `create table wp_usermeta (umeta_id bigint unsigned not null auto_increment, user_id bigint unsigned not null default 0, meta_key varchar(255) default null, meta_value longtext, primary key (umeta_id), key user_id (user_id), key meta_key (meta_key(191)))`,
    `create table wp_posts (ID bigint unsigned not null auto_increment primary key, post_author bigint unsigned not null default 0, post_title text not null)`,
    rows("wp_users", ["user_login", "user_nicename", "user_email", "user_registered", "display_name"], 30, (at) => [`login${at}`, `login${at}`, email(at), "2021-01-01 00:00:00", `별명${at}`]),
    rows("wp_usermeta", ["user_id", "meta_key", "meta_value"], 60, (at) => [Math.ceil(at / 2), at % 2 === 0 ? "billing_phone" : "wp_capabilities", at % 2 === 0 ? phone(at) : 'a:1:{s:8:"customer";b:1;}']),
  ],
  where: "all",
  expected: {
    framework: "wordpress", table: "wp_users", id: "ID",
    columns: { email: "user_email", phone: { sql: "(select max(m.meta_value) from wp_usermeta m where m.user_id = wp_users.ID and m.meta_key = 'billing_phone')" } },
    link: { kind: "column", column: "kakao_id", isNew: true },
    left: [],
  },
};

/** WordPress whose log-in plugin keeps Kakao ids among everything else. */
export const wordpressWithKakao: readonly string[] = [...wordpress.schema, "insert into wp_usermeta (user_id, meta_key, meta_value) values (1, 'kakao_user_id', '2700000001')"];

const allauth: FrameworkFixture = {
  title: "Django with allauth",
  engines: everywhere,
  schema: [
    `create table auth_user (id ${types.id}, password varchar(128) not null, last_login ${types.time}, is_superuser ${types.bool} not null, username varchar(150) not null unique, first_name varchar(150) not null, last_name varchar(150) not null, email varchar(254) not null, is_staff ${types.bool} not null, is_active ${types.bool} not null, date_joined ${types.time} not null)`,
    `create table account_emailaddress (id ${types.id}, email varchar(254) not null unique, verified ${types.bool} not null, ${quote("primary")} ${types.bool} not null, user_id bigint not null)`,
    `create table socialaccount_socialaccount (id ${types.id}, provider varchar(200) not null, uid varchar(191) not null, last_login ${types.time} not null, date_joined ${types.time} not null, user_id bigint not null, extra_data ${types.json} not null, unique (provider, uid))`,
    `create table django_migrations (id ${types.id}, app varchar(255) not null, name varchar(255) not null)`,
    rows("auth_user", ["password", "last_login", "is_superuser", "username", "first_name", "last_name", "email", "is_staff", "is_active", "date_joined"], 30, (at) => [at % 4 === 0 ? "!unusable" : "pbkdf2$x", at % 3 === 0 ? null : "2026-02-03 04:05:06", no, `user${at}`, name(at).slice(1), "김", email(at), no, at % 10 === 0 ? no : yes, "2020-01-01 00:00:00"]),
    rows("socialaccount_socialaccount", ["provider", "uid", "last_login", "date_joined", "user_id", "extra_data"], 12, (at) => [at % 2 === 0 ? "kakao" : "google", at % 2 === 0 ? kakaoId(at) : `1020000000000000000${at}`, "2026-01-01 00:00:00", "2026-01-01 00:00:00", at, "{}"]),
  ],
  where: `is_active${storeEngine === "postgres" ? "" : " = 1"}`,
  expected: {
    framework: "django-allauth", table: "auth_user", id: "id",
    columns: { email: "email", lastLoginAt: "last_login", name: { sql: storeEngine === "mysql" ? "concat(last_name, first_name)" : "last_name || first_name" } },
    proposed: { where: `is_active${storeEngine === "postgres" ? "" : " = 1"}`, withdrawn: null },
    link: { kind: "table", table: "socialaccount_socialaccount", memberId: "user_id", kakaoId: "uid", fixed: { provider: "kakao" }, isGuess: false, set: { last_login: "now", date_joined: "now", extra_data: { literal: "{}" } }, toFill: [] },
    left: [],
  },
};

const users = (more: string): string => `create table users (id ${types.id}, name varchar(255) not null, email varchar(255) not null unique, ${more})`;
const laravelUsers = users(`email_verified_at ${types.time}, password varchar(255) not null, remember_token varchar(100), phone varchar(20), kakao_id varchar(30) unique, deleted_at ${types.time}, created_at ${types.time}, updated_at ${types.time}`);

const laravelColumn: FrameworkFixture = {
  title: "Laravel Socialite, users.kakao_id",
  engines: everywhere,
  schema: [laravelUsers, rows("users", ["name", "email", "email_verified_at", "password", "phone", "kakao_id", "deleted_at", "created_at"], 30, (at) => [name(at), email(at), at % 2 === 0 ? "2021-01-01 00:00:00" : null, "$2y$10$x", phone(at), at % 5 === 0 ? kakaoId(at) : null, at % 9 === 0 ? "2025-01-01 00:00:00" : null, "2020-01-01 00:00:00"])],
  where: "deleted_at is null",
  expected: {
    framework: "laravel", table: "users", id: "id",
    columns: { phone: "phone", email: "email", name: "name", emailVerifiedAt: "email_verified_at" },
    link: { kind: "column", column: "kakao_id", isNew: false },
    left: [],
  },
};

const laravelTable: FrameworkFixture = {
  title: "Laravel Socialite, social_accounts",
  engines: everywhere,
  schema: [
    users(`email_verified_at ${types.time}, password varchar(255) not null, remember_token varchar(100), mobile varchar(20), created_at ${types.time}`),
    `create table social_accounts (id ${types.id}, user_id bigint not null, provider varchar(30) not null, provider_user_id varchar(191) not null, created_at ${types.time}, unique (provider, provider_user_id))`,
    rows("users", ["name", "email", "email_verified_at", "password", "mobile"], 30, (at) => [name(at), email(at), "2021-01-01 00:00:00", "$2y$10$x", phone(at).replaceAll("-", "")]),
    rows("social_accounts", ["user_id", "provider", "provider_user_id"], 9, (at) => [at, "naver", `n-${at}`]),
  ],
  where: "all",
  expected: {
    framework: "laravel", table: "users", columns: { phone: "mobile" },
    link: { kind: "table", table: "social_accounts", memberId: "user_id", kakaoId: "provider_user_id", fixed: { provider: "kakao" }, isGuess: true },
    left: [],
  },
};

const rails: FrameworkFixture = {
  title: "Rails with Devise and identities",
  engines: everywhere,
  schema: [
    `create table users (id ${types.id}, email varchar(255) not null default '' unique, encrypted_password varchar(255) not null default '', reset_password_token varchar(255), sign_in_count integer not null default 0, current_sign_in_at ${types.time}, last_sign_in_at ${types.time}, confirmed_at ${types.time}, unconfirmed_email varchar(255), name varchar(255), phone_number varchar(255), birthday date, created_at ${types.time} not null)`,
    `create table identities (id ${types.id}, user_id bigint not null, provider varchar(255) not null, uid varchar(255) not null, created_at ${types.time} not null, updated_at ${types.time} not null, unique (provider, uid))`,
    rows("users", ["email", "encrypted_password", "current_sign_in_at", "last_sign_in_at", "confirmed_at", "name", "phone_number", "birthday", "created_at"], 30, (at) => [email(at), "$2a$12$x", "2026-01-05 00:00:00", "2026-01-01 00:00:00", "2021-01-01 00:00:00", name(at), `+82 ${phone(at).slice(1)}`, `1990-02-1${at % 9}`, "2020-01-01 00:00:00"]),
    rows("identities", ["user_id", "provider", "uid", "created_at", "updated_at"], 9, (at) => [at, "kakao", kakaoId(at), "2026-01-01 00:00:00", "2026-01-01 00:00:00"]),
  ],
  where: "all",
  expected: {
    framework: "rails", table: "users", id: "id",
    columns: { phone: "phone_number", email: "email", name: "name", birthdate: "birthday", emailVerifiedAt: "confirmed_at", lastLoginAt: "current_sign_in_at" },
    link: { kind: "table", table: "identities", memberId: "user_id", kakaoId: "uid", fixed: { provider: "kakao" }, isGuess: false, set: { created_at: "now", updated_at: "now" } },
    left: [],
  },
};

const nextauth: FrameworkFixture = {
  title: "NextAuth with Prisma",
  engines: everywhere,
  schema: [
    `create table ${quote("User")} (${quote("id")} varchar(40) primary key, ${quote("name")} varchar(100), ${quote("email")} varchar(191) unique, ${quote("emailVerified")} ${types.time}, ${quote("image")} varchar(191), ${quote("createdAt")} ${types.time})`,
    `create table ${quote("Account")} (${quote("id")} varchar(40) primary key, ${quote("userId")} varchar(40) not null, ${quote("type")} varchar(40) not null, ${quote("provider")} varchar(40) not null, ${quote("providerAccountId")} varchar(100) not null, ${quote("access_token")} varchar(191), unique (${quote("provider")}, ${quote("providerAccountId")}))`,
    `create table ${quote("Session")} (${quote("sessionToken")} varchar(100) primary key, ${quote("userId")} varchar(40) not null, ${quote("expires")} ${types.time} not null)`,
    rows("User", ["id", "name", "email", "emailVerified"], 30, (at) => [`cl${at}x`, name(at), email(at), at % 2 === 0 ? "2021-01-01 00:00:00" : null]),
    rows("Account", ["id", "userId", "type", "provider", "providerAccountId"], 9, (at) => [`a${at}`, `cl${at}x`, "oauth", "kakao", kakaoId(at)]),
  ],
  where: "all",
  expected: {
    framework: "nextauth", table: "User", id: "id",
    columns: { email: "email", name: "name", emailVerifiedAt: "emailVerified" },
    link: { kind: "table", table: "Account", memberId: "userId", kakaoId: "providerAccountId", fixed: { provider: "kakao" }, isGuess: false, set: { id: "uuid", type: { literal: "oauth" } }, toFill: [] },
    left: [],
  },
};

/** A shop of its own, with Korean names; its phones are in a column whose name says nothing. */
export const koreanShop: readonly string[] = [
  `create table ${quote("회원")} (${quote("회원번호")} ${storeEngine === "mysql" ? "bigint" : "integer"} primary key, ${quote("성명")} varchar(40), ${quote("연락")} varchar(40), ${quote("이메일")} varchar(100), ${quote("생년월일")} varchar(10), ${quote("연계정보")} varchar(100), ${quote("상태")} varchar(10), ${quote("가입일")} ${types.time}, ${quote("마케팅수신동의")} varchar(1), ${quote("마케팅수신동의일")} ${types.time}, ${quote("비고")} varchar(40))`,
  `create table orders (id ${types.id}, receiver_phone varchar(20), receiver_name varchar(40), amount integer)`,
  rows("회원", ["회원번호", "성명", "연락", "이메일", "생년월일", "연계정보", "상태", "가입일", "마케팅수신동의", "마케팅수신동의일"], 100, (at) => [at, name(at), at % 4 === 0 ? null : phone(at), at % 5 === 0 ? "" : at % 5 === 1 ? "없음" : email(at), "1990.01.02", at % 2 === 0 ? ciOf(String(at)) : null, at % 10 === 0 ? "탈퇴" : at % 10 === 1 ? "휴면" : "정상", "2021-01-01 00:00:00", at % 3 === 0 ? "Y" : "N", "2021-01-01 00:00:00"]),
  rows("orders", ["receiver_phone", "receiver_name", "amount"], 200, (at) => [phone(at), name(at), at]),
];

/** Those that this process's engine can have. */
export const frameworkFixtures: readonly FrameworkFixture[] = [gnuboard, wordpress, allauth, laravelColumn, laravelTable, rails, nextauth].filter(({ engines }) => engines.includes(storeEngine));
