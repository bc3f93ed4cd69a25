import type { Context } from "../../context.ts";
import { isKakaoId } from "../../core/kakao-id.ts";
import { HELD } from "../../core/matching/kakao-side.ts";
import { HolderCollector } from "../../core/orphans/holders.ts";
import type { Inspection } from "../../database/service-database.ts";
import { eachMemberPage, linksOf } from "./each-member-page.ts";

/** Every stored link, with its holder's state. */
export interface StoredLinks {
  readonly holders: HolderCollector;
  /** Rows read, of any state. */
  readonly members: number;
  /** Stored Kakao ids, with repetition. */
  readonly links: number;
  readonly malformedLinks: number;
  /** Link rows without a member. */
  readonly danglingLinks: number;
}

/** Reads who holds which id: members of every table and state, and link rows without a member. Malformed links are counted and never touched. */
export async function readHolders(context: Context, inspection: Inspection): Promise<StoredLinks> {
  const holders = new HolderCollector();
  const counts = { members: 0, links: 0, malformedLinks: 0, danglingLinks: 0 };
  const add = (link: string, held: Parameters<HolderCollector["add"]>[1]): void => {
    if (!isKakaoId(link)) {
      counts.malformedLinks += 1;
      return;
    }
    counts.links += 1;
    holders.add(BigInt(link), held);
  };
  await eachMemberPage(context, "Reading links", inspection, (page) => {
    counts.members += page.length;
    for (const row of page) for (const link of linksOf(row)) add(link, HELD[row.state]);
  });
  for await (const page of (await context.database()).readDanglingLinks()) {
    counts.danglingLinks += page.length;
    for (const { kakaoId } of page) add(kakaoId, HELD.dangling);
  }
  return { holders, ...counts };
}
