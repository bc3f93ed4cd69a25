/** The states of a run (product.md section 3). */
export const RUN_STATES = ["planned", "applying", "applied", "interrupted", "expired", "superseded", "changed", "undone", "abandoned", "purged"] as const;
export type RunState = (typeof RUN_STATES)[number];

const following: Readonly<Record<RunState, readonly RunState[]>> = {
  planned: ["applying", "expired", "superseded", "changed"],
  applying: ["applied", "interrupted"],
  interrupted: ["applying", "abandoned", "undone"],
  applied: ["undone", "purged"],
  expired: ["purged"],
  superseded: ["purged"],
  changed: ["purged"],
  undone: ["purged"],
  abandoned: ["purged"],
  purged: [],
};

export function mayFollow(from: RunState, to: RunState): boolean {
  return following[from].includes(to);
}

/** Seconds after which a plan that was not applied expires: mapping 7 days, unlinking 72 h. Others do not expire. */
export const PLAN_LIFETIMES: Readonly<Record<string, number>> = {
  "map-members": 7 * 86_400,
  "unlink-orphans": 72 * 3_600,
};
