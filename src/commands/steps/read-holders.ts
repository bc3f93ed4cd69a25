import type { Context } from "../../context.ts";
import { recogniseKakaoId } from "../../core/kakao-id.ts";
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
  /** Malformed ones that mean no Kakao id in any spelling. */
  readonly unreadableLinks: number;
  /** Link rows without a member. */
  readonly danglingLinks: number;
}

/** Reads who holds which id: members of every table and state, and link rows without a member. Malformed links are never touched; whom one clearly means is kept as if it had no member. */
export async function readHolders(context: Context, inspection: Inspection): Promise<StoredLinks> {
  const holders = new HolderCollector();
  const counts = { members: 0, links: 0, malformedLinks: 0, unreadableLinks: 0, danglingLinks: 0 };
  const add = (link: string, held: Parameters<HolderCollector["add"]>[1]): void => {
    const id = recogniseKakaoId(link);
    if (id === link) counts.links += 1;
    else counts.malformedLinks += 1;
    if (id === undefined) counts.unreadableLinks += 1;
    else if (id !== "") holders.add(BigInt(id), id === link ? held : HELD.dangling);
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
