import type { Context } from "../../context.ts";

/** Setting that keeps how many rows a second the last large apply wrote. */
const measuredRate = "map-members.rowsPerSecond";
/** Where nothing was measured yet; a slow server still writes as many. */
const cautiousRate = 2_000;
/** Fewer rows tell little about the rate. */
const enoughRows = 1_000;

/** Seconds that writing so many rows will take, by the last large apply of this workspace and by `limits.rowsPerSecond`. */
export function forecastWriting(context: Context, rows: number): number {
  const { rowsPerSecond } = context.config.limits;
  const measured = Number(context.workspace().settings.get(measuredRate) ?? cautiousRate);
  return rows / (rowsPerSecond === 0 ? measured : Math.min(rowsPerSecond, measured));
}

/** Keeps the rate of an apply for the next forecast; one that was held back says nothing. */
export function keepRate(context: Context, rows: number, startedMs: number): void {
  const seconds = (context.now() - startedMs) / 1000;
  if (rows < enoughRows || seconds <= 0 || context.config.limits.rowsPerSecond > 0) return;
  context.workspace().settings.set(measuredRate, Math.max(1, Math.floor(rows / seconds)));
}

/** Waits until `limits.rowsPerSecond` allows the next batch; 0 is as fast as it goes. */
export async function holdPace(context: Context, rows: number, startedMs: number): Promise<void> {
  const { rowsPerSecond } = context.config.limits;
  if (rowsPerSecond === 0) return;
  const due = startedMs + (rows / rowsPerSecond) * 1000;
  while (context.now() < due) {
    await context.checkpoint();
    await new Promise((wake) => setTimeout(wake, Math.min(200, due - context.now())));
  }
}
