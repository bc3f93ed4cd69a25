import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCellReader } from "../../src/core/targets/cells.ts";
import { TARGET_ENCODINGS, type TargetEncoding } from "../../src/files/target-encoding.ts";
import { createTargetFiles } from "../../src/files/target-files.ts";
import { makeFolder } from "./make-folder.ts";
import { runPython } from "./run-python.ts";

const header = ["전화번호", "지역", "최근구매일", "vip_level"];

/** What members' values may look like; the last are only in Unicode. */
const inCp949 = ["서울", "똠방각하 쀍뷁", "漢字 ①㈜", 'say "hi"', '"', '""', "a,b", ",", "it's", "a;b", " 앞 뒤 ", "€", "１２３", "가 | 나\\", "#", "null"];
const inUnicode = ["😀 👨‍👩‍👧 🇰🇷", "서울 똠방".normalize("NFD"), "Ångström ₩1", "\u{20000}𠮷", "﷽", "ﾊﾝｶｸ"];

function rowsFor(encoding: TargetEncoding): string[][] {
  const texts = encoding === "cp949" ? inCp949 : [...inCp949, ...inUnicode];
  return texts.map((text, at) => [`010${String(55_550_000 + at)}`, text, "20251102", String(at - 3)]);
}

async function writeRows(encoding: TargetEncoding, rows: readonly (readonly string[])[], name = "targets"): Promise<string> {
  const target = await createTargetFiles({ folder: makeFolder(), name, header, encoding });
  for (const row of rows) target.write(row);
  const [file] = target.finish();
  if (file === undefined) throw new Error("no file");
  return file.path;
}

/** The codec by its name in Python and iconv. */
const codecs: Readonly<Record<TargetEncoding, string>> = { "utf8-bom": "utf-8-sig", utf8: "utf-8", cp949: "cp949" };

const readWithPython = "import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], encoding=sys.argv[2], newline=''), strict=True))))";
const writeWithPython = "import csv, sys, json; out = open(sys.argv[3], 'w', encoding=sys.argv[2], newline=''); csv.writer(out, lineterminator=sys.argv[4]).writerows(json.loads(sys.argv[1])); out.close()";

describe.each(TARGET_ENCODINGS)("a file in %s", (encoding) => {
  it("is read back cell for cell by Python, and Python writes the same bytes", async ({ skip }) => {
    const rows = rowsFor(encoding);
    const path = await writeRows(encoding, rows);
    const read = runPython(readWithPython, path, codecs[encoding]);
    if (read === null) return skip("python3 is not installed");
    expect(JSON.parse(read)).toEqual([header, ...rows]);
    const again = `${path}.again`;
    runPython(writeWithPython, JSON.stringify([header, ...rows]), codecs[encoding], again, encoding === "utf8" ? "\n" : "\r\n");
    expect(readFileSync(again).equals(readFileSync(path))).toBe(true);
  });

  it("is read back by csv-parse, whatever the cells that fields may hold", async ({ skip }) => {
    if (encoding === "cp949" && spawnSync("iconv", ["--version"]).error !== undefined) return skip("iconv is not installed");
    const read = createCellReader({ type: "string" });
    const target = await createTargetFiles({ folder: makeFolder(), name: "probe", header: ["id"], encoding });
    onTestFinished(() => target.discard());
    const cell = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.constantFrom(...inCp949, ...inUnicode), fc.string({ unit: fc.integer({ min: 0xac00, max: 0xd7a3 }).map((code) => String.fromCharCode(code)) }));
    const fit = cell.filter((text) => read(text) === text && target.findUnencodable(text).length === 0);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fit, fit, fit, fit), { maxLength: 12 }), async (rows) => {
        const path = await writeRows(encoding, rows);
        const decoded = encoding === "cp949" ? decodeCp949(path) : readFileSync(path, "utf8");
        expect(parse(decoded, { bom: true, record_delimiter: encoding === "utf8" ? "\n" : "\r\n" })).toEqual([header, ...rows]);
      }),
      { numRuns: 40 },
    );
  });
});

/** By iconv(1), which knows nothing of this program. */
function decodeCp949(path: string): string {
  const { status, stdout, stderr } = spawnSync("iconv", ["-f", "CP949", "-t", "UTF-8", path], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

describe("LibreOffice", () => {
  it.for(TARGET_ENCODINGS)("opens a file in %s with the right characters", async (encoding, { skip }) => {
    const rows = rowsFor(encoding);
    const opened = convert(await writeRows(encoding, rows), encoding, "text");
    if (opened === null) return skip("LibreOffice (soffice) is not installed");
    expect(parse(opened)).toEqual([header, ...rows]);
  });

  it("runs no cell that a field may hold as a formula", async ({ skip }) => {
    const read = createCellReader({ type: "string" });
    // Every mark of ASCII and its full-width form, with and without something invisible ahead.
    const marks = Array.from({ length: 0x7e - 0x20 }, (_, at) => [String.fromCharCode(0x21 + at), String.fromCharCode(0xff01 + at)]).flat();
    const formulas = ["", " ", "\u00A0", "\u200B", "\uFEFF"].flatMap((ahead) => marks.map((mark) => `${ahead}${mark}SUM(40;2)`));
    const kept = formulas.filter((text) => typeof read(text) === "string");
    expect(kept.length).toBeGreaterThan(800);
    const rows = [...kept, "=SUM(40;2)"].map((text) => ["x", text, "x", "x"]);
    const opened = convert(await writeRows("utf8-bom", rows), "utf8-bom", "guessed");
    if (opened === null) return skip("LibreOffice (soffice) is not installed");
    const shown: string[][] = parse(opened);
    expect(shown.slice(1, -1).map(([, text]) => text)).toEqual(kept);
    // It would have: this last one was never asked of the reader.
    expect(shown.at(-1)).toEqual(["x", "42", "x", "x"]);
  });
});

/** Numbers by which LibreOffice knows encodings: UTF-8, and what Excel on a Korean Windows takes a file without a mark for. */
const charsets: Readonly<Record<TargetEncoding, number>> = { "utf8-bom": 76, utf8: 76, cp949: 62 };

/** The sheet that LibreOffice makes of a file, written out again as UTF-8; null where it is not installed. `columns` are all read as text, or guessed cell by cell as a double click does (which eats the zero of a phone number). */
function convert(path: string, encoding: TargetEncoding, columns: "text" | "guessed"): string | null {
  const folder = makeFolder();
  const formats = header.map((_, at) => `${at + 1}/${columns === "text" ? 2 : 1}`).join("/");
  const { error, status, stderr } = spawnSync("soffice", [
    `-env:UserInstallation=${pathToFileURL(join(folder, "profile")).href}`,
    "--headless",
    // Separator, quote, charset, first line, column types, language, quoted fields as text, special numbers, …, and formulas are run.
    `--infilter=Text - txt - csv (StarCalc):44,34,${charsets[encoding]},1,${formats},0,false,true,false,false,0,true`,
    "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true",
    "--outdir", folder, path,
  ], { encoding: "utf8", timeout: 120_000 });
  if (error !== undefined && "code" in error && error.code === "ENOENT") return null;
  if (status !== 0) throw new Error(`soffice ended with ${String(status)}\n${stderr}`);
  return readFileSync(join(folder, basename(path)), "utf8");
}
