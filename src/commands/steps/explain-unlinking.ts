import type { Context } from "../../context.ts";
import { isKakaoId } from "../../core/kakao-id.ts";
import { KEEP_KINDS, UNLINK_KINDS } from "../../core/orphans/kinds.ts";
import type { MemberRow } from "../../core/member.ts";
import { StartError } from "../../errors.ts";
import { unlinkingTexts } from "../../messages/unlinking.ts";
import type { Answer } from "../../workspace/run-store.ts";
import type { Run } from "../../workspace/runs.ts";
import type { GoneRow, UnlinkStore } from "../../workspace/unlink-store.ts";
import { say, translate } from "../../say.ts";
import { type Explained, nameState } from "./explain-answer.ts";
import { linksOf } from "./each-member-page.ts";

/** Why an unlinking plan unlinks or keeps a Kakao user, or calls its id gone. */
export async function explainUnlinkUser(context: Context, run: Run, kakaoId: string): Promise<readonly Explained[]> {
  return withStore(context, run, async (store) => {
    const answer = store.findAnswer(kakaoId);
    if (answer !== undefined) return [explainKind(run, answer)];
    const gone = [...findGone(store, ([, , id]) => id === kakaoId)];
    if (gone.length > 0) return gone.map((row) => explainGone(run, row));
    const holders = await (await context.database()).findHolders(kakaoId);
    if (holders.length > 0) return [explainHeld(run, kakaoId, holders)];
    throw new StartError({ code: "kakao-unknown", message: say`The plan ${run.id} knows no Kakao user of this id.`, hint: "Look at the id; or make a new plan: kakao-sync unlink-orphans" });
  });
}

/** What an unlinking plan says of a member's links. */
export async function explainUnlinkMember(context: Context, run: Run, memberId: string): Promise<readonly Explained[]> {
  return withStore(context, run, async (store) => {
    const places = [0, ...context.config.members.also.map((_also, at) => at + 1)];
    const named = places.flatMap((place) => store.findMemberAnswers(place, memberId).map((answer) => explainKind(run, answer)));
    const gone = [...findGone(store, ([, id]) => id === memberId)].map((row) => explainGone(run, row));
    if (named.length + gone.length > 0) return [...named, ...gone];
    const database = await context.database();
    const found = (await Promise.all(places.map((place) => database.findMembers(place, [memberId])))).flat();
    const links = found.flatMap((row) => linksOf(row).map((link) => ({ row, link })));
    // A malformed link may be anything, also somebody's number: it is never repeated.
    if (links.length > 0) return links.map(({ row, link }) => (isKakaoId(link) ? explainHeld(run, link, [row]) : explainNone(say`Member ${memberId}: its link holds something that is no Kakao id; it is counted and never touched.`)));
    if (found.length > 0) return [explainNone(say`Member ${memberId}: it holds no Kakao id, so plan ${run.id} says nothing about it.`)];
    throw new StartError({ code: "member-unknown", message: "There is no member of this id in the database.", hint: "Look at the id: it is the value of members.id." });
  });
}

async function withStore<Result>(context: Context, run: Run, work: (store: UnlinkStore) => Promise<Result>): Promise<Result> {
  const store = context.workspace().openUnlinkStore(run);
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

function* findGone(store: UnlinkStore, isWanted: (row: GoneRow) => boolean): Iterable<GoneRow> {
  for (const { rows } of store.gone()) yield* rows.filter(isWanted);
}

function explainKind(run: Run, { kakaoId, action, reason, memberId, evidence }: Answer): Explained {
  const kind = [...UNLINK_KINDS, ...KEEP_KINDS].find((known) => known === reason);
  const rule = kind === "young" ? "U1" : "U";
  const sentence = kind === "keyless" && action === "unlink" ? "Nobody holds this id, nobody could be searched for, and --kinds names keyless." : kind === undefined ? "" : unlinkingTexts.reasons[kind];
  const lines = [
    say`Kakao user ${kakaoId} in plan ${run.id}: ${action}, ${reason ?? ""}.`,
    `  ${translate(sentence)}`,
    ...(evidence === null ? [] : [say`  Linked at ${evidence}.`]),
    ...(memberId === null ? [] : [say`  Member ${memberId} holds it.`]),
  ];
  return { kakaoId, action, rule, lines };
}

function explainGone(run: Run, [, memberId, kakaoId, state, otherLogin, onlyLink]: GoneRow): Explained {
  const whose = (): string => {
    if (state === "dangling") return say`A link row without a member (${memberId}) holds it; such rows are never touched.`;
    const word = nameState(state);
    if (!otherLogin) return say`Member ${memberId} (${word}) holds it, and is not known to have another way to sign in: its link is never cleared.`;
    return onlyLink ? say`Member ${memberId} (${word}) holds it, and can sign in without Kakao.` : say`Member ${memberId} (${word}) holds it, and holds several links: none of them is ever cleared.`;
  };
  return { kakaoId, action: "gone", rule: "U9", lines: [say`Kakao id ${kakaoId} in plan ${run.id}: gone, Kakao no longer has this link (U9).`, `  ${whose()}`] };
}

/** Users with a live or not-live member are not kept one by one in a plan. */
function explainHeld(run: Run, kakaoId: string, holders: readonly MemberRow[]): Explained {
  const names = holders.map(({ id, state }) => `${id} (${nameState(state)})`).join(", ");
  return { kakaoId, action: "keep", rule: "U", lines: [say`Kakao user ${kakaoId}: held by member ${names} in the database now. Plan ${run.id} proposes nothing for it.`] };
}

function explainNone(line: string): Explained {
  return { kakaoId: null, action: "none", lines: [line] };
}
