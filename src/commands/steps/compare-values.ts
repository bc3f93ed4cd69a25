import type { Context } from "../../context.ts";
import type { KakaoUser } from "../../core/kakao-user.ts";
import { readSnapshotKey } from "../../core/matching/kakao-side.ts";
import type { Sides } from "../../core/matching/decide.ts";
import { readMember, renderUsedValues } from "../../core/matching/read-member.ts";
import type { MappingPlan } from "../../core/matching/plan.ts";
import { KEY_NAMES, type KeyName } from "../../core/member.ts";
import { findRows } from "./show-members.ts";

/** Two different values had one hash: the plan is to be made again with another seed. */
export class FalseHit extends Error {
  override readonly name = "FalseHit";
}

/**
 * Before a plan is written, the deciding value of every pair that it would link is compared as it really is: the user's of the snapshot with the member's, read
 * from the database once more. A member who has changed since the plan read it is left to apply, which will find that it has moved. Throws FalseHit.
 */
export async function compareValues(context: Context, sides: Sides, plan: MappingPlan, digest: (text: string) => string, blocks: Iterable<readonly KakaoUser[]>): Promise<void> {
  const progress = context.terminal.progress("Comparing values", sides.kakao.ids.length);
  let row = 0;
  try {
    for (const users of blocks) {
      const expected = listExpected(sides, plan, users, row);
      for await (const [member, found] of findRows(context, sides, expected.keys(), KEY_NAMES)) {
        const pair = expected.get(member);
        if (pair === undefined || digest(renderUsedValues(found)) !== sides.members.usedValues(member)) continue;
        if (readMember(found, sides.options)[pair.by] !== pair.value) throw new FalseHit();
      }
      row += users.length;
      progress.update(row);
      await context.checkpoint();
    }
  } finally {
    progress.finish();
  }
}

/** By member: the key that names it, and the user's value of that key. */
function listExpected(sides: Sides, plan: MappingPlan, users: readonly KakaoUser[], firstRow: number): ReadonlyMap<number, { readonly by: KeyName; readonly value: string }> {
  const expected = new Map<number, { by: KeyName; value: string }>();
  for (const [at, user] of users.entries()) {
    const { action, by, member } = plan.answer(firstRow + at);
    if ((action !== "link" && action !== "relink") || by === "" || by === "decision") continue;
    expected.set(member, { by, value: String(readSnapshotKey(user, by, sides.options)) });
  }
  return expected;
}
