import type { Context } from "../../context.ts";
import { readKakaoUser, type KakaoUser } from "../../core/kakao-user.ts";
import { fits } from "../../core/matching/kept-hashes.ts";
import { RefusedError } from "../../errors.ts";
import type { PullFlags } from "../shared-options.ts";
import type { Snapshot } from "../../workspace/snapshot.ts";
import { readMappingOptions } from "./read-mapping-options.ts";
import { listProperties, takeSnapshot } from "./take-snapshot.ts";
import { renderPull, tellForecast } from "./tell-pull.ts";

const dayMs = 24 * 3_600_000;

/**
 * The Kakao users to plan with: those of `--from`, or the snapshot. A snapshot that is not there, is older than `--max-age`, was cut short, lacks a
 * property that the configuration compares, or wiped details that are needed again is taken first.
 */
export async function openKakaoSide(context: Context, flags: PullFlags & { readonly from?: string; readonly maxAge?: number }): Promise<Snapshot> {
  const { snapshots } = context.workspace();
  if (flags.from !== undefined) {
    const brought = await snapshots.importUsers(readUsers(context, context.inputFile(flags.from)), Math.floor(context.now() / 1000));
    context.record({ event: "read", counts: { users: brought.count }, ci: { received: brought.counts.cis } });
    return brought;
  }
  const current = snapshots.snapshot();
  const isComparable = current === null || (await keepsComparable(context, current));
  if (current !== null && isComparable && isUsable(context, current, flags.maxAge ?? dayMs)) return current;
  current?.close();
  context.terminal.note(current === null ? "There is no snapshot yet; taking one first." : "The snapshot is too old, or lacks what is to be compared; taking a new one first.");
  const taken = await take(context, flags.refreshAfter);
  if ((await keepsComparable(context, taken)) && isWhole(context, taken)) return taken;
  taken.close();
  context.terminal.note("An earlier pull was gone on with, from before it was known who is to be read again; reading them now.");
  return take(context, flags.refreshAfter);
}

async function take(context: Context, refreshAfterMs: number | undefined): Promise<Snapshot> {
  tellForecast(context, refreshAfterMs ?? context.config.retention.snapshotMs);
  renderPull(context.terminal, await takeSnapshot(context, refreshAfterMs));
  const taken = context.workspace().snapshots.snapshot();
  if (taken === null) throw new Error("a completed pull left no snapshot");
  return taken;
}

/**
 * Refuses a snapshot that no plan may be made from: hashes of wiped users that this configuration would not give, or users of whom not even hashes are left. A value
 * that they share with somebody would not be seen (M4). Throws RefusedError `snapshot-unfit`.
 */
export function refuseUnfit({ comparison, counts }: Snapshot, options: Parameters<typeof fits>[1]): void {
  if ((comparison === null || fits(comparison, options)) && counts.forgotten === 0) return;
  throw new RefusedError({
    code: "snapshot-unfit",
    message: "The snapshot lacks wiped details that this configuration compares anew; who shares a value could not be seen.",
    hint: "Read everything anew: kakao-sync pull --refresh-after 0d",
  });
}

function isUsable(context: Context, snapshot: Snapshot, maxAgeMs: number): boolean {
  // A listing may begin a moment ahead of the clock, behind the one before it: with no age allowed, it is old all the same.
  const young = maxAgeMs > 0 && snapshot.takenAt * 1000 > context.now() - maxAgeMs;
  return young && isWhole(context, snapshot) && listProperties(context).every((property) => snapshot.properties.includes(property));
}

/** Nobody waits to be read again. */
function isWhole(context: Context, { counts }: Snapshot): boolean {
  return counts.forgotten === 0 && !context.workspace().snapshots.readAgain.any;
}

/** Hashes of wiped details are those of one configuration. Under another one these users are read again. */
async function keepsComparable(context: Context, snapshot: Snapshot): Promise<boolean> {
  if (snapshot.comparison === null || fits(snapshot.comparison, readMappingOptions(context, await context.foreignPhone(), snapshot.complete))) return true;
  context.workspace().snapshots.readAgain.add(listWiped(snapshot));
  return false;
}

function* listWiped(snapshot: Snapshot): Iterable<string> {
  for (const users of snapshot.blocks()) for (const { id, state } of users) if (state === "wiped") yield id;
}

async function* readUsers(context: Context, path: string): AsyncIterable<KakaoUser> {
  const foreignPhone = await context.foreignPhone();
  for await (const record of context.readUsersFile(path)) yield readKakaoUser({ ...record, hasSignedUp: null }, foreignPhone);
}
