import type { Context } from "../../context.ts";
import { RefusedError } from "../../errors.ts";
import type { KakaoClient } from "../../kakao/client.ts";
import { say } from "../../say.ts";

/** What the 24 hours of U1 leave for clocks that differ. */
const mostMs = 5 * 60_000;

/**
 * Refuses to go by a clock that differs from that of Kakao's last answer: with one that is ahead, whoever was linked an hour ago would look old (U1). Ask after an
 * answer, and before anything is concluded from its dates.
 */
export function refuseWrongClock(context: Context, kakao: KakaoClient): void {
  const offset = kakao.clockOffsetMs();
  if (offset === undefined || Math.abs(offset) <= mostMs) return;
  const now = context.now();
  throw new RefusedError({
    code: "clock-differs",
    message: say`The clock of this machine says ${tell(now)}, Kakao's says ${tell(now + offset)}: who was linked within the last 24 hours cannot be told.`,
    hint: "Set this machine's clock (switch NTP on: timedatectl set-ntp true), then run the same command again.",
  });
}

function tell(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}
