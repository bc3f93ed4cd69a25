import type { Actor, FindingData, Level, Stage } from "./finding.ts";
import type { AuditInput, ConsentPath } from "./model.ts";
import type { SourceRef } from "./sources.ts";

/** Where to go at Kakao, or at the service itself; the paths of the menus are in the messages. */
export const MENUS = [
  "consent-items", "login", "login-advanced", "simple-sign-up", "webhooks", "team", "abroad", "app-business", "app-general",
  "permissions", "channel-business", "channel-connect", "service", "consent-file", "configuration",
] as const;
export type Menu = (typeof MENUS)[number];

/** What a rule found, before it is placed: where in the file, about which item, and what its sentence needs. */
export interface Hit {
  readonly at: ConsentPath;
  readonly item?: string;
  readonly data?: FindingData;
}

/** One question about the file. Rules are pure, know nothing of each other, and stay silent about what was not said. */
export interface Rule {
  /** Stable: `C-ITEM-03`. Numbers are never used again. */
  readonly id: string;
  readonly level: Level;
  readonly who: Actor;
  readonly stage: Stage;
  readonly menu: Menu;
  readonly source: SourceRef;
  /** Paths without which the rule cannot be asked, always or for this file: C-FILE-01 names those that are missing. */
  readonly needs?: readonly ConsentPath[] | ((input: AuditInput) => readonly ConsentPath[]);
  readonly check: (input: AuditInput) => readonly Hit[];
}

/** What a rule needs of this file. */
export function listNeeds({ needs = [] }: Rule, input: AuditInput): readonly ConsentPath[] {
  return typeof needs === "function" ? needs(input) : needs;
}
