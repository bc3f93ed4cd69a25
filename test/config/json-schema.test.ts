import { describe, expect, it } from "vitest";
import { listKnownKeys, renderJsonSchema } from "../../src/config/json-schema.ts";

describe("renderJsonSchema", () => {
  it("describes the file for editors: keys, words, defaults", () => {
    expect(renderJsonSchema()).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      required: ["database", "members", "link", "kakao"],
      additionalProperties: false,
      properties: {
        environment: { enum: ["production", "rehearsal"], default: "production" },
        members: { required: ["table", "id", "where"] },
        limits: { properties: { listingPerMinute: { default: 90, maximum: 100 } } },
      },
    });
  });
});

describe("listKnownKeys", () => {
  it.each<[(string | number)[], string[]]>([
    [["kakao", "app"], ["fixedIds", "autoLink"]],
    [["members", "ci"], ["column", "sql", "stored", "of", "keyFile", "decrypt"]],
    [["members", "pending", 3], ["table", "kakaoId"]],
    [["channel", "fields", "지역"], ["column", "format", "type"]],
    [["nothing"], []],
  ])("at %j are %j", (path, keys) => expect(listKnownKeys(path)).toEqual(keys));
});
