import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DatabaseExplorer, exploreDatabase } from "../../src/database/explore.ts";
import { createStore, type Store, storeEngine } from "../helpers/stores.ts";

async function openStore(...statements: readonly string[]): Promise<{ readonly store: Store; readonly explorer: DatabaseExplorer }> {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-explore-"));
  const store = await createStore(folder);
  for (const statement of statements) await store.change(statement);
  const explorer = await exploreDatabase(store.url.replace("./", `${folder}/`), "Asia/Seoul");
  onTestFinished(async () => {
    await explorer.close();
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  return { store, explorer };
}

const bytes = { sqlite: "blob", postgres: "bytea", mysql: "varbinary(64)" }[storeEngine];
const bytesOf = (hex: string): string => (storeEngine === "postgres" ? `'\\x${hex}'` : `X'${hex}'`);

describe("looking into a database", () => {
  test("tables and views with columns, keys and rows", async () => {
    const { explorer } = await openStore(
      "create table members (id integer primary key, login varchar(20) not null unique, a varchar(9) not null, b varchar(9) not null default 'x', c varchar(9), unique (a, b))",
      "insert into members values (1, 'one', 'a', 'b', null), (2, 'two', 'a', 'c', '')",
      "create view members_view as select id, login from members",
    );
    const tables = await explorer.listTables();
    const members = tables.find(({ name }) => name === "members");
    expect(members).toMatchObject({ isView: false, rows: 2, isEstimate: false, primaryKey: ["id"] });
    expect(members?.columns.map(({ name, mustBeGiven }) => [name, mustBeGiven])).toEqual([["id", storeEngine !== "sqlite"], ["login", true], ["a", true], ["b", false], ["c", false]]);
    expect(members?.columns[1]?.type).toMatch(/^(?:varchar|character varying)\(20\)$/);
    expect(members?.uniqueKeys.map((columns) => columns.join()).sort()).toEqual(["a,b", "id", "login"]);
    expect(tables.find(({ name }) => name === "members_view")).toMatchObject({ isView: true, rows: null, primaryKey: [] });
  });

  test("an index with a condition, or over a part of a column, keeps nothing apart", async () => {
    const { explorer } = await openStore(
      "create table members (id integer primary key, kakao_id varchar(30), name varchar(30))",
      storeEngine === "mysql" ? "create unique index part on members (name(3))" : "create unique index part on members (kakao_id) where kakao_id is not null",
    );
    expect((await explorer.listTables())[0]?.uniqueKeys).toEqual([["id"]]);
  });

  test("rows of both ends, once a table is larger than what is asked for", async () => {
    const { explorer } = await openStore("create table members (id integer primary key, name varchar(30))", `insert into members values ${Array.from({ length: 50 }, (_one, at) => `(${at + 1}, 'n${at + 1}')`).join(", ")}`);
    expect((await explorer.sampleRows("members", { rows: 4 })).map(([id]) => id)).toEqual(["1", "2", "50", "49"]);
    expect(await explorer.sampleRows("members", { rows: 200 })).toHaveLength(50);
    expect(await explorer.sampleRows("members", { rows: 2, columns: ["name", { sql: "id + 1" }] })).toEqual([["n1", "2"], ["n50", "51"]]);
  });

  test("values as text: long numbers whole, bytes in hexadecimal digits, long texts cut", async () => {
    const { explorer } = await openStore(`create table things (id bigint primary key, data ${bytes}, note text)`, `insert into things values (9223372036854775807, ${bytesOf("00ff")}, '${"x".repeat(300)}')`, "insert into things values (1, null, '휴대폰')");
    expect([...(await explorer.sampleRows("things", { rows: 10 }))].sort()).toEqual([["1", null, "휴대폰"], ["9223372036854775807", "\\x00ff", "x".repeat(200)]]);
  });

  test("wrong names are told with the nearest one", async () => {
    const { explorer } = await openStore("create table members (id integer primary key, phone varchar(30))");
    await expect(explorer.sampleRows("membres", { rows: 1 })).rejects.toMatchObject({ code: "database-names", message: expect.stringContaining("did you mean members?") as unknown });
    await expect(explorer.sampleRows("members", { rows: 1, columns: ["phon"] })).rejects.toMatchObject({ code: "database-names", message: expect.stringContaining("did you mean phone?") as unknown });
  });

  test("conditions are counted, and nothing can be changed through one", async () => {
    const { explorer, store } = await openStore("create table members (id integer primary key, status varchar(30))", "insert into members values (1, 'a'), (2, 'b'), (3, 'a')");
    expect(await explorer.countRows("members", "status = 'a' -- those")).toBe(2);
    await expect(explorer.countRows("members", "nobody = 1")).rejects.toMatchObject({ exitCode: expect.any(Number) as unknown });
    await expect(explorer.countRows("members", "1 = 1); delete from members; select (1")).rejects.toThrow();
    expect(await store.rows("select count(*) from members")).toEqual([["3"]]);
  });

  test.runIf(storeEngine === "postgres")("PostgreSQL: no transaction of it may write, and tables of other schemas are named with theirs", async () => {
    const { explorer, store } = await openStore("create schema crm", "create table crm.members (id serial primary key, phone text)", "create table crm.closed (id int)", "insert into crm.members (phone) values ('a')");
    await expect(explorer.countRows("crm.members", "nextval('crm.members_id_seq') > 0")).rejects.toMatchObject({ code: "database-read-only" });
    expect((await explorer.listTables()).map(({ name }) => name)).toEqual(["crm.closed", "crm.members"]);
    expect(await store.rows("select last_value from crm.members_id_seq")).toEqual([["1"]]);
  });
});

describe.runIf(storeEngine === "sqlite")("CSV", () => {
  test("each file of a folder is a table; one file is one, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kakao-sync-explore-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, "dump"));
    writeFileSync(join(folder, "dump", "members.csv"), "\uFEFFid,휴대폰\n1,010-1111-2222\n2,\n");
    writeFileSync(join(folder, "dump", "orders.csv"), "id\n7\n");
    const explorer = await exploreDatabase(`csv:${join(folder, "dump")}`, "Asia/Seoul");
    expect((await explorer.listTables()).map(({ name, rows }) => [name, rows])).toEqual([["members", 2], ["orders", 1]]);
    expect(await explorer.sampleRows("members", { rows: 5 })).toEqual([["1", "010-1111-2222"], ["2", null]]);
    await explorer.close();
    const one = await exploreDatabase(`csv:${join(folder, "dump", "orders.csv")}`, "Asia/Seoul");
    expect((await one.listTables()).map(({ name }) => name)).toEqual(["orders"]);
    await one.close();
    await expect(exploreDatabase(`csv:${join(folder)}`, "Asia/Seoul")).rejects.toMatchObject({ code: "database-missing" });
  });
});

describe("a URL of no engine", () => {
  test("is refused without being repeated", async () => {
    await expect(exploreDatabase("oracle://scott:tiger@host/db", "Asia/Seoul")).rejects.toMatchObject({ code: "database-engine", message: expect.not.stringContaining("tiger") as unknown });
  });
});
