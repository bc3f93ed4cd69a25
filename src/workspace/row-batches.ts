import { createHash } from "node:crypto";
import { damagedBy, guardWrite, parseStored, type StateDatabase } from "./state-file.ts";

/** How rows of one kind are stored: packed into batches, each a line of JSON in a table of its own (`seq`, `rows`, `body`). */
export interface BatchShape<Row> {
  readonly table: "batches" | "gone";
  /** Rows in the first batch, and in each later one. */
  readonly first: number;
  readonly later: number;
  /** A row as JSON array. */
  readonly render: (row: Row) => string;
}

export interface Batch<Row> {
  readonly seq: number;
  readonly rows: readonly Row[];
}

export interface RowWriter<Row> {
  add(row: Row): void;
  /** Writes the last batch. `digest` covers every byte of every batch. */
  finish(): { readonly digest: string; readonly rows: number };
}

export function createRowWriter<Row>(db: StateDatabase, { table, first, later, render }: BatchShape<Row>): RowWriter<Row> {
  const insert = db.prepare(`insert into ${table} (seq, rows, body) values (?, ?, ?)`);
  const hash = createHash("sha256");
  let body = "";
  let waiting = 0;
  let seq = 0;
  let rows = 0;
  const flush = (): void => {
    const whole = `[${body}]`;
    guardWrite(db, () => insert.run(seq, waiting, whole));
    hash.update(`${seq} ${whole}\n`);
    rows += waiting;
    seq += 1;
    body = "";
    waiting = 0;
  };
  return {
    add: (row) => {
      body = waiting === 0 ? render(row) : `${body},${render(row)}`;
      waiting += 1;
      if (waiting === (seq === 0 ? first : later)) flush();
    },
    finish: () => {
      if (waiting > 0) flush();
      return { digest: hash.digest("hex"), rows };
    },
  };
}

/** The batches one by one, by key: the journal is written on the same connection between two of them. */
export function* readBatches<Row>(db: StateDatabase, { table }: BatchShape<Row>): Iterable<Batch<Row>> {
  for (const { seq, body } of readBodies(db, table)) {
    const rows = parseStored<readonly Row[]>(db, body);
    if (!isListOfLists(rows)) throw damagedBy(db);
    yield { seq, rows };
  }
}

function isListOfLists(rows: unknown): boolean {
  return Array.isArray(rows) && rows.every((row) => Array.isArray(row));
}

/** The digest that `finish` gave, computed again from what is stored. */
export function digestBatches<Row>(db: StateDatabase, { table }: BatchShape<Row>): string {
  const hash = createHash("sha256");
  for (const { seq, body } of readBodies(db, table)) hash.update(`${seq} ${body}\n`);
  return hash.digest("hex");
}

function* readBodies(db: StateDatabase, table: string): Iterable<{ readonly seq: number; readonly body: string }> {
  const next = db.prepare<[number], { seq: number; body: string }>(`select seq, body from ${table} where seq >= ? order by seq limit 1`);
  for (let row = next.get(0); row !== undefined; row = next.get(row.seq + 1)) yield row;
}
