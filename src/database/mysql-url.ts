import { isIP } from "node:net";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";

/**
 * `disable`: never encrypted. `prefer` (the default): encrypted where the server offers it. `require`: encrypted, the certificate unchecked. `verify-ca`: signed by
 * the given authority. `verify-full`: signed by the given or a public authority, for this host name.
 */
export type MysqlTls = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

const tlsModes: readonly string[] = ["disable", "prefer", "require", "verify-ca", "verify-full"] satisfies MysqlTls[];

/** Where a MySQL or MariaDB URL points. */
export interface MysqlTarget {
  readonly host: string;
  readonly port: number;
  /** The path of a Unix socket, which then goes before host and port. */
  readonly socket: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: MysqlTls;
  /** The file with the certificate authority. */
  readonly caFile: string | undefined;
  /** Host, port and database for messages; never user or password. */
  readonly label: string;
}

const parameters = ["sslmode", "ssl-ca", "socket"];
const example = "mysql://user:password@host:3306/database";

/** Takes `mysql://user:password@host:port/database?sslmode=…` apart. Throws StartError without repeating the URL: it may hold a password. */
export function parseMysqlUrl(text: string): MysqlTarget {
  const url = parseUrl(text);
  const given = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!parameters.includes(name)) throw wrongUrl(say`The database URL has the parameter ${name}, which is not known.`, say`Remove it. Known are: ${parameters.join(", ")}. Parameters of the session belong to database.session.`);
    given.set(name, value);
  }
  const socket = given.get("socket");
  const host = decodePart(url.hostname.replace(/^\[(.*)\]$/, "$1"), "The host in the database URL has a % that begins no code.");
  const database = decodePart(url.pathname.slice(1), "The database name in the database URL has a % that begins no code.");
  if (database === "" || (host === "" && socket === undefined)) throw wrongUrl(database === "" ? "The database URL names no database." : "The database URL names no host.", say`Write it as ${example}`);
  const port = url.port === "" ? 3306 : Number(url.port);
  const tls = chooseTls(given.get("sslmode"), given.get("ssl-ca"), socket);
  // The driver would compare the certificate with the name localhost.
  if (tls === "verify-full" && isIP(host) !== 0) throw wrongUrl("The certificate is to be checked for the host's name, and the database URL names an address.", "Write the name of the host, or sslmode=verify-ca.");
  return {
    host,
    port,
    socket,
    user: decodePart(url.username, "The user in the database URL has a % that begins no code.") || undefined,
    password: decodePart(url.password, "The password in the database URL has a % that begins no code.") || undefined,
    database,
    tls,
    caFile: given.get("ssl-ca"),
    label: `${socket ?? `${host.includes(":") ? `[${host}]` : host}:${port}`}/${database}`,
  };
}

/** A certificate authority is never given in vain. A socket of this machine needs no encryption. */
function chooseTls(mode: string | undefined, caFile: string | undefined, socket: string | undefined): MysqlTls {
  if (mode !== undefined && !tlsModes.includes(mode)) throw wrongUrl("sslmode in the database URL is none that is known.", say`Write one of: ${tlsModes.join(", ")}.`);
  if (mode === "verify-ca" && caFile === undefined) throw wrongUrl("sslmode=verify-ca names no certificate authority.", "Add ssl-ca=FILE, or write sslmode=verify-full.");
  if (caFile === undefined) return (mode as MysqlTls | undefined) ?? (socket === undefined ? "prefer" : "disable");
  if (mode === undefined) return "verify-full";
  if (mode === "disable" || mode === "prefer") throw wrongUrl(say`sslmode=${mode} checks no certificate, but an authority is given.`, "Write sslmode=verify-full, or remove ssl-ca.");
  return mode === "require" ? "verify-ca" : (mode as MysqlTls);
}

function parseUrl(text: string): URL {
  if (URL.canParse(text) && /^(mysql|mariadb):\/\//i.test(text)) return new URL(text);
  throw wrongUrl("The database URL cannot be read.", say`Write it as ${example}, with / : @ # ? in the password as %2F %3A %40 %23 %3F.`);
}

function decodePart(part: string, problem: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrongUrl(problem, "Write a % itself as %25.");
  }
}

function wrongUrl(message: string, hint: string): StartError {
  return new StartError({ code: "database-url", message, hint });
}
