/** What one request came to, with all that the decision about the next one needs. */
export type CallOutcome =
  | { readonly is: "refused"; readonly status: number; readonly code: number | null; readonly retryAfterMs: number | null }
  | { readonly is: "unanswered"; readonly reason: string };

/** A listing call has Kakao's own limit per minute; an unlink is repeated only after looking, a write as its caller says; everything else is a read. */
export type CallKind = "read" | "unlink" | "write" | "listing";

/** Whether a call changes something at Kakao: it is left to finish when a run is stopped, and no answer means that it may have happened. */
export function isWrite(kind: CallKind): boolean {
  return kind === "unlink" || kind === "write";
}

/** How often this call has waited so far, by cause: each cause has its own ceiling. */
export interface Waits {
  readonly quota: number;
  readonly faults: number;
}

/** `fail` concerns this call alone, `stop` the whole run. */
export type RetryDecision =
  | { readonly next: "retry"; readonly afterMs: number; readonly waits: Waits }
  | { readonly next: "fail" }
  | { readonly next: "stop" };

export const noWaits: Waits = { quota: 0, faults: 0 };

const second = 1_000;
const minute = 60 * second;

/** kakao-api.md section 5: at most five repeats. */
const faultCeiling = 5;
/** U6: outside the listing a limit that three waits do not lift is the month's quota. */
const quotaCeiling = 3;
/** The listing's limit is one a minute; ten minutes of it mean that the month's quota is gone, too. */
const listingCeiling = 10;
/** Longer than this nobody is kept waiting, whatever Retry-After says. */
const longestWait = 5 * minute;

const stopCodes: ReadonlySet<number> = new Set([-401, -3, -5, -12]);
const faultCodes: ReadonlySet<number> = new Set([-1, -7, -603, -815, -9798]);
const maintenanceCodes: ReadonlySet<number> = new Set([-7, -9798]);
/** Documented codes that waiting does not change (kakao-api.md 4.1 to 4.3): they hold even under a 5xx or 429 status. */
const finalCodes: ReadonlySet<number> = new Set([
  -2, -4, -6, -8, -9, -11, -101, -102, -103, -201, -402, -406, -501, -541, -544, -602, -606, -816, -817, -818, -819, -903,
]);

/**
 * What follows an attempt that brought no result (U6, kakao-api.md section 5). Pure: `randomness` is a number from 0 to
 * below 1. Codes decide; the HTTP status speaks only where Kakao gave no documented code.
 */
export function decideRetry(waits: Waits, outcome: CallOutcome, kind: CallKind, randomness: number): RetryDecision {
  if (outcome.is === "unanswered") return decideFault(waits, second / 2, null, randomness);
  const { code, status, retryAfterMs } = outcome;
  if (code !== null && stopCodes.has(code)) return { next: "stop" };
  if (code !== null && finalCodes.has(code)) return { next: "fail" };
  if (code === -10 || (code === null && status === 429)) return decideQuota(waits, kind, retryAfterMs, randomness);
  if ((code !== null && faultCodes.has(code)) || status >= 500) {
    const maintenance = code !== null && maintenanceCodes.has(code);
    return decideFault(waits, maintenance ? 2 * second : second / 2, retryAfterMs, randomness);
  }
  return { next: "fail" };
}

/** True if a write may have happened although its outcome says otherwise: an unlink, or a new customer file, must be looked for before it is repeated (U6). */
export function mayHaveHappened(outcome: CallOutcome): boolean {
  if (outcome.is === "unanswered") return true;
  if (outcome.code === -1 || outcome.code === -603 || outcome.code === -815) return true;
  return outcome.code === null && outcome.status >= 500;
}

/** Retry-After in milliseconds from `now` (epoch ms): seconds or an HTTP date; null when absent, past or unreadable. */
export function readRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * second : Date.parse(text) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

function decideQuota(waits: Waits, kind: CallKind, retryAfterMs: number | null, randomness: number): RetryDecision {
  const listing = kind === "listing";
  if (waits.quota >= (listing ? listingCeiling : quotaCeiling)) return { next: "stop" };
  // A whole minute from now is over whichever way Kakao counts its minutes; the seconds behind it keep two machines apart.
  // Elsewhere three waits of 5, 15 and 45 s outlast a limit per minute, too.
  const own = listing ? minute + randomness * 5 * second : jittered(5 * second * 3 ** waits.quota, randomness);
  return { next: "retry", afterMs: withServersWish(own, retryAfterMs), waits: { ...waits, quota: waits.quota + 1 } };
}

function decideFault(waits: Waits, firstMs: number, retryAfterMs: number | null, randomness: number): RetryDecision {
  if (waits.faults >= faultCeiling) return { next: "fail" };
  const own = jittered(firstMs * 2 ** waits.faults, randomness);
  return { next: "retry", afterMs: withServersWish(own, retryAfterMs), waits: { ...waits, faults: waits.faults + 1 } };
}

/** Between three quarters and five quarters of it: waits still grow from one to the next. */
function jittered(ms: number, randomness: number): number {
  return Math.round(ms * (0.75 + randomness / 2));
}

function withServersWish(own: number, retryAfterMs: number | null): number {
  return Math.round(Math.min(Math.max(own, retryAfterMs ?? 0), longestWait));
}
