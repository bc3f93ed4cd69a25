import type { Context } from "../context.ts";
import { EXIT } from "../errors.ts";
import { say } from "../say.ts";
import type { PullFlags } from "./shared-options.ts";
import { settleCis } from "./steps/settle-cis.ts";
import { renderPull, tellForecast } from "./steps/tell-pull.ts";
import { takeSnapshot } from "./steps/take-snapshot.ts";
import { wipeUsed } from "./steps/wipe-used.ts";
import { writeDiff } from "./steps/write-diff.ts";

/** `pull`: takes the snapshot of the app's Kakao users, or refreshes it. */
export async function pull(context: Context, flags: PullFlags & { readonly diff?: boolean }): Promise<number> {
  const { terminal } = context;
  context.requireOperator();
  context.lock();
  settleCis(context);
  context.workspace().runs.expirePlans(Math.floor(context.now() / 1000));
  await wipeUsed(context);
  tellForecast(context, flags.refreshAfter ?? context.config.retention.snapshotMs);

  const report = await takeSnapshot(context, flags.refreshAfter);

  renderPull(terminal, report);
  const diff = flags.diff === true ? writeDiff(context) : undefined;
  if (diff !== undefined) terminal.note(say`The ids: ${context.shown(diff.path)}`);
  terminal.json({
    command: "pull",
    kakaoUsers: report.total,
    new: report.new,
    gone: report.gone,
    returned: report.returned,
    relinked: report.relinked,
    read: report.counts.states.read,
    wiped: report.counts.states.wiped,
    young: report.young,
    unread: report.unread,
    takenAt: new Date(report.takenAt * 1000).toISOString(),
    ...(diff === undefined ? {} : { diff: diff.counts, files: { diff: context.shown(diff.path) } }),
  });
  terminal.note("Next: kakao-sync map-members");
  return EXIT.done;
}
