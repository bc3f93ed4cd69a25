import { describe, expect, it } from "vitest";
import { renderStarterConfig, type StarterAnswers } from "../../src/config/starter.ts";
import { load } from "./write-config.ts";

const few: StarterAnswers = {
  environment: "production", databaseUrl: "sqlite:./members.db", table: "members", id: "id", columns: { phone: { from: "phone" } },
  conditions: { where: "all" }, link: { kind: "column", column: "kakao_id" }, appId: "424242",
};

describe("renderStarterConfig", () => {
  it("makes a file that loads, with what was answered", () => {
    const config = load(
      renderStarterConfig({
        ...few,
        columns: { ...few.columns, ci: { from: "ci", note: "usable in 12 %" }, name: { from: { sql: "last_name || first_name" } }, phoneVerifiedAt: { from: "verified_at" } },
        conditions: { where: "status = 'active'", withdrawn: "status = 'left'" },
        proposed: { blocked: "status = 'blocked'" },
        baseUrl: "http://127.0.0.1:8080",
        environment: "rehearsal",
      }),
    );
    expect(config).toMatchObject({
      environment: "rehearsal",
      members: { table: "members", ci: { column: "ci" }, name: { sql: "last_name || first_name" }, phoneVerifiedAt: { column: "verified_at" }, where: "status = 'active'", withdrawn: "status = 'left'" },
      link: { column: "kakao_id" },
      kakao: { appId: "424242", adminKey: { unset: "KAKAO_ADMIN_KEY" }, baseUrl: "http://127.0.0.1:8080" },
      matching: { keys: ["ci", "phone"], corroborators: ["name"] },
    });
    expect(config.members.blocked).toBeUndefined();
  });

  it("leaves what was not answered as comments to fill in", () => {
    const text = renderStarterConfig({ ...few, leftOut: { ci: "ci_hash holds digests" }, also: [{ table: "members_dormant", id: "id", columns: { phone: "phone" } }] });
    expect(load(text).members).toEqual({ table: "members", id: "id", phone: { kind: "column", column: "phone" }, where: "all", also: [], pending: [] });
    expect(text).toContain("  # birthdate: …\n");
    expect(text).toContain("  # ci: …   # ci_hash holds digests\n");
    expect(text).toContain("  # withdrawn: ");
    expect(text).toContain("  #   - { table: members_dormant, id: id, phone: phone }\n");
  });

  it("writes all that is unknown as comments, and then does not load", () => {
    const text = renderStarterConfig({ environment: "production", columns: {}, conditions: {}, proposed: { where: "status = '정상'" } });
    expect(text.split("\n").filter((line) => /^ *#/.test(line)).map((line) => /(\w+): /.exec(line)?.[1])).toEqual(expect.arrayContaining(["url", "table", "id", "phone", "where", "column", "appId", "publicId"]));
    expect(text).toContain("  # where: status = '정상'   # a guess");
    expect(() => load(text)).toThrow(/has \d+ problems/);
  });

  it("writes a table of links with what a new row needs, and a channel where its consents are known", () => {
    const config = load(
      renderStarterConfig({
        ...few,
        link: { kind: "table", table: "Account", memberId: "userId", kakaoId: "providerAccountId", fixed: { provider: "kakao" }, set: { id: "uuid", created_at: "now", type: { literal: "oauth" }, data: { literal: "{}" } } },
        channel: { publicId: "_Abcd", agreed: "마케팅수신동의", agreedAt: "마케팅 동의일", joinedAt: "가입일" },
      }),
    );
    expect(config.link).toMatchObject({ kind: "table", table: "Account", memberId: "userId", kakaoId: "providerAccountId", fixed: { provider: "kakao" }, set: { id: "uuid", created_at: "now", type: { literal: "oauth" }, data: { literal: "{}" } } });
    expect(config.channel).toMatchObject({ publicId: "_Abcd", marketing: { agreed: { column: "마케팅수신동의" }, agreedAt: { column: "마케팅 동의일" } }, fields: { 가입일: { column: { column: "가입일" }, format: "YYYYMMDD" } } });
  });

  it.each(["1", "yes", "true", "null", "a: b", "a # b", '"', "'x'", "- a", "{a}", "*a", "회원", "a\\b", "a, b", "a}", "status = 'active' -- # \"x\""])("quotes what YAML would read otherwise: %s", (word) => {
    const link = { kind: "table", table: word, memberId: word, kakaoId: "kakao_id", fixed: { [word]: word }, set: {} } as const;
    const config = load(renderStarterConfig({ ...few, table: `${word}3`, id: `${word}2`, columns: { phone: { from: { sql: word } } }, conditions: { where: word }, link }));
    expect(config.members).toMatchObject({ table: `${word}3`, id: `${word}2`, where: word, phone: { sql: word } });
    expect(config.link).toMatchObject({ table: word, fixed: { [word]: word } });
  });
});
