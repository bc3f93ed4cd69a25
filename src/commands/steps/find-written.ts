import type { Context } from "../../context.ts";
import type { LinkChange } from "../../database/service-database.ts";

/**
 * Which of the changes that a killed attempt was about to write it has written. A look only, within a transaction, so that a commit still under way is waited
 * for: nothing is written, whatever stands there.
 */
export async function findWritten(context: Context, changes: readonly LinkChange[]): Promise<readonly boolean[]> {
  if (changes.length === 0) return [];
  const outcomes = await (await context.database()).writeLinks(changes, { unchanged: () => false, intend: () => undefined });
  return outcomes.map((outcome) => outcome.outcome === "moved" && outcome.why === "already-linked");
}
