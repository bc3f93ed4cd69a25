import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createCsv } from "../../src/files/csv-out.ts";
import { explainWriteError } from "../../src/files/output-file.ts";
import { makeFolder } from "./make-folder.ts";
import { mountSmallDisk } from "./small-disk.ts";

describe("a CSV file for machines", () => {
  it("has LF, no BOM, quotes where needed, and cells as they are", () => {
    const path = join(makeFolder(), "out.csv");
    const csv = createCsv(path, ["id", "a,b", "c"], { readers: "machines" });
    csv.write(["9223372036854775807", 'say "hi"', null]);
    csv.write([1, "+82 10", "=1+1"]);
    csv.write(["", "line\nbreak", "김민아"]);
    const { rows } = csv.finish();
    expect(rows).toBe(3);
    expect(readFileSync(path, "utf8")).toBe(
      'id,"a,b",c\n9223372036854775807,"say ""hi""",\n1,+82 10,=1+1\n,"line\nbreak",김민아\n',
    );
  });

  it("has the bytes that csv-stringify would write, whatever the cells", () => {
    const folder = makeFolder();
    const cells = fc.array(fc.array(fc.oneof(fc.string(), fc.constantFrom('"', ",", "\n", "\r", "\r\n", " a ", "'", ";")), { minLength: 2, maxLength: 2 }), { maxLength: 8 });
    fc.assert(
      fc.property(cells, (rows) => {
        const path = join(folder, "same.csv");
        const csv = createCsv(path, ["one", "two"], { readers: "machines" });
        for (const row of rows) csv.write(row);
        csv.finish();
        const expected = stringify([["one", "two"], ...rows], { quoted_match: /\r/u });
        expect(readFileSync(path).equals(Buffer.from(expected))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("tells size and digest of what lies there, also of many pieces", () => {
    const path = join(makeFolder(), "big.csv");
    const csv = createCsv(path, ["n", "text"], { readers: "machines" });
    for (let at = 0; at < 30_000; at += 1) csv.write([at, "가나다라마바사"]);
    const written = csv.finish();
    const bytes = readFileSync(path);
    expect(bytes.length).toBeGreaterThan(600_000);
    expect(written).toEqual({ path, rows: 30_000, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
    expect(bytes.toString("utf8").split("\n")[29_999]).toBe("29998,가나다라마바사");
  });

  it("refuses a row that does not fit the header", () => {
    const csv = createCsv(join(makeFolder(), "x.csv"), ["a", "b"], { readers: "machines" });
    expect(() => csv.write(["1"])).toThrow("1 cells under a header of 2");
    csv.discard();
  });
});

describe("a CSV file for people", () => {
  it("has a BOM, and formulas are harmless", () => {
    const path = join(makeFolder(), "review.csv");
    const csv = createCsv(path, ["name", "phone"], { readers: "people" });
    csv.write(["=HYPERLINK(1)", "+82 10"]);
    csv.write(["@x", "-1"]);
    csv.write(["김민아", null]);
    csv.finish();
    expect(readFileSync(path, "utf8")).toBe("\uFEFFname,phone\n'=HYPERLINK(1),'+82 10\n'@x,'-1\n김민아,\n");
  });
});

describe("being there whole or not at all", () => {
  it("shows nothing under the name before the end, and leaves what was there when given up", () => {
    const folder = makeFolder();
    const path = join(folder, "plan.csv");
    writeFileSync(path, "old");
    const csv = createCsv(path, ["a"], { readers: "machines" });
    csv.write(["1"]);
    expect(readFileSync(path, "utf8")).toBe("old");
    csv.discard();
    expect(readdirSync(folder)).toEqual(["plan.csv"]);
    const again = createCsv(path, ["a"], { readers: "machines" });
    again.finish();
    expect(readFileSync(path, "utf8")).toBe("a\n");
    expect(readdirSync(folder)).toEqual(["plan.csv"]);
  });

  it.skipIf(process.platform === "win32")("is 0600, whatever the umask", () => {
    const path = join(makeFolder(), "plan.csv");
    const before = process.umask(0o000);
    createCsv(path, ["a"], { readers: "machines" }).finish();
    process.umask(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("removes the temporary file when the name cannot be taken", () => {
    const folder = makeFolder();
    mkdirSync(join(folder, "taken.csv", "inside"), { recursive: true });
    const csv = createCsv(join(folder, "taken.csv"), ["a"], { readers: "machines" });
    expect(() => csv.finish()).toThrow();
    expect(readdirSync(folder)).toEqual(["taken.csv"]);
  });
});

describe("a full disk", () => {
  it.skipIf(process.platform !== "linux")("is told from the error that a full device gives", () => {
    const handle = openSync("/dev/full", "w");
    onTestFinished(() => closeSync(handle));
    let full: unknown;
    try {
      writeSync(handle, "x");
    } catch (error) {
      full = error;
    }
    expect(explainWriteError(full, "plan.csv")).toMatchObject({ code: "disk-full", exitCode: 4 });
    expect(explainWriteError(new Error("else"), "plan.csv")).toBeNull();
  });

  it("fails with disk-full and leaves nothing", ({ skip }) => {
    const folder = mountSmallDisk();
    if (folder === null) return skip("a small disk can only be mounted by root on Linux");
    const csv = createCsv(join(folder, "plan.csv"), ["a"], { readers: "machines" });
    const fill = (): void => {
      for (let at = 0; at < 10_000; at += 1) csv.write(["x".repeat(200)]);
      csv.finish();
    };
    expect(fill).toThrow(expect.objectContaining({ code: "disk-full", exitCode: 4 }));
    expect(readdirSync(folder)).toEqual([]);
  });
});
