import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLinkedPlace } from "../../src/database/places.ts";
import type { LinkedPlace, PlaceMap } from "../../src/database/service-database.ts";
import { createPostgresDatabase } from "../contracts/postgres-server.ts";
import { findPostgres } from "../helpers/servers.ts";

const server = await findPostgres();

describe.skipIf("missing" in server)(`PostgreSQL: places of alsoLinkedIn${"missing" in server ? `, skipped: ${server.missing}` : ""}`, () => {
  let service: Awaited<ReturnType<typeof createPostgresDatabase>>;
  let opened: LinkedPlace[] = [];
  const open = async (changes: Partial<PlaceMap>): Promise<LinkedPlace> => {
    const place = await openLinkedPlace({ name: "brand2", url: service.url, table: "customer", kakaoId: "kakao_id", fixed: {}, ...changes }, { timeZone: "Asia/Seoul" });
    opened.push(place);
    return place;
  };
  const readAll = async (place: LinkedPlace): Promise<string[]> => {
    const ids: string[] = [];
    for await (const page of place.readIds()) ids.push(...page);
    return ids;
  };

  beforeEach(async () => {
    service = await createPostgresDatabase("url" in server ? server.url : "", [
      "CREATE SCHEMA brand",
      "CREATE TABLE brand.customer (id bigint, kakao_id bigint, deleted_at date)",
      "INSERT INTO brand.customer SELECT i, 8000000000000000000 + i, CASE WHEN i % 2 = 0 THEN current_date END FROM generate_series(1, 25001) AS i",
      "INSERT INTO brand.customer VALUES (0, NULL, NULL), (0, 0, NULL), (1, 8000000000000000001, NULL)",
      "CREATE TABLE accounts (provider text, user_id text)",
      "CREATE TABLE rates (rate numeric(22, 2), whole numeric(22), any_scale numeric)",
      "INSERT INTO rates VALUES (11, 11, 11), (12, 12, 12.00)",
      "INSERT INTO accounts VALUES ('kakao', '11'), ('kakao', '9'), ('kakao', 'oops'), ('kakao', ''), ('kakao', '0'), ('kakao', NULL), ('naver', '12'), (NULL, '13')",
    ]);
  });
  afterEach(async () => {
    for (const place of opened) await place.close();
    opened = [];
    await service.remove();
  });

  it("reads every id once, in pages, of a table in a schema", async () => {
    const ids = await readAll(await open({ table: "brand.customer" }));
    expect([ids.length, new Set(ids).size, ids[0], ids.at(-1)]).toEqual([25_001, 25_001, "8000000000000000001", "8000000000000025001"]);
  });

  it("looks in the schema of the URL", async () => {
    expect(await readAll(await open({ url: `${service.url}?schema=brand`, where: "deleted_at IS NULL AND id < 4" }))).toEqual(["8000000000000000001", "8000000000000000003"]);
  });

  it("counts rows by fixed values and where; ids are text as stored", async () => {
    const accounts = { table: "accounts", kakaoId: "user_id" };
    expect(await readAll(await open({ ...accounts, fixed: { provider: "kakao" } }))).toEqual(["11", "9", "oops"]);
    expect(await readAll(await open({ ...accounts, fixed: { provider: null } }))).toEqual(["13"]);
    const place = await open({ ...accounts, fixed: { provider: "kakao" }, where: "user_id <> '9' -- not that one" });
    expect(await place.findHeldIds(["11", "9", "12", "13", "7"])).toEqual(new Set(["11"]));
    expect(await (await open({ table: "brand.customer" })).findHeldIds(["8000000000000025001", "9223372036854775807"])).toEqual(new Set(["8000000000000025001"]));
  });

  it("finds a number whatever zeros stand behind it, and takes no column that always writes them", async () => {
    for (const kakaoId of ["whole", "any_scale"]) expect(await (await open({ table: "rates", kakaoId })).findHeldIds(["11", "12", "13"])).toEqual(new Set(["11", "12"]));
  });

  it.each<[string, Partial<PlaceMap>, RegExp]>([
    ["a wrong table", { table: "brand.custmer" }, /There is no table brand\.custmer; did you mean brand\.customer\?/],
    ["a wrong column", { table: "accounts", kakaoId: "usr_id" }, /accounts has no column usr_id; did you mean user_id\?/],
    ["a column of another type", { table: "brand.customer", kakaoId: "deleted_at" }, /of the type date, which cannot hold/],
    ["a column with decimals", { table: "rates", kakaoId: "rate" }, /of the type numeric\(22,2\), which cannot hold/],
    ["a wrong condition", { table: "accounts", kakaoId: "user_id", where: "provder = 1" }, /where is no SQL .*provder/],
    ["a condition that is two statements", { table: "accounts", kakaoId: "user_id", where: "true); DROP TABLE accounts; --" }, /where is no SQL/],
    ["a value of the wrong type", { table: "brand.customer", fixed: { id: "x" } }, /where is no SQL/],
  ])("names the place and %s", async (_what, changes, message) => {
    await expect(open(changes)).rejects.toMatchObject({ exitCode: 2, code: "linked-place", message: expect.stringMatching(new RegExp(`^The place brand2 of alsoLinkedIn cannot be read\\. [^]*${message.source}`)) });
    expect(await service.run("SELECT count(*) FROM accounts")).toEqual([[8n]]);
  });
});
