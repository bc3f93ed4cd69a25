import type { ConsentPath, Day } from "./model.ts";
import type { SourceRef } from "./sources.ts";

export const LEVELS = ["error", "warning", "note"] as const;
export type Level = (typeof LEVELS)[number];

/** Who may do it: three roles at Kakao, and the service's own people for what is not in Kakao's console. */
export const ACTORS = ["owner", "editor", "channel-master", "service"] as const;
export type Actor = (typeof ACTORS)[number];

/** When it has to be done. `before-review` comes first; what is left after the launch counts as `before-launch`. */
export const STAGES = ["before-review", "after-approval", "before-launch"] as const;
export type Stage = (typeof STAGES)[number];

/** Values for the placeholders of a rule's sentence. Never personal data. */
export type FindingData = Readonly<Record<string, string | number>>;

/** One thing that is wrong. Its sentences (message, fix) are made by `describeFinding` of the messages. */
export interface Finding {
  readonly rule: string;
  readonly level: Level;
  /** A scope id, or the tag of a term. */
  readonly item?: string;
  readonly data: FindingData;
  readonly file: string;
  readonly path: ConsentPath;
  readonly line: number;
  readonly who: Actor;
  readonly stage: Stage;
  readonly source: SourceRef;
  /** A waiver of the file covers it: shown, but counted for nothing. */
  readonly waived?: { readonly reason: string; readonly until: Day };
}
