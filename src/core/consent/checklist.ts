import { ACTORS, type Actor, type Finding, STAGES, type Stage } from "./finding.ts";

/** What is still to be done at one stage by one role. */
export interface ChecklistPart {
  readonly stage: Stage;
  readonly who: Actor;
  /** Open findings, errors first; never empty. */
  readonly findings: readonly Finding[];
}

/** Findings as a list of what is to be done: stage by stage, in each by who may do it. Waived ones and notes are left out. */
export function checklist(findings: readonly Finding[]): ChecklistPart[] {
  const open = findings.filter(({ level, waived }) => level !== "note" && waived === undefined);
  return STAGES.flatMap((stage) => ACTORS.map((who) => ({ stage, who, findings: open.filter((finding) => finding.stage === stage && finding.who === who).sort(byLevel) }))).filter((part) => part.findings.length > 0);
}

function byLevel(left: Finding, right: Finding): number {
  return Number(left.level !== "error") - Number(right.level !== "error");
}
