import { InvalidArgumentError, Option, type Command } from "commander";
import { LANGUAGES, say } from "../say.ts";

/** Flags of commands that take a snapshot, or need one. */
export interface PullFlags {
  /** Milliseconds: details read longer ago are read again. */
  readonly refreshAfter?: number;
}

/** Flags of commands that change the database. */
export interface ApplyFlags {
  readonly apply?: boolean;
  readonly yes?: boolean;
}

export function addGlobalOptions(command: Command): Command {
  return command
    .option("--config <file>", "configuration file (default: kakao-sync.config.yaml)")
    .option("--workspace <folder>", "folder of snapshot, runs and journal (default: .kakao-sync)")
    .option("--operator <name>", "who is responsible (or KAKAO_SYNC_OPERATOR); required without a terminal")
    .option("--json", "print one JSON object on stdout and nothing else there")
    .option("--quiet", "no notes and no progress")
    .option("--no-color", "no colours")
    .addOption(new Option("--lang <language>", "language of what is said: en or ko (default: the locale's)").choices([...LANGUAGES]));
}

export function addRefreshOption(command: Command): Command {
  return command.option("--refresh-after <duration>", "read details again that are older than this (default: retention.snapshot)", readDuration);
}

export function addUntilOption(command: Command): Command {
  return command.option("--until <time>", "stop cleanly at this time (HH:MM in Korea), and refuse what will not fit");
}

export function addApplyOptions(command: Command): Command {
  return addUntilOption(command)
    .option("--apply", "carry the plan out; without it nothing changes")
    .option("--yes", "do not ask; required with --apply where there is no terminal");
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `30m`, `24h`, `7d` in milliseconds. */
export function readDuration(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text.trim());
  const unit = match?.[2];
  if (match === null || (unit !== "s" && unit !== "m" && unit !== "h" && unit !== "d")) {
    throw new InvalidArgumentError("Write a duration such as 30m, 24h or 7d.");
  }
  return Number(match[1]) * unitMs[unit];
}

/** A whole number, separators allowed: `1,000`. */
export function readCount(text: string): number {
  const plain = text.replace(/[,_]/g, "");
  if (!/^\d{1,9}$/.test(plain)) throw new InvalidArgumentError("Write a whole number.");
  return Number(plain);
}

const unlinkKinds = ["incomplete", "withdrawn", "keyless"] as const;

/** `incomplete,withdrawn`: kinds of Kakao users that may be unlinked, in this order. */
function readKinds(text: string): readonly (typeof unlinkKinds)[number][] {
  const words = text.split(",").map((word) => word.trim());
  if (words.some((word) => !unlinkKinds.some((kind) => kind === word))) throw new InvalidArgumentError(say`Write one or more of ${unlinkKinds.join(", ")}, separated by commas.`);
  return unlinkKinds.filter((kind) => words.includes(kind));
}

/** `NAME=1,000`, once a place of `alsoLinkedIn`. */
export function readPlaceCount(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError("Write the name of a place and a whole number: brand2=1200.");
  return { ...before, [text.slice(0, at)]: readCount(text.slice(at + 1)) };
}

/** A flag that takes one of some words; shells complete them. */
export function wordOption(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words).argParser(readWord(words));
}

/** `--kinds`: some of the kinds of Kakao users that may be unlinked. */
export function kindsOption(): Option {
  return new Option("--kinds <kinds>", "what to unlink (default: incomplete,withdrawn); keyless, too").choices(unlinkKinds).argParser(readKinds);
}

function readWord(words: readonly string[]): (text: string) => string {
  return (text) => {
    const word = words.find((one) => one === text);
    if (word === undefined) throw new InvalidArgumentError(say`Write ${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}.`);
    return word;
  };
}
