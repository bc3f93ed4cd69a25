import type { Context } from "../../context.ts";
import { parseTimeMs } from "../../core/keys.ts";
import { DECIDED_BY } from "../../core/matching/answers.ts";
import type { FormerValues, LinkRestore, RestoreOutcome } from "../../database/service-database.ts";
import { StartError } from "../../errors.ts";
import type { Journal } from "../../workspace/journal.ts";
import type { AnswerStore, RunStore } from "../../workspace/run-store.ts";
import type { UnlinkStore } from "../../workspace/unlink-store.ts";
import type { Run } from "../../workspace/runs.ts";
import { say } from "../../say.ts";
import { readOutcomes, refuseDamagedPlan } from "./apply-mapping.ts";
import { readClears } from "./clear-gone.ts";
import { codeOf } from "./code-of.ts";
import { holdDatabase } from "./hold-database.ts";
import { startWritePace } from "./hold-writes.ts";
import { readMappingOptions } from "./read-mapping-options.ts";

/** A link that the run wrote and that is still to be taken away. */
export interface UndoLink {
  /** `<batch>:<row>` in the run's plan. */
  readonly name: string;
  readonly place: number;
  readonly memberId: string;
  readonly kakaoId: string;
  readonly by: string;
  /** Unix seconds of the writing. */
  readonly at: number;
  readonly former: FormerValues | null;
  readonly written: FormerValues | null;
}

export interface UndoSelection {
  /** To be taken away. */
  readonly links: readonly UndoLink[];
  /** Used since (`lastLoginAt`) and left alone, with when. */
  readonly used: readonly (UndoLink & { readonly lastLogin: string })[];
  /** Whether the configuration can tell at all who was used since. */
  readonly knowsLogins: boolean;
}

export interface UndoChoice {
  readonly includeUsed?: boolean;
  readonly by?: string;
  readonly only?: string;
}

const linksABatch = 2000;

/** The run's links that an undo is about: those still to be taken away, of the selection, split into unused and used since. */
export async function selectLinks(context: Context, run: Run, choice: UndoChoice): Promise<UndoSelection> {
  if (choice.by !== undefined && !DECIDED_BY.some((known) => known === choice.by)) {
    throw new StartError({ code: "usage", message: say`--by takes one of ${DECIDED_BY.join(", ")}.`, hint: "See `kakao-sync undo --help`." });
  }
  const only = choice.only === undefined ? undefined : await readMemberIds(context, choice.only);
  const store = openStore(context, run);
  try {
    refuseDamagedPlan(run, store);
    const links = store.readLinks().filter(({ by, memberId }) => (choice.by === undefined || by === choice.by) && (only === undefined || only.has(memberId)));
    const knowsLogins = context.config.members.lastLoginAt !== undefined;
    // Who signs in without a link loses nothing when it comes back.
    if (!knowsLogins || choice.includeUsed === true || run.command !== "map-members") return { links, used: [], knowsLogins };
    return { ...(await splitUsed(context, links)), knowsLogins };
  } finally {
    store.close();
  }
}

async function readMemberIds(context: Context, path: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { cells } of context.readCsv(context.inputFile(path), ["member_id"])) ids.add(cells["member_id"] ?? "");
  return ids;
}

/** A run's store, whichever command the run is of, with the links that are still to be taken back. */
function openStore(context: Context, run: Run): AnswerStore & { readLinks(): UndoLink[] } {
  const workspace = context.workspace();
  if (run.command === "map-members") {
    const store = workspace.openRunStore(run);
    return { ...store, readLinks: () => readLinks(store) };
  }
  const store = workspace.openUnlinkStore(run);
  return { ...store, readLinks: () => readCleared(store) };
}

/** The links that an unlinking run cleared because Kakao had them no longer (U9). */
function readCleared(store: UnlinkStore): UndoLink[] {
  const restored = readRestored(store.journal("undo"));
  return [...readClears(store)].flatMap(({ row: [place, memberId, kakaoId], outcome, at, seq, index }) => {
    const name = `${seq}:${index}`;
    if (outcome.outcome !== "written" || restored.has(name)) return [];
    return [{ name, place, memberId, kakaoId, by: "gone", at, former: outcome.former, written: outcome.written }];
  });
}

function readLinks(store: RunStore): UndoLink[] {
  const restored = readRestored(store.journal("undo"));
  const links: UndoLink[] = [];
  for (const { row, outcome, at, seq, index } of readOutcomes(store)) {
    const [place, memberId, kakaoId, , by] = row;
    const name = `${seq}:${index}`;
    if (outcome.outcome === "written" && !restored.has(name)) links.push({ name, place, memberId, kakaoId, by, at, former: outcome.former, written: outcome.written });
  }
  return links;
}

async function splitUsed(context: Context, links: readonly UndoLink[]): Promise<Pick<UndoSelection, "links" | "used">> {
  const { zoneMinutes } = readMappingOptions(context, () => null, true);
  const unused: UndoLink[] = [];
  const used: (UndoLink & { lastLogin: string })[] = [];
  for (const place of new Set(links.map((link) => link.place))) {
    const here = links.filter((link) => link.place === place);
    for (let start = 0; start < here.length; start += linksABatch) {
      const batch = here.slice(start, start + linksABatch);
      const logins = await (await context.database()).readLastLogins(place, batch.map(({ memberId }) => memberId));
      for (const link of batch) {
        const lastLogin = logins.get(link.memberId) ?? null;
        const loginMs = parseTimeMs(lastLogin, zoneMinutes);
        if (lastLogin !== null && loginMs !== null && loginMs >= link.at * 1000) used.push({ ...link, lastLogin });
        else unused.push(link);
      }
    }
  }
  return { links: unused, used };
}

/** What became of the links of an undo, by outcome. */
export type UndoCounts = Readonly<Record<RestoreOutcome, number>>;

/** Takes the links away in transactions of their own; what an interrupted undo has done is on record and not done again. */
export async function restoreLinks(context: Context, run: Run, selection: UndoSelection): Promise<UndoCounts> {
  const store = openStore(context, run);
  const counts = { restored: 0, "changed-since": 0, "row-gone": 0, "already-restored": 0 };
  const held = await holdDatabase(context);
  const progress = context.terminal.progress("Taking links away", selection.links.length);
  const pace = startWritePace(context);
  try {
    writeUsed(context, run, selection);
    const journal = store.journal("undo");
    let step = [...journal.entries()].length;
    for (let start = 0; start < selection.links.length; start += linksABatch) {
      await context.checkpoint();
      await pace.hold();
      await held.check();
      const batch = selection.links.slice(start, start + linksABatch);
      journal.intend(step, batch.map(({ name }) => name));
      const outcomes = await (await context.database()).restoreLinks(batch.map(({ place, memberId, written, former }): LinkRestore => ({ place, memberId, written, former })));
      const restored = batch.filter((_link, at) => outcomes[at] === "restored" || outcomes[at] === "already-restored");
      journal.outcome(step, restored.map(({ name }) => name));
      if (run.command === "map-members") context.workspace().decisions.forget(restored);
      for (const outcome of outcomes) counts[outcome] += 1;
      step += 1;
      pace.wrote(batch.length);
      progress.update(start + batch.length);
    }
    return counts;
  } catch (error) {
    context.record({ event: "interrupted", run: run.id, code: codeOf(error), counts });
    throw error;
  } finally {
    progress.finish();
    store.close();
    await held.release();
  }
}

function readRestored(journal: Journal): ReadonlySet<string> {
  const restored = new Set<string>();
  for (const { outcome } of journal.entries()) {
    if (Array.isArray(outcome)) for (const name of outcome) restored.add(String(name));
  }
  return restored;
}

function writeUsed(context: Context, run: Run, { used }: UndoSelection): void {
  if (used.length === 0) return;
  const file = context.createCsv(`${run.folder}/used-since.csv`, ["member_id", "kakao_id", "linked_at", "last_login_at"], { readers: "machines" });
  try {
    for (const { memberId, kakaoId, at, lastLogin } of used) file.write([memberId, kakaoId, new Date(at * 1000).toISOString(), lastLogin]);
    file.finish();
  } catch (error) {
    file.discard();
    throw error;
  }
}
