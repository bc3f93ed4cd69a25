import { describe, expect, it } from "vitest";
import { least, load, loadProblems } from "./write-config.ts";

const marketing = "{ agreed: ok, agreedAt: at }";
const channel = (changes: Readonly<Record<string, string>> = {}): string =>
  `${least}channel: { ${Object.entries({ publicId: "_Abcd", idType: "app", marketing, ...changes }).map(([key, value]) => `${key}: ${value}`).join(", ")} }\n`;
const fields = (written: string): string => channel({ fields: `{ ${written} }` });

describe("channel", () => {
  it("takes consents of a table of their own, segments, and fields with formats", () => {
    const yaml = channel({
      marketing: `{ table: consents, memberId: member_id, where: "kind = 'ad'", agreed: ok, agreedAt: { sql: "max(at, seen_at)" }, night: night }`,
      segments: `{ vip: "level > 3", new_2026-가입: "joined >= '2026-01-01'" }`,
      fields: `{ 지역: region, 가입일: { column: created_at, format: YYYY-MM-DD }, 최근구매일: { column: bought_at, format: "YYYY/MM/DD" }, 이름: name, vip_level: { column: level, type: number }, joined: { column: created_at, format: YYYYMMDD, type: number } }`,
    });
    const config = load(yaml);
    expect(config.warnings).toEqual([]);
    expect(config.channel).toMatchObject({
      segments: { vip: "level > 3", "new_2026-가입": "joined >= '2026-01-01'" },
      marketing: { table: { table: "consents", memberId: "member_id", where: "kind = 'ad'" }, agreedAt: { kind: "sql", sql: "max(at, seen_at)" } },
      ageUnknown: "leave-out",
      unconfirmed: { phoneAs: "82", removeAs: "ids" },
    });
    expect(Object.keys(config.channel?.fields ?? {})).toEqual(["지역", "가입일", "최근구매일", "이름", "vip_level", "joined"]);
  });

  it.each([["@shop", "the id by which people search"], ["https://pf.kakao.com/_Abcd", "no profile id"], ["shop", "no profile id"]])("is named by its profile id, not by %s", (publicId, what) => {
    expect(loadProblems(channel({ publicId: `"${publicId}"` }))).toEqual([expect.stringMatching(new RegExp(`^5 {2}channel\\.publicId: .*${what}.*; write the profile id: .* _Abcd$`))]);
  });

  it.each([
    ["{ table: consents, agreed: ok, agreedAt: at }", /channel\.marketing\.memberId: missing; write the name of the column/],
    ["{ memberId: member_id, agreed: ok, agreedAt: at }", /channel\.marketing\.memberId: belongs to a table of consents; remove it, or name that table/],
    [`{ where: "kind = 'ad'", agreed: ok, agreedAt: at }`, /channel\.marketing\.where: belongs to a table of consents/],
    [`{ table: consents, memberId: id, where: "kind = 'ad';", agreed: ok, agreedAt: at }`, /channel\.marketing\.where: .*without a semicolon/],
    ["{ agreed: { column: ok, decrypt: [node, x] }, agreedAt: at }", /channel\.marketing\.agreed: a consent is not decrypted; name a column with the value itself, or write \{ sql/],
    ["{ agreed: ok, agreedAt: { column: at, stored: sha256-hex, of: as-is } }", /channel\.marketing\.agreedAt: a digest cannot be shown/],
    ["{ agreed: ok }", /channel\.marketing\.agreedAt: missing/],
  ])("refuses consents like %s", (written, problem) => {
    expect(loadProblems(channel({ marketing: written }))).toEqual([expect.stringMatching(problem)]);
  });

  it.each(["two words", "-vip", "a.b", "vip!"])("refuses a segment named %j, and says what a name is", (name) => {
    expect(loadProblems(channel({ segments: `{ "${name}": "level > 3" }` }))).toEqual([expect.stringMatching(/this is no name of a segment; write letters, digits, - and _/)]);
  });

  it("refuses a segment that is no condition, and a key that stands in one", () => {
    expect(loadProblems(channel({ segments: `{ vip: "level > 3;" }` }))).toEqual([expect.stringMatching(/channel\.segments\.vip: .*without a semicolon/)]);
    expect(loadProblems(channel({ segments: `{ vip: "aes_decrypt(level, 'Sesame-open') > 3" }` }))).toEqual([expect.stringMatching(/channel\.segments\.vip: a key or salt is written into this expression/)]);
  });

  it("needs a readable number where people are known by it", () => {
    expect(loadProblems(channel({ idType: "phone" }))).toEqual([expect.stringMatching(/channel\.idType: members\.phone has no column; name it, or write app/)]);
    const digest = channel({ idType: "phone" }).replace("ci: ci", "ci: ci, phone: { column: phone_hash, stored: sha256-hex, of: digits }");
    expect(loadProblems(digest)).toEqual([expect.stringMatching(/channel\.idType: members\.phone is a digest/)]);
    const encrypted = channel({ idType: "phone" }).replace("ci: ci", "ci: ci, phone: { column: phone_enc, decrypt: [node, x] }, phoneVerified: always");
    expect(load(encrypted).channel?.idType).toBe("phone");
  });

  it.each([
    ["앱유저아이디: id", /channel\.fields\.앱유저아이디: this column is the identifier/],
    ["최근구매일: a, 최근 구매일: b", /channel\.fields\.최근 구매일: this field is named already/],
    ["지역: { column: region, decrypt: [node, x] }", /channel\.fields\.지역\.decrypt: unknown key; remove it, or write one of column, format, type/],
    ["지역: { column: { column: region, decrypt: [node, x] } }", /channel\.fields\.지역\.column: a value for Kakao is not decrypted/],
    ["가입일: { column: at, format: DD-MM-YY }", /channel\.fields\.가입일\.format: .*write a date format of YYYY, MM and DD/],
    ["가입일: { column: at, format: YYYYYYYY }", /channel\.fields\.가입일\.format: /],
    ["가입일: { column: at, format: YYYY--MM }", /channel\.fields\.가입일\.format: /],
    ["joined: { column: at, format: YYYY-MM-DD, type: number }", /channel\.fields\.joined\.format: with this format the value is no number/],
    [Array.from({ length: 31 }, (_, at) => `n${String(at)}: { column: c, type: number }`).join(", "), /channel\.fields: more than 30 fields; keep at most 30/],
  ])("refuses fields like %s", (written, problem) => {
    expect(loadProblems(fields(written))).toEqual([expect.stringMatching(problem)]);
  });

  it("warns of a text under a name of the shop's own, which cannot be uploaded", () => {
    expect(load(fields("등급: grade, 지역: region, vip: { column: level, type: number }")).warnings).toEqual([
      "kakao-sync.config.yaml:5  channel.fields.등급: Kakao takes texts only under its own names: with this field a file can be written and not uploaded; write type: number, or one of Kakao's names",
    ]);
  });
});
