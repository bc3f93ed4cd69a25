import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTree } from "../../src/cli/tree.ts";
import { describeCommands } from "../../src/cli/command-shape.ts";
import { main } from "../../src/main.ts";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

const runs = ["20261120-021500-k3xz", "20261121-031500-a7kq"];
const folder = mkdtempSync(join(tmpdir(), "kakao-sync-completion-"));
const missing = shells.filter((shell) => spawnSync(shell, ["-c", "exit 0"]).status !== 0);
for (const shell of missing) process.stdout.write(`Skipped: completion in ${shell}, which is not installed here\n`);

/** The script that the command prints, in a file; and the working directory of the shells, with files and runs. */
beforeAll(async () => {
  for (const run of runs) mkdirSync(join(folder, "here", ".kakao-sync", "runs", run), { recursive: true });
  mkdirSync(join(folder, "here", "목록"));
  for (const name of ["review.csv", "검토 목록.csv"]) writeFileSync(join(folder, "here", name), "");
  for (const shell of shells) writeFileSync(scriptOf(shell), (await print(shell)).out);
});
afterAll(() => rmSync(folder, { recursive: true }));

function scriptOf(shell: Shell): string {
  return join(folder, `completion.${shell}`);
}

async function print(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await main(["completion", ...words], { stdin: new PassThrough(), stdout, stderr, env: {}, cwd: folder, signal: new AbortController().signal });
  return { code, out: String(stdout.read() ?? ""), err: String(stderr.read() ?? "") };
}

/** Sets what bash sets when Tab is pressed, and prints what the function found. */
const driveBash = `source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kakao_sync
printf '%s\\n' "\${COMPREPLY[@]}"`;

const driveFish = "source $argv[1]; complete -C $argv[2] | string replace -r '\\t.*' ''";

/** zsh completes at a terminal only, so it gets one, and notes what is offered. */
const driveZsh = `zmodload zsh/zpty
out=$1.out; rm -f $out
zpty z zsh -f -i
zpty -w z "PS1=''; autoload -U compinit && compinit -u -D; source $1"
zpty -w z "compadd() { local -a hits; builtin compadd -A hits \\"\\$@\\"; print -rl -- \\$hits >> $out; builtin compadd \\"\\$@\\" }; ended() { print -r -- END >> $out }; comppostfuncs=(ended); cd $PWD; print BEGIN > $out"
for i in {1..400}; do [[ -s $out ]] && break; sleep 0.05; done
zpty -w -n z "$2"$'\\t'
for i in {1..400}; do [[ $(tail -n 1 $out) == END ]] && break; sleep 0.05; done
zpty -d z
grep -vxE 'BEGIN|END' $out`;

/** What is offered where the line ends; each word once, sorted. */
function complete(shell: Shell, line: string): string[] {
  const here = { cwd: join(folder, "here"), encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8", HOME: folder } } as const;
  const script = scriptOf(shell);
  const { stdout } =
    shell === "bash" ? spawnSync("bash", ["--norc", "-c", driveBash, "bash", script, ...line.split(" ").flatMap((word) => word.split(/(=)/)).filter((word, at, all) => word !== "" || at === all.length - 1)], here)
    : shell === "fish" ? spawnSync("fish", ["--no-config", "-c", driveFish, script, line], here)
    : spawnSync("zsh", ["-f", "-c", driveZsh, "zsh", script, line], here);
  return [...new Set(stdout.split("\n").map((word) => word.trim()).filter((word) => word !== ""))].sort();
}

const commands = describeCommands(buildTree(async () => undefined));

describe.each(shells)("completion in %s", (shell) => {
  const there = !missing.includes(shell);

  it.skipIf(!there)("is a script that the shell can read", () => {
    expect(spawnSync(shell, ["-n", scriptOf(shell)], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  it.skipIf(!there).each([
    ["kakao-sync ", commands[0]?.children.map(({ name }) => name) ?? []],
    ["kakao-sync ma", ["map-members"]],
    ["kakao-sync runs ", ["abandon", "audit", "consents", "show"]],
    ["kakao-sync --operator runs runs a", ["abandon", "audit"]],
    ["kakao-sync runs show ", runs],
    ["kakao-sync undo 20261121", ["20261121-031500-a7kq"]],
    ["kakao-sync map-members --plan ", runs],
    ["kakao-sync map-members --al", ["--all-rows", "--allow-links", "--allow-no-hit"]],
    ["kakao-sync map-members --op", ["--operator"]],
    ["kakao-sync runs audit --m", ["--month"]],
    ["kakao-sync audit-consent --format s", ["sarif"]],
    ["kakao-sync export-channel-targets --encoding ", ["cp949", "utf8", "utf8-bom"]],
    ["kakao-sync map-members --decisions rev", ["review.csv"]],
    ["kakao-sync map-members --decisions 검", ["검토 목록.csv"]],
    ["kakao-sync completion ", ["bash", "fish", "zsh"]],
    ["kakao-sync help un", ["undo", "unlink-orphans"]],
    // A flag of pull, but one with a value of audit-consent.
    ["kakao-sync pull --diff --quie", ["--quiet"]],
    ["kakao-sync audit-consent --diff rev", ["review.csv"]],
    // What only the operator knows.
    ["kakao-sync map-members --until ", []],
    ["kakao-sync unlink-orphans --operator ", []],
  ])("%s", (line, offered) => expect(complete(shell, line).map((word) => word.replaceAll("\\", ""))).toEqual([...offered].sort()));
});

describe.skipIf(missing.includes("bash"))("in bash", () => {
  it.each([["kakao-sync audit-consent --format=js", ["json"]], ["kakao-sync --operator=runs runs sh", ["show"]]])("%s", (line, offered) => expect(complete("bash", line)).toEqual(offered));
});

describe("the command completion", () => {
  it("names every command and every flag of each, in every script", async () => {
    for (const shell of shells) {
      const { out } = await print(shell);
      for (const { path, flags } of commands) {
        for (const word of path.split(" ")) expect(out).toContain(word);
        for (const { flag } of flags) expect(out).toContain(flag.replace(/^--/, ""));
      }
    }
    expect(commands.length).toBeGreaterThan(20);
  });

  it("says what each does where the shell shows it", async () => {
    for (const shell of ["zsh", "fish"]) {
      const plain = (await print(shell)).out.replaceAll("\\", "").replaceAll("'''", "'");
      for (const { children, flags } of commands) for (const { description } of [...children, ...flags]) expect(plain).toContain(description);
    }
  });

  it("wants a shell that it knows", async () => {
    expect(await print("tcsh")).toMatchObject({ code: 2, out: "" });
    expect((await print("tcsh")).err).toContain("bash, zsh, fish");
    expect((await print()).code).toBe(2);
    expect(JSON.parse((await print("bash", "--json")).out)).toMatchObject({ command: "completion", shell: "bash", script: (await print("bash")).out });
  });
});
