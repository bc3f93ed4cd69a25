import { StartError } from "../errors.ts";
import { say } from "../say.ts";
import type { Cell } from "./mysql-connection.ts";
import { textLiteral } from "./mysql-values.ts";
import { quoteMysqlName } from "./mysql-values.ts";

/** How a connection's session is to be. */
export interface SessionWishes {
  /** True for everything but the connection that writes links. */
  readonly readOnly: boolean;
  /** `database.session`; values may be secrets. */
  readonly session: Readonly<Record<string, string>>;
  /** `database.timeZone`, an IANA name. */
  readonly timeZone: string;
}

interface Asking {
  rows(sql: string): Promise<Cell[][]>;
  run(sql: string): Promise<number>;
}

/** The oldest versions that the contract suite has run on. */
const oldest = { MySQL: [8, 0], MariaDB: [10, 11] } as const;

/** Seconds that a statement waits for a row's lock; then the transaction is tried again. */
const lockWaitSeconds = 5;

/** Modes that would hide or change stored values, or refuse to put former ones back as they were. */
const unwantedModes: ReadonlySet<string> = new Set(["NO_ZERO_DATE", "NO_ZERO_IN_DATE", "PAD_CHAR_TO_FULL_LENGTH", "EMPTY_STRING_IS_NULL", "TRADITIONAL"]);

/** Sets what reading and writing rest on, then the operator's parameters, then read-only. Throws StartError for a server that is too old, and for what it refuses. */
export async function prepareSession(connection: Asking, wishes: SessionWishes): Promise<void> {
  const [[version = null] = []] = await connection.rows("SELECT VERSION()");
  refuseOldServer(version ?? "");
  await connection.run(`SET SESSION innodb_lock_wait_timeout = ${lockWaitSeconds}, SESSION sql_safe_updates = 0, SESSION wait_timeout = 28800, SESSION autocommit = 1`);
  await setTimeZone(connection, wishes.timeZone);
  await setParameters(connection, wishes.session);
  await setModes(connection);
  await waitForOtherNodes(connection);
  // With statement-wise snapshots a look inside the transaction sees what has been committed until then.
  await connection.run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  if (wishes.readOnly) await connection.run("SET SESSION TRANSACTION READ ONLY");
}

/** After the operator's parameters: `database.session.sql_mode` chooses modes as the server's own setting does, and cannot let values be bent. */
async function setModes(connection: Asking): Promise<void> {
  const [[modes = null] = []] = await connection.rows("SELECT @@SESSION.sql_mode");
  await connection.run(`SET SESSION sql_mode = ${textLiteral(chooseModes(modes ?? ""))}`);
}

/** Throws StartError for a version of MySQL or MariaDB before the oldest that is served. */
export function refuseOldServer(version: string): void {
  const product = /mariadb/i.test(version) ? "MariaDB" : "MySQL";
  const [major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(version)?.slice(1) ?? []).map(Number);
  const [leastMajor, leastMinor] = oldest[product];
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new StartError({ code: "database-version", message: say`The server is ${product} ${major}.${minor}; the oldest that is served is ${product} ${leastMajor}.${leastMinor}.`, hint: say`Use a server of ${product} ${leastMajor}.${leastMinor} or later.` });
}

/** The server's own modes, or those of `database.session`, stay, because conditions were written for them; wrong values become errors instead of being bent. */
export function chooseModes(present: string): string {
  const kept = present.split(",").filter((mode) => mode !== "" && !unwantedModes.has(mode));
  return [...new Set([...kept, "STRICT_TRANS_TABLES", "ERROR_FOR_DIVISION_BY_ZERO", "NO_ENGINE_SUBSTITUTION", "NO_AUTO_VALUE_ON_ZERO"])].join(",");
}

/** The zone by its name where the server knows names, else by its offset where that never changes. */
async function setTimeZone(connection: Asking, timeZone: string): Promise<void> {
  try {
    await connection.run(`SET SESSION time_zone = ${textLiteral(timeZone)}`);
  } catch {
    const offset = findFixedOffset(timeZone);
    if (offset === null) {
      throw new StartError({ code: "time-zone", message: say`The server does not know the time zone ${timeZone}, whose offset changes during the year.`, hint: "Load the zones with mysql_tzinfo_to_sql, or set database.timeZone to a zone without daylight saving." });
    }
    await connection.run(`SET SESSION time_zone = ${textLiteral(offset)}`);
  }
}

/** `+09:00` for a zone whose offset is the same in every month, else null. */
export function findFixedOffset(timeZone: string): string | null {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  const year = new Date().getUTCFullYear();
  const offsets = Array.from({ length: 12 }, (_, month) => format.formatToParts(new Date(Date.UTC(year, month, 15))).find((part) => part.type === "timeZoneName")?.value ?? "");
  const [first = ""] = offsets;
  const offset = first === "GMT" ? "+00:00" : /^GMT([+-]\d\d:\d\d)$/.exec(first)?.[1];
  return offset !== undefined && offsets.every((one) => one === first) ? offset : null;
}

/** `@name` is a variable of the user, every other name one of the server. A value is never told: it may be a key. */
async function setParameters(connection: Asking, session: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(session)) {
    const isVariable = name.startsWith("@");
    if (!/^@?[A-Za-z_][\w.$]*$/.test(name)) throw refuseParameter(say`database.session.${name} cannot be set. The name is none that MySQL knows.`, undefined);
    const target = isVariable ? `@${quoteMysqlName(name.slice(1))}` : `SESSION ${name}`;
    const shown = !isVariable && /^-?\d+(\.\d+)?$/.test(value) ? value : textLiteral(value);
    await connection.run(`SET ${target} = ${shown}`).catch((cause: unknown) => {
      throw refuseParameter(say`database.session.${name} cannot be set. The server refuses the name or the value.`, cause);
    });
  }
}

function refuseParameter(message: string, cause: unknown): StartError {
  return new StartError({ code: "database-session", message, hint: "Write @name for a variable of the user, or the name of a session variable of the server.", cause });
}

/** On a Galera cluster every look waits until this node has what the others have committed. */
async function waitForOtherNodes(connection: Asking): Promise<void> {
  const [row] = await connection.rows("SHOW VARIABLES LIKE 'wsrep_on'");
  if (row?.[1] === "ON") await connection.run("SET SESSION wsrep_sync_wait = 7");
}
