import { EXIT, InterruptedError, OperatorError } from "./errors.ts";
import { explainFailure } from "./explain-failure.ts";
import type { Io } from "./io.ts";

/** Runs one command line and returns the exit code. The one catch, and the one place where an error becomes text. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
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
  const stop = (exitCode: typeof EXIT.interrupted | typeof EXIT.terminated) => (): void => {
    if (controller.signal.aborted) process.exit(exitCode);
    const hint = "Run the same command again: it goes on where it stopped.";
    controller.abort(new InterruptedError({ code: "interrupted", message: "Interrupted.", hint }, exitCode));
    process.stderr.write("Stopping after what is under way … press Ctrl-C again to stop at once.\n");
  };
  process.on("SIGINT", stop(EXIT.interrupted));
  process.on("SIGTERM", stop(EXIT.terminated));
  const { stdin, stdout, stderr, env } = process;
  return main(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd(), signal: controller.signal });
}
