import { StartError } from "../errors.ts";
import { say } from "../say.ts";

/** Formats a time as `YYYY-MM-DD HH:MM:SS` on the clock of a time zone. Throws StartError for an unknown one. */
export function createTimeFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  } catch (cause) {
    throw new StartError({ code: "time-zone", message: say`${timeZone} is no time zone.`, hint: "Set database.timeZone to a name like Asia/Seoul.", cause });
  }
}
