import { CommanderError } from "commander";
import { commandPath, everyCommand, findCommand, buildTree } from "./cli/tree.ts";
import { layOutHelp } from "./cli/help.ts";
import { usageError } from "./cli/usage-errors.ts";
import { EXIT } from "./errors.ts";
import type { GlobalFlags, Io } from "./io.ts";
import { createLineWriter, readWidth } from "./terminal/output.ts";
import type { TerminalFlags } from "./terminal/terminal.ts";

/** The flags that decide how a failure is told, read before anything else can fail. */
export function readOutputFlags(argv: readonly string[]): TerminalFlags & { readonly command: string } {
  const flags = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const words = listWords(flags);
  const command = commandPath(findCommand(buildTree(async () => undefined), words));
  return { json: flags.includes("--json"), quiet: flags.includes("--quiet"), color: !flags.includes("--no-color"), command: command === "" ? (words[0] ?? "") : command };
}

/** What is neither a flag nor the value of a global one. */
function listWords(argv: readonly string[]): string[] {
  return argv.filter((word, at) => !word.startsWith("-") && !["--config", "--workspace", "--operator", "--lang"].includes(argv[at - 1] ?? ""));
}

/**
 * Runs the command that the words name and returns its exit code. A command, and all it needs, is imported only when it is called,
 * so that `--help` stays fast. Throws OperatorErrors.
 */
export async function runCommandLine(argv: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildTree(async (command, load, argument) => {
    const { openContext } = await import("./context/open-context.ts");
    const context = openContext(io, command.optsWithGlobals<GlobalFlags>(), commandPath(command));
    try {
      const execute = await load();
      exitCode = await execute(context, command.optsWithGlobals<Parameters<typeof execute>[1]>(), argument);
    } catch (error) {
      context.recordFailure(error);
      throw error;
    } finally {
      await context.close();
    }
  });
  const writeLine = createLineWriter(io.stdout);
  const output = { writeOut: (text: string) => writeLine(text.replace(/\n$/, "")), writeErr: () => undefined };
  for (const command of everyCommand(program)) command.exitOverride().configureHelp(layOutHelp(readWidth(io.stdout))).configureOutput(output);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const named = findCommand(program, listWords(argv));
    // No command at all, or none of a group, is a question for help, not a mistake.
    if (error.code === "commander.help" && error.exitCode !== 0) named.outputHelp();
    else if (error.exitCode !== 0) throw usageError(error, named);
    return EXIT.done;
  }
}
