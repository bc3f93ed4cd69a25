import type { Context } from "../context.ts";
import { EXIT, InterruptedError, RefusedError, StartError } from "../errors.ts";
import type { Run } from "../workspace/runs.ts";
import { say, translate } from "../say.ts";
import { listApprovers } from "./steps/check-approvals.ts";
import { countPlanned } from "./steps/check-apply.ts";
import { countOf } from "./steps/count-of.ts";

export interface ApproveFlags {
  readonly as?: string;
  readonly init?: boolean;
  readonly key?: string;
  readonly yes?: boolean;
}

/** `approve RUN --as NAME`: signs a plan; with `--init` makes the person's key first, once. */
export async function approve(context: Context, flags: ApproveFlags, runId?: string): Promise<number> {
  const name = readName(flags.as);
  if (flags.init === true) return makeKey(context, name, flags);
  if (runId === undefined) throw new StartError({ code: "usage", message: "Which plan is to be approved was not said.", hint: "Write kakao-sync approve RUN --as NAME; the runs: kakao-sync runs" });
  context.existingWorkspace();
  context.lock();
  const run = context.workspace().runs.get(runId);
  if (run.state !== "planned") throw new RefusedError({ code: "run-not-planned", message: say`Run ${run.id} is ${translate(run.state)}; only a plan that waits to be applied is approved.`, hint: "List the runs: kakao-sync runs", run: run.id });
  const key = context.approverKey(name, flags.key);
  checkKnown(context, name, key.publicKey);

  tellPlanned(context, run);
  await confirmApproval(context, run, name, flags);
  // On record first: an approval never counts that the record does not know.
  context.record({ event: "approved", run: run.id, approver: name, counts: countChanges(run), digests: { plan: run.digests.plan } });
  context.workspace().approvals.add(run.id, { approver: name, at: Math.floor(context.now() / 1000), signature: key.sign(run) });

  const approvers = listApprovers(context, run);
  context.terminal.line(say`Plan ${run.id} is approved by ${approvers.join(", ")}.`);
  context.terminal.json({ command: "approve", run: run.id, digest: context.renderShortDigest(run), ...countChanges(run), approvers });
  return EXIT.done;
}

function makeKey(context: Context, name: string, flags: ApproveFlags): number {
  const { file, publicKey } = context.createApproverKey(name, flags.key);
  context.terminal.line(say`The private key of ${name} is in ${context.shown(file)}. It is nobody else's: keep it off shared machines.`);
  context.terminal.line(say`Put the public key into the configuration, by the hand of somebody who may change it:\n\napprovers:\n  ${name}: ${publicKey}`);
  context.terminal.json({ command: "approve", name, file: context.shown(file), publicKey });
  return EXIT.done;
}

function readName(name: string | undefined): string {
  if (name !== undefined && /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u.test(name)) return name;
  throw new StartError({ code: "usage", message: name === undefined ? "Who approves was not said." : "The name of an approver holds letters, digits, dots, hyphens and underscores only.", hint: "Add --as NAME." });
}

function checkKnown(context: Context, name: string, publicKey: string): void {
  if (context.config.approvers[name] === publicKey) return;
  throw new RefusedError({
    code: "approver-unknown",
    message: context.config.approvers[name] === undefined ? say`The configuration names no approver ${name}.` : say`The configuration names another key for ${name}.`,
    hint: say`Somebody who may change the configuration puts this in:\napprovers:\n  ${name}: ${publicKey}`,
  });
}

/** What a signature allows. Of an unlinking plan also what `--clear-gone` would clear at most: the plan's digest covers every gone link, so the signature does, too. */
function countChanges(run: Run): { readonly changes: number } | { readonly unlinks: number; readonly gone: number; readonly clearable: number } {
  if (run.command !== "unlink-orphans") return { changes: countPlanned(run) };
  return { unlinks: countPlanned(run), gone: Number(run.counts["gone"] ?? 0), clearable: Number(run.counts["clearable"] ?? 0) };
}

function listChanges(run: Run): (readonly [string, string])[] {
  const counts = countChanges(run);
  if ("changes" in counts) return [[say`changes`, counts.changes.toLocaleString("en-US")]];
  return [
    [say`Kakao users to unlink`, counts.unlinks.toLocaleString("en-US")],
    [say`gone links`, counts.gone.toLocaleString("en-US")],
    [say`of them --clear-gone would clear`, counts.clearable === 0 ? say`none` : say`at most ${counts.clearable.toLocaleString("en-US")}`],
  ];
}

function askApproval(run: Run, name: string): string {
  const counts = countChanges(run);
  if ("changes" in counts) return say`Approve ${countOf(counts.changes, "change")} of plan ${run.id} as ${name}?`;
  const users = countOf(counts.unlinks, "Kakao user");
  if (counts.clearable === 0) return say`Approve unlinking ${users} of plan ${run.id} as ${name}?`;
  return say`Approve unlinking ${users} and clearing at most ${countOf(counts.clearable, "gone link")} of plan ${run.id} as ${name}?`;
}

function tellPlanned({ terminal, shown, renderShortDigest }: Context, run: Run): void {
  terminal.table(
    [{ header: "plan" }, { header: run.id }],
    [
      [say`command`, run.command],
      [say`planned by`, say`${run.operator} on ${run.host}`],
      ...listChanges(run),
      [say`files`, shown(run.folder)],
      [say`digest, to compare with the operator`, renderShortDigest(run)],
    ],
  );
}

async function confirmApproval(context: Context, run: Run, name: string, { yes }: ApproveFlags): Promise<void> {
  if (yes === true) return;
  const answer = await context.terminal.confirm(askApproval(run, name));
  if (answer === "yes") return;
  if (answer === "no-terminal") throw new RefusedError({ code: "not-confirmed", message: "There is no terminal to ask at, and --yes was not given. Nothing was signed.", hint: "Look at the plan, then add --yes.", run: run.id });
  throw new InterruptedError({ code: "declined", message: "Declined. Nothing was signed.", hint: say`The plan stays: kakao-sync runs show ${run.id}`, run: run.id });
}
