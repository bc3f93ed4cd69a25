import { readContents } from "./contents.ts";
import { type SampledTable, valuesOf } from "./look.ts";
import { readNameFor } from "./names.ts";

/** Columns that may say who agreed to advertising. */
export interface ProposedConsents {
  readonly agreed: string | undefined;
  /** A time: without it nobody is exported (T1). */
  readonly agreedAt: string | undefined;
  readonly night: string | undefined;
  /** Consents to mail or text messages only: they are none to messages of a Kakao channel. */
  readonly others: readonly string[];
  readonly joinedAt: string | undefined;
}

/** Which columns of the member table are consents. */
export function findConsents(table: SampledTable): ProposedConsents {
  const first = (role: "marketing" | "marketingAt" | "night" | "joinedAt", fits: (column: string) => boolean): string | undefined => table.columns.find(({ name }) => readNameFor(role, name) === 2 && fits(name))?.name;
  const contentsOf = (column: string) => readContents(valuesOf(table, column));
  const isFlag = (column: string): boolean => {
    const { filled, share } = contentsOf(column);
    return filled === 0 || share.flag >= 0.9;
  };
  const isTime = (column: string): boolean => {
    const { filled, share } = contentsOf(column);
    return filled === 0 || share.time + share.zeroDate >= 0.5;
  };
  return {
    agreed: first("marketing", isFlag),
    agreedAt: first("marketingAt", isTime),
    night: first("night", isFlag),
    others: table.columns.filter(({ name }) => readNameFor("otherConsent", name) === 2 && isFlag(name)).map(({ name }) => name),
    joinedAt: first("joinedAt", isTime),
  };
}
