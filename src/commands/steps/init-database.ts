import type { Context } from "../../context.ts";
import type { StarterTools } from "../../context/starter-tools.ts";

/** The database that `init` looks into. */
export interface ChosenDatabase {
  readonly url: string;
  /** As the configuration names it: a URL with a password never stands in it. */
  readonly written: string;
}

const variable = "${DATABASE_URL}";

/** The database of `--database`, of `DATABASE_URL`, or what a person at the terminal names; undefined where nobody says any. */
export async function chooseDatabase({ terminal }: Context, tools: StarterTools, flag: string | undefined): Promise<ChosenDatabase | undefined> {
  if (flag !== undefined) {
    const written = writtenAs(flag);
    if (written === variable) terminal.warn("A password in a flag is seen by other users of this machine: set DATABASE_URL instead, and leave --database out.");
    return { url: flag, written };
  }
  if (tools.namedUrl !== undefined) {
    terminal.note("Looking into the database of DATABASE_URL.");
    return { url: tools.namedUrl, written: variable };
  }
  const [file] = tools.listDatabaseFiles();
  if (terminal.interactive) terminal.note("A database is sqlite:./members.db, postgres://user@host/name, mysql://user@host/name, or csv:./members.csv for plans. One with a password is better named by DATABASE_URL in .env, where nobody sees it.");
  const typed = await terminal.askText(file === undefined ? "Database (Enter alone: none yet)" : "Database", file === undefined ? {} : { preset: file });
  return typed === undefined || typed === "" ? undefined : { url: typed, written: writtenAs(typed) };
}

/** True where the file names the database by a variable that is not set yet. */
export function needsVariable({ written }: ChosenDatabase, tools: StarterTools): boolean {
  return written === variable && tools.namedUrl === undefined;
}

function writtenAs(url: string): string {
  return URL.canParse(url) && new URL(url).password !== "" ? variable : url;
}
