import type { Context } from "../../context.ts";
import type { ObeyedDecision } from "../../core/matching/decisions.ts";
import type { Sides } from "../../core/matching/decide.ts";
import { listPlannedLinks, type PlannedLink } from "../../core/matching/planned-links.ts";
import type { MappingPlan } from "../../core/matching/plan.ts";
import type { MemberRow } from "../../core/member.ts";
import type { SqlChange } from "../../database/apply-sql.ts";
import type { SqlDialect } from "../../database/apply-sql-dialects.ts";
import { RefusedError, StartError } from "../../errors.ts";
import { say } from "../../say.ts";

/** Name of the file in the run's folder. */
export const sqlFile = "apply.sql";

const changesATransaction = 1_000;

export interface SqlFileCounts {
  readonly links: number;
  readonly clears: number;
  /** Relinks: right before each, Kakao must confirm that the former id is gone (M6). */
  readonly leftOut: number;
}

/** A dump cannot be written, and only a plan from a dump comes with an SQL file. Throws before anything is planned. */
export async function checkSqlDialect(context: Context, flags: { readonly apply?: boolean; readonly sqlDialect?: SqlDialect }): Promise<void> {
  const isDump = (await context.database()).engine === "csv";
  if (isDump && flags.apply === true) {
    throw new RefusedError({ code: "csv-plans-only", message: "A csv: database is a copy: links cannot be written into it.", hint: say`Plan without --apply, and give ${sqlFile} of the plan's folder to whoever runs SQL on the database.` });
  }
  if (isDump === (flags.sqlDialect !== undefined)) return;
  const message = isDump ? "A plan from a csv: database comes with an SQL file, and its dialect is not named." : "--sql-dialect belongs to a csv: database; this one is written by --apply.";
  throw new StartError({ code: "usage", message, hint: isDump ? "Add --sql-dialect postgres, mysql or mariadb." : "Leave --sql-dialect out." });
}

/** Writes the planned changes as SQL for a DBA: one conditioned statement a change, in transactions. */
export async function writeSqlFile(context: Context, run: { readonly id: string; readonly folder: string }, dialect: SqlDialect, sides: Sides, plan: MappingPlan, decided: readonly ObeyedDecision[]): Promise<SqlFileCounts> {
  const script = context.createSqlScript(dialect);
  const changes = (): Iterable<PlannedLink> => listPlannedLinks(sides, plan, decided);
  const counts = countChanges(changes());
  const file = context.createText(`${run.folder}/${sqlFile}`);
  try {
    file.write(script.begin(run.id, counts.links + counts.clears));
    for (const batch of inBatches(changes())) {
      file.write(script.batch(await toChanges(context, batch)));
      await context.checkpoint();
    }
    file.write(script.end(counts.links));
    file.finish();
    return counts;
  } catch (error) {
    file.discard();
    throw error;
  }
}

function countChanges(changes: Iterable<PlannedLink>): SqlFileCounts {
  const counts = { link: 0, unlink: 0, relink: 0 };
  for (const { action } of changes) counts[action] += 1;
  return { links: counts.link, clears: counts.unlink, leftOut: counts.relink };
}

function* inBatches(changes: Iterable<PlannedLink>): Iterable<readonly PlannedLink[]> {
  let batch: PlannedLink[] = [];
  for (const change of changes) {
    if (change.action === "relink") continue;
    batch.push(change);
    if (batch.length < changesATransaction) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The members as the dump has them: digests and ciphertexts are compared as they are stored. */
async function toChanges(context: Context, batch: readonly PlannedLink[]): Promise<readonly SqlChange[]> {
  const database = await context.database();
  const rows = new Map<string, MemberRow>();
  for (const place of new Set(batch.map((change) => change.place))) {
    const ids = batch.flatMap((change) => (change.place === place ? [change.memberId] : []));
    for (const row of await database.findMembers(place, ids)) rows.set(`${place} ${row.id}`, row);
  }
  return batch.flatMap(({ place, memberId, kakaoId, action, by, former }) => {
    const row = rows.get(`${place} ${memberId}`);
    return row === undefined ? [] : [{ row, from: former, to: action === "unlink" ? null : kakaoId, by }];
  });
}
