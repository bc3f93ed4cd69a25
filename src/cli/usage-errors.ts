import { Command, CommanderError } from "commander";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import { commandPath } from "./tree.ts";

/** What commander found wrong with the words, as an error that names the nearest command or flag, and the help of the command that was meant. */
export function usageError(error: CommanderError, command: Command): StartError {
  const [what = "", guess = ""] = (error.code === "commander.excessArguments" && command.commands.length > 0 ? readUnknownChild(command) : error.message).replace(/^error: /, "").split("\n");
  const message = what.replace(/^./, (first) => first.toUpperCase()).replace(/[^.]$/, "$&.");
  const others = command.commands.map((child) => child.name()).join(", ");
  const known = guess === "" && command.parent !== null && others !== "" ? say`What may follow: ${others}. ` : guess.replace(/^\((.*)\)$/, "$1 ");
  return new StartError({ code: "usage", message, hint: `${known}See \`${["kakao-sync", commandPath(command), "--help"].filter((word) => word !== "").join(" ")}\`.` });
}

/** `runs` does something by itself, so that commander takes a misspelt word after it for an argument too many. Asked without that, it names the nearest. */
function readUnknownChild(command: Command): string {
  const parent = new Command(command.name()).exitOverride().configureOutput({ writeErr: () => undefined });
  for (const child of command.commands) parent.command(child.name());
  try {
    parent.parse(command.args.slice(0, 1), { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  return "too many words";
}
