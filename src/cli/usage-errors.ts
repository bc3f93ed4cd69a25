import { Command, CommanderError } from "commander";
import { StartError } from "../errors.ts";
import { say, translate } from "../say.ts";
import { commandPath } from "./tree.ts";

/** What commander found wrong with the words, as an error that names the nearest command or flag, and the help of the command that was meant. */
export function usageError(error: CommanderError, command: Command): StartError {
  const [what = "", guess = ""] = (error.code === "commander.excessArguments" && command.commands.length > 0 ? readUnknownChild(command) : error.message).replace(/^error: /, "").split("\n");
  const message = what.replace(/^./, (first) => first.toUpperCase()).replace(/[^.]$/, "$&.");
  const others = command.commands.map((child) => child.name()).join(", ");
  const hints = [guess === "" && command.parent !== null && others !== "" ? say`What may follow: ${others}.` : restate(guess.replace(/^\((.*)\)$/, "$1")), say`See \`${["kakao-sync", commandPath(command), "--help"].filter((word) => word !== "").join(" ")}\`.`];
  return new StartError({ code: "usage", message: restate(message), hint: hints.filter((hint) => hint !== "").join(" ") });
}

/** Commander gives what it found as an English sentence only: each of them, and how it is said with the words that it is about. */
const sentences: readonly (readonly [RegExp, (...words: readonly string[]) => string])[] = [
  [/^Unknown option '(.*)'\.$/s, (flag = "") => say`Unknown option '${flag}'.`],
  [/^Unknown command '(.*)'\.$/s, (word = "") => say`Unknown command '${word}'.`],
  [/^Missing required argument '(.*)'\.$/, (name = "") => say`Missing required argument '${name}'.`],
  [/^Option '(.*)' argument missing\.$/, (flags = "") => say`Option '${flags}' argument missing.`],
  [/^Required option '(.*)' not specified\.$/, (flags = "") => say`Required option '${flags}' not specified.`],
  [/^Too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\.$/, (name = "", expected = "", got = "") => (expected === "1" ? say`Too many arguments for '${name}'. Expected 1 argument but got ${got}.` : say`Too many arguments for '${name}'. Expected ${expected} arguments but got ${got}.`)],
  [/^Option '([^']*)' argument '(.*)' is invalid\. (.*)$/s, (flags = "", value = "", why = "") => say`Option '${flags}' argument '${value}' is invalid. ${restate(why)}`],
  [/^Command-argument value '(.*)' is invalid for argument '(.*?)'\. (.*)$/s, (value = "", name = "", why = "") => say`Command-argument value '${value}' is invalid for argument '${name}'. ${restate(why)}`],
  [/^Allowed choices are (.*)\.$/, (words = "") => say`Allowed choices are ${words}.`],
  [/^Did you mean one of (.*)\?$/, (words = "") => say`Did you mean one of ${words}?`],
  [/^Did you mean (.*)\?$/, (word = "") => say`Did you mean ${word}?`],
];

/** What commander or the reader of a flag's value has said, in the language that is spoken. */
function restate(sentence: string): string {
  for (const [pattern, sayIt] of sentences) {
    const found = pattern.exec(sentence);
    if (found !== null) return sayIt(...found.slice(1));
  }
  return translate(sentence);
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
  return "Too many words.";
}
