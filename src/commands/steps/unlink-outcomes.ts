import type { Context } from "../../context.ts";
import type { Journal } from "../../workspace/journal.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UnlinkRow, UnlinkStore } from "../../workspace/unlink-store.ts";
import type { SparedWhy } from "./look-again.ts";

/** What became of one planned user; `appeared` names where the id was found right after the unlink. */
export type UnlinkOutcome =
  | { readonly outcome: "done"; readonly appeared?: string }
  | { readonly outcome: "already" }
  | { readonly outcome: "spared"; readonly why: SparedWhy }
  | { readonly outcome: "failed"; readonly code: number };

/** As the journal keeps it, with the time in Unix seconds. */
export type RecordedOutcome = UnlinkOutcome & { readonly at: number };

/** `applied` of the JSON result (product.md section 11), with Kakao's codes and the reasons of sparing by count. */
export interface UnlinkedCounts {
  readonly done: number;
  readonly already: number;
  readonly kakaoDormant: number;
  readonly spared: number;
  readonly appeared: number;
  readonly failed: number;
  readonly cleared: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly sparedWhy: Readonly<Partial<Record<SparedWhy, number>>>;
  /** Gone links left alone, by reason; absent where none were to be cleared. */
  readonly notCleared?: Readonly<Record<string, number>>;
}

/** Dormant or vanished Kakao accounts, counted apart (section 2). */
const dormantCode = -103;

/** The planned users that go, with their numbers: the oldest first. */
export function* readGoing(store: UnlinkStore, going: number): Iterable<{ readonly number: number; readonly row: UnlinkRow }> {
  let number = 0;
  for (const { rows } of store.unlinks()) {
    for (const row of rows) {
      if (number >= going) return;
      yield { number, row };
      number += 1;
    }
  }
}

export function readOutcome(journal: Journal, number: number): RecordedOutcome | undefined {
  return (journal.find(number)?.outcome ?? undefined) as RecordedOutcome | undefined;
}

/** Everything that is on record, added up. */
export function countOutcomes(store: UnlinkStore, going: number): Omit<UnlinkedCounts, "cleared" | "notCleared"> {
  const journal = store.journal("apply");
  const counts = { done: 0, already: 0, kakaoDormant: 0, spared: 0, appeared: 0, failed: 0 };
  const codes: Record<string, number> = {};
  const sparedWhy: Partial<Record<SparedWhy, number>> = {};
  for (const { number } of readGoing(store, going)) {
    const outcome = readOutcome(journal, number);
    if (outcome === undefined) continue;
    if (outcome.outcome === "failed") codes[outcome.code] = (codes[outcome.code] ?? 0) + 1;
    if (outcome.outcome === "failed" && outcome.code === dormantCode) counts.kakaoDormant += 1;
    else counts[outcome.outcome] += 1;
    if (outcome.outcome === "spared") sparedWhy[outcome.why] = (sparedWhy[outcome.why] ?? 0) + 1;
    if (outcome.outcome === "done" && outcome.appeared !== undefined) counts.appeared += 1;
  }
  return { ...counts, codes, sparedWhy };
}

/** `unlinked.csv`: what became of every user that has its outcome. Written when a run ends and when it stops: what was done cannot be undone. */
export function writeUnlinked(context: Context, run: Run, store: UnlinkStore, going: number): void {
  const journal = store.journal("apply");
  const file = context.createCsv(`${run.folder}/unlinked.csv`, ["kakao_id", "member_id", "kind", "outcome", "why", "at"], { readers: "machines" });
  try {
    for (const { number, row: [id, kind, , , memberId] } of readGoing(store, going)) {
      const recorded = readOutcome(journal, number);
      if (recorded !== undefined) file.write([id, memberId, kind, nameOf(recorded), whyOf(recorded), isoTime(recorded.at)]);
    }
    file.finish();
  } catch (error) {
    file.discard();
    throw error;
  }
}

/** Who appeared, and where: the list that somebody has to act on at once. */
export interface Appeared {
  readonly kakaoId: string;
  readonly where: string;
  /** Unix seconds. */
  readonly at: number;
}

/** Those that an earlier attempt of the run has seen appear. */
export function readAppeared(store: UnlinkStore, going: number): Appeared[] {
  const journal = store.journal("apply");
  const appeared: Appeared[] = [];
  for (const { number, row: [kakaoId] } of readGoing(store, going)) {
    const recorded = readOutcome(journal, number);
    if (recorded?.outcome === "done" && recorded.appeared !== undefined) appeared.push({ kakaoId, where: recorded.appeared, at: recorded.at });
  }
  return appeared;
}

/** `appeared.csv`, whole each time: there are few of them, and the list must be there as soon as the first one is seen. */
export function writeAppeared(context: Context, run: Run, appeared: readonly Appeared[]): void {
  const file = context.createCsv(`${run.folder}/appeared.csv`, ["kakao_id", "where", "at"], { readers: "machines" });
  for (const { kakaoId, where, at } of appeared) file.write([kakaoId, where, isoTime(at)]);
  file.finish();
}

function nameOf(recorded: UnlinkOutcome): string {
  return recorded.outcome === "failed" && recorded.code === dormantCode ? "kakao-dormant" : recorded.outcome;
}

function whyOf(recorded: UnlinkOutcome): string {
  if (recorded.outcome === "spared") return recorded.why;
  if (recorded.outcome === "failed") return String(recorded.code);
  return recorded.outcome === "done" && recorded.appeared !== undefined ? "appeared" : "";
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
