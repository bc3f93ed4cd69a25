import type { Context } from "../../context.ts";
import type { ProposedStates } from "../../core/detect/states.ts";
import type { DatabaseExplorer } from "../../database/explore.ts";
import { OperatorError, StartError } from "../../errors.ts";
import { say, translate } from "../../say.ts";

/** Conditions that a person or a flag has said. */
export interface Conditions {
  readonly where?: string;
  readonly withdrawn?: string;
}

/** What is asked: of which table, with which counts. */
export interface Asked {
  readonly explorer: DatabaseExplorer;
  readonly table: string;
  readonly proposed: ProposedStates;
}

/** The conditions of the flags, tried on the table. Throws StartError for one that the database does not take, or that overlaps the other. */
export async function tryConditions(asked: Asked, given: Conditions): Promise<void> {
  for (const [flag, condition] of [["--where", given.where], ["--withdrawn", given.withdrawn]] as const) {
    if (condition === undefined || isAll(condition)) continue;
    const refused = await refuse(asked, condition);
    if (refused !== undefined) throw new StartError({ code: "usage", message: `${flag}: ${translate(refused)}`, hint: say`Write it as SQL over the columns of ${asked.table}, in quotes.` });
  }
  const overlap = await refuseOverlap(asked, given);
  if (overlap !== undefined) throw new StartError({ code: "usage", message: overlap, hint: "Correct --where or --withdrawn: nobody is both." });
}

/** Asks which members are live and who has left; a mere Enter leaves either to be completed in the file. */
export async function askConditions(context: Context, asked: Asked): Promise<Conditions> {
  context.terminal.note("Who is live? Whoever fulfils the condition can be linked. If members who have left fulfil it, a Kakao user may get the account of somebody who is gone: nobody but you can know it.");
  const where = await askOne(context, asked, { question: "Which members are live?", proposed: asked.proposed.where, all: true }, {});
  if (where === undefined) return {};
  const { proposed } = asked;
  const withdrawn = await askOne(context, asked, { question: "Who has left for good? (leavers' keys are never read)", proposed: proposed.withdrawn, all: false }, { where });
  return { where, ...(withdrawn === undefined ? {} : { withdrawn }) };
}

interface Question {
  readonly question: string;
  readonly proposed: string | undefined;
  /** `all` is an answer. */
  readonly all: boolean;
}

const leave = { name: "leave it: I complete it in the file", value: { is: "leave" } } as const;

async function askOne(context: Context, asked: Asked, { question, proposed, all }: Question, before: Conditions): Promise<string | undefined> {
  const { terminal } = context;
  for (;;) {
    const choices = [
      leave,
      ...(proposed === undefined ? [] : [{ name: `${proposed}   (${await count(asked, proposed)})`, value: { is: "this", sql: proposed } } as const]),
      ...(all ? [{ name: "all: every row is a live member", value: { is: "this", sql: "all" } } as const] : [{ name: "nobody: their rows are deleted", value: { is: "leave" } } as const]),
      { name: "another condition", value: { is: "typed" } } as const,
    ];
    const chosen = await terminal.choose<(typeof choices)[number]["value"]>(question, choices);
    if (chosen === undefined || chosen.is === "leave") return undefined;
    const sql = chosen.is === "this" ? chosen.sql : ((await terminal.askText(say`The condition, as SQL over ${asked.table}:`)) ?? "");
    if (sql === "") continue;
    const refused = (isAll(sql) ? undefined : await refuse(asked, sql)) ?? (await refuseOverlap(asked, all ? { where: sql } : { ...before, withdrawn: sql }));
    if (refused === undefined) {
      if (chosen.is === "typed") terminal.note(`${sql}: ${await count(asked, sql)}.`);
      return sql;
    }
    terminal.warn(refused);
  }
}

function isAll(condition: string): boolean {
  return condition.trim().toLowerCase() === "all";
}

async function count({ explorer, table }: Asked, condition: string): Promise<string> {
  try {
    return say`${(await explorer.countRows(table, condition)).toLocaleString("en-US")} rows`;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return say`the database does not take it`;
  }
}

async function refuse({ explorer, table }: Asked, condition: string): Promise<string | undefined> {
  try {
    await explorer.countRows(table, condition);
    return undefined;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return error.message;
  }
}

/** Nobody is live and has left: `doctor` would refuse it. */
async function refuseOverlap({ explorer, table }: Asked, { where, withdrawn }: Conditions): Promise<string | undefined> {
  if (where === undefined || withdrawn === undefined) return undefined;
  const both = await explorer.countRows(table, isAll(where) ? withdrawn : `(${where}) and (${withdrawn})`);
  return both === 0 ? undefined : say`${both.toLocaleString("en-US")} rows of ${table} would be live and have left at once.`;
}
