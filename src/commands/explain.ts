import type { Context } from "../context.ts";
import { isKakaoId } from "../core/kakao-id.ts";
import { EXIT, StartError } from "../errors.ts";
import type { Run } from "../workspace/runs.ts";
import { say } from "../say.ts";
import { explainAnswer, explainLinked, type Explained } from "./steps/explain-answer.ts";
import { explainExportMember, explainExportUser } from "./steps/explain-export.ts";
import { explainUnlinkMember, explainUnlinkUser } from "./steps/explain-unlinking.ts";

export interface ExplainFlags {
  readonly member?: string;
  readonly kakao?: string;
  readonly run?: string;
}

/** `explain`: why a member or a Kakao user got its answer in a plan, in sentences that name the rule. */
export async function explain(context: Context, flags: ExplainFlags): Promise<number> {
  if ((flags.member === undefined) === (flags.kakao === undefined)) {
    throw new StartError({ code: "usage", message: "explain needs either --member ID or --kakao ID.", hint: "See `kakao-sync explain --help`." });
  }
  if (flags.kakao !== undefined && !isKakaoId(flags.kakao)) {
    throw new StartError({ code: "usage", message: "What stands behind --kakao is no Kakao id.", hint: "A Kakao id is a whole number from 1 to 2^63-1, without separators." });
  }
  const run = findRun(context, flags.run);
  const [byUser, byMember] = explainers[run.command] ?? explainers["map-members"];
  const explained = flags.kakao === undefined ? await byMember(context, run, flags.member ?? "") : await byUser(context, run, flags.kakao);

  for (const { lines } of explained) {
    for (const line of lines) context.terminal.line(line);
  }
  context.terminal.json({ command: "explain", run: run.id, answers: explained });
  return EXIT.done;
}

type Explain = (context: Context, run: Run, id: string) => Promise<readonly Explained[]>;

/** By Kakao id and by member, for the runs of each command. */
const explainers: Readonly<Record<string, readonly [Explain, Explain]>> & Readonly<Record<"map-members", readonly [Explain, Explain]>> = {
  "map-members": [explainUser, explainMember],
  "unlink-orphans": [explainUnlinkUser, explainUnlinkMember],
  "export-channel-targets": [explainExportUser, explainExportMember],
};

/** The run that is named; else the newest plan about links, and an export only where there is no plan. */
function findRun(context: Context, id: string | undefined): Run {
  const { runs } = context.existingWorkspace();
  const isExplained = ({ command, state, files }: Run): boolean => state !== "purged" && (command === "export-channel-targets" ? files["left-out"] !== undefined : command in explainers);
  const explained = runs.list().filter(isExplained);
  const run = id === undefined ? (explained.find(({ command }) => command !== "export-channel-targets") ?? explained[0]) : runs.get(id);
  if (run !== undefined && isExplained(run)) return run;
  throw new StartError({ code: "run-unknown", message: id === undefined ? "There is no plan in this workspace yet." : say`Run ${id} holds no answers that can be explained, or its files were destroyed.`, hint: "Make a plan: kakao-sync map-members" });
}

async function explainUser(context: Context, run: Run, kakaoId: string): Promise<readonly Explained[]> {
  const store = context.workspace().openRunStore(run);
  try {
    const answer = store.findAnswer(kakaoId);
    if (answer !== undefined) return [explainAnswer(run, answer, store.findCandidates(kakaoId))];
    const holders = await (await context.database()).findHolders(kakaoId);
    if (holders.length > 0) return [explainLinked(run, kakaoId, holders)];
    throw new StartError({ code: "kakao-unknown", message: say`The plan ${run.id} knows no Kakao user of this id.`, hint: "Look at the id; or take a new snapshot and plan: kakao-sync pull, kakao-sync map-members" });
  } finally {
    store.close();
  }
}

async function explainMember(context: Context, run: Run, memberId: string): Promise<readonly Explained[]> {
  const store = context.workspace().openRunStore(run);
  try {
    const places = [0, ...context.config.members.also.map((_also, at) => at + 1)];
    const named = places.flatMap((place) => store.findMemberAnswers(place, memberId).map((answer) => explainAnswer(run, answer, store.findCandidates(answer.kakaoId))));
    const shown = new Set(named.map(({ kakaoId }) => kakaoId));
    const candidate = [...store.candidates()].filter((one) => one.memberId === memberId && !shown.has(one.kakaoId)).flatMap(({ kakaoId }) => {
      const answer = store.findAnswer(kakaoId);
      return answer === undefined ? [] : [explainAnswer(run, answer, store.findCandidates(kakaoId))];
    });
    if (named.length + candidate.length > 0) return [...named, ...candidate];
    const database = await context.database();
    const found = (await Promise.all(places.map((place) => database.findMembers(place, [memberId])))).flat();
    // A malformed link may be anything, also somebody's number: it is never repeated.
    const linked = found.flatMap((row) => (row.link === null ? [] : isKakaoId(row.link) ? [explainLinked(run, row.link, [row])] : [explainMalformed(memberId)]));
    if (linked.length > 0) return linked;
    if (found.length > 0) return [{ kakaoId: null, action: "none", lines: [say`Member ${memberId}: no Kakao user of plan ${run.id} has a CI, phone number or e-mail address of this member that can be used (M3).`] }];
    throw new StartError({ code: "member-unknown", message: "There is no member of this id in the database.", hint: "Look at the id: it is the value of members.id." });
  } finally {
    store.close();
  }
}

function explainMalformed(memberId: string): Explained {
  return { kakaoId: null, action: "none", rule: "M6", lines: [say`Member ${memberId}: its link column holds something that is no Kakao id; it is never overwritten and never cleared (M6).`] };
}
