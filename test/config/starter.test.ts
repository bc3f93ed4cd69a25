import { describe, expect, it } from "vitest";
import { renderStarterConfig, type StarterAnswers } from "../../src/config/starter.ts";
import { load } from "./write-config.ts";

const few: StarterAnswers = { environment: "production", databaseUrl: "sqlite:./members.db", table: "members", id: "id", phone: "phone", where: "all", linkColumn: "kakao_id", appId: "424242" };

describe("renderStarterConfig", () => {
  it("makes a file that loads, with what was answered", () => {
    const config = load(renderStarterConfig({ ...few, ci: "ci", name: "name", phoneVerifiedAt: "verified_at", where: "status = 'active'", withdrawn: "status = 'left'", baseUrl: "http://127.0.0.1:8080", environment: "rehearsal" }));
    expect(config).toMatchObject({
      environment: "rehearsal",
      members: { table: "members", ci: { column: "ci" }, phoneVerifiedAt: { column: "verified_at" }, where: "status = 'active'", withdrawn: "status = 'left'" },
      link: { column: "kakao_id" },
      kakao: { appId: "424242", adminKey: { unset: "KAKAO_ADMIN_KEY" }, baseUrl: "http://127.0.0.1:8080" },
      matching: { keys: ["ci", "phone"], corroborators: ["name"] },
    });
  });

  it("leaves what was not answered as comments to fill in", () => {
    const text = renderStarterConfig(few);
    expect(load(text).members).toEqual({ table: "members", id: "id", phone: { kind: "column", column: "phone" }, where: "all", also: [], pending: [] });
    expect(text).toContain("  # birthdate: …\n");
    expect(text).toContain("  # withdrawn: ");
  });

  it.each(["1", "yes", "true", "null", "a: b", "a # b", '"', "'x'", "- a", "{a}", "*a", "회원", "a\\b", "status = 'active' -- # \"x\""])("quotes what YAML would read otherwise: %s", (word) => {
    const config = load(renderStarterConfig({ ...few, table: word, id: `${word}2`, where: word }));
    expect(config.members).toMatchObject({ table: word, id: `${word}2`, where: word });
  });
});
