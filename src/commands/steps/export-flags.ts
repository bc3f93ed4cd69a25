import { StartError } from "../../errors.ts";
import { say } from "../../say.ts";

/** Flags of `export-channel-targets` that are read before anything is opened. */
export interface NamingFlags {
  readonly purpose?: string;
  readonly name?: string;
  readonly segment?: string;
  readonly maxRows?: number;
  readonly where?: string;
}

const longestPurpose = 300;
const longestName = 64;

/** The purpose, and the name that what is made goes by: the flag, the segment, or `members`. Throws StartError `usage`. */
export function readExportFlags({ purpose, name, segment, maxRows, where }: NamingFlags): { readonly purpose: string; readonly name: string } {
  if (where !== undefined) {
    throw refuse("--where is no flag: whom a customer file takes stands in the configuration, where it can be reviewed.", 'Write the condition as channel.segments: { spring: "…" }, and name it: --segment spring');
  }
  const reason = (purpose ?? "").trim();
  if (reason === "") throw refuse("--purpose is missing: the record says what personal data was taken out of the database for.", 'Say it in a few words: --purpose "spring sale, 3 March"');
  if (reason.length > longestPurpose || /\p{Cc}/u.test(reason)) throw refuse(say`--purpose has more than ${longestPurpose} characters, or a line break.`, "Say it in one line.");
  const chosen = (name ?? segment ?? "members").trim();
  if (chosen === "" || chosen.length > longestName || /[|\p{Cc}]/u.test(chosen)) throw refuse(say`--name is empty, has more than ${longestName} characters, or one of | and control characters.`, "Name what the export is for: --name spring-sale");
  if (maxRows === 0) throw refuse("--max-rows is 0.", "Say how many rows a file may have.");
  return { purpose: reason, name: chosen };
}

function refuse(message: string, hint: string): StartError {
  return new StartError({ code: "usage", message, hint });
}
