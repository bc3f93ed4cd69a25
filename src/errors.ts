import { translate } from "./say.ts";

/**
 * The exit table (product.md section 11). A partial failure is never 0.
 */
export const EXIT = {
  done: 0,
  found: 1,
  cannotStart: 2,
  refused: 3,
  failedPartWay: 4,
  defect: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What every error tells: what happened and where (`message`), what to do next (`hint`), and a stable code for `--json`. */
export interface ErrorFacts {
  /** Stable, kebab-case, for scripts: `plan-expired`, `kakao-401`. */
  readonly code: string;
  /** One or two plain sentences: what happened, and where. Never personal data, never the admin key. */
  readonly message: string;
  /** The next step, where possible as a command to type. Never empty. */
  readonly hint: string;
  /** The underlying error, for a defect report; its text is never shown as is. */
  readonly cause?: unknown;
  /** The run it happened in, for `--json`. */
  readonly run?: string;
}

/** Base of every error that is meant for the operator; anything else that reaches `main` is a defect (exit 70). */
export class OperatorError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly exitCode: ExitCode;
  readonly run: string | undefined;

  constructor(exitCode: ExitCode, facts: ErrorFacts) {
    super(translate(facts.message), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.code = facts.code;
    this.hint = translate(facts.hint);
    this.exitCode = exitCode;
    this.run = facts.run;
  }
}

/** Could not start: usage, configuration, an input file, a missing column (exit 2). */
export class StartError extends OperatorError {
  constructor(facts: ErrorFacts) {
    super(EXIT.cannotStart, facts);
  }
}

/** A safety rule said no: not confirmed, brake, lock, plan used, changed or expired, another app (exit 3). */
export class RefusedError extends OperatorError {
  constructor(facts: ErrorFacts) {
    super(EXIT.refused, facts);
  }
}

/** Kakao, the database or the disk failed part-way; the hint names the command that resumes (exit 4). */
export class FailedError extends OperatorError {
  constructor(facts: ErrorFacts) {
    super(EXIT.failedPartWay, facts);
  }
}

/** Ctrl-C, SIGTERM, a stop file or `--until`: stopped at a row boundary, resumable (exit 130 or 143). */
export class InterruptedError extends OperatorError {
  constructor(facts: ErrorFacts, exitCode: ExitCode = EXIT.interrupted) {
    super(exitCode, facts);
  }
}
