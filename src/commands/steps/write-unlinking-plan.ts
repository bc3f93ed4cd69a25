import type { Context } from "../../context.ts";
import { compareMemberIds } from "../../core/id-order.ts";
import { recogniseKakaoId } from "../../core/kakao-id.ts";
import { HELD } from "../../core/matching/kakao-side.ts";
import type { MemberRow } from "../../core/member.ts";
import { KindTally, selectUnlinks, type Choice, type KindCounts, type UserAnswer } from "../../core/orphans/select.ts";
import type { UnlinkKind } from "../../core/orphans/kinds.ts";
import type { Inspection } from "../../database/service-database.ts";
import type { GoneRow, UnlinkDraft } from "../../workspace/unlink-store.ts";
import { isClearable } from "./clear-gone.ts";
import { eachMemberPage, linksOf } from "./each-member-page.ts";
import type { FoundOrphans } from "./find-orphans.ts";

/** Names of a plan's files in its run's folder, as the JSON result has them. */
export const unlinkFiles = { plan: "plan.csv", gone: "gone.csv" } as const;

export interface UnlinkPlanToWrite {
  readonly context: Context;
  readonly inspection: Inspection;
  readonly folder: string;
  readonly found: FoundOrphans;
  readonly choice: Choice;
  readonly draft: UnlinkDraft;
}

/** What the lists come to. */
export interface WrittenUnlinkPlan {
  readonly counts: KindCounts;
  /** Links that Kakao no longer has, by their holder's state, and those that --clear-gone would clear at most (U9). */
  readonly gone: Readonly<Record<GoneRow[3], number>>;
  readonly clearable: number;
}

/** A member that is named beside a Kakao user whom only withdrawn members, a misspelt link, or a link row without a member hold; `place` is null for the latter. */
interface NamedHolder {
  readonly place: number | null;
  readonly id: string;
}

/** Writes a plan: whom apply is to unlink, the oldest link first; the links that Kakao no longer has; and both lists. */
export async function writeUnlinkingPlan(work: UnlinkPlanToWrite): Promise<WrittenUnlinkPlan> {
  const named = new Map<number, NamedHolder>();
  const gone = await writeGone(work, named);
  return { counts: writePlan(work, named), ...gone };
}

/** One more pass over the members: gone links in the order of reading, and the names of holders. Left out where there is neither. */
async function writeGone(work: UnlinkPlanToWrite, named: Map<number, NamedHolder>): Promise<Pick<WrittenUnlinkPlan, "gone" | "clearable">> {
  const { context, found, folder, draft } = work;
  const csv = context.createCsv(`${folder}/${unlinkFiles.gone}`, ["place", "member_id", "state", "kakao_id", "other_login", "gone_since"], { readers: "machines" });
  const gone = { live: 0, notLive: 0, withdrawn: 0, dangling: 0 };
  let clearable = 0;
  const tables = listTables(context);
  const add = (row: GoneRow): void => {
    const [place, memberId, link, state, otherLogin] = row;
    draft.gone.add(row);
    csv.write([tables.at(place) ?? "", memberId, state, link, state === "dangling" ? "" : otherLogin ? "yes" : "no", dateOf(context.workspace().snapshots.goneSince(link) ?? 0)]);
    gone[state] += 1;
    if (isClearable(row)) clearable += 1;
  };
  try {
    if (found.goneIds > 0 || hasNamedHolders(found)) {
      await eachMemberPage(context, "Reading holders", work.inspection, (page) => {
        for (const row of page) takeLinks(found, named, row, row.place, linksOf(row), (link) => add([row.place, row.id, link, row.state, row.otherLogin, (row.furtherLinks ?? []).length === 0]));
      });
      for await (const page of (await context.database()).readDanglingLinks()) {
        for (const { kakaoId, memberId } of page) takeLinks(found, named, { id: memberId, state: "dangling" }, null, [kakaoId], (link) => add([-1, memberId, link, "dangling", false, true]));
      }
    }
    csv.finish();
    return { gone, clearable };
  } catch (error) {
    csv.discard();
    throw error;
  }
}

/** Tables by place; the last one, which a dangling row names by -1, is the link table. */
function listTables({ config: { members, link } }: Context): readonly string[] {
  return [members.table, ...members.also.map(({ table }) => table), link.kind === "table" ? link.table : members.table];
}

function hasNamedHolders({ users }: FoundOrphans): boolean {
  for (let row = 0; row < users.length; row += 1) if (users.held(row) === HELD.withdrawn || users.held(row) === HELD.dangling) return true;
  return false;
}

function takeLinks(found: FoundOrphans, named: Map<number, NamedHolder>, holder: { readonly id: string; readonly state: MemberRow["state"] | "dangling" }, place: number | null, links: readonly string[], addGone: (link: string) => void): void {
  for (const link of links) {
    const id = recogniseKakaoId(link);
    if (id === undefined || id === "") continue;
    const row = found.users.ids.find(id);
    const held = id === link ? HELD[holder.state] : HELD.dangling;
    if (row < 0) {
      if (id === link && found.isGone(link)) addGone(link);
    } else if (found.users.held(row) <= HELD.dangling && held === found.users.held(row)) nameHolder(named, row, { place, id: holder.id });
  }
}

/** Of several holders the first place names, and there the lowest id: whatever the order in which an engine reads. */
function nameHolder(named: Map<number, NamedHolder>, row: number, holder: NamedHolder): void {
  const before = named.get(row);
  const isFirst = before === undefined || (holder.place ?? 0) - (before.place ?? 0) < 0 || (holder.place === before.place && compareMemberIds(holder.id, before.id) < 0);
  if (isFirst) named.set(row, holder);
}

/** All answers in numeric order of the ids; then the unlinks in the order of their link dates, the oldest first (U4). */
function writePlan({ context, found: { users }, folder, choice, draft }: UnlinkPlanToWrite, named: ReadonlyMap<number, NamedHolder>): KindCounts {
  const csv = context.createCsv(`${folder}/${unlinkFiles.plan}`, ["kakao_id", "member_id", "kind", "action", "linked_at"], { readers: "machines" });
  const tally = new KindTally();
  const chosen: { readonly row: number; readonly kind: UnlinkKind }[] = [];
  try {
    let row = 0;
    for (const answer of selectUnlinks(users, choice)) {
      tally.add(answer);
      if (answer.action === "unlink") chosen.push({ row, kind: answer.kind });
      if (isListed(answer)) {
        const kakaoId = users.ids.at(row);
        const holder = named.get(row);
        const linkedAt = dateOf(users.linkedAt(row));
        csv.write([kakaoId, holder?.id ?? "", answer.kind, answer.action, linkedAt]);
        draft.answers.add({ kakaoId, place: holder?.place ?? null, memberId: holder?.id ?? null, action: answer.action, by: null, reason: answer.kind, group: null, evidence: linkedAt === "" ? null : linkedAt, note: null });
      }
      row += 1;
    }
    chosen.sort((left, right) => users.linkedAt(left.row) - users.linkedAt(right.row) || left.row - right.row);
    for (const { row: at, kind } of chosen) {
      const holder = named.get(at);
      draft.unlinks.add([users.ids.at(at), kind, users.linkedAt(at), holder?.place ?? null, holder?.id ?? null]);
    }
    csv.finish();
    return tally.counts;
  } catch (error) {
    csv.discard();
    throw error;
  }
}

/** Users with a live or not-live member are not listed one by one: there may be millions of them, and nothing to say. */
function isListed({ kind }: UserAnswer): boolean {
  return kind !== "linked" && kind !== "notLive";
}

/** ISO 8601 in UTC without parts of a second, as Kakao writes it; empty where nothing is known. */
function dateOf(seconds: number): string {
  return seconds === 0 ? "" : new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
