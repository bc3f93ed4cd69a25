import { type ErrorFacts, FailedError, type OperatorError, RefusedError, StartError } from "../errors.ts";
import { say, translate } from "../say.ts";

/** What was going on when the server failed: decides the exit code and the next step. */
export type Doing = "open" | "read" | "write";

/** An error as the driver throws it: a five-character SQLSTATE of the server, or a name of the system or of Node's TLS. */
interface DriverError extends Error {
  readonly code?: string;
  /** The server's function that raised it. */
  readonly routine?: string;
}

const ofDriver = new WeakSet<Error>();

/** Waits for the driver, and remembers what it throws as the driver's: what a guard throws, like a full disk of the journal, is nobody's but its own. */
export async function fromDriver<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error) ofDriver.add(error);
    throw error;
  }
}

/** True for what the driver or the server threw. */
export function isDriverError(error: unknown): error is Error {
  return error instanceof Error && ofDriver.has(error);
}

/** The connection is gone, or never came about: what the server did last is unknown. */
export function isConnectionLost(error: unknown): boolean {
  if (!isDriverError(error)) return false;
  const code = codeOf(error);
  if (/^(08...|57P0[1-3]|40003)$/.test(code)) return true;
  return /^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code) || (code === "" && /connection terminated|client has encountered a connection error|client was closed|client is not queryable/i.test(error.message));
}

/** The server rolled the transaction back to let another one through; the same work may be done again. */
export function isTryAgain(error: unknown): boolean {
  return ["40001", "40P01"].includes(codeOf(error));
}

/** A unique index refused a row. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === "23505";
}

/** SQLSTATE or system code of the driver's error; empty for other errors. */
export function codeOf(error: unknown): string {
  return isDriverError(error) ? ((error as DriverError).code ?? "") : "";
}

/**
 * The operator's view of what the driver threw. The server's own text is repeated only in classes where it names nothing but tables, columns and
 * constraints: that of a trigger or of a failed conversion may carry a member's data. DETAIL is never repeated.
 */
export function explainPostgresError(label: string, doing: Doing, error: unknown): unknown {
  if (!isDriverError(error)) return error;
  const known = explainCode(label, doing, codeOf(error)) ?? explainConnecting(label, error);
  if (known !== undefined) return known(error);
  if (isConnectionLost(error)) return explainLost(label, doing, error);
  const facts = { code: "database-failed", message: say`The database ${label} failed (${tellSafely(error)}).`, hint: nextStep[doing], cause: error };
  return doing === "open" ? new StartError(facts) : new FailedError(facts);
}

/** A COMMIT whose answer never came: nobody knows whether it counts. */
export function explainLostCommit(label: string, cause: unknown): FailedError {
  return new FailedError({
    code: "database-commit-unknown",
    message: say`The connection to ${label} broke while a batch was being committed: the server alone knows whether it counts.`,
    hint: "Resume with --apply --plan RUN: every row of the batch is looked at again.",
    cause,
  });
}

/** SQLSTATE, and the server's sentence where it can hold no member data. */
export function tellSafely(error: unknown): string {
  const code = codeOf(error);
  // A trigger may raise any code, with any text.
  const safe = error instanceof Error && /^(08|0A|23|25|28|3D|3F|40|42|53|54|55|57|58)...$/.test(code) && (error as DriverError).routine !== "exec_stmt_raise";
  return safe ? `SQLSTATE ${code}: ${error.message}` : /^[0-9A-Z]{5}$/.test(code) ? `SQLSTATE ${code}` : code === "" ? say`no SQLSTATE` : code;
}

const nextStep: Readonly<Record<Doing, string>> = {
  open: "Check the server and database.url.",
  read: "Run the same command again; nothing was changed.",
  write: "The batch was rolled back. Mend the cause, then resume with --apply --plan RUN.",
};

type Explain = (cause: unknown) => OperatorError;

function explainCode(label: string, doing: Doing, code: string): Explain | undefined {
  const failed = (facts: ErrorFacts): Explain => (cause) => (doing === "open" ? new StartError({ ...facts, cause }) : new FailedError({ ...facts, cause }));
  const start = (facts: ErrorFacts): Explain => (cause) => new StartError({ ...facts, cause });
  switch (code) {
    case "28P01":
    case "28000":
      return start({ code: "database-login", message: say`The server refuses the user or password of ${label}.`, hint: "Correct user and password in database.url, or the server's pg_hba.conf." });
    case "3D000":
      return start({ code: "database-missing", message: say`The server has no database of the name in ${label}.`, hint: "Correct the name behind the last / of database.url." });
    case "42501":
      return (cause) => new (doing === "write" ? RefusedError : StartError)({ code: "database-rights", message: say`The user of ${label} lacks a right (${tellSafely(cause)}).`, hint: doing === "write" ? "Grant UPDATE (and INSERT, DELETE on a link table), then run the same command again." : "Grant SELECT on the configured tables; a user under row-level security must be allowed to see every row.", cause });
    case "25006":
      return (cause) => new RefusedError({ code: "database-read-only", message: say`The database ${label} takes no writes: the server is a replica, or the user or database is set to read-only.`, hint: "Name the primary in database.url, or use a user that may write.", cause });
    case "53100":
      return failed({ code: "database-full", message: say`The disk of the server behind ${label} is full.`, hint: say`Make room. ${translate(nextStep[doing])}` });
    case "53300":
      return failed({ code: "database-connections", message: say`The server behind ${label} has no free connection.`, hint: "Close other connections or raise max_connections, then run the same command again." });
    case "55P03":
      return failed({ code: "database-locked", message: say`A row or table of ${label} stayed locked by another transaction for too long.`, hint: say`Let the other transaction finish. ${translate(nextStep[doing])}` });
    case "57014":
      return failed({ code: "database-time-out", message: say`A statement on ${label} was cancelled: it ran longer than statement_timeout allows, or an administrator stopped it.`, hint: say`Set statement_timeout under database.session if it needs more. ${translate(nextStep[doing])}` });
    case "40001":
    case "40P01":
      return failed({ code: "database-conflict", message: say`Other transactions on ${label} kept colliding with this one (SQLSTATE ${code}), also when it was tried again.`, hint: say`Choose a quieter hour. ${translate(nextStep[doing])}` });
    default:
      return undefined;
  }
}

/** What can go wrong before a server answers. */
function explainConnecting(label: string, error: unknown): Explain | undefined {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : "";
  const start = (facts: ErrorFacts): Explain => (cause) => new StartError({ ...facts, cause });
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return start({ code: "database-host", message: say`The host of ${label} is not known.`, hint: "Correct the host in database.url, or the name server of this machine." });
  if (/does not support SSL/i.test(message)) return start({ code: "database-tls", message: say`The server behind ${label} offers no TLS.`, hint: "Switch TLS on at the server, or write sslmode=disable where the network is trusted." });
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS)/.test(code)) return start({ code: "database-certificate", message: say`The certificate of the server behind ${label} is refused (${code}).`, hint: "Name its authority with sslrootcert=FILE, and the host as the certificate does." });
  if (/SASL|password/i.test(message) && code === "") return start({ code: "database-login", message: say`The server asks for a password that ${label} does not have, or not in this form.`, hint: "Write the password into database.url: postgres://user:${DB_PASSWORD}@host/database" });
  if (/timeout/i.test(message) && code === "") return start({ code: "database-unreachable", message: say`The server behind ${label} did not answer in time.`, hint: "Check host, port and firewall." });
  return undefined;
}

function explainLost(label: string, doing: Doing, cause: unknown): OperatorError {
  const code = codeOf(cause);
  if (doing === "open") return new StartError({ code: "database-unreachable", message: say`The server behind ${label} cannot be reached${code === "" ? "" : say` (${code})`}.`, hint: "Check that it runs, and host and port in database.url.", cause });
  return new FailedError({ code: "database-lost", message: say`The connection to ${label} broke${code === "" ? "" : say` (${code})`}.`, hint: nextStep[doing], cause });
}
