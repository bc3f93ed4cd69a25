import { describe, expect, it } from "vitest";
import { wrapText } from "../../src/terminal/wrapping.ts";
import { openTerminal } from "./open-terminal.ts";

const sentence = "Links in the database go back to what they were. Nothing at Kakao changes, and nothing there comes back.";
const apply = "kakao-sync map-members --apply --plan 20261120-021500-k3xz";

describe("wrapText", () => {
  it("leaves what fits, to the last column", () => {
    expect(wrapText("x".repeat(40) + " " + "y".repeat(39), 80)).not.toContain("\n");
    expect(wrapText("a  b", 4)).toBe("a  b");
    expect(wrapText("", 40)).toBe("");
  });

  it("breaks at blanks only", () => {
    expect(wrapText(sentence, 80)).toBe("Links in the database go back to what they were. Nothing at Kakao changes, and\nnothing there comes back.");
    expect(wrapText(`see ${"/folder".repeat(10)}/plan.csv now`, 40)).toBe(`see\n${"/folder".repeat(10)}/plan.csv\nnow`);
  });

  it("takes every line by itself and keeps its indentation", () => {
    expect(wrapText("Two:\n  one two three four\n  five", 14)).toBe("Two:\n  one two\n  three four\n  five");
  });

  it("counts Hangul twice and colours not at all", () => {
    expect(wrapText("회원번호 회원번호 회원번호 회원번호 회원번호", 25)).toBe("회원번호 회원번호\n회원번호 회원번호\n회원번호");
    expect(wrapText("\u001b[31mError:\u001b[39m twelve", 13)).toBe("\u001b[31mError:\u001b[39m twelve");
  });

  it("puts a command after a colon on a line of its own, without the sentence's full stop", () => {
    expect(wrapText(`Nothing has been changed. To write 890 links: ${apply}`, 80)).toBe(`Nothing has been changed. To write 890 links:\n  ${apply}`);
    expect(wrapText(`Finish it: ${apply}. Or give it up, keeping what it wrote: kakao-sync runs abandon 20261120-021500-k3xz.`, 80)).toBe(
      `Finish it:\n  ${apply}\nOr give it up, keeping what it wrote:\n  kakao-sync runs abandon 20261120-021500-k3xz`,
    );
    expect(wrapText("Next: kakao-sync map-members", 80)).toBe("Next: kakao-sync map-members");
  });

  it("never breaks a command, however narrow the terminal", () => {
    expect(wrapText(`  ${apply}`, 40)).toBe(`  ${apply}`);
    expect(wrapText(`$ ${apply}`, 40)).toBe(`$ ${apply}`);
    expect(wrapText("Look at it first (kakao-sync runs show 20261120-021500-k3xz). Then go on.", 40)).toBe("Look at it first\n(kakao-sync runs show 20261120-021500-k3xz).\nThen go on.");
    expect(wrapText("Nothing more was changed. `kakao-sync runs` shows what is left.", 40)).toBe("Nothing more was changed.\n`kakao-sync runs` shows what is left.");
  });

  it.each([40, 55, 80])("loses no word at %d columns", (width) => {
    const wrapped = wrapText(sentence, width);
    expect(wrapped.split(/\s+/)).toEqual(sentence.split(" "));
    expect(wrapped.split("\n").filter((line) => line.length > width)).toEqual([]);
  });
});

describe("a terminal's text", () => {
  it("is broken on both streams, at the width of each", () => {
    const { terminal, stdout, stderr } = openTerminal({ stdoutIsTerminal: true, stderrIsTerminal: true, columns: 60, color: false });
    terminal.line(sentence);
    terminal.note(sentence);
    terminal.warn(sentence);
    terminal.error(sentence);
    const lines = `${stdout()}${stderr()}`.split("\n");
    expect(lines.filter((line) => line.length > 60)).toEqual([]);
    expect(lines.filter((line) => /^(Warning|Error): Links in/.test(line))).toHaveLength(2);
    expect(stdout()).toBe("Links in the database go back to what they were. Nothing at\nKakao changes, and nothing there comes back.\n");
  });

  it("stays one line in a file or a pipe", () => {
    const { terminal, stdout, stderr } = openTerminal({ columns: 60 });
    terminal.line(sentence);
    terminal.note(sentence);
    terminal.warn(sentence);
    terminal.error(sentence);
    expect(stdout()).toBe(`${sentence}\n`);
    expect(stderr()).toBe(`${sentence}\nWarning: ${sentence}\nError: ${sentence}\n`);
  });

  it("is settled for each stream by itself", () => {
    const { terminal, stdout, stderr } = openTerminal({ stderrIsTerminal: true, columns: 60 });
    terminal.line(sentence);
    terminal.note(sentence);
    expect(stdout()).toBe(`${sentence}\n`);
    expect(stderr().split("\n")).toHaveLength(3);
  });

  it.each([[true, 6], [false, 2]])("at a terminal (%s) a table that is too wide becomes a block a row, elsewhere a row stays a line", (stdoutIsTerminal, lines) => {
    const { terminal, stdout } = openTerminal({ stdoutIsTerminal, columns: 40 });
    const headers = ["first number", "second number", "third number", "fourth number", "fifth number", "sixth number"];
    terminal.table(headers.map((header) => ({ header })), [headers.map(() => 1_000_000)]);
    expect(stdout().trimEnd().split("\n")).toHaveLength(lines);
    for (const header of headers) expect(stdout()).toContain(header);
    expect(stdout().match(/1,000,000/g)).toHaveLength(6);
  });
});
