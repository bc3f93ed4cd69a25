import { readFileSync } from "node:fs";
import type { Connection, ConnectionOptions } from "mysql2/promise";
import { StartError } from "../errors.ts";
import { type Doing, explainMysqlError, isConnectionLost, numberOf } from "./mysql-errors.ts";
import { prepareSession, type SessionWishes } from "./mysql-session.ts";
import { type MysqlTarget, type MysqlTls, parseMysqlUrl } from "./mysql-url.ts";

/** How long a server may take to greet, in milliseconds. */
const connectTimeout = 10_000;

/** A value as text; integers of any width, decimals and dates exactly as the server spells them. */
export type Cell = string | null;

/** One connection; statements go over it one after another. */
export class MysqlConnection {
  /** Host, port and database for messages. */
  readonly label: string;
  readonly #connection: Connection;

  constructor(connection: Connection, label: string) {
    this.label = label;
    this.#connection = connection;
    // A connection that dies while nothing is asked of it would else end the program; the next statement tells it.
    connection.on("error", () => undefined);
  }

  /** The server's number of this connection. */
  get threadId(): number {
    return this.#connection.threadId;
  }

  /** The rows of a query. Nothing is ever bound by the driver: a question mark in an operator's condition is no parameter. */
  async rows(sql: string): Promise<Cell[][]> {
    const [rows] = await this.#connection.query<never[]>({ sql, rowsAsArray: true }).catch(withoutStatement);
    for (const row of rows as unknown[][]) {
      for (let at = 0; at < row.length; at += 1) if (typeof row[at] !== "string" && row[at] !== null) row[at] = String(row[at]);
    }
    return rows;
  }

  /** Runs a statement; gives the number of rows that it matched, changed or not. */
  async run(sql: string): Promise<number> {
    const [result] = await this.#connection.query<never>(sql).catch(withoutStatement);
    return (result as { readonly affectedRows?: number }).affectedRows ?? 0;
  }

  /** Says goodbye, or hangs up where nobody listens any more. */
  async close(): Promise<void> {
    try {
      await this.#connection.end();
    } catch {
      this.#connection.destroy();
    }
  }
}

/** The driver hangs the statement on its errors, with members' values and the session's secrets in it. */
function withoutStatement(error: unknown): never {
  if (error instanceof Error && "sql" in error) delete error.sql;
  throw error;
}

/** Runs `work` and turns errors of driver and server into errors for operators; other errors pass unchanged. */
export async function withMysqlErrors<T>(label: string, doing: Doing, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainMysqlError(label, doing, error);
  }
}

/** Opens a connection with its session as this program needs it. Throws StartError where the server cannot be reached or used; the password is never told. */
export async function connectMysql(url: string, wishes: SessionWishes): Promise<MysqlConnection> {
  const target = parseMysqlUrl(url);
  return withMysqlErrors(target.label, "open", async () => {
    const connection = await connect(target);
    const opened = new MysqlConnection(connection, target.label);
    try {
      await prepareSession(opened, wishes);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  });
}

async function connect(target: MysqlTarget): Promise<Connection> {
  const { createConnection } = await import("mysql2/promise");
  try {
    return await createConnection({ ...baseOptions(target), ...tlsOptions(target) });
  } catch (error) {
    if (target.tls !== "prefer" || !offersNoTls(error)) throw error;
    return createConnection(baseOptions(target));
  }
}

function offersNoTls(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "HANDSHAKE_NO_SSL_SUPPORT" && numberOf(error) === 0 && !isConnectionLost(error);
}

function baseOptions({ host, port, socket, user, password, database }: MysqlTarget): ConnectionOptions {
  return {
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    database,
    charset: "utf8mb4",
    connectTimeout,
    // Numbers beyond 2^53 would be rounded; dates would become times of this machine's zone.
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    multipleStatements: false,
    // Matched rows are counted, not changed ones; the server may not ask for files of this machine.
    flags: ["FOUND_ROWS", "-LOCAL_FILES"],
  };
}

function tlsOptions({ tls, caFile, host, socket }: MysqlTarget): Pick<ConnectionOptions, "ssl"> {
  if (tls === "disable" || socket !== undefined) return {};
  const checked: readonly MysqlTls[] = ["verify-ca", "verify-full"];
  return {
    ssl: {
      rejectUnauthorized: checked.includes(tls),
      verifyIdentity: tls === "verify-full" && host !== "",
      ...(caFile === undefined ? {} : { ca: readAuthority(caFile) }),
    },
  };
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new StartError({ code: "database-certificate", message: `The certificate authority ${path} (ssl-ca) cannot be read.`, hint: "Correct the path in database.url.", cause });
  }
}
