import { setTimeout as delay } from "node:timers/promises";
import { type Answer, refusal } from "./answers.ts";
import type { Fault } from "./faults.ts";

/** The connection ends without an answer. */
const dropped: Answer = { status: 0, body: "" };

/** Carries a call out under the faults that meet it: slow ones add up, the first other one decides. */
export async function applyFaults(faults: readonly Fault[], carryOut: () => Answer): Promise<Answer> {
  for (const fault of faults) {
    if (typeof fault !== "object" || !("slowMs" in fault)) return fail(fault, carryOut);
    // Not a reason for the process to stay alive once the simulator is closed.
    await delay(fault.slowMs, undefined, { ref: false });
  }
  return carryOut();
}

function fail(fault: Exclude<Fault, { slowMs: number }>, carryOut: () => Answer): Answer {
  switch (fault) {
    case "drop-before":
      return dropped;
    case "drop-after-applied":
      carryOut();
      return dropped;
    case "not-json":
      return { status: 200, body: '{"id":1000' };
    case "html-502":
      return { status: 502, body: "<html><body><h1>502 Bad Gateway</h1></body></html>", html: true };
    case 429:
      return refusal(-10, 429).answer();
    default:
      return (typeof fault === "number" ? refusal(fault) : refusal(fault.code, fault.status)).answer();
  }
}
