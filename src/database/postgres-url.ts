import { userInfo } from "node:os";
import { StartError } from "../errors.ts";
import { say } from "../say.ts";

/**
 * `disable`: never encrypted. `prefer` (the default): encrypted where the server offers it. `require`: encrypted, the certificate unchecked. `verify-ca`: signed by
 * the given authority. `verify-full`: signed by the given or a public authority, for this host name.
 */
export type TlsMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

const tlsModes: readonly string[] = ["disable", "prefer", "require", "verify-ca", "verify-full"] satisfies TlsMode[];

/** Where a PostgreSQL URL points. */
export interface PostgresTarget {
  /** A host name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  readonly tls: TlsMode;
  /** The file with the certificate authority. */
  readonly caFile: string | undefined;
  /** The schema that names without one are looked up in. */
  readonly schema: string | undefined;
  /** Host, port and database for messages; never user or password. */
  readonly label: string;
}

const parameters = ["sslmode", "sslrootcert", "ssl-ca", "schema", "host"];

/** Takes `postgres://user:password@host:port/database?sslmode=…` apart. Throws StartError without repeating the URL: it may hold a password. */
export function parsePostgresUrl(text: string): PostgresTarget {
  const url = parseUrl(text);
  const given = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!parameters.includes(name)) throw wrongUrl(say`The database URL has the parameter ${name}, which is not known.`, say`Remove it. Known are: ${parameters.join(", ")}. Further parameters of the session belong to database.session.`);
    given.set(name, value);
  }
  const host = given.get("host") ?? decodePart(url.hostname.replace(/^\[(.*)\]$/, "$1"), "The host in the database URL has a % that begins no code.");
  const database = decodePart(url.pathname.slice(1), "The database name in the database URL has a % that begins no code.");
  if (host === "" || database === "") throw wrongUrl(host === "" ? "The database URL names no host." : "The database URL names no database.", "Write it as postgres://user:password@host:5432/database");
  const port = url.port === "" ? 5432 : Number(url.port);
  const caFile = given.get("sslrootcert") ?? given.get("ssl-ca");
  return {
    host,
    port,
    user: decodePart(url.username, "The user in the database URL has a % that begins no code.") || userInfo().username,
    password: url.password === "" ? undefined : decodePart(url.password, "The password in the database URL has a % that begins no code."),
    database,
    tls: chooseTls(given.get("sslmode"), caFile),
    caFile,
    schema: given.get("schema"),
    label: `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`,
  };
}

/** A certificate authority is never given in vain: with one, `require` checks against it, as libpq does. */
function chooseTls(mode: string | undefined, caFile: string | undefined): TlsMode {
  if (mode !== undefined && !tlsModes.includes(mode)) throw wrongUrl("sslmode in the database URL is none that is known.", say`Write one of: ${tlsModes.join(", ")}.`);
  if (mode === "verify-ca" && caFile === undefined) throw wrongUrl("sslmode=verify-ca names no certificate authority.", "Add sslrootcert=FILE, or write sslmode=verify-full.");
  if (caFile === undefined) return (mode as TlsMode | undefined) ?? "prefer";
  if (mode === undefined) return "verify-full";
  if (mode === "disable" || mode === "prefer") throw wrongUrl(say`sslmode=${mode} checks no certificate, but an authority is given.`, "Write sslmode=verify-full, or remove sslrootcert.");
  return mode === "require" ? "verify-ca" : (mode as TlsMode);
}

function parseUrl(text: string): URL {
  // `postgres:///database?host=/folder` has an empty host, which a URL of this scheme may have.
  if (!URL.canParse(text) || !/^postgres(ql)?:\/\//i.test(text)) {
    throw wrongUrl("The database URL cannot be read.", "Write it as postgres://user:password@host:5432/database, with / : @ # ? in the password as %2F %3A %40 %23 %3F.");
  }
  return new URL(text);
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
