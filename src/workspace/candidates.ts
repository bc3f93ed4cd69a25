import type { KakaoId } from "../core/kakao-id.ts";
import { guardWrite, readPages, type StateDatabase } from "./state-file.ts";

/** A row of the review list, as `--decisions` is checked against it (M12). */
export interface Candidate {
  /** The row code: check digits over run, Kakao id and member id. */
  readonly code: string;
  readonly kakaoId: KakaoId;
  readonly place: number;
  readonly memberId: string;
  readonly reason: string;
  readonly evidence: string;
  readonly group: string | null;
}

const columns = `code, cast(kakao_id as text) as "kakaoId", place, member_id as "memberId", reason, evidence, grouped as "group"`;

export function createCandidateWriter(db: StateDatabase): (candidate: Candidate) => void {
  const insert = db.prepare(
    "insert into candidates (code, kakao_id, place, member_id, reason, evidence, grouped) values (?, ?, ?, ?, ?, ?, ?)",
  );
  return ({ code, kakaoId, place, memberId, reason, evidence, group }) => {
    guardWrite(db, () => insert.run(code, BigInt(kakaoId), place, memberId, reason, evidence, group));
  };
}

/** The candidates of a Kakao user, in the order in which they were written. */
export function findCandidates(db: StateDatabase, kakaoId: KakaoId): Candidate[] {
  return db.prepare<[bigint], Candidate>(`select ${columns} from candidates where kakao_id = ? order by rowid`).all(BigInt(kakaoId));
}

/** All candidates, in the order in which they were written. */
export function* readCandidates(db: StateDatabase): Iterable<Candidate> {
  const select = db.prepare<[number, number], Candidate & { row: number }>(`select rowid as row, ${columns} from candidates where rowid > ? order by rowid limit ?`);
  for (const { code, kakaoId, place, memberId, reason, evidence, group } of readPages(select, 0, (one) => one.row)) {
    yield { code, kakaoId, place, memberId, reason, evidence, group };
  }
}
