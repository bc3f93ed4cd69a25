import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openServiceDatabase } from "../../src/database/open.ts";
import { openLinkedPlace } from "../../src/database/places.ts";
import { type ExtraSource, type ServiceDatabase, type ServiceDatabaseMap, SEVERAL_ROWS } from "../../src/database/service-database.ts";
import { openGuards, readAll } from "../contracts/service-database.ts";

let folder = "";
const opened: ServiceDatabase[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kakao-sync-csv-"));
});
afterEach(async () => {
  for (const database of opened.splice(0)) await database.close();
  rmSync(folder, { recursive: true });
});

const write = (name: string, text: string | Buffer): void => writeFileSync(join(folder, name), text);
const map: ServiceDatabaseMap = {
  members: { table: "members", id: "id", where: "status = 'active'", withdrawn: "status = 'left'", phone: { kind: "column", column: "phone" }, name: { kind: "column", column: "name" } },
  also: [],
  pending: [],
  link: { kind: "column", column: "kakao_id", set: {} },
};

async function open(opening: ServiceDatabaseMap = map, path = "members.csv"): Promise<ServiceDatabase> {
  const database = await openServiceDatabase({ url: `csv:${join(folder, path)}`, session: {}, timeZone: "Asia/Seoul", map: opening, now: () => new Date() });
  opened.push(database);
  return database;
}

const dump = "id,kakao_id,status,phone,name\n1,,active,010-2345-6789,김민서\n2,9223372036854775807,active,01023456780,\n0003,,left,01099998888,\"이, 서준\"\n";

describe("a member table as a CSV file", () => {
  it.each([["LF", dump], ["CRLF", dump.replaceAll("\n", "\r\n")], ["a byte-order mark", `\uFEFF${dump}`], ["empty lines", dump.replaceAll("\n", "\n\n")]])("is read with %s: text as it stands, empty cells as NULL", async (_, text) => {
    write("members.csv", text);
    const database = await open();
    expect(await database.inspect()).toEqual({ rows: [3], missingUniqueIndexes: [], missingLinkColumn: null, unfilledColumns: [], readOnly: true, replica: false });
    expect((await readAll(database)).toSorted((left, right) => Number(left.id) - Number(right.id))).toMatchObject([
      { id: "1", state: "live", link: null, phone: "010-2345-6789", name: "김민서" },
      { id: "2", state: "live", link: "9223372036854775807", phone: "01023456780", name: null },
      { id: "0003", state: "withdrawn", link: null, phone: null, name: null },
    ]);
    expect(await database.findHolders("9223372036854775807")).toMatchObject([{ id: "2" }]);
    expect(await database.findHeldIds(["9223372036854775807", "1"])).toEqual(new Set(["9223372036854775807"]));
    expect(database.engine).toBe("csv");
    expect(database.identity).toBe(`csv:${join(folder, "members.csv")}`);
  });

  it("leaves no copy behind in any folder", async () => {
    write("members.csv", dump);
    const before = readdirSync(tmpdir()).toSorted();
    const database = await open();
    await readAll(database);
    expect(readdirSync(tmpdir()).filter((name) => !before.includes(name) && /etilqs|sqlite/i.test(name))).toEqual([]);
    expect(readdirSync(folder)).toEqual(["members.csv"]);
  });

  it("cannot be written", async () => {
    write("members.csv", dump);
    const database = await open();
    await expect(database.writeLinks([{ place: 0, memberId: "1", from: null, to: "11" }], openGuards)).rejects.toMatchObject({ exitCode: 3, code: "csv-plans-only", hint: expect.stringContaining("apply.sql") });
  });

  it("without the link column gives a plan, and the statements that add it", async () => {
    write("members.csv", "id,status,phone,name\n1,active,010,a\n");
    const database = await open();
    expect((await database.inspect()).missingLinkColumn).toContain("ADD COLUMN kakao_id BIGINT");
    expect(await readAll(database)).toMatchObject([{ id: "1", link: null }]);
  });

  it.each([
    ["a row that is too short", "id,kakao_id,status,phone,name\n1,,active,010,a\n2,,active,010\n", "csv-malformed", /members\.csv, line 3/],
    ["a row that is too long", "id,kakao_id,status,phone,name\n1,,active,010,a,b\n", "csv-malformed", /members\.csv, line 2/],
    ["a quote that never closes", 'id,kakao_id,status,phone,name\n1,,active,010,"a\n', "csv-malformed", /members\.csv, line/],
    ["a column named twice", "id,kakao_id,status,phone,ID\n", "csv-malformed", /line 1: the column ID is named twice/],
    ["a column without a name", "id,,status,phone,name\n", "csv-malformed", /line 1: a column has no name/],
    ["nothing", "", "csv-malformed", /is empty/],
    ["another encoding", Buffer.concat([Buffer.from(dump), Buffer.from([0xb1, 0xe8])]), "file-not-utf8", /CP949/],
    ["a missing column", "id,kakao_id,status,phon,name\n", "database-names", /did you mean phon\?/],
    ["an id twice", `${dump}1,,active,010,b\n`, "member-ids", /1 ids stand in more than one row/],
    ["an empty id", `${dump},,active,010,b\n`, "member-ids", /NULL in 1 rows/],
  ])("with %s is one clear error", async (_, text, code, message) => {
    write("members.csv", text);
    await expect((async () => (await open()).inspect())()).rejects.toMatchObject({ exitCode: 2, code, message: expect.stringMatching(message) });
  });

  it("never repeats a cell of a broken row", async () => {
    write("members.csv", 'id,kakao_id,status,phone,name\n1,,active,01023456789,"x"y\n');
    const error: unknown = await open().catch((refused: unknown) => refused);
    expect(error).toMatchObject({ code: "csv-malformed" });
    expect(inspect(error, { depth: 9 })).not.toContain("01023456789");
  });

  it("that is missing is told", async () => {
    await expect(open()).rejects.toMatchObject({ exitCode: 2, code: "database-missing", message: expect.stringContaining("members.csv") });
  });
});

describe("a folder of CSV files", () => {
  const tables: ServiceDatabaseMap = {
    ...map,
    also: [{ table: "members_dormant", id: "id" }],
    pending: [{ table: "signup_pending", kakaoId: "kakao_id" }],
    link: { kind: "table", table: "social", memberId: "member", kakaoId: "uid", fixed: { provider: "kakao" }, set: {} },
  };

  it("holds a table each", async () => {
    mkdirSync(join(folder, "dump"));
    write("dump/members.csv", dump);
    write("dump/members_dormant.csv", "id\n7\n");
    write("dump/social.csv", "provider,member,uid\nkakao,1,11\nnaver,2,12\nkakao,7,17\nkakao,9,19\n");
    write("dump/signup_pending.csv", "kakao_id\n55\n");
    const database = await open(tables, "dump");
    expect((await database.inspect()).rows).toEqual([3, 1]);
    expect(new Map((await readAll(database)).map((row) => [row.id, row.link]))).toEqual(new Map([["0003", null], ["1", "11"], ["2", null], ["7", "17"]]));
    const [pending] = await database.openPending();
    expect(await pending?.findHeldIds(["55", "56"])).toEqual(new Set(["55"]));
    const dangling: unknown[] = [];
    for await (const page of database.readDanglingLinks()) dangling.push(...page);
    expect(dangling).toEqual([{ memberId: "9", kakaoId: "19" }]);
    expect(await database.findHeldIds(["12", "19", "20"])).toEqual(new Set(["12", "19"]));
  });

  it("names the file that is missing, and is asked for where one file would have to be several", async () => {
    write("members.csv", dump);
    await expect(open(tables, ".")).rejects.toMatchObject({ exitCode: 2, code: "database-missing", message: expect.stringContaining("members_dormant.csv") });
    await expect(open(tables)).rejects.toMatchObject({ exitCode: 2, code: "csv-one-table", message: expect.stringContaining("members_dormant, social, signup_pending") });
  });

  it("can be a place of alsoLinkedIn", async () => {
    write("customer.csv", "id,kakao_id,on\n1,77,yes\n2,78,no\n3,,yes\n");
    const place = await openLinkedPlace({ name: "brand2", url: `csv:${join(folder, "customer.csv")}`, table: "customer", kakaoId: "kakao_id", fixed: { on: "yes" } }, { timeZone: "Asia/Seoul" });
    const ids: string[] = [];
    for await (const page of place.readIds()) ids.push(...page);
    await place.close();
    expect(ids).toEqual(["77"]);
  });
});

describe("a table with a row per member as a CSV file", () => {
  const extras: ExtraSource[] = [
    { kind: "lookup", name: "channel.marketing.agreed", table: "consents", memberId: "member_id", column: { kind: "column", column: "agreed" }, where: "kind = 'ad'" },
    { kind: "column", name: "channel.fields.name", column: "name" },
    { kind: "condition", name: "channel.segments.short", sql: "length(phone) < 12" },
  ];

  it("is read when it is asked for, and compared as text", async () => {
    write("members.csv", dump);
    write("consents.csv", "member_id,kind,agreed\n1,ad,Y\n1,night,N\n2,ad,Y\n2,ad,N\n0003,ad,N\n4,ad,Y\n");
    const database = await open(map, "");
    expect((await database.inspect(extras)).rows).toEqual([3]);
    const rows = [];
    for await (const page of database.readMembers({ extras, values: [] })) rows.push(...page);
    expect(Object.fromEntries(rows.map((row) => [row.id, row.extras]))).toEqual({ "1": ["Y", "김민서", null], "2": [SEVERAL_ROWS, null, "1"], "0003": ["N", "이, 서준", "1"] });
  });

  it("is refused where a row is a member's under another spelling", async () => {
    write("members.csv", dump);
    write("consents.csv", "member_id,kind,agreed\n0003,ad,Y\n3,ad,N\n");
    await expect((await open(map, "")).inspect(extras)).rejects.toMatchObject({ code: "member-ids-spelled", exitCode: 2 });
  });

  it("must be there, and needs a folder", async () => {
    write("members.csv", dump);
    await expect((await open(map, "")).inspect(extras)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/consents\.csv cannot be read/) });
    await expect((await open()).inspect(extras)).rejects.toMatchObject({ code: "csv-one-table", message: expect.stringMatching(/also consents/) });
  });
});
