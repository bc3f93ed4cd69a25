import type { Context } from "../../context.ts";
import { findColumn, type SampledTable, type SampleRow, type TableLook } from "../../core/detect/look.ts";
import { mostSampled, rankByNames } from "../../core/detect/member-table.ts";
import { listMemberTables, type LookedInto } from "../../core/detect/propose.ts";
import type { DatabaseExplorer } from "../../database/explore.ts";
import { OperatorError, StartError } from "../../errors.ts";
import { say } from "../../say.ts";
import { countOf } from "./count-of.ts";

/** What was looked into, and the tables that may be the members', the likeliest first. */
export interface Looked extends LookedInto {
  readonly candidates: readonly SampledTable[];
}

/** Rows of a table that are looked at; of one that holds several things by a word in each row, more. */
const sampledRows = 500;
const sampledOfMixed = 5_000;
/** What concerns one table, and not the database as a whole. */
const ofOneTable = /^database-(?:rights|failed|names)$/;

/** Reads the catalogue and rows of both ends of the likeliest tables. `wanted` is looked at in any case. Throws StartError where there is no such table, or none at all. */
export async function lookInto({ terminal }: Context, explorer: DatabaseExplorer, wanted: string | undefined): Promise<Looked> {
  const all = await explorer.listTables();
  const named = wanted === undefined ? undefined : requireTable(all, wanted);
  if (all.length === 0) throw new StartError({ code: "database-empty", message: "There is no table in this database that this user may read.", hint: "Correct the URL, or grant SELECT on the member table." });
  const ranked = rankByNames(all);
  const chosen = named === undefined || ranked.indexOf(named) < mostSampled ? ranked.slice(0, mostSampled) : [named, ...ranked.slice(0, mostSampled - 1)];
  const progress = terminal.progress("tables", chosen.length);
  const sampled: SampledTable[] = [];
  try {
    for (const [at, table] of chosen.entries()) {
      const sample = await sampleIfReadable(explorer, table, table === named);
      if (sample !== undefined) sampled.push({ ...table, sample });
      progress.update(at + 1);
    }
  } finally {
    progress.stop();
  }
  if (sampled.length < chosen.length) terminal.note(say`${countOf(chosen.length - sampled.length, "table or view", "tables or views")} cannot be read by this user, and were left aside.`);
  const looked: LookedInto = { engine: explorer.engine, sampled, all };
  const likely = listMemberTables(looked);
  const first = named === undefined ? undefined : sampled.find(({ name }) => name === named.name);
  return { ...looked, candidates: first === undefined ? likely : [first, ...likely.filter((table) => table !== first)] };
}

/** Undefined for a table that cannot be read, like a view over one that is gone; the named one must be. */
async function sampleIfReadable(explorer: DatabaseExplorer, table: TableLook, isNamed: boolean): Promise<readonly SampleRow[] | undefined> {
  try {
    return await explorer.sampleRows(table.name, { rows: isMixed(table) ? sampledOfMixed : sampledRows });
  } catch (error) {
    if (isNamed || !(error instanceof OperatorError) || !ofOneTable.test(error.code)) throw error;
    return undefined;
  }
}

function requireTable(all: readonly TableLook[], wanted: string): TableLook {
  const table = all.find(({ name }) => name === wanted) ?? all.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (table !== undefined) return table;
  throw new StartError({ code: "database-names", message: say`There is no table ${wanted} in this database that this user may read.`, hint: say`There are: ${rankByNames(all).slice(0, 10).map(({ name }) => name).join(", ")}.` });
}

function isMixed(table: TableLook): boolean {
  return ["meta_key", "provider"].some((name) => findColumn(table, name) !== undefined);
}
