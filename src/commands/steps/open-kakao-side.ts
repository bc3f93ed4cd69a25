import type { Context } from "../../context.ts";
import { readKakaoUser, type KakaoUser } from "../../core/kakao-user.ts";
import { fits } from "../../core/matching/kept-hashes.ts";
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
  if (flags.from !== undefined) return snapshots.importUsers(readUsers(context, context.inputFile(flags.from)), Math.floor(context.now() / 1000));
  const current = snapshots.snapshot();
  const isComparable = current === null || (await keepsComparable(context, current));
  if (current !== null && isComparable && isUsable(context, current, flags.maxAge ?? dayMs)) return current;
  current?.close();
  context.terminal.note(current === null ? "There is no snapshot yet; taking one first." : "The snapshot is too old, or lacks what is to be compared; taking a new one first.");
  const refreshAfterMs = flags.refreshAfter ?? context.config.retention.snapshotMs;
  tellForecast(context, refreshAfterMs);
  renderPull(context.terminal, await takeSnapshot(context, refreshAfterMs));
  const taken = snapshots.snapshot();
  if (taken === null) throw new Error("a completed pull left no snapshot");
  return taken;
}

function isUsable(context: Context, snapshot: Snapshot, maxAgeMs: number): boolean {
  const young = snapshot.takenAt * 1000 > context.now() - maxAgeMs;
  const isWhole = snapshot.counts.forgotten === 0 && !context.workspace().snapshots.readAgain.any;
  return young && isWhole && listProperties(context).every((property) => snapshot.properties.includes(property));
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
