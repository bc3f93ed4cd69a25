import { describe, expect, test } from "vitest";
import { findConsents } from "../../src/core/detect/consents.ts";
import { proposeLink } from "../../src/core/detect/links.ts";
import type { SampledTable } from "../../src/core/detect/look.ts";
import { findIdColumn, findMemberColumns } from "../../src/core/detect/member-columns.ts";
import { rankByNames, scoreMembers } from "../../src/core/detect/member-table.ts";
import { type MemberRole, type OtherRole, readNameFor } from "../../src/core/detect/names.ts";
import { listMemberTables, propose } from "../../src/core/detect/propose.ts";
import { proposeStates } from "../../src/core/detect/states.ts";
import { countUsable } from "../../src/core/detect/usable.ts";
import { ciOf } from "../helpers/frameworks.ts";

/** A table by its columns' values: the keys are `name` or `name type`, `!` in front where a new row must give a value. */
function table(name: string, columns: Readonly<Record<string, readonly (string | null)[]>>, more: Partial<SampledTable> = {}): SampledTable {
  const names = Object.keys(columns);
  const rows = Math.max(0, ...Object.values(columns).map((values) => values.length));
  return {
    name, isView: false, primaryKey: [], uniqueKeys: [], rows, isEstimate: false,
    columns: names.map((key) => {
      const [column = "", type = "varchar(100)"] = key.replace(/^!/, "").split(" ");
      return { name: column, type, mustBeGiven: key.startsWith("!") };
    }),
    sample: Array.from({ length: rows }, (_one, at) => names.map((key) => columns[key]?.[at] ?? null)),
    ...more,
  };
}

const phones = ["010-1234-0001", "01012340002", "+82 10-1234-0003"];
const emails = ["a@shop.example", "b@shop.example", "c@shop.example"];

describe("names", () => {
  const says: Readonly<Partial<Record<MemberRole | OtherRole, readonly string[]>>> = {
    ci: ["ci", "CI", "mb_ci", "user_ci", "ci_value", "cert_ci", "연계정보"],
    phone: ["hp", "mb_hp", "mobile", "mobileNo", "cell_phone", "handphone", "휴대폰", "휴대폰번호", "휴대전화", "핸드폰", "cust_hp_no"],
    email: ["email", "e-mail", "userEmail", "mb_email", "email_address", "이메일", "메일주소"],
    name: ["name", "mb_name", "real_name", "이름", "성명", "mem_nm"],
    birthdate: ["birth", "birthday", "birth_date", "date_of_birth", "mb_birth", "생년월일"],
    phoneVerifiedAt: ["phone_verified_at", "mobileVerifiedAt", "hp_cert_date", "휴대폰인증일시"],
    emailVerifiedAt: ["email_verified_at", "emailVerified", "mb_email_certify", "confirmed_at", "이메일인증일"],
    lastLoginAt: ["last_login", "last_login_at", "mb_today_login", "current_sign_in_at", "최근로그인일시", "마지막접속일"],
    joinedAt: ["created_at", "createdAt", "date_joined", "mb_datetime", "reg_date", "regdt", "user_registered", "가입일", "가입일시"],
    marketing: ["marketing_agree", "mb_marketing_agree", "marketingAgreed", "is_marketing", "마케팅수신동의", "마케팅동의여부", "광고성정보수신동의", "ad_agree"],
    marketingAt: ["marketing_agreed_at", "mb_marketing_date", "마케팅수신동의일", "마케팅동의일시"],
    night: ["night_agreed", "marketing_night_agree", "야간수신동의"],
    otherConsent: ["mb_mailling", "mb_sms", "sms_agree", "sms_yn", "email_agree", "메일수신동의", "문자수신여부"],
    kakaoId: ["kakao_id", "kakaoId", "kakao_user_id", "sns_kakao_id", "카카오회원번호"],
    provider: ["provider", "sns_type", "oauth_provider", "소셜구분"],
    providerId: ["uid", "provider_id", "providerAccountId", "provider_user_id", "sns_id", "identifier"],
    memberId: ["user_id", "userId", "mb_id", "member_no", "회원번호"],
  };
  test.each(Object.entries(says))("%s", (role, columns) => {
    expect(columns.filter((column) => readNameFor(role as MemberRole, column) !== 2)).toEqual([]);
  });

  test.each<[MemberRole, readonly string[]]>([
    ["ci", ["city", "circle", "price", "specific"]],
    ["name", ["nickname", "mb_nick", "username", "user_name_id", "company_name", "file_name"]],
    ["phone", ["home_phone", "company_tel", "fax", "phone_verified", "parent_phone"]],
    ["email", ["email_agree", "recovery_email_sent", "email_verified_at"]],
    ["birthdate", ["created_at", "birth_place"]],
  ])("what is not a %s", (role, columns) => {
    expect(columns.filter((column) => readNameFor(role, column) === 2)).toEqual([]);
  });
});

describe("columns of members", () => {
  test("are found by content, whatever they are called, and a better name goes before", () => {
    const members = table("t1", { c1: [ciOf("a"), ciOf("b"), null], c2: phones, c3: emails, contact_phone: phones, mobile: phones, c6: ["1", "2", "3"] });
    expect(findMemberColumns(members).columns).toEqual({ ci: { column: "c1", by: "content" }, phone: { column: "mobile", by: "name" }, email: { column: "c3", by: "content" } });
  });

  test("an empty column is what its name says; one that only suggests it is nothing", () => {
    expect(findMemberColumns(table("t", { hp: [null, ""], contact: [null, null], ci: ["", null] })).columns).toEqual({ ci: { column: "ci", by: "name" }, phone: { column: "hp", by: "name" } });
  });

  test("a column that is named like a key and holds something else is left out, and why is known", () => {
    const { columns, unread } = findMemberColumns(table("t", { ci: ["a".repeat(64), "b".repeat(64)], hp: ["gAAAAABm1x", "gAAAAABm1y"], "phone_verified tinyint(1)": ["1", "0"], email: emails, "email_verified_at datetime": ["0000-00-00 00:00:00", "2021-01-01 00:00:00"] }));
    expect(columns).toEqual({ email: { column: "email", by: "name" }, emailVerifiedAt: { column: "email_verified_at", by: "name" } });
    expect(unread).toEqual([{ role: "ci", column: "ci", holds: "digest" }, { role: "phone", column: "hp", holds: "other" }, { role: "phoneVerifiedAt", column: "phone_verified", holds: "flag" }]);
  });

  test("the id is the primary key of one column, else a unique one that is no key", () => {
    const columns = { no: ["1"], login: ["a"], email: ["a@b.example"] };
    expect(findIdColumn(table("t", columns, { primaryKey: ["no"], uniqueKeys: [["no"]] }))).toBe("no");
    expect(findIdColumn(table("t", columns, { primaryKey: ["no", "login"], uniqueKeys: [["no", "login"], ["email"], ["login"]] }))).toBe("login");
    expect(findIdColumn(table("t", columns, { uniqueKeys: [["email"]] }))).toBeUndefined();
  });
});

describe("the member table", () => {
  test("is the one with the keys in it, not the orders or the log", () => {
    const users = table("users", { "id int": ["1", "2", "3"], email: emails, password: ["x", "y", "z"] });
    const orders = table("orders", { "id int": ["1", "2", "3"], receiver_phone: phones });
    const log = table("member_login_log", { "id int": ["1", "2", "3"], email: emails, ip: ["", "", ""] });
    const none = table("settings", { name: ["a"], value: ["b"] });
    const looked = { engine: "sqlite", sampled: [none, log, orders, users], all: [none, log, orders, users] } as const;
    expect(listMemberTables(looked).map(({ name }) => name)[0]).toBe("users");
    expect(scoreMembers(none)).toBe(0);
    expect(rankByNames(looked.all)[0]?.name).toBe("users");
  });

  test("dormant members of another table are proposed beside it", () => {
    const users = table("users", { "id int": ["1", "2", "3"], hp: phones }, { primaryKey: ["id"], uniqueKeys: [["id"]] });
    const dormant = table("users_dormant", { "id int": ["7", "8", "9"], hp: phones }, { primaryKey: ["id"], uniqueKeys: [["id"]] });
    expect(propose({ engine: "sqlite", sampled: [users, dormant], all: [users, dormant] }, users).also).toEqual([{ table: "users_dormant", id: "id", columns: { phone: { column: "hp", by: "name" } } }]);
  });
});

describe("states", () => {
  test("words of a status column, in Korean and English", () => {
    expect(proposeStates(table("t", { status: ["active", "left", "dormant", "banned", "active"] }), "postgres")).toMatchObject({ where: "status = 'active'", withdrawn: "status = 'left'", blocked: "status = 'banned'" });
    expect(proposeStates(table("t", { 회원상태: ["정상", "탈퇴", "휴면", "정상회원"] }), "mysql")).toMatchObject({ where: "회원상태 in ('정상', '정상회원')", withdrawn: "회원상태 = '탈퇴'" });
  });

  test("words that nobody knows propose nothing, but are listed", () => {
    expect(proposeStates(table("t", { "status int": ["1", "9", "1"] }), "mysql")).toEqual({ columns: [{ column: "status", values: [{ value: "1", count: 2 }, { value: "9", count: 1 }] }], where: undefined, withdrawn: undefined, blocked: undefined });
  });

  test.each([
    ["postgres", { "is_active boolean": ["true", "false"] }, { where: "is_active", withdrawn: undefined }],
    ["mysql", { "is_active tinyint(1)": ["1", "0"] }, { where: "is_active = 1", withdrawn: undefined }],
    ["mysql", { "del_yn char(1)": ["N", "Y"] }, { where: "del_yn = 'N'", withdrawn: "del_yn = 'Y'" }],
    ["postgres", { "deletedAt timestamp": [null, "2025-01-01"] }, { where: '"deletedAt" is null', withdrawn: '"deletedAt" is not null' }],
    ["mysql", { "mb_leave_date varchar(8)": ["", "20250101"] }, { where: "coalesce(mb_leave_date, '') = ''", withdrawn: "coalesce(mb_leave_date, '') <> ''" }],
    ["mysql", { "leave_date datetime": ["0000-00-00 00:00:00", "2025-01-01 00:00:00"] }, { where: "(leave_date is null or leave_date = 0)", withdrawn: "(leave_date is not null and leave_date <> 0)" }],
    ["mysql", { "is_active tinyint(1)": ["1", "0"], "deleted_at datetime": [null, "2025-01-01"] }, { where: "is_active = 1 and deleted_at is null", withdrawn: "deleted_at is not null" }],
  ] as const)("%s %j", (engine, columns, expected) => {
    expect(proposeStates(table("t", columns), engine)).toMatchObject(expected);
  });
});

describe("links", () => {
  const members = table("users", { "id bigint": ["1", "2", "3"], email: emails }, { primaryKey: ["id"], uniqueKeys: [["id"]] });

  test("a column of Kakao ids; not one that holds something else under that name", () => {
    expect(proposeLink(table("users", { kakao_id: ["2700000001", "", null, "0"] }), [])).toEqual({ kind: "column", column: "kakao_id", isNew: false });
    expect(proposeLink(table("users", { kakao_id: ["mina", "jun"] }), [])).toEqual({ kind: "column", column: "kakao_id", isNew: true });
  });

  test("a table with providers, as it spells Kakao, and with what a new row needs", () => {
    const accounts = table("sns", { "!sns_no int": ["1", "2"], "!member_no bigint": ["1", "2"], sns_type: ["KAKAO", "NAVER"], sns_id: ["2700000001", "n1"], "!reg_dt datetime": ["2020-01-01", "2020-01-01"], "!grade int": ["1", "1"] }, { primaryKey: ["grade"] });
    expect(proposeLink(members, [members, accounts])).toMatchObject({ kind: "table", table: "sns", memberId: "member_no", kakaoId: "sns_id", fixed: { sns_type: "KAKAO" }, isGuess: false, set: { reg_dt: "now" }, toFill: ["sns_no", "grade"] });
    // Where no row says which of two it is, the table's own number is out.
    const empty = table("sns", { sns_no: [], member_no: [], sns_type: [], sns_id: [] }, { primaryKey: ["sns_no"] });
    expect(proposeLink(members, [members, empty])).toMatchObject({ kakaoId: "sns_id", isGuess: true });
  });

  test("a table with the two ids alone", () => {
    const links = table("member_kakao", { user_id: ["1", "2"], kakao_id: ["2700000001", "2700000002"] });
    expect(proposeLink(members, [members, links])).toMatchObject({ kind: "table", table: "member_kakao", memberId: "user_id", kakaoId: "kakao_id", fixed: {} });
  });

  test("ids of several providers among the members are no links", () => {
    expect(proposeLink(table("users", { sns_type: ["K", "N"], sns_id: ["2700000001", "n1"] }), [])).toEqual({ kind: "mixed", provider: "sns_type", providerId: "sns_id", kakao: "K" });
  });
});

test("consents to advertising, to messages alone, and their times", () => {
  const members = table("t", { 마케팅수신동의: ["Y", "N"], "마케팅수신동의일 datetime": ["2025-01-01 00:00:00", null], sms_agree: ["1", "0"], 야간수신동의: ["N", "N"], "reg_date datetime": ["2020-01-01 00:00:00", "2020-01-01 00:00:00"], marketing_memo: ["x", "y"] });
  expect(findConsents(members)).toEqual({ agreed: "마케팅수신동의", agreedAt: "마케팅수신동의일", night: "야간수신동의", others: ["sms_agree"], joinedAt: "reg_date" });
});

describe("usable values", () => {
  test("are those that matching reads, and the others have a reason", () => {
    expect(countUsable("phone", ["010-1234-0001", "02-123-4567", "010-0000-0000", "", null, "+81 90-1234-5678"], () => "+819012345678")).toEqual({ rows: 6, filled: 4, usable: 2, why: { malformed: 1, placeholder: 1 } });
    expect(countUsable("email", ["a@shop.example", "x@privaterelay.appleid.com", "none@none.com"], () => null)).toEqual({ rows: 3, filled: 3, usable: 1, why: { relay: 1, placeholder: 1 } });
    expect(countUsable("ci", [ciOf("a"), "A".repeat(86) + "=="], () => null)).toEqual({ rows: 2, filled: 2, usable: 1, why: { placeholder: 1 } });
    expect(countUsable("phoneVerifiedAt", ["2021-01-01 00:00:00", "0000-00-00 00:00:00", "Y"], () => null)).toEqual({ rows: 3, filled: 2, usable: 1, why: { malformed: 1 } });
  });
});
