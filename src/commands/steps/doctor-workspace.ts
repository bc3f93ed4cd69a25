import type { Context } from "../../context.ts";
import { RefusedError } from "../../errors.ts";
import type { WorkspaceLook } from "../../workspace/look.ts";
import { say } from "../../say.ts";
import { type Check, fail, ok, warn } from "./doctor-check.ts";

/**
 * Bytes that a Kakao user takes on the disk at most, at once: 770 to 1,110 during a pull beside the snapshot before it, 300 for a run's plan; the rest for what an apply
 * journals. Measured with the sandbox's 15,000 users.
 */
const bytesAUser = 2_000;

/** Rights, key, lock, snapshot and runs of a workspace that is there; of one that is not, only where it would be. */
export async function checkWorkspace(context: Context, look: WorkspaceLook): Promise<readonly Check[]> {
  const where = context.shown(context.workspaceFolder);
  if (!look.exists) return [ok("workspace", say`none in ${where} yet: the first pull makes it`), ...checkKey(look, "key file")];
  const rights = look.exposed.length === 0 ? ok("workspace", say`${where}, for its owner alone`) : warn("workspace", say`other users of this machine could read ${look.exposed.join(", ")} in ${where}`, "It was narrowed just now, or is at the next command; look who may have read it.");
  return [rights, ...checkKey(look, "workspace key"), ...checkLock(context), ...checkSnapshot(context), ...checkRuns(context)];
}

function checkKey(look: WorkspaceLook, what: string): readonly Check[] {
  return [...checkFit(look, what), ...look.unusableKeys.map((file) => warn("other key file", say`${file} holds no key that can be used`, "Nothing of this workspace needs it while its own key fits. Restore it if another workspace of the app or a backup does; else remove it."))];
}

function checkFit({ key }: WorkspaceLook, what: string): readonly Check[] {
  if (key.is === "refused") return [fail(what, key.why, key.hint)];
  if (key.is === "fits") return [ok(what, "fits")];
  if (key.is === "none-yet") return [ok(what, say`KAKAO_SYNC_KEY, or the first pull makes ${key.file}: keep a copy of it elsewhere`)];
  const lost = say`If it is lost, move the workspace away and pull again; its journals cannot be opened any more.`;
  return [key.is === "missing" ? fail(what, say`neither KAKAO_SYNC_KEY nor ${key.file} is there`, say`Put the key back where it was. ${lost}`) : fail(what, "another one than the workspace was sealed with", say`Give the former key, in KAKAO_SYNC_KEY or ${key.file}. ${lost}`)];
}

/** Takes the lock for this look, as any command does. */
function checkLock(context: Context): readonly Check[] {
  try {
    context.lock();
    return [ok("lock", "free")];
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== "workspace-locked") throw error;
    return [warn("lock", error.message, error.hint)];
  }
}

function checkSnapshot(context: Context): readonly Check[] {
  const [newest] = context.workspace().snapshots.list().filter(({ source }) => source === "app");
  if (newest === undefined) return [ok("snapshot", "none yet: kakao-sync pull")];
  const ageMs = context.now() - newest.takenAt * 1000;
  const age = ageMs < 3_600_000 * 48 ? say`${Math.max(0, Math.floor(ageMs / 3_600_000))} h old` : say`${Math.floor(ageMs / 86_400_000)} days old`;
  return [ageMs > context.config.retention.snapshotMs ? warn("snapshot", say`${age}: older than retention.snapshot`, "Take a new one (kakao-sync pull), or destroy it (kakao-sync purge --apply).") : ok("snapshot", age)];
}

function checkRuns(context: Context): readonly Check[] {
  return context.workspace().runs.list().filter(({ state }) => state === "interrupted").map(({ id, command }) => warn("run", say`${id} of ${command} is interrupted`, say`Go on with: kakao-sync ${command} --apply --plan ${id}. Or give it up: kakao-sync runs abandon ${id}`));
}

/** Whether the disk has room for a pull and a run of so many users; `users` is the larger of what is known. */
export function checkDisk({ freeBytes, bytes }: WorkspaceLook, users: number): Check {
  const need = Math.max(users * bytesAUser, 50_000_000);
  const detail = say`${inMegabytes(freeBytes)} free, ${inMegabytes(bytes)} used; a pull and a run of ${users.toLocaleString("en-US")} users take up to ${inMegabytes(need)}`;
  return freeBytes < need ? warn("disk", detail, "Make room, or keep the workspace elsewhere with --workspace.") : ok("disk", detail);
}

function inMegabytes(bytes: number): string {
  return bytes >= 10_000_000_000 ? `${Math.floor(bytes / 1_000_000_000).toLocaleString("en-US")} GB` : `${Math.ceil(bytes / 1_000_000).toLocaleString("en-US")} MB`;
}
