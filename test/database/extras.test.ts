import { afterEach, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import type { ExtraSource, ServiceDatabase } from "../../src/database/service-database.ts";
import { createMysqlDatabase, runAlone } from "../contracts/mysql-server.ts";
import { createPostgresDatabase } from "../contracts/postgres-server.ts";
import { membersMap, membersSql } from "../contracts/service-database.ts";
import { createSqliteFile } from "../contracts/sqlite-file.ts";
import { findMysql, findPostgres } from "../helpers/servers.ts";

const [mysql, postgres] = [await findMysql(), await findPostgres()];
const urlOf = (found: typeof mysql): string => ("url" in found ? found.url : "");
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function open(url: string): Promise<ServiceDatabase> {
  const database = await openServiceDatabase({ url, timeZone: "Asia/Seoul", session: {}, map: membersMap, now: () => new Date() });
  cleanups.push(() => database.close());
  return database;
}

async function readExtras(url: string, extras: readonly ExtraSource[]): Promise<Readonly<Record<string, unknown>>> {
  const found: [string, unknown][] = [];
  for await (const page of (await open(url)).readMembers({ extras, values: [] })) found.push(...page.map((row): [string, unknown] => [row.id, row.extras]));
  return Object.fromEntries(found);
}

const agreed: ExtraSource = { kind: "lookup", name: "channel.marketing.agreed", table: "consents", memberId: "member_id", column: { kind: "column", column: "agreed" } };
const consents = ["CREATE TABLE consents (member_id BIGINT, agreed VARCHAR(5), note VARCHAR(5))", "INSERT INTO consents VALUES (1, 'Y', 'x')"];

describe("SQLite: extras", () => {
  it("refuse a member's id that is a floating-point number: 1.0 is no member's id", async () => {
    const service = createSqliteFile([...membersSql, "CREATE TABLE consents (member_id REAL, agreed TEXT)"]);
    cleanups.push(() => service.remove());
    await expect((await open(service.url)).inspect([agreed])).rejects.toMatchObject({ exitCode: 2, code: "id-column-type", message: expect.stringContaining("consents.member_id") });
  });

  it("are read by an index, a primary key or a rowid alike, and out of a view", async () => {
    const service = createSqliteFile([...membersSql, "CREATE TABLE consents (member_id INTEGER PRIMARY KEY, agreed TEXT)", "INSERT INTO consents VALUES (1, 'Y'), (3, 'N')", "CREATE VIEW both_consents AS SELECT * FROM consents UNION ALL SELECT 1, 'N'"]);
    cleanups.push(() => service.remove());
    expect(await readExtras(service.url, [agreed, { ...agreed, table: "both_consents" }])).toMatchObject({ "1": ["Y", "\u001dseveral"], "2": [null, null], "3": ["N", "N"] });
  });
});

describe.skipIf(!("url" in postgres))("PostgreSQL: extras", () => {
  const create = async (...more: string[]): Promise<Awaited<ReturnType<typeof createPostgresDatabase>>> => {
    const service = await createPostgresDatabase(urlOf(postgres), [...membersSql, ...more]);
    cleanups.push(() => service.remove());
    return service;
  };

  it("are refused before anything is read where the user may not look into the table, or one column of it", async () => {
    const role = `kakao_sync_${process.pid}_extras`;
    const service = await create(...consents, `CREATE ROLE ${role} LOGIN`, `GRANT SELECT ON members TO ${role}`);
    cleanups.push(async () => service.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
    const url = new URL(service.url);
    url.username = role;
    const wrong = { exitCode: 2, code: "database-rights", message: expect.stringMatching(/lacks a right .*consents/), hint: expect.stringContaining("Grant SELECT") };
    await expect((await open(url.href)).inspect([agreed])).rejects.toMatchObject(wrong);
    await service.run(`GRANT SELECT (member_id) ON consents TO ${role}`);
    await expect((await open(url.href)).inspect([agreed])).rejects.toMatchObject(wrong);
    await service.run(`GRANT SELECT (agreed) ON consents TO ${role}`);
    expect((await (await open(url.href)).inspect([agreed])).rows).toEqual([5]);
    expect(await readExtras(url.href, [agreed])).toMatchObject({ "1": ["Y"], "2": [null] });
  });

  it.each(["text[]", "jsonb", "xml"])("refuse a column of the type %s, in the member table and in another one", async (type) => {
    const { url } = await create(`ALTER TABLE members ADD COLUMN extra ${type}`, `CREATE TABLE consents (member_id BIGINT, agreed ${type})`);
    await expect((await open(url)).inspect([{ kind: "column", name: "x", column: "extra" }])).rejects.toMatchObject({ exitCode: 2, code: "value-column-type" });
    await expect((await open(url)).inspect([agreed])).rejects.toMatchObject({ exitCode: 2, code: "value-column-type", message: expect.stringContaining("consents.agreed") });
  });

  it("know members by type and text: a citext, a number with decimals and a UUID beside a text", async () => {
    const { url } = await create("CREATE EXTENSION citext", "CREATE TABLE consents (member_id numeric, agreed text)", "INSERT INTO consents VALUES (1, 'Y'), (2.5, 'Y'), (9007199254740993, 'N')", "CREATE TABLE more (member_id citext, agreed boolean)", "INSERT INTO more VALUES ('1', true), ('2', false), ('x', true)");
    expect(await readExtras(url, [agreed, { ...agreed, table: "more" }])).toEqual({ "1": ["Y", "1"], "2": [null, "0"], "3": [null, null], "4": [null, null], "9007199254740993": ["N", null] });
    const { url: times } = await create("CREATE TABLE consents (member_id timestamp, agreed text)");
    await expect((await open(times)).inspect([agreed])).rejects.toMatchObject({ exitCode: 2, code: "id-column-type" });
  });
});

describe.skipIf(!("url" in mysql))("MySQL: extras", () => {
  const create = async (...more: string[]): Promise<Awaited<ReturnType<typeof createMysqlDatabase>>> => {
    const service = await createMysqlDatabase(urlOf(mysql), [...membersSql, ...more]);
    cleanups.push(() => service.remove());
    return service;
  };

  it("are refused before anything is read where the user may not look into the table", async () => {
    const service = await create(...consents);
    const user = service.name.slice(-12);
    await runAlone(urlOf(mysql), `CREATE USER '${user}'@'%' IDENTIFIED BY 'Sesame-7'`);
    cleanups.push(() => runAlone(urlOf(mysql), `DROP USER '${user}'@'%'`));
    await runAlone(urlOf(mysql), `GRANT SELECT ON ${service.name}.members TO '${user}'@'%'`);
    const url = new URL(service.url);
    [url.username, url.password] = [user, "Sesame-7"];
    await expect((await open(url.href)).inspect([agreed])).rejects.toMatchObject({ exitCode: 2, code: "database-rights", message: expect.stringMatching(/consents/), hint: expect.stringContaining("Grant SELECT") });
    await runAlone(urlOf(mysql), `GRANT SELECT (member_id, agreed) ON ${service.name}.consents TO '${user}'@'%'`);
    expect(await readExtras(url.href, [agreed])).toMatchObject({ "1": ["Y"], "2": [null] });
  });

  it("find rows as the database compares texts, and refuse a table that compares them otherwise", async () => {
    const people = ["DROP TABLE members", "CREATE TABLE members (id VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, kakao_id BIGINT, status VARCHAR(10), role VARCHAR(10), phone VARCHAR(20), email VARCHAR(100), name VARCHAR(50), birthdate VARCHAR(10), last_login_at VARCHAR(30))", "INSERT INTO members (id) VALUES ('abc'), ('x')"];
    const alike = await create(...people, "CREATE TABLE consents (member_id VARCHAR(30) COLLATE utf8mb4_general_ci, agreed VARCHAR(5))", "INSERT INTO consents VALUES ('ABC', 'N')");
    expect(await readExtras(alike.url, [agreed])).toEqual({ abc: ["N"], x: [null] });
    await alike.run("CREATE INDEX consents_member ON consents (member_id)");
    expect(await readExtras(alike.url, [agreed])).toEqual({ abc: ["N"], x: [null] });
    await alike.run("INSERT INTO consents VALUES ('abc', 'Y')");
    expect(await readExtras(alike.url, [agreed])).toEqual({ abc: ["\u001dseveral"], x: [null] });
    const other = await create(...people, "CREATE TABLE consents (member_id VARCHAR(30) COLLATE utf8mb4_bin, agreed VARCHAR(5))");
    await expect((await open(other.url)).inspect([agreed])).rejects.toMatchObject({ exitCode: 2, code: "id-collations", message: expect.stringContaining("consents.member_id"), hint: expect.stringContaining("Make consents compare as the members do") });
  });
});
