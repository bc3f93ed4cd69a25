import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { Context } from "../context.ts";
import { EXIT, FailedError } from "../errors.ts";
import { say, spokenLanguage, translate } from "../say.ts";

type Io = Context["io"];
/** Runs a command line as `main` does. */
type RunMain = (argv: readonly string[], io: Io) => Promise<number>;

/** What one step came to; the result only with `--json`. */
interface Step {
  readonly words: readonly string[];
  readonly exit: number;
  readonly result: unknown;
}

/**
 * `demo`: the main job as an operator sees it, on a sandbox in a temporary folder that is removed at the end, whatever happens. Every step is the real
 * command, run in this process. Gives back the exit code of the first step that is not 0.
 */
export async function demo(context: Context, main: RunMain): Promise<number> {
  const { terminal } = context;
  const folder = mkdtempSync(join(tmpdir(), "kakao-sync-demo-"));
  try {
    const sandbox = await context.startSandbox({ folder });
    try {
      terminal.line(say`A simulated Kakao with ${count(sandbox.kakaoUsers)} users, a shop with ${count(sandbox.members)} members; nobody is real.`);
      const steps: Step[] = [];
      const code = await walkThrough(context, main, { ...context.io, cwd: folder, env: demoEnvironment(context.io.env) }, steps);
      if (code === EXIT.done) tellNext(context);
      terminal.json({ command: "demo", members: sandbox.members, kakaoUsers: sandbox.kakaoUsers, steps });
      return code;
    } finally {
      await sandbox.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A key for this one workspace, so that no key file stays behind; and a name for its record. */
function demoEnvironment(env: Io["env"]): Io["env"] {
  return { ...env, KAKAO_SYNC_KEY: randomBytes(32).toString("base64"), KAKAO_SYNC_OPERATOR: "demo" };
}

async function walkThrough(context: Context, main: RunMain, io: Io, steps: Step[]): Promise<number> {
  const step = async (why: string, ...words: string[]): Promise<number> => {
    tellStep(context, why, words);
    const { exit, result } = context.terminal.flags.json ? await readResult(main, words, io) : { exit: await main([...words, ...outputFlags(context)], io), result: null };
    steps.push({ words, exit, result });
    return exit;
  };
  const planned =
    (await step("1. Ask Kakao who is linked to the app, and keep a snapshot.", "pull")) ||
    (await step("2. Plan whom each Kakao user belongs to. Nothing changes yet.", "map-members"));
  if (planned !== EXIT.done) return planned;
  const run = await readNewestRun(main, io);
  const confirmed = ["--apply", "--yes"];
  return (
    (await step("3. Carry that plan out.", "map-members", "--plan", run, ...confirmed)) ||
    (await step("4. Plan again: whoever was linked is linked, and nothing is left to do.", "map-members")) ||
    (await step("5. What would taking those links away again change?", "undo", run)) ||
    (await step("6. Take them away.", "undo", run, ...confirmed))
  );
}

function tellStep({ terminal }: Context, why: string, words: readonly string[]): void {
  terminal.line();
  terminal.line(terminal.palette.strong(translate(why)));
  terminal.line(`$ ${renderCommand(["kakao-sync", ...words], terminal.width - 2)}`);
}

/** In two lines where one is too narrow, as a shell reads them. */
function renderCommand(words: readonly string[], width: number): string {
  const whole = words.join(" ");
  if (whole.length <= width) return whole;
  const lastFit = whole.lastIndexOf(" --", width - 2);
  return lastFit < 0 ? whole : `${whole.slice(0, lastFit)} \\\n    ${whole.slice(lastFit + 1)}`;
}

function outputFlags({ terminal: { flags } }: Context): string[] {
  return [...(flags.quiet ? ["--quiet"] : []), ...(flags.color ? [] : ["--no-color"]), "--lang", spokenLanguage()];
}

/** Runs a command for its JSON result, without showing it. */
async function readResult(main: RunMain, words: readonly string[], io: Io): Promise<{ readonly exit: number; readonly result: unknown }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exit = await main([...words, "--json", "--lang", spokenLanguage()], { ...io, stdout, stderr });
  return { exit, result: JSON.parse(String(stdout.read())) };
}

async function readNewestRun(main: RunMain, io: Io): Promise<string> {
  const { result } = await readResult(main, ["runs"], io);
  const [newest] = (result as { readonly runs: readonly { readonly run: string }[] }).runs;
  if (newest === undefined) throw new FailedError({ code: "demo-without-plan", message: "The plan of the demo is not in its workspace.", hint: "Run the demo again; if it stays so, report it." });
  return newest.run;
}

function tellNext({ terminal }: Context): void {
  terminal.line();
  terminal.line("The demo's folder is removed. The same people, with files to look at and edit:");
  terminal.line("  kakao-sync sandbox");
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
