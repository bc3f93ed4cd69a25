import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { checkServerIdentity, type ConnectionOptions } from "node:tls";
import pg from "pg";
import { StartError } from "../errors.ts";
import { codeOf, type Doing, explainLostCommit, explainPostgresError, fromDriver, isConnectionLost, isTryAgain } from "./postgres-errors.ts";
import { say } from "../say.ts";
import type { PostgresTarget } from "./postgres-url.ts";

/** How long connecting may take, in milliseconds. */
const connectTimeout = 10_000;

/** How often a transaction is tried that the server rolls back to let others through, and how long it waits at first, in milliseconds. */
const attempts = 6;
const firstWait = 40;

/** What every transaction starts with; `database.session` may say otherwise. */
const settings: Readonly<Record<string, string>> = {
  DateStyle: "ISO, YMD",
  bytea_output: "hex",
  extra_float_digits: "1",
  // A policy that hides rows would hide holders of an id: such a query fails instead.
  row_security: "off",
  idle_in_transaction_session_timeout: "60s",
};
const limitsOf = { read: { statement_timeout: "10min", lock_timeout: "30s" }, write: { statement_timeout: "60s", lock_timeout: "10s" } } as const;

/** What a connection is told about itself. */
export interface SessionOptions {
  readonly timeZone: string;
  readonly session: Readonly<Record<string, string>>;
}

/** A row as the server wrote it: every value as text, as it stands. */
export type Row = readonly (string | null)[];

/** Statements of one transaction. */
export class Transaction {
  readonly #client: pg.Client;

  constructor(client: pg.Client) {
    this.#client = client;
  }

  /** One statement; parameters are texts, numbers or arrays of texts. */
  async rows(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    // The extended protocol takes one statement only, whatever stands in a condition.
    const query = { text, values: [...values], rowMode: "array" as const, queryMode: "extended" };
    return (await fromDriver(this.#client.query<(string | null)[]>(query))).rows;
  }

  /** Undoes what `work` did when it throws, and throws on; the transaction stays usable. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    await fromDriver(this.#client.query("SAVEPOINT kakao_sync"));
    try {
      const result = await work();
      await fromDriver(this.#client.query("RELEASE SAVEPOINT kakao_sync"));
      return result;
    } catch (error) {
      if (!isConnectionLost(error)) await fromDriver(this.#client.query("ROLLBACK TO SAVEPOINT kakao_sync"));
      throw error;
    }
  }
}

/**
 * A server as one user of it: one connection, one transaction after another. Nothing rests on the session: a transaction carries its own settings, so
 * that a pooler may hand each to another backend, and leaves none behind.
 */
export class PostgresConnection {
  readonly target: PostgresTarget;
  readonly #options: SessionOptions;
  #client: pg.Client | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #opened = false;

  constructor(target: PostgresTarget, options: SessionOptions) {
    this.target = target;
    this.#options = options;
  }

  /** Connects and tries every setting. Throws StartError. */
  async open(): Promise<void> {
    const client = await this.#connected("open");
    for (const [name, value] of this.#settings("read")) {
      await fromDriver(client.query("BEGIN READ ONLY")).catch((error: unknown) => this.#fail("open", error));
      try {
        await fromDriver(client.query({ text: "SELECT set_config($1, $2, true)", values: [name, value] }));
      } catch (error) {
        throw isConnectionLost(error) ? explainPostgresError(this.target.label, "open", error) : refusedSetting(name, error);
      } finally {
        await client.query("ROLLBACK").catch(() => undefined);
      }
    }
    this.#opened = true;
  }

  /**
   * One transaction; after a deadlock or a serialization failure all of `work` is done again, a bounded number of times. A read one can change nothing.
   * `READ COMMITTED` is asked for by name: each statement sees what was committed before it.
   */
  transaction<T>(access: "read" | "write", doing: Doing, work: (sql: Transaction) => Promise<T>): Promise<T> {
    const turn = this.#last.then(() => this.#tried(access, doing, work));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #tried<T>(access: "read" | "write", doing: Doing, work: (sql: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(access, doing, work);
      } catch (error) {
        if (!isTryAgain(error) || attempt === attempts) throw explainPostgresError(this.target.label, doing, error);
        await wait(firstWait * 2 ** (attempt - 1) * (0.5 + Math.random()));
      }
    }
  }

  async #once<T>(access: "read" | "write", doing: Doing, work: (sql: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#connected(doing);
    let result: T;
    try {
      await fromDriver(client.query(this.#begin(client, access)));
      result = await work(new Transaction(client));
    } catch (error) {
      await this.#rollBack(client);
      throw error;
    }
    try {
      await fromDriver(client.query("COMMIT"));
      return result;
    } catch (error) {
      await this.#rollBack(client);
      // Of a transaction that only read nothing is unknown.
      throw access === "write" && isConnectionLost(error) ? explainLostCommit(this.target.label, error) : error;
    }
  }

  async #rollBack(client: pg.Client): Promise<void> {
    await client.query("ROLLBACK").catch(() => this.#forget(client));
  }

  /** All settings in one message with BEGIN: a round trip. A server or user set to read-only stays so: nothing asks for READ WRITE. */
  #begin(client: pg.Client, access: "read" | "write"): string {
    const sets = this.#settings(access).map(([name, value]) => `set_config(${client.escapeLiteral(name)}, ${client.escapeLiteral(value)}, true)`);
    return `BEGIN ISOLATION LEVEL READ COMMITTED${access === "read" ? " READ ONLY" : ""}; SELECT ${sets.join(", ")}`;
  }

  #settings(access: "read" | "write"): [string, string][] {
    const { schema } = this.target;
    const path = schema === undefined ? {} : { search_path: `"${schema.replaceAll('"', '""')}"` };
    return Object.entries({ ...settings, ...limitsOf[access], ...path, ...this.#options.session, TimeZone: this.#options.timeZone });
  }

  /** The live connection, or a new one where the last broke between two transactions. */
  async #connected(doing: Doing): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client;
    const client = await connect(this.target, this.#opened ? doing : "open");
    client.on("error", () => this.#forget(client));
    client.on("end", () => this.#forget(client));
    this.#client = client;
    return client;
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = undefined;
    void client.end().catch(() => undefined);
  }

  #fail(doing: Doing, error: unknown): never {
    throw explainPostgresError(this.target.label, doing, error);
  }
}

/** A bare connection of its own, for the lock. */
export async function connectAlone(target: PostgresTarget): Promise<pg.Client> {
  return connect(target, "open");
}

export type PostgresClient = pg.Client;

async function connect(target: PostgresTarget, doing: Doing): Promise<pg.Client> {
  const tls = describeTls(target);
  try {
    return await connectOnce(target, tls);
  } catch (error) {
    if (target.tls !== "prefer" || !(error instanceof Error) || !/does not support SSL/i.test(error.message)) throw explainPostgresError(target.label, doing, error);
  }
  return connectOnce(target, false).catch((error: unknown) => {
    throw explainPostgresError(target.label, doing, error);
  });
}

async function connectOnce({ host, port, user, password, database }: PostgresTarget, ssl: ConnectionOptions | false): Promise<pg.Client> {
  const client = new pg.Client({
    host,
    port,
    user,
    ...(password === undefined ? {} : { password }),
    database,
    ssl,
    application_name: "kakao-sync",
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    // Values stay the text that the server wrote: 64-bit numbers, dates and zones are not JavaScript's to read.
    types: { getTypeParser: () => (value: unknown) => value },
  });
  // Without a listener an error between two statements would end the process.
  client.on("error", () => undefined);
  try {
    await fromDriver(client.connect());
    return client;
  } catch (error) {
    void client.end().catch(() => undefined);
    throw error;
  }
}

/** Node's options for what sslmode asks for; a Unix socket needs no TLS. The driver's own reading of sslmode is not asked. */
function describeTls({ tls, host, caFile }: PostgresTarget): ConnectionOptions | false {
  if (tls === "disable" || host.startsWith("/")) return false;
  const ca = caFile === undefined ? {} : { ca: readAuthority(caFile) };
  if (tls === "prefer" || tls === "require") return { rejectUnauthorized: false };
  const check = tls === "verify-ca" ? () => undefined : (_name: string, certificate: Parameters<typeof checkServerIdentity>[1]) => checkServerIdentity(host, certificate);
  return { ...ca, rejectUnauthorized: true, checkServerIdentity: check };
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new StartError({ code: "database-certificate", message: say`The certificate authority ${path} cannot be read.`, hint: "Correct sslrootcert in database.url.", cause });
  }
}

/** The value is not repeated: parameters of a session may be secrets. */
function refusedSetting(name: string, cause: unknown): StartError {
  if (name === "TimeZone") return new StartError({ code: "time-zone", message: "The server does not know the time zone of database.timeZone.", hint: "Write a name like Asia/Seoul.", cause });
  return new StartError({ code: "database-session", message: say`The server refuses the parameter ${name} (SQLSTATE ${codeOf(cause)}).`, hint: "Correct or remove it under database.session." });
}
