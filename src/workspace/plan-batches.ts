import { createHash } from "node:crypto";
import type { KakaoId } from "../core/kakao-id.ts";
import { quoteCode, quoteText } from "./json-rows.ts";
import { guardWrite, type StateDatabase } from "./state-file.ts";

/** Rows a stored batch, and so a transaction of the apply. The first is small: it is read back before the rest goes (M13). */
const rowsInFirstBatch = 100;
const rowsABatch = 5000;

/** `unlink` clears the link of a member, by a person's decision (M12). */
export type PlanAction = "link" | "relink" | "unlink";

/**
 * One change that the apply obeys: place, member id, Kakao id, action, deciding key (`ci`, `phone`, `email`, `decision`),
 * the former link (null: empty), and the keyed digest of the values the decision used. A tuple, since there are millions.
 */
export type PlanRow = readonly [
  place: number,
  memberId: string,
  kakaoId: KakaoId,
  action: PlanAction,
  by: string,
  former: KakaoId | null,
  digest: string,
];

export interface PlanBatch {
  readonly seq: number;
  readonly rows: readonly PlanRow[];
}

export interface PlanWriter {
  add(row: PlanRow): void;
  /** Writes the last batch. `digest` covers every byte of every batch. */
  finish(): { readonly digest: string; readonly rows: number };
}

export function createPlanWriter(db: StateDatabase): PlanWriter {
  const insert = db.prepare("insert into batches (seq, rows, body) values (?, ?, ?)");
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
    add: ([place, memberId, kakaoId, action, by, former, digest]) => {
      const row = `[${place},${quoteText(memberId)},"${kakaoId}","${action}","${by}",${quoteCode(former)},"${digest}"]`;
      body = waiting === 0 ? row : `${body},${row}`;
      waiting += 1;
      if (waiting === (seq === 0 ? rowsInFirstBatch : rowsABatch)) flush();
    },
    finish: () => {
      if (waiting > 0) flush();
      return { digest: hash.digest("hex"), rows };
    },
  };
}

/** The batches one by one, by key: the journal is written on the same connection between two of them. */
export function* readPlan(db: StateDatabase): Iterable<PlanBatch> {
  for (const { seq, body } of readBodies(db)) {
    const rows: PlanRow[] = JSON.parse(body);
    yield { seq, rows };
  }
}

export function digestPlan(db: StateDatabase): string {
  const hash = createHash("sha256");
  for (const { seq, body } of readBodies(db)) hash.update(`${seq} ${body}\n`);
  return hash.digest("hex");
}

function* readBodies(db: StateDatabase): Iterable<{ readonly seq: number; readonly body: string }> {
  const next = db.prepare<[number], { seq: number; body: string }>("select seq, body from batches where seq >= ? order by seq limit 1");
  for (let row = next.get(0); row !== undefined; row = next.get(row.seq + 1)) yield row;
}
