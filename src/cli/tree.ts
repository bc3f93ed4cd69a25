import { Command } from "commander";
import { readFileSync } from "node:fs";
import { addGlobalOptions } from "../commands/shared-options.ts";
import type { Call } from "./call.ts";
import { addExamples } from "./help.ts";
import { addAuditConsent, addExportChannelTargets } from "./channel-and-consent.ts";
import { addApprove, addExplain, addKeys, addPurge, addReport, addRuns } from "./evidence.ts";
import { addMapMembers, addPull, addUndo, addUnlinkOrphans } from "./links.ts";
import { addCompletion, addDemo, addDoctor, addInit, addSandbox } from "./set-up.ts";

/** Every command with its flags and examples; `call` is what a command does once its words are read. */
export function buildTree(call: Call): Command {
  const program = addGlobalOptions(new Command("kakao-sync"))
    .description("The operator's toolkit for adopting Kakao Sync. Nothing changes without --apply.")
    .version(readVersion(), "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .showHelpAfterError(false);
  for (const add of [addInit, addDoctor, addPull, addMapMembers, addUnlinkOrphans, addUndo, addAuditConsent, addExportChannelTargets, addApprove, addRuns, addPurge, addKeys, addReport, addExplain, addSandbox, addDemo, addCompletion]) add(program, call);
  for (const command of everyCommand(program)) addExamples(command, commandPath(command));
  return program;
}

/** The program itself, and every command below it. */
export function* everyCommand(command: Command): Iterable<Command> {
  yield command;
  for (const child of command.commands) yield* everyCommand(child);
}

/** `runs show`; `""` for the program itself. */
export function commandPath(command: Command): string {
  return command.parent === null ? "" : `${commandPath(command.parent)} ${command.name()}`.trim();
}

/** The command that the words name, as deep as they name one; flags and their values are not among them. */
export function findCommand(command: Command, [word, ...rest]: readonly string[]): Command {
  const child = command.commands.find((one) => one.name() === word);
  return child === undefined ? command : findCommand(child, rest);
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  return version;
}
