/** Numbers of a plan against a file. */
export interface UploadNumbers {
  /** Users that the file holds as far as is known. */
  readonly held: number;
  /** Removals that a changed filter causes, not those that always go. */
  readonly filter: number;
  readonly added: number;
}

/** Exact numbers that somebody has looked at. */
export interface UploadAnswers {
  readonly allowRemovals?: number | undefined;
  readonly allowAdditions?: number | undefined;
}

export interface UploadBrake {
  readonly code: "removals" | "additions";
  readonly count: number;
  readonly held: number;
  /** So many pass without an answer. */
  readonly allowed: number;
}

/** More than a fifth of the file at once is more likely a wrong filter than a change of heart (T5). */
export const BRAKE_SHARE = 0.2;

/** The brakes that hold: none on a file that is new or empty. */
export function findUploadBrakes({ held, filter, added }: UploadNumbers, { allowRemovals, allowAdditions }: UploadAnswers): readonly UploadBrake[] {
  const allowed = Math.floor(BRAKE_SHARE * held);
  if (held === 0) return [];
  return [
    ...(filter > allowed && allowRemovals !== filter ? [{ code: "removals", count: filter, held, allowed } as const] : []),
    ...(added > allowed && allowAdditions !== added ? [{ code: "additions", count: added, held, allowed } as const] : []),
  ];
}
