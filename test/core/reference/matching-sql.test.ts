import Sqlite from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decideBySql, REFERENCE_TABLES } from "./matching-sql.ts";

/** The reference must itself be known to say what the rules say: a case for each answer, worked out by hand. */
let database: Sqlite.Database;

beforeEach(() => {
  database = new Sqlite(":memory:");
  database.exec(REFERENCE_TABLES);
  insert("options", {
    keys: "ci,phone,email",
    phone: "corroborated",
    email: "corroborated",
    corroborators: "name,birthdate",
    dormant: "review",
    today: "20260101",
    listing_complete: 1,
  });
});

afterEach(() => {
  database.close();
});

type Row = Readonly<Record<string, string | number | null>>;

function insert(table: string, row: Row): void {
  const columns = Object.keys(row);
  database.prepare(`insert into ${table} (${columns.join(", ")}) values (${columns.map(() => "?").join(", ")})`).run(...Object.values(row));
}

function member(id: string, row: Row): void {
  const flags = { blocked: 0, protected: 0, phone_verified: 1, email_verified: 1, phone_recent: 0, email_recent: 0 };
  insert("members", { place: 0, id, state: "live", ...flags, ...row });
}

function kakao(id: string, row: Row): void {
  insert("kakao", { id, read: 1, ...row });
}

function set(options: Row): void {
  for (const [name, value] of Object.entries(options)) database.prepare(`update options set ${name} = ?`).run(value);
}

function answers(): string[] {
  return decideBySql(database).map((found) => [found.kakaoId, found.action, found.memberId, found.by, found.reason, found.note, found.linkedEvidence].map((part) => part ?? "-").join(" "));
}

describe("steps 1 to 3", () => {
  test("linked, with its evidence", () => {
    member("a", { link: "1", ci: "A", name: "kim", birthdate: "19910101" });
    member("b", { link: "2", ci: "B", name: "kim", birthdate: "19910101" });
    member("c", { link: "3", name: "kim", birthdate: "19910101" });
    member("d", { link: "4", phone: "p" });
    member("e", { link: "5", name: "kim", birthdate: "19910101" });
    kakao("1", { ci: "A", name: "lee", birthdate: "19920101" });
    kakao("2", { ci: "A2", name: "kim", birthdate: "19910101" });
    kakao("3", { name: "lee" });
    kakao("4", { read: 0, phone: "p" });
    kakao("5", { name: "kim", birthdate: "19920101" });
    expect(answers()).toEqual([
      "1 linked a - - - contradicted",
      "2 linked b - - - contradicted",
      "3 linked c - - - unknown",
      "4 linked d - - - unknown",
      "5 linked e - - - agree",
    ]);
  });

  test("held by others, elsewhere, unread, unmatched, struck", () => {
    member("a", { state: "notLive", link: "1" });
    member("b", { state: "withdrawn", link: "2" });
    member("c", { state: "withdrawn", link: "1" });
    member("d", { phone: "p", ci: "D" });
    insert("elsewhere", { kakao_id: "3" });
    insert("elsewhere", { kakao_id: "1" });
    kakao("1", {});
    kakao("2", {});
    kakao("3", { ci: "D" });
    kakao("4", { read: 0, ci: "D" });
    kakao("5", { phone: "q" });
    kakao("10", { phone: "p", ci: "X" });
    expect(answers()).toEqual([
      "1 review a - held-by-not-live - -",
      "2 review b - held-by-withdrawn - -",
      "3 elsewhere - - - - -",
      "4 unread - - - - -",
      "5 unmatched - - - - -",
      "10 review - - ci-differs - -",
    ]);
  });

  test("a user held by two live members has the worst of their evidence", () => {
    member("a", { link: "1", phone: "p" });
    member("b", { link: "1", ci: "B" });
    kakao("1", { phone: "p", ci: "A" });
    expect(answers()).toEqual(["1 linked - - - - contradicted"]);
  });
});

describe("M4", () => {
  test("a shared phone names the one who agrees when all others differ", () => {
    member("a", { phone: "p", name: "kim", birthdate: "19910101" });
    member("b", { phone: "p", name: "lee" });
    kakao("1", { phone: "p", name: "kim" });
    expect(answers()).toEqual(["1 link a phone - - -"]);
    member("c", { phone: "p" });
    expect(answers()).toEqual(["1 review - phone shared-phone-members - -"]);
  });

  test("a shared CI is never narrowed", () => {
    member("a", { ci: "A", name: "kim" });
    member("b", { ci: "A", name: "lee" });
    kakao("1", { ci: "A", name: "kim" });
    expect(answers()).toEqual(["1 review - ci shared-ci-members - -"]);
  });

  test("two Kakao users with one value, one of them struck", () => {
    member("a", { phone: "p", ci: "A", name: "kim" });
    kakao("1", { phone: "p", name: "kim" });
    kakao("2", { phone: "p", ci: "X" });
    expect(answers()).toEqual(["1 review - phone shared-phone-kakao - -", "2 review - - ci-differs - -"]);
  });

  test("more than ten holders name nobody, even when all but one are struck", () => {
    for (let at = 0; at < 10; at += 1) member(`x${at}`, { phone: "p", ci: `X${at}` });
    kakao("1", { phone: "p", ci: "A", name: "kim" });
    expect(answers()).toEqual(["1 review - - ci-differs - -"]);
    member("a", { phone: "p", name: "kim" });
    expect(answers()).toEqual(["1 review - phone shared-phone-members - -"]);
    database.exec("delete from members where id = 'x0'");
    expect(answers()).toEqual(["1 link a phone - - -"]);
  });
});

describe("M5 and M6", () => {
  test("a member who is not live, and a blocked one whatever the option", () => {
    member("a", { state: "notLive", ci: "A" });
    member("b", { blocked: 1, ci: "B" });
    kakao("1", { ci: "A" });
    kakao("2", { ci: "B" });
    expect(answers()).toEqual(["1 review a ci member-not-live - -", "2 review b ci member-not-live - -"]);
    set({ dormant: "link" });
    expect(answers()).toEqual(["1 link a ci - - -", "2 review b ci member-not-live - -"]);
  });

  test("relink only by CI, a complete listing, an id that is gone, and no contradiction", () => {
    member("a", { ci: "A", link: "99", name: "kim", birthdate: "19910101" });
    member("b", { ci: "B", link: "bad" });
    member("c", { ci: "C", link: "98", name: "kim", birthdate: "19910101" });
    member("d", { phone: "p", link: "97", name: "kim" });
    member("e", { ci: "E", link: "6" });
    kakao("1", { ci: "A", name: "lee", birthdate: "19910101" });
    kakao("2", { ci: "B" });
    kakao("3", { ci: "C", name: "lee", birthdate: "19920101" });
    kakao("4", { phone: "p", name: "kim" });
    kakao("5", { ci: "E" });
    kakao("6", { read: 0 });
    const expected = [
      "1 relink a ci - name-differs -",
      "2 review b ci member-linked-elsewhere - -",
      "3 review c ci member-linked-elsewhere - -",
      "4 review d phone member-linked-elsewhere - -",
      "5 review e ci member-linked-elsewhere - -",
      "6 linked e - - - unknown",
    ];
    expect(answers()).toEqual(expected);
    set({ listing_complete: 0 });
    expect(answers()[0]).toBe("1 review a ci member-linked-elsewhere - -");
  });
});

describe("M7", () => {
  test("another Kakao user by a higher key", () => {
    member("a", { ci: "A", phone: "p", name: "kim" });
    kakao("1", { ci: "A" });
    kakao("2", { phone: "p", name: "kim" });
    expect(answers()).toEqual(["1 link a ci - - -", "2 review a phone member-taken - -"]);
  });

  test("phone and e-mail that point at two people", () => {
    member("a", { phone: "p", email: "a", name: "kim" });
    member("b", { email: "b" });
    kakao("1", { phone: "p", email: "b", name: "kim" });
    expect(answers()).toEqual(["1 review a phone keys-disagree - -"]);
  });

  test("another Kakao user with the member's e-mail", () => {
    member("a", { phone: "p", email: "a", name: "kim" });
    kakao("1", { phone: "p", name: "kim" });
    kakao("2", { email: "a", name: "kim" });
    expect(answers()).toEqual(["1 review a phone keys-disagree - -", "2 review a email member-taken - -"]);
  });
});

describe("M8 and M9", () => {
  test("every answer, in its order", () => {
    const facts = { phone: "p", protected: 1, birthdate: "20200101", name: "kim", phone_verified: 0 };
    member("a", facts);
    kakao("1", { phone: "p", name: "lee", birthdate: "20200102" });
    const steps = [
      ["protected", "update members set protected = 0"],
      ["under-14", "update members set birthdate = '19910101'"],
      ["under-14", "update kakao set birthdate = '20120102'"],
      ["under-14", "update kakao set birthdate = '20120101'"],
      ["unverified-phone", "update members set phone_verified = 1"],
      ["contradicted-birthdate", "update kakao set birthdate = null"],
      ["contradicted-name", "update kakao set name = null"],
      ["uncorroborated-phone", "update options set phone = 'review'"],
      ["phone-only", "update options set phone = 'alone'"],
    ] as const;
    for (const [reason, next] of steps) {
      expect(answers()).toEqual([`1 review a phone ${reason} - -`]);
      database.exec(next);
    }
    expect(answers()).toEqual(["1 link a phone - - -"]);
  });

  test("further corroborators", () => {
    member("a", { phone: "p", email: "e", phone_recent: 0 });
    kakao("1", { phone: "p", email: "e" });
    set({ corroborators: "email" });
    expect(answers()).toEqual(["1 link a phone - - -"]);
    set({ keys: "phone" });
    expect(answers()).toEqual(["1 link a phone - - -"]);
    set({ keys: "email" });
    expect(answers()).toEqual(["1 review a email uncorroborated-email - -"]);
    set({ keys: "phone", corroborators: "recentlyVerified" });
    expect(answers()).toEqual(["1 review a phone uncorroborated-phone - -"]);
    database.exec("update members set phone_recent = 1");
    expect(answers()).toEqual(["1 link a phone - - -"]);
  });

  test("by CI a difference is noted, two are a review", () => {
    member("a", { ci: "A", name: "kim", birthdate: "19910101", protected: 1 });
    kakao("1", { ci: "A", name: "kim", birthdate: "19920101" });
    expect(answers()).toEqual(["1 link a ci - birthdate-differs -"]);
    database.exec("update kakao set name = 'lee'");
    expect(answers()).toEqual(["1 review a ci ci-contradicted - -"]);
    database.exec("update kakao set name = '이'");
    expect(decideBySql(database)).toEqual([
      {
        kakaoId: "1",
        action: "link",
        place: 0,
        memberId: "a",
        by: "ci",
        reason: null,
        note: "birthdate-differs",
        evidence: "ci=agree phone=unknown email=unknown name=unknown birthdate=differ",
        linkedEvidence: null,
      },
    ]);
  });

  test("keys that are not configured are unknown", () => {
    member("a", { ci: "A", phone: "p", email: "e", name: "kim" });
    kakao("1", { ci: "X", phone: "p", email: "e", name: "kim" });
    set({ keys: "phone" });
    expect(decideBySql(database).map((found) => found.evidence)).toEqual(["ci=unknown phone=agree email=unknown name=agree birthdate=unknown"]);
  });
});
