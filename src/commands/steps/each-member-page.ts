import type { Context } from "../../context.ts";
import type { MemberRow } from "../../core/member.ts";
import type { Inspection, MemberWish } from "../../database/service-database.ts";

/** Streams every member once, in pages, with progress; looks for Ctrl-C, `stop` and `pause` between them. */
export async function eachMemberPage(context: Context, label: string, inspection: Inspection, take: (page: readonly MemberRow[]) => void | Promise<void>): Promise<void> {
  for await (const page of readMemberPages(context, label, inspection)) await take(page);
}

/** The same as a stream. `wish` says what is read beside id, state, flags and link; without it every value that is configured. */
export async function* readMemberPages(context: Context, label: string, inspection: Inspection, wish?: MemberWish): AsyncIterable<readonly MemberRow[]> {
  const progress = context.terminal.progress(label, inspection.rows.reduce((sum, rows) => sum + rows, 0));
  let done = 0;
  try {
    for await (const page of (await context.database()).readMembers(wish)) {
      yield page;
      progress.update((done += page.length));
      await context.checkpoint();
    }
  } finally {
    progress.finish();
  }
}

/** Every stored link of a member as text, malformed or not, each once. */
export function linksOf({ link, furtherLinks }: MemberRow): readonly string[] {
  if (link === null) return [];
  return furtherLinks === undefined ? [link] : [...new Set([link, ...furtherLinks])];
}
