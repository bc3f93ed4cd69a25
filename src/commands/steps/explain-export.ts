import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import { LEFT_OUT } from "../../core/targets/targets.ts";
import { StartError } from "../../errors.ts";
import { targetTexts } from "../../messages/targets.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import type { Explained } from "./explain-answer.ts";

/** Why a member is not in a customer file: its row in left-out.csv. Who is in the file stands there by identifier only, so that a member is never named beside it. */
export async function explainExportMember(context: Context, run: Run, memberId: string): Promise<readonly Explained[]> {
  const found: Explained[] = [];
  for await (const { cells } of context.readCsv(requireList(context, run), ["place", "member_id", "reason"])) {
    if (cells["member_id"] !== memberId) continue;
    const reason = LEFT_OUT.find((one) => one === cells["reason"]);
    const place = cells["place"] ?? "";
    const left = place === context.config.members.table ? say`Member ${memberId} in export ${run.id}: left out, ${reason ?? "?"} (T2).` : say`Member ${memberId} of ${place} in export ${run.id}: left out, ${reason ?? "?"} (T2).`;
    found.push({ kakaoId: null, action: "left-out", rule: "T2", lines: [left, `  ${reason === undefined ? "" : targetTexts.sentences[reason]}`] });
  }
  if (found.length > 0) return found;
  const database = await context.database();
  const places = [0, ...context.config.members.also.map((_also, at) => at + 1)];
  const rows = (await Promise.all(places.map((place) => database.findMembers(place, [memberId])))).flat();
  if (rows.length === 0) throw new StartError({ code: "member-unknown", message: say`There is no member of this id in the database, and export ${run.id} left out none.`, hint: "Look at the id: it is the value of members.id." });
  return [{ kakaoId: null, action: "none", lines: [say`Member ${memberId} is not among those whom export ${run.id} left out: it is in the file, or became a member since. The file holds identifiers only.`] }];
}

/** An export knows members, and whom it wrote by identifier; it keeps no answer by Kakao id. */
export function explainExportUser(_context: Context, run: Run): Promise<readonly Explained[]> {
  return Promise.reject(new StartError({ code: "usage", message: say`Run ${run.id} is an export: it keeps its answers by member.`, hint: say`Ask by member: kakao-sync explain --member ID --run ${run.id}` }));
}

function requireList(context: Context, run: Run): string {
  const path = join(run.folder, run.files["left-out"] ?? "left-out.csv");
  if (existsSync(path)) return path;
  throw new StartError({ code: "file-missing", message: say`The list of those left out is not there any more: ${context.shown(path)}.`, hint: "Export again, or put the file back where it was." });
}
