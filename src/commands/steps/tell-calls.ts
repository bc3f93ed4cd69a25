import type { Context } from "../../context.ts";
import { RefusedError } from "../../errors.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";

/** Calls a month that Kakao grants an app (kakao-api.md section 5). */
const monthlyQuota = 3_000_000;

/** What is about to be asked: calls by kind, a kind left out where there is none, and the minutes that they take at their pace. */
export interface CallForecast {
  readonly calls: { readonly list?: number; readonly basics?: number; readonly details?: number; readonly consents?: number; readonly relations?: number; readonly unlinks?: number; readonly uploads?: number };
  readonly minutes: number;
}

const names = { list: "listing", basics: "basics", details: "details", consents: "consents", relations: "relations", unlinks: "unlinks", uploads: "customer files" } as const;

/**
 * Says what comes next will cost at Kakao, before the first call of it: calls, minutes, share of the month. Refuses what `limits.monthlyShare` does not leave room
 * for. `amount` says for whom, `hint` what else can be done than to wait.
 */
export function tellCalls(context: Context, amount: string, { calls, minutes }: CallForecast, hint: string): void {
  const parts = (["list", "basics", "details", "consents", "relations", "unlinks", "uploads"] as const).flatMap((kind) => (calls[kind] === undefined ? [] : [{ name: names[kind], amount: calls[kind] }]));
  const total = parts.reduce((sum, part) => sum + part.amount, 0);
  const used = context.callsThisMonth();
  const share = ((used + total) / monthlyQuota) * 100;
  context.terminal.note(
    `${amount}: ${countOf(total, "call")} (${parts.map((part) => `${count(part.amount)} ${part.name}`).join(", ")}), ` +
      say`${minutes < 1 ? say`under a minute` : say`about ${count(Math.ceil(minutes))} min`}, ${share.toFixed(2)} % of the month's quota with what was used before.`,
  );
  const { monthlyShare } = context.config.limits;
  if (used + total <= monthlyShare * monthlyQuota) return;
  throw new RefusedError({
    code: "monthly-share",
    message: say`${count(used)} calls were made this month and this would take ${count(total)} more; limits.monthlyShare leaves ${count(Math.floor(monthlyShare * monthlyQuota))}.`,
    hint: say`Wait for the next month, raise limits.monthlyShare, or ${hint}.`,
  });
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
