import type { AskedRelation, Doubts } from "./judge.ts";
import type { Notice } from "./notice.ts";
import { LEFT_OUT, type LeftOut, type TargetAnswer } from "./targets.ts";

/** What a selection comes to: members = exported + the sum of leftOut (T2). */
export interface TargetCounts {
  readonly members: number;
  readonly exported: number;
  /** In the order of T2; reasons that nobody has are left out. */
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  /** Of those exported, or left out for this alone: whose reconfirmation notice is overdue, and due within 30 days (T3). */
  readonly overdue: number;
  readonly due: number;
  /** Rows whose consent is neither yes nor no, consents whose reconfirmation cannot be read, and refusals whose number or link names nobody. */
  readonly unreadable: Readonly<Doubts>;
  /** Of those about whom nothing but the relation was left to ask (`--relation`). */
  readonly relations: Readonly<Record<AskedRelation, number>>;
}

/** Counts the answers as they come. */
export class TargetTally {
  readonly doubts: Doubts = { agreed: 0, night: 0, reconfirmedAt: 0, refusals: 0 };
  private readonly reasons: Partial<Record<LeftOut, number>> = {};
  private readonly notices = { due: 0, overdue: 0 };
  private readonly relations = { added: 0, blocked: 0, none: 0, unknown: 0 };
  private exported = 0;
  private members = 0;

  /** `relation` is null where the answer did not hang on it. */
  add(answer: TargetAnswer, notice: Notice | null, relation: AskedRelation | null): void {
    this.members += 1;
    if ("exported" in answer) this.exported += 1;
    else this.reasons[answer.leftOut.reason] = (this.reasons[answer.leftOut.reason] ?? 0) + 1;
    if (notice !== null && isNoticed(answer)) this.notices[notice.state] += 1;
    if (relation !== null && hungOnRelation(answer)) this.relations[relation] += 1;
  }

  get counts(): TargetCounts {
    const leftOut = Object.fromEntries(LEFT_OUT.flatMap((reason) => (this.reasons[reason] === undefined ? [] : [[reason, this.reasons[reason]]])));
    return { members: this.members, exported: this.exported, leftOut, ...this.notices, unreadable: { ...this.doubts }, relations: { ...this.relations } };
  }
}

/** Who is written to, or would be but for the notice, is owed it (T3). */
export function isNoticed(answer: TargetAnswer): boolean {
  return "exported" in answer || answer.leftOut.reason === "overdue";
}

function hungOnRelation(answer: TargetAnswer): boolean {
  return "exported" in answer || answer.leftOut.reason === "blocked-channel" || answer.leftOut.reason === "unknown-relation";
}
