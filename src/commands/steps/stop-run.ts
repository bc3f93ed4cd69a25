import type { Context } from "../../context.ts";
import { EXIT, OperatorError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { codeOf } from "./code-of.ts";
import type { SoFar } from "./count-so-far.ts";

/**
 * Marks a run that stopped half-way as interrupted and answers the error to throw: the same one, told with the command that resumes. What could not have
 * started (exit 2) has failed part-way by now (exit 4). The record has what was done until then, and of an export what for.
 */
export function stopRun(context: Context, run: Run, error: unknown, resume: string, countSoFar: () => SoFar, purpose?: string): unknown {
  const { runs } = context.workspace();
  if (runs.get(run.id).state !== "applying") return error;
  runs.transition(run.id, "interrupted", Math.floor(context.now() / 1000));
  const counts = tryToCount(countSoFar);
  context.record({ event: "interrupted", ...(purpose === undefined ? {} : { purpose }), run: run.id, code: codeOf(error), ...(counts === undefined ? {} : { counts }) });
  if (!(error instanceof OperatorError)) return error;
  const exitCode = error.exitCode === EXIT.cannotStart ? EXIT.failedPartWay : error.exitCode;
  return new OperatorError(exitCode, {
    code: error.code,
    message: say`${error.message} Run ${run.id} is interrupted; what it has written stays and is on record.`,
    hint: say`${error.hint}\nGo on with: ${resume}`,
    cause: error,
    run: run.id,
  });
}

/** Undefined where the journal cannot be read, too: why the run stopped is what has to be told. */
function tryToCount(countSoFar: () => SoFar): SoFar | undefined {
  try {
    return countSoFar();
  } catch {
    return undefined;
  }
}
