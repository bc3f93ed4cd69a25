import { PassThrough } from "node:stream";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/cli.ts";
import { buildTree, commandPath, everyCommand } from "../../src/cli/tree.ts";
import { main } from "../../src/main.ts";
import { examples } from "../../src/messages/examples.ts";
import { measureWidth } from "../../src/terminal/text-width.ts";

const paths = [...everyCommand(buildTree(async () => undefined))].map(commandPath);

/** Words as a shell makes them: quotes keep together, `#` begins a comment, a redirection is no word. */
function readWords(line: string): string[] {
  const words = line.replace(/ +#.*$/, "").replace(/ >>? .*$/, "").match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/["']([^"']*)["']/g, "$1"));
}

/** The command that the real tree would call for these words; what does not parse throws. */
async function parse(words: readonly string[]): Promise<string> {
  let called: Command | undefined;
  const program = buildTree(async (command) => void (called = command));
  for (const command of everyCommand(program)) command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync([...words], { from: "user" });
  return called === undefined ? "" : commandPath(called);
}

async function run(words: readonly string[], columns?: number): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const stderr = new PassThrough();
  const code = await main(words, { stdin: new PassThrough(), stdout, stderr, env: {}, cwd: "/nowhere", signal: new AbortController().signal });
  return { code, out: String(stdout.read() ?? ""), err: String(stderr.read() ?? "") };
}

describe("the help", () => {
  it("has two examples at least for every command, and none for others", () => {
    expect(Object.keys(examples).sort()).toEqual([...paths].sort());
    for (const lines of Object.values(examples)) expect(new Set(lines).size).toBeGreaterThanOrEqual(2);
  });

  it.each(Object.entries(examples).flatMap(([path, lines]) => lines.map((line) => [path, line] as const)))("%s: kakao-sync %s", async (path, line) => {
    const called = await parse(readWords(line));
    // The program's own examples, and those of a group, are of commands below it.
    expect(path === "" || path === "keys" || path === "runs" ? called.startsWith(path) && called !== "" : called === path).toBe(true);
    expect((await run([...path.split(" ").filter((word) => word !== ""), "--help"])).out).toContain(`  $ kakao-sync ${line}\n`);
  });

  it("an example that does not parse would be found", async () => {
    await expect(parse(readWords("undo 2026 --bye ci"))).rejects.toThrow(/--bye/);
    await expect(parse(readWords("audit-consent --format jsno"))).rejects.toThrow(/jsno/);
    await expect(parse(readWords("runs show"))).rejects.toThrow(/run/);
  });

  it.each(paths.flatMap((path) => [40, 80, 120].map((columns) => [path, columns] as const)))("%s at %d columns: nothing is wider, below 80 but for command lines and single words", async (path, columns) => {
    const { out } = await run([...path.split(" ").filter((word) => word !== ""), "--help"], columns);
    expect(out.split("\n").filter((line) => measureWidth(line) > columns && !(columns < 80 && /^(Usage:| {2}\$ kakao-sync| *\S+$)/.test(line)))).toEqual([]);
    expect(out).toContain("--config <file>");
  });

  it("of a group without a command is the group's", async () => {
    expect(await run(["keys"])).toEqual(await run(["keys", "--help"]));
  });

  it("repeats no choices that the description names", async () => {
    expect((await run(["audit-consent", "--help"])).out).not.toContain("choices");
  });
});

describe("a misspelt word", () => {
  it.each([
    ["map-membres", "Did you mean map-members? See `kakao-sync --help`."],
    ["unlink-orphan", "Did you mean unlink-orphans?"],
    ["export-channel-target --json", "Did you mean export-channel-targets?"],
    ["audit-concent", "Did you mean audit-consent?"],
    ["docter", "Did you mean doctor?"],
    ["complete bash", "Did you mean completion?"],
    ["runs shwo 2026", "Did you mean show? See `kakao-sync runs --help`."],
    ["runs --json adit", "Did you mean audit? See `kakao-sync runs --help`."],
    ["keys rotat", "Did you mean rotate? See `kakao-sync keys --help`."],
    ["runs frobnicate", "What may follow: show, consents, audit, abandon. See `kakao-sync runs --help`."],
    ["pull --dif", "Did you mean --diff? See `kakao-sync pull --help`."],
    ["runs audit --mont 2026-11", "Did you mean --month? See `kakao-sync runs audit --help`."],
    ["keys rotate --new-key-fil x", "Did you mean --new-key-file? See `kakao-sync keys rotate --help`."],
    ["--workspce x runs", "Did you mean --workspace?"],
    ["undo", "See `kakao-sync undo --help`."],
  ])("kakao-sync %s", async (line, hint) => {
    const words = line.split(" ").filter((word) => word !== "--json");
    const { code, out, err } = await run(words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.split("\n")[1]).toContain(hint);
    const json = await run([...words, "--json"]);
    expect(json).toMatchObject({ code: 2, err: "" });
    const { error } = JSON.parse(json.out) as { readonly error: { readonly code: string; readonly hint: string } };
    expect(error.code).toBe("usage");
    expect(error.hint).toContain(hint);
  });

  it("names the command that was meant in its JSON", async () => {
    expect(JSON.parse((await run(["runs", "audit", "--mont", "--json"])).out)).toMatchObject({ command: "runs audit" });
    expect(JSON.parse((await run(["--operator", "kim", "keys", "rotate", "--blub", "--json"])).out)).toMatchObject({ command: "keys rotate" });
    expect(JSON.parse((await run(["blub", "--json"])).out)).toMatchObject({ command: "blub" });
  });

  it("is refused by runCommandLine itself, too", async () => {
    const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), env: {}, cwd: "/nowhere", signal: new AbortController().signal };
    await expect(runCommandLine(["pul"], io)).rejects.toMatchObject({ code: "usage", exitCode: 2 });
  });
});
