import type { Context } from "../../context.ts";
import { USERS_A_REQUEST } from "../../core/targets/send-parts.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import type { UploadOrder } from "./apply-upload.ts";
import { countOf } from "./count-of.ts";
import { readUploadPlan } from "./read-upload-plan.ts";
import { tellCalls } from "./tell-calls.ts";

/** Nobody has measured how long Kakao takes for 2,000 users; requests go one after another. */
const secondsARequest = 1;

/** Kakao's files are listed once; before a new one is made once more. */
const callsToFind = 1;
const callsToMake = 3;

/** Requests with users that a plan takes, where Kakao takes all of each. */
export function countRequests(run: Run, { heldBack }: UploadOrder): number {
  const { upload } = readUploadPlan(run);
  return Math.ceil(upload.always / USERS_A_REQUEST) + (heldBack ? 0 : upload.requests);
}

/** Says what carrying a plan out will cost at Kakao before its first call, and refuses what the month or `--until` does not leave room for. */
export function forecastUpload(context: Context, run: Run, order: UploadOrder): void {
  const requests = countRequests(run, order);
  if (requests === 0) return;
  const { fileId, file } = readUploadPlan(run).upload;
  const seconds = requests * Math.max(secondsARequest, 1 / context.config.limits.requestsPerSecond);
  context.window.refuseIfTooLong(say`Uploading ${countOf(requests, "request")}`, seconds);
  tellCalls(context, say`For the customer file ${file}`, { calls: { uploads: requests + (fileId === null ? callsToMake : callsToFind) }, minutes: seconds / 60 }, say`upload a smaller --segment`);
}
