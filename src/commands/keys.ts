import type { Context } from "../context.ts";
import { EXIT, InterruptedError, RefusedError } from "../errors.ts";
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
  terminal.line(`A new key takes the place of the workspace's; ${countOf(generations.length, "snapshot")} will be sealed anew.`);
  if (flags.apply !== true) {
    terminal.note("Nothing has been changed. To rotate: the same command with --apply");
    terminal.json({ command: "keys rotate", mode: "plan", snapshots: generations.length });
    return EXIT.done;
  }
  await confirm(context, flags);
  const { isNew, file, leavesOldSeals } = workspace.rotateKey(context.readNewKey(flags.newKeyFile));
  if (isNew) context.record({ event: "rotated", counts: { snapshots: generations.length } });
  for (const generation of generations) await workspace.snapshots.sealAnew(generation);
  terminal.line(isNew ? `The key is rotated, and ${countOf(generations.length, "snapshot")} sealed anew.` : `The workspace had that key already; ${countOf(generations.length, "snapshot")} sealed anew.`);
  tellNext(context, file, leavesOldSeals);
  terminal.json({ command: "keys rotate", mode: "apply", rotated: isNew, snapshots: generations.length, ...(file === null ? {} : { keyFile: context.shown(file) }), leavesOldSeals });
  return EXIT.done;
}

function tellNext({ terminal }: Context, file: string | null, leavesOldSeals: boolean): void {
  terminal.note(file === null ? "From now on give the new key in KAKAO_SYNC_KEY, and KAKAO_SYNC_NEW_KEY no more." : `The new key is in ${file}: keep a copy of it elsewhere.`);
  terminal.note("Backups made before still open with the former key: keep it as long as you keep them, or destroy both.");
  if (leavesOldSeals) terminal.warn("An earlier version sealed runs with the former key itself; whoever has that key and this folder can still open those. They go with the runs: kakao-sync purge");
}

async function confirm({ terminal }: Context, { yes }: RotateFlags): Promise<void> {
  if (yes === true) return;
  const answer = await terminal.confirm("Rotate the workspace's key?");
  if (answer === "yes") return;
  if (answer === "no-terminal") throw new RefusedError({ code: "not-confirmed", message: "There is no terminal to ask at, and --yes was not given. The key stays as it is.", hint: "Add --yes." });
  throw new InterruptedError({ code: "declined", message: "Declined. The key stays as it is.", hint: "Run the command again when you are sure." });
}
