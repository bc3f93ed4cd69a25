import { readFileSync } from "node:fs";
import type { Connection, ConnectionOptions } from "mysql2/promise";
import { StartError } from "../errors.ts";
import { type Doing, explainMysqlError, isConnectionLost, numberOf } from "./mysql-errors.ts";
import { say } from "../say.ts";
import { prepareSession, type SessionWishes } from "./mysql-session.ts";
import { type MysqlTarget, type MysqlTls, parseMysqlUrl } from "./mysql-url.ts";

/** How long a server may take to greet, in milliseconds. */
const connectTimeout = 10_000;

/** A value as text; integers of any width, decimals and dates exactly as the server spells them. */
export type Cell = string | null;

/** One connection; statements go over it one after another. Once it broke, the next statement opens it anew: a transaction never outlives it. */
export class MysqlConnection {
  /** Host, port and database for messages. */
  readonly label: string;
  readonly #connect: () => Promise<Connection>;
  readonly #wishes: SessionWishes;
  #connection: Connection | undefined;
  #isClosed = false;
  #isBegun = false;

  constructor(label: string, connect: () => Promise<Connection>, wishes: SessionWishes) {
    this.label = label;
    this.#connect = connect;
    this.#wishes = wishes;
  }

  /** Connects, and sets the session up. */
  async open(): Promise<void> {
    const connection = await this.#connect();
    // A connection that dies while nothing is asked of it would else end the program; the next statement opens another one.
    connection.on("error", () => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    this.#connection = connection;
    try {
      await prepareSession(this, this.#wishes);
    } catch (error) {
      connection.destroy();
      this.#connection = undefined;
      throw error;
    }
  }

  /** The rows of a query. Nothing is ever bound by the driver: a question mark in an operator's condition is no parameter. */
  async rows(sql: string): Promise<Cell[][]> {
    const [rows] = await this.#asking((connection) => connection.query<never[]>({ sql, rowsAsArray: true }));
    for (const row of rows as unknown[][]) {
      for (let at = 0; at < row.length; at += 1) if (typeof row[at] !== "string" && row[at] !== null) row[at] = String(row[at]);
    }
    return rows;
  }

  /** The rows of a statement whose columns differ by server and version, by their names. */
  async records(sql: string): Promise<Record<string, Cell>[]> {
    const [rows] = await this.#asking((connection) => connection.query<never[]>({ sql }));
    return (rows as Record<string, unknown>[]).map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)])));
  }

  /** Runs a statement; gives the number of rows that it matched, changed or not. */
  async run(sql: string): Promise<number> {
    const [result] = await this.#asking((connection) => connection.query<never>(sql));
    return (result as { readonly affectedRows?: number }).affectedRows ?? 0;
  }

  /** Begins a transaction: until its end a statement fails rather than that it runs on another connection. */
  async begin(): Promise<void> {
    await this.run("START TRANSACTION");
    this.#isBegun = true;
  }

  async commit(): Promise<void> {
    await this.run("COMMIT");
    this.#isBegun = false;
  }

  /** Takes the transaction back; without a connection the server does so by itself. */
  async rollBack(): Promise<void> {
    if (this.#connection !== undefined) await this.run("ROLLBACK").catch(() => undefined);
    this.#isBegun = false;
  }

  /** Says goodbye, or hangs up where nobody listens any more. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#isClosed = true;
    await connection?.end().catch(() => connection.destroy());
  }

  async #asking<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#connection === undefined && !this.#isClosed && !this.#isBegun) await this.open();
    const connection = this.#connection;
    if (connection === undefined) throw Object.assign(new Error("the connection is closed"), { code: "PROTOCOL_CONNECTION_LOST" });
    try {
      return await ask(connection);
    } catch (error) {
      if (isConnectionLost(error)) {
        connection.destroy();
        this.#connection = undefined;
      }
      throw withoutStatement(error);
    }
  }
}

/** The driver hangs the statement on its errors, with members' values and the session's secrets in it. */
function withoutStatement(error: unknown): unknown {
  if (error instanceof Error && "sql" in error) delete error.sql;
  return error;
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
  const connection = new MysqlConnection(target.label, () => connect(target), wishes);
  await withMysqlErrors(target.label, "open", () => connection.open());
  return connection;
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
    throw new StartError({ code: "database-certificate", message: say`The certificate authority ${path} (ssl-ca) cannot be read.`, hint: "Correct the path in database.url.", cause });
  }
}
