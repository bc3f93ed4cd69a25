import type { KakaoId } from "../../core/kakao-id.ts";
import { InterruptedError, OperatorError } from "../../errors.ts";
import type { KakaoClient, KakaoServiceTerm } from "../../kakao/client.ts";

/** Codes that speak of one user (product.md U6): somebody else is asked instead. */
const userCodes: ReadonlySet<string> = new Set(["kakao-103", "kakao-4", "kakao-402", "kakao-406", "kakao-501"]);

/** Codes that say that this app has no service terms to ask for: it does not use Kakao Sync yet. */
const noTermsCodes: ReadonlySet<string> = new Set(["kakao-3", "kakao-5"]);

/** Who asks for terms, and that Kakao has refused to name any. */
export interface TermsAsker {
  /** One client for all: its pace is for everything that goes out. */
  readonly kakao: KakaoClient;
  termsRefused?: string;
}

/** All terms of the app as this user stands to them; undefined where the app has none to ask for, which is then noted and not asked again. */
export async function askTerms(asker: TermsAsker, id: KakaoId): Promise<readonly KakaoServiceTerm[] | "not-linked" | undefined> {
  if (asker.termsRefused !== undefined) return undefined;
  try {
    return await asker.kakao.readServiceTerms(id, "app_service_terms");
  } catch (error) {
    if (!(error instanceof OperatorError) || !noTermsCodes.has(error.code)) throw error;
    asker.termsRefused = error.code;
    return undefined;
  }
}

/** Kakao's code where an error speaks of one user only; every other error is thrown on. */
export function codeOfUser(error: unknown): string {
  if (error instanceof OperatorError && userCodes.has(error.code)) return error.code;
  throw error;
}

/** Adds to the users who were not counted, by reason. */
export function countLeftOut(leftOut: Record<string, number>, why: string, users: number): void {
  if (users > 0) leftOut[why] = (leftOut[why] ?? 0) + users;
}

/** Other commands go on where they stopped; a look has nothing to go on from. */
export function startAnew(error: unknown): unknown {
  if (!(error instanceof InterruptedError)) return error;
  const { code, message, exitCode } = error;
  return new InterruptedError({ code, message, hint: "Nothing was changed and nothing was kept. Run the same command again: the look begins anew." }, exitCode);
}
