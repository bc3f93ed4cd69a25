import type { Unread } from "../../core/targets/judge.ts";
import { RefusedError } from "../../errors.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";

/** So many values that are neither yes nor no are some rows' own; more of them, and more than this share, are a column of another kind. */
const fewConsents = 10;
const mostConsents = 0.01;

/**
 * Refuses what would be decided without being read: a refusal behind a number that could not be decrypted is lost, and consents that are neither yes nor no empty a file.
 * `accepted` lifts it with the exact number of both together. Throws RefusedError `refusals-unreadable`, `consents-unreadable`.
 */
export function refuseUnread({ refusals, agreed, night }: Unread, accepted: number | undefined): void {
  const columns = [{ name: "channel.marketing.agreed", ...agreed }, { name: "channel.marketing.night", ...night }].filter(({ values, unreadable }) => unreadable > fewConsents && unreadable > values * mostConsents);
  const count = columns.reduce((sum, { unreadable }) => sum + unreadable, refusals);
  if (count === 0 || accepted === count) return;
  const lift = say`If that is right: --accept-unreadable ${count}`;
  const consents = columns.map(({ name, values, unreadable }) => say`${unreadable.toLocaleString("en-US")} of ${values.toLocaleString("en-US")} values in ${name} are neither yes nor no, and would count as refused.`);
  if (refusals === 0) {
    throw new RefusedError({ code: "consents-unreadable", message: consents.join(" "), hint: say`Look at the column: docs/rules-targets.md lists what a consent may look like, and an expression can translate it ({ sql: "…" }). ${lift}` });
  }
  throw new RefusedError({
    code: "refusals-unreadable",
    message: [say`${countOf(refusals, "row of somebody who refuses holds a number", "rows of people who refuse hold numbers")} that could not be decrypted: for whom they refuse is not known.`, ...consents].join(" "),
    hint: say`Look at the key that the decrypt program uses, or empty these numbers. ${lift}`,
  });
}
