import type { Context } from "../../context.ts";
import { InterruptedError, RefusedError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import type { ApplyFlags } from "../shared-options.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";

/** Asks at a terminal; without one `--yes` is required (section 11). A no changes nothing. */
export async function confirmApply(context: Context, run: Run, rows: number, flags: ApplyFlags): Promise<void> {
  if (flags.yes === true || rows === 0) return;
  settle(await context.terminal.confirm(say`Write ${countOf(rows, "link")} of plan ${run.id} into the database?`), run);
}

function settle(answer: "yes" | "no" | "no-terminal", run: Run): void {
  if (answer === "yes") return;
  if (answer === "no-terminal") {
    throw new RefusedError({ code: "not-confirmed", message: "There is no terminal to ask at, and --yes was not given. Nothing was changed.", hint: "Look at the plan, then add --yes.", run: run.id });
  }
  throw new InterruptedError({ code: "declined", message: "Declined. Nothing was changed.", hint: say`The plan stays: kakao-sync runs show ${run.id}`, run: run.id });
}

/** As `confirmApply`, for what takes away: the number of rows must be typed. */
export async function confirmUndo(context: Context, run: Run, rows: number, flags: ApplyFlags): Promise<void> {
  if (flags.yes === true || rows === 0) return;
  settle(await context.terminal.confirmNumber(say`Type the number of links (${rows}) to take them away:`, rows), run);
}

/** As `confirmUndo`, for what nobody can take back: one number for the users to unlink, and one for the links to clear. */
export async function confirmUnlinking(context: Context, run: Run, { users, clears }: { readonly users: number; readonly clears: number }, flags: ApplyFlags): Promise<void> {
  if (flags.yes === true) return;
  if (users > 0) settle(await context.terminal.confirmNumber(say`Unlinking cannot be undone. Type the number of Kakao users (${users}) to unlink them:`, users), run);
  if (clears > 0) settle(await context.terminal.confirmNumber(say`Type the number of gone links (${clears}) to clear them in the database:`, clears), run);
}

/**
 * As `confirmUndo`, for a customer file at Kakao: the number of users to add, change and remove. Where a plan has nobody to send, the last look may find somebody who is to be
 * removed: nothing needs no word only where the file holds nobody.
 */
export async function confirmUpload(context: Context, run: Run, { users, held, file }: { readonly users: number; readonly held: number; readonly file: string }, flags: ApplyFlags): Promise<void> {
  if (flags.yes === true || users + held === 0) return;
  if (users === 0) return settle(await context.terminal.confirm(say`The plan has nobody to send. Remove users from the customer file ${file} who refuse by now?`), run);
  settle(await context.terminal.confirmNumber(say`Type the number of users (${users}) to send them to Kakao for the customer file ${file}:`, users), run);
}
