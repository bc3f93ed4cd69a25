import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { findLostWrite } from "../../src/terminal/output.ts";
import { createTerminal } from "../../src/terminal/terminal.ts";
import { openTerminal } from "./open-terminal.ts";

const escape = "\u001b[";
const terminalEverywhere = { stdinIsTerminal: true, stdoutIsTerminal: true, stderrIsTerminal: true };

describe("where things are written", () => {
  it("puts results on stdout and everything else on stderr", () => {
    const { terminal, stdout, stderr } = openTerminal();
    terminal.line("result");
    terminal.table([{ header: "n" }], [[1]]);
    terminal.note("note");
    terminal.warn("careful");
    terminal.error("failed");
    expect(stdout()).toBe("result\nn\n1\n");
    expect(stderr()).toBe("note\nWarning: careful\nError: failed\n");
  });

  it("is silent about notes and progress with --quiet, not about results, warnings and errors", () => {
    const { terminal, stdout, stderr } = openTerminal({ quiet: true });
    terminal.line("result");
    terminal.note("note");
    terminal.progress("Reading").finish();
    terminal.warn("careful");
    terminal.error("failed");
    expect(stdout()).toBe("result\n");
    expect(stderr()).toBe("Warning: careful\nError: failed\n");
  });

  it("breaks no line of a result for programs, and writes nothing of it with --json", () => {
    const report = `<a>\n  ${"word ".repeat(40)}\n</a>\n`;
    const { terminal, stdout } = openTerminal({ ...terminalEverywhere, columns: 40 });
    terminal.text(report);
    expect(stdout()).toBe(report);
    const json = openTerminal({ json: true });
    json.terminal.text(report);
    expect(json.stdout()).toBe("");
  });

  it("goes on when the reader of stdout has gone away: nothing is lost", async () => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const terminal = createTerminal({ stdin: new PassThrough(), stdout, stderr, env: {} }, { json: false, quiet: false, color: true });
    stdout.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    terminal.note("still here");
    expect(String(stderr.read())).toBe("still here\n");
    expect(await findLostWrite(stdout)).toBeUndefined();
  });

  it("goes on when a line cannot be written, and remembers why", async () => {
    const full = new PassThrough();
    const terminal = createTerminal({ stdin: new PassThrough(), stdout: full, stderr: new PassThrough(), env: {} }, { json: false, quiet: false, color: true });
    full.emit("error", Object.assign(new Error("write ENOSPC"), { code: "ENOSPC" }));
    terminal.line("lost");
    expect(await findLostWrite(full)).toMatchObject({ code: "ENOSPC" });
  });

  it("listens to a stream once, however many commands run on it", () => {
    const stdout = new PassThrough();
    for (let at = 0; at < 3; at += 1) createTerminal({ stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: {} }, { json: false, quiet: false, color: true });
    expect(stdout.listenerCount("error")).toBe(1);
  });
});

describe("--json", () => {
  it("puts one object on stdout and nothing else, even at a terminal", async () => {
    const { terminal, stdout } = openTerminal({ ...terminalEverywhere, json: true });
    terminal.line("result");
    terminal.table([{ header: "n" }], [[1]]);
    const progress = terminal.progress("Reading", 10);
    progress.update(5);
    progress.finish();
    terminal.note("note");
    expect(await terminal.confirm("Sure?")).toBe("no-terminal");
    terminal.json({ command: "pull", name: "김*아" });
    expect(JSON.parse(stdout())).toEqual({ command: "pull", name: "김*아" });
    expect(() => terminal.json({})).toThrow("written already");
  });

  it("writes no object without the flag", () => {
    const { terminal, stdout } = openTerminal();
    terminal.json({ command: "pull" });
    expect(stdout()).toBe("");
  });
});

describe("colours", () => {
  const paint = (conditions: Parameters<typeof openTerminal>[0]): string => {
    const { terminal, stdout, stderr } = openTerminal(conditions);
    terminal.line(terminal.palette.bad("no"));
    terminal.error("failed");
    return stdout() + stderr();
  };

  it("are there at a terminal", () => expect(paint(terminalEverywhere)).toContain(escape));

  it.each([
    ["NO_COLOR", { ...terminalEverywhere, env: { NO_COLOR: "1" } }],
    ["--no-color", { ...terminalEverywhere, color: false }],
    ["a dumb terminal", { ...terminalEverywhere, env: { TERM: "dumb" } }],
    ["a pipe", {}],
  ])("are not there with %s", (_, conditions) => expect(paint(conditions)).toBe("no\nError: failed\n"));

  it("stay with an empty NO_COLOR", () => expect(paint({ ...terminalEverywhere, env: { NO_COLOR: "" } })).toContain(escape));

  it("are settled for each stream by itself", () => {
    expect(paint({ stderrIsTerminal: true })).toMatch(/^no\n.*Error/s);
    expect(paint({ stderrIsTerminal: true })).toContain(escape);
  });
});

describe("what is known of the terminal", () => {
  it("asks and shows examples only where a person is", () => {
    expect(openTerminal(terminalEverywhere).terminal).toMatchObject({ interactive: true, showsExamples: true, explains: true });
    expect(openTerminal({ ...terminalEverywhere, stdinIsTerminal: false }).terminal.interactive).toBe(false);
    expect(openTerminal({ ...terminalEverywhere, stderrIsTerminal: false }).terminal).toMatchObject({ interactive: false, explains: false });
    expect(openTerminal({ ...terminalEverywhere, stdoutIsTerminal: false }).terminal).toMatchObject({ interactive: true, showsExamples: false });
    expect(openTerminal({ ...terminalEverywhere, json: true }).terminal).toMatchObject({ interactive: false, showsExamples: false });
  });

  it("takes the width of stdout, 80 where that is no terminal", () => {
    expect(openTerminal({ stdoutIsTerminal: true, columns: 120 }).terminal.width).toBe(120);
    expect(openTerminal({ columns: 120 }).terminal.width).toBe(80);
  });
});
