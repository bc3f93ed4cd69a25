import { EXIT, FailedError, OperatorError } from "./errors.ts";
import { say, translate } from "./say.ts";

/** A defect in kakao-sync itself (exit 70). */
class DefectError extends OperatorError {
  constructor(cause: unknown) {
    super(EXIT.defect, {
      code: "defect",
      message: say`This is a defect in kakao-sync: ${describeDefect(cause)}`,
      hint: "Nothing more was changed after it. Report it with these lines; they hold no personal data. `kakao-sync runs` shows what can be resumed.",
      cause,
    });
  }
}

/**
 * Whatever reached `main`, as an error for the operator: its own kind as it is, a full disk and an aborted wait as what they are,
 * anything else as a defect.
 */
export function explainFailure(thrown: unknown, signal: AbortSignal): OperatorError {
  if (thrown instanceof OperatorError) return thrown;
  if (signal.aborted && signal.reason instanceof OperatorError) return signal.reason;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (code === "ENOSPC" || code === "SQLITE_FULL" || code === "SQLITE_IOERR_SHMSIZE") {
    return new FailedError({
      code: "disk-full",
      message: "The disk is full: a file of the workspace or of the database could not be written.",
      hint: "Free some space, then run the same command again: it goes on where it stopped.",
      cause: thrown,
    });
  }
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return new FailedError({
      code: "not-writable",
      message: "A file or folder cannot be written or read: permission denied, or a read-only disk.",
      hint: "Look at the owner and mode of the workspace folder and the database, or name another folder with --workspace.",
      cause: thrown,
    });
  }
  return new DefectError(thrown);
}

/** Class, message and frames of an unexpected error; whatever could be personal in the message is taken out. */
function describeDefect(thrown: unknown): string {
  if (!(thrown instanceof Error)) return translate("something was thrown that is no error.");
  const frames = (thrown.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line)).slice(0, 6);
  return [`${thrown.name}: ${hidePersonal(thrown.message)}`, ...frames].join("\n");
}

function hidePersonal(text: string): string {
  return text
    .replace(/\S+@\S+/g, "[address]")
    .replace(/[A-Za-z0-9+/]{40,}={0,2}/g, "[value]")
    .replace(/\d[\d\s().-]{5,}\d/g, "[number]");
}
