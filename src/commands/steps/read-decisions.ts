import type { Context } from "../../context.ts";
import { DECISIONS, type Decision, type DecisionRefusal, type PersonDecision } from "../../core/matching/decisions.ts";
import { StartError } from "../../errors.ts";
import type { Candidate, RunStore } from "../../workspace/run-store.ts";
import { say } from "../../say.ts";

/** As the plan wrote it. Anything else in that column may be a value that slipped there, and is never repeated. */
const rowCode = /^r([a-z0-9]{4})-[0-9a-f]{8}$/;

/** A filled-in row of a review list. `pair` is null when the row is not, or no longer, what a plan of this workspace wrote. */
export interface FileDecision {
  readonly line: number;
  /** The row's code, or `?`. */
  readonly row: string;
  readonly decision: Decision;
  readonly decidedBy: string;
  readonly pair: Candidate | null;
}

export type FileDecisions = readonly FileDecision[];

export interface RefusedRow {
  readonly row: string;
  readonly line: number;
  readonly why: DecisionRefusal;
}

/** A decision that a plan is asked to obey: of the file, or remembered with the digest of the values it was made on. */
export interface Wished {
  readonly decision: PersonDecision;
  readonly decidedBy: string;
  readonly file: FileDecision | null;
  readonly valueDigest: string | null;
}

/** Reads `--decisions`: rows without a decision are left out. Throws StartError for a word that is no decision, or one without a name. */
export async function readDecisionsFile(context: Context, path: string | undefined): Promise<FileDecisions> {
  if (path === undefined) return [];
  const file = context.inputFile(path);
  const finder = openCandidateFinder(context);
  const decisions: FileDecision[] = [];
  const problems: string[] = [];
  try {
    for await (const { line, cells } of context.readCsv(file, ["row", "kakao_id", "member_id", "reason", "evidence", "decision", "decided_by"])) {
      const cell = (name: string): string => (cells[name] ?? "").trim();
      const word = cell("decision").toLowerCase();
      if (word === "") continue;
      const decision = DECISIONS.find((known) => known === word);
      if (decision === undefined) problems.push(say`line ${line}: the decision is none of ${DECISIONS.join(", ")}`);
      else if (cell("decided_by") === "") problems.push(say`line ${line}: decided_by is empty`);
      else decisions.push({ line, row: rowCode.test(cell("row")) ? cell("row") : "?", decision, decidedBy: cell("decided_by"), pair: finder.find(cell) });
    }
  } finally {
    finder.close();
  }
  if (problems.length === 0) return decisions;
  const shown = problems.slice(0, 20).join("; ");
  throw new StartError({
    code: "decisions-invalid",
    message: say`${context.shown(file)} cannot be obeyed: ${shown}${problems.length > 20 ? say`; and ${problems.length - 20} more` : ""}.`,
    hint: `Write link, unmatched, skip or (in check.csv) unlink into the column decision, and who decided into decided_by.`,
  });
}

/** Finds what a row was in the plan that wrote it: by the end of the run's id and the check digits in its code. */
function openCandidateFinder(context: Context): { find(cell: (name: string) => string): Candidate | null; close(): void } {
  const workspace = context.workspace();
  const stores = new Map<string, RunStore>();
  const storesOf = (suffix: string): RunStore[] =>
    workspace.runs.list().flatMap((run) => {
      if (run.command !== "map-members" || run.state === "purged" || !run.id.endsWith(`-${suffix}`)) return [];
      const store = stores.get(run.id) ?? workspace.openRunStore(run);
      stores.set(run.id, store);
      return [store];
    });
  return {
    find: (cell) => {
      const code = rowCode.exec(cell("row"));
      if (code === null || !/^\d{1,19}$/.test(cell("kakao_id"))) return null;
      const memberId = cell("member_id").replace(/^'/, "");
      const candidates = storesOf(code[1] ?? "").flatMap((store) => store.findCandidates(cell("kakao_id")));
      const found = candidates.find((one) => one.code === cell("row") && one.memberId === memberId);
      return found !== undefined && found.reason === cell("reason") && found.evidence === cell("evidence") ? found : null;
    },
    close: () => {
      for (const store of stores.values()) store.close();
    },
  };
}

/** The decisions of the file, and the remembered ones about other pairs. */
export function decideFrom(context: Context, file: FileDecisions): readonly Wished[] {
  const wished: Wished[] = [];
  const named = new Set<string>();
  for (const row of file) {
    if (row.pair === null) continue;
    const { kakaoId, place, memberId, reason, evidence } = row.pair;
    named.add(pairName(row.pair));
    wished.push({ decision: { kakaoId, place, memberId, decision: row.decision, reason, evidence }, decidedBy: row.decidedBy, file: row, valueDigest: null });
  }
  for (const remembered of context.workspace().decisions.all()) {
    const decision = DECISIONS.find((known) => known === remembered.decision);
    if (decision === undefined || named.has(pairName(remembered))) continue;
    const { kakaoId, place, memberId, decidedBy, valueDigest } = remembered;
    wished.push({ decision: { kakaoId, place, memberId, decision, reason: null, evidence: null }, decidedBy, file: null, valueDigest });
  }
  return wished;
}

/** Names a pair in maps and sets. */
export function pairName({ kakaoId, place, memberId }: { readonly kakaoId: string; readonly place: number; readonly memberId: string }): string {
  return `${kakaoId} ${place} ${memberId}`;
}
