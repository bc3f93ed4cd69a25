import type { Context } from "../context.ts";
import { EXIT, FailedError, InterruptedError, OperatorError, RefusedError } from "../errors.ts";
import type { RotatedKey } from "../workspace/open-cipher.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { say } from "../say.ts";
import type { ApplyFlags } from "./shared-options.ts";
import { countOf } from "./steps/count-of.ts";

export interface RotateFlags extends ApplyFlags {
  readonly newKeyFile?: string;
}

/** `keys rotate`: puts a new key in the place of the workspace's, and seals the snapshots anew. Killed at any moment, it is run again. */
export async function rotateKeys(context: Context, flags: RotateFlags): Promise<number> {
  const { terminal } = context;
  if (flags.apply === true) context.requireOperator();
  const workspace = context.existingWorkspace();
  context.lock();
  workspace.cipher();
  const generations = workspace.snapshots.list().map(({ generation }) => generation);
  terminal.line(say`A new key takes the place of the workspace's; ${countOf(generations.length, "snapshot")} will be sealed anew.`);
  if (flags.apply !== true) {
    terminal.note("Nothing has been changed. To rotate: the same command with --apply");
    terminal.json({ command: "keys rotate", mode: "plan", snapshots: generations.length });
    return EXIT.done;
  }
  await confirm(context, flags);
  const next = context.readNewKey(flags.newKeyFile);
  // What can be found out before the change of keys is; behind it there is no "could not start" any more.
  workspace.snapshots.verifyAll();
  context.auditRecord().open();
  const rotated = workspace.rotateKey(next, (isNew) => context.record({ event: "rotated", counts: { snapshots: generations.length, ...(isNew ? {} : { again: true }) } }));
  try {
    await sealAnew(workspace, generations);
  } finally {
    tellNext(context, rotated);
  }
  const { isNew, file, formerFile, leavesOldSeals } = rotated;
  terminal.line(isNew ? say`The key is rotated, and ${countOf(generations.length, "snapshot")} sealed anew.` : say`The workspace had that key already; ${countOf(generations.length, "snapshot")} sealed anew.`);
  const files = { ...(file === null ? {} : { keyFile: context.shown(file) }), ...(formerFile === null ? {} : { formerKeyFile: context.shown(formerFile) }) };
  terminal.json({ command: "keys rotate", mode: "apply", rotated: isNew, snapshots: generations.length, ...files, leavesOldSeals });
  return EXIT.done;
}

/** Throws FailedError `rotation-unfinished`: the key has changed by now, whatever stops here. */
async function sealAnew({ snapshots }: Workspace, generations: readonly number[]): Promise<void> {
  try {
    for (const generation of generations) await snapshots.sealAnew(generation);
  } catch (cause) {
    if (!(cause instanceof OperatorError)) throw cause;
    throw new FailedError({
      code: "rotation-unfinished",
      message: say`The key is rotated, but not every snapshot is sealed anew: ${cause.message}`,
      hint: say`Keep the new key. ${cause.hint} Then run the same command again.`,
      cause,
    });
  }
}

function tellNext(context: Context, { file, formerFile, leavesOldKeyring, leavesOldSeals }: RotatedKey): void {
  const { terminal } = context;
  terminal.note(file === null ? "From now on give the new key in KAKAO_SYNC_KEY, and KAKAO_SYNC_NEW_KEY no more." : say`The new key is in ${context.shown(file)}: keep a copy of it elsewhere.`);
  terminal.note("Backups made before still open with the former key: keep it as long as you keep them, or destroy both.");
  if (formerFile !== null) terminal.note(say`The former key is in ${context.shown(formerFile)}: other workspaces of this app may still be sealed with it. Remove it once none is.`);
  if (leavesOldKeyring) terminal.warn("Another program is reading the workspace: until it ends, the former key still opens what is left in workspace.db-wal. End it, then run: kakao-sync runs");
  if (leavesOldSeals) terminal.warn("An earlier version sealed runs with the former key itself; whoever has that key and this folder can still open those. They go with the runs: kakao-sync purge");
}

async function confirm({ terminal }: Context, { yes }: RotateFlags): Promise<void> {
  if (yes === true) return;
  const answer = await terminal.confirm("Rotate the workspace's key?");
  if (answer === "yes") return;
  if (answer === "no-terminal") throw new RefusedError({ code: "not-confirmed", message: "There is no terminal to ask at, and --yes was not given. The key stays as it is.", hint: "Add --yes." });
  throw new InterruptedError({ code: "declined", message: "Declined. The key stays as it is.", hint: "Run the command again when you are sure." });
}
