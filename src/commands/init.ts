import type { Context } from "../context.ts";
import type { StarterTools } from "../context/starter-tools.ts";
import type { DatabaseExplorer } from "../database/explore.ts";
import { EXIT, OperatorError, StartError } from "../errors.ts";
import { say, translate } from "../say.ts";
import { agreeOnColumns, agreeOnLink, askAppId, askChannel, askVerified, chooseTable, isAppId } from "./steps/init-ask.ts";
import { type Found, toAnswers } from "./steps/init-answers.ts";
import { askConditions, tryConditions } from "./steps/init-conditions.ts";
import { type ChosenDatabase, chooseDatabase, needsVariable } from "./steps/init-database.ts";
import { lookInto } from "./steps/init-look.ts";
import { listNeeds } from "./steps/init-tell.ts";
import { listRemarks } from "./steps/init-words.ts";

export interface InitFlags {
  readonly database?: string;
  readonly table?: string;
  readonly where?: string;
  readonly withdrawn?: string;
  readonly appId?: string;
  readonly channel?: string;
  readonly overwrite?: boolean;
}

/**
 * `init`: looks into the database, proposes what is what, and writes a commented configuration. At a terminal it asks; without one it never does, and what it cannot
 * know stands in the file as a comment.
 */
export async function init(context: Context, flags: InitFlags): Promise<number> {
  const { terminal } = context;
  if (flags.appId !== undefined && !isAppId(flags.appId)) throw new StartError({ code: "usage", message: "--app-id is no number of an app.", hint: "It stands in the Kakao developers console under App > App keys, like 424242." });
  const tools = await context.starterTools();
  await refuseExisting(context, tools, flags.overwrite === true);
  const database = await chooseDatabase(context, tools, flags.database);
  const found = database === undefined ? undefined : await find(context, await tools.explore(database.url), flags);
  const appId = flags.appId ?? (await askAppId(context));
  const publicId = flags.channel ?? (found === undefined ? undefined : await askChannel(context, found.proposal));
  tools.write({
    environment: "production",
    columns: {},
    conditions: {},
    ...(database === undefined ? {} : { databaseUrl: database.written }),
    ...(found === undefined ? {} : toAnswers(found)),
    ...(appId === undefined ? {} : { appId }),
    channel: channelOf(found, publicId),
  });
  const file = context.shown(tools.file);
  terminal.line(say`Wrote ${file}.`);
  const left = listLeft(database, found, appId);
  const needs = left.length === 0 && database !== undefined ? await look(tools, database) : [];
  tell(context, tools, { database, left, needs });
  terminal.json({ command: "init", file, ...(found === undefined ? {} : describe(found)), left, needs: needs.map(({ says, sql }) => sql ?? says) });
  return EXIT.done;
}

async function refuseExisting({ terminal, shown }: Context, { file, exists }: StarterTools, overwrite: boolean): Promise<void> {
  if (!exists || overwrite) return;
  const answer = await terminal.confirm(say`${shown(file)} is there already. Write it anew? All that is in it goes`);
  if (answer === "yes") return;
  throw new StartError({ code: "config-exists", message: say`${shown(file)} is there already and stays as it is.`, hint: "Edit it, write another one with --config FILE, or give --overwrite." });
}

/** What is in the database, and what the operator says of it. Closes the explorer. */
async function find(context: Context, explorer: DatabaseExplorer, flags: InitFlags): Promise<Found | undefined> {
  try {
    const looked = await lookInto(context, explorer, flags.table);
    const table = await chooseTable(context, looked, flags.table !== undefined);
    if (table === undefined) {
      context.terminal.warn(say`None of ${looked.all.length} tables looks like one of members: name it with --table.`);
      return undefined;
    }
    const { proposal, measured } = await agreeOnColumns(context, explorer, looked, table);
    const phoneVerified = await askVerified(context, proposal, "phone");
    const emailVerified = await askVerified(context, proposal, "email");
    const asked = { explorer, table: table.name, proposed: proposal.states };
    const said = { ...(flags.where === undefined ? {} : { where: flags.where }), ...(flags.withdrawn === undefined ? {} : { withdrawn: flags.withdrawn }) };
    await tryConditions(asked, said);
    const conditions = flags.where === undefined && context.terminal.interactive ? { ...(await askConditions(context, asked)), ...said } : said;
    return { proposal, measured, conditions, link: await agreeOnLink(context, table, proposal), phoneVerified, emailVerified };
  } finally {
    await explorer.close();
  }
}

function channelOf(found: Found | undefined, publicId: string | undefined): { readonly publicId?: string; readonly agreed?: string; readonly agreedAt?: string; readonly night?: string; readonly joinedAt?: string } {
  const { agreed, agreedAt, night, joinedAt } = found?.proposal.consents ?? {};
  return { ...(publicId === undefined ? {} : { publicId }), ...(agreed === undefined ? {} : { agreed }), ...(agreedAt === undefined ? {} : { agreedAt }), ...(night === undefined ? {} : { night }), ...(joinedAt === undefined ? {} : { joinedAt }) };
}

/** The required keys that stand in the file as comments. */
function listLeft(database: ChosenDatabase | undefined, found: Found | undefined, appId: string | undefined): readonly string[] {
  const keys = found?.measured.some(({ role }) => role === "ci" || role === "phone" || role === "email") === true;
  return [
    ...(database === undefined ? ["database.url"] : []),
    ...(found === undefined ? ["members.table"] : []),
    ...(found?.proposal.id === undefined ? ["members.id"] : []),
    ...(keys ? [] : ["members.ci, phone or email"]),
    ...(found?.conditions.where === undefined ? ["members.where"] : []),
    ...(found?.link === undefined ? ["link"] : []),
    ...(appId === undefined ? ["kakao.appId"] : []),
  ];
}

/** What `doctor` would say of the database; that it says no is told, too: the file is written all the same. */
async function look(tools: StarterTools, database: ChosenDatabase): Promise<readonly { readonly says: string; readonly sql?: string }[]> {
  try {
    return listNeeds(await tools.inspect(database.url));
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [{ says: `${error.message} ${error.hint}` }];
  }
}

interface Told {
  readonly database: ChosenDatabase | undefined;
  readonly left: readonly string[];
  readonly needs: readonly { readonly says: string; readonly sql?: string }[];
}

function tell({ terminal }: Context, tools: StarterTools, { database, left, needs }: Told): void {
  if (left.length > 0) terminal.warn(say`Left for you to complete, each in a line that begins with #: ${left.map((key) => (key.includes(" ") ? translate(key) : key)).join("; ")}.`);
  for (const { says, sql } of needs) {
    terminal.line(says);
    if (sql !== undefined) terminal.text(sql);
  }
  const [url, key] = [say`DATABASE_URL=<the URL you gave>`, say`KAKAO_ADMIN_KEY=<the app's admin key>`];
  const variables = database !== undefined && needsVariable(database, tools) ? say`${url} and ${key}` : key;
  terminal.note(say`Next: put ${variables} into .env beside the file (chmod 600 .env), and look whether all fits: kakao-sync doctor`);
}

function describe({ proposal, measured, conditions }: Found): object {
  const { framework, table, id, columns, unread, states, consents } = proposal;
  return {
    framework, table, id: id ?? null,
    columns: Object.fromEntries(Object.entries(columns).map(([role, column]) => [role, "sql" in column ? { sql: column.sql } : column.column])),
    keys: Object.fromEntries(measured.map(({ role, rows, filled, usable, why }) => [role, { rows, filled, usable, why }])),
    unread, conditions, proposed: { where: states.where ?? null, withdrawn: states.withdrawn ?? null, blocked: states.blocked ?? null },
    link: proposal.link, consents, remarks: listRemarks(proposal),
  };
}
