import type { Context } from "../../context.ts";
import type { Inspection } from "../../database/service-database.ts";
import type { Run } from "../../workspace/runs.ts";
import type { UnlinkKind } from "../../workspace/unlink-store.ts";

/** Flags that choose what a plan takes in. */
export interface UnlinkPlanFlags {
  /** Milliseconds; 24 h at least. */
  readonly olderThan?: number;
  readonly kinds?: readonly UnlinkKind[];
  readonly limit?: number;
  readonly exclude?: string;
  /** Milliseconds: a snapshot that is younger serves as the listing. */
  readonly maxAge?: number;
}

export interface UnlinkInput extends UnlinkPlanFlags {
  readonly inspection: Inspection;
  readonly operator: string;
}

/** Makes the unlinking plan: everything is in the run's folder before the run is registered. */
export async function planUnlinking(_context: Context, _input: UnlinkInput): Promise<Run> {
  return Promise.reject(new Error("not written yet"));
}
