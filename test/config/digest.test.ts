import { describe, expect, it } from "vitest";
import { configDigest, renderDigestInput } from "../../src/config/digest.ts";
import { least, load } from "./write-config.ts";

const base = `${least.replace("appId: 424242", 'appId: 424242, adminKey: "${KEY}"')}`;
const digest = (yaml: string, env: Record<string, string> = { KEY: "k" }): string => configDigest(load(yaml, { env }));

describe("configDigest", () => {
  it("is the same for the same settings, in whatever order, form and folder they are written", () => {
    const reordered = base.split("\n").reverse().join("\n");
    expect(digest(reordered)).toBe(digest(base));
    expect(digest(base.replace("ci: ci", "ci: { column: ci }"))).toBe(digest(base));
    expect(digest(`${base}matching: { keys: [ci] }\n`)).toBe(digest(base));
    expect(digest(base)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["another admin key", base, { KEY: "other" }],
    ["another place of the same database", base.replace("./members.db", "./copy.db"), { KEY: "k" }],
    ["another pace", `${base}limits: { requestsPerSecond: 5, listingPerMinute: 50, monthlyShare: 0.1, rowsPerSecond: 9 }\n`, { KEY: "k" }],
    ["another retention", `${base}retention: { snapshot: 1d }\n`, { KEY: "k" }],
  ])("stays with %s", (_, yaml, env) => expect(digest(yaml, env)).toBe(digest(base)));

  it.each([
    ["the environment", `environment: rehearsal\n${base}`],
    ["the app", base.replace("424242", "424243")],
    ["Kakao's address", base.replace("appId", 'baseUrl: "http://127.0.0.1:1", appId')],
    ["a column", base.replace("ci: ci", "ci: ci2")],
    ["a condition", base.replace("where: all", "where: a = 1")],
    ["the link", base.replace("column: kakao_id", "column: kakao")],
    ["matching", `${base}matching: { dormant: link }\n`],
    ["a place", `${base}alsoLinkedIn: [{ name: a, url: "sqlite:a.db", link: { table: t, kakaoId: k } }]\n`],
    ["a brake", `${base}limits: { link: { count: 5 } }\n`],
  ])("changes with %s", (_, yaml) => expect(digest(yaml)).not.toBe(digest(base)));

  it("takes its input as JSON without paths", () => {
    const config = load(base, { env: { KEY: "k" } });
    const input = renderDigestInput(config);
    expect(JSON.parse(input)).toMatchObject({ kakao: { appId: "424242" }, members: { where: "all" } });
    expect(input).not.toContain(config.folder);
  });
});
