import { OperatorError } from "../../errors.ts";

/** Why something stopped, as the record says it. */
export function codeOf(error: unknown): string {
  return error instanceof OperatorError ? error.code : "defect";
}
