import type { Context } from "../../context.ts";
import { RefusedError } from "../../errors.ts";
import { fill, say, translate } from "../../say.ts";
import { countOf } from "./count-of.ts";

/** Calls a month that Kakao grants an app (kakao-api.md section 5). */
const monthlyQuota = 3_000_000;

/** What is about to be asked: calls by kind, a kind left out where there is none, and the minutes that they take at their pace. */
export interface CallForecast {
  readonly calls: { readonly list?: number; readonly basics?: number; readonly details?: number; readonly consents?: number; readonly relations?: number; readonly unlinks?: number; readonly uploads?: number };
  readonly minutes: number;
}

const words = { list: "{0} listing", basics: "{0} basics", details: "{0} details", consents: "{0} consents", relations: "{0} relations", unlinks: "{0} unlinks", uploads: "{0} customer files" } as const;

/**
 * Says what comes next will cost at Kakao, before the first call of it: calls, minutes, share of the month. Refuses what `limits.monthlyShare` does not leave room
 * for. `amount` says for whom, `hint` what else can be done than to wait (translated here).
 */
export function tellCalls(context: Context, amount: string, { calls, minutes }: CallForecast, hint: string): void {
  const parts = (["list", "basics", "details", "consents", "relations", "unlinks", "uploads"] as const).flatMap((kind) => (calls[kind] === undefined ? [] : [{ word: words[kind], amount: calls[kind] }]));
  const total = parts.reduce((sum, part) => sum + part.amount, 0);
  const used = context.callsThisMonth();
  const share = ((used + total) / monthlyQuota) * 100;
  const told = parts.map((part) => fill(translate(part.word), () => count(part.amount))).join(", ");
  context.terminal.note(
    minutes < 1 ? say`${amount}: ${countOf(total, "call")} (${told}), under a minute, ${share.toFixed(2)} % of the month's quota with what was used before.`
    : say`${amount}: ${countOf(total, "call")} (${told}), about ${count(Math.ceil(minutes))} min, ${share.toFixed(2)} % of the month's quota with what was used before.`,
  );
  const { monthlyShare } = context.config.limits;
  if (used + total <= monthlyShare * monthlyQuota) return;
  throw new RefusedError({
    code: "monthly-share",
    message: say`${count(used)} calls were made this month and this would take ${count(total)} more; limits.monthlyShare leaves ${count(Math.floor(monthlyShare * monthlyQuota))}.`,
    hint: say`Wait for the next month, raise limits.monthlyShare, or ${translate(hint)}.`,
  });
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
