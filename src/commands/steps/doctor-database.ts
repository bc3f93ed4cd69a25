import type { Context } from "../../context.ts";
import type { Inspection, ServiceDatabase } from "../../database/service-database.ts";
import { say } from "../../say.ts";
import { type Check, ok, warn } from "./doctor-check.ts";

/** What the inspection found: tables, columns and conditions, the role, what `--apply` needs. */
export function checkInspection(inspection: Inspection): readonly Check[] {
  const [members = 0, ...also] = inspection.rows;
  const detail = say`${members.toLocaleString("en-US")} member rows${also.map((rows) => ` + ${rows.toLocaleString("en-US")}`).join("")}; every configured table, column and condition can be read`;
  return [ok("database", detail), ...checkRole(inspection), ...checkLink(inspection)];
}

function checkRole({ readOnly, replica }: Inspection): readonly Check[] {
  if (replica) return [warn("role", "the server of database.url follows another one", "Name the primary: links are not written here, and nobody is unlinked by what it says.")];
  return readOnly ? [warn("role", "can only read: enough for plans", "For --apply give this user the rights to write the links (docs/configuration.md).")] : [ok("role", "may write, as far as can be seen without writing")];
}

function checkLink({ missingLinkColumn, missingUniqueIndexes, unfilledColumns }: Inspection): readonly Check[] {
  const before = "Plans work without it; run this SQL before --apply.";
  const checks = [
    ...(missingLinkColumn === null ? [] : [{ ...warn("link column", "missing", before), sql: missingLinkColumn }]),
    ...missingUniqueIndexes.map(({ sql }) => ({ ...warn("unique index", "missing: two members could get one Kakao id", before), sql })),
    ...(unfilledColumns.length === 0 ? [] : [warn("link table", say`a new row needs a value in ${unfilledColumns.join(", ")}`, "Name each in link.set or link.fixed before --apply.")]),
  ];
  return checks.length > 0 ? checks : [ok("link", "the columns are there, and unique")];
}

/** The replica of `limits.replica`. */
export async function checkReplica({ config }: Context, database: ServiceDatabase): Promise<readonly Check[]> {
  const { replica } = config.limits;
  if (replica === undefined) return [];
  const seconds = await database.replicaLagSeconds();
  const told = seconds === null ? say`stands still` : say`${Math.round(seconds).toLocaleString("en-US")} s behind`;
  const isLate = seconds === null || seconds * 1000 > replica.maxLagMs;
  return [isLate ? warn("replica of limits.replica", told, "--apply would wait until it has caught up.") : ok("replica of limits.replica", told)];
}

/** Key files, and decrypt programs and digests of dates on the first page of members. */
export async function checkValues(context: Context, database: ServiceDatabase): Promise<readonly Check[]> {
  const values = context.values();
  if (values.columns.length === 0) return [];
  const tally = values.tally();
  for await (const page of database.readMembers()) {
    tally.add(await values.open(page));
    break;
  }
  tally.refuseMany();
  return [ok("digests and encrypted columns", say`${values.columns.join(", ")}: key files and programs do on the first page of members`)];
}

/** Whether the further places, and the tables of people signing up, can be read. */
export async function checkPlaces(context: Context, database: ServiceDatabase): Promise<readonly Check[]> {
  const { alsoLinkedIn, members } = context.config;
  if (alsoLinkedIn.length === 0 && members.pending.length === 0) return [];
  const places = await context.places();
  const pending = await database.openPending();
  for (const place of pending) await place.close();
  return [ok("places", [...places.map(({ name }) => name), ...members.pending.map(({ table }) => say`${table} (pending)`)].join(", "))];
}
