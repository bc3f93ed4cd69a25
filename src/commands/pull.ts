import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import type { PullFlags } from "./shared-options.ts";
import { renderPull, tellForecast } from "./steps/tell-pull.ts";
import { takeSnapshot } from "./steps/take-snapshot.ts";

/** `pull`: takes the snapshot of the app's Kakao users, or refreshes it. */
export async function pull(context: Context, flags: PullFlags & { readonly diff?: boolean }): Promise<number> {
  const { terminal } = context;
  context.lock();
  tellForecast(context, flags.refreshAfter ?? context.config.retention.snapshotMs);

  const report = await takeSnapshot(context, flags.refreshAfter ?? context.config.retention.snapshotMs);

  renderPull(terminal, report);
  const snapshot = context.workspace().snapshots.snapshot();
  const changes = snapshot === null || flags.diff !== true ? undefined : { new: [...snapshot.changes("new")], gone: [...snapshot.changes("gone")], returned: [...snapshot.changes("returned")] };
  snapshot?.close();
  if (changes !== undefined) {
    // Who is back is new to this snapshot, too; in the table everybody stands once.
    const back = new Set(changes.returned);
    const listed = { ...changes, new: changes.new.filter((id) => !back.has(id)) };
    const rows = Object.entries(listed).flatMap(([change, ids]) => ids.map((id) => [id, change]));
    if (rows.length > 0) terminal.table([{ header: "kakao_id" }, { header: "change" }], rows);
  }
  terminal.json({
    command: "pull",
    kakaoUsers: report.total,
    new: report.new,
    gone: report.gone,
    returned: report.returned,
    read: report.counts.states.read,
    young: report.young,
    unread: report.unread,
    takenAt: new Date(report.takenAt * 1000).toISOString(),
    ...(changes === undefined ? {} : { diff: changes }),
  });
  terminal.note("Next: kakao-sync map-members");
  return EXIT.done;
}
