import type { Argument, Command, Option } from "commander";
import { translate } from "../say.ts";

/** What may stand where a value is asked for: words to choose from, a path, a run's id, or something only the person knows. */
export type Values = "file" | "folder" | "run" | "anything" | readonly string[];

export interface FlagShape {
  /** With its dashes. */
  readonly flag: string;
  readonly description: string;
  /** Undefined for a flag that takes none. */
  readonly values: Values | undefined;
}

/** A command as a shell's completion knows it. */
export interface CommandShape {
  /** `""` for the program itself, else like `runs show`. */
  readonly path: string;
  readonly description: string;
  readonly flags: readonly FlagShape[];
  /** Its first argument. */
  readonly values: Values | undefined;
  readonly children: readonly { readonly name: string; readonly description: string }[];
}

/** Every command of the tree, the program first. Global flags stand with the program alone; hidden commands and flags are left out. */
export function describeCommands(program: Command): CommandShape[] {
  return describe(program, "");
}

function describe(command: Command, path: string): CommandShape[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command);
  const [argument] = command.registeredArguments;
  const shape = {
    path,
    description: translate(command.description()),
    flags: help.visibleOptions(command).filter(({ long }) => path === "" || long !== "--help").map(describeFlag),
    values: argument === undefined ? undefined : readValues(argument.name(), argument),
    children: children.map((child) => ({ name: child.name(), description: translate(child.description()) })),
  };
  const below = children.flatMap((child) => {
    const childPath = `${path} ${child.name()}`.trim();
    // `help` is made by commander, and takes the name of a command beside it.
    if (!command.commands.includes(child)) return [{ path: childPath, description: translate(child.description()), flags: [], values: command.commands.map((named) => named.name()), children: [] }];
    return describe(child, childPath);
  });
  return [shape, ...below];
}

function describeFlag(option: Option): FlagShape {
  const value = /<([^>]+)>|\[([^\]]+)\]/.exec(option.flags);
  const name = value?.[1] ?? value?.[2];
  return { flag: option.long ?? option.flags, description: translate(option.description), values: name === undefined ? undefined : readValues(name, option) };
}

/** By the choices, else by the name that the value goes by in the help. */
function readValues(name: string, { argChoices }: Pick<Argument | Option, "argChoices">): Values {
  if (argChoices !== undefined) return argChoices;
  return name === "file" || name === "folder" || name === "run" ? name : "anything";
}
