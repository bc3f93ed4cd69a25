import type { Context } from "../../context.ts";
import type { LinkedUsers } from "../../core/orphans/linked-users.ts";

/** A decision counts only where a mapping plan obeyed it lately: decisions are remembered until a deciding value changes, and only mapping looks at the values. */
const mappingPlanSeconds = 7 * 24 * 3600;

/**
 * Marks Kakao users whom a person decided to be none of the members (M12): the decision is remembered, and the newest mapping plan of the last seven days
 * obeyed it. Answers how many there are.
 */
export function markDecided(context: Context, users: LinkedUsers): number {
  const workspace = context.workspace();
  const decided = new Set(workspace.decisions.all().filter(({ decision }) => decision === "unmatched").map(({ kakaoId }) => kakaoId));
  if (decided.size === 0) return 0;
  const mapping = workspace.runs.list().find(({ command, state }) => command === "map-members" && state !== "purged");
  if (mapping === undefined || mapping.createdAt < Math.floor(context.now() / 1000) - mappingPlanSeconds) return 0;
  const store = workspace.openRunStore(mapping);
  let count = 0;
  try {
    for (const kakaoId of decided) {
      const row = users.ids.find(kakaoId);
      const answer = row < 0 ? undefined : store.findAnswer(kakaoId);
      if (answer?.action !== "unmatched" || answer.by !== "decision") continue;
      users.decideUnmatched(row);
      count += 1;
    }
  } finally {
    store.close();
  }
  return count;
}
