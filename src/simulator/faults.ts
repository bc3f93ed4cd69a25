import type { KakaoId } from "../core/kakao-id.ts";
import { randomFrom } from "./random.ts";

/**
 * What goes wrong. A negative number is a Kakao code with its documented HTTP status, 429 is HTTP 429 with code -10.
 * `drop-before` ends the connection without doing anything, `drop-after-applied` after the call took effect. `slowMs` waits before the call takes effect,
 * `answerAfterMs` after it: whoever asks knows nothing of it meanwhile.
 */
export type Fault =
  | number
  | "drop-before"
  | "drop-after-applied"
  | "not-json"
  | "html-502"
  | { readonly slowMs: number }
  | { readonly answerAfterMs: number }
  | { readonly status: number; readonly code: number };

/** Which requests a fault meets. Requests are counted from 1 from the moment the rule is added, among those of its path and user. */
export interface FaultRule {
  readonly fault: Fault;
  /** Exact path; every path when left out. */
  readonly path?: string;
  /** Only calls with this `target_id`. */
  readonly userId?: KakaoId;
  /** Only this request, */
  readonly nth?: number;
  /** or every so many, */
  readonly every?: number;
  /** or each from this one on, */
  readonly from?: number;
  /** or by chance, 0 to 1, from a seed. With none of the four: each request. */
  readonly probability?: number;
  readonly seed?: number;
  /** At most so many times. */
  readonly times?: number;
}

interface Scheduled {
  readonly rule: FaultRule;
  readonly random: () => number;
  seen: number;
  fired: number;
}

/** The schedule of faults; rules can be added while the simulator runs. */
export class Faults {
  #rules: Scheduled[] = [];
  readonly #users = new Map<KakaoId, number>();
  #met = 0;

  /** How many faults have met a request so far. */
  get met(): number {
    return this.#met;
  }

  add(rule: FaultRule): void {
    this.#rules.push({ rule, random: randomFrom(rule.seed ?? 1), seen: 0, fired: 0 });
  }

  /** Every single-user call about this user answers with the code, such as -103; calls about several users leave them out. */
  addUser(id: KakaoId, code: number): void {
    this.#users.set(id, code);
  }

  removeUser(id: KakaoId): void {
    this.#users.delete(id);
  }

  /** Ends all faults, of requests and of users. */
  clear(): void {
    this.#rules = [];
    this.#users.clear();
  }

  codeOfUser(id: KakaoId): number | undefined {
    return this.#users.get(id);
  }

  /** The faults that meet a request, in the order their rules were added. Counts the request. */
  meet(path: string, userId: string | null): Fault[] {
    const met = this.#rules.filter((scheduled) => fires(scheduled, path, userId)).map(({ rule }) => rule.fault);
    this.#met += met.length;
    return met;
  }
}

function fires(scheduled: Scheduled, path: string, userId: string | null): boolean {
  const { rule } = scheduled;
  if ((rule.path ?? path) !== path || (rule.userId ?? userId) !== userId) return false;
  scheduled.seen += 1;
  if (scheduled.fired >= (rule.times ?? Infinity) || !isDue(scheduled)) return false;
  scheduled.fired += 1;
  return true;
}

function isDue({ rule, seen, random }: Scheduled): boolean {
  if (rule.nth !== undefined) return seen === rule.nth;
  if (rule.every !== undefined) return seen % rule.every === 0;
  if (rule.from !== undefined) return seen >= rule.from;
  return rule.probability === undefined || random() < rule.probability;
}
