import type { Context } from "../../context.ts";
import { RefusedError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";

/** Who has approved a run: by a key that the configuration names, each person once. */
export function listApprovers(context: Context, run: Run): readonly string[] {
  const { approvers } = context.config;
  const valid = context.workspace().approvals.list(run.id).filter((approval) => context.isSignedBy(run, approval, approvers[approval.approver] ?? ""));
  return valid.map(({ approver }) => approver);
}

/** `Kim` is `kim`: in doubt it is the same person, who approves nothing of their own. */
function spell(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/**
 * `limits.approvals`: refuses a plan that too few people have signed. Whoever applies it counts for nobody, so that nobody approves their own work. A plan that was begun
 * had its approvals and is not asked again.
 */
export function checkApprovals(context: Context, run: Run, what: "link" | "unlink"): void {
  const needed = context.config.limits.approvals[what];
  if (needed === 0 || run.state !== "planned") return;
  const operator = context.requireOperator();
  const approvers = listApprovers(context, run).filter((approver) => spell(approver) !== spell(operator));
  if (approvers.length >= needed) return;
  throw new RefusedError({
    code: "approvals-missing",
    message:
      approvers.length === 0
        ? say`Plan ${run.id} needs ${needed} approvals (limits.approvals.${what}) of other people than ${operator}; it has none.`
        : say`Plan ${run.id} needs ${needed} approvals (limits.approvals.${what}) of other people than ${operator}; it has ${approvers.length}: ${approvers.join(", ")}.`,
    hint: say`Each of them looks at it (kakao-sync runs show ${run.id}), compares the digest ${context.renderShortDigest(run)}, and signs: kakao-sync approve ${run.id} --as NAME`,
    run: run.id,
  });
}
