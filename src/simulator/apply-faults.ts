import { setTimeout as delay } from "node:timers/promises";
import { type Answer, refusal } from "./answers.ts";
import type { Fault } from "./faults.ts";

/** The connection ends without an answer. */
const dropped: Answer = { status: 0, body: "" };

/** Carries a call out under the faults that meet it: slow ones add up, the first other one decides. */
export async function applyFaults(faults: readonly Fault[], carryOut: () => Answer): Promise<Answer> {
  let afterMs = 0;
  let answer: Answer | undefined;
  for (const fault of faults) {
    if (typeof fault === "object" && "answerAfterMs" in fault) afterMs += fault.answerAfterMs;
    else if (typeof fault === "object" && "slowMs" in fault) await wait(fault.slowMs);
    else {
      answer = fail(fault, carryOut);
      break;
    }
  }
  answer ??= carryOut();
  if (afterMs > 0) await wait(afterMs);
  return answer;
}

/** Not a reason for the process to stay alive once the simulator is closed. */
async function wait(ms: number): Promise<void> {
  await delay(ms, undefined, { ref: false });
}

function fail(fault: Exclude<Fault, { slowMs: number } | { answerAfterMs: number }>, carryOut: () => Answer): Answer {
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
