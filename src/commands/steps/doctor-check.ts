import { OperatorError } from "../../errors.ts";

/** What a look came to. `warn`: plans work, and something is to be done or known; `fail`: this must be mended first. */
export interface Check {
  readonly what: string;
  readonly result: "ok" | "warn" | "fail";
  readonly detail: string;
  /** What to do about it; of everything but `ok`, where there is anything to do. */
  readonly todo?: string;
  /** SQL to run. */
  readonly sql?: string;
}

export function ok(what: string, detail: string): Check {
  return { what, result: "ok", detail };
}

export function warn(what: string, detail: string, todo: string): Check {
  return { what, result: "warn", detail, todo };
}

export function fail(what: string, detail: string, todo: string): Check {
  return { what, result: "fail", detail, todo };
}

/** The checks of one look; an error for the operator is one that failed. */
export async function attempt(what: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [fail(what, error.message, error.hint)];
  }
}
