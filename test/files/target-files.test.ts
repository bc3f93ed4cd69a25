import fc from "fast-check";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CsvCell } from "../../src/files/csv-out.ts";
import { TARGET_ENCODINGS, type TargetEncoding } from "../../src/files/target-encoding.ts";
import { createTargetFiles, type TargetFilesOptions } from "../../src/files/target-files.ts";
import { makeFolder } from "./make-folder.ts";
import { runPython } from "./run-python.ts";
import { mountSmallDisk } from "./small-disk.ts";

const header = ["앱유저아이디", "지역", "가입일"];

/** Writes a set of that many rows, and answers its folder and files. */
async function writeSet(rows: number, options: Partial<TargetFilesOptions> = {}) {
  const folder = options.folder ?? makeFolder();
  const target = await createTargetFiles({ folder, name: "targets", header, encoding: "utf8", ...options });
  for (let at = 1; at <= rows; at += 1) target.write([String(at), "서울", "20251102"]);
  return { folder, files: target.finish() };
}

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}

describe("a customer file (T4)", () => {
  it("is UTF-8 with LF, as all files for programs", async () => {
    const { folder, files } = await writeSet(2);
    expect(read(folder, "targets.csv")).toBe("앱유저아이디,지역,가입일\n1,서울,20251102\n2,서울,20251102\n");
    expect(files.map(({ path, rows }) => [basename(path), rows])).toEqual([["targets.csv", 2]]);
  });

  it("has a byte-order mark and CRLF where Excel is to open it", async () => {
    const { folder } = await writeSet(1, { encoding: "utf8-bom" });
    expect(read(folder, "targets.csv")).toBe("\uFEFF앱유저아이디,지역,가입일\r\n1,서울,20251102\r\n");
  });

  it("is CP949 with CRLF, byte for byte", async () => {
    const folder = makeFolder();
    const target = await createTargetFiles({ folder, name: "targets", header: ["id", "지역"], encoding: "cp949" });
    target.write(["1", "똠방, ~①"]);
    target.finish();
    // 지역 C1F6 BFAA; 똠 8C63 is not in EUC-KR; 방 B9E6; ① A8E7.
    expect(readFileSync(join(folder, "targets.csv")).toString("latin1")).toBe('id,\xC1\xF6\xBF\xAA\r\n1,"\x8C\x63\xB9\xE6, ~\xA8\xE7"\r\n');
  });

  it("quotes only what needs it, and leaves empty cells empty", async () => {
    const folder = makeFolder();
    const target = await createTargetFiles({ folder, name: "targets", header: ["id", "a,b", "c"], encoding: "utf8" });
    target.write(["01012345678", 'say "hi"', null]);
    target.write(["1", "a,b", -3]);
    target.finish();
    expect(read(folder, "targets.csv")).toBe('id,"a,b",c\n01012345678,"say ""hi""",\n1,"a,b",-3\n');
  });

  it("is there with its header where nobody is exported", async () => {
    const { folder, files } = await writeSet(0);
    expect(read(folder, "targets.csv")).toBe("앱유저아이디,지역,가입일\n");
    expect(files[0]?.rows).toBe(0);
  });

  it("has the same bytes for the same rows, and tells size and digest of what lies there", async () => {
    for (const encoding of TARGET_ENCODINGS) {
      const [first, second] = [await writeSet(20_000, { encoding }), await writeSet(20_000, { encoding })];
      const bytes = readFileSync(join(first.folder, "targets.csv"));
      expect(first.files[0]).toMatchObject({ rows: 20_000, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
      expect(second.files[0]?.sha256).toBe(first.files[0]?.sha256);
    }
  });

  it.skipIf(process.platform === "win32")("is 0600, whatever the umask", async () => {
    const before = process.umask(0o000);
    onTestFinished(() => void process.umask(before));
    const { folder } = await writeSet(3, { maxRows: 2 });
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it("refuses a row that does not fit the header", async () => {
    const target = await createTargetFiles({ folder: makeFolder(), name: "targets", header, encoding: "utf8" });
    expect(() => target.write(["1"])).toThrow("1 cells under a header of 3");
    target.discard();
  });
});

describe("several files", () => {
  it("have a header and at most so many rows each, and are numbered even where there is one", async () => {
    const { folder, files } = await writeSet(5, { maxRows: 2, encoding: "utf8-bom" });
    expect(files.map(({ path, rows }) => [basename(path), rows])).toEqual([["targets-1.csv", 2], ["targets-2.csv", 2], ["targets-3.csv", 1]]);
    expect(read(folder, "targets-3.csv")).toBe("\uFEFF앱유저아이디,지역,가입일\r\n5,서울,20251102\r\n");
    expect((await writeSet(2, { maxRows: 2 })).files.map(({ path }) => basename(path))).toEqual(["targets-1.csv"]);
    expect((await writeSet(0, { maxRows: 2 })).files.map(({ path, rows }) => [basename(path), rows])).toEqual([["targets-1.csv", 0]]);
  });

  it("hold the rows of one file, in order and each once", async () => {
    const rowsOf = (text: string): string[] => text.trimEnd().split("\n").slice(1);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 12 }), async (rows, maxRows) => {
        const whole = await writeSet(rows);
        const { folder, files } = await writeSet(rows, { maxRows });
        expect(files.flatMap(({ path }) => rowsOf(read(folder, basename(path))))).toEqual(rowsOf(read(whole.folder, "targets.csv")));
        expect(readdirSync(folder).length).toBe(Math.max(1, Math.ceil(rows / maxRows)));
      }),
      { numRuns: 40 },
    );
  });

  it("leave nothing of a former set behind, longer or shorter or in one file", async () => {
    const { folder } = await writeSet(9, { maxRows: 1 });
    await writeSet(3, { folder, maxRows: 1 });
    expect(readdirSync(folder).sort()).toEqual(["targets-1.csv", "targets-2.csv", "targets-3.csv"]);
    await writeSet(1, { folder, maxRows: 1 });
    expect(readdirSync(folder)).toEqual(["targets-1.csv"]);
    await writeSet(4, { folder });
    expect(readdirSync(folder)).toEqual(["targets.csv"]);
    expect(read(folder, "targets.csv").split("\n")).toHaveLength(6);
    await writeSet(2, { folder, maxRows: 1 });
    expect(readdirSync(folder).sort()).toEqual(["targets-1.csv", "targets-2.csv"]);
  });

  it("leave nothing of a former set behind a gap, and nothing of a killed run", async () => {
    const { folder } = await writeSet(5, { maxRows: 1 });
    for (const name of ["targets-1.csv", "targets-3.csv"]) rmSync(join(folder, name));
    for (const name of [".targets-7.csv.tmp", ".targets.csv.tmp", ".targets-20251101.csv.tmp", ".removed.csv.tmp"]) writeFileSync(join(folder, name), "killed");
    await writeSet(1, { folder, maxRows: 1 });
    expect(readdirSync(folder).sort()).toEqual([".removed.csv.tmp", ".targets-20251101.csv.tmp", "targets-1.csv"]);
  });

  it("leave files of other names alone, a dated copy too", async () => {
    const folder = makeFolder();
    for (const name of ["targets-20251101.csv", "targets-x.csv", "removed-1.csv", "targets.csv.bak"]) writeFileSync(join(folder, name), "mine");
    await writeSet(3, { folder, maxRows: 1 });
    await writeSet(1, { folder });
    expect(readdirSync(folder).sort()).toEqual(["removed-1.csv", "targets-20251101.csv", "targets-x.csv", "targets.csv", "targets.csv.bak"]);
  });
});

describe("being there all together or not at all", () => {
  it("shows nothing before the end, and leaves the former set when given up", async () => {
    const { folder } = await writeSet(3, { maxRows: 1 });
    const before = readdirSync(folder).map((name) => read(folder, name));
    const target = await createTargetFiles({ folder, name: "targets", header, encoding: "utf8", maxRows: 1 });
    for (const id of ["7", "8", "9"]) target.write([id, null, null]);
    expect(readdirSync(folder).filter((name) => !name.startsWith(".")).map((name) => read(folder, name))).toEqual(before);
    target.discard();
    expect(readdirSync(folder).map((name) => read(folder, name))).toEqual(before);
  });

  it("leaves the former file where the new one cannot take its place", async () => {
    const { folder } = await writeSet(1);
    const target = await createTargetFiles({ folder, name: "targets", header, encoding: "utf8" });
    rmSync(join(folder, ".targets.csv.tmp"));
    expect(() => target.finish()).toThrow("ENOENT");
    expect(read(folder, "targets.csv")).toContain("1,서울");
  });

  it("leaves no part where one cannot take its place", async () => {
    const folder = makeFolder();
    const target = await createTargetFiles({ folder, name: "targets", header, encoding: "utf8", maxRows: 1 });
    for (const id of ["7", "8", "9"]) target.write([id, null, null]);
    mkdirSync(join(folder, "targets-3.csv", "inside"), { recursive: true });
    expect(() => target.finish()).toThrow();
    expect(readdirSync(folder)).toEqual(["targets-3.csv"]);
  });

  it("fails with disk-full and leaves nothing of any part", async ({ skip }) => {
    const folder = mountSmallDisk();
    if (folder === null) return skip("a small disk can only be mounted by root on Linux");
    const target = await createTargetFiles({ folder, name: "targets", header, encoding: "utf8", maxRows: 1_000 });
    const fill = (): void => {
      for (let at = 0; at < 10_000; at += 1) target.write([String(at), "x".repeat(200), null]);
      target.finish();
    };
    expect(fill).toThrow(expect.objectContaining({ code: "disk-full", exitCode: 4 }));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("cannot be begun where the folder is not writable", async ({ skip }) => {
    if (process.getuid?.() === 0 || process.platform === "win32") return skip("root writes everywhere, and Windows has no modes");
    const folder = makeFolder();
    chmodSync(folder, 0o500);
    await expect(createTargetFiles({ folder, name: "targets", header, encoding: "utf8" })).rejects.toThrow("EACCES");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("characters that an encoding lacks", () => {
  async function find(text: string, encoding: TargetEncoding): Promise<readonly string[]> {
    const target = await createTargetFiles({ folder: makeFolder(), name: "targets", header: ["id"], encoding });
    onTestFinished(() => target.discard());
    return target.findUnencodable(text);
  }

  it("are listed by their number, each once", async () => {
    expect(await find("서울 €①ａ漢", "cp949")).toEqual([]);
    expect(await find("a😀b😀 Åse ₩1", "cp949")).toEqual(["U+1F600", "U+00C5", "U+20A9"]);
    expect(await find("가".normalize("NFD"), "cp949")).toEqual(["U+1100", "U+1161"]);
    expect(await find("a\uD83D", "cp949")).toEqual(["U+D83D"]);
    expect(await find("서울 😀 Åse ₩", "utf8")).toEqual([]);
    expect(await find("a\uD83Db\uDE00", "utf8-bom")).toEqual(["U+D83D", "U+DE00"]);
  });

  it("never become a question mark: a row that holds one is not written", async () => {
    const folder = makeFolder();
    const target = await createTargetFiles({ folder, name: "targets", header: ["id"], encoding: "cp949" });
    target.write(["1😀"]);
    expect(() => target.finish()).toThrow("U+D83D");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("refuse a column of that name before anything is written", async () => {
    const folder = makeFolder();
    await expect(createTargetFiles({ folder, name: "targets", header: ["id", "등급Å"], encoding: "cp949" })).rejects.toMatchObject({ code: "field-unencodable", exitCode: 2, message: expect.stringContaining("U+00C5") });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("are those that Python's codec lacks, and all others have its bytes", async ({ skip }) => {
    const python = runPython("import json; print(json.dumps([chr(c).encode('cp949', 'ignore').hex() for c in range(0x20, 0x10000)]))");
    if (python === null) return skip("python3 is not installed");
    const known = JSON.parse(python) as string[];
    const target = await createTargetFiles({ folder: makeFolder(), name: "targets", header: ["id"], encoding: "cp949" });
    onTestFinished(() => target.discard());
    const lacking = known.flatMap((bytes, at) => (bytes === "" ? [String.fromCharCode(at + 0x20)] : []));
    const there = known.flatMap((bytes, at) => (bytes === "" ? [] : [String.fromCharCode(at + 0x20)]));
    expect(lacking.filter((character) => target.findUnencodable(character).length === 0)).toEqual([]);
    expect(target.findUnencodable(there.join(""))).toEqual([]);
    const { folder } = await writeCells(there.map((character) => [character, "x"]));
    const expected = known.filter((bytes) => bytes !== "").map((bytes) => (bytes === "22" ? '""""' : bytes === "2c" ? '","' : Buffer.from(bytes, "hex").toString("latin1")));
    expect(readFileSync(join(folder, "targets.csv")).toString("latin1")).toBe(["a,b", ...expected.map((shown) => `${shown},x`), ""].join("\r\n"));
  });

  async function writeCells(rows: readonly (readonly CsvCell[])[]) {
    const folder = makeFolder();
    const target = await createTargetFiles({ folder, name: "targets", header: ["a", "b"], encoding: "cp949" });
    for (const row of rows) target.write(row);
    return { folder, files: target.finish() };
  }
});
