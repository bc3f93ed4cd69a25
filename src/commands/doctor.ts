import type { Context } from "../context.ts";
import { EXIT, OperatorError } from "../errors.ts";

interface Check {
  readonly what: string;
  readonly result: "ok" | "look" | "wrong";
  readonly detail: string;
}

/** `doctor`: looks whether configuration, database, places and Kakao answer as they should; changes nothing. Exit 1 when something is wrong. */
export async function doctor(context: Context): Promise<number> {
  const { terminal } = context;
  const checks = [
    { what: "configuration", result: "ok", detail: context.shown(context.config.file) } satisfies Check,
    ...(await attempt("database", () => checkDatabase(context))),
    ...(await attempt("digests and encrypted columns", () => checkValues(context))),
    ...(await attempt("places of alsoLinkedIn", async () => [{ what: "places of alsoLinkedIn", result: "ok", detail: `${(await context.places()).length}` }])),
    ...(await attempt("Kakao", () => checkKakao(context))),
  ];
  terminal.table([{ header: "" }, { header: "" }, { header: "" }], checks.map(({ what, result, detail }) => [result, what, detail]));
  terminal.json({ command: "doctor", checks });
  return checks.some(({ result }) => result === "wrong") ? EXIT.found : EXIT.done;
}

async function checkDatabase(context: Context): Promise<Check[]> {
  const inspection = await (await context.database()).inspect();
  const rows = inspection.rows.map((count) => count.toLocaleString("en-US")).join(" + ");
  const checks: Check[] = [{ what: "database", result: "ok", detail: `${rows} member rows; every configured table, column and condition can be read` }];
  if (inspection.missingLinkColumn !== null) checks.push({ what: "link column", result: "look", detail: `missing; before --apply: ${inspection.missingLinkColumn}` });
  for (const { sql } of inspection.missingUniqueIndexes) checks.push({ what: "unique index", result: "look", detail: `missing; before --apply: ${sql}` });
  if (inspection.unfilledColumns.length > 0) checks.push({ what: "link table", result: "look", detail: `a new row needs a value in ${inspection.unfilledColumns.join(", ")}; before --apply name each in link.set or link.fixed` });
  const { replica } = context.config.limits;
  if (replica !== undefined) checks.push({ what: "replica of limits.replica", ...describeLag(await (await context.database()).replicaLagSeconds(), replica.maxLagMs) });
  if (inspection.readOnly) checks.push({ what: "database", result: "look", detail: "can only be read; enough for plans" });
  return checks;
}

function describeLag(seconds: number | null, maxLagMs: number): Pick<Check, "result" | "detail"> {
  const late = seconds === null || seconds * 1000 > maxLagMs;
  return { result: late ? "look" : "ok", detail: `${seconds === null ? "stands still" : `${Math.round(seconds).toLocaleString("en-US")} s behind`}${late ? ": --apply would wait" : ""}` };
}

/** Key files, and decrypt programs and digests of dates on the first page of members. */
async function checkValues(context: Context): Promise<Check[]> {
  const values = context.values();
  if (values.columns.length === 0) return [];
  const tally = values.tally();
  for await (const page of (await context.database()).readMembers()) {
    tally.add(await values.open(page));
    break;
  }
  tally.refuseMany();
  return [{ what: "digests and encrypted columns", result: "ok", detail: `${values.columns.join(", ")}: key files and programs do on the first page of members` }];
}

/** One listing call: it needs the key and the address, and reads nobody's details. */
async function checkKakao(context: Context): Promise<Check[]> {
  context.lock();
  for await (const page of context.kakao(context.signal).listUserIds()) {
    return [{ what: "Kakao", result: "ok", detail: `the admin key is accepted; first page of ${page.length} linked users` }];
  }
  return [{ what: "Kakao", result: "look", detail: "the admin key is accepted, but the app has no linked users" }];
}

async function attempt(what: string, check: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [{ what, result: "wrong", detail: `${error.message} ${error.hint}` }];
  }
}
