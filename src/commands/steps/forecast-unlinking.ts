import type { Context } from "../../context.ts";
import { say } from "../../say.ts";
import type { UnlinkOrder } from "./apply-unlinking.ts";
import { countOf } from "./count-of.ts";
import { tellCalls } from "./tell-calls.ts";

/** A look and an unlink each (U3), with `--save-consents` scopes and terms; a gone link takes two questions (U9). */
const consentCalls = 2;
const callsAClear = 2;

/** Says what the apply will cost at Kakao before its first call, and refuses what the month or `--until` does not leave room for. */
export function forecastUnlinking(context: Context, { going, saveConsents, clears }: UnlinkOrder): void {
  const basics = going + callsAClear * clears;
  const consents = saveConsents ? consentCalls * going : 0;
  const seconds = (basics + consents + going) / context.config.limits.requestsPerSecond;
  if (basics === 0) return;
  context.window.refuseIfTooLong(say`Unlinking ${countOf(going, "Kakao user")}`, seconds);
  const calls = { basics, ...(saveConsents ? { consents } : {}), unlinks: going };
  tellCalls(context, say`For ${countOf(going, "Kakao user")}`, { calls, minutes: seconds / 60 }, say`unlink fewer with --limit`);
}
