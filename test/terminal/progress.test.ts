import { describe, expect, it } from "vitest";
import { renderDuration, renderProgress } from "../../src/terminal/progress.ts";
import { measureWidth } from "../../src/terminal/text-width.ts";
import { openTerminal } from "./open-terminal.ts";

describe("renderProgress", () => {
  it.each([
    [{ done: 0, total: 1_000_000, elapsedMs: 0 }, "Linking  0 of 1,000,000 (0 %)"],
    [{ done: 12_300, total: 1_000_000, elapsedMs: 3000 }, "Linking  12,300 of 1,000,000 (1 %)  4,100/s  4 min left"],
    [{ done: 999_999, total: 1_000_000, elapsedMs: 1_000_000 }, "Linking  999,999 of 1,000,000 (99 %)  1,000/s  1 s left"],
    [{ done: 10, total: 10, elapsedMs: 4000 }, "Linking  10 of 10 (100 %)  2.5/s"],
    [{ done: 0, total: 0, elapsedMs: 0 }, "Linking  0 of 0 (100 %)"],
    [{ done: 500, total: undefined, elapsedMs: 2000 }, "Linking  500  250/s"],
  ])("%j", (facts, line) => expect(renderProgress({ label: "Linking", ...facts })).toBe(line));
});

describe("renderDuration", () => {
  it.each([[0, "0 s"], [1, "1 s"], [89_000, "89 s"], [90_000, "2 min"], [5_400_000, "1 h 30 min"], [7_500_000, "2 h 5 min"]])("%d ms are %s", (ms, text) => expect(renderDuration(ms)).toBe(text));
});

describe("progress without a terminal", () => {
  it("is a line at most every ten seconds, and one at the end", () => {
    const { terminal, stdout, stderr, setTime } = openTerminal();
    const progress = terminal.progress("Reading", 100);
    for (let second = 1; second <= 25; second += 1) {
      setTime(second * 1000);
      progress.update(second);
    }
    progress.finish();
    progress.finish();
    progress.update(26);
    expect(stderr().split("\n")).toEqual([
      "Reading  10 of 100 (10 %)  1/s  2 min left",
      "Reading  20 of 100 (20 %)  1/s  80 s left",
      "Reading  25 in 25 s",
      "",
    ]);
    expect(stdout()).toBe("");
  });
});

describe("progress at a terminal", () => {
  it("renews one line, and leaves the text it is finished with", async () => {
    const { terminal, stderr, setTime } = openTerminal({ stderrIsTerminal: true });
    const progress = terminal.progress("Reading", 100);
    while (!stderr().includes("Reading  0 of 100")) await new Promise((resolve) => setTimeout(resolve, 5));
    setTime(2000);
    progress.update(50);
    while (!stderr().includes("Reading  50 of 100 (50 %)  25/s  2 s left")) await new Promise((resolve) => setTimeout(resolve, 5));
    progress.finish("Read 50 users.");
    expect(stderr().endsWith("Read 50 users.\n")).toBe(true);
  });

  it("is stopped by the next one and by closing, without a line", async () => {
    const { terminal, stderr } = openTerminal({ stderrIsTerminal: true });
    const first = terminal.progress("Reading");
    const second = terminal.progress("Matching");
    first.finish("Read.");
    while (!stderr().includes("Matching  0")) await new Promise((resolve) => setTimeout(resolve, 5));
    terminal.close();
    second.finish("Matched.");
    expect(stderr()).not.toMatch(/Reading|Read\.|Matched\./);
  });

  it("is plain lines where the terminal says that it has no columns", () => {
    const { terminal, stderr, setTime } = openTerminal({ stderrIsTerminal: true, stdoutIsTerminal: true, columns: 0 });
    const progress = terminal.progress("Reading", 100);
    setTime(10_000);
    progress.update(50);
    progress.finish();
    expect(stderr()).toBe("Reading  50 of 100 (50 %)  5/s  10 s left\nReading  50 in 10 s\n");
    expect(terminal.width).toBe(80);
  });

  it.each([40, 80, 120])("is drawn at most four times a second on one line of %d columns, each time within one update of the screen", async (columns) => {
    const { terminal, stderr } = openTerminal({ stderrIsTerminal: true, columns });
    const label = "Reading the members of 둘째 상점, which are many";
    const startedAt = Date.now();
    const progress = terminal.progress(label, 1_000_000);
    for (let done = 0; Date.now() - startedAt < 1300; done += 1000) {
      progress.update(done);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const elapsed = Date.now() - startedAt;
    terminal.close();
    const drawn = stderr().split("\u001b[?2026h").slice(1);
    expect(drawn.length).toBeGreaterThan(1);
    expect(drawn.length).toBeLessThanOrEqual(elapsed / 250 + 1);
    for (const frame of drawn) {
      expect(frame).toMatch(/^\u001b\[1G(?:\u001b\[0K)?\S [^\u001b\n]+\u001b\[\?2026l/);
      expect(measureWidth(/\S [^\u001b]+/.exec(frame.replace(/^(?:\u001b\[\d[GK])+/, ""))?.[0] ?? "")).toBeLessThan(columns);
    }
    // What is left after the last frame clears the line, once.
    expect(stderr().match(/\u001b/g)?.length ?? 0).toBeLessThanOrEqual(drawn.length * 4 + 2);
  });

  it("may end before it was seen", () => {
    const { terminal, stderr } = openTerminal({ stderrIsTerminal: true });
    terminal.progress("Reading").finish();
    expect(stderr()).toBe("Reading  0 in 0 s\n");
  });
});
