/** Wakes everyone who waits, each time it rings. */
export class Bell {
  private waiting: (() => void)[] = [];

  ring(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const wake of woken) wake();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}

/**
 * Runs parts side by side until all have ended. When one fails or `outer` is aborted the others are stopped; then the first failure is thrown, once
 * every part has come to rest, so that nothing is written after this returns.
 */
export async function runTogether(outer: AbortSignal, start: (signal: AbortSignal, bell: Bell) => readonly Promise<void>[]): Promise<void> {
  const inner = new AbortController();
  const bell = new Bell();
  const failures: unknown[] = [];
  const stop = (reason: unknown): void => {
    failures.push(reason);
    inner.abort(reason);
    bell.ring();
  };
  const stopOuter = (): void => stop(outer.reason);
  outer.addEventListener("abort", stopOuter, { once: true });
  try {
    if (outer.aborted) stopOuter();
    await Promise.all(start(inner.signal, bell).map((part) => part.catch(stop)));
  } finally {
    outer.removeEventListener("abort", stopOuter);
  }
  if (failures.length > 0) throw failures[0];
}
