/** An exchange by this machine's clock, in epoch milliseconds. */
export interface Span {
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * How far the clock of a `Date` header is ahead of this machine's, in milliseconds; 0 for any moment of the exchange itself, so that a slow answer is no other clock.
 * Undefined without a header, or with one that names no moment. Whole seconds: nothing here rests on less.
 */
export function readClockOffset(header: string | null, { startedAt, endedAt }: Span): number | undefined {
  const at = header !== null && header.endsWith("GMT") ? Date.parse(header) : NaN;
  if (Number.isNaN(at)) return undefined;
  return at > endedAt ? at - endedAt : Math.min(0, at - startedAt);
}
