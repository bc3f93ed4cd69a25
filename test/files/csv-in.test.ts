import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/files/csv-in.ts";
import { collect, makeFile, makeFolder } from "./make-folder.ts";

const read = (content: string | Uint8Array, required: string[] = ["id"]) => collect(readCsv(makeFile("in.csv", content), required));

describe("reading CSV", () => {
  it("gives text by header, with lines; leading zeros and long ids stay", async () => {
    expect(await read("id,phone\n9223372036854775807,01012345678\n007,\n")).toEqual([
      { line: 2, cells: { id: "9223372036854775807", phone: "01012345678" } },
      { line: 3, cells: { id: "007", phone: "" } },
    ]);
  });

  it("takes BOM, CRLF, quotes, line breaks in cells, empty lines and a missing last line end", async () => {
    const rows = await read('\uFEFFid,"a ""b"""\r\n1,"x, y"\r\n\r\n2,"two\r\nlines"\r\n3,끝');
    expect(rows.map((row) => row.cells)).toEqual([
      { id: "1", 'a "b"': "x, y" },
      { id: "2", 'a "b"': "two\r\nlines" },
      { id: "3", 'a "b"': "끝" },
    ]);
    expect(rows[0]?.line).toBe(2);
  });

  it("reads a file larger than a piece, characters cut at any byte", async () => {
    const rows = await read(`id,이름\n${Array.from({ length: 20_000 }, (_, at) => `${at},가나다${at}`).join("\n")}\n`);
    expect(rows).toHaveLength(20_000);
    expect(rows[19_999]).toEqual({ line: 20_001, cells: { id: "19999", 이름: "가나다19999" } });
  });

  it("can be left early", async () => {
    for await (const row of readCsv(makeFile("in.csv", "id\n1\n2\n"), ["id"])) {
      expect(row.cells).toEqual({ id: "1" });
      break;
    }
  });

  it.each([
    ["a missing column", "a,b\n1,2\n", "csv-column-missing", "no column id"],
    ["no header at all", "", "csv-column-missing", "no column id"],
    ["a column twice", "id,a,a\n1,2,3\n", "csv-column-twice", "the column a twice"],
    ["too many cells", "id,a\n1,2\n3,4,5\n", "csv-malformed", "line 3"],
    ["too few cells", "id,a\n1\n", "csv-malformed", "line 2"],
    ["an open quote", 'id,a\n1,"x\n', "csv-malformed", "line"],
    ["a quote in the middle", 'id,a\n1,x"y"\n', "csv-malformed", "line 2"],
  ])("refuses %s", async (_, content, code, message) => {
    await expect(read(content)).rejects.toMatchObject({ code, exitCode: 2, message: expect.stringContaining(message) });
  });

  it("refuses what is not UTF-8: a list saved by Excel in CP949", async () => {
    await expect(read(Buffer.from([0x69, 0x64, 0x0a, 0xb1, 0xe8, 0x0a]))).rejects.toMatchObject({ code: "file-not-utf8", hint: expect.stringContaining("UTF-8") });
  });

  it("never repeats cells in an error", async () => {
    const error: unknown = await read("id,phone\n1,01055550147,kim@example.com\n").catch((caught: unknown) => caught);
    expect(String(error)).not.toMatch(/5555|kim@/u);
  });

  it("says when there is no such file", async () => {
    await expect(collect(readCsv(`${makeFolder()}/none.csv`, []))).rejects.toMatchObject({ code: "file-missing", exitCode: 2 });
  });
});
