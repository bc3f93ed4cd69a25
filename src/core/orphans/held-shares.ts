import { HELD } from "../matching/kakao-side.ts";
import type { HeldShare } from "./brakes.ts";
import type { LinkedUsers } from "./linked-users.ts";

const daySeconds = 24 * 3600;

/** When a user was linked, for U4's look at whether the database is behind: 1 to 7 days ago, 8 to 90, or neither. */
export function spanOf(linkedAt: number, now: number): "recent" | "settled" | undefined {
  if (linkedAt === 0) return undefined;
  const days = Math.floor((now - linkedAt) / daySeconds);
  return days >= 1 && days <= 7 ? "recent" : days >= 8 && days <= 90 ? "settled" : undefined;
}

/** Users in both spans, by whether anybody holds them. Who is in use elsewhere, left out or signing up, and held by nobody, says nothing about the member table. */
export class HeldShares {
  private readonly users = { recent: 0, settled: 0 };
  private readonly held = { recent: 0, settled: 0 };
  private readonly now: number;

  /** `now` in Unix seconds. */
  constructor(now: number) {
    this.now = now;
  }

  /** Users of whom Kakao was asked: whom nobody holds, and whom only withdrawn members do. */
  addAsked(users: LinkedUsers): void {
    for (let row = 0; row < users.length; row += 1) if (users.isOpen(row)) this.add(users.linkedAt(row), users.held(row) === HELD.withdrawn, 1);
  }

  /** A held user of a sample, that stands for `weight` of them. */
  addHeld(linkedAt: number, weight: number): void {
    this.add(linkedAt, true, weight);
  }

  /** How many users that nobody holds were linked 1 to 7 days ago. */
  get unheldRecent(): number {
    return this.users.recent - this.held.recent;
  }

  get recent(): HeldShare {
    return { users: Math.round(this.users.recent), held: Math.round(this.held.recent) };
  }

  get settled(): HeldShare {
    return { users: Math.round(this.users.settled), held: Math.round(this.held.settled) };
  }

  private add(linkedAt: number, isHeld: boolean, weight: number): void {
    const span = spanOf(linkedAt, this.now);
    if (span === undefined) return;
    this.users[span] += weight;
    if (isHeld) this.held[span] += weight;
  }
}
