import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { listDates } from "../../src/columns/stored-dates.ts";
import { createValueOpener, type OpenedColumn, type PlaceColumns, type ValueOpener } from "../../src/columns/value-opener.ts";
import { readBirthdate } from "../../src/core/keys.ts";
import { member } from "../helpers/match.ts";

const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Takes the word in front away, and writes down what it was asked. */
const program = `import { appendFileSync } from "node:fs"; import { createInterface } from "node:readline";
for await (const line of createInterface({ input: process.stdin })) { const { id, column, value } = JSON.parse(line); appendFileSync("./asked", process.argv[2] + " " + column + " " + value + "\\n");
process.stdout.write(JSON.stringify(value.startsWith("enc ") ? { id, value: value.slice(4) } : { id, error: "format" }) + "\\n"); }`;
const argv = (name: string): readonly string[] => [process.execPath, "./program.mjs", name];

function open(...places: readonly PlaceColumns[]): { readonly opener: ValueOpener; readonly asked: () => readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-opener-"));
  writeFileSync(join(folder, "program.mjs"), program);
  writeFileSync(join(folder, "asked"), "");
  const opener = createValueOpener({ places, folder, env: {}, signal: new AbortController().signal, timeoutMs: 20_000 });
  onTestFinished(async () => {
    await opener.close();
    rmSync(folder, { recursive: true });
  });
  return { opener, asked: () => readFileSync(join(folder, "asked"), "utf8").trim().split("\n").sort() };
}

const encrypted = (name: string, program = "a"): OpenedColumn => ({ name: `members.${name}`, column: `${name}_enc`, kind: "decrypt", argv: argv(program) });

describe("opening rows", () => {
  test("decrypts the columns of each place, keeps the row as it was, and asks for nothing else", async () => {
    const { opener, asked } = open({ phone: encrypted("phone"), name: encrypted("name", "b") }, { phone: encrypted("old_phone") });
    const rows = [
      member("1", { phone: "enc 01033331234", name: "enc 김하나", email: "enc kept" }),
      member("2", { phone: "broken", name: null }),
      member("3", { phone: " ", name: "" }),
      member("4", { place: 1, phone: "enc 01033331235", name: "plain" }),
      member("5", { state: "withdrawn", phone: "enc secret" }),
    ];
    const opened = await opener.open(rows);
    expect(opened.map(({ phone, name, email }) => [phone, name, email])).toEqual([["01033331234", "김하나", "enc kept"], [null, null, null], [" ", "", null], ["01033331235", "plain", null], ["enc secret", null, null]]);
    expect(opened.map(({ raw }) => raw)).toEqual([rows[0], rows[1], rows[2], rows[3], undefined]);
    expect(opened.map(({ undecryptable }) => undecryptable)).toEqual([undefined, { phone: "format" }, undefined, undefined, undefined]);
    expect(asked()).toEqual(["a old_phone_enc enc 01033331235", "a phone_enc broken", "a phone_enc enc 01033331234", "b name_enc enc 김하나"]);
    expect(await opener.open(opened)).toEqual(opened);
    expect(asked()).toHaveLength(4);
  });

  test("opens only the values that are asked for, and starts no program for none", async () => {
    const { opener, asked } = open({ phone: encrypted("phone"), name: encrypted("name") });
    const rows = [member("1", { phone: "enc 1", name: "enc 2" })];
    expect(await opener.open(rows, ["ci", "email"])).toBe(rows);
    expect((await opener.open(rows, ["phone"])).map(({ phone, name }) => [phone, name])).toEqual([["1", "enc 2"]]);
    expect(asked()).toEqual(["a phone_enc enc 1"]);
  });

  test("without such columns hands the page back", async () => {
    const { opener } = open({ ci: { name: "members.ci", column: "ci_hash", kind: "stored", stored: "sha256-hex", of: "as-is" } }, {});
    const rows = [member("1", { ci: sha("x") })];
    expect(await opener.open(rows)).toBe(rows);
    expect(opener.digests.ci?.places).toEqual([true, false]);
    expect(opener.digests.ci?.digest("x")).toBe(sha("x"));
  });
});

describe("the tally", () => {
  const column = { phone: encrypted("phone") };

  test.each([[100, 1, false], [100, 2, true], [99, 1, true], [1, 1, true], [1, 0, false], [0, 0, false]])("of %i values %i unopened: refused %s", async (values, broken, refused) => {
    const { opener } = open(column);
    const tally = opener.tally();
    tally.add(await opener.open(Array.from({ length: values }, (_, at) => member(String(at), { phone: at < broken ? "broken" : "enc 1" }))));
    expect(tally.counts).toEqual(broken === 0 ? {} : { "members.phone": { format: broken } });
    const refuse = (): void => tally.refuseMany();
    if (refused) expect(refuse).toThrow(`members.phone: ${broken} of ${values} values could not be decrypted (format ${broken})`);
    else expect(refuse).not.toThrow();
  });
});

describe("stored birth dates", () => {
  test.each([["digits", 73_049], ["hyphens", 73_049], ["as-is", 4 * 73_049]] as const)("every day in %s has a digest of its own", (form, size) => {
    const dates = listDates(sha, form);
    expect(dates.size).toBe(size);
    expect(new Set(dates.values()).size).toBe(73_049);
  });

  test("are the days that a plain birth date is read of", () => {
    const days = [...new Set(listDates((text) => text, "digits").values())];
    // Two of them are what systems write for an unknown one.
    expect(days.filter((day) => readBirthdate(day) !== day)).toEqual(["19000101", "19700101"]);
    expect([days[0], days.at(-1)]).toEqual(["19000101", "20991231"]);
    expect(["18991231", "21000101"].map(readBirthdate)).toEqual([null, null]);
  });
});
