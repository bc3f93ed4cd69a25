import type { Context } from "../../context.ts";
import type { MemberRow } from "../../core/member.ts";
import type { ChangeOutcome, LinkChange, MovedWhy } from "../../database/service-database.ts";
import { RefusedError } from "../../errors.ts";
import type { Run } from "../../workspace/runs.ts";
import type { GoneRow, UnlinkStore } from "../../workspace/unlink-store.ts";
import { say } from "../../say.ts";
import { applyCommand } from "./check-apply.ts";
import { findWritten } from "./find-written.ts";
import { startWritePace } from "./hold-writes.ts";
import { readUserCode } from "./look-again.ts";
import { readUnlinkNumbers } from "./unlink-reference.ts";

export interface ClearFlags {
  readonly clearGone?: boolean;
  readonly evenFixed?: boolean;
  readonly allowClears?: number;
}

/** What became of one gone link. `still-linked`: Kakao knows the user after all; `failed`: Kakao gave another code than -101. */
export type ClearOutcome =
  | ChangeOutcome
  | { readonly outcome: "moved"; readonly why: MovedWhy | "still-linked" }
  | { readonly outcome: "failed"; readonly code: number };

/** The journal's intent of a step: the rows, and what was about to be done with each, decided inside the transaction. */
interface ClearIntent {
  /** Unix seconds. */
  readonly at: number;
  readonly rows: readonly GoneRow[];
  readonly outcomes: readonly ClearOutcome[];
}

export interface ClearedCounts {
  readonly cleared: number;
  /** Links left alone, by reason or by Kakao's code about the user: they stay for a later run. */
  readonly left: Readonly<Record<string, number>>;
}

/** Links a transaction: each was confirmed at Kakao a moment before. */
const linksAStep = 20;

/** U9: of members who can sign in without Kakao and hold no other link; a dangling row is never touched. */
export function isClearable([, , , state, otherLogin, onlyLink]: GoneRow): boolean {
  return state !== "dangling" && otherLogin && onlyLink;
}

/**
 * Whether and how many links are to be cleared. Throws where ids are fixed and that was not said to be known, and where `limits.clear` (the lower of a share of
 * the links and a number) is passed without naming the exact number.
 */
export function checkClears(context: Context, run: Run, flags: ClearFlags): number {
  if (flags.clearGone !== true) return 0;
  if (context.config.kakao.app.fixedIds === true && flags.evenFixed !== true) {
    throw new RefusedError({
      code: "ids-fixed",
      message: "Ids are fixed in this app: a gone link does no harm, and it is the handle of a deletion request.",
      hint: "Leave the links as they are and work through gone.csv; or add --even-fixed.",
      run: run.id,
    });
  }
  const clears = Number(run.counts["clearable"] ?? 0);
  const { share, count } = context.config.limits.clear;
  const allowed = Math.min(Math.floor(share * readUnlinkNumbers(run).links), count);
  const named = flags.allowClears;
  if (named === clears || (named === undefined && clears <= allowed)) return clears;
  throw new RefusedError({
    code: "brake-clears",
    message: say`${clears.toLocaleString("en-US")} gone links would be cleared; limits.clear allows ${allowed.toLocaleString("en-US")} in one run.`,
    hint: say`Look at gone.csv. If the number is right: ${applyCommand(run)} --clear-gone${flags.evenFixed === true ? " --even-fixed" : ""} --allow-clears ${clears}`,
    run: run.id,
  });
}

/** Clears gone links, or goes on: each confirmed by Kakao's -101, compared and written in one transaction, its former values on record before it is written. */
export async function clearGone(context: Context, run: Run, store: UnlinkStore): Promise<ClearedCounts> {
  const journal = store.journal("clear");
  const kakao = context.kakao(context.signal);
  const pace = startWritePace(context);
  let step = 0;
  let rows: GoneRow[] = [];
  const flush = async (): Promise<void> => {
    if (rows.length === 0) return;
    const before = journal.find(step);
    if (before === undefined || before.outcome === null) {
      const written = before === undefined ? new Map<number, ClearOutcome>() : await readWritten(context, rows, before.intent);
      await pace.hold();
      await clearSome(context, { journal, kakao, step, rows, written });
      pace.wrote(rows.length);
    }
    step += 1;
    rows = [];
  };
  for (const { rows: batch } of store.gone()) {
    for (const row of batch.filter(isClearable)) {
      rows.push(row);
      if (rows.length === linksAStep) await flush();
    }
  }
  await flush();
  return writeCleared(context, run, store);
}

interface ClearStep {
  readonly journal: ReturnType<UnlinkStore["journal"]>;
  readonly kakao: ReturnType<Context["kakao"]>;
  readonly step: number;
  readonly rows: readonly GoneRow[];
  /** What a killed attempt has cleared of them, by position. */
  readonly written: ReadonlyMap<number, ClearOutcome>;
}

/** What a killed attempt has cleared of a step: rows that its intent names and whose links are gone. */
async function readWritten(context: Context, rows: readonly GoneRow[], intent: unknown): Promise<ReadonlyMap<number, ClearOutcome>> {
  const named = [...(intent as ClearIntent).outcomes.entries()].filter(([, outcome]) => outcome.outcome === "written");
  const found = await findWritten(context, named.flatMap(([at]) => toChange(rows[at])));
  return new Map(named.filter((_one, position) => found[position]));
}

async function clearSome(context: Context, { journal, kakao, step, rows, written }: ClearStep): Promise<void> {
  const asked: (ClearOutcome | null)[] = [];
  for (const [at, row] of rows.entries()) {
    await context.checkpoint();
    asked.push(written.has(at) ? null : await askWhetherGone(kakao, row));
  }
  const confirmed = rows.flatMap((_row, at) => (asked[at] === null ? [at] : []));
  let intent: ClearIntent = { at: seconds(context), rows, outcomes: asked.map((outcome) => outcome ?? { outcome: "moved", why: "row-gone" }) };
  if (confirmed.length === 0) journal.intend(step, intent);
  else {
    await (await context.database()).writeLinks(confirmed.flatMap((at) => toChange(rows[at])), {
      // Nobody was asked about a row that is cleared already: it is never written once more.
      unchanged: (member, position) => !written.has(confirmed[position] ?? -1) && isStillClearable(member),
      intend: (outcomes) => {
        const all = [...intent.outcomes];
        confirmed.forEach((at, position) => {
          const outcome = outcomes[position];
          const earlier = outcome?.outcome === "moved" && outcome.why === "already-linked" ? written.get(at) : undefined;
          if (outcome !== undefined) all[at] = earlier ?? outcome;
        });
        intent = { ...intent, at: seconds(context), outcomes: all };
        journal.intend(step, intent);
      },
    });
  }
  journal.outcome(step, { at: seconds(context) });
}

/** Null where Kakao says -101 for that very id: nothing else confirms that a link is gone (U9). */
async function askWhetherGone(kakao: ClearStep["kakao"], [, , kakaoId]: GoneRow): Promise<ClearOutcome | null> {
  try {
    return (await kakao.isLinked(kakaoId)) ? { outcome: "moved", why: "still-linked" } : null;
  } catch (error) {
    const code = readUserCode(error);
    if (code === undefined) throw error;
    return { outcome: "failed", code };
  }
}

function isStillClearable(member: MemberRow): boolean {
  return member.otherLogin;
}

function toChange(row: GoneRow | undefined): LinkChange[] {
  if (row === undefined) return [];
  const [place, memberId, kakaoId] = row;
  return [{ place, memberId, from: kakaoId, to: null }];
}

/** What the run did with gone links, as on record. */
export function* readClears(store: UnlinkStore): Iterable<{ readonly row: GoneRow; readonly outcome: ClearOutcome; readonly at: number; readonly seq: number; readonly index: number }> {
  for (const { seq, intent, outcome: ended } of store.journal("clear").entries()) {
    const { at, rows, outcomes } = { ...(intent as ClearIntent), ...(ended as { at: number } | null) };
    for (const [index, row] of rows.entries()) {
      const outcome = outcomes[index];
      if (outcome !== undefined) yield { row, outcome, at, seq, index };
    }
  }
}

/** `cleared.csv`, and its sums. */
function writeCleared(context: Context, run: Run, store: UnlinkStore): ClearedCounts {
  let cleared = 0;
  const left: Record<string, number> = {};
  const file = context.createCsv(`${run.folder}/cleared.csv`, ["member_id", "kakao_id", "outcome", "why", "at"], { readers: "machines" });
  for (const { row: [, memberId, kakaoId], outcome, at } of readClears(store)) {
    const why = outcome.outcome === "moved" ? outcome.why : outcome.outcome === "failed" ? String(outcome.code) : "";
    if (outcome.outcome === "written") cleared += 1;
    else left[why] = (left[why] ?? 0) + 1;
    file.write([memberId, kakaoId, outcome.outcome === "written" ? "cleared" : "left", why, new Date(at * 1000).toISOString()]);
  }
  file.finish();
  return { cleared, left };
}

function seconds(context: Context): number {
  return Math.floor(context.now() / 1000);
}
