import type { KakaoId } from "../core/kakao-id.ts";
import { quoteCode, quoteText } from "./json-rows.ts";
import type { Batch, BatchShape, RowWriter } from "./row-batches.ts";

/** `unlink` clears the link of a member, by a person's decision (M12). */
export type PlanAction = "link" | "relink" | "unlink";

/**
 * One change that the apply of a mapping plan obeys: place, member id, Kakao id, action, deciding key (`ci`, `phone`, `email`, `decision`),
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

export type PlanBatch = Batch<PlanRow>;
export type PlanWriter = RowWriter<PlanRow>;

/** A batch is a transaction of the apply. The first is small: it is read back before the rest goes (M13). */
export const planBatches: BatchShape<PlanRow> = {
  table: "batches",
  first: 100,
  later: 5000,
  render: ([place, memberId, kakaoId, action, by, former, digest]) => `[${place},${quoteText(memberId)},"${kakaoId}","${action}","${by}",${quoteCode(former)},"${digest}"]`,
};
