import { EXIT, InterruptedError, OperatorError } from "./errors.ts";
import { explainFailure } from "./explain-failure.ts";
import type { Io } from "./io.ts";
import { say, translate } from "./say.ts";
import { createLineWriter, findLostWrite, openOutput } from "./terminal/output.ts";

/** Runs one command line and returns the exit code. A result that could not be written is no success: 4 instead of 0 and 1. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const { chooseLanguage, speakAs } = await import("./cli/language.ts");
  await speakAs(chooseLanguage(argv, io.env));
  const code = await runToItsEnd(argv, io);
  const lost = await findLostWrite(io.stdout);
  if (lost === undefined) return code;
  const { readOutputFlags } = await import("./cli.ts");
  const { createTerminal } = await import("./terminal/terminal.ts");
  const terminal = createTerminal(io, readOutputFlags(argv));
  terminal.error(say`The result could not be written to stdout (${"code" in lost ? String(lost.code) : lost.name}); without it the command would have ended with ${code}.`);
  terminal.note("Free some space if the disk is full. What was done is done: look at it with kakao-sync runs before you run anything again.");
  return code === EXIT.done || code === EXIT.found ? EXIT.failedPartWay : code;
}

/** The one catch, and the one place where an error becomes text. */
async function runToItsEnd(argv: readonly string[], io: Io): Promise<number> {
  const { runCommandLine, readOutputFlags } = await import("./cli.ts");
  try {
    return await runCommandLine(argv, io);
  } catch (thrown) {
    const flags = readOutputFlags(argv);
    const error = explainFailure(thrown, io.signal);
    const { createTerminal } = await import("./terminal/terminal.ts");
    const terminal = createTerminal(io, flags);
    if (flags.json) {
      const run = thrown instanceof OperatorError ? thrown.run : undefined;
      terminal.json({ command: flags.command, ...(run === undefined ? {} : { run }), error: { code: error.code, message: error.message, hint: error.hint } });
    } else {
      terminal.error(error.message);
      terminal.note(error.hint);
    }
    return error.exitCode;
  }
}

/** Runs the program's own command line: the first Ctrl-C asks the command to stop at the next safe place, a second one exits at once. */
export async function run(): Promise<number> {
  const controller = new AbortController();
  const { stdin, env } = process;
  const [stdout, stderr] = [openOutput(process.stdout), openOutput(process.stderr)];
  const writeLine = createLineWriter(stderr);
  const stop = (exitCode: typeof EXIT.interrupted | typeof EXIT.terminated) => (): void => {
    if (controller.signal.aborted) process.exit(exitCode);
    const hint = "Run the same command again: it goes on where it stopped.";
    controller.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint }, exitCode));
    writeLine(translate("Stopping after what is under way … press Ctrl-C again to stop at once."));
  };
  process.on("SIGINT", stop(EXIT.interrupted));
  process.on("SIGTERM", stop(EXIT.terminated));
  return main(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd(), signal: controller.signal });
}
