import type { KakaoId } from "../core/kakao-id.ts";
import { quoteCode, quoteText } from "./json-rows.ts";
import { damagedBy, guardWrite, parseStored, type StateDatabase } from "./state-file.ts";

const answersABlock = 1000;

/** What a run decided about a Kakao user, for `explain`. */
export interface Answer {
  readonly kakaoId: KakaoId;
  /** The place of the named member; null where nobody is named. */
  readonly place: number | null;
  readonly memberId: string | null;
  readonly action: string;
  /** The deciding key. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly group: string | null;
  readonly evidence: string | null;
  readonly note: string | null;
}

type AnswerRow = readonly [
  KakaoId,
  number | null,
  string | null,
  string,
  string | null,
  string | null,
  string | null,
  string | null,
  string | null,
];

export interface AnswerWriter {
  add(answer: Answer): void;
  finish(): void;
}

/** Packs answers, in numeric order of the Kakao ids, into blocks of 1,000. */
export function createAnswerWriter(db: StateDatabase): AnswerWriter {
  const insert = db.prepare("insert into answers (first_id, body) values (?, ?)");
  let first: KakaoId | undefined;
  let body = "";
  let rows = 0;
  const flush = (): void => {
    if (first !== undefined) guardWrite(db, () => insert.run(BigInt(first ?? 0), `[${body}]`));
    first = undefined;
    body = "";
    rows = 0;
  };
  return {
    add: ({ kakaoId, place, memberId, action, by, reason, group, evidence, note }) => {
      first ??= kakaoId;
      const id = memberId === null ? null : quoteText(memberId);
      const row = `["${kakaoId}",${place},${id},"${action}",${quoteCode(by)},${quoteCode(reason)},${quoteCode(group)},${quoteCode(evidence)},${quoteCode(note)}]`;
      body = rows === 0 ? row : `${body},${row}`;
      rows += 1;
      if (rows === answersABlock) flush();
    },
    finish: flush,
  };
}

export function findAnswer(db: StateDatabase, kakaoId: KakaoId): Answer | undefined {
  const select = "select body from answers where first_id <= ? order by first_id desc limit 1";
  const body = db.prepare<[bigint], string>(select).pluck().get(BigInt(kakaoId));
  return body === undefined ? undefined : parse(db, body).find((answer) => answer.kakaoId === kakaoId);
}

export function findMemberAnswers(db: StateDatabase, place: number, memberId: string): Answer[] {
  const found: Answer[] = [];
  const bodies = db.prepare<[string], string>("select body from answers where instr(body, ?) > 0 order by first_id").pluck();
  for (const body of bodies.all(`,${place},${JSON.stringify(memberId)},`)) {
    found.push(...parse(db, body).filter((answer) => answer.place === place && answer.memberId === memberId));
  }
  return found;
}

/** All answers, in numeric order of the Kakao ids. */
export function* readAnswers(db: StateDatabase): Iterable<Answer> {
  const next = db.prepare<[number], { number: number; body: string }>("select number, body from answers where number > ? order by number limit 1");
  for (let row = next.get(0); row !== undefined; row = next.get(row.number)) yield* parse(db, row.body);
}

/** Throws StartError `run-damaged` where the block is not one of ours. */
function parse(db: StateDatabase, body: string): Answer[] {
  const rows = parseStored<readonly AnswerRow[]>(db, body);
  if (!Array.isArray(rows) || !rows.every(isRow)) throw damagedBy(db);
  return rows.map(([kakaoId, place, memberId, action, by, reason, group, evidence, note]) => {
    return { kakaoId, place, memberId, action, by, reason, group, evidence, note };
  });
}

function isRow(row: unknown): boolean {
  if (!Array.isArray(row) || row.length !== 9) return false;
  const [kakaoId, place, memberId, action, ...rest]: unknown[] = row;
  const isTextOrNull = (value: unknown): boolean => value === null || typeof value === "string";
  return typeof kakaoId === "string" && /^\d{1,19}$/.test(kakaoId) && (place === null || typeof place === "number") && isTextOrNull(memberId) && typeof action === "string" && rest.every(isTextOrNull);
}
