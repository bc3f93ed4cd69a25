import type { KakaoId } from "../core/kakao-id.ts";
import { type StateDatabase, transactDurably } from "./state-file.ts";

/** A decision about a pair, remembered until a value that decided changes (M12). */
export interface RememberedDecision {
  readonly kakaoId: KakaoId;
  readonly place: number;
  readonly memberId: string;
  readonly decision: string;
  readonly decidedBy: string;
  /** Keyed digest, under a key of the workspace (`deriveKey("decisions")`), of the values that decided. */
  readonly valueDigest: string;
  /** Unix seconds. */
  readonly decidedAt: number;
}

const columns = `cast(kakao_id as text) as "kakaoId", place, member_id as "memberId", decision, decided_by as "decidedBy",
  value_digest as "valueDigest", decided_at as "decidedAt"`;

export class DecisionMemory {
  readonly #db: StateDatabase;

  constructor(db: StateDatabase) {
    this.#db = db;
  }

  /** Keeps decisions; a newer one about the same pair takes the place of the older. */
  remember(decisions: Iterable<RememberedDecision>): void {
    const insert = this.#db.prepare("insert or replace into remembered_decisions values (?, ?, ?, ?, ?, ?, ?)");
    transactDurably(this.#db, () => {
      for (const { kakaoId, place, memberId, decision, decidedBy, valueDigest, decidedAt } of decisions) {
        insert.run(BigInt(kakaoId), place, memberId, decision, decidedBy, valueDigest, decidedAt);
      }
    });
  }

  /** Drops what no longer holds. */
  forget(pairs: Iterable<Pick<RememberedDecision, "kakaoId" | "place" | "memberId">>): void {
    const remove = this.#db.prepare("delete from remembered_decisions where kakao_id = ? and place = ? and member_id = ?");
    transactDurably(this.#db, () => {
      for (const { kakaoId, place, memberId } of pairs) remove.run(BigInt(kakaoId), place, memberId);
    });
  }

  /** All decisions in numeric order of the Kakao ids. */
  all(): readonly RememberedDecision[] {
    return this.#db.prepare<[], RememberedDecision>(`select ${columns} from remembered_decisions order by kakao_id, place, member_id`).all();
  }
}
