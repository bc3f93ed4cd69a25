import { afterEach, describe, expect, it } from "vitest";
import { openLinkedPlace } from "../../src/database/places.ts";
import type { LinkedPlace } from "../../src/database/service-database.ts";
import { createSqliteFile } from "../contracts/sqlite-file.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function createPlace(statements: readonly string[]): string {
  const service = createSqliteFile(statements);
  cleanups.push(() => service.remove());
  return service.url;
}

const seoul = { timeZone: "Asia/Seoul" };

async function readIds(place: LinkedPlace): Promise<string[]> {
  cleanups.push(() => place.close());
  const ids: string[] = [];
  for await (const page of place.readIds()) ids.push(...page);
  return ids;
}

describe("a place of alsoLinkedIn", () => {
  it("gives every non-empty id as text, 19 digits whole", async () => {
    const url = createPlace(["CREATE TABLE customer (id INTEGER PRIMARY KEY, kakao_id)", "INSERT INTO customer (kakao_id) VALUES (9223372036854775807), ('8'), (''), (0), ('0'), (NULL)"]);
    expect(await readIds(await openLinkedPlace({ name: "brand2", url, table: "customer", fixed: {}, kakaoId: "kakao_id" }, seoul))).toEqual(["9223372036854775807", "8"]);
  });

  it.each(["(id INTEGER PRIMARY KEY, kakao_id TEXT)", "(id INTEGER, kakao_id INTEGER PRIMARY KEY) WITHOUT ROWID"])("pages through %s", async (columns) => {
    const url = createPlace([`CREATE TABLE customer ${columns}`, "INSERT INTO customer (id, kakao_id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25000) SELECT i, i + 5 FROM n"]);
    const ids = await readIds(await openLinkedPlace({ name: "brand2", url, table: "customer", fixed: {}, kakaoId: "kakao_id", where: "id % 2 = 0" }, seoul));
    expect([ids.length, new Set(ids).size]).toEqual([12500, 12500]);
  });

  it("counts only rows with the fixed values", async () => {
    const url = createPlace(["CREATE TABLE social (provider TEXT, kakao_id TEXT)", "INSERT INTO social VALUES ('kakao', '7'), ('naver', '8'), (NULL, '9')"]);
    expect(await readIds(await openLinkedPlace({ name: "brand2", url, table: "social", kakaoId: "kakao_id", fixed: { provider: "kakao" } }, seoul))).toEqual(["7"]);
  });

  it.each([
    [{ url: "sqlite:./nowhere.db" }, /brand2.*nowhere\.db/],
    [{ url: "oracle://user:secret@host/db" }, /brand2.*engine oracle/],
    [{ table: "custommer" }, /brand2.*did you mean customer/],
    [{ kakaoId: "kakaoid" }, /brand2.*did you mean kakao_id/],
    [{ fixed: { provder: "kakao" } }, /brand2.*provder/],
    [{ where: "deleted is null" }, /brand2.*deleted/],
    [{ kakaoId: "rate" }, /brand2.*customer\.rate.*floating-point/],
  ])("that cannot be read is named: %o", async (wrong, message) => {
    const url = createPlace(["CREATE TABLE customer (id INTEGER PRIMARY KEY, kakao_id, rate REAL)"]);
    await expect(openLinkedPlace({ name: "brand2", url, table: "customer", fixed: {}, kakaoId: "kakao_id", ...wrong }, seoul)).rejects.toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }));
  });
});
