import { StartError } from "../errors.ts";
import { say } from "../say.ts";

/** A name as an SQL identifier: double-quoted, embedded quotes doubled, so that no name of a configuration can become SQL. */
export function quoteName(name: string): string {
  if (name === "" || name.includes("\0")) {
    throw new StartError({
      code: "database-name",
      message: "A table or column name in the configuration is empty or holds a zero byte.",
      hint: "Write the name as the database shows it.",
    });
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** `schema.table` in its parts; a name without a dot has no schema. */
export function splitTable(name: string): { readonly schema: string | null; readonly table: string } {
  const dot = name.indexOf(".");
  return dot < 1 ? { schema: null, table: name } : { schema: name.slice(0, dot), table: name.slice(dot + 1) };
}

/** "members has no column kakoa_id; did you mean kakao_id?": a sentence about a name, and the nearest of the existing ones. */
export function describeMissing(sentence: string, name: string, existing: Iterable<string>): string {
  const near = nearestName(name, existing);
  return `${sentence}${near === undefined ? "" : say`; did you mean ${near}?`}`;
}

/** Throws one StartError that holds every wrong name at once, or does nothing. */
export function refuseWrongNames(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new StartError({
    code: "database-names",
    message: problems.join("\n"),
    hint: "Correct the table and column names in the configuration.",
  });
}

/** The existing name with the fewest edits, if at most a third of the letters differ. */
function nearestName(name: string, existing: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of existing) {
    const edits = countEdits(wanted, candidate.toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/** Levenshtein distance, two swapped neighbours counting as two. */
function countEdits(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, at) => at);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let at = 1; at <= right.length; at += 1) {
      const change = (above[at - 1] ?? 0) + (left[row - 1] === right[at - 1] ? 0 : 1);
      current.push(Math.min(change, (above[at] ?? 0) + 1, (current[at - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[right.length] ?? 0;
}
