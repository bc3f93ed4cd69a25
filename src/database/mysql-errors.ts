import { type ErrorFacts, FailedError, OperatorError, RefusedError, StartError } from "../errors.ts";
import { say, translate } from "../say.ts";

/** What was going on when the server failed: decides the exit code and the next step. */
export type Doing = "open" | "read" | "write";

/** An error as mysql2 throws it: a number of the server, or a name of the driver, the system or Node's TLS. */
interface DriverError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly sqlState?: string;
}

/** The server's error number; 0 for what did not come from the server. */
export function numberOf(error: unknown): number {
  const { errno, sqlState } = error instanceof Error ? (error as DriverError) : {};
  return sqlState !== undefined && typeof errno === "number" && errno > 0 ? errno : 0;
}

/** A unique index refused a row: 1062, with its older and newer names. */
export function isDuplicate(error: unknown): boolean {
  return [1022, 1062, 1169, 1586].includes(numberOf(error));
}

/** A deadlock, a lock that did not come, or a conflict between nodes: the same transaction may be done again. */
export function isTryAgain(error: unknown): boolean {
  // 1180 and 1105 are what Galera and TiDB say with their own words; only with the state of a serialization failure they are known to be harmless.
  return [1213, 1205].includes(numberOf(error)) || (error instanceof Error && (error as DriverError).sqlState === "40001");
}

/** The connection is gone, or never came about: what the server did last is unknown. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  if ([1053, 1927, 2006, 2013, 4031].includes(numberOf(error))) return true;
  return /^(PROTOCOL_CONNECTION_LOST|PROTOCOL_ENQUEUE_AFTER_\w+|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)$/.test(code) || (error instanceof Error && /closed state|connection (is )?closed/i.test(error.message));
}

/**
 * The operator's view of what the driver threw. The server's own sentence is repeated only for errors that name nothing but tables, columns and rights:
 * that of a duplicate entry, a wrong value or a trigger holds members' data.
 */
export function explainMysqlError(label: string, doing: Doing, error: unknown): unknown {
  if (error instanceof OperatorError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  const explain = explainNumber(label, doing, numberOf(error)) ?? explainConnecting(label, error);
  if (explain !== undefined) return explain(error);
  if (isConnectionLost(error)) return explainLost(label, doing, error);
  if (numberOf(error) === 0 && !/^(ER_|PROTOCOL_|HANDSHAKE_|AUTH_|ERR_)/.test(code)) return error;
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

/** Error number and name, and the server's sentence where it can hold no value of a row. */
export function tellSafely(error: unknown): string {
  const number = numberOf(error);
  const name = number === 0 ? codeOf(error) : say`error ${number} ${codeOf(error)}`;
  return error instanceof Error && nameOnlyErrors.has(number) ? `${name}: ${error.message}` : name;
}

/** Errors whose sentences name tables, columns, rights and functions: unknown table or column, denied right, mixed collations. A syntax error repeats the statement, values and all. */
const nameOnlyErrors: ReadonlySet<number> = new Set([1046, 1051, 1052, 1054, 1072, 1111, 1115, 1140, 1142, 1143, 1144, 1146, 1227, 1241, 1247, 1267, 1270, 1271, 1273, 1305, 1345, 1356, 1364, 1370, 1406, 1582, 1584, 1630, 1665, 3780, 4161]);

const nextStep: Readonly<Record<Doing, string>> = {
  open: "Check the server and database.url.",
  read: "Run the same command again; nothing was changed.",
  write: "The batch was rolled back. Mend the cause, then resume with --apply --plan RUN.",
};

type Explain = (cause: unknown) => OperatorError;

function explainNumber(label: string, doing: Doing, number: number): Explain | undefined {
  const failed = (facts: ErrorFacts): Explain => (cause) => (doing === "open" ? new StartError({ ...facts, cause }) : new FailedError({ ...facts, cause }));
  const start = (facts: ErrorFacts): Explain => (cause) => new StartError({ ...facts, cause });
  switch (number) {
    case 1045:
    case 1698:
    case 1130:
      return start({ code: "database-login", message: say`The server refuses the user or password of ${label}.`, hint: "Correct user and password in database.url, or the host that the user may come from." });
    case 1049:
      return start({ code: "database-missing", message: say`The server has no database of the name in ${label}.`, hint: "Correct the name behind the last / of database.url." });
    case 1044:
    case 1142:
    case 1143:
    case 1227:
    case 1356:
    case 1370:
      return (cause) => new (doing === "write" ? RefusedError : StartError)({ code: "database-rights", message: say`The user of ${label} lacks a right (${tellSafely(cause)}).`, hint: doing === "write" ? "Grant UPDATE (and INSERT, DELETE on a link table), then run the same command again." : "Grant SELECT on the configured tables.", cause });
    case 1290:
    case 1792:
    case 1836:
    case 1874:
      return (cause) => new RefusedError({ code: "database-read-only", message: say`The database ${label} takes no writes: the server is a replica, or set to read-only.`, hint: "Name the primary in database.url, then run the same command again.", cause });
    case 1021:
    case 1114:
    case 3675:
      return failed({ code: "database-full", message: say`The disk or the table space of the server behind ${label} is full.`, hint: say`Make room. ${translate(nextStep[doing])}` });
    case 1040:
    case 1203:
    case 1226:
      return failed({ code: "database-connections", message: say`The server behind ${label} has no free connection for this user.`, hint: "Close other connections or raise the limit, then run the same command again." });
    case 1205:
      return failed({ code: "database-locked", message: say`Rows of ${label} stayed locked by another transaction, also when it was tried again.`, hint: say`Let the other transaction finish. ${translate(nextStep[doing])}` });
    case 1213:
      return failed({ code: "database-conflict", message: say`Other transactions on ${label} kept colliding with this one (deadlock), also when it was tried again.`, hint: say`Choose a quieter hour. ${translate(nextStep[doing])}` });
    case 1317:
    case 1969:
    case 3024:
      return failed({ code: "database-time-out", message: say`A statement on ${label} was stopped: it ran longer than the server allows, or an administrator stopped it.`, hint: say`Set max_execution_time (MySQL) or max_statement_time (MariaDB) under database.session if it needs more. ${translate(nextStep[doing])}` });
    case 1665:
      return failed({ code: "database-binlog", message: say`The server behind ${label} logs statements only, which fits no short transactions.`, hint: "Set binlog_format to MIXED or ROW, as MySQL 8 and MariaDB have it by default." });
    case 1153:
      return failed({ code: "database-packet", message: say`max_allowed_packet of the server behind ${label} is smaller than one batch.`, hint: "Raise max_allowed_packet to 16M or more, then run the same command again." });
    default:
      return undefined;
  }
}

/** What can go wrong before a server answers. */
function explainConnecting(label: string, error: unknown): Explain | undefined {
  const code = codeOf(error);
  const start = (facts: ErrorFacts): Explain => (cause) => new StartError({ ...facts, cause });
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return start({ code: "database-host", message: say`The host of ${label} is not known.`, hint: "Correct the host in database.url, or the name server of this machine." });
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") return start({ code: "database-tls", message: say`The server behind ${label} offers no TLS.`, hint: "Switch TLS on at the server, or write sslmode=disable where the network is trusted." });
  if (/^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS|HANDSHAKE_SSL)/.test(code)) return start({ code: "database-certificate", message: say`The certificate of the server behind ${label} is refused (${code}).`, hint: "Name its authority with ssl-ca=FILE, and the host as the certificate does." });
  if (/^(AUTH_|ER_NOT_SUPPORTED_AUTH)/.test(code)) return start({ code: "database-login", message: say`The server behind ${label} asks for a kind of login that is not served (${code}).`, hint: "Give the user a password (caching_sha2_password or mysql_native_password)." });
  return undefined;
}

function explainLost(label: string, doing: Doing, cause: unknown): OperatorError {
  const code = codeOf(cause);
  const told = code === "" ? "" : say` (${code})`;
  if (doing === "open") return new StartError({ code: "database-unreachable", message: say`The server behind ${label} cannot be reached${told}.`, hint: "Check that it runs, and host and port in database.url.", cause });
  return new FailedError({ code: "database-lost", message: say`The connection to ${label} broke${told}.`, hint: nextStep[doing], cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as DriverError).code ?? "") : "";
}
