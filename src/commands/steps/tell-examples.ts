import type { Context } from "../../context.ts";
import type { PlanRow } from "../../workspace/run-store.ts";
import type { Run } from "../../workspace/runs.ts";
import { maskId } from "./mask-id.ts";
import { readMappingOptions } from "./read-mapping-options.ts";
import { showMember } from "./show-members.ts";

const shownExamples = 5;

/** A few planned links to recognise, only at a terminal, each kind of answer first; ids and values masked. */
export async function tellExamples(context: Context, run: Run): Promise<void> {
  if (!context.terminal.interactive) return;
  const rows = pickExamples(context, run);
  if (rows.length === 0) return;
  const options = { ...readMappingOptions(context, await context.foreignPhone(), true), seed: context.drawSeed() };
  const database = await context.database();
  const lines: string[][] = [];
  for (const [place, memberId, kakaoId, action, by = ""] of rows) {
    const [member] = await context.values().open(await database.findMembers(place, [memberId]));
    if (member === undefined) continue;
    const { name, phone, email } = showMember(context, options, member);
    lines.push([maskId(kakaoId), action, by, name, phone, email]);
  }
  context.terminal.line();
  context.terminal.table([{ header: "for example" }, { header: "action" }, { header: "by" }, { header: "member" }, { header: "phone" }, { header: "e-mail" }], lines);
}

/** The first row of each action and key, then the first ones. */
function pickExamples(context: Context, run: Run): readonly PlanRow[] {
  const store = context.workspace().openRunStore(run);
  try {
    for (const { rows } of store.batches()) {
      const firsts = new Map(rows.toReversed().map((row) => [`${row[3]} ${row[4]}`, row]));
      return [...new Set([...firsts.values(), ...rows])].slice(0, shownExamples);
    }
    return [];
  } finally {
    store.close();
  }
}
