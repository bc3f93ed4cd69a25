import Database from "better-sqlite3";
import { type ErrorFacts, FailedError, OperatorError, RefusedError, StartError } from "../errors.ts";
import { say, translate } from "../say.ts";

/** What was going on when SQLite failed: decides the exit code and the next step. */
export type Doing = "open" | "read" | "write";

/** Runs `work` and turns SQLite's own errors into errors for operators; other errors pass unchanged. */
export function withSqliteErrors<T>(path: string, doing: Doing, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainSqliteError(path, doing, error);
  }
}

/**
 * The operator's view of what better-sqlite3 threw. SQLite's own text is repeated only where it can name nothing but tables,
 * columns and constraints: a trigger's RAISE may carry a member's data.
 */
export function explainSqliteError(path: string, doing: Doing, error: unknown): unknown {
  if (error instanceof OperatorError || !(error instanceof Database.SqliteError)) return error;
  const known = explainCode(path, doing, error.code);
  if (known !== undefined) return known(error);
  const told = error.code.startsWith("SQLITE_CONSTRAINT_TRIGGER") ? error.code : `${error.code}: ${error.message}`;
  const facts = { code: "database-failed", message: say`The database ${path} failed (${told}).`, hint: nextStep[doing], cause: error };
  return doing === "open" ? new StartError(facts) : new FailedError(facts);
}

const nextStep: Readonly<Record<Doing, string>> = {
  open: "Check the file with: sqlite3 FILE 'pragma integrity_check'",
  read: "Run the same command again; nothing was changed.",
  write: "The batch was rolled back. Mend the cause, then resume with --apply --plan RUN.",
};

type Explain = (cause: unknown) => OperatorError;

function explainCode(path: string, doing: Doing, code: string): Explain | undefined {
  const failed = (facts: ErrorFacts): Explain => (cause) => new FailedError({ ...facts, cause });
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return failed({ code: "database-locked", message: say`The database ${path} stayed locked by another program for 5 seconds.`, hint: doing === "write" ? say`Let the other program finish its transaction. ${translate(nextStep.write)}` : "Let the other program finish its transaction, then run the same command again." });
  if (code.startsWith("SQLITE_FULL"))
    return failed({ code: "database-full", message: say`The disk that holds the database ${path} is full.`, hint: say`Make room for the database and its journal. ${translate(nextStep[doing])}` });
  if (code.startsWith("SQLITE_READONLY"))
    return (cause) => new RefusedError({ code: "database-read-only", message: say`The database ${path} is read-only for this user.`, hint: "Give this user the right to write the file and its folder, then run the same command again.", cause });
  if (code === "SQLITE_NOTADB")
    return (cause) => new StartError({ code: "database-not-sqlite", message: say`${path} is not an SQLite database (or it is encrypted).`, hint: "Set database.url to the service's database file.", cause });
  if (code.startsWith("SQLITE_CANTOPEN"))
    return (cause) => new StartError({ code: "database-cannot-open", message: say`The database ${path} cannot be opened.`, hint: "Give this user the right to read the file and its folder.", cause });
  return undefined;
}
