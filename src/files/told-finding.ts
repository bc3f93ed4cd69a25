import type { Level } from "../core/consent/finding.ts";

/** A finding in words, as every format shows it and as the JSON result holds it (product.md section 11). */
export interface ToldFinding {
  readonly rule: string;
  readonly level: Level;
  /** What it is about: a consent item, the tag of a term. Without one it is about the app as a whole. */
  readonly item?: string;
  readonly message: string;
  /** As an operator would type it: relative to the working directory where it lies below. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly fix: string;
  /** Who may do it in the console. */
  readonly who?: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** Somebody has accepted it until that day: shown, but it makes nothing fail. */
  readonly waived?: { readonly reason: string; readonly until: string };
}

/** A rule that was looked at, whether it found something or not. */
export interface ToldRule {
  readonly id: string;
  readonly level: Level;
  /** What the rule asks for, in one sentence. */
  readonly title: string;
  /** Rules of one group stand together. */
  readonly group: string;
  readonly source: string;
  /** Where the source can be read. */
  readonly url?: string;
  /** Why it could not be looked at; absent where it was. */
  readonly skipped?: string;
}

/** A table beside the findings, for formats that show one. */
export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** All that a format needs. */
export interface FindingsReport {
  readonly tool: { readonly name: string; readonly version: string };
  readonly rules: readonly ToldRule[];
  readonly findings: readonly ToldFinding[];
  /** The lowest level that makes the command fail: formats that know only passed and failed go by it. */
  readonly failOn: Level;
  readonly tables?: readonly ReportTable[];
}

const ranks: Readonly<Record<Level, number>> = { error: 2, warning: 1, note: 0 };

/** True where the finding makes the command fail. */
export function failsCommand({ level, waived }: Pick<ToldFinding, "level" | "waived">, failOn: Level): boolean {
  return waived === undefined && ranks[level] >= ranks[failOn];
}
